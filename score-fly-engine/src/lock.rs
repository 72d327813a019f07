//! One run at a time in a project.

use std::fs::{self, File, OpenOptions, TryLockError};
use std::io::{self, Write as _};
use std::path::{Path, PathBuf};
use std::time::Duration;

use crate::cancel::CancelToken;
use crate::system::words;

/// What to do while another run holds the project.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Wait {
    /// Wait for its end.
    UntilFree,
    /// Give up.
    Never,
}

/// Why the lock was not taken.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum LockError {
    /// Another run has it.
    #[error("another run of score-fly, process {holder}, is at work in this project")]
    Held {
        /// The process, as far as it is known.
        holder: String,
    },
    /// The run was cancelled while it waited.
    #[error("interrupted while another run of score-fly was at work in this project")]
    Cancelled,
    /// The system can't lock.
    #[error("cannot lock `{}`: {}", path.display(), words(error))]
    Io {
        /// The file.
        path: PathBuf,
        /// Why.
        error: io::Error,
    },
}

/// How long to wait before looking again whether the lock is free.
const PAUSE: Duration = Duration::from_millis(20);

/// The right to change a project. The system takes it back when the process ends, however it ends.
#[derive(Debug)]
pub(crate) struct Lock {
    _file: File,
}

impl Lock {
    /// Takes the lock in `folder`. Before it waits, `waiting` is told which process has it.
    pub(crate) fn take(
        folder: &Path,
        wait: Wait,
        cancel: &CancelToken,
        waiting: impl FnOnce(&str),
    ) -> Result<Self, LockError> {
        let path = folder.join("lock");
        let failed = |error| LockError::Io { path: path.clone(), error };
        let mut file = OpenOptions::new().create(true).truncate(false).write(true).open(&path).map_err(failed)?;
        let mut waiting = Some(waiting);
        loop {
            match file.try_lock() {
                Ok(()) => break,
                Err(TryLockError::Error(error)) => return Err(failed(error)),
                Err(TryLockError::WouldBlock) => {}
            }
            if let Some(waiting) = waiting.take() {
                let holder = fs::read_to_string(&path).unwrap_or_default();
                let holder = Some(holder.trim().to_owned()).filter(|holder| !holder.is_empty());
                let holder = holder.unwrap_or_else(|| "unknown".to_owned());
                if wait == Wait::Never {
                    return Err(LockError::Held { holder });
                }
                waiting(&holder);
            }
            // The system's own way to wait can't be left.
            if !cancel.sleep(PAUSE) {
                return Err(LockError::Cancelled);
            }
        }
        file.set_len(0).and_then(|()| writeln!(file, "{}", std::process::id())).map_err(failed)?;
        Ok(Self { _file: file })
    }
}
