//! Ending in good order before the work is done.

#[cfg(feature = "project")]
use std::sync::mpsc::{RecvTimeoutError, sync_channel};
use std::sync::{Arc, Condvar, Mutex, MutexGuard, PoisonError};
#[cfg(feature = "project")]
use std::thread;
#[cfg(feature = "project")]
use std::time::{Duration, Instant};

/// Whether a run is to end before its work is done. Clones are one and the same, so whoever holds one
/// can ask for the end of the run that was given another, and of no other run.
///
/// Work that was asked to end does so in good order: provisioners that are at work are ended, no others are
/// called, and what is known is written down; what a deploy has begun is taken back. Whoever asks once more does not
/// want to wait for that.
#[derive(Debug, Clone, Default)]
pub struct CancelToken(Arc<Shared>);

#[derive(Debug, Default)]
struct Shared {
    now: Mutex<Now>,
    cancelled: Condvar,
}

#[derive(Debug, Default)]
struct Now {
    is_cancelled: bool,
    is_urgent: bool,
    listeners: usize,
}

impl CancelToken {
    /// The token of a run that nobody has asked to end.
    pub fn new() -> Self {
        Self::default()
    }

    /// Asks for the end. That can't be taken back; another run takes another token.
    pub fn cancel(&self) {
        self.now().is_cancelled = true;
        self.0.cancelled.notify_all();
    }

    /// Asks for the end at once: what is under way is left as it is.
    pub fn cancel_at_once(&self) {
        let mut now = self.now();
        (now.is_cancelled, now.is_urgent) = (true, true);
        self.0.cancelled.notify_all();
    }

    /// Whether somebody asked for the end at once.
    pub fn is_urgent(&self) -> bool {
        self.now().is_urgent
    }

    /// Whether somebody asked for the end.
    pub fn is_cancelled(&self) -> bool {
        self.now().is_cancelled
    }

    /// Whether something is at work that would do anything about it. If not, whoever wants the end of the
    /// process can just as well end it.
    pub fn is_heeded(&self) -> bool {
        self.now().listeners > 0
    }

    fn now(&self) -> MutexGuard<'_, Now> {
        self.0.now.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl CancelToken {
    /// Says that what follows heeds the token, as long as the answer lives.
    pub fn listen(&self) -> Listening<'_> {
        self.now().listeners += 1;
        Listening(self)
    }
}

/// What is done in between by whoever can be cancelled.
#[cfg(feature = "project")]
impl CancelToken {
    /// Waits that long, or until somebody asks for the end. Says whether it did in full.
    pub(crate) fn sleep(&self, time: Duration) -> bool {
        let is_still_wanted = |now: &mut Now| !now.is_cancelled;
        let waited = self.0.cancelled.wait_timeout_while(self.now(), time, is_still_wanted);
        !waited.unwrap_or_else(PoisonError::into_inner).0.is_cancelled
    }

    /// Does work that can't be interrupted, such as a web request. If somebody asks for the end, it is
    /// left behind, and there is nothing.
    pub(crate) fn unless_cancelled<T: Send + 'static>(&self, work: impl FnOnce() -> T + Send + 'static) -> Option<T> {
        match self.within(Duration::MAX, 2 << 20, work) {
            Within::Done(result) => Some(result),
            Within::Cancelled | Within::TooLong => None,
        }
    }

    /// Does work that can't be interrupted on a stack of so many bytes. If somebody asks for the end, or it takes
    /// longer than `time`, it is left behind.
    pub(crate) fn within<T: Send + 'static>(
        &self,
        time: Duration,
        stack: usize,
        work: impl FnOnce() -> T + Send + 'static,
    ) -> Within<T> {
        let _listening = self.listen();
        let start = Instant::now();
        let (sender, done) = sync_channel(1);
        let worker = thread::Builder::new().stack_size(stack).spawn(move || sender.send(work()));
        // Without a thread, as when the system has no more to give, it never begins.
        let Ok(worker) = worker else { return Within::TooLong };
        loop {
            match done.recv_timeout(Duration::from_millis(50)) {
                Ok(result) => return Within::Done(result),
                Err(RecvTimeoutError::Timeout) if self.is_cancelled() => return Within::Cancelled,
                Err(RecvTimeoutError::Timeout) if start.elapsed() > time => return Within::TooLong,
                Err(RecvTimeoutError::Timeout) => {}
                Err(RecvTimeoutError::Disconnected) => {
                    return worker.join().map_or_else(|panic| std::panic::resume_unwind(panic), |_| Within::TooLong);
                }
            }
        }
    }
}

/// What became of work that can't be interrupted.
#[cfg(feature = "project")]
#[derive(Debug)]
pub(crate) enum Within<T> {
    Done(T),
    /// Somebody asked for the end.
    Cancelled,
    /// It took too long, or could not begin.
    TooLong,
}

/// While this lives, somebody heeds a token.
#[derive(Debug)]
#[must_use]
pub struct Listening<'t>(&'t CancelToken);

impl Drop for Listening<'_> {
    fn drop(&mut self) {
        self.0.now().listeners -= 1;
    }
}

#[cfg(all(test, feature = "project"))]
mod tests {
    use std::thread;
    use std::time::{Duration, Instant};

    use super::CancelToken;

    #[test]
    fn one_listener_that_goes_leaves_the_others() {
        let token = CancelToken::new();
        assert!(!token.is_heeded());
        let first = token.listen();
        let second = token.listen();
        drop(first);
        assert!(token.is_heeded());
        drop(second);
        assert!(!token.is_heeded());
    }

    #[test]
    fn a_token_is_no_other_token() {
        let (one, other) = (CancelToken::new(), CancelToken::new());
        one.clone().cancel();
        assert!(one.is_cancelled() && !other.is_cancelled());
        assert!(!one.sleep(Duration::from_secs(60)) && other.sleep(Duration::from_millis(1)));
    }

    #[test]
    fn whoever_waits_is_woken() {
        let token = CancelToken::new();
        let start = Instant::now();
        let waiting = thread::spawn({
            let token = token.clone();
            move || token.sleep(Duration::from_secs(60))
        });
        let working = thread::spawn({
            let token = token.clone();
            move || token.unless_cancelled(|| thread::sleep(Duration::from_secs(60)))
        });
        token.cancel();
        assert!(!waiting.join().unwrap() && working.join().unwrap().is_none());
        assert!(start.elapsed() < Duration::from_secs(30));
    }
}
