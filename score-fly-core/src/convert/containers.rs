//! What a workload has that only several containers on one machine can give it.

use crate::diagnostic::{Diagnostics, messages};
use crate::pointer::Path;
use crate::score::Workload;

/// A reason for which a workload needs Fly's containers, with where it stands.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Need<'w> {
    /// The workload has more than one container.
    SeveralContainers,
    /// A container waits for another.
    Before { container: &'w str },
    /// A probe runs a command.
    ExecProbe { container: &'w str, probe: &'static str },
    /// A file has permissions.
    FileMode { container: &'w str, target: &'w str },
}

/// All reasons, in the order of the containers' names; none if a single machine without
/// containers will do.
pub(super) fn needs(workload: &Workload) -> Vec<Need<'_>> {
    let mut needs = Vec::new();
    if workload.containers.len() > 1 {
        needs.push(Need::SeveralContainers);
    }
    for (container, parts) in &workload.containers {
        if !parts.before.is_empty() {
            needs.push(Need::Before { container });
        }
        for (probe, parts) in [("livenessProbe", &parts.liveness_probe), ("readinessProbe", &parts.readiness_probe)] {
            if parts.as_ref().is_some_and(|probe| probe.exec.is_some()) {
                needs.push(Need::ExecProbe { container, probe });
            }
        }
        let with_mode = parts.files.iter().filter(|(_, file)| file.mode.is_some());
        needs.extend(with_mode.map(|(target, _)| Need::FileMode { container, target }));
    }
    needs
}

/// Reports each reason at its place.
pub(super) fn refuse(workload: &Workload, diagnostics: &mut Diagnostics) {
    let at = Path::ROOT.key("containers");
    for need in needs(workload) {
        diagnostics.push(match need {
            Need::SeveralContainers => messages::convert::several_containers(&at, workload.containers.len()),
            Need::Before { container } => messages::convert::before(&at.key(container).key("before")),
            Need::ExecProbe { container, probe } => {
                messages::convert::exec_probe(&at.key(container).key(probe).key("exec"))
            }
            Need::FileMode { container, target } => {
                messages::convert::file_mode(&at.key(container).key("files").key(target).key("mode"))
            }
        });
    }
}
