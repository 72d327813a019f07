//! Writing over a fly.toml that somebody has edited.

mod owned;
#[cfg(test)]
mod tests;

use toml_edit::{ArrayOfTables, Document, DocumentMut, InlineTable, Item, Table, TableLike, Value};

use self::owned::{canonical, identity, is_owned};
use super::{Config, emit};
use crate::diagnostic::{Diagnostics, Outcome};
use crate::document::messages;
use crate::prelude::*;
use crate::source::Source;

/// `existing` with everything that Score speaks of replaced by `config`. Comments, layout, order
/// and all other keys stay as they are; line ends become plain line feeds, as flyctl writes them.
///
/// Lists are updated element by element, so that what was added to an element by hand stays: a
/// service is known by port and protocol, a port by its number, a file by its path, a volume by its
/// name or place. `[http_service]` is another way to write services, and gives way to them.
///
/// There is no value if `existing` is not TOML.
pub fn update(existing: &Source, config: &Config) -> Outcome<String> {
    match Document::parse(existing.text.as_str()) {
        Ok(document) => Outcome::new(rewrite(document.into_mut(), config), Diagnostics::new()),
        Err(error) => Outcome::failed(Diagnostics::from_iter([messages::invalid_toml(&error)]))
            .locate(&crate::document::Document::without_root(existing)),
    }
}

fn rewrite(mut document: DocumentMut, config: &Config) -> String {
    if document.is_empty() {
        let comments = normal_line_ends(&document);
        let separator = if comments.is_empty() || comments.ends_with('\n') { "" } else { "\n" };
        return comments + separator + &emit::emit(config);
    }
    if !config.services.is_empty() && config.http_service.is_none() {
        document.remove("http_service");
    }
    let began_with_section = !has_values(&document);
    update_table(document.as_table_mut(), emit::document(config).into_table(), Place { path: &[], inline: false });
    let mut text = normal_line_ends(&document);
    if began_with_section {
        // The section that now follows new keys had no need of a blank line before.
        document.retain(|_, item| !is_section(item));
        document.set_trailing("");
        let values = document.to_string().len();
        if values > 0 && text.get(values..).is_some_and(|rest| !rest.is_empty() && !rest.starts_with('\n')) {
            text.insert(values, '\n');
        }
    }
    text
}

fn normal_line_ends(document: &DocumentMut) -> String {
    document.to_string().replace("\r\n", "\n")
}

/// Whether there are keys before the first header.
fn has_values(root: &Table) -> bool {
    root.iter().any(|(_, item)| !is_section(item))
}

/// Whether an item of the root stands under a header of its own.
fn is_section(item: &Item) -> bool {
    match item {
        Item::Table(table) => !table.is_dotted(),
        Item::ArrayOfTables(_) => true,
        Item::Value(_) | Item::None => false,
    }
}

/// Where a table stands.
#[derive(Clone, Copy)]
struct Place<'p> {
    /// The keys that lead there, by their canonical names and without positions in lists.
    path: &'p [&'p str],
    /// Whether what is put into it must stand there as a value, without a header of its own.
    inline: bool,
}

fn update_table(existing: &mut dyn TableLike, wanted: Table, Place { path, inline }: Place<'_>) {
    let written: Vec<String> = existing.iter().map(|(key, _)| key.to_owned()).collect();
    let first_as = |name: &str| written.iter().find(|key| canonical(path, key) == name).map(String::as_str);
    for key in &written {
        let name = canonical(path, key);
        let gone = if wanted.contains_key(name) {
            // The same section once more, under another name.
            first_as(name) != Some(key)
        } else {
            let below = [path, &[name]].concat();
            is_owned(path, name) || existing.get_mut(key).is_some_and(|item| is_emptied(item, &below))
        };
        if gone {
            existing.remove(key);
        }
    }
    for (name, item) in wanted {
        let name = name.as_str();
        let key = first_as(name).unwrap_or(name);
        let below = [path, &[name]].concat();
        let misfit = match existing.get_mut(key) {
            Some(old) => update_item(old, item, Place { path: &below, inline }),
            None => Some(item),
        };
        if let Some(mut item) = misfit {
            if inline {
                item.make_value();
            }
            existing.remove(key);
            existing.insert(name, item);
        }
    }
}

