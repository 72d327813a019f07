//! A diagnostic, and how it is made.

use super::code::{Code, Severity};
use super::remedy::Remedy;
use crate::pointer::{Path, Pointer};
use crate::prelude::*;
use crate::source::{Origin, Source, SourceId, Span};

/// Which part of the node at a pointer is meant.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Default)]
#[non_exhaustive]
pub enum Part {
    /// The value.
    #[default]
    Value,
    /// The key under which it stands.
    Key,
    /// This text inside the value, such as one placeholder.
    Text(String),
    /// These bytes of the text that the value is.
    Bytes(Span),
}

/// A place in a source.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Location {
    /// The source's name.
    pub source: String,
    /// The source's id: several may have the same name.
    pub id: SourceId,
    /// The bytes in it.
    pub span: Span,
}

impl Location {
    /// A place in `source`.
    pub fn new(source: &Source, span: Span) -> Self {
        Self { source: source.name.clone(), id: source.id(), span }
    }
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
    pub(crate) part: Part,
    pub(crate) origin: Option<Origin>,
}

/// A change to a document that certainly mends what a diagnostic is about: it keeps the meaning, or
/// gives it the only one that it can have.
#[derive(Debug, Clone, PartialEq, Eq)]
#[non_exhaustive]
pub enum Fix {
    /// Put this value in the place of the one that is there.
    Set(serde_json::Value),
    /// Give the key this name.
    Rename(String),
    /// Take the key away, with its value.
    Remove,
    /// Take it away, and the keys at these pointers.
    RemoveAll(Vec<Pointer>),
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
    /// What to do with a command or a call; each face has its own words for it.
    pub remedy: Option<Remedy>,
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

/// How diagnostics are made. The severity follows from the code.
///
/// ```
/// use score_fly_core::diagnostic::{Code, Diagnostic};
/// use score_fly_core::pointer::Path;
///
/// let containers = Path::ROOT.key("containers");
/// let diagnostic = Diagnostic::new(Code::InvalidValue, &containers.key("web"), "our registry has no such image")
///     .with_help("push it first")
///     .with_related(&containers.key("job"), "this one is there");
/// assert_eq!(diagnostic.pointer.as_str(), "/containers/web");
/// ```
impl Diagnostic {
    /// A diagnostic at the value at `at`; `message` is one sentence.
    pub fn new(code: Code, at: &Path<'_>, message: impl Into<String>) -> Self {
        Self {
            code,
            severity: code.severity(),
            message: message.into(),
            pointer: at.to_pointer(),
            part: Part::Value,
            location: None,
            help: None,
            remedy: None,
            related: Vec::new(),
            fix: None,
            origin: None,
            because_of: None,
            instead_of: None,
        }
    }

    /// The same at another node.
    #[must_use]
    pub fn at_pointer(mut self, pointer: Pointer) -> Self {
        self.pointer = pointer;
        self
    }

    /// The same at the key under which the value stands.
    #[must_use]
    pub fn on_key(mut self) -> Self {
        self.part = Part::Key;
        self
    }

    /// The same at a text inside the value, such as one placeholder.
    #[must_use]
    pub fn on_text(mut self, text: impl Into<String>) -> Self {
        self.part = Part::Text(text.into());
        self
    }

    /// The same at a place of a text: for what reads text by itself, and has no document that would
    /// find the place by the pointer.
    #[must_use]
    pub fn in_source(mut self, source: &Source, span: Span) -> Self {
        self.location = Some(Location::new(source, span));
        self
    }

    /// Adds what to write or do instead.
    #[must_use]
    pub fn with_help(mut self, help: impl Into<String>) -> Self {
        self.help = Some(help.into());
        self
    }

    /// Adds what to do with a command or a call.
    #[must_use]
    pub fn with_remedy(mut self, remedy: Remedy) -> Self {
        self.remedy = Some(remedy);
        self
    }

    /// Adds how to mend it, where that is certain.
    #[must_use]
    pub fn with_fix(mut self, fix: Fix) -> Self {
        self.fix = Some(fix);
        self
    }

    /// Adds another node that has to do with it.
    #[must_use]
    pub fn with_related(self, at: &Path<'_>, message: impl Into<String>) -> Self {
        self.with_related_at(at.to_pointer(), message)
    }

    /// [`with_related`](Self::with_related), by pointer.
    #[must_use]
    pub fn with_related_at(mut self, pointer: Pointer, message: impl Into<String>) -> Self {
        self.related.push(Related { message: message.into(), pointer, location: None, part: Part::Key, origin: None });
        self
    }

    /// Adds another place that has to do with it, in whatever text.
    #[must_use]
    pub fn with_related_in(mut self, location: Location, message: impl Into<String>) -> Self {
        let (pointer, location) = (Pointer::root(), Some(location));
        self.related.push(Related { message: message.into(), pointer, location, part: Part::Key, origin: None });
        self
    }

    /// The same at a place that a reader of text knows, before there is a document.
    pub(crate) fn at(mut self, origin: Origin) -> Self {
        self.origin = Some(origin);
        self
    }

    /// Adds another such place.
    pub(crate) fn with_related_origin(mut self, origin: Origin, message: impl Into<String>) -> Self {
        let (pointer, origin) = (Pointer::root(), Some(origin));
        self.related.push(Related { message: message.into(), pointer, location: None, part: Part::Key, origin });
        self
    }

    /// Says that it is only an echo if the node at `at` is known to be broken.
    pub(crate) fn because_of(mut self, at: &Path<'_>) -> Self {
        self.because_of = Some(at.to_pointer());
        self
    }

    /// Says that the node at `at` is missing because of this.
    pub(crate) fn instead_of(mut self, at: &Path<'_>) -> Self {
        self.instead_of = Some(at.to_pointer());
        self
    }

    /// Whether nothing more can be said about the node at its pointer.
    pub(super) fn breaks_its_node(&self) -> bool {
        // The first of two equal keys stands, and is checked like any other.
        self.severity == Severity::Error && self.code != Code::DuplicateKey && self.pointer != Pointer::root()
    }
}
