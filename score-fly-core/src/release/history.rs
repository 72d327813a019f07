//! The releases of an app, from all who tell of them.

use super::model::Release;
use crate::deploy::Desired;
use crate::map::SortedMap;
use crate::prelude::*;

/// The releases of an app, the newest first.
#[derive(Debug, Clone, PartialEq, Default)]
pub struct History {
    releases: Vec<Release>,
}

/// Why there is no such release.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum NotFound {
    /// There is none of that name.
    #[error(
        "there is no release `{wanted}`{}",
        if known.is_empty() { String::new() } else { format!("; there are {}", known.join(", ")) }
    )]
    None {
        /// What was asked for.
        wanted: String,
        /// The newest that there are.
        known: Vec<String>,
    },
    /// Several have a commit that begins like that.
    #[error("`{wanted}` may be {}", releases.join(" or "))]
    Several {
        /// What was asked for.
        wanted: String,
        /// Which ones.
        releases: Vec<String>,
    },
    /// Nothing came before.
    #[error("there is no release to go back to: the newest one that is complete is the only one")]
    NothingBefore,
}

/// How many releases a message names.
const NAMED: usize = 8;

impl History {
    /// Puts together what several places know. What the first one says of a release counts.
    pub fn of(places: impl IntoIterator<Item = Vec<Release>>) -> Self {
        let mut numbered: Vec<Release> = Vec::new();
        let mut others: Vec<Release> = Vec::new();
        for release in places.into_iter().flatten() {
            let known = numbered.iter_mut().chain(&mut others).find(|known| known.is_same(&release));
            match known {
                Some(known) => known.learn(release),
                None if release.number.is_some() => numbered.push(release),
                None => others.push(release),
            }
        }
        numbered.extend(others.extract_if(.., |release| release.number.is_some()));
        numbered.sort_by(|a, b| b.number.cmp(&a.number).then_with(|| b.at.cmp(&a.at)));
        others.sort_by(|a, b| a.at.cmp(&b.at));
        // Those that Fly did not write down stand where their time puts them.
        for release in others {
            let is_older = |known: &Release| known.at.as_ref().zip(release.at.as_ref()).is_some_and(|(a, b)| a < b);
            let place = numbered.iter().position(is_older).unwrap_or(numbered.len());
            numbered.insert(place, release);
        }
        Self { releases: numbered }
    }

    /// All of them, the newest first.
    pub fn releases(&self) -> &[Release] {
        &self.releases
    }

    /// The release that people mean by a number, a version or the beginning of a commit. Of several that have it, one
    /// that came to its end is meant, one that did not go back to another, and the newest of those.
    ///
    /// # Errors
    /// If there is none, or it can't be told which one.
    pub fn find(&self, wanted: &str) -> Result<&Release, NotFound> {
        if let Ok(number) = wanted.parse::<u64>()
            && let Some(found) = self.best(|release| release.number == Some(number))
        {
            return Ok(found);
        }
        let version = wanted.parse::<super::Version>().map(|version| version.to_string());
        let version = version.unwrap_or_else(|_| wanted.to_owned());
        if let Some(found) = self.best(|release| release.stamp.version.as_ref() == Some(&version)) {
            return Ok(found);
        }
        let prefix = wanted.to_ascii_lowercase();
        let is_commit = prefix.len() >= 4 && prefix.bytes().all(|byte| byte.is_ascii_hexdigit());
        let begins = |release: &Release| release.stamp.revision.as_ref().is_some_and(|text| text.starts_with(&prefix));
        let candidates: Vec<&Release> = self.releases.iter().filter(|release| is_commit && begins(release)).collect();
        let mut commits: Vec<&str> =
            candidates.iter().filter_map(|release| release.stamp.revision.as_deref()).collect();
        commits.sort_unstable();
        commits.dedup();
        match commits.as_slice() {
            [commit] => {
                self.best(|release| release.stamp.revision.as_deref() == Some(*commit)).ok_or_else(|| self.none(wanted))
            }
            [] => Err(self.none(wanted)),
            _ => {
                let releases = candidates.iter().map(|release| release.title()).collect();
                Err(NotFound::Several { wanted: wanted.to_owned(), releases })
            }
        }
    }

    fn none(&self, wanted: &str) -> NotFound {
        let known = self.releases.iter().take(NAMED).map(|release| match &release.stamp.version {
            Some(version) if release.number.is_some() => format!("{} ({version})", release.name()),
            _ => release.name(),
        });
        NotFound::None { wanted: wanted.to_owned(), known: known.collect() }
    }

    fn best(&self, is_meant: impl Fn(&Release) -> bool) -> Option<&Release> {
        let meant = self.releases.iter().filter(|release| is_meant(release));
        let (newest, mut complete) = (meant.clone().next(), meant.filter(|release| release.is_complete()));
        let newest = complete.clone().next().or(newest);
        complete.find(|release| release.stamp.back_to.is_none()).or(newest)
    }

    /// The newest release that came to its end.
    pub fn current(&self) -> Option<&Release> {
        self.releases.iter().find(|release| release.is_complete())
    }

    /// The one that came to its end before that.
    ///
    /// # Errors
    /// If there is none.
    pub fn before_current(&self) -> Result<&Release, NotFound> {
        let mut complete = self.releases.iter().filter(|release| release.is_complete());
        complete.nth(1).ok_or(NotFound::NothingBefore)
    }

    /// An earlier release with this version and another content: a version says what it is only if there are not two of
    /// it. What failed, and is on no machine, is none; nor is what
    /// went back to one, with its image alone maybe.
    pub fn with_other_content(
        &self,
        version: &str,
        desired: &Desired,
        files: &SortedMap<String, String>,
    ) -> Option<&Release> {
        let counts = |release: &&Release| {
            let is_first = release.stamp.version.as_deref() == Some(version) && release.stamp.back_to.is_none();
            is_first && (release.is_complete() || !release.machines.is_empty())
        };
        self.releases.iter().filter(counts).find(|release| !release.is_content_of(desired, files))
    }
}
