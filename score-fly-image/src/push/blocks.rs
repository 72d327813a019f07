//! Blocks of bytes on their way from the archive to the registry, and how many there may be.

use std::sync::{Arc, Condvar, Mutex, PoisonError};
use std::time::Duration;

use crate::Error;
use crate::push::run::Run;

/// How much is read, compressed and sent at a time. The digests of compressed layers depend on it.
pub(crate) const BLOCK: usize = 1 << 20;

/// A number of bytes that all threads share. It bounds the memory, whatever the sizes of layers.
pub(crate) struct Budget {
    free: Mutex<usize>,
    returned: Condvar,
}

/// Some bytes of the budget, given back when it is dropped.
pub(crate) struct Permit {
    budget: Arc<Budget>,
    bytes: usize,
}

impl Budget {
    /// A budget of so many blocks.
    pub(crate) fn new(blocks: usize) -> Arc<Self> {
        Arc::new(Self { free: Mutex::new(blocks * BLOCK), returned: Condvar::new() })
    }

    /// Waits until there is room for a block.
    pub(crate) fn take(self: &Arc<Self>, run: &Run<'_>) -> Result<Permit, Error> {
        let mut free = self.free.lock().unwrap_or_else(PoisonError::into_inner);
        while *free < BLOCK {
            run.going()?;
            let waited = self.returned.wait_timeout(free, Duration::from_millis(50));
            free = waited.unwrap_or_else(PoisonError::into_inner).0;
        }
        *free -= BLOCK;
        Ok(Permit { budget: Arc::clone(self), bytes: BLOCK })
    }

    fn give_back(&self, bytes: usize) {
        *self.free.lock().unwrap_or_else(PoisonError::into_inner) += bytes;
        self.returned.notify_one();
    }
}

impl Permit {
    /// Gives back what is more than `bytes`.
    pub(crate) fn shrink(&mut self, bytes: usize) {
        let more = self.bytes.saturating_sub(bytes);
        self.bytes -= more;
        self.budget.give_back(more);
    }
}

impl Drop for Permit {
    fn drop(&mut self) {
        self.budget.give_back(self.bytes);
    }
}

/// Bytes that are to be sent.
pub(crate) struct Chunk {
    pub(crate) bytes: Arc<Vec<u8>>,
    /// Held as long as the bytes are.
    pub(crate) _permit: Arc<Permit>,
}
