//! Overrides: trees merged over a document, and single values set by path.
//!
//! The rules are those of Score's own tools, whose merge is mergo's `WithOverride` and whose paths
//! are score-go's `OverridePathInMap`.

use alloc::borrow::Cow;

use super::yaml::{self, limits::MAX_DEPTH};
use super::{Document, Entry, Key, Mapping, Node, Value};
use crate::diagnostic::{Diagnostic, Diagnostics, Outcome};
use crate::document::messages;
use crate::map::SortedMap;
use crate::pointer::Pointer;
use crate::prelude::*;
use crate::source::{Origin, Source, SourceIndex, Span};

/// A change to a document before it is checked.
#[derive(Debug, Clone, PartialEq, Eq)]
#[non_exhaustive]
pub enum Override {
    /// A YAML mapping that is merged over the document: maps deeply, all else replaced.
    File(Source),
    /// `path=value`, as on a command line: `containers.web.image=nginx`. The value is YAML; an
    /// empty or null one removes the key. In the path, `\.` is a dot and `\\` a backslash within
    /// a key; in a list, `-1` appends.
    Property(Source),
}

impl Override {
    /// `path=value`, as the argument of a flag.
    pub fn property(text: impl Into<String>) -> Self {
        let text = text.into();
        let path = text.split('=').next().unwrap_or_default();
        Self::Property(Source::new(format!("--override-property {path}"), text))
    }

    /// Its text.
    pub fn source(&self) -> &Source {
        match self {
            Self::File(source) | Self::Property(source) => source,
        }
    }
}

/// Applies overrides from left to right. Nodes keep the place in the text that they came from.
///
/// There is always a value: an override that can't be applied is left out.
pub fn apply<'s>(mut document: Document<'s>, overrides: &'s [Override]) -> Outcome<Document<'s>> {
    let mut diagnostics = Diagnostics::new();
    for change in overrides {
        let Ok(id) = u16::try_from(document.sources.len()).map(SourceIndex) else {
            diagnostics.push(messages::too_many_overrides());
            break;
        };
        document.sources.push(Cow::Borrowed(change.source()));
        match change {
            Override::File(source) => diagnostics.extend(merge_file(&mut document.root, source, id)),
            Override::Property(source) => diagnostics.extend(set_property(&mut document.root, source, id)),
        }
    }
    Outcome::new(document, diagnostics)
}

fn merge_file<'s>(root: &mut Node<'s>, source: &'s Source, id: SourceIndex) -> Diagnostics {
    let (tree, mut diagnostics) = yaml::read(&source.text, 0, id).into_parts();
    match tree {
        // An overrides file may be empty.
        None | Some(Node { value: Value::Null, .. }) => {}
        Some(tree) if tree.as_mapping().is_some() => merge(root, tree),
        Some(tree) => diagnostics.push(messages::overrides_not_a_mapping(tree.origin, tree.value.kind())),
    }
    diagnostics
}

/// Merges maps deeply; anything else is replaced, by null too.
pub(crate) fn merge<'s>(base: &mut Node<'s>, over: Node<'s>) {
    match (&mut base.value, over.value) {
        (Value::Mapping(base), Value::Mapping(over)) => {
            let places: SortedMap<Cow<'s, str>, usize> =
                base.entries.iter().enumerate().map(|(place, entry)| (entry.key.text.clone(), place)).collect();
            for entry in over.entries {
                match places.get(&entry.key.text).and_then(|place| base.entries.get_mut(*place)) {
                    None => base.entries.push(entry),
                    Some(old) if both_mappings(&old.value, &entry.value) => merge(&mut old.value, entry.value),
                    Some(old) => *old = entry,
                }
            }
        }
        (_, value) => *base = Node { value, origin: over.origin },
    }
}

fn both_mappings(a: &Node<'_>, b: &Node<'_>) -> bool {
    a.as_mapping().is_some() && b.as_mapping().is_some()
}

