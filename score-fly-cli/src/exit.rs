//! What the process's exit code says.

use std::process::{ExitCode, Termination};

use score_fly_core::Code;

/// How a run ended. Of several endings the worst counts, and they are in that order.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Default)]
pub enum Exit {
    /// Everything that was asked for is done: 0.
    #[default]
    Done,
    /// A Score file, or something given with it, has errors: 2.
    Faulty,
    /// The command line is wrong, or something could not be read or written: 1.
    Failed,
    /// A signal of this number asked for the end: 128 more than it.
    Interrupted(u8),
}

impl Exit {
    /// How a run ends in which an error of this code was found.
    pub(crate) const fn after(code: Code) -> Self {
        match code {
            Code::UnreadableFile
            | Code::UnwritableFile
            | Code::NoProject
            | Code::InvalidState
            | Code::MissingIdentity => Self::Failed,
            _ => Self::Faulty,
        }
    }

    /// The exit code.
    pub const fn code(self) -> u8 {
        match self {
            Self::Done => 0,
            Self::Failed => 1,
            Self::Faulty => 2,
            Self::Interrupted(signal) => 128_u8.saturating_add(signal),
        }
    }
}

impl Termination for Exit {
    fn report(self) -> ExitCode {
        self.code().into()
    }
}
