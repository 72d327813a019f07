//! Time that passes, and being told to stop.

use std::fmt;
use std::sync::{Condvar, Mutex, PoisonError};
use std::time::{Duration, Instant};

/// How a client measures time and lets it pass, between repetitions and for rate limits. Tests have a clock
/// of their own, which need not wait.
pub trait Clock: fmt::Debug + Send + Sync {
    /// How long it is since some moment that stays the same. It never goes back.
    fn now(&self) -> Duration;

    /// Lets this time pass, or less if `stop` is set. Whether it was all of it.
    fn sleep(&self, time: Duration, stop: &Stop) -> bool;
}

/// The clock of this machine.
#[derive(Debug)]
pub struct SystemClock(Instant);

impl SystemClock {
    /// A clock that starts now.
    pub fn new() -> Self {
        Self(Instant::now())
    }
}

impl Default for SystemClock {
    fn default() -> Self {
        Self::new()
    }
}

impl Clock for SystemClock {
    fn now(&self) -> Duration {
        self.0.elapsed()
    }

    fn sleep(&self, time: Duration, stop: &Stop) -> bool {
        stop.wait(time)
    }
}

/// Whether somebody asked for the end. It can't be taken back.
#[derive(Debug, Default)]
pub struct Stop {
    set: Mutex<bool>,
    changed: Condvar,
}

impl Stop {
    /// Whether the end was asked for.
    pub fn is_set(&self) -> bool {
        *self.set.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Waits so long, in real time, or until the end is asked for. Whether it was all of it.
    pub fn wait(&self, time: Duration) -> bool {
        let set = self.set.lock().unwrap_or_else(PoisonError::into_inner);
        let waited = self.changed.wait_timeout_while(set, time, |set| !*set);
        !*waited.unwrap_or_else(PoisonError::into_inner).0
    }

    pub(crate) fn set(&self) {
        *self.set.lock().unwrap_or_else(PoisonError::into_inner) = true;
        self.changed.notify_all();
    }
}

#[cfg(test)]
mod tests {
    use std::sync::Arc;
    use std::thread;
    use std::time::{Duration, Instant};

    use super::{Clock, Stop, SystemClock};

    #[test]
    fn sleep_ends_when_it_must() {
        let (clock, stop) = (SystemClock::new(), Arc::new(Stop::default()));
        assert!(clock.sleep(Duration::from_millis(2), &stop));
        assert!(clock.now() >= Duration::from_millis(2));
        let (began, other) = (Instant::now(), Arc::clone(&stop));
        let setter = thread::spawn(move || other.set());
        assert!(!clock.sleep(Duration::from_secs(60), &stop));
        setter.join().unwrap();
        assert!(stop.is_set() && began.elapsed() < Duration::from_secs(30));
    }
}
