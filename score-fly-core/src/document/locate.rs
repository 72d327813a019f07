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

impl Document<'_> {
    /// Fills in the places of a diagnostic and of what is related to it. A pointer to something
    /// that is missing gets the place of the nearest node above it.
    pub fn locate(&self, diagnostic: &mut Diagnostic) {
        Locator::new(self).locate(diagnostic);
    }

    /// The place of the key under which the node at `pointer` stands.
    pub(crate) fn place(&self, pointer: &Pointer) -> Option<Location> {
        Locator::new(self).place(pointer)
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
pub(crate) struct Locator<'d, 's> {
    document: &'d Document<'s>,
    /// The ids of the sources, as far as they were needed.
    ids: Vec<Option<SourceId>>,
    entries: Entries<'d, 's>,
    /// The text that was last looked into, with where its lines start: in it, and in its spelling.
    lines: Option<(&'d Node<'s>, Vec<(usize, usize)>)>,
}

/// How far a pointer leads.
pub(crate) struct Way {
    /// How many nodes there are on it.
    pub(crate) steps: usize,
    /// Whether it leads to its end.
    pub(crate) whole: bool,
    /// Whether it leads into a list, or would.
    pub(crate) in_list: bool,
}

/// What was found on the way down a pointer.
struct Found<'d, 's> {
    key: Option<&'d Key<'s>>,
    node: &'d Node<'s>,
    steps: usize,
    /// Whether the pointer names this node itself, and not something missing below it.
    whole: bool,
    in_list: bool,
}

impl<'d, 's> Locator<'d, 's> {
    pub(crate) fn new(document: &'d Document<'s>) -> Self {
        Self { document, ids: vec![None; document.sources.len()], entries: Entries::default(), lines: None }
    }

    /// The node at a pointer.
    pub(crate) fn node(&mut self, pointer: &Pointer) -> Option<&'d Node<'s>> {
        Some(self.walk(pointer)).filter(|found| found.whole).map(|found| found.node)
    }

    /// The place of the key under which the node at `pointer` stands.
    pub(crate) fn place(&mut self, pointer: &Pointer) -> Option<Location> {
        let origin = self.find(pointer, &Part::Key);
        self.location(origin)
    }

    /// How far a pointer leads.
    pub(crate) fn way(&mut self, pointer: &Pointer) -> Way {
        let Found { steps, in_list, whole, .. } = self.walk(pointer);
        Way { steps, whole, in_list }
    }

    /// Fills in the places of a diagnostic and of what is related to it.
    pub(crate) fn locate(&mut self, diagnostic: &mut Diagnostic) {
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
        let Found { key, node, whole, .. } = self.walk(pointer);
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
        let mut found = Found { key: None, node: &self.document.root, steps: 0, whole: true, in_list: false };
        for segment in pointer.segments() {
            let next = match &found.node.value {
                Value::Mapping(mapping) => {
                    self.entries.get(mapping, &segment).map(|entry| (Some(&entry.key), &entry.value))
                }
                Value::Sequence(items) => {
                    found.in_list = true;
                    segment.parse().ok().and_then(|index: usize| items.get(index)).map(|item| (None, item))
                }
                _ => None,
            };
            match next {
                Some((key, node)) => found = Found { key, node, steps: found.steps + 1, ..found },
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
    /// the lines up to there the same way.
    #[expect(clippy::cast_possible_truncation, reason = "sources are limited to far below 4 GiB")]
    fn find_bytes(&mut self, node: &'d Node<'s>, span: Span) -> Option<Origin> {
        let Value::String(text) = &node.value else { return None };
        if !self.lines.as_ref().is_some_and(|(last, _)| core::ptr::eq(*last, node)) {
            let slice = node.origin.span.slice(&self.document.source(node.origin.source)?.text);
            self.lines = Some((node, lines(text, slice)));
        }
        let (_, lines) = self.lines.as_ref()?;
        let start = span.start as usize;
        let line = lines.partition_point(|(own, _)| *own <= start).checked_sub(1)?;
        let (own, spelt) = lines.get(line)?;
        let left = text.get(start..)?.lines().next().map_or(0, str::len);
        // The last of the lines that are spelt so may not be the last of all.
        if lines.len() == line + 1 && text.get(*own..start)?.contains('\n') {
            return None;
        }
        let start = node.origin.span.start + (spelt + start - own) as u32;
        let length = span.end.saturating_sub(span.start).min(left as u32);
        Some(Origin { span: Span { start, end: start + length }, ..node.origin })
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

/// Where the lines of a text start, in it and in its spelling, as far as they are spelt as they are: one
/// after another, with nothing but indentation, or an escape, between them.
fn lines(text: &str, spelling: &str) -> Vec<(usize, usize)> {
    let mut starts = Vec::new();
    let (mut own, mut spelt) = (0, 0);
    for line in text.split('\n') {
        let Some(found) = spelling.get(spelt..).and_then(|rest| rest.find(line)) else { break };
        spelt += found;
        starts.push((own, spelt));
        own += line.len() + 1;
        spelt += line.len();
    }
    starts
}
