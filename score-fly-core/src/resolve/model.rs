//! What comes in, and what comes out.

use serde_json::Value;

use crate::local::LocalFiles;
use crate::map::{SortedMap, SortedSet};
use crate::prelude::*;
use crate::resource::Outputs;
use crate::score::{Container, ContainerFile, Volume, Workload};
use crate::secret::Sensitive;

/// What the world answered.
#[derive(Debug, Clone, Default)]
pub struct Given {
    /// Outputs of resources.
    pub outputs: Outputs,
    /// Files that it mounts, by `source` as the workload writes it.
    pub files: LocalFiles,
    /// What to do about those that are missing.
    pub missing: Missing,
    /// Resources that something else than the conversion makes, by the workload's names for them.
    /// Those with outputs are made already, and need not be among them.
    pub made_elsewhere: SortedSet<String>,
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
pub struct ResolvedWorkload<'w> {
    /// The workload as written.
    pub workload: &'w Workload,
    /// Its containers by name.
    pub containers: SortedMap<&'w str, ResolvedContainer<'w>>,
    /// Resources of type `route` that nothing else makes, by the workload's names for them.
    pub routes: SortedMap<&'w str, ResolvedRoute>,
}

/// A container whose placeholders are filled. Whatever could not be resolved has been reported.
#[derive(Debug, Clone)]
pub struct ResolvedContainer<'w> {
    /// The container as written. What may have placeholders is below, filled.
    pub written: &'w Container,
    /// Variables by name; without a value if it could not be resolved.
    pub variables: SortedMap<&'w str, Option<ResolvedVariable>>,
    /// Files by target.
    pub files: SortedMap<&'w str, ResolvedFile<'w>>,
    /// Volumes by target.
    pub volumes: SortedMap<&'w str, ResolvedVolume<'w>>,
}

/// A variable with its value.
#[derive(Debug, Clone)]
pub struct ResolvedVariable {
    /// The value.
    pub value: Sensitive<String>,
    /// Whether an output of a resource takes part in it.
    pub has_outputs: bool,
}

/// A file with its content.
#[derive(Debug, Clone)]
pub struct ResolvedFile<'w> {
    /// The file as written.
    pub written: &'w ContainerFile,
    /// What it holds; nothing if it could not be resolved.
    pub content: Option<ResolvedContent<'w>>,
}

/// The content of a file.
#[derive(Debug, Clone)]
pub struct ResolvedContent<'w> {
    /// The bytes.
    pub bytes: Sensitive<Vec<u8>>,
    /// The local file, as written, if it holds exactly that and can be mounted directly.
    pub unchanged_source: Option<&'w str>,
}

/// A volume with its source.
#[derive(Debug, Clone)]
pub struct ResolvedVolume<'w> {
    /// The volume as written.
    pub written: &'w Volume,
    /// What is mounted; nothing if it could not be resolved.
    pub source: Option<ResolvedSource<'w>>,
}

/// What a volume is.
#[derive(Debug, Clone)]
pub struct ResolvedSource<'w> {
    /// The volume's name.
    pub name: String,
    /// The resource that it comes from, by the workload's name for it.
    pub resource: Option<&'w str>,
    /// The outputs of that resource: size and other settings.
    pub settings: SortedMap<String, Value>,
}

/// A route to the workload's service.
#[derive(Debug, Clone, Default)]
pub struct ResolvedRoute {
    /// Its params, as far as they are known.
    pub params: SortedMap<String, Value>,
}
