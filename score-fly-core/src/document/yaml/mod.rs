//! The one place that knows the YAML parser: its events become a located tree.
//!
//! The parser's own limits bound its scanning and nesting; what aliases and merge keys make of a
//! small text is bounded by a budget.

mod keys;
pub(super) mod limits;
mod reader;
mod syntax;

use alloc::borrow::Cow;

use super::{Document, Node, Value};
use crate::diagnostic::{Diagnostics, Outcome};
use crate::document::messages;
use crate::prelude::*;
use crate::source::{Origin, Source, SourceIndex, Span};
use limits::MAX_INPUT;
use reader::Reader;

/// Reads YAML, or JSON, into a tree.
///
/// There is no value if the text is not well-formed, or empty. Of several documents the first is
/// the value.
pub fn parse(source: &Source) -> Outcome<Document<'_>> {
    let (root, mut diagnostics) = read(&source.text, 0, SourceIndex::default()).into_parts();
    match root {
        Some(root) if root.value == Value::Null => {
            diagnostics.push(messages::empty_document(root.origin));
            Outcome::failed(diagnostics)
        }
        Some(root) => Outcome::new(Document { sources: vec![Cow::Borrowed(source)], root }, diagnostics),
        None => Outcome::failed(diagnostics),
    }
}

/// Reads the part of a source's text from byte `start` on. A text without content is null.
pub(super) fn read(text: &str, start: usize, source: SourceIndex) -> Outcome<Node<'_>> {
    if text.len() > MAX_INPUT {
        let whole = Origin { source, span: Span::default() };
        return Outcome::failed(Diagnostics::from_iter([messages::input_too_large(whole, MAX_INPUT)]));
    }
    Reader::new(text, start, source).read()
}
