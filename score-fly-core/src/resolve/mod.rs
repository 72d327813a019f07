//! From a workload and the outputs of its resources to a workload without placeholders.

mod files;
pub(crate) mod lookup;
pub(crate) mod messages;
mod missing;
mod model;
mod params;
mod render;
mod routes;
mod scope;
mod volumes;

pub use model::{
    Given, Missing, ResolvedContainer, ResolvedContent, ResolvedFile, ResolvedRoute, ResolvedSource, ResolvedVariable,
    ResolvedVolume, ResolvedWorkload,
};
pub use params::resolve_params;

use crate::diagnostic::{Diagnostics, Outcome};
use crate::placeholder::placeholders;
use crate::pointer::Path;
use crate::score::{Container, Workload};
use missing::outputs_not_given;
use scope::{Findings, Scope};

/// Fills the placeholders of `workload`: in variables, in the content of files, in the sources of
/// volumes and in the params of routes. Those in the params of other resources are only checked.
///
/// There is always a value; what could not be resolved is missing from it. Where only outputs or
/// files were not given, it holds the placeholder as it stands, or an empty file.
pub fn resolve<'w>(workload: &'w Workload, given: &Given) -> Outcome<ResolvedWorkload<'w>> {
    let scope = Scope::new(workload, &given.outputs);
    let mut findings = Findings::default();
    let all = Path::ROOT.key("containers");
    let containers = workload.containers.iter().map(|(name, container)| {
        (name.as_str(), resolve_container(container, &all.key(name), &scope, given, &mut findings))
    });
    let containers = containers.collect();
    let routes = routes::resolve_routes(&scope, given, &mut findings);
    params::check(&scope, given, &mut findings.diagnostics);
    let mut diagnostics = findings.diagnostics;
    if given.missing == Missing::Report {
        diagnostics.extend(outputs_not_given(workload, given, findings.without_outputs));
    }
    Outcome::new(ResolvedWorkload { workload, containers, routes }, diagnostics)
}

fn resolve_container<'w>(
    container: &'w Container,
    at: &Path<'_>,
    scope: &Scope<'w, '_>,
    given: &Given,
    findings: &mut Findings<'w>,
) -> ResolvedContainer<'w> {
    report_kept(container, at, &mut findings.diagnostics);
    let at_variables = at.key("variables");
    let variables = container.variables.iter().map(|(name, template)| {
        let filled = scope.fill(template, &at_variables.key(name), findings);
        let variable = filled.map(|filled| ResolvedVariable { value: filled.text, has_outputs: filled.has_outputs });
        (name.as_str(), variable)
    });
    let variables = variables.collect();
    let at_files = at.key("files");
    let files = container.files.iter().map(|(target, file)| {
        let content = files::resolve_content(file, &at_files.key(target), scope, given, findings);
        (target.as_str(), ResolvedFile { written: file, content })
    });
    let files = files.collect();
    let at_volumes = at.key("volumes");
    let volumes = container.volumes.iter().map(|(target, volume)| {
        let source = volumes::resolve_source(&volume.source, &at_volumes.key(target).key("source"), scope, findings);
        (target.as_str(), ResolvedVolume { written: volume, source })
    });
    let volumes = volumes.collect();
    ResolvedContainer { written: container, variables, files, volumes }
}

/// Says that placeholders in `command` and `args` stay as they are.
fn report_kept(container: &Container, at: &Path<'_>, diagnostics: &mut Diagnostics) {
    for (field, words) in [("command", &container.command), ("args", &container.args)] {
        for (index, word) in words.iter().flatten().enumerate() {
            for kept in placeholders(word).filter(|placeholder| placeholder.reference().is_ok()) {
                diagnostics.push(messages::placeholder_kept(&at.key(field).index(index), field, &kept));
            }
        }
    }
}
