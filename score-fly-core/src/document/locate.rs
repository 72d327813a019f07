//! From JSON Pointers to places in the text.

use super::{Document, Entry, Key, Mapping, Node, Value};
use crate::diagnostic::{Diagnostic, Diagnostics, Location, Outcome, Part};
use crate::map::SortedMap;
use crate::pointer::Pointer;
use crate::prelude::*;
use crate::source::{Origin, SourceId, Span};

impl<T> Outcome<T> {
    /// Turns pointers into places in the document's sources, and sorts by them.
    pub fn locate(self, document: &Document<'_>) -> Self {
        self.map_diagnostics(|diagnostics| diagnostics.locate(document))
    }
}

impl Diagnostics {
    /// Turns pointers into places in the document's sources, and sorts by them.
    pub fn locate(&mut self, document: &Document<'_>) {
        if self.is_empty() {
            return;
        }
        let mut locator = Locator::new(document);
        self.change_each(|diagnostic| locator.locate(diagnostic));
        // Sources of one name stay in the order in which they were merged.
        let index = |location: &Location| locator.ids.iter().position(|id| *id == Some(location.id));
        let order = |found: &Location| (index(found), found.span);
        self.sort_by(|a, b| match (a, b) {
            (Some(a), Some(b)) => a.source.cmp(&b.source).then_with(|| order(a).cmp(&order(b))),
            (a, b) => a.is_none().cmp(&b.is_none()),
        });
    }
}

impl<'s> Document<'s> {
    /// Fills in the places of a diagnostic and of what is related to it. A pointer to something
    /// that is missing gets the place of the nearest node above it.
    pub fn locate(&self, diagnostic: &mut Diagnostic) {
        Locator::new(self).locate(diagnostic);
    }

    /// The place of the key under which the node at `pointer` stands.
    pub(crate) fn place(&self, pointer: &Pointer) -> Option<Location> {
        let mut locator = Locator::new(self);
        let origin = locator.find(pointer, &Part::Key);
        locator.location(origin)
    }

    /// The node at a pointer.
    pub(crate) fn node(&self, pointer: &Pointer) -> Option<&Node<'s>> {
        Some(Locator::new(self).walk(pointer)).filter(|found| found.whole).map(|found| found.node)
    }
}

/// The entries of large mappings by their keys: of 20,000 variables each may have a diagnostic.
#[derive(Default)]
struct Entries<'d, 's>(SortedMap<*const Mapping<'s>, SortedMap<&'d str, &'d Entry<'s>>>);

impl<'d, 's> Entries<'d, 's> {
    /// In a smaller one, looking at each is as fast.
    const LARGE: usize = 64;

    /// [`Mapping::entry`].
    fn get(&mut self, mapping: &'d Mapping<'s>, key: &str) -> Option<&'d Entry<'s>> {
        if mapping.entries.len() < Self::LARGE {
            return mapping.entry(key);
        }
        let address = core::ptr::from_ref(mapping);
        if !self.0.contains_key(&address) {
            self.0.insert(address, mapping.entries.iter().map(|entry| (&*entry.key.text, entry)).collect());
        }
        self.0.get(&address)?.get(key).copied()
    }
}

/// Finds the places of any number of diagnostics.
struct Locator<'d, 's> {
    document: &'d Document<'s>,
    /// The ids of the sources, as far as they were needed.
    ids: Vec<Option<SourceId>>,
    entries: Entries<'d, 's>,
}

/// What was found on the way down a pointer.
struct Found<'d, 's> {
    key: Option<&'d Key<'s>>,
    node: &'d Node<'s>,
    /// Whether the pointer names this node itself, and not something missing below it.
    whole: bool,
}

impl<'d, 's> Locator<'d, 's> {
    fn new(document: &'d Document<'s>) -> Self {
        Self { document, ids: vec![None; document.sources.len()], entries: Entries::default() }
    }

    fn locate(&mut self, diagnostic: &mut Diagnostic) {
        if diagnostic.location.is_none() {
            let origin = diagnostic.origin.unwrap_or_else(|| self.find(&diagnostic.pointer, &diagnostic.part));
            diagnostic.location = self.location(origin);
        }
        for related in &mut diagnostic.related {
            if related.location.is_none() {
                let origin = related.origin.unwrap_or_else(|| self.find(&related.pointer, &related.part));
                related.location = self.location(origin);
            }
        }
    }

    fn location(&mut self, origin: Origin) -> Option<Location> {
        let source = self.document.source(origin.source)?;
        let id = self.ids.get_mut(usize::from(origin.source.0))?.get_or_insert_with(|| source.id());
        Some(Location { source: source.name.clone(), id: *id, span: origin.span })
    }

    fn find(&mut self, pointer: &Pointer, part: &Part) -> Origin {
        let Found { key, node, whole } = self.walk(pointer);
        let key = key.map(|key| key.origin);
        match part {
            Part::Value | Part::Text(_) | Part::Bytes(_) if whole => {
                let inside = match part {
                    Part::Text(text) => self.find_text(node.origin, text),
                    Part::Bytes(span) => self.find_bytes(node, *span),
                    _ => None,
                };
                if let Some(origin) = inside {
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

    fn walk(&mut self, pointer: &Pointer) -> Found<'d, 's> {
        let mut found = Found { key: None, node: &self.document.root, whole: true };
        for segment in pointer.segments() {
            let next = match &found.node.value {
                Value::Mapping(mapping) => {
                    self.entries.get(mapping, &segment).map(|entry| (Some(&entry.key), &entry.value))
                }
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
        let slice = origin.span.slice(&self.document.source(origin.source)?.text);
        let start = origin.span.start + slice.find(text)? as u32;
        Some(Origin { span: Span { start, end: start + text.len() as u32 }, ..origin })
    }

    /// The place of some bytes of a text, as far as they are in one line, where the source spells
    /// its lines the same way.
    #[expect(clippy::cast_possible_truncation, reason = "sources are limited to far below 4 GiB")]
    fn find_bytes(&self, node: &Node<'_>, span: Span) -> Option<Origin> {
        let Value::String(text) = &node.value else { return None };
        let slice = node.origin.span.slice(&self.document.source(node.origin.source)?.text);
        let (before, after) = text.split_at_checked(span.start as usize)?;
        let line = before.bytes().filter(|byte| *byte == b'\n').count();
        let column = before.len() - before.rfind('\n').map_or(0, |end| end + 1);
        let left = after.find('\n').unwrap_or(after.len());
        let length = (span.end.saturating_sub(span.start) as usize).min(left);
        // The lines stand one after another, with nothing but indentation, or an escape, between them.
        let mut start = 0;
        for (number, spelt) in text.split('\n').enumerate() {
            start += slice.get(start..)?.find(spelt)?;
            if number == line {
                break;
            }
            start += spelt.len();
        }
        let start = node.origin.span.start + (start + column) as u32;
        Some(Origin { span: Span { start, end: start + length as u32 }, ..node.origin })
    }

    /// The part of a place that lies on its first line.
    #[expect(clippy::cast_possible_truncation, reason = "sources are limited to far below 4 GiB")]
    fn first_line(&self, origin: Origin) -> Origin {
        let Some(source) = self.document.source(origin.source) else { return origin };
        let slice = origin.span.slice(&source.text);
        let length = slice.find('\n').map_or(slice.len(), |end| slice.get(..end).unwrap_or_default().trim_end().len());
        Origin { span: Span { start: origin.span.start, end: origin.span.start + length as u32 }, ..origin }
    }
}