fn set_property<'s>(root: &mut Node<'s>, source: &'s Source, id: SourceIndex) -> Diagnostics {
    let whole = Origin { source: id, span: span(0, source.text.len()) };
    let Some((path, _)) = source.text.split_once('=') else {
        return Diagnostics::from_iter([messages::override_without_value(whole)]);
    };
    let steps = split_path(path, id);
    if steps.len() > MAX_DEPTH {
        return Diagnostics::from_iter([messages::nested_too_deeply(whole, MAX_DEPTH)]);
    }
    let (value, read) = yaml::read(&source.text, path.len() + 1, id).into_parts();
    // What is wrong within the value is wrong below the path.
    let pointer: Pointer = steps.iter().map(|step| step.text.as_ref()).collect();
    let mut diagnostics: Diagnostics =
        read.into_iter().map(|found| Diagnostic { pointer: pointer.join(&found.pointer), ..found }).collect();
    if let Some(value) = value {
        let value = Some(value).filter(|value| value.value != Value::Null);
        diagnostics.extend(change(root, &steps, value));
    }
    diagnostics
}

/// The keys of a path, each with its place.
fn split_path(path: &str, source: SourceIndex) -> Vec<Key<'_>> {
    let mut steps = Vec::new();
    let mut start = 0;
    let mut escaped = false;
    for (offset, character) in path.char_indices().chain([(path.len(), '.')]) {
        let end_of_path = offset == path.len();
        if character == '.' && (end_of_path || !escaped) {
            let written = path.get(start..offset).unwrap_or_default();
            let origin = Origin { source, span: span(start, offset) };
            steps.push(Key { text: unescape(written), is_string: true, origin });
            start = offset + 1;
        }
        escaped = character == '\\' && !escaped;
    }
    steps
}

/// A key of a path without its escapes. A backslash before anything else is a backslash.
fn unescape(written: &str) -> Cow<'_, str> {
    if !written.contains('\\') {
        return Cow::Borrowed(written);
    }
    let mut text = String::with_capacity(written.len());
    let mut characters = written.chars().peekable();
    while let Some(character) = characters.next() {
        let escape = (character == '\\').then(|| characters.next_if(|next| matches!(next, '.' | '\\'))).flatten();
        text.push(escape.unwrap_or(character));
    }
    Cow::Owned(text)
}

/// Sets what the steps lead to, or removes it where there is no value. Mappings that are missing
/// on the way are created, when removing too.
fn change<'s>(node: &mut Node<'s>, steps: &[Key<'s>], value: Option<Node<'s>>) -> Diagnostics {
    let mut diagnostics = Diagnostics::new();
    let Some((step, rest)) = steps.split_first() else { return diagnostics };
    match &mut node.value {
        Value::Mapping(mapping) if rest.is_empty() => set_key(mapping, step, value),
        Value::Mapping(mapping) => {
            if mapping.get(&step.text).is_none() {
                let empty = Node { value: Value::Mapping(Mapping::default()), origin: step.origin };
                set_key(mapping, step, Some(empty));
            }
            if let Some(entry) = mapping.entry_mut(&step.text) {
                diagnostics = change(&mut entry.value, rest, value);
            }
        }
        Value::Sequence(items) => match (step.text.parse::<i64>(), value) {
            (Err(_), _) => diagnostics.push(messages::override_index_not_a_number(step.origin, &step.text)),
            (Ok(-1), Some(value)) if rest.is_empty() => items.push(value),
            (Ok(index), value) => {
                let length = items.len();
                let place = usize::try_from(index).unwrap_or(usize::MAX);
                match (items.get_mut(place), value) {
                    (None, _) => {
                        diagnostics.push(messages::override_index_out_of_range(step.origin, &step.text, length));
                    }
                    (Some(item), value) if !rest.is_empty() => diagnostics = change(item, rest, value),
                    (Some(item), Some(value)) => *item = value,
                    (Some(_), None) => drop(items.remove(place)),
                }
            }
        },
        other => diagnostics.push(messages::override_through_scalar(step.origin, &step.text, other.kind())),
    }
    diagnostics
}

fn set_key<'s>(mapping: &mut Mapping<'s>, key: &Key<'s>, value: Option<Node<'s>>) {
    match value {
        None => mapping.entries.retain(|entry| entry.key.text != key.text),
        Some(value) => {
            let new = Entry { key: key.clone(), value };
            match mapping.entry_mut(&key.text) {
                Some(entry) => *entry = new,
                None => mapping.entries.push(new),
            }
        }
    }
}

fn span(start: usize, end: usize) -> Span {
    let byte = |offset| u32::try_from(offset).unwrap_or(u32::MAX);
    Span { start: byte(start), end: byte(end) }
}
