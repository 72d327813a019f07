//! How the values of fly.toml and of machine configs are read from a tree and written to one.

use alloc::borrow::Cow;

use crate::diagnostic::Diagnostics;
use crate::document::{Mapping, Node, Number, Value};
use crate::fly::Duration;
use crate::fly::messages;
use crate::map::SortedMap;
use crate::pointer::Path;
use crate::prelude::*;

/// A type that a key can have.
pub(crate) trait Field {
    /// The value at a node, or none if it is of another type, which is reported. What is wrong
    /// below it is reported and left out.
    fn read(node: &Node<'_>, at: &Path<'_>, diagnostics: &mut Diagnostics) -> Option<Self>
    where
        Self: Sized;

    /// The value as a tree. In a `whole` one every section has all its keys, null where nothing is said.
    fn tree(&self, whole: bool) -> Value<'_>;

    /// Whether there is nothing to write, not even the key.
    fn is_absent(&self) -> bool {
        false
    }

    /// The value as a tree with what it says.
    fn write(&self) -> Value<'_> {
        self.tree(false)
    }
}

/// A field of a section, to be read into.
pub(crate) trait Slot {
    /// Puts in the value at a node, if it has the right type.
    fn fill(&mut self, node: &Node<'_>, at: &Path<'_>, diagnostics: &mut Diagnostics);
}

impl<T: Field> Slot for T {
    fn fill(&mut self, node: &Node<'_>, at: &Path<'_>, diagnostics: &mut Diagnostics) {
        if let Some(value) = T::read(node, at, diagnostics) {
            *self = value;
        }
    }
}

/// A table that is being read.
pub(crate) struct Section<'n, 'd> {
    mapping: &'n Mapping<'n>,
    at: &'n Path<'n>,
    diagnostics: &'d mut Diagnostics,
}

impl<'n, 'd> Section<'n, 'd> {
    /// Reports the keys of a table that are not among `keys`.
    pub(crate) fn open(
        node: &'n Node<'n>,
        at: &'n Path<'n>,
        keys: &[&str],
        diagnostics: &'d mut Diagnostics,
    ) -> Option<Self> {
        let mapping = table(node, at, diagnostics)?;
        for entry in &mapping.entries {
            let key: &str = &entry.key.text;
            if !keys.iter().any(|known| known.eq_ignore_ascii_case(key)) {
                diagnostics.push(messages::unknown_key(&at.key(key), at, key, keys));
            }
        }
        Some(Self { mapping, at, diagnostics })
    }

    /// Reads the value of a key, in upper or lower case as in flyctl. JSON's and YAML's null is no value.
    pub(crate) fn read(&mut self, key: &str, slot: &mut dyn Slot) {
        let entry = self.mapping.entries.iter().find(|entry| entry.key.text.eq_ignore_ascii_case(key));
        if let Some(entry) = entry.filter(|entry| entry.value.value != Value::Null) {
            slot.fill(&entry.value, &self.at.key(&entry.key.text), self.diagnostics);
        }
    }
}

fn table<'n>(node: &'n Node<'n>, at: &Path<'_>, diagnostics: &mut Diagnostics) -> Option<&'n Mapping<'n>> {
    let mapping = node.as_mapping();
    if mapping.is_none() {
        diagnostics.push(messages::wrong_type(at, "a table", &node.value));
    }
    mapping
}

/// A table that is being written.
pub(crate) struct Table<'s> {
    mapping: Mapping<'s>,
    /// Whether keys without a value are written too.
    whole: bool,
}

impl<'s> Table<'s> {
    pub(crate) fn new(whole: bool) -> Self {
        Self { mapping: Mapping::default(), whole }
    }

    pub(crate) fn put(&mut self, key: &'static str, value: &'s dyn Field) {
        match value.is_absent() {
            false => self.mapping.push(key, value.tree(self.whole)),
            true if self.whole => self.mapping.push(key, Value::Null),
            true => {}
        }
    }

    pub(crate) fn finish(self) -> Value<'s> {
        Value::Mapping(self.mapping)
    }
}

impl<T: Field> Field for Option<T> {
    fn read(node: &Node<'_>, at: &Path<'_>, diagnostics: &mut Diagnostics) -> Option<Self> {
        T::read(node, at, diagnostics).map(Some)
    }

