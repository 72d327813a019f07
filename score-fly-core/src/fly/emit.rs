//! From the model to text, in flyctl's own key order.

#[cfg(test)]
mod tests;

use toml_edit::{Array, ArrayOfTables, DocumentMut, Item, Table, Value};

use super::Config;
use super::field::Field;
use crate::document::{self, Mapping, Node, Number};
use crate::prelude::*;

/// fly.toml as text: a table for each section, an array of tables for each list of sections, lists
/// of values on one line, and nothing that is empty.
pub fn emit(config: &Config) -> String {
    document(config).to_string()
}

impl Config {
    /// The same as JSON, with flyctl's keys: what a release at Fly keeps.
    pub fn to_json(&self) -> serde_json::Value {
        let origin = crate::source::Origin::default();
        Node { value: self.write(), origin }.to_json()
    }
}

/// A part of fly.toml as text.
pub(crate) fn emit_mapping(mapping: &Mapping<'_>) -> String {
    document_of(mapping).to_string()
}

/// fly.toml as a document.
pub(super) fn document(config: &Config) -> DocumentMut {
    match config.write() {
        document::Value::Mapping(mapping) => document_of(&mapping),
        _ => DocumentMut::new(),
    }
}

fn document_of(mapping: &Mapping<'_>) -> DocumentMut {
    let mut table = table(mapping);
    table.set_implicit(false);
    table.into()
}

fn table(mapping: &Mapping<'_>) -> Table {
    let mut table = Table::new();
    // Hides the header of a table that holds nothing but other tables.
    table.set_implicit(true);
    for entry in &mapping.entries {
        let item = match &entry.value.value {
            document::Value::Mapping(inner) => Item::Table(self::table(inner)),
            document::Value::Sequence(items)
                if !items.is_empty() && items.iter().all(|item| item.as_mapping().is_some()) =>
            {
                let tables = items.iter().filter_map(Node::as_mapping).map(self::table);
                Item::ArrayOfTables(tables.collect::<ArrayOfTables>())
            }
            document::Value::String(text) if entry.key.text == "machine_config" => Item::Value(machine_config(text)),
            other => value(other).map_or(Item::None, Item::Value),
        };
        if !item.is_none() && !item.as_table().is_some_and(Table::is_empty) {
            table.insert(&entry.key.text, item);
        }
    }
    table
}

/// JSON has its own quotes and escapes, so it stands between quotes that leave all of them alone.
/// That is only a matter of reading: any other form means the same.
fn machine_config(text: &str) -> Value {
    if text.contains('\n') && !text.contains('\r') {
        let literal = format!("'''\n{text}'''").parse::<Value>().ok();
        if let Some(literal) = literal.filter(|literal| literal.as_str() == Some(text)) {
            return literal;
        }
    }
    Value::from(text)
}

/// A value on one line. TOML has no null.
fn value(value: &document::Value<'_>) -> Option<Value> {
    Some(match value {
        document::Value::Null => return None,
        document::Value::Bool(value) => Value::from(*value),
        document::Value::Number(Number::Int(number)) => Value::from(*number),
        document::Value::Number(number) => Value::from(number.as_f64()),
        document::Value::String(text) => Value::from(text.as_ref()),
        document::Value::Sequence(items) => {
            items.iter().filter_map(|item| self::value(&item.value)).collect::<Array>().into()
        }
        document::Value::Mapping(mapping) => self::table(mapping).into_inline_table().into(),
    })
}
