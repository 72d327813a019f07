//! Ending in good order when a signal asks for it.

use std::sync::mpsc::{RecvTimeoutError, sync_channel};
use std::thread;
use std::time::Duration;

/// Does work that can't be interrupted, such as a web request. If a signal asks for an end, it is
/// left behind, and there is nothing.
pub(crate) fn unless_asked<T: Send + 'static>(work: impl FnOnce() -> T + Send + 'static) -> Option<T> {
    let (sender, done) = sync_channel(1);
    let worker = thread::spawn(move || sender.send(work()));
    loop {
        match done.recv_timeout(Duration::from_millis(50)) {
            Ok(result) => return Some(result),
            Err(RecvTimeoutError::Timeout) if signal().is_some() => return None,
            Err(RecvTimeoutError::Timeout) => {}
            Err(RecvTimeoutError::Disconnected) => {
                return worker.join().map_or_else(|panic| std::panic::resume_unwind(panic), |_| None);
            }
        }
    }
}

#[cfg(unix)]
pub use unix::{listen, signal};

#[cfg(unix)]
mod unix {
    use std::sync::Once;
    use std::sync::atomic::{AtomicUsize, Ordering};

    use signal_hook::consts::{SIGINT, SIGTERM};
    use signal_hook::flag;

    /// The signal that came last; 0 if none did.
    static RECEIVED: AtomicUsize = AtomicUsize::new(0);

    /// From now on, Ctrl-C (SIGINT) and SIGTERM don't end this process: provisioners that are at
    /// work are ended, no others are called, and [`signal`] says so.
    pub fn listen() {
        static ONCE: Once = Once::new();
        ONCE.call_once(|| {
            for (signal, number) in [(SIGINT, 2), (SIGTERM, 15)] {
                // If the system refuses, the process ends at once, as usual. The journal stands that.
                let _ = flag::register_usize(signal, &RECEIVED, number);
            }
        });
    }

    /// The number of the signal that asks for an end, if one did since [`listen`].
    pub fn signal() -> Option<u8> {
        u8::try_from(RECEIVED.load(Ordering::Relaxed)).ok().filter(|signal| *signal != 0)
    }
}

/// Nothing: this system has no such signals.
#[cfg(not(unix))]
pub fn listen() {}

/// Nothing: this system has no such signals.
#[cfg(not(unix))]
pub fn signal() -> Option<u8> {
    None
}
