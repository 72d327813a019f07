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

/// While this lives, Ctrl-C (SIGINT) and SIGTERM don't end this process: provisioners that are at
/// work are ended, no others are called, and [`signal`] says so.
#[derive(Debug)]
#[must_use]
pub(crate) struct Listening(());

/// Starts to heed signals.
pub(crate) fn listen() -> Listening {
    #[cfg(unix)]
    unix::listen();
    Listening(())
}

impl Drop for Listening {
    fn drop(&mut self) {
        #[cfg(unix)]
        unix::unlisten();
    }
}

/// The number of the signal that asked for an end while provisioners were at work, if one did.
/// Where there are no such signals, none ever does.
pub fn signal() -> Option<u8> {
    #[cfg(unix)]
    return unix::received();
    #[cfg(not(unix))]
    None
}

#[cfg(unix)]
mod unix {
    use std::sync::Once;
    use std::sync::atomic::{AtomicBool, AtomicUsize, Ordering};

    use signal_hook::consts::{SIGINT, SIGTERM};
    use signal_hook::flag;

    /// The signal that came last; 0 if none did.
    static RECEIVED: AtomicUsize = AtomicUsize::new(0);

    /// Whether signals end this process, as usual.
    static ENDS: AtomicBool = AtomicBool::new(true);

    pub(super) fn listen() {
        static ONCE: Once = Once::new();
        ENDS.store(false, Ordering::SeqCst);
        ONCE.call_once(|| {
            for (signal, number) in [(SIGINT, 2), (SIGTERM, 15)] {
                // If the system refuses, the process ends at once. The journal stands that.
                let _ = flag::register_conditional_default(signal, &ENDS);
                let _ = flag::register_usize(signal, &RECEIVED, number);
            }
        });
    }

    pub(super) fn unlisten() {
        ENDS.store(true, Ordering::SeqCst);
    }

    pub(super) fn received() -> Option<u8> {
        u8::try_from(RECEIVED.load(Ordering::SeqCst)).ok().filter(|signal| *signal != 0)
    }
}
