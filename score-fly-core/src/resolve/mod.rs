//! From a workload and the outputs of its resources to a workload without placeholders.

mod files;
pub(crate) mod lookup;
pub(crate) mod messages;
mod params;
mod render;
mod routes;
mod scope;
mod volumes;

use serde_json::Value;

pub use params::resolve_params;

use crate::diagnostic::{Diagnostics, Outcome};
use crate::local::LocalFiles;
use crate::map::{SortedMap, SortedSet};
use crate::placeholder::placeholders;
use crate::pointer::Path;
use crate::prelude::*;
use crate::resource::{Outputs, requirements_with};
use crate::score::{Container, Workload};
use crate::secret::Sensitive;
use scope::{Findings, Scope};

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
pub struct ResolvedWorkload {
    /// The workload as written; what has placeholders in it is below instead.
    pub workload: Workload,
    /// The filled parts of its containers, under the same names.
    pub containers: SortedMap<String, ResolvedContainer>,
    /// Resources of type `route` that nothing else makes, by the workload's names for them.
    pub routes: SortedMap<String, ResolvedRoute>,
}

/// A route to the workload's service.
#[derive(Debug, Clone, Default)]
pub struct ResolvedRoute {
    /// Its params, as far as they are known.
    pub params: SortedMap<String, Value>,
}

/// The parts of a container that may have placeholders.
#[derive(Debug, Clone, Default)]
pub struct ResolvedContainer {
    /// Variables by name.
    pub variables: SortedMap<String, Sensitive<String>>,
    /// Files by target.
    pub files: SortedMap<String, ResolvedFile>,
    /// Volumes by target.
    pub volumes: SortedMap<String, ResolvedVolume>,
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
    pub settings: SortedMap<String, Value>,
}

/// Fills the placeholders of `workload`: in variables, in the content of files, and in the sources
/// of volumes. Those in the params of resources are only checked.
///
/// There is always a value; what could not be resolved is missing from it. Where only outputs or
/// files were not given, it holds the placeholder as it stands, or an empty file.
pub fn resolve(workload: Workload, given: &Given) -> Outcome<ResolvedWorkload> {
    let scope = Scope::new(&workload, &given.outputs);
    let mut findings = Findings::default();
    let all = Path::ROOT.key("containers");
    let containers = workload
        .containers
        .iter()
        .map(|(name, container)| {
            (name.clone(), resolve_container(container, &all.key(name), &scope, given, &mut findings))
        })
        .collect();
    let routes = routes::resolve_routes(&workload, &scope, given, &mut findings);
    let mut diagnostics = findings.diagnostics;
    if given.missing == Missing::Report {
        diagnostics.extend(outputs_not_given(&workload, given, findings.without_outputs));
    }
    diagnostics.extend(params::check(&workload, &scope));
    Outcome::new(ResolvedWorkload { workload, containers, routes }, diagnostics)
}

fn resolve_container<'a>(
    container: &Container,
    at: &Path<'_>,
    scope: &Scope<'a>,
    given: &Given,
    findings: &mut Findings<'a>,
) -> ResolvedContainer {
    let mut resolved = ResolvedContainer::default();
    for (field, words) in [("command", &container.command), ("args", &container.args)] {
        for (index, word) in words.iter().flatten().enumerate() {
            let kept = placeholders(word).filter(|placeholder| placeholder.reference().is_ok());
            findings.diagnostics.extend(
                kept.map(|kept| messages::placeholder_kept(&at.key(field).index(index), field, &kept)).collect(),
            );
        }
    }
    let variables = at.key("variables");
    for (name, value) in &container.variables {
        if let Some(filled) = scope.fill(value, &variables.key(name), findings) {
            resolved.variables.insert(name.clone(), filled.text);
        }
    }
    let files = at.key("files");
    for (target, file) in &container.files {
        if let Some(file) = files::resolve_file(file, &files.key(target), scope, given, findings) {
            resolved.files.insert(target.clone(), file);
        }
    }
    let volumes = at.key("volumes");
    for (target, volume) in &container.volumes {
        if let Some(volume) =
            volumes::resolve_volume(&volume.source, &volumes.key(target).key("source"), scope, findings)
        {
            resolved.volumes.insert(target.clone(), volume);
        }
    }
    resolved
}

/// One diagnostic for each resource that was asked in vain, with all that is asked of it.
fn outputs_not_given(workload: &Workload, given: &Given, without: Vec<&str>) -> Diagnostics {
    if without.is_empty() {
        return Diagnostics::new();
    }
    let without: SortedSet<&str> = without.into_iter().collect();
    requirements_with(workload, &given.files)
        .resources
        .iter()
        .filter(|request| without.contains(request.name.as_str()))
        .map(messages::missing_resource_outputs)
        .collect()
}
