//! How the values of fly.toml and of machine configs are read from a tree and written to one.

use alloc::borrow::Cow;

use crate::diagnostic::Diagnostics;
use crate::document::{Entry, Mapping, Node, Number, Value};
use crate::fly::Duration;
use crate::fly::messages;
use crate::map::SortedMap;
use crate::pointer::Path;
use crate::prelude::*;

/// A type that a key can have.
///
/// There are some four hundred fields in sixty sections, so what each costs is looked after: they are read and
/// written as trait objects, in place, and a section hands out its keys in order.
pub(crate) trait Field {
    /// A value to be filled.
    fn blank() -> Self
    where
        Self: Sized;

    /// Takes what stands at a node. `false` if that is of another type, which is reported. What is wrong below it
    /// is reported and left out.
    fn fill(&mut self, node: &Node<'_>, at: &Path<'_>, diagnostics: &mut Diagnostics) -> bool;

    /// The value as a tree. In a `whole` one every section has all its keys, null where nothing is said.
    fn tree(&self, whole: bool) -> Value<'_>;

    /// Whether there is nothing to write, not even the key.
    fn is_absent(&self) -> bool {
        false
    }

    /// The value at a node, or none if it is of another type.
    fn read(node: &Node<'_>, at: &Path<'_>, diagnostics: &mut Diagnostics) -> Option<Self>
    where
        Self: Sized,
    {
        let mut value = Self::blank();
        value.fill(node, at, diagnostics).then_some(value)
    }

    /// The value as a tree with what it says.
    fn write(&self) -> Value<'_> {
        self.tree(false)
    }
}

/// A table that is being read.
pub(crate) struct Section<'n, 'd> {
    mapping: &'n Mapping<'n>,
    at: &'n Path<'n>,
    /// Those of the fields that are still to be read.
    keys: core::slice::Iter<'static, &'static str>,
    diagnostics: &'d mut Diagnostics,
}

impl<'n, 'd> Section<'n, 'd> {
    /// Reports the keys of a table that are not among `keys`.
    pub(crate) fn open(
        node: &'n Node<'n>,
        at: &'n Path<'n>,
        keys: &'static [&'static str],
        diagnostics: &'d mut Diagnostics,
    ) -> Option<Self> {
        let mapping = table(node, at, diagnostics)?;
        for entry in &mapping.entries {
            let key: &str = &entry.key.text;
            if !keys.iter().any(|known| known.eq_ignore_ascii_case(key)) {
                diagnostics.push(messages::unknown_key(&at.key(key), at, key, keys));
            }
        }
        Some(Self { mapping, at, keys: keys.iter(), diagnostics })
    }

    /// Reads the field of the next key, which may be in upper or lower case as in flyctl. JSON's and YAML's null
    /// is no value.
    pub(crate) fn read(&mut self, field: &mut dyn Field) {
        let Some(key) = self.keys.next() else { return };
        let entry = self.mapping.entries.iter().find(|entry| entry.key.text.eq_ignore_ascii_case(key));
        if let Some(entry) = entry.filter(|entry| entry.value.value != Value::Null) {
            field.fill(&entry.value, &self.at.key(&entry.key.text), self.diagnostics);
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
    /// Those of the fields that are still to be written.
    keys: core::slice::Iter<'static, &'static str>,
    /// Whether keys without a value are written too.
    whole: bool,
}

impl<'s> Table<'s> {
    pub(crate) fn new(keys: &'static [&'static str], whole: bool) -> Self {
        Self { mapping: Mapping::default(), keys: keys.iter(), whole }
    }

    /// Writes the field of the next key.
    pub(crate) fn put(&mut self, field: &'s dyn Field) {
        let Some(key) = self.keys.next() else { return };
        match field.is_absent() {
            false => self.mapping.push(*key, field.tree(self.whole)),
            true if self.whole => self.mapping.push(*key, Value::Null),
            true => {}
        }
    }

    pub(crate) fn finish(self) -> Value<'s> {
        Value::Mapping(self.mapping)
    }
}

impl<T: Field> Field for Option<T> {
    fn blank() -> Self {
        None
    }

    fn fill(&mut self, node: &Node<'_>, at: &Path<'_>, diagnostics: &mut Diagnostics) -> bool {
        let filled = self.insert(T::blank()).fill(node, at, diagnostics);
        if !filled {
            *self = None;
        }
        filled
    }

    fn tree(&self, whole: bool) -> Value<'_> {
        match self {
            Some(value) => value.tree(whole),
            None => Value::Null,
        }
    }

    fn is_absent(&self) -> bool {
        self.is_none()
    }
}

