//! Ctrl-C, SIGTERM and the like: they end this process, unless something is at work that ends in good order.

use std::sync::Arc;
use std::sync::atomic::{AtomicU8, Ordering};
#[cfg(unix)]
use std::sync::{Mutex, Once, OnceLock, PoisonError, Weak};
#[cfg(unix)]
use std::thread;
#[cfg(unix)]
use std::time::{Duration, Instant};

use score_fly_engine::CancelToken;
#[cfg(unix)]
use signal_hook::consts::{SIGHUP, SIGINT, SIGQUIT, SIGTERM};
#[cfg(unix)]
use signal_hook::iterator::Signals;
#[cfg(unix)]
use signal_hook::low_level::emulate_default_handler;

/// While this lives, Ctrl-C (SIGINT), SIGTERM, SIGHUP and SIGQUIT cancel its token instead of ending the process, as long as
/// anybody heeds the token; the second of them does so at once. Where there are no such signals, none ever does.
#[derive(Debug)]
pub(crate) struct Heed(Arc<Run>);

#[derive(Debug)]
struct Run {
    token: CancelToken,
    /// The number of the signal that came last; 0 if none did.
    signal: AtomicU8,
    /// When the first one came.
    #[cfg(unix)]
    first: OnceLock<Instant>,
}

/// Wrappers such as npm pass on a signal that the terminal has sent to everybody: what comes so soon after it is the
/// same one.
#[cfg(unix)]
const ECHO: Duration = Duration::from_millis(200);

impl Heed {
    /// Starts to heed signals.
    pub(crate) fn new() -> Self {
        let run = Arc::new(Run {
            token: CancelToken::new(),
            signal: AtomicU8::new(0),
            #[cfg(unix)]
            first: OnceLock::new(),
        });
        #[cfg(unix)]
        watch(&run);
        Self(run)
    }

    /// What a signal cancels.
    pub(crate) fn token(&self) -> &CancelToken {
        &self.0.token
    }

    /// The number of the signal that cancelled the token, if one did.
    pub(crate) fn signal(&self) -> Option<u8> {
        Some(self.0.signal.load(Ordering::SeqCst)).filter(|signal| *signal != 0)
    }
}

impl Run {
    /// Says whether anybody heeds it.
    #[cfg(unix)]
    fn cancel(&self, signal: i32) -> bool {
        if !self.token.is_heeded() {
            return false;
        }
        self.signal.store(u8::try_from(signal).unwrap_or(u8::MAX), Ordering::SeqCst);
        if self.first.get_or_init(Instant::now).elapsed() > ECHO {
            self.token.cancel_at_once();
        } else {
            self.token.cancel();
        }
        true
    }
}

/// Those that heed signals. There is one process, and so one such list.
#[cfg(unix)]
static RUNS: Mutex<Vec<Weak<Run>>> = Mutex::new(Vec::new());

/// Has signals answered for a run.
#[cfg(unix)]
fn watch(run: &Arc<Run>) {
    static ONCE: Once = Once::new();
    let mut runs = RUNS.lock().unwrap_or_else(PoisonError::into_inner);
    runs.retain(|run| run.strong_count() > 0);
    runs.push(Arc::downgrade(run));
    ONCE.call_once(|| {
        // If the system refuses, the process ends at once. The journal stands that.
        let Ok(mut signals) = Signals::new([SIGHUP, SIGINT, SIGQUIT, SIGTERM]) else { return };
        thread::spawn(move || signals.forever().for_each(answer));
    });
}

/// Cancels all that is at work; if that is nothing, ends the process as the system would.
#[cfg(unix)]
fn answer(signal: i32) {
    let runs: Vec<Arc<Run>> =
        RUNS.lock().unwrap_or_else(PoisonError::into_inner).iter().filter_map(Weak::upgrade).collect();
    if runs.iter().filter(|run| run.cancel(signal)).count() == 0 {
        let _ = emulate_default_handler(signal);
    }
}
