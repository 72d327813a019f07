//! What is different between two machine configs, field by field.

use serde_json::Value;

use super::plan::Change;
use crate::fly::{MachineConfig, names};
use crate::pointer::{Path, Pointer};
use crate::prelude::*;

/// What becomes different if one config takes the place of the other, both in the form for comparing.
pub(super) fn changes(before: &MachineConfig, after: &MachineConfig) -> Vec<Change> {
    let json = |config: &MachineConfig| serde_json::to_value(config).unwrap_or_default();
    differences(&json(before), &json(after))
}

/// What is different between two values, each shown as it may be seen.
pub(crate) fn differences(before: &Value, after: &Value) -> Vec<Change> {
    let mut changes = Vec::new();
    walk(before, after, &Path::ROOT, &mut changes);
    changes
}

fn walk(before: &Value, after: &Value, at: &Path<'_>, changes: &mut Vec<Change>) {
    if before == after {
        return;
    }
    match (before, after) {
        (Value::Object(old), Value::Object(new)) => {
            let mut keys: Vec<&String> = old.keys().chain(new.keys()).collect();
            keys.sort_unstable();
            keys.dedup();
            for key in keys {
                let of = |table: &serde_json::Map<String, Value>| table.get(key).cloned().unwrap_or_default();
                walk(&of(old), &of(new), &at.key(key), changes);
            }
        }
        // Items without keys of their own are only told apart by where they stand, so a list is shown as a whole
        // if it gets longer or shorter.
        (Value::Array(old), Value::Array(new)) if old.len() == new.len() && old.iter().all(Value::is_object) => {
            for (index, (old, new)) in old.iter().zip(new).enumerate() {
                walk(old, new, &at.index(index), changes);
            }
        }
        (Value::Object(table), Value::Null) | (Value::Null, Value::Object(table))
            if table.values().any(Value::is_object) || is_table_of_texts(at) =>
        {
            for (key, value) in table {
                let (old, new) = if after.is_null() { (value, after) } else { (before, value) };
                walk(old, new, &at.key(key), changes);
            }
        }
        _ => {
            let pointer = at.to_pointer();
            let (before, after) = (shown(&pointer, before), shown(&pointer, after));
            changes.push(Change { pointer, before, after });
        }
    }
}

/// Where each entry speaks for itself.
fn is_table_of_texts(at: &Path<'_>) -> bool {
    matches!(at.last_key(), Some("env" | "metadata"))
}

/// A value as it may be seen: of what seems to be a secret, and of the content of files, only the length.
fn shown(pointer: &Pointer, value: &Value) -> Value {
    let segments: Vec<_> = pointer.segments().collect();
    let last = segments.last().map(AsRef::as_ref).unwrap_or_default();
    let in_env = segments.iter().rev().nth(1).is_some_and(|above| above == "env");
    hide(value, if in_env && names::seems_secret(last) { "raw_value" } else { last })
}

/// A whole value as it may be seen.
pub(crate) fn visible(value: &Value) -> Value {
    hide(value, "")
}

fn hide(value: &Value, key: &str) -> Value {
    match value {
        Value::String(text) if key == "raw_value" => format!("… ({} bytes)", text.len()).into(),
        Value::Array(items) => items.iter().map(|item| hide(item, key)).collect(),
        Value::Object(table) => {
            let entries = table.iter().map(|(below, value)| {
                let secret = key == "env" && names::seems_secret(below);
                (below.clone(), hide(value, if secret { "raw_value" } else { below }))
            });
            entries.collect::<serde_json::Map<_, _>>().into()
        }
        other => other.clone(),
    }
}
