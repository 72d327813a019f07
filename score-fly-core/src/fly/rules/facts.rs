//! What rules have in common.

use core::fmt::Display;
use core::ops::RangeInclusive;

use super::messages;
use crate::diagnostic::Diagnostics;
use crate::fly::config::Config;
use crate::local::LocalFiles;
use crate::pointer::Path;

/// What rules look at.
pub(super) struct Facts<'s> {
    pub(super) config: &'s Config,
    pub(super) files: &'s LocalFiles,
}

impl Facts<'_> {
    /// Whether the caller looked for a local file, and did not find it.
    pub(super) fn is_missing(&self, path: &str) -> bool {
        self.files.is_missing(path)
    }
}

/// Reports a value that lies outside its range.
pub(super) fn within<T: PartialOrd + Copy + Display>(
    at: &Path<'_>,
    value: T,
    range: &RangeInclusive<T>,
    report: &mut Diagnostics,
) {
    if !range.contains(&value) {
        report.push(messages::out_of_range(at, value, range));
    }
}

/// Runs `rule` on each element of the list under a key.
pub(super) fn each<'c, T>(key: &str, items: &'c [T], mut rule: impl FnMut(&Path<'_>, &'c T)) {
    let at = Path::ROOT.key(key);
    for (index, item) in items.iter().enumerate() {
        rule(&at.index(index), item);
    }
}
