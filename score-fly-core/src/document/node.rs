//! The tree itself.

use alloc::borrow::Cow;
use core::fmt;

use serde::{Serialize, Serializer};

use crate::map::SortedMap;
use crate::prelude::*;
use crate::source::{Origin, Source, SourceIndex};

/// A tree, and the texts that its nodes came from.
#[derive(Debug, Clone)]
pub struct Document<'s> {
    /// The sources, in the order in which they were merged.
    pub sources: Vec<Cow<'s, Source>>,
    /// The tree.
    pub root: Node<'s>,
}

impl<'s> Document<'s> {
    /// A document of which nothing but the text is known.
    pub fn without_root(source: &'s Source) -> Self {
        Self { sources: vec![Cow::Borrowed(source)], root: Node { value: Value::Null, origin: Origin::default() } }
    }

    /// The source of that number.
    pub fn source(&self, index: SourceIndex) -> Option<&Source> {
        self.sources.get(usize::from(index.0)).map(|source| &**source)
    }
}

/// A value and where it stands.
#[derive(Debug, Clone, PartialEq)]
pub struct Node<'s> {
    /// The value.
    pub value: Value<'s>,
    /// Where it stands.
    pub origin: Origin,
}

/// What a node can be: the JSON data model, with integers kept apart from floats.
#[derive(Debug, Clone, PartialEq)]
pub enum Value<'s> {
    /// Nothing.
    Null,
    /// `true` or `false`.
    Bool(bool),
    /// A number.
    Number(Number),
    /// Text.
    String(Cow<'s, str>),
    /// A list.
    Sequence(Vec<Node<'s>>),
    /// A map.
    Mapping(Mapping<'s>),
}

/// A finite number.
#[derive(Debug, Clone, Copy, PartialEq)]
pub enum Number {
    /// Fits 64 bits with sign.
    Int(i64),
    /// Larger than that, but fits 64 bits without sign.
    UInt(u64),
    /// Anything else; always finite.
    Float(f64),
}

/// A map in the order in which it was written.
#[derive(Debug, Clone, PartialEq, Default)]
pub struct Mapping<'s> {
    /// Its entries; no two have the same key.
    pub entries: Vec<Entry<'s>>,
}

/// A key and its value.
#[derive(Debug, Clone, PartialEq)]
pub struct Entry<'s> {
    /// The key.
    pub key: Key<'s>,
    /// The value.
    pub value: Node<'s>,
}

/// A key.
#[derive(Debug, Clone, PartialEq)]
pub struct Key<'s> {
    /// Its text; for a key that is not a string, as it was written.
    pub text: Cow<'s, str>,
    /// Whether it was a string: `8080:` and `true:` are not.
    pub is_string: bool,
    /// Where it stands.
    pub origin: Origin,
}

impl Number {
    /// The nearest float.
    #[expect(clippy::cast_precision_loss, reason = "that is what the nearest float is")]
    pub const fn as_f64(self) -> f64 {
        match self {
            Self::Int(value) => value as f64,
            Self::UInt(value) => value as f64,
            Self::Float(value) => value,
        }
    }

    /// The number, if it has no fraction; one that is too large becomes the largest.
    #[expect(clippy::cast_possible_truncation, reason = "a float too large saturates, and stays out of any range")]
    pub(crate) fn as_whole(self) -> Option<i64> {
        match self {
            Self::Int(number) => Some(number),
            Self::UInt(_) => Some(i64::MAX),
            Self::Float(number) => (number % 1.0 == 0.0).then_some(number as i64),
        }
    }
}

/// As JSON writes it.
impl fmt::Display for Number {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Int(number) => number.fmt(f),
            Self::UInt(number) => number.fmt(f),
            Self::Float(number) => serde_json::Number::from_f64(*number).map_or(Ok(()), |number| number.fmt(f)),
        }
    }
}

impl From<Number> for serde_json::Value {
    fn from(number: Number) -> Self {
        match number {
            Number::Int(value) => value.into(),
            Number::UInt(value) => value.into(),
            Number::Float(value) => value.into(),
        }
    }
}

impl From<&serde_json::Number> for Number {
    fn from(number: &serde_json::Number) -> Self {
        match (number.as_i64(), number.as_u64()) {
            (Some(number), _) => Self::Int(number),
            (None, Some(number)) => Self::UInt(number),
            (None, None) => Self::Float(number.as_f64().unwrap_or_default()),
        }
    }
}

