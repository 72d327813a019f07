//! What can be asked of a fly.toml as text.

use super::local::LocalFiles;
use super::machine::{MachineConfig, machine_config};
use super::read::{ConfigFile, with_file};
use super::rules;
use crate::diagnostic::Outcome;
use crate::source::Source;

/// Finds the mistakes in a fly.toml: what flyctl can't read, and what [`check`](super::check()) finds
/// in the rest.
///
/// There is a value if the text is well-formed.
pub fn check_text(source: &Source, files: &LocalFiles) -> Outcome<ConfigFile> {
    with_file(source, |file| {
        let diagnostics = rules::check(&file.config, files);
        Outcome::new(file, diagnostics)
    })
}

/// [`machine_config`] of a fly.toml as text.
pub fn machine_config_of(source: &Source, group: Option<&str>, files: &LocalFiles) -> Outcome<MachineConfig> {
    with_file(source, |file| machine_config(&file.config, group, files))
}
