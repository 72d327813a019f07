//! Deprecated forms, rewritten to today's before decoding.

use alloc::borrow::Cow;

use crate::diagnostic::{Diagnostics, Outcome};
use crate::document::{Document, Entry, Key, Mapping, Node, Number, Value};
use crate::map::Growing;
use crate::pointer::Path;
use crate::prelude::*;
use crate::score::messages;

/// Rewrites the deprecated list forms of `files` and `volumes` into maps from their targets, with a
/// warning for each, as Score's own tools do. In list items, `content` may be a list of lines, and
/// `readOnly` may be written `read_only`.
///
/// Pointers into the new document find the old text: a target's key stands where the target stood.
///
/// There is always a value; items that are no mapping or have no target are missing from it.
pub fn upgrade(mut document: Document<'_>) -> Outcome<Document<'_>> {
    let mut diagnostics = Diagnostics::new();
    let at = Path::ROOT.key("containers");
    if let Some(containers) = mapping_at(&mut document.root, "containers") {
        for container in &mut containers.entries {
            let at = at.key(&container.key.text);
            let Value::Mapping(fields) = &mut container.value.value else { continue };
            for field in &mut fields.entries {
                let convert: fn(&mut Mapping<'_>, &Path<'_>, &mut Diagnostics) = match &*field.key.text {
                    "files" => join_lines,
                    "volumes" => rename_read_only,
                    _ => continue,
                };
                if let Value::Sequence(items) = &mut field.value.value {
                    let items = core::mem::take(items);
                    let at = at.key(&field.key.text);
                    field.value.value = Value::Mapping(by_target(items, convert, &at, &mut diagnostics));
                }
            }
        }
    }
    Outcome::new(document, diagnostics)
}

fn mapping_at<'n, 's>(node: &'n mut Node<'s>, key: &str) -> Option<&'n mut Mapping<'s>> {
    let Value::Mapping(mapping) = &mut node.value else { return None };
    match &mut mapping.entry_mut(key)?.value.value {
        Value::Mapping(mapping) => Some(mapping),
        _ => None,
    }
}

/// The items of a deprecated list as a map. Of several with the same target the last one counts.
fn by_target<'s>(
    items: Vec<Node<'s>>,
    convert: fn(&mut Mapping<'_>, &Path<'_>, &mut Diagnostics),
    at: &Path<'_>,
    diagnostics: &mut Diagnostics,
) -> Mapping<'s> {
    let mut map = Mapping::default();
    let mut positions = Growing::new();
    for (index, item) in items.into_iter().enumerate() {
        let at = at.index(index);
        let Value::Mapping(mut fields) = item.value else {
            diagnostics.push(not_a_mapping(&at, &item.value).at(item.origin));
            continue;
        };
        let target = take(&mut fields, "target");
        convert(&mut fields, &at, diagnostics);
        let value = Node { value: Value::Mapping(fields), origin: item.origin };
        match target.map(|target| (target.value, target.origin)) {
            None => diagnostics.push(messages::missing_target(&at).at(item.origin)),
            Some((Value::String(text), origin)) => {
                let key = Key { text, is_string: true, origin };
                let position = *positions.entry(key.text.clone()).or_insert(map.entries.len());
                let entry = Entry { key, value };
                match map.entries.get_mut(position) {
                    Some(earlier) => {
                        let duplicate = messages::duplicate_target(&at, &entry.key.text).at(entry.key.origin);
                        diagnostics.push(duplicate.with_related_origin(earlier.key.origin, "the earlier one is here"));
                        *earlier = entry;
                    }
                    None => map.entries.push(entry),
                }
            }
            Some((other, origin)) => {
                diagnostics.push(messages::wrong_type(&at.key("target"), "a string", &other).at(origin));
            }
        }
    }
    diagnostics.push(messages::deprecated_list(at, &first_entry(at, &map)));
    map
}

fn take<'s>(fields: &mut Mapping<'s>, key: &str) -> Option<Node<'s>> {
    let position = fields.entries.iter().position(|entry| entry.key.text == key)?;
    Some(fields.entries.remove(position).value)
}

fn not_a_mapping(at: &Path<'_>, value: &Value<'_>) -> crate::Diagnostic {
    let Value::String(text) = value else { return messages::wrong_type(at, "a mapping", value) };
    let mut parts = text.split(':');
    match (parts.next(), parts.next().filter(|target| target.starts_with('/'))) {
        (Some(source), Some(target)) => messages::volume_as_text(at, source, target),
        _ => messages::wrong_type(at, "a mapping", value),
    }
}

/// The first entry of an upgraded map, in short, as it can be written.
fn first_entry(at: &Path<'_>, map: &Mapping<'_>) -> String {
    let name = at.last_key().unwrap_or_default();
    let Some(entry) = map.entries.first() else { return format!("{name}: {{}}") };
    let fields = entry.value.as_mapping().map(|fields| fields.entries.as_slice()).unwrap_or_default();
    let fields: Vec<String> = fields.iter().map(|field| format!("{}: …", field.key.text)).collect();
    format!("{name}: {{ {}: {{ {} }} }}", entry.key.text, fields.join(", "))
}

/// Joins a `content` that is a list of lines.
fn join_lines(fields: &mut Mapping<'_>, at: &Path<'_>, diagnostics: &mut Diagnostics) {
    let Some(Entry { value: content, .. }) = fields.entry_mut("content") else { return };
    let Value::Sequence(lines) = &content.value else { return };
    let at = at.key("content");
    let mut text = Vec::new();
    for (index, line) in lines.iter().enumerate() {
        match line_text(&line.value) {
            Some(line) => text.push(line),
            None => {
                diagnostics.push(messages::wrong_type(&at.index(index), "a string", &line.value).at(line.origin));
            }
        }
    }
    content.value = Value::String(Cow::Owned(text.join("\n")));
}

fn line_text(line: &Value<'_>) -> Option<String> {
    match line {
        Value::String(text) => Some(text.to_string()),
        Value::Bool(value) => Some(value.to_string()),
        Value::Number(Number::Int(value)) => Some(value.to_string()),
        Value::Number(Number::UInt(value)) => Some(value.to_string()),
        Value::Number(Number::Float(value)) => Some(value.to_string()),
        Value::Null | Value::Sequence(_) | Value::Mapping(_) => None,
    }
}

/// Renames `read_only`. One beside a `readOnly` stays, and decoding reports it.
fn rename_read_only(fields: &mut Mapping<'_>, _: &Path<'_>, _: &mut Diagnostics) {
    if fields.entry("readOnly").is_some() {
        return;
    }
    if let Some(entry) = fields.entry_mut("read_only")
        && let Value::Bool(_) = entry.value.value
    {
        entry.key.text = Cow::Borrowed("readOnly");
    }
}
