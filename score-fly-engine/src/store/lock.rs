//! One run at a time in a folder.

use std::fs::{File, OpenOptions, TryLockError};
use std::io::{self, Read as _, Seek as _, Write as _};
use std::path::Path;
use std::time::Duration;

use super::error::StoreError;
use super::wait::{Wait, Waiting};
use crate::files;

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
        let mut options = OpenOptions::new();
        files::for_owner(options.create(true).truncate(false).read(true).write(true));
        let mut file = options.open(path).map_err(failed)?;
        files::keep_to_owner(&file).map_err(failed)?;
        let mut told = false;
        loop {
            match file.try_lock() {
                Ok(()) => break,
                Err(TryLockError::Error(error)) => return Err(failed(error)),
                Err(TryLockError::WouldBlock) => {}
            }
            if !told {
                let mut holder = String::new();
                // Nobody has to be known.
                let _ = io::Read::by_ref(&mut file).take(20).read_to_string(&mut holder);
                let holder = holder.trim().to_owned();
                let is_id = !holder.is_empty() && holder.bytes().all(|byte| byte.is_ascii_digit());
                let holder = if is_id { holder } else { "unknown".to_owned() };
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
        let written = file.set_len(0).and_then(|()| file.rewind());
        written.and_then(|()| writeln!(file, "{}", std::process::id())).map_err(failed)?;
        Ok(Self { _file: file })
    }
}
