//! What a run is doing right now, on a terminal: one line that is written over and over, below what provisioners
//! say.

use std::collections::BTreeSet;
use std::io::{self, Write as _};

use score_fly_core::resource::Uid;
use score_fly_engine::progress::Act;

use crate::untrusted::clean;

/// The line.
#[derive(Debug)]
pub(crate) struct Line {
    act: Act,
    total: usize,
    done: usize,
    running: BTreeSet<Uid>,
}

impl Line {
    /// The line about `act` on so many resources.
    pub(crate) fn new(act: Act, total: usize) -> Self {
        Self { act, total, done: 0, running: BTreeSet::new() }
    }

    /// A provisioner is called for a resource.
    pub(crate) fn started(&mut self, uid: &Uid) {
        self.running.insert(uid.clone());
        self.show();
    }

    /// It has answered.
    pub(crate) fn finished(&mut self, uid: &Uid) {
        self.running.remove(uid);
        self.done += 1;
        self.show();
    }

    /// Writes the line.
    pub(crate) fn show(&self) {
        let act = match self.act {
            Act::Provisioning => "provisioning",
            Act::TakingDown => "taking down",
        };
        let running: Vec<&str> = self.running.iter().take(3).map(Uid::as_str).collect();
        let more = if self.running.len() > running.len() { ", …" } else { "" };
        write(&format!("{act} {}/{} {}{more}", self.done, self.total, clean(&running.join(", "))));
    }
}

/// Takes the line away.
pub(crate) fn clear() {
    write("");
}

/// Writes over the line, without going on in the next one if it is too long: what stands there would
/// not be written over. If that fails, nobody is left to tell.
fn write(line: &str) {
    let mut stderr = io::stderr().lock();
    let _ = write!(stderr, "\r\u{1b}[K\u{1b}[?7l{line}\u{1b}[?7h").and_then(|()| stderr.flush());
}
