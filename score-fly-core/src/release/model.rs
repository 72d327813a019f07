//! What is known of a release.

use serde::{Deserialize, Serialize};
use serde_json::{Map, Value};

use super::stamp::ReleaseStamp;
use crate::deploy::{Stamp, deployed_hash, label, visible};
use crate::map::SortedMap;
use crate::prelude::*;

/// Who tells of a release.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub enum KnownFrom {
    /// Fly's release history.
    Fly,
    /// Labels of machines, and of their former versions.
    Machines,
    /// What the project wrote down.
    Ledger,
}

/// What is known of a release. Not every place that tells of releases knows all of it.
#[derive(Debug, Clone, PartialEq, Default, Serialize, Deserialize)]
#[serde(rename_all = "camelCase", default)]
#[non_exhaustive]
pub struct Release {
    /// Its number at Fly; nothing if Fly did not write it down.
    pub number: Option<u64>,
    /// Its id at Fly.
    pub id: Option<String>,
    /// What it is labelled with. The deploy is what tells it from all others.
    pub stamp: Stamp,
    /// The image.
    pub image: Option<String>,
    /// How machines were replaced.
    pub strategy: Option<String>,
    /// Who made it.
    pub user: Option<String>,
    /// When, as RFC 3339.
    pub at: Option<String>,
    /// How far it came: `running`, `complete`, `failed`, `interrupted`, or another word of Fly's.
    pub status: Option<String>,
    /// The machines that have it now, by id.
    pub machines: Vec<String>,
    /// The names of the secrets that the app had, with Fly's digests.
    pub secrets: Option<SortedMap<String, String>>,
    /// The hash of these, which tells only whether there were others.
    pub secrets_hash: Option<String>,
    /// The sizes in gigabytes of the volumes that the app had, by id.
    pub volumes: Option<SortedMap<String, u32>>,
    /// The configuration: fly.toml as JSON.
    pub config: Option<Value>,
    /// The hashes of the local files that it names, by path.
    pub files: SortedMap<String, String>,
    /// What machines of each process group were made from.
    #[serde(skip)]
    pub made_from: SortedMap<String, Map<String, Value>>,
    /// Who tells of it.
    pub known_from: Vec<KnownFrom>,
}

impl Release {
    /// What a machine's config says of the release that it was made by. `machine` is its id, if it has this config now.
    /// Nothing if a deploy did not make it, or only for its own time.
    pub fn of_machine(config: &Map<String, Value>, machine: Option<&str>) -> Option<Self> {
        let labels = config.get("metadata")?.as_object()?;
        let text = |key: &str| labels.get(key)?.as_str().filter(|text| !text.is_empty());
        let group = text(label::PROCESS_GROUP)?;
        if matches!(group, label::RELEASE_COMMAND_GROUP | label::CONSOLE_GROUP) || text(label::TEMPORARY).is_some() {
            return None;
        }
        let ReleaseStamp { release, version, revision, source, note, back_to, deploy, .. } =
            ReleaseStamp::of_labels(labels)?;
        if release.is_none() && deploy.is_none() {
            return None;
        }
        // What somebody has changed by hand since is not what was released.
        let stamped = text(label::CONFIG);
        let is_as_released = stamped.is_none_or(|hash| deployed_hash(config).as_deref() == Some(hash));
        Some(Self {
            number: release,
            id: text(label::RELEASE_ID).map(str::to_owned),
            stamp: Stamp { version, revision, source, note, back_to, deploy, ..Stamp::default() },
            image: config.get("image").and_then(Value::as_str).map(str::to_owned),
            machines: machine.map(str::to_owned).into_iter().collect(),
            secrets_hash: text(label::SECRETS).map(str::to_owned),
            made_from: is_as_released.then(|| (group.to_owned(), config.clone())).into_iter().collect(),
            known_from: vec![KnownFrom::Machines],
            ..Self::default()
        })
    }

