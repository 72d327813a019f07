//! What a run is doing right now, on a terminal.

use std::collections::{BTreeMap, BTreeSet};
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
    said: Said,
}

/// The last lines that provisioners had for people, by resource.
pub(crate) type Said = BTreeMap<Uid, Vec<String>>;

/// How many lines are kept of what a provisioner says, and how many bytes.
const LINES: usize = 10;
const BYTES: usize = 2 << 10;

impl<'r> Progress<'r> {
    /// The progress of `act` on so many resources.
    pub(crate) fn new(act: &'static str, total: usize, reporter: &'r Reporter) -> Self {
        Self { act, total, shown: reporter.is_watched(), reporter, work: Mutex::default() }
    }

    /// Takes the line away for good, and gives what provisioners said.
    pub(crate) fn end(self) -> Said {
        self.clear();
        self.work.into_inner().unwrap_or_else(PoisonError::into_inner).said
    }

    /// Takes the line away.
    fn clear(&self) {
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
        self.change(|work| {
            keep(work.said.entry(uid.clone()).or_default(), line);
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

/// Adds a line, and drops the first ones if there are too many.
fn keep(lines: &mut Vec<String>, line: &str) {
    lines.push(line.chars().take(BYTES / 4).collect());
    while lines.len() > LINES || lines.iter().map(String::len).sum::<usize>() > BYTES {
        lines.remove(0);
    }
}

/// Writes over the line, without going on in the next one if it is too long: what stands there would
/// not be written over. If that fails, nobody is left to tell.
fn show(line: &str) {
    let mut stderr = io::stderr().lock();
    let _ = write!(stderr, "\r\u{1b}[K\u{1b}[?7l{line}\u{1b}[?7h").and_then(|()| stderr.flush());
}

#[cfg(test)]
mod tests {
    use super::{BYTES, keep};

    #[test]
    fn the_last_lines_are_kept() {
        let mut lines = Vec::new();
        (0..12).for_each(|number| keep(&mut lines, &number.to_string()));
        assert_eq!(lines, ["2", "3", "4", "5", "6", "7", "8", "9", "10", "11"]);
        (0..20).for_each(|_| keep(&mut lines, &"é".repeat(BYTES)));
        assert_eq!(lines, vec!["é".repeat(BYTES / 4); 2]);
    }
}
