//! The config of an image, which Docker and OCI share.

use std::collections::BTreeMap;

use serde::{Deserialize, Deserializer};
use serde_json::Value;

use crate::{Digest, Platform};

/// The config of an image, as far as somebody wants to see it. Writers put `null` for whatever is empty.
#[derive(Debug, Clone, Default, PartialEq, Deserialize)]
#[serde(default)]
#[non_exhaustive]
pub struct Config {
    /// The processor's architecture that it is for.
    #[serde(deserialize_with = "or_default")]
    pub architecture: String,
    /// The operating system that it is for.
    #[serde(deserialize_with = "or_default")]
    pub os: String,
    /// The kind of the architecture.
    pub variant: Option<String>,
    /// When it was made.
    pub created: Option<String>,
    /// How its process is started.
    #[serde(deserialize_with = "or_default")]
    pub config: Process,
    /// Its layers.
    #[serde(deserialize_with = "or_default")]
    pub(crate) rootfs: Rootfs,
    /// How it came to be.
    #[serde(deserialize_with = "or_default")]
    pub history: Vec<History>,
}

/// How the process of an image is started.
#[derive(Debug, Clone, Default, PartialEq, Deserialize)]
#[serde(default, rename_all = "PascalCase")]
#[non_exhaustive]
pub struct Process {
    /// Variables, as `NAME=value`.
    #[serde(deserialize_with = "or_default")]
    pub env: Vec<String>,
    /// The program.
    #[serde(deserialize_with = "or_default")]
    pub entrypoint: Vec<String>,
    /// Its arguments, or the program where there is no entrypoint.
    #[serde(deserialize_with = "or_default")]
    pub cmd: Vec<String>,
    /// Ports, such as `80/tcp`.
    #[serde(deserialize_with = "or_default")]
    pub exposed_ports: BTreeMap<String, Value>,
    /// Who runs it.
    #[serde(deserialize_with = "or_default")]
    pub user: String,
    /// Where it runs.
    #[serde(deserialize_with = "or_default")]
    pub working_dir: String,
    /// Folders for data.
    #[serde(deserialize_with = "or_default")]
    pub volumes: BTreeMap<String, Value>,
    /// Labels.
    #[serde(deserialize_with = "or_default")]
    pub labels: BTreeMap<String, String>,
    /// The signal that ends it.
    pub stop_signal: Option<String>,
}

/// A step in the making of an image.
#[derive(Debug, Clone, Default, PartialEq, Eq, Deserialize)]
#[serde(default)]
#[non_exhaustive]
pub struct History {
    /// What was done.
    pub created_by: Option<String>,
    /// Whether no layer came of it.
    pub empty_layer: bool,
}

/// The layers of an image.
#[derive(Debug, Clone, Default, PartialEq, Eq, Deserialize)]
#[serde(default)]
pub(crate) struct Rootfs {
    /// What each is, unpacked.
    #[serde(deserialize_with = "or_default")]
    pub(crate) diff_ids: Vec<Digest>,
}

impl Config {
    /// What the image runs on.
    pub fn platform(&self) -> Platform {
        Platform {
            os: self.os.clone(),
            architecture: self.architecture.clone(),
            variant: self.variant.clone().filter(|variant| !variant.is_empty()),
        }
    }
}

fn or_default<'de, T: Default + Deserialize<'de>, D: Deserializer<'de>>(deserializer: D) -> Result<T, D::Error> {
    Ok(Option::deserialize(deserializer)?.unwrap_or_default())
}

#[cfg(test)]
mod tests {
    use super::Config;

    #[test]
    fn nothing_is_written_in_several_ways() {
        let text =
            r#"{"architecture":"amd64","os":"linux","config":{"Env":null,"Cmd":["a"],"Labels":null},"rootfs":null}"#;
        let config: Config = serde_json::from_str(text).unwrap_or_default();
        assert_eq!(
            (config.config.cmd.as_slice(), config.platform().to_string().as_str()),
            (&["a".to_owned()][..], "linux/amd64")
        );
        assert_eq!(serde_json::from_str::<Config>(r#"{"config":null,"history":null}"#).ok(), Some(Config::default()));
    }
}
