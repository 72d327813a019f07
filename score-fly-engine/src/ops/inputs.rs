//! Reading what users name.

use std::fs;
use std::io::{self, Read as _};
use std::path::{Path, PathBuf};

use score_fly_core::local::{Base, LocalFile, LocalFiles, Needs};
use score_fly_core::{Diagnostics, Source};

use super::context::Context;
use super::failure::Failure;
use super::report::{Quotable, Text};
use super::secret_lines::secret_lines;
use crate::faults::unreadable_file;
use crate::system::words;

/// What diagnostics call standard input.
pub(super) const STDIN: &str = "<stdin>";

/// Whether a path means standard input, or output.
pub(super) fn is_dash(path: &Path) -> bool {
    path == Path::new("-")
}

/// A text, and what is wrong with its bytes.
#[derive(Debug)]
pub(super) struct Decoded {
    /// The text; if there are errors, there is none.
    pub(super) source: Source,
    /// Why the bytes are no text, if they are none.
    pub(super) diagnostics: Diagnostics,
}

/// Reads a text from a file, or from standard input for `-`.
pub(super) fn read(context: &Context<'_>, path: &Path) -> Result<Decoded, Failure> {
    let (name, bytes) = if is_dash(path) {
        let mut bytes = Vec::new();
        let read = context.environment.standard_input().and_then(|mut input| input.read_to_end(&mut bytes));
        (STDIN.into(), read.map(|_| bytes))
    } else {
        (path.to_string_lossy(), fs::read(context.root.at(path)))
    };
    let bytes = bytes.map_err(|error| unreadable_file(path, &error))?;
    let (source, diagnostics) = Source::from_bytes(name, bytes).into_parts();
    Ok(Decoded { source: source.unwrap_or_default(), diagnostics })
}

/// Answers which local files are needed by reading them, those that count from fly.toml's or the Score file's folder
/// in `folder`. Gives them, and the paths of those that are there.
pub(super) fn read_local(context: &Context<'_>, mut needs: Needs<'_>, folder: &Path) -> (LocalFiles, Vec<PathBuf>) {
    let mut read = Vec::new();
    while let Some(need) = needs.next() {
        let mut found = LocalFile::Absent;
        for base in need.from {
            let path = match base {
                Base::Work => PathBuf::from(&need.path),
                Base::Toml | Base::Score => folder.join(&need.path),
            };
            match read_bytes(&context.root.at(&path)) {
                Ok(bytes) => {
                    found = LocalFile::Content(bytes);
                    read.push(path);
                    break;
                }
                Err(error) if error.kind() == io::ErrorKind::NotFound => {}
                Err(error) => found = LocalFile::Unreadable(words(&error)),
            }
        }
        needs.give(need.path, found);
    }
    (needs.into_files(), read)
}

/// Reads a file, and nothing that could keep a run waiting for ever, as a pipe or a device could.
fn read_bytes(path: &Path) -> io::Result<Vec<u8>> {
    if fs::metadata(path)?.is_file() { fs::read(path) } else { Err(io::Error::other("it is not a file")) }
}

/// A text of which all may be shown but the lines in which a secret seems to stand.
pub(super) fn text(source: &Source) -> Text {
    Text {
        source: source.clone(),
        is_file: source.name != STDIN,
        quotable: Quotable::Without(secret_lines(&source.text, |_| false)),
    }
}

/// Refuses a second `-`: standard input can be read once.
pub(super) fn refuse_two_dashes<'p>(paths: impl IntoIterator<Item = &'p Path>) -> Result<(), Failure> {
    let dashes = paths.into_iter().filter(|path| is_dash(path)).count();
    if dashes > 1 { Err(Failure::StandardInputTwice) } else { Ok(()) }
}
