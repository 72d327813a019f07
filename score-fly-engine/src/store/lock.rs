//! One run at a time in a folder.

use std::fs::{self, File, OpenOptions, TryLockError};
use std::io::Write as _;
use std::path::Path;
use std::time::Duration;

use super::error::StoreError;
use super::wait::{Wait, Waiting};

/// The right to change what is in a folder. The system takes it back when the process ends, however it ends.
#[derive(Debug)]
pub(super) struct Lock {
    _file: File,
}

/// How long to wait before looking again whether the lock is free.
const PAUSE: Duration = Duration::from_millis(20);

impl Lock {
    /// Takes the lock at `path`, which people know as `shown`.
    pub(super) fn take(path: &Path, shown: &Path, waiting: Waiting<'_>) -> Result<Self, StoreError> {
        let failed = |error| StoreError::io("lock", shown, &error);
        let mut file = OpenOptions::new().create(true).truncate(false).write(true).open(path).map_err(failed)?;
        let mut told = false;
        loop {
            match file.try_lock() {
                Ok(()) => break,
                Err(TryLockError::Error(error)) => return Err(failed(error)),
                Err(TryLockError::WouldBlock) => {}
            }
            if !told {
                let holder = fs::read_to_string(path).unwrap_or_default();
                let holder = Some(holder.trim().to_owned()).filter(|holder| !holder.is_empty());
                let holder = holder.unwrap_or_else(|| "unknown".to_owned());
                if waiting.wait == Wait::Never {
                    return Err(StoreError::Held { holder });
                }
                (waiting.told)(&holder);
                told = true;
            }
            // The system's own way to wait can't be left.
            if !waiting.cancel.sleep(PAUSE) {
                return Err(StoreError::Cancelled);
            }
        }
        file.set_len(0).and_then(|()| writeln!(file, "{}", std::process::id())).map_err(failed)?;
        Ok(Self { _file: file })
    }
}
