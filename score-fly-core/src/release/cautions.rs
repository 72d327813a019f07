//! What there is to know before somebody goes back to a release.

use core::fmt;

use serde::Serialize;

use super::changes::{SecretChange, secret_changes};
use super::model::Release;
use crate::deploy::Observed;
use crate::fly::{Config, size};
use crate::map::SortedMap;
use crate::prelude::*;

/// Something that going back to a release does not bring back, or does otherwise.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
#[serde(tag = "caution", rename_all = "camelCase", rename_all_fields = "camelCase")]
#[non_exhaustive]
pub enum Caution {
    /// The image is known by a name only, which may mean another one by now.
    ImageByName {
        /// The image.
        image: String,
    },
    /// Secrets were changed since. Nobody knows their former values.
    SecretsChanged {
        /// What became of each.
        secrets: Vec<SecretChange>,
    },
    /// Secrets were changed since, and it is not known which.
    SomeSecretsChanged,
    /// A volume has grown since. Volumes never shrink.
    VolumeGrown {
        /// Its id.
        volume: String,
        /// Its name.
        name: String,
        /// How large it was.
        then_gb: u32,
        /// How large it is.
        now_gb: u32,
    },
    /// A volume is gone that the app had.
    VolumeGone {
        /// Its id.
        volume: String,
    },
    /// The release command of that time does not run again.
    ReleaseCommand {
        /// The command.
        command: String,
    },
}

impl fmt::Display for Caution {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::ImageByName { image } => {
                write!(f, "its image is known by its name only: what {image} means today is deployed")
            }
            Self::SecretsChanged { secrets } => {
                let parts: Vec<String> = secrets.iter().map(ToString::to_string).collect();
                write!(
                    f,
                    "secrets were changed since, and their former values are nowhere, so machines get today's: {}",
                    parts.join(", ")
                )
            }
            Self::SomeSecretsChanged => f.write_str(
                "secrets were changed since, and nobody remembers which; their former values are nowhere, so machines get \
                 today's",
            ),
            Self::VolumeGrown { volume, name, then_gb, now_gb } => write!(
                f,
                "volume {name} ({volume}) has {now_gb} GB now and had {then_gb} GB then: volumes never shrink, so it stays \
                 as it is"
            ),
            Self::VolumeGone { volume } => write!(f, "volume {volume} is gone, with what was on it"),
            Self::ReleaseCommand { command } => {
                write!(f, "its release command does not run again: {command}")
            }
        }
    }
}

impl Release {
    /// What there is to know before the app, of which this is known, goes back to this release. `config` is the
    /// release's, as far as it is known.
    pub fn cautions(&self, observed: &Observed, config: Option<&Config>) -> Vec<Caution> {
        let mut cautions = Vec::new();
        if let Some(image) = self.image.as_ref().filter(|image| !image.contains('@')) {
            cautions.push(Caution::ImageByName { image: image.clone() });
        }
        cautions.extend(self.secrets_since(observed));
        let asked: Vec<(&str, u32)> = config
            .into_iter()
            .flat_map(|config| &config.mounts)
            .filter_map(|mount| {
                let size = size::gigabytes(mount.initial_size.as_deref()?)?;
                Some((mount.source.as_deref()?, u32::try_from(size).ok()?))
            })
            .collect();
        for volume in &observed.volumes {
            let noted = self.volumes.as_ref().and_then(|volumes| volumes.get(&volume.id)).copied();
            let then = noted.or_else(|| asked.iter().find(|(name, _)| *name == volume.name).map(|(_, size)| *size));
            if let Some(then_gb) = then.filter(|then| *then < volume.size_gb) {
                let (id, name) = (volume.id.clone(), volume.name.clone());
                cautions.push(Caution::VolumeGrown { volume: id, name, then_gb, now_gb: volume.size_gb });
            }
        }
        let is_there = |id: &&String| observed.volumes.iter().any(|volume| volume.id == **id);
        let gone = self.volumes.iter().flat_map(SortedMap::keys).filter(|id| !is_there(id));
        cautions.extend(gone.map(|id| Caution::VolumeGone { volume: id.clone() }));
        let command = config.and_then(|config| config.deploy.as_ref()?.release_command.clone());
        cautions.extend(command.map(|command| Caution::ReleaseCommand { command }));
        cautions
    }

    /// By the digests, if the release has them; else by the times at which secrets were set, and by the hash.
    fn secrets_since(&self, observed: &Observed) -> Option<Caution> {
        let now = || observed.secrets.iter().map(|secret| (secret.name.clone(), secret.digest.clone()));
        let secrets: Vec<SecretChange> = match (&self.secrets, &self.at) {
            (Some(then), _) => secret_changes(then, &now().collect()),
            (None, Some(at)) => {
                let later = |time: &str| moment(time).zip(moment(at)).is_some_and(|(set, at)| set > at);
                let set = observed.secrets.iter().filter(|secret| later(&secret.updated_at));
                set.map(|secret| SecretChange::Changed(secret.name.clone())).collect()
            }
            (None, None) => Vec::new(),
        };
        if !secrets.is_empty() {
            return Some(Caution::SecretsChanged { secrets });
        }
        let hash = crate::deploy::secrets_hash(&observed.secrets);
        let differ = self.secrets.is_none() && self.secrets_hash.as_ref().is_some_and(|then| *then != hash);
        differ.then_some(Caution::SomeSecretsChanged)
    }
}

/// A time as it can be compared: Fly's are in UTC, with fractions of a second or without.
fn moment(time: &str) -> Option<(&str, &str)> {
    let time = time.strip_suffix('Z')?;
    Some(time.split_once('.').unwrap_or((time, "")))
}
