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
pub(crate) trait Field: Sized {
    /// The value at a node, or none if it is of another type, which is reported. What is wrong
    /// below it is reported and left out.
    fn read(node: &Node<'_>, at: &Path<'_>, diagnostics: &mut Diagnostics) -> Option<Self>;

    /// The value as a tree.
    fn write(&self) -> Value<'_>;

    /// The value as a tree in which every section has all its keys, null where nothing is said.
    fn write_whole(&self) -> Value<'_> {
        self.write()
    }

    /// Whether there is nothing to write, not even the key.
    fn is_absent(&self) -> bool {
        false
    }
}

/// A table that is being read.
pub(crate) struct Section<'n> {
    mapping: &'n Mapping<'n>,
    at: &'n Path<'n>,
}

impl<'n> Section<'n> {
    /// Reports the keys of a table that are not among `keys`.
    pub(crate) fn open(
        node: &'n Node<'n>,
        at: &'n Path<'n>,
        keys: &[&str],
        diagnostics: &mut Diagnostics,
    ) -> Option<Self> {
        let Some(mapping) = node.as_mapping() else {
            diagnostics.push(messages::wrong_type(at, "a table", &node.value));
            return None;
        };
        for entry in &mapping.entries {
            let key: &str = &entry.key.text;
            if !keys.iter().any(|known| known.eq_ignore_ascii_case(key)) {
                diagnostics.push(messages::unknown_key(&at.key(key), at, key, keys));
            }
        }
        Some(Self { mapping, at })
    }

    /// The value of a key, in upper or lower case as in flyctl. JSON's and YAML's null is no value.
    pub(crate) fn get<T: Field + Default>(&self, key: &str, diagnostics: &mut Diagnostics) -> T {
        let entry = self.mapping.entries.iter().find(|entry| entry.key.text.eq_ignore_ascii_case(key));
        match entry.filter(|entry| entry.value.value != Value::Null) {
            Some(entry) => T::read(&entry.value, &self.at.key(&entry.key.text), diagnostics),
            None => None,
        }
        .unwrap_or_default()
    }
}

/// Adds a key to a table, if its value has anything to say.
pub(crate) fn put<'s>(mapping: &mut Mapping<'s>, key: &'static str, value: &'s impl Field) {
    if !value.is_absent() {
        mapping.push(key, value.write());
    }
}

/// Adds a key to a table, whether its value has anything to say or not.
pub(crate) fn put_whole<'s>(mapping: &mut Mapping<'s>, key: &'static str, value: &'s impl Field) {
    mapping.push(key, if value.is_absent() { Value::Null } else { value.write_whole() });
}

impl<T: Field> Field for Option<T> {
    fn read(node: &Node<'_>, at: &Path<'_>, diagnostics: &mut Diagnostics) -> Option<Self> {
        T::read(node, at, diagnostics).map(Some)
    }

    fn write(&self) -> Value<'_> {
        self.as_ref().map_or(Value::Null, T::write)
    }

    fn write_whole(&self) -> Value<'_> {
        self.as_ref().map_or(Value::Null, T::write_whole)
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
        let items = items.iter().enumerate();
        Some(items.filter_map(|(index, item)| T::read(item, &at.index(index), diagnostics)).collect())
    }

    fn write(&self) -> Value<'_> {
        Value::Sequence(self.iter().map(|item| item.write().into()).collect())
    }

    fn write_whole(&self) -> Value<'_> {
        Value::Sequence(self.iter().map(|item| item.write_whole().into()).collect())
    }

    fn is_absent(&self) -> bool {
        self.is_empty()
    }
}

impl<T: Field> Field for SortedMap<String, T> {
    fn read(node: &Node<'_>, at: &Path<'_>, diagnostics: &mut Diagnostics) -> Option<Self> {
        let Some(mapping) = node.as_mapping() else {
            diagnostics.push(messages::wrong_type(at, "a table", &node.value));
            return None;
        };
        let entries = mapping.entries.iter().filter_map(|entry| {
            let key = &entry.key.text;
            Some((key.to_string(), T::read(&entry.value, &at.key(key), diagnostics)?))
        });
        Some(entries.collect())
    }

    fn write(&self) -> Value<'_> {
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

            fn write(&self) -> Value<'_> {
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

    fn write(&self) -> Value<'_> {
        Value::String(self.to_string().into())
    }
}