impl<'s> Mapping<'s> {
    /// Adds an entry that stands in no text.
    pub(crate) fn push(&mut self, key: impl Into<Cow<'s, str>>, value: Value<'s>) {
        let key = Key { text: key.into(), is_string: true, origin: Origin::default() };
        self.entries.push(Entry { key, value: value.into() });
    }

    /// Takes the entry of that key out of the map.
    pub(crate) fn take(&mut self, key: &str) -> Option<Entry<'s>> {
        let place = self.entries.iter().position(|entry| entry.key.text == key)?;
        Some(self.entries.remove(place))
    }

    /// The entry of that key.
    pub fn entry(&self, key: &str) -> Option<&Entry<'s>> {
        self.entries.iter().find(|entry| entry.key.text == key)
    }

    /// The entry of that key, to change.
    pub fn entry_mut(&mut self, key: &str) -> Option<&mut Entry<'s>> {
        self.entries.iter_mut().find(|entry| entry.key.text == key)
    }

    /// The values by their keys, for many lookups.
    pub(crate) fn index(&self) -> SortedMap<&str, &Node<'s>> {
        self.entries.iter().map(|entry| (&*entry.key.text, &entry.value)).collect()
    }

    /// The value of that key.
    pub fn get(&self, key: &str) -> Option<&Node<'s>> {
        self.entry(key).map(|entry| &entry.value)
    }
}

/// A value that stands in no text.
impl<'s> From<Value<'s>> for Node<'s> {
    fn from(value: Value<'s>) -> Self {
        Self { value, origin: Origin::default() }
    }
}

impl<'s> From<&'s serde_json::Value> for Value<'s> {
    fn from(json: &'s serde_json::Value) -> Self {
        use serde_json::Value as Json;
        match json {
            Json::Null => Self::Null,
            Json::Bool(value) => Self::Bool(*value),
            Json::Number(number) => Self::Number(number.into()),
            Json::String(text) => Self::String(Cow::Borrowed(text)),
            Json::Array(items) => Self::Sequence(items.iter().map(|item| Value::from(item).into()).collect()),
            Json::Object(object) => {
                let mut mapping = Mapping::default();
                object.iter().for_each(|(key, value)| mapping.push(key.as_str(), value.into()));
                Self::Mapping(mapping)
            }
        }
    }
}

/// As data, in the order in which it was written.
impl Serialize for Value<'_> {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        match self {
            Self::Null => serializer.serialize_unit(),
            Self::Bool(value) => serializer.serialize_bool(*value),
            Self::Number(Number::Int(number)) => serializer.serialize_i64(*number),
            Self::Number(Number::UInt(number)) => serializer.serialize_u64(*number),
            Self::Number(Number::Float(number)) => serializer.serialize_f64(*number),
            Self::String(text) => serializer.serialize_str(text),
            Self::Sequence(items) => serializer.collect_seq(items.iter().map(|item| &item.value)),
            Self::Mapping(mapping) => {
                serializer.collect_map(mapping.entries.iter().map(|entry| (&entry.key.text, &entry.value.value)))
            }
        }
    }
}

impl<'s> Node<'s> {
    /// The map, if it is one.
    pub fn as_mapping(&self) -> Option<&Mapping<'s>> {
        match &self.value {
            Value::Mapping(mapping) => Some(mapping),
            _ => None,
        }
    }

    /// The text, if it is a string.
    pub fn as_str(&self) -> Option<&str> {
        match &self.value {
            Value::String(text) => Some(text),
            _ => None,
        }
    }

    /// The same data without positions, as `serde_json` has it.
    pub fn to_json(&self) -> serde_json::Value {
        use serde_json::Value as Json;
        match &self.value {
            Value::Null => Json::Null,
            Value::Bool(value) => Json::Bool(*value),
            Value::Number(number) => Json::from(*number),
            Value::String(text) => Json::String(text.to_string()),
            Value::Sequence(items) => Json::Array(items.iter().map(Node::to_json).collect()),
            Value::Mapping(mapping) => Json::Object(
                mapping.entries.iter().map(|entry| (entry.key.text.to_string(), entry.value.to_json())).collect(),
            ),
        }
    }
}

impl Value<'_> {
    /// What it is, in the words of the YAML and JSON world.
    pub const fn kind(&self) -> &'static str {
        match self {
            Self::Null => "null",
            Self::Bool(_) => "a boolean",
            Self::Number(_) => "a number",
            Self::String(_) => "a string",
            Self::Sequence(_) => "a list",
            Self::Mapping(_) => "a mapping",
        }
    }
}
