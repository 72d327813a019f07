//! From a workload and the outputs of its resources to a workload without placeholders.

use std::collections::BTreeMap;

use serde_json::Value;

use crate::diagnostic::{Diagnostics, Outcome};
use crate::resource::Outputs;
use crate::score::Workload;
use crate::secret::Sensitive;

/// The content of local files, by `source` as the workload writes it.
pub type SourceFiles = BTreeMap<String, Vec<u8>>;

/// What the world answered.
#[derive(Debug, Clone, Default)]
pub struct Given {
    /// Outputs of resources.
    pub outputs: Outputs,
    /// Content of files.
    pub files: SourceFiles,
    /// What to do about those that are missing.
    pub missing: Missing,
}

/// What to do about outputs and files that were not given.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum Missing {
    /// Report them: the result is meant to be used.
    #[default]
    Report,
    /// Go on with placeholders as they stand, to find other mistakes: the result is thrown away.
    Assume,
}

/// A workload whose placeholders are filled.
#[derive(Debug, Clone)]
pub struct ResolvedWorkload {
    /// The workload as written; what has placeholders in it is below instead.
    pub workload: Workload,
    /// The filled parts of its containers, under the same names.
    pub containers: BTreeMap<String, ResolvedContainer>,
}

/// The parts of a container that may have placeholders.
#[derive(Debug, Clone, Default)]
pub struct ResolvedContainer {
    /// Variables by name.
    pub variables: BTreeMap<String, Sensitive<String>>,
    /// Files by target.
    pub files: BTreeMap<String, ResolvedFile>,
    /// Volumes by target.
    pub volumes: BTreeMap<String, ResolvedVolume>,
}

/// A file with its content.
#[derive(Debug, Clone)]
pub struct ResolvedFile {
    /// What the file holds.
    pub content: Sensitive<Vec<u8>>,
    /// The local file, as written, if it holds exactly that and can be mounted directly.
    pub unchanged_source: Option<String>,
}

/// A volume with its source.
#[derive(Debug, Clone)]
pub struct ResolvedVolume {
    /// The volume's name.
    pub source: String,
    /// The outputs of the volume resource, if the source is one: size and other settings.
    pub settings: BTreeMap<String, Value>,
}

/// Fills the placeholders of `workload`.
///
/// There is always a value; what could not be resolved is missing from it.
pub fn resolve(workload: Workload, given: &Given) -> Outcome<ResolvedWorkload> {
    let _ = given;
    Outcome::new(ResolvedWorkload { workload, containers: BTreeMap::new() }, Diagnostics::new())
}
