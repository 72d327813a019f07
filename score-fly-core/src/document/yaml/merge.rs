//! Merge keys: `<<: *defaults`.

use std::borrow::Cow;
use std::collections::BTreeMap;

use granit_parser::{Event, ScalarStyle};

use crate::document::{Mapping, Node, Value};
use crate::source::Origin;

/// Whether a key is a merge key: a plain `<<`. In quotes it is a key like any other.
pub(super) fn is_key(event: &Event<'_>) -> bool {
    match event {
        Event::Scalar(text, ScalarStyle::Plain, _, tag) => {
            text == "<<" && tag.as_ref().is_none_or(|tag| !tag.is_yaml_core_schema())
        }
        _ => false,
    }
}

/// The mappings that a merge key's value names, and the places of what can't be merged.
pub(super) fn mappings(value: Node<'_>) -> (Vec<Mapping<'_>>, Vec<Origin>) {
    let candidates = match value.value {
        Value::Sequence(items) => items,
        _ => vec![value],
    };
    let mut found = Vec::new();
    let mut wrong = Vec::new();
    for Node { value, origin } in candidates {
        match value {
            Value::Mapping(mapping) => found.push(mapping),
            _ => wrong.push(origin),
        }
    }
    (found, wrong)
}

/// Adds what is merged after the keys that are written out, which win wherever they stand. Of the
/// merged mappings, the earlier one wins.
pub(super) fn apply<'s>(mapping: &mut Mapping<'s>, merges: Vec<Mapping<'s>>, written: &BTreeMap<Cow<'s, str>, Origin>) {
    let mut merged = std::collections::BTreeSet::new();
    for entry in merges.into_iter().flat_map(|merge| merge.entries) {
        let new = !written.contains_key(&entry.key.text) && merged.insert(entry.key.text.clone());
        if new {
            mapping.entries.push(entry);
        }
    }
}
