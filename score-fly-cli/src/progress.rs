//! What a run is doing right now, on a terminal.

use std::collections::BTreeSet;
use std::io::{self, Write as _};
use std::sync::{Mutex, PoisonError};

use score_fly_core::resource::Uid;
use score_fly_engine::run::Observer;

use crate::output::{Reporter, clean};

/// One line that is written over and over, below what provisioners say.
#[derive(Debug)]
pub(crate) struct Progress<'r> {
    act: &'static str,
    total: usize,
    shown: bool,
    reporter: &'r Reporter,
    work: Mutex<Work>,
}

#[derive(Debug, Default)]
struct Work {
    done: usize,
    running: BTreeSet<Uid>,
}

impl<'r> Progress<'r> {
    /// The progress of `act` on so many resources.
    pub(crate) fn new(act: &'static str, total: usize, reporter: &'r Reporter) -> Self {
        Self { act, total, shown: reporter.is_watched(), reporter, work: Mutex::default() }
    }

    /// Takes the line away.
    pub(crate) fn clear(&self) {
        if self.shown {
            show("");
        }
    }

    fn change(&self, change: impl FnOnce(&mut Work)) {
        let mut work = self.work.lock().unwrap_or_else(PoisonError::into_inner);
        change(&mut work);
        if self.shown {
            let running: Vec<&str> = work.running.iter().take(3).map(Uid::as_str).collect();
            let more = if work.running.len() > running.len() { ", …" } else { "" };
            let Self { act, total, .. } = self;
            show(&format!("{act} {}/{total} {}{more}", work.done, clean(&running.join(", "))));
        }
    }
}

impl Observer for Progress<'_> {
    fn started(&self, uid: &Uid) {
        self.change(|work| {
            work.running.insert(uid.clone());
        });
    }

    fn said(&self, uid: &Uid, line: &str) {
        self.change(|_| {
            self.clear();
            self.reporter.say(&format!("{uid} | {line}"));
        });
    }

    fn finished(&self, uid: &Uid) {
        self.change(|work| {
            work.running.remove(uid);
            work.done += 1;
        });
    }
}

/// Writes over the line, without going on in the next one if it is too long: what stands there would
/// not be written over. If that fails, nobody is left to tell.
fn show(line: &str) {
    let mut stderr = io::stderr().lock();
    let _ = write!(stderr, "\r\u{1b}[K\u{1b}[?7l{line}\u{1b}[?7h").and_then(|()| stderr.flush());
}
