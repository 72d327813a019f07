//! Whether a workload runs in Fly's containers.

use super::need::Need;
use crate::convert::messages;
use crate::convert::options::{Containers, Options};
use crate::diagnostic::Diagnostics;
use crate::score::Workload;

/// Decides, and says why if it was not the caller who decided.
pub(in crate::convert) fn are_used(workload: &Workload, options: &Options, diagnostics: &mut Diagnostics) -> bool {
    let mut needs = needs(workload);
    match options.containers {
        Containers::Always => true,
        Containers::Auto => match needs.next() {
            Some(need) => {
                need.at(|at| diagnostics.push(messages::uses_containers(at, need)));
                true
            }
            None => false,
        },
        Containers::Never => {
            for need in needs {
                need.at(|at| diagnostics.push(messages::needs_containers(at, need)));
            }
            false
        }
    }
}

/// All reasons, in the order of the containers' names.
pub(in crate::convert) fn needs(workload: &Workload) -> impl Iterator<Item = Need<'_>> {
    let count = workload.containers.len();
    let several = (count > 1).then_some(Need::SeveralContainers { count });
    let others = workload.containers.iter().flat_map(|(container, parts)| {
        let before = (!parts.before.is_empty()).then_some(Need::Before { container });
        let probes = [("livenessProbe", &parts.liveness_probe), ("readinessProbe", &parts.readiness_probe)];
        let by_command = probes.into_iter().filter(|(_, probe)| probe.as_ref().is_some_and(|it| it.exec.is_some()));
        let with_mode = parts.files.iter().filter(|(_, file)| file.mode.is_some());
        let probes = by_command.map(move |(probe, _)| Need::ExecProbe { container, probe });
        let modes = with_mode.map(move |(target, _)| Need::FileMode { container, target });
        before.into_iter().chain(probes).chain(modes)
    });
    several.into_iter().chain(others)
}