/// Removes what Score speaks of from a table that it says nothing about. Whether nothing is left.
fn is_emptied(item: &mut Item, path: &[&str]) -> bool {
    match item.as_table_like_mut() {
        Some(table) if !table.is_empty() => {
            update_table(table, Table::new(), Place { path, inline: false });
            table.is_empty()
        }
        _ => false,
    }
}

/// Updates an item in the form in which it is written. Gives `wanted` back if it needs another form.
fn update_item(existing: &mut Item, wanted: Item, place: Place<'_>) -> Option<Item> {
    match (existing, wanted) {
        (Item::Value(old), Item::Value(new)) => {
            if !is_same(old, &new) {
                let decor = old.decor().clone();
                *old = new;
                *old.decor_mut() = decor;
            }
        }
        (Item::Table(old), Item::Table(new)) => {
            let inline = place.inline || old.is_dotted();
            update_table(old, new, Place { inline, ..place });
        }
        (Item::Value(Value::InlineTable(old)), Item::Table(new)) => {
            update_table(old, new, Place { inline: true, ..place });
        }
        (Item::ArrayOfTables(old), Item::ArrayOfTables(new)) => {
            let elements = core::mem::take(old).into_iter().collect();
            *old = update_elements(elements, new, place, |table| table).into_iter().collect();
        }
        // flyctl takes a single table for a list of one.
        (item @ Item::Table(_), Item::ArrayOfTables(new)) if !item.as_table().is_some_and(Table::is_dotted) => {
            let elements = core::mem::take(item).into_table().into_iter().collect();
            let mut elements = update_elements(elements, new, place, |table| table);
            *item = match elements.pop() {
                Some(only) if elements.is_empty() => Item::Table(only),
                last => Item::ArrayOfTables(elements.into_iter().chain(last).collect()),
            };
        }
        (Item::Value(Value::Array(old)), Item::ArrayOfTables(new)) if old.iter().all(Value::is_inline_table) => {
            let elements: Vec<InlineTable> = old.iter().filter_map(Value::as_inline_table).cloned().collect();
            old.clear();
            let place = Place { inline: true, ..place };
            for element in update_elements(elements, new, place, Table::into_inline_table) {
                old.push_formatted(Value::InlineTable(element));
            }
        }
        (_, wanted) => return Some(wanted),
    }
    None
}

/// Updates the elements that are still wanted, drops the others, and adds the new ones at the end.
fn update_elements<T: TableLike>(
    existing: Vec<T>,
    wanted: ArrayOfTables,
    place: Place<'_>,
    added: impl Fn(Table) -> T,
) -> Vec<T> {
    let mut wanted: Vec<Option<Table>> = wanted.into_iter().map(Some).collect();
    let mut elements = Vec::new();
    for (position, mut element) in existing.into_iter().enumerate() {
        let counterpart = wanted.iter_mut().enumerate().find(|(index, candidate)| match identity(place.path) {
            None => *index == position,
            Some(groups) => candidate.as_ref().is_some_and(|candidate| {
                groups.iter().any(|keys| keys.iter().all(|key| agree(&element, candidate, key)))
            }),
        });
        if let Some(new) = counterpart.and_then(|(_, slot)| slot.take()) {
            update_table(&mut element, new, place);
            elements.push(element);
        }
    }
    elements.extend(wanted.into_iter().flatten().map(added));
    elements
}

/// Whether two elements have the same value for a key. A service without a protocol is one of TCP.
fn agree(a: &impl TableLike, b: &impl TableLike, key: &str) -> bool {
    match (a.get(key).and_then(Item::as_value), b.get(key).and_then(Item::as_value)) {
        (Some(a), Some(b)) => is_same(a, b),
        (Some(one), None) | (None, Some(one)) => key == "protocol" && one.as_str() == Some("tcp"),
        (None, None) => true,
    }
}

/// Whether two values are the same, however they are written.
fn is_same(a: &Value, b: &Value) -> bool {
    match (a, b) {
        (Value::String(a), Value::String(b)) => a.value() == b.value(),
        (Value::Integer(a), Value::Integer(b)) => a.value() == b.value(),
        (Value::Float(a), Value::Float(b)) => a.value().to_bits() == b.value().to_bits(),
        (Value::Boolean(a), Value::Boolean(b)) => a.value() == b.value(),
        (Value::Array(a), Value::Array(b)) => a.len() == b.len() && a.iter().zip(b).all(|(a, b)| is_same(a, b)),
        _ => false,
    }
}
