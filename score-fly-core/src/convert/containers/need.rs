//! Why a workload needs Fly's containers.

use crate::pointer::Path;

/// A reason for which a workload needs Fly's containers, with where it stands.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Need<'w> {
    /// The workload has more than one container.
    SeveralContainers { count: usize },
    /// A container waits for another.
    Before { container: &'w str },
    /// A probe runs a command.
    ExecProbe { container: &'w str, probe: &'static str },
    /// A file has permissions.
    FileMode { container: &'w str, target: &'w str },
}

impl Need<'_> {
    /// Whether it is that there are several.
    pub(in crate::convert) const fn is_of_several(self) -> bool {
        matches!(self, Self::SeveralContainers { .. })
    }

    /// Gives `report` the place.
    pub(in crate::convert) fn at(self, report: impl FnOnce(&Path<'_>)) {
        let at = Path::ROOT.key("containers");
        match self {
            Self::SeveralContainers { .. } => report(&at),
            Self::Before { container } => report(&at.key(container).key("before")),
            Self::ExecProbe { container, probe } => report(&at.key(container).key(probe).key("exec")),
            Self::FileMode { container, target } => report(&at.key(container).key("files").key(target).key("mode")),
        }
    }
}
