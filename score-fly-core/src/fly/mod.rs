//! The Fly side: fly.toml as types, and everything that Fly and flyctl lay down about it.

mod canonical;
pub mod config;
mod duration;
mod emit;
pub(crate) mod field;
mod fix;
mod go;
mod groups;
pub mod guest;
pub(crate) mod limits;
mod loaded;
mod local;
pub mod machine;
mod merge;
pub(crate) mod messages;
pub mod names;
pub mod plaintext;
mod read;
pub(crate) mod rules;
#[cfg(test)]
pub(crate) mod sample;
mod scale;
pub mod secrets;
mod sections;
pub(crate) mod shlex;
pub(crate) mod size;
mod update;
mod upgrade;
pub(crate) mod vm;
mod words;

pub use config::Config;
pub use duration::Duration;
pub use emit::emit;
pub(crate) use emit::emit_mapping;
pub use fix::Fixed;
pub use guest::Guest;
pub use loaded::{LoadedConfig, read};
pub use machine::{MachineConfig, machine_config};
pub use read::ConfigFile;
pub(crate) use read::open;
pub use rules::check;
pub use scale::Scale;
pub use update::update;

use crate::map::SortedMap;
use crate::prelude::*;
use crate::secret::Secret;

/// Everything that a workload becomes.
#[derive(Debug, Clone, PartialEq)]
pub struct App {
    /// fly.toml.
    pub config: Config,
    /// The app's secrets by name, for `fly secrets import`.
    pub secrets: SortedMap<String, Secret<String>>,
    /// How many machines there are to be, for a deploy: fly.toml has no words for it.
    pub scale: Scale,
    /// The version that the workload says it has, for a deploy as well.
    pub version: Option<String>,
    /// Files that fly.toml refers to and that must be written, by path as fly.toml has it.
    pub files: SortedMap<String, Vec<u8>>,
}
