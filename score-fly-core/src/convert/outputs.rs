//! What the files of a workload are called. All of them stand side by side in fly.toml's folder.

use crate::prelude::*;

/// A file that a workload becomes, or a folder of such files.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Output {
    /// fly.toml.
    Toml,
    /// Its secrets, as `fly secrets import` takes them.
    Secrets,
    /// The machine config with its containers.
    Machine,
    /// The folder of the files that it mounts.
    Files,
}

impl Output {
    /// All of them.
    pub const ALL: [Self; 4] = [Self::Toml, Self::Secrets, Self::Machine, Self::Files];

    /// Its name.
    pub fn name(self, workload: &str) -> String {
        let end = match self {
            Self::Toml => ".toml",
            Self::Secrets => ".env",
            Self::Machine => ".machine.json",
            Self::Files => "_files",
        };
        format!("fly_{workload}{end}")
    }
}
