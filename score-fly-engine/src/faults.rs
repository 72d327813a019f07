//! What keeps a run from its work, as diagnostics.

use std::error::Error;
use std::fmt;
use std::io;
use std::path::Path;

use score_fly_core::diagnostic::Sources;
use score_fly_core::pointer;
use score_fly_core::source::PositionEncoding;
#[cfg(feature = "project")]
use score_fly_core::source::Span;
use score_fly_core::{Code, Diagnostic, Diagnostics, Source};

use crate::system::words;

/// Diagnostics with the texts that they point into.
///
/// As text, each is one line: its place, if it has one, what is wrong, and what to do about it. None
/// of them shows a line of the texts, since there may be secrets in these.
#[derive(Debug, Default)]
pub struct Faults {
    /// What is wrong.
    pub diagnostics: Diagnostics,
    /// The texts.
    pub texts: Vec<Source>,
}

impl Faults {
    /// Adds others.
    pub fn extend(&mut self, other: Self) {
        self.diagnostics.extend(other.diagnostics);
        self.texts.extend(other.texts);
    }

    /// One diagnostic at a place in a text.
    #[cfg(feature = "project")]
    pub(crate) fn at(diagnostic: Diagnostic, source: Source, span: Span) -> Self {
        let diagnostic = diagnostic.in_source(&source, span);
        Self { diagnostics: Diagnostics::from_iter([diagnostic]), texts: vec![source] }
    }

    /// `value`, if there are none.
    ///
    /// # Errors
    /// All of them, if there are any.
    pub fn or<T>(self, value: T) -> Result<T, Self> {
        if self.diagnostics.is_empty() { Ok(value) } else { Err(self) }
    }
}

impl From<Diagnostic> for Faults {
    fn from(diagnostic: Diagnostic) -> Self {
        Self { diagnostics: Diagnostics::from_iter([diagnostic]), texts: Vec::new() }
    }
}

impl fmt::Display for Faults {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let sources = Sources::new(&self.texts, PositionEncoding::Utf32);
        for (index, view) in sources.views(&self.diagnostics).into_iter().enumerate() {
            f.write_str(if index == 0 { "" } else { "\n" })?;
            if let Some(place) = &view.location {
                write!(f, "{}:{}:{}: ", place.source, place.start.line, place.start.column)?;
            }
            f.write_str(&view.message)?;
            if let Some(help) = &view.help {
                write!(f, "; {help}")?;
            }
        }
        Ok(())
    }
}

impl Error for Faults {}

/// Says that something can't be read: `what` is a path, or what else it is known by.
pub fn unreadable(what: &str, reason: &str) -> Diagnostic {
    failed(Code::UnreadableFile, format!("cannot read `{what}`: {reason}"))
}

/// Says that a file, or `-` for standard input, can't be read.
pub fn unreadable_file(path: &Path, error: &io::Error) -> Diagnostic {
    io_failed("read", path, &words(error))
}

/// Says that a file can't be written.
pub fn unwritable_file(path: &Path, error: &io::Error) -> Diagnostic {
    io_failed("write", path, &words(error))
}

/// Says what can't be done with a file, and why, in the system's words.
pub(crate) fn io_failed(act: &str, path: &Path, reason: &str) -> Diagnostic {
    let code = if act == "read" { Code::UnreadableFile } else { Code::UnwritableFile };
    let what = if path == Path::new("-") { "standard input".to_owned() } else { format!("`{}`", path.display()) };
    failed(code, format!("cannot {act} {what}: {reason}"))
}

fn failed(code: Code, message: String) -> Diagnostic {
    Diagnostic::new(code, &pointer::Path::ROOT, message)
}
