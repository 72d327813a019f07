//! What to do while another run is at work.

use std::fmt;

use crate::cancel::CancelToken;

/// What to do while another run holds a project.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum Wait {
    /// Wait for its end.
    #[default]
    UntilFree,
    /// Give up.
    Never,
}

/// How to wait for another run.
#[derive(Clone, Copy)]
pub struct Waiting<'w> {
    /// Whether to.
    pub wait: Wait,
    /// Who ends it.
    pub cancel: &'w CancelToken,
    /// Is told which process has the project, before the wait begins.
    pub told: &'w dyn Fn(&str),
}

impl fmt::Debug for Waiting<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Waiting").field("wait", &self.wait).field("cancel", self.cancel).finish_non_exhaustive()
    }
}
