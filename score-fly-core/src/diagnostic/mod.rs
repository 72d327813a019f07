//! Diagnostics: what is wrong or noteworthy, where, and what to write instead.
//!
//! Stages report by JSON Pointer; [`Document::locate`](crate::document::Document::locate) turns
//! pointers into places in the text, once, at the end. Each kind of diagnostic is made by one
//! function in the `messages` of the stage that reports it, so its wording lives in one place.
//!
//! Rules for the words: one sentence in lower case without a full stop; the user's text in
//! backticks; no Rust type names; advice goes into the help, and never a secret anywhere.

mod code;

mod outcome;
mod view;

use serde::{Deserialize, Serialize};

pub use code::Code;
pub use outcome::{Diagnostics, Outcome};
pub use view::{DiagnosticView, LocationView, RelatedView, Sources};

use crate::pointer::{Path, Pointer};
use crate::prelude::*;
use crate::source::{Origin, Span};

/// How bad a diagnostic is.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(rename_all = "lowercase")]
pub enum Severity {
    /// Nothing can be emitted.
    Error,
    /// Something changes its meaning, or is about to go away.
    Warning,
    /// Worth knowing.
    Note,
}

impl Severity {
    /// The severity in lower case.
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Error => "error",
            Self::Warning => "warning",
            Self::Note => "note",
        }
    }
}

/// Which part of the node at a pointer is meant.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Default)]
pub enum Part {
    /// The value.
    #[default]
    Value,
    /// The key under which it stands.
    Key,
    /// This text inside the value, such as one placeholder.
    Text(String),
}

/// A place in a source.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub struct Location {
    /// The source's name.
    pub source: String,
    /// The bytes in it.
    pub span: Span,
}

/// Another place that has to do with a diagnostic.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Related {
    /// What is there.
    pub message: String,
    /// Where, in the document.
    pub pointer: Pointer,
    /// Where, in the text; known after location.
    pub location: Option<Location>,
    pub(crate) origin: Option<Origin>,
}

/// A change to a document that certainly mends what a diagnostic is about: it keeps the meaning, or
/// gives it the only one that it can have.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Fix {
    /// Put this value in the place of the one that is there.
    Set(serde_json::Value),
    /// Give the key this name.
    Rename(String),
    /// Take the key away, with its value.
    Remove,
}

/// One mistake or remark.
#[derive(Debug, Clone, PartialEq, Eq)]
#[non_exhaustive]
pub struct Diagnostic {
    /// The kind.
    pub code: Code,
    /// The code's severity.
    pub severity: Severity,
    /// One sentence, in lower case, with the user's text in backticks.
    pub message: String,
    /// The node that is meant, or where a missing node would stand. What is about outputs starts
    /// with `/outputs`, which no Score document has. It is empty for what has no place in either: a
    /// text as a whole, an option, or a fly.toml to write over.
    pub pointer: Pointer,
    /// The part of that node.
    pub part: Part,
    /// Where that is in the text; known after location, and absent where there is no text.
    pub location: Option<Location>,
    /// What to write instead.
    pub help: Option<String>,
    /// Other places that matter.
    pub related: Vec<Related>,
    /// How to mend it, where that is certain.
    pub fix: Option<Fix>,
    /// Known by stages that read text, before there is a document to point into.
    pub(crate) origin: Option<Origin>,
    /// A node other than `pointer` without which there would be nothing to report: when that one
    /// is already known to be broken, this diagnostic is only an echo.
    pub(crate) because_of: Option<Pointer>,
    /// A node that is missing because of this one: nothing more can be said about it either.
    pub(crate) instead_of: Option<Pointer>,
}

impl Diagnostic {
    pub(crate) fn new(code: Code, at: &Path<'_>, message: impl Into<String>) -> Self {
        Self {
            code,
            severity: code.severity(),
            message: message.into(),
            pointer: at.to_pointer(),
            part: Part::Value,
            location: None,
            help: None,
            related: Vec::new(),
            fix: None,
            origin: None,
            because_of: None,
            instead_of: None,
        }
    }

    /// Whether nothing more can be said about the node at its pointer.
    fn breaks_its_node(&self) -> bool {
        // The first of two equal keys stands, and is checked like any other.
        self.severity == Severity::Error && self.code != Code::DuplicateKey && self.pointer != Pointer::root()
    }

    pub(crate) fn on_key(mut self) -> Self {
        self.part = Part::Key;
        self
    }

    pub(crate) fn on_text(mut self, text: impl Into<String>) -> Self {
        self.part = Part::Text(text.into());
        self
    }

    pub(crate) fn at(mut self, origin: Origin) -> Self {
        self.origin = Some(origin);
        self
    }

    pub(crate) fn with_help(mut self, help: impl Into<String>) -> Self {
        self.help = Some(help.into());
        self
    }

    pub(crate) fn with_fix(mut self, fix: Fix) -> Self {
        self.fix = Some(fix);
        self
    }

    pub(crate) fn with_related(mut self, at: &Path<'_>, message: impl Into<String>) -> Self {
        self.related.push(Related { message: message.into(), pointer: at.to_pointer(), location: None, origin: None });
        self
    }

    pub(crate) fn with_related_at(mut self, pointer: Pointer, message: impl Into<String>) -> Self {
        self.related.push(Related { message: message.into(), pointer, location: None, origin: None });
        self
    }

    pub(crate) fn at_pointer(mut self, pointer: Pointer) -> Self {
        self.pointer = pointer;
        self
    }

    pub(crate) fn with_related_origin(mut self, origin: Origin, message: impl Into<String>) -> Self {
        self.related.push(Related {
            message: message.into(),
            pointer: Pointer::root(),
            location: None,
            origin: Some(origin),
        });
        self
    }

    pub(crate) fn because_of(mut self, at: &Path<'_>) -> Self {
        self.because_of = Some(at.to_pointer());
        self
    }

    pub(crate) fn instead_of(mut self, at: &Path<'_>) -> Self {
        self.instead_of = Some(at.to_pointer());
        self
    }
}
