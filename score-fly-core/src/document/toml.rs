//! The one place that knows how the TOML parser locates what it reads.

use alloc::borrow::Cow;
use core::ops::Range;

use toml_edit::{Item, Key as TomlKey, TableLike, Value as TomlValue};

use super::yaml::limits::MAX_TOML;
use super::{Document, Entry, Key, Mapping, Node, Number, Value};
use crate::diagnostic::{Diagnostics, Outcome};
use crate::document::messages;
use crate::pointer::Path;
use crate::prelude::*;
use crate::source::{Origin, Source, Span};

/// TOML with all that its text has.
pub(crate) type Toml<'s> = toml_edit::Document<&'s str>;

/// Reads TOML into a tree. Dates become strings, as they are written.
///
/// There is no value if the text is not well-formed.
pub fn parse_toml(source: &Source) -> Outcome<Document<'_>> {
    read_toml(source).map(|(document, _)| document)
}

/// [`parse_toml`], with what it was made of: that can be changed where it stands.
pub(crate) fn read_toml(source: &Source) -> Outcome<(Document<'_>, Toml<'_>)> {
    if source.text.len() > MAX_TOML {
        return Outcome::failed(Diagnostics::from_iter([messages::input_too_large(Origin::default(), MAX_TOML)]));
    }
    match Toml::parse(source.text.as_str()) {
        Ok(parsed) => {
            let mut diagnostics = Diagnostics::new();
            let root = table(parsed.as_table(), origin(Some(0..source.text.len())), &Path::ROOT, &mut diagnostics);
            let document = Document { sources: vec![Cow::Borrowed(source)], root };
            Outcome::new((document, parsed), diagnostics)
        }
        Err(error) => Outcome::failed(Diagnostics::from_iter([messages::invalid_toml(&error)])),
    }
}

fn table(table: &dyn TableLike, origin: Origin, at: &Path<'_>, diagnostics: &mut Diagnostics) -> Node<'static> {
    let mut entries = Vec::with_capacity(table.len());
    for (name, item) in table.iter() {
        let key = self::key(table.key(name), name);
        let value = node(item, key.origin, &at.key(name), diagnostics);
        entries.push(Entry { key, value });
    }
    Node { value: Value::Mapping(Mapping { entries }), origin }
}

fn key(key: Option<&TomlKey>, name: &str) -> Key<'static> {
    Key { text: Cow::Owned(name.to_owned()), is_string: true, origin: origin(key.and_then(TomlKey::span)) }
}

/// An item as a node. A table that no header and no braces make stands where its key does.
fn node(item: &Item, key: Origin, at: &Path<'_>, diagnostics: &mut Diagnostics) -> Node<'static> {
    let place = item.span().map_or(key, |span| origin(Some(span)));
    match item {
        Item::None => Node { value: Value::Null, origin: place },
        Item::Table(inner) => table(inner, place, at, diagnostics),
        Item::ArrayOfTables(tables) => {
            let tables = tables.iter().enumerate();
            let items = tables.map(|(index, inner)| {
                table(inner, inner.span().map_or(key, |span| origin(Some(span))), &at.index(index), diagnostics)
            });
            Node { value: Value::Sequence(items.collect()), origin: place }
        }
        Item::Value(value) => self::value(value, place, at, diagnostics),
    }
}

fn value(value: &TomlValue, place: Origin, at: &Path<'_>, diagnostics: &mut Diagnostics) -> Node<'static> {
    let value = match value {
        TomlValue::String(text) => Value::String(Cow::Owned(text.value().clone())),
        TomlValue::Integer(number) => Value::Number(Number::Int(*number.value())),
        TomlValue::Float(number) if !number.value().is_finite() => {
            diagnostics.push(messages::not_finite_in_toml(at, place));
            Value::Null
        }
        TomlValue::Float(number) => Value::Number(Number::Float(*number.value())),
        TomlValue::Boolean(value) => Value::Bool(*value.value()),
        TomlValue::Datetime(date) => Value::String(Cow::Owned(date.value().to_string())),
        TomlValue::Array(items) => {
            let items = items.iter().enumerate();
            let items = items.map(|(index, item)| {
                self::value(item, item.span().map_or(place, |span| origin(Some(span))), &at.index(index), diagnostics)
            });
            Value::Sequence(items.collect())
        }
        TomlValue::InlineTable(inner) => return table(inner, place, at, diagnostics),
    };
    Node { value, origin: place }
}

fn origin(span: Option<Range<usize>>) -> Origin {
    Origin { span: span.map(Span::from).unwrap_or_default(), ..Origin::default() }
}
