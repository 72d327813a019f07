//! The keys of one mapping: duplicates, and merge keys (`<<: *defaults`).

use alloc::borrow::Cow;

use granit_parser::{Event, ScalarStyle};

use crate::document::scalar::{self, Plain};
use crate::document::{Key, Mapping, Node, Value};
use crate::map::Growing;
use crate::prelude::*;
use crate::source::Origin;

/// How a key is written.
pub(super) enum KeyForm<'s> {
    /// A merge key: a plain `<<`. In quotes it is a key like any other.
    Merge,
    /// A key with that text, if it is a scalar and not an alias or empty.
    Key(Option<Cow<'s, str>>),
}

impl<'s> KeyForm<'s> {
    pub(super) fn new(event: &Event<'s>, origin: Origin) -> Self {
        match event {
            Event::Scalar(text, ScalarStyle::Plain, _, tag)
                if text == "<<" && tag.as_ref().is_none_or(|tag| !tag.is_yaml_core_schema()) =>
            {
                Self::Merge
            }
            Event::Scalar(text, style, ..) if !is_empty(*style, origin) => Self::Key(Some(text.clone())),
            _ => Self::Key(None),
        }
    }
}

/// Whether nothing is written where a scalar stands.
pub(super) fn is_empty(style: ScalarStyle, origin: Origin) -> bool {
    style == ScalarStyle::Plain && origin.span.start == origin.span.end
}

/// A mapping that is being read.
#[derive(Default)]
pub(super) struct OpenMapping<'s> {
    pub(super) mapping: Mapping<'s>,
    pub(super) keys: Keys<'s>,
    /// What its merge key names.
    pub(super) merges: Vec<Mapping<'s>>,
}

impl<'s> OpenMapping<'s> {
    /// The mapping, now that all keys that are written out are known. They win wherever they
    /// stand; of the merged mappings, the earlier one wins.
    pub(super) fn finish(mut self) -> Mapping<'s> {
        for entry in self.merges.into_iter().flat_map(|mapping| mapping.entries) {
            if self.keys.add(&entry.key).is_ok() {
                self.mapping.entries.push(entry);
            }
        }
        self.mapping
    }
}

/// The keys that a mapping has so far, and where they stand.
#[derive(Default)]
pub(super) struct Keys<'s> {
    known: Growing<'s>,
    origins: Vec<Origin>,
}

impl<'s> Keys<'s> {
    /// Adds a key that is written out, or gives the place of the same key before it.
    pub(super) fn add(&mut self, key: &Key<'s>) -> Result<(), Origin> {
        let canonical = canonical(key);
        let texts = [Some(&key.text), canonical.as_ref()].into_iter().flatten();
        if let Some(first) = texts.filter_map(|text| self.known.get(&**text)).find_map(|first| self.origins.get(*first))
        {
            return Err(*first);
        }
        let place = self.origins.len();
        self.origins.push(key.origin);
        self.known.insert(key.text.clone(), place);
        if let Some(canonical) = canonical {
            self.known.insert(canonical, place);
        }
        Ok(())
    }
}

/// How JSON would write a key that is a number or a boolean: `0x1` and `1` are the same key.
fn canonical<'s>(key: &Key<'s>) -> Option<Cow<'s, str>> {
    let value = if key.is_string { Plain::Text } else { scalar::resolve(&key.text) };
    match value {
        Plain::Number(number) => Some(number.to_string().into()),
        Plain::Bool(value) => Some(value.to_string().into()),
        _ => None,
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
