//! How a controller works, and what it says.

use std::net::SocketAddr;
use std::time::{Duration, SystemTime, UNIX_EPOCH};

use crate::files::{Reference, Repository};
use crate::queue::Place;
use crate::read::Begin;
use crate::sync::{self, Entry, SyncReport};

/// How a controller works.
#[derive(Debug, Clone)]
pub struct Options {
    /// Where the tree begins.
    pub begin: Begin,
    /// Where to listen.
    pub address: SocketAddr,
    /// How long to wait from look to look, if nobody asks for one; a tenth more or less.
    pub every: Duration,
    /// Where jobs are kept.
    pub database: Place,
    /// How many apps are brought in step at once.
    pub at_once: usize,
    /// How often something is tried.
    pub retries: Retries,
    /// How each run is done. Of its options, which apps are meant, the time and `glance` are none of the caller's.
    pub sync: sync::Options,
}

/// How often something is tried, and how long it rests in between.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Retries {
    /// How often, the first time included.
    pub most: u32,
    /// How long it rests after the first time. After each other, that is twice as long, up to ten minutes.
    pub first: Duration,
}

impl Default for Retries {
    /// Six times within about five minutes.
    fn default() -> Self {
        Self { most: 6, first: Duration::from_secs(10) }
    }
}

impl Retries {
    /// How long something rests that was tried so often.
    pub(super) fn delay(&self, tries: u32) -> Duration {
        const LONGEST: Duration = Duration::from_secs(600);
        let factor = 1_u32 << tries.saturating_sub(1).min(16);
        jittered(self.first.saturating_mul(factor).min(LONGEST))
    }
}

/// What a controller says about itself.
#[derive(Debug)]
#[non_exhaustive]
pub enum Said<'s> {
    /// It listens.
    Listening(SocketAddr),
    /// Something came of an app that is news.
    App(&'s Entry),
    /// A look at the tree ended; the number is how many apps wait to be brought in step because of it.
    Looked(&'s SyncReport, usize, Duration),
    /// Something could not be done, and is tried again.
    Trouble(&'s str),
    /// It ends as soon as what is under way is in order.
    Ending,
}

/// The time, in seconds since 1970.
pub(super) fn now() -> u64 {
    SystemTime::now().duration_since(UNIX_EPOCH).map_or(0, |now| now.as_secs())
}

/// The repository that holds the tree.
pub(super) fn first(begin: &Begin) -> Vec<Repository> {
    match begin {
        Begin::Repository { repository, .. } => vec![repository.clone()],
        Begin::Path(_) => Vec::new(),
    }
}

/// A tenth more or less, so that many controllers don't ask a forge all at once.
pub(super) fn jittered(time: Duration) -> Duration {
    let noise = getrandom::u32().unwrap_or_default() % 2001;
    time * (9000 + noise) / 10_000
}

/// The branch of a repository, or its usual one.
pub fn repository(url: &str, branch: Option<&str>) -> Repository {
    let reference = branch.map_or(Reference::Head, |branch| Reference::Branch(branch.to_owned()));
    Repository { url: url.to_owned(), reference }
}

#[cfg(test)]
mod tests {
    use std::time::Duration;

    use super::Retries;

    #[test]
    fn each_rest_is_about_twice_as_long_up_to_ten_minutes() {
        let retries = Retries::default();
        for (tries, seconds) in [(1, 10), (2, 20), (5, 160), (7, 600), (u32::MAX, 600)] {
            let (delay, wanted) = (retries.delay(tries), Duration::from_secs(seconds));
            assert!(delay >= wanted * 9 / 10 && delay <= wanted * 11 / 10, "{tries}: {delay:?}");
        }
    }
}
