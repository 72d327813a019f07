//! What is different between two releases.

use core::fmt;

use serde::Serialize;
use serde_json::{Map, Value, json};

use super::model::Release;
use crate::deploy::{Change, Desired, deployed_values, differences};
use crate::map::SortedMap;
use crate::prelude::*;

/// What is different between two releases.
#[derive(Debug, Clone, PartialEq, Serialize)]
#[serde(rename_all = "camelCase")]
#[non_exhaustive]
pub struct ReleaseChanges {
    /// The images, if they are two.
    pub image: Option<(Option<String>, Option<String>)>,
    /// What is different in the configuration, value by value: in fly.toml, or in what machines are made from if that is
    /// all that is known. Nothing at all is known if this is null.
    pub config: Option<Vec<Change>>,
    /// The secrets that are different, by name. Which ones is not known if this is null.
    pub secrets: Option<Vec<SecretChange>>,
    /// Whether secrets are different, if that is known.
    pub secrets_differ: Option<bool>,
}

/// What became of a secret.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
#[serde(tag = "change", content = "name", rename_all = "camelCase")]
pub enum SecretChange {
    /// It came.
    Added(String),
    /// It has another value.
    Changed(String),
    /// It went.
    Removed(String),
}

impl fmt::Display for SecretChange {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Added(name) => write!(f, "{name} is new"),
            Self::Changed(name) => write!(f, "{name} has another value"),
            Self::Removed(name) => write!(f, "{name} is gone"),
        }
    }
}

/// What became of secrets, by their names and digests.
pub(super) fn secret_changes(old: &SortedMap<String, String>, new: &SortedMap<String, String>) -> Vec<SecretChange> {
    let mut changes = Vec::new();
    for (name, digest) in new {
        match old.get(name) {
            None => changes.push(SecretChange::Added(name.clone())),
            Some(known) if known != digest => changes.push(SecretChange::Changed(name.clone())),
            Some(_) => {}
        }
    }
    let gone = old.keys().filter(|name| !new.contains_key(*name));
    changes.extend(gone.map(|name| SecretChange::Removed(name.clone())));
    changes
}

impl Release {
    /// What became different from this release to another one.
    pub fn changes_to(&self, later: &Self) -> ReleaseChanges {
        let is_same = same_image(self.image.as_deref(), later.image.as_deref());
        let image = (!is_same).then(|| (self.image.clone(), later.image.clone()));
        let secrets = self.secrets.as_ref().zip(later.secrets.as_ref()).map(|(old, new)| secret_changes(old, new));
        let hashes = self.secrets_hash.as_ref().zip(later.secrets_hash.as_ref());
        let secrets_differ =
            secrets.as_ref().map(|changes| !changes.is_empty()).or(hashes.map(|(old, new)| old != new));
        ReleaseChanges { image, config: self.config_changes(later), secrets, secrets_differ }
    }

    fn config_changes(&self, later: &Self) -> Option<Vec<Change>> {
        if let (Some(old), Some(new)) = (&self.config, &later.config) {
            let mut changes = differences(&without_image(old), &without_image(new));
            if !self.files.is_empty() && !later.files.is_empty() {
                changes.extend(differences(&self.file_hashes(), &later.file_hashes()));
            }
            return Some(changes);
        }
        let groups = |release: &Self| -> Value {
            let groups = release.made_from.iter().map(|(group, config)| (group.clone(), deployed_values(config)));
            groups.collect::<Map<_, _>>().into()
        };
        if self.made_from.is_empty() || later.made_from.is_empty() {
            return None;
        }
        Some(differences(&groups(self), &groups(later)))
    }

    /// The hashes of local files, as a part of the configuration.
    fn file_hashes(&self) -> Value {
        let files = self.files.iter().map(|(path, hash)| (path.clone(), hash.as_str().into()));
        json!({ "local_files": files.collect::<Map<String, Value>>() })
    }

    /// Whether what is to be, with the hashes of its local files, is what this release had, as far as that is known.
    pub(super) fn is_content_of(&self, desired: &Desired, files: &SortedMap<String, String>) -> bool {
        let same_config = self.config.as_ref().is_none_or(|config| {
            differences(&without_image(config), &without_image(&desired.config.to_json())).is_empty()
        });
        let same_files = self.files.is_empty() || self.files == *files;
        same_config
            && same_files
            && (self.image.is_none() || same_image(self.image.as_deref(), desired.image.as_deref()))
    }
}

/// The image is compared by itself: by its digest, and not by its name.
fn without_image(config: &Value) -> Value {
    let mut config = config.clone();
    if let Some(table) = config.as_object_mut()
        && let Some(build) = table.get_mut("build").and_then(Value::as_object_mut)
    {
        build.remove("image");
        if build.is_empty() {
            table.remove("build");
        }
    }
    config
}

/// Whether two references mean one image: by their digests, or by their names where one has none.
fn same_image(one: Option<&str>, other: Option<&str>) -> bool {
    let (Some(one), Some(other)) = (one, other) else { return one == other };
    match (one.split_once('@'), other.split_once('@')) {
        (Some((_, one)), Some((_, other))) => one == other,
        _ => plain_name(one) == plain_name(other),
    }
}

/// The name of an image without its digest, and without what Docker puts before names that say no registry.
fn plain_name(image: &str) -> &str {
    let name = image.split_once('@').map_or(image, |(name, _)| name);
    let hosts = ["docker.io/", "index.docker.io/", "registry-1.docker.io/"];
    let path = hosts.iter().find_map(|host| name.strip_prefix(host)).unwrap_or(name);
    path.strip_prefix("library/").unwrap_or(path)
}
