//! From the model to text, in flyctl's own key order.

#[cfg(test)]
mod tests;

use toml_edit::{ArrayOfTables, DocumentMut, InlineTable, Item, Table, Value, ser};

use super::Config;

/// fly.toml as text: a table for each section, an array of tables for each list of sections, lists
/// of values on one line, and nothing that is empty.
pub fn emit(config: &Config) -> String {
    document(config).to_string()
}

/// fly.toml as a document.
pub(super) fn document(config: &Config) -> DocumentMut {
    // It can't fail: every field of the model is of a type that TOML has.
    let inline = ser::to_document(config).unwrap_or_default();
    let mut document = DocumentMut::new();
    *document.as_table_mut() = expand(inline.into_table().into_inline_table());
    document.as_table_mut().set_implicit(false);
    document
}

/// The serialiser makes nothing but inline tables, in the order of the model's fields. This turns
/// them into tables with headers.
fn expand(inline: InlineTable) -> Table {
    let mut table = Table::new();
    // Hides the header of a table that holds nothing but other tables.
    table.set_implicit(true);
    for (key, value) in inline {
        let item = match value {
            Value::InlineTable(inline) => Item::Table(expand(inline)),
            Value::Array(array) if !array.is_empty() && array.iter().all(Value::is_inline_table) => {
                Item::ArrayOfTables(array.into_iter().filter_map(into_table).collect::<ArrayOfTables>())
            }
            mut value => {
                value.decor_mut().clear();
                Item::Value(value)
            }
        };
        if !item.as_table().is_some_and(Table::is_empty) {
            table.insert(&key, item);
        }
    }
    table
}

fn into_table(value: Value) -> Option<Table> {
    match value {
        Value::InlineTable(inline) => Some(expand(inline)),
        _ => None,
    }
}
