//! Files that would be lost: those that a run reads and would write over, and those that it would write twice.

use std::collections::BTreeSet;
use std::path::{Path, PathBuf};

use super::context::Context;
use super::failure::Failure;
use super::inputs::is_dash;
use super::report::Log;

/// Notes which of the files to be written are read in this run, or are to be written twice. Says whether there is none.
pub(super) fn refuse_clashes<'p>(
    context: &Context<'_>,
    read: impl IntoIterator<Item = &'p Path>,
    written: impl IntoIterator<Item = &'p Path>,
    log: &mut Log<'_>,
) -> bool {
    let place = |path: &Path| real(&context.root.at(path));
    let read: BTreeSet<PathBuf> = read.into_iter().filter(|path| !is_dash(path)).map(place).collect();
    let mut seen = BTreeSet::new();
    let mut sound = true;
    for path in written {
        let place = place(path);
        // A pipe or a device can take several texts, and gives what nobody wrote into it.
        if place.exists() && !place.is_file() {
            continue;
        }
        if read.contains(&place) {
            log.fail(Failure::WrittenAndRead { path: path.to_owned() });
            sound = false;
        } else if !seen.insert(place) {
            log.fail(Failure::WrittenTwice { path: path.to_owned() });
            sound = false;
        }
    }
    sound
}

/// A path without links and detours, as far as it leads to something that is there.
fn real(path: &Path) -> PathBuf {
    if let Ok(real) = path.canonicalize() {
        return real;
    }
    match (path.parent(), path.file_name()) {
        (Some(folder), Some(name)) => real(folder).join(name),
        (Some(folder), None) => real(folder).parent().map(Path::to_owned).unwrap_or_default(),
        _ => path.to_owned(),
    }
}