    fn tree(&self, whole: bool) -> Value<'_> {
        self.as_ref().map_or(Value::Null, |value| value.tree(whole))
    }

    fn is_absent(&self) -> bool {
        self.is_none()
    }
}

impl<T: Field> Field for Vec<T> {
    fn read(node: &Node<'_>, at: &Path<'_>, diagnostics: &mut Diagnostics) -> Option<Self> {
        let Value::Sequence(items) = &node.value else {
            diagnostics.push(messages::wrong_type(at, "a list", &node.value));
            return None;
        };
        let mut list = Self::new();
        for (index, item) in items.iter().enumerate() {
            if let Some(value) = T::read(item, &at.index(index), diagnostics) {
                list.push(value);
            }
        }
        Some(list)
    }

    fn tree(&self, whole: bool) -> Value<'_> {
        let mut items = Vec::new();
        for item in self {
            items.push(item.tree(whole).into());
        }
        Value::Sequence(items)
    }

    fn is_absent(&self) -> bool {
        self.is_empty()
    }
}

impl<T: Field> Field for SortedMap<String, T> {
    fn read(node: &Node<'_>, at: &Path<'_>, diagnostics: &mut Diagnostics) -> Option<Self> {
        let mut entries = Vec::new();
        for entry in &table(node, at, diagnostics)?.entries {
            let key = &entry.key.text;
            if let Some(value) = T::read(&entry.value, &at.key(key), diagnostics) {
                entries.push((key.to_string(), value));
            }
        }
        Some(entries.into_iter().collect())
    }

    fn tree(&self, _: bool) -> Value<'_> {
        let mut mapping = Mapping::default();
        for (key, value) in self {
            mapping.push(key.as_str(), value.write());
        }
        Value::Mapping(mapping)
    }

    fn is_absent(&self) -> bool {
        self.is_empty()
    }
}

/// A value that one pattern of the tree's values holds.
macro_rules! scalars {
    ($($type:ty, $expected:literal, $pattern:pat => $value:expr, $written:ident => $write:expr;)*) => {
        $(impl Field for $type {
            fn read(node: &Node<'_>, at: &Path<'_>, diagnostics: &mut Diagnostics) -> Option<Self> {
                let value = match &node.value {
                    $pattern => $value,
                    _ => None,
                };
                if value.is_none() {
                    diagnostics.push(messages::wrong_type(at, $expected, &node.value));
                }
                value
            }

            fn tree(&self, _: bool) -> Value<'_> {
                let $written = self;
                $write
            }
        })*
    };
}

/// flyctl takes whole numbers for whole numbers even when they are written as floats.
fn whole<T: TryFrom<i64>>(number: Number) -> Option<T> {
    T::try_from(number.as_whole()?).ok()
}

fn int(number: impl Into<i64>) -> Value<'static> {
    Value::Number(Number::Int(number.into()))
}

scalars! {
    bool, "`true` or `false`", Value::Bool(value) => Some(*value), value => Value::Bool(*value);
    u8, "a whole number from 0 to 255", Value::Number(number) => whole(*number), number => int(*number);
    u16, "a whole number from 0 to 65535", Value::Number(number) => whole(*number), number => int(*number);
    u32, "a whole number from 0 to 4294967295", Value::Number(number) => whole(*number), number => int(*number);
    f64, "a number", Value::Number(number) => Some(number.as_f64()), number => Value::Number(Number::Float(*number));
    String, "text", Value::String(text) => Some(text.to_string()), text => Value::String(Cow::Borrowed(text));
}

/// flyctl takes bare numbers for nanoseconds where it has no other unit for them.
impl Field for Duration {
    fn read(node: &Node<'_>, at: &Path<'_>, diagnostics: &mut Diagnostics) -> Option<Self> {
        let duration = match &node.value {
            Value::String(text) => Self::parse(text),
            Value::Number(number) => whole(*number).map(Self::from_nanos),
            _ => None,
        };
        match (&node.value, duration) {
            (Value::Number(_), Some(_)) => diagnostics.push(messages::nanoseconds(at)),
            (_, Some(_)) => {}
            (value, None) => {
                diagnostics.push(messages::wrong_type(at, "a duration such as `10s` or `1m30s`", value));
            }
        }
        duration
    }

    fn tree(&self, _: bool) -> Value<'_> {
        Value::String(self.to_string().into())
    }
}
