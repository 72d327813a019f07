//! Documents of data that never was a text: they bring along the text that would be read as such.

use alloc::borrow::Cow;

use serde_json::Value as Json;

use super::{Document, Entry, Key, Mapping, Node, Value};
use crate::prelude::*;
use crate::source::{Origin, Source};

/// By how much the lines of what stands in another value are set in.
const INDENT: usize = 2;

/// The document of some data. Its text is JSON, which says of every string that it is one, and of
/// which [`parse`](super::parse) makes the same document.
pub(crate) fn of_json(name: impl Into<String>, json: Json) -> Document<'static> {
    let mut text = String::new();
    let root = node(json, 0, &mut text);
    text.push('\n');
    Document { sources: vec![Cow::Owned(Source::new(name, text))], root }
}

/// Writes a value whose first line is set in by `depth` steps.
fn node(json: Json, depth: usize, text: &mut String) -> Node<'static> {
    let start = text.len();
    let value = match json {
        Json::Array(items) if !items.is_empty() => {
            let mut nodes = Vec::with_capacity(items.len());
            for item in items {
                text.push(if nodes.is_empty() { '[' } else { ',' });
                new_line(depth + 1, text);
                nodes.push(node(item, depth + 1, text));
            }
            new_line(depth, text);
            text.push(']');
            Value::Sequence(nodes)
        }
        Json::Object(object) if !object.is_empty() => {
            let mut entries = Vec::with_capacity(object.len());
            for (name, item) in object {
                text.push(if entries.is_empty() { '{' } else { ',' });
                new_line(depth + 1, text);
                let key = text.len();
                push(&Json::from(name.as_str()), text);
                let key = Key { text: Cow::Owned(name), is_string: true, origin: since(key, text) };
                text.push_str(": ");
                entries.push(Entry { key, value: node(item, depth + 1, text) });
            }
            new_line(depth, text);
            text.push('}');
            Value::Mapping(Mapping { entries })
        }
        scalar => {
            push(&scalar, text);
            match scalar {
                Json::Null => Value::Null,
                Json::Bool(value) => Value::Bool(value),
                Json::Number(number) => Value::Number((&number).into()),
                Json::String(text) => Value::String(Cow::Owned(text)),
                Json::Array(_) => Value::Sequence(Vec::new()),
                Json::Object(_) => Value::Mapping(Mapping::default()),
            }
        }
    };
    Node { value, origin: since(start, text) }
}

/// Writes a value without line breaks.
fn push(json: &Json, text: &mut String) {
    // Values always serialise.
    text.push_str(&serde_json::to_string(json).unwrap_or_default());
}

fn new_line(depth: usize, text: &mut String) {
    text.push('\n');
    text.extend(core::iter::repeat_n(' ', depth * INDENT));
}

fn since(start: usize, text: &str) -> Origin {
    Origin { span: (start..text.len()).into(), ..Origin::default() }
}
