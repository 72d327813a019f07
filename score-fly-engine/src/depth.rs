//! How deep values may be nested that a state keeps.

use serde_json::Value;

/// How many lists and mappings may stand in each other: as many as in a Score file, and far fewer than readers of
/// JSON and YAML take, since a state has each value some levels below its own.
pub(crate) const MAX_DEPTH: usize = 64;

/// Whether any of these, which stand in one mapping, is too deep for it.
pub(crate) fn are_too_deep<'v>(values: impl IntoIterator<Item = &'v Value>) -> bool {
    values.into_iter().any(|value| !fits(value, MAX_DEPTH - 1))
}

fn fits(value: &Value, levels: usize) -> bool {
    let Some(inside) = levels.checked_sub(1) else { return !value.is_array() && !value.is_object() };
    match value {
        Value::Array(items) => items.iter().all(|item| fits(item, inside)),
        Value::Object(entries) => entries.values().all(|value| fits(value, inside)),
        _ => true,
    }
}

#[cfg(test)]
mod tests {
    use serde_json::{Value, json};

    use super::{MAX_DEPTH, are_too_deep};

    fn nested(levels: usize) -> Value {
        (0..levels).fold(json!(1), |inside, level| if level % 2 == 0 { json!([inside]) } else { json!({"a": inside}) })
    }

    #[test]
    fn counts_lists_and_mappings() {
        assert!(!are_too_deep([&nested(MAX_DEPTH - 1)]) && are_too_deep([&json!(1), &nested(MAX_DEPTH)]));
    }
}
