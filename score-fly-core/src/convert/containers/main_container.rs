//! The main container: the one that gets the image that is deployed.

use super::order::is_init;
use crate::convert::annotations::{AppAnnotations, messages};
use crate::convert::parts::Task;
use crate::diagnostic::Diagnostics;
use crate::prelude::*;
use crate::score::Workload;

/// Reports an annotation that names none of the containers.
pub(in crate::convert) fn check(workload: &Workload, annotations: &AppAnnotations, diagnostics: &mut Diagnostics) {
    if let Some(set) = &annotations.container
        && !workload.containers.contains_key(&set.value)
    {
        let names = workload.containers.keys().map(String::as_str);
        diagnostics.push(messages::unknown_container(&set.key, &set.value, names));
    }
}

/// The one that the annotation `container` names. Without it, one whose image is `.`, if there is any; of several that
/// come into question, rather one that does not only prepare others, then one whose probes ask for what the service
/// serves, then the one called as the workload, then the first by name.
pub(super) fn choose<'s>(tasks: &[Task<'s>]) -> Option<&'s str> {
    let first = tasks.first()?;
    let annotated = first.annotations.app.container.as_ref();
    let named = annotated.and_then(|set| tasks.iter().find(|task| task.name == set.value));
    let best = || {
        tasks.iter().min_by_key(|task| {
            let container = task.container.written;
            let is_namesake = task.name == task.workload.metadata.name;
            (container.image != ".", is_init(container), !serves(task), !is_namesake)
        })
    };
    Some(named.or_else(best).unwrap_or(first).name)
}

/// Whether a probe asks at a port to which the service leads.
fn serves(task: &Task<'_>) -> bool {
    let container = task.container.written;
    let probes = [&container.readiness_probe, &container.liveness_probe].into_iter().flatten();
    let mut asked = probes.filter_map(|probe| Some(probe.http_get.as_ref()?.port));
    let ports = || task.workload.service.iter().flat_map(|service| service.ports.values());
    asked.any(|port| ports().any(|served| served.target_port.unwrap_or(served.port) == port))
}
