//! What the parser's errors mean, in words for people who write Score files.

use granit_parser::{ErrorKind, ScanError};

use super::Reader;
use super::limits::MAX_DEPTH;
use crate::diagnostic::Diagnostic;
use crate::diagnostic::messages::document as messages;
use crate::source::{Origin, Span};

/// The diagnostic for a syntax error.
pub(super) fn explain(error: &ScanError, reader: &Reader<'_>) -> Diagnostic {
    let start = reader.offset(*error.marker());
    let origin = Origin { source: reader.source, span: Span { start, end: start } };
    if *error.kind() == ErrorKind::RecursionLimitExceeded {
        return messages::nested_too_deeply(origin, MAX_DEPTH);
    }
    messages::invalid_yaml(origin, &error.kind().to_string(), "check")
}
