//! Reading what users name on the command line.

use std::fs;
use std::io::{self, Read as _};
use std::path::Path;

use score_fly_core::{Diagnostics, Source};
use score_fly_engine::system::words;

/// What diagnostics call standard input.
pub(crate) const STDIN: &str = "<stdin>";

/// Whether a path means standard input, or output.
pub(crate) fn is_dash(path: &Path) -> bool {
    path == Path::new("-")
}

/// A text, and what is wrong with its bytes.
#[derive(Debug)]
pub(crate) struct Decoded {
    /// The text; if there are errors, only good enough to say where they are.
    pub(crate) source: Source,
    /// Why the bytes are no text, if they are none.
    pub(crate) diagnostics: Diagnostics,
}

/// Reads a text from a file, or from standard input for `-`. The error is one sentence.
pub(crate) fn read(path: &Path) -> Result<Decoded, String> {
    let (name, bytes) = if is_dash(path) {
        let mut bytes = Vec::new();
        (STDIN.into(), io::stdin().lock().read_to_end(&mut bytes).map(|_| bytes))
    } else {
        (path.to_string_lossy(), fs::read(path))
    };
    let bytes = bytes.map_err(|error| cannot("read", path, &error))?;
    let (source, diagnostics) = Source::from_bytes(name, bytes).into_parts();
    Ok(Decoded { source: source.unwrap_or_default(), diagnostics })
}

/// Reads a file that a workload mounts.
pub(crate) fn read_mounted(path: &Path) -> io::Result<Vec<u8>> {
    // A pipe or a device could keep a run waiting for ever.
    if fs::metadata(path)?.is_file() { fs::read(path) } else { Err(io::Error::other("it is not a file")) }
}

/// Says what could not be done with a path, and why.
pub(crate) fn cannot(act: &str, path: &Path, error: &io::Error) -> String {
    let reason = words(error);
    if is_dash(path) {
        format!("cannot {act} standard input: {reason}")
    } else {
        format!("cannot {act} `{}`: {reason}", path.display())
    }
}

/// Refuses a second `-`: standard input can be read once.
pub(crate) fn refuse_two_dashes<'p>(paths: impl IntoIterator<Item = &'p Path>) -> Option<String> {
    let dashes = paths.into_iter().filter(|path| is_dash(path)).count();
    (dashes > 1).then(|| "`-` stands for standard input, which can be read only once".to_owned())
}
