//! Whether a push goes on, and what ended it.

use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Condvar, Mutex, PoisonError};
use std::time::Duration;

use crate::{Error, Stop};

/// A push that is going on, until something fails, somebody asks for its end, or it is done.
pub(crate) struct Run<'a> {
    stop: &'a Stop<'a>,
    ended: AtomicBool,
    cause: Mutex<Option<Error>>,
    done: Mutex<bool>,
    wake: Condvar,
}

impl<'a> Run<'a> {
    pub(crate) fn new(stop: &'a Stop<'a>) -> Self {
        let (ended, cause) = (AtomicBool::new(false), Mutex::new(None));
        Self { stop, ended, cause, done: Mutex::new(false), wake: Condvar::new() }
    }

    /// Whether there is no point in going on.
    pub(crate) fn has_ended(&self) -> bool {
        self.ended.load(Ordering::SeqCst) || (self.stop)()
    }

    /// Fails if there is no point in going on.
    pub(crate) fn going(&self) -> Result<(), Error> {
        if self.has_ended() { Err(Error::Stopped) } else { Ok(()) }
    }

    /// Ends the push. The first to do so says why; others fail only because of it.
    pub(crate) fn fail(&self, error: Error) {
        // Who was only stopped knows no cause; whoever stopped them may not have told it yet.
        if !matches!(error, Error::Stopped) {
            self.cause.lock().unwrap_or_else(PoisonError::into_inner).get_or_insert(error);
        }
        self.ended.store(true, Ordering::SeqCst);
        self.wake.notify_all();
    }

    /// Why it ended: `error`, unless something else came first.
    pub(crate) fn cause(&self, error: Error) -> Error {
        self.cause.lock().unwrap_or_else(PoisonError::into_inner).take().unwrap_or(error)
    }

    /// That nothing is left to do.
    pub(crate) fn end(&self) {
        *self.done.lock().unwrap_or_else(PoisonError::into_inner) = true;
        self.wake.notify_all();
    }

    /// Waits until the push is done. If it ends before that, `break_off` interrupts whoever waits
    /// for the network.
    pub(crate) fn watch(&self, break_off: impl FnOnce()) {
        let mut done = self.done.lock().unwrap_or_else(PoisonError::into_inner);
        while !*done {
            if self.has_ended() {
                return break_off();
            }
            let waited = self.wake.wait_timeout(done, Duration::from_millis(50));
            done = waited.unwrap_or_else(PoisonError::into_inner).0;
        }
    }
}
