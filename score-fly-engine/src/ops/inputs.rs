//! Reading what users name.

use std::fs;
use std::io;
use std::path::{Path, PathBuf};

use score_fly_core::local::{Base, LocalFile, LocalFiles, Needs};
use score_fly_core::{Diagnostics, Source};

use super::context::Context;
use super::failure::Failure;
use super::report::{Log, Quotable, Text};
use super::secret_lines::secret_lines;
use crate::faults::unreadable_file;
use crate::files;
use crate::system::words;

/// How large a text may be, in bytes. Most kinds of texts end earlier.
pub(super) const TEXT_LIMIT: u64 = 16 << 20;

/// How large a file may be that becomes part of a machine's config, and all those of one workload, in bytes.
const FILE_LIMIT: u64 = 8 << 20;
const MOUNTED_LIMIT: u64 = 32 << 20;

/// How long a text may be of which lines are shown, in bytes.
const QUOTED_LIMIT: usize = 1 << 20;

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
        (STDIN.into(), context.environment.standard_input().and_then(|input| files::read_all(input, TEXT_LIMIT)))
    } else {
        (path.to_string_lossy(), files::read(&context.root.at(path), TEXT_LIMIT))
    };
    let bytes = bytes.map_err(|error| unreadable_file(path, &error))?;
    let (source, diagnostics) = Source::from_bytes(name, bytes).into_parts();
    Ok(Decoded { source: source.unwrap_or_default(), diagnostics })
}

/// Reads a text of which no lines are shown, and notes why that can't be done.
pub(super) fn read_text(context: &Context<'_>, path: &Path, log: &mut Log<'_>) -> Option<Source> {
    let Decoded { source, diagnostics } = log.take(read(context, path))?;
    log.read(path);
    log.find(&diagnostics, || vec![unquotable(&source)]);
    (!diagnostics.has_errors()).then_some(source)
}

/// A text of which no lines are shown.
pub(super) fn unquotable(source: &Source) -> Text {
    Text { quotable: Quotable::None, ..text(source) }
}

/// Answers which local files are needed by reading them, those that count from fly.toml's or the Score file's folder
/// in `folder`. Gives them, and the paths of those that are there.
pub(super) fn read_local(context: &Context<'_>, mut needs: Needs<'_>, folder: &Path) -> (LocalFiles, Vec<PathBuf>) {
    let mut read = Vec::new();
    let mut left = MOUNTED_LIMIT;
    while let Some(need) = needs.next() {
        let mut found = LocalFile::Absent;
        for base in need.from {
            let path = match base {
                Base::Work => PathBuf::from(&need.path),
                Base::Toml | Base::Score => folder.join(&need.path),
            };
            match read_bytes(&context.root.at(&path), left) {
                Ok(bytes) => {
                    left -= bytes.len() as u64;
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
fn read_bytes(path: &Path, left: u64) -> io::Result<Vec<u8>> {
    if !fs::metadata(path)?.is_file() {
        return Err(io::Error::other("it is not a file"));
    }
    files::read(path, FILE_LIMIT.min(left)).map_err(|error| match error.kind() {
        io::ErrorKind::FileTooLarge if left < FILE_LIMIT => io::Error::new(
            error.kind(),
            format!("the files of one workload are larger than {} MiB", MOUNTED_LIMIT >> 20),
        ),
        _ => error,
    })
}

/// A text of which all may be shown but the lines in which a secret seems to stand.
pub(super) fn text(source: &Source) -> Text {
    text_without(source, |_| false)
}

/// The same, also without what `by_name` takes for the name of a secret. Of very long texts nothing is shown: to look for
/// secrets in them takes longer than all else.
pub(super) fn text_without(source: &Source, by_name: fn(&str) -> bool) -> Text {
    let quotable = if source.text.len() > QUOTED_LIMIT {
        Quotable::None
    } else {
        Quotable::Without(secret_lines(&source.text, by_name))
    };
    Text { source: source.clone(), is_file: source.name != STDIN, quotable }
}

/// Refuses a second `-`: standard input can be read once.
pub(super) fn refuse_two_dashes<'p>(paths: impl IntoIterator<Item = &'p Path>) -> Result<(), Failure> {
    let dashes = paths.into_iter().filter(|path| is_dash(path)).count();
    if dashes > 1 { Err(Failure::StandardInputTwice) } else { Ok(()) }
}