    /// What people call it: its number, or else its version, or the id of its deploy.
    pub fn name(&self) -> String {
        let text = || self.stamp.version.clone().or_else(|| self.stamp.deploy.clone()).unwrap_or_default();
        self.number.map_or_else(text, |number| number.to_string())
    }

    /// What people call it, with its version.
    pub fn title(&self) -> String {
        match (&self.number, &self.stamp.version) {
            (Some(number), Some(version)) => format!("release {number} ({version})"),
            _ => format!("release {}", self.name()),
        }
    }

    /// The configuration as it may be seen: of what seems to be a secret, only the length.
    pub fn shown_config(&self) -> Option<Value> {
        self.config.as_ref().map(visible)
    }

    /// Whether it came to its end.
    pub fn is_complete(&self) -> bool {
        // Where only machines tell of it, nobody knows better.
        self.status.as_deref().is_none_or(|status| matches!(status, "complete" | "succeeded"))
    }

    /// Whether both are one, as far as that is known.
    pub(super) fn is_same(&self, other: &Self) -> bool {
        fn equal<T: PartialEq>(one: Option<&T>, other: Option<&T>) -> Option<bool> {
            Some(one? == other?)
        }
        let by_deploy = equal(self.stamp.deploy.as_ref(), other.stamp.deploy.as_ref());
        let by_number = equal(self.number.as_ref(), other.number.as_ref());
        // A deploy that did not change a machine leaves it the number that it has.
        by_deploy.or(by_number).unwrap_or_default()
    }

    /// With what another place knows of it.
    #[must_use]
    pub fn and(mut self, other: Self) -> Self {
        self.learn(other);
        self
    }

    /// Adds what another place knows of it. What is known already counts, except that somebody may know how it ended,
    /// and by which digest the image goes.
    pub(super) fn learn(&mut self, other: Self) {
        let is_open =
            |status: Option<&String>| matches!(status.map(String::as_str), None | Some("pending" | "running"));
        if is_open(self.status.as_ref()) && other.status.is_some() {
            self.status.clone_from(&other.status);
        }
        let has_digest = |image: &Option<String>| image.as_ref().is_some_and(|image| image.contains('@'));
        if !has_digest(&self.image) && has_digest(&other.image) {
            self.image.clone_from(&other.image);
        }
        let Self { number, id, stamp, image, strategy, user, at, .. } = other;
        fill(&mut self.number, number);
        fill(&mut self.id, id);
        fill(&mut self.image, image);
        fill(&mut self.strategy, strategy);
        fill(&mut self.user, user);
        fill(&mut self.at, at);
        fill(&mut self.stamp.version, stamp.version);
        fill(&mut self.stamp.revision, stamp.revision);
        fill(&mut self.stamp.source, stamp.source);
        fill(&mut self.stamp.note, stamp.note);
        fill(&mut self.stamp.back_to, stamp.back_to);
        fill(&mut self.stamp.deploy, stamp.deploy);
        fill(&mut self.secrets, other.secrets);
        fill(&mut self.secrets_hash, other.secrets_hash);
        fill(&mut self.volumes, other.volumes);
        fill(&mut self.config, other.config);
        self.machines.extend(other.machines);
        self.machines.sort_unstable();
        self.machines.dedup();
        // Sorted vectors keep what comes last.
        let groups = other.made_from.into_iter().filter(|(group, _)| !self.made_from.contains_key(group));
        let groups: Vec<_> = groups.collect();
        self.made_from.extend(groups);
        let files: Vec<_> = other.files.into_iter().filter(|(path, _)| !self.files.contains_key(path)).collect();
        self.files.extend(files);
        self.known_from.extend(other.known_from);
        self.known_from.sort_unstable();
        self.known_from.dedup();
    }
}

fn fill<T>(known: &mut Option<T>, more: Option<T>) {
    if known.is_none() {
        *known = more;
    }
}
