//! From JSON Pointers to places in the text.

use alloc::collections::BTreeMap;

use super::{Document, Entry, Key, Mapping, Node, Value};
use crate::diagnostic::{Diagnostic, Location, Part};
use crate::pointer::Pointer;
use crate::source::{Origin, Span};

/// What was found on the way down a pointer.
struct Found<'d, 's> {
    key: Option<&'d Key<'s>>,
    node: &'d Node<'s>,
    /// Whether the pointer names this node itself, and not something missing below it.
    whole: bool,
}

/// The entries of large mappings by their keys: of 20,000 variables each may have a diagnostic.
#[derive(Default)]
pub(crate) struct Entries<'d, 's>(BTreeMap<*const Mapping<'s>, BTreeMap<&'d str, &'d Entry<'s>>>);

impl<'d, 's> Entries<'d, 's> {
    /// In a smaller one, looking at each is as fast.
    const LARGE: usize = 64;

    /// [`Mapping::entry`].
    pub(crate) fn get(&mut self, mapping: &'d Mapping<'s>, key: &str) -> Option<&'d Entry<'s>> {
        if mapping.entries.len() < Self::LARGE {
            return mapping.entry(key);
        }
        let by_key = || mapping.entries.iter().map(|entry| (&*entry.key.text, entry)).collect();
        self.0.entry(core::ptr::from_ref(mapping)).or_insert_with(by_key).get(key).copied()
    }
}

/// How to find an entry of a mapping.
type Find<'f, 'd, 's> = &'f mut dyn FnMut(&'d Mapping<'s>, &str) -> Option<&'d Entry<'s>>;

impl<'s> Document<'s> {
    /// Fills in the places of a diagnostic and of what is related to it. A pointer to something
    /// that is missing gets the place of the nearest node above it.
    pub fn locate(&self, diagnostic: &mut Diagnostic) {
        self.locate_with(&mut Mapping::entry, diagnostic);
    }

    /// [`locate`](Self::locate), for one of many.
    pub(crate) fn locate_with<'d>(&'d self, entry: Find<'_, 'd, 's>, diagnostic: &mut Diagnostic) {
        if diagnostic.location.is_none() {
            let origin = diagnostic.origin.unwrap_or_else(|| self.find(&diagnostic.pointer, &diagnostic.part, entry));
            diagnostic.location = self.location(origin);
        }
        for related in &mut diagnostic.related {
            if related.location.is_none() {
                let origin = related.origin.unwrap_or_else(|| self.find(&related.pointer, &Part::Key, entry));
                related.location = self.location(origin);
            }
        }
    }

    /// The place of the key under which the node at `pointer` stands.
    pub(crate) fn place(&self, pointer: &Pointer) -> Option<Location> {
        self.location(self.find(pointer, &Part::Key, &mut Mapping::entry))
    }

    fn location(&self, origin: Origin) -> Option<Location> {
        let source = self.source(origin.source)?;
        Some(Location { source: source.name.clone(), span: origin.span })
    }

    fn find<'d>(&'d self, pointer: &Pointer, part: &Part, entry: Find<'_, 'd, 's>) -> Origin {
        let Found { key, node, whole } = self.walk(pointer, entry);
        let key = key.map(|key| key.origin);
        match part {
            Part::Value | Part::Text(_) if whole => {
                if let Part::Text(text) = part
                    && let Some(origin) = self.find_text(node.origin, text)
                {
                    return origin;
                }
                match (&node.value, key) {
                    // A whole block of lines is too much to underline, and nothing can't be.
                    (Value::Mapping(_) | Value::Sequence(_), Some(key)) => key,
                    (_, Some(key)) if node.origin.span.start == node.origin.span.end => key,
                    _ => self.first_line(node.origin),
                }
            }
            _ => key.unwrap_or_else(|| self.first_line(node.origin)),
        }
    }

    /// The node at a pointer.
    pub(crate) fn node(&self, pointer: &Pointer) -> Option<&Node<'s>> {
        Some(self.walk(pointer, &mut Mapping::entry)).filter(|found| found.whole).map(|found| found.node)
    }

    fn walk<'d>(&'d self, pointer: &Pointer, entry: Find<'_, 'd, 's>) -> Found<'d, 's> {
        let mut found = Found { key: None, node: &self.root, whole: true };
        for segment in pointer.segments() {
            let next = match &found.node.value {
                Value::Mapping(mapping) => entry(mapping, &segment).map(|entry| (Some(&entry.key), &entry.value)),
                Value::Sequence(items) => {
                    segment.parse().ok().and_then(|index: usize| items.get(index)).map(|item| (None, item))
                }
                _ => None,
            };
            match next {
                Some((key, node)) => found = Found { key, node, whole: true },
                None => return Found { whole: false, ..found },
            }
        }
        found
    }

    /// The place of `text` inside a node, where the source spells it the same way.
    #[expect(clippy::cast_possible_truncation, reason = "sources are limited to far below 4 GiB")]
    fn find_text(&self, origin: Origin, text: &str) -> Option<Origin> {
        let slice = origin.span.slice(&self.source(origin.source)?.text);
        let start = origin.span.start + slice.find(text)? as u32;
        Some(Origin { span: Span { start, end: start + text.len() as u32 }, ..origin })
    }

    /// The part of a place that lies on its first line.
    #[expect(clippy::cast_possible_truncation, reason = "sources are limited to far below 4 GiB")]
    fn first_line(&self, origin: Origin) -> Origin {
        let Some(source) = self.source(origin.source) else { return origin };
        let slice = origin.span.slice(&source.text);
        let length = slice.find('\n').map_or(slice.len(), |end| slice.get(..end).unwrap_or_default().trim_end().len());
        Origin { span: Span { start: origin.span.start, end: origin.span.start + length as u32 }, ..origin }
    }
}