/// What takes any number of values. What does not depend on their type is written once, and not for each of them.
trait Values {
    /// Adds the value at a node, if it has the right type.
    fn add(&mut self, key: &str, node: &Node<'_>, at: &Path<'_>, diagnostics: &mut Diagnostics);
}

impl<T: Field> Values for Vec<T> {
    fn add(&mut self, _: &str, node: &Node<'_>, at: &Path<'_>, diagnostics: &mut Diagnostics) {
        let mut value = T::blank();
        if value.fill(node, at, diagnostics) {
            self.push(value);
        }
    }
}

impl<T: Field> Values for Vec<(String, T)> {
    fn add(&mut self, key: &str, node: &Node<'_>, at: &Path<'_>, diagnostics: &mut Diagnostics) {
        let mut value = T::blank();
        if value.fill(node, at, diagnostics) {
            self.push((key.to_owned(), value));
        }
    }
}

fn read_list(values: &mut dyn Values, node: &Node<'_>, at: &Path<'_>, diagnostics: &mut Diagnostics) -> bool {
    let Value::Sequence(items) = &node.value else {
        diagnostics.push(messages::wrong_type(at, "a list", &node.value));
        return false;
    };
    for (index, item) in items.iter().enumerate() {
        values.add("", item, &at.index(index), diagnostics);
    }
    true
}

fn read_map(values: &mut dyn Values, node: &Node<'_>, at: &Path<'_>, diagnostics: &mut Diagnostics) -> bool {
    let Some(mapping) = table(node, at, diagnostics) else { return false };
    for Entry { key, value } in &mapping.entries {
        values.add(&key.text, value, &at.key(&key.text), diagnostics);
    }
    true
}

impl<T: Field> Field for Vec<T> {
    fn blank() -> Self {
        Self::new()
    }

    fn fill(&mut self, node: &Node<'_>, at: &Path<'_>, diagnostics: &mut Diagnostics) -> bool {
        read_list(self, node, at, diagnostics)
    }

    fn tree(&self, whole: bool) -> Value<'_> {
        let mut items = Vec::with_capacity(self.len());
        for item in self {
            push(&mut items, item, whole);
        }
        Value::Sequence(items)
    }

    fn is_absent(&self) -> bool {
        self.is_empty()
    }
}

fn push<'s>(items: &mut Vec<Node<'s>>, item: &'s dyn Field, whole: bool) {
    items.push(item.tree(whole).into());
}

fn put<'s>(mapping: &mut Mapping<'s>, key: &'s str, value: &'s dyn Field) {
    mapping.push(key, value.write());
}

impl<T: Field> Field for SortedMap<String, T> {
    fn blank() -> Self {
        Self::new()
    }

    fn fill(&mut self, node: &Node<'_>, at: &Path<'_>, diagnostics: &mut Diagnostics) -> bool {
        let mut entries: Vec<(String, T)> = Vec::new();
        let is_table = read_map(&mut entries, node, at, diagnostics);
        *self = entries.into_iter().collect();
        is_table
    }

    fn tree(&self, _: bool) -> Value<'_> {
        let mut mapping = Mapping::default();
        for (key, value) in self {
            put(&mut mapping, key, value);
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
            fn blank() -> Self {
                Self::default()
            }

            fn fill(&mut self, node: &Node<'_>, at: &Path<'_>, diagnostics: &mut Diagnostics) -> bool {
                let value = match &node.value {
                    $pattern => $value,
                    _ => None,
                };
                let Some(value) = value else {
                    diagnostics.push(messages::wrong_type(at, $expected, &node.value));
                    return false;
                };
                *self = value;
                true
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
    fn blank() -> Self {
        Self::from_nanos(0)
    }

    fn fill(&mut self, node: &Node<'_>, at: &Path<'_>, diagnostics: &mut Diagnostics) -> bool {
        let duration = match &node.value {
            Value::String(text) => Self::parse(text),
            Value::Number(number) => whole(*number).map(Self::from_nanos),
            _ => None,
        };
        let Some(duration) = duration else {
            diagnostics.push(messages::wrong_type(at, "a duration such as `10s` or `1m30s`", &node.value));
            return false;
        };
        if matches!(node.value, Value::Number(_)) {
            diagnostics.push(messages::nanoseconds(at));
        }
        *self = duration;
        true
    }

    fn tree(&self, _: bool) -> Value<'_> {
        Value::String(self.to_string().into())
    }
}
