//! What provisioners say, passed on and kept for the case that they fail.

use std::collections::BTreeMap;
use std::sync::{Mutex, PoisonError};

use score_fly_core::resource::Uid;

use super::report::Observer;
use crate::progress::Progress;

/// Passes progress on, and keeps the last lines that provisioners had for people.
pub(super) struct Said<'o> {
    observer: &'o dyn Observer,
    lines: Mutex<BTreeMap<Uid, Vec<String>>>,
}

/// How many lines are kept of what a provisioner says, and how many bytes.
const LINES: usize = 10;
const BYTES: usize = 2 << 10;

impl<'o> Said<'o> {
    pub(super) fn new(observer: &'o dyn Observer) -> Self {
        Self { observer, lines: Mutex::default() }
    }

    pub(super) fn hear(&self, progress: Progress<'_>) {
        if let Progress::Said(uid, line) = progress {
            let mut lines = self.lines.lock().unwrap_or_else(PoisonError::into_inner);
            keep(lines.entry(uid.clone()).or_default(), line);
        }
        self.observer.progressed(progress);
    }

    /// The lines, by resource.
    pub(super) fn into_lines(self) -> BTreeMap<Uid, Vec<String>> {
        self.lines.into_inner().unwrap_or_else(PoisonError::into_inner)
    }
}

/// Adds a line, and drops the first ones if there are too many.
fn keep(lines: &mut Vec<String>, line: &str) {
    lines.push(line.chars().take(BYTES / 4).collect());
    while lines.len() > LINES || lines.iter().map(String::len).sum::<usize>() > BYTES {
        lines.remove(0);
    }
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
