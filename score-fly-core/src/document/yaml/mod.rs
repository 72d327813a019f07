//! The one place that knows the YAML parser: its events become a located tree.
//!
//! The parser's own limits bound its scanning and nesting; what aliases and merge keys make of a
//! small text is bounded by a [`Budget`].

pub(super) mod limits;
mod merge;
mod syntax;

use std::borrow::Cow;
use std::collections::BTreeMap;

use granit_parser::{Event, Parser, ScalarStyle, Span as Mark, StrInput, StructureStyle, Tag};

use super::scalar::{self, Plain};
use super::{Document, Entry, Key, Mapping, Node, Value};
use crate::diagnostic::messages::document as messages;
use crate::diagnostic::{Diagnostic, Diagnostics, Outcome, Severity};
use crate::pointer::Path;
use crate::source::{Origin, Source, SourceId, Span};
use limits::{Budget, MAX_DEPTH, MAX_DIAGNOSTICS, MAX_INPUT, MAX_KEY, Size};

/// Reads YAML, or JSON, into a tree.
///
/// There is no value if the text is not well-formed, or empty. Of several documents the first is
/// the value.
pub fn parse(source: &Source) -> Outcome<Document<'_>> {
    let (root, mut diagnostics) = read(&source.text, 0, SourceId::default()).into_parts();
    match root {
        Some(root) if root.value == Value::Null => {
            diagnostics.push(messages::empty_document(root.origin));
            Outcome::failed(diagnostics)
        }
        Some(root) => Outcome::new(Document { sources: vec![source], root }, diagnostics),
        None => Outcome::failed(diagnostics),
    }
}

/// Reads the part of a source's text from byte `start` on. A text without content is null.
pub(super) fn read(text: &str, start: usize, source: SourceId) -> Outcome<Node<'_>> {
    let mut reader = Reader::new(text, start, source);
    if text.len() > MAX_INPUT {
        reader.report(messages::input_too_large(Origin { source, span: Span::default() }, MAX_INPUT));
        return Outcome::failed(reader.diagnostics);
    }
    match reader.document() {
        Ok(root) => Outcome::new(root, reader.diagnostics),
        Err(Stop) => Outcome::failed(reader.diagnostics),
    }
}

/// Reading can't go on; why has been reported.
struct Stop;

type Located<'s> = (Event<'s>, Mark);

struct Reader<'s> {
    text: &'s str,
    /// Where the part that is read starts.
    start: usize,
    source: SourceId,
    parser: Parser<'s, StrInput<'s>>,
    anchors: BTreeMap<usize, Anchor<'s>>,
    /// Where the mappings and lists that are being read start.
    open: Vec<Origin>,
    /// The end of the last event, where the cause of a syntax error is looked for.
    reached: u32,
    budget: Budget,
    diagnostics: Diagnostics,
    errors: usize,
}

enum Anchor<'s> {
    /// Its node is still being read.
    Open,
    Complete(Node<'s>, Size),
}

impl<'s> Reader<'s> {
    fn new(text: &'s str, start: usize, source: SourceId) -> Self {
        let options = granit_parser::options! {
            emit_unresolved_aliases: true,
            emit_comments: false,
            flow_nesting_limit: MAX_DEPTH,
            block_nesting_limit: MAX_DEPTH,
        };
        Self {
            text,
            start,
            source,
            parser: Parser::new_from_str_with_options(text.get(start..).unwrap_or_default(), options),
            anchors: BTreeMap::new(),
            open: Vec::new(),
            reached: 0,
            budget: Budget::new(),
            diagnostics: Diagnostics::new(),
            errors: 0,
        }
    }

    /// Reads the first document, and reports if there is another.
    fn document(&mut self) -> Result<Node<'s>, Stop> {
        let mut root = Node { value: Value::Null, origin: Origin { source: self.source, span: Span::default() } };
        loop {
            let (event, mark) = self.next()?;
            match event {
                Event::StreamStart | Event::DocumentStart(..) => {}
                Event::StreamEnd => return Ok(root),
                Event::DocumentEnd => break,
                _ => root = self.node((event, mark), &Path::ROOT)?,
            }
        }
        // Whatever is wrong after the first document is not read at all.
        while let Some(Ok((event, mark))) = self.parser.next_event() {
            match event {
                Event::DocumentStart(..) => {
                    let origin = self.origin(mark);
                    let empty = matches!(
                        self.parser.peek(),
                        Some(Ok((Event::Scalar(_, ScalarStyle::Plain, 0, None), mark))) if is_empty(*mark)
                    );
                    // A separator after the last document separates nothing.
                    if !empty {
                        self.report(messages::multiple_documents(origin));
                        break;
                    }
                }
                Event::StreamEnd => break,
                _ => {}
            }
        }
        Ok(root)
    }

    fn next(&mut self) -> Result<Located<'s>, Stop> {
        match self.parser.next_event() {
            Some(Ok((event, mark))) => {
                self.reached = self.reached.max(self.origin(mark).span.end);
                Ok((event, mark))
            }
            Some(Err(error)) => {
                let diagnostic = syntax::explain(&error, self);
                self.report(diagnostic);
                Err(Stop)
            }
            None => Ok((Event::StreamEnd, Mark::default())),
        }
    }

    /// Reads the node that starts with that event.
    fn node(&mut self, (event, mark): Located<'s>, path: &Path<'_>) -> Result<Node<'s>, Stop> {
        let origin = self.origin(mark);
        if !self.budget.node() {
            return self.stop(messages::too_many_nodes(origin));
        }
        let (anchor, node) = match event {
            Event::Scalar(text, style, anchor, tag) => {
                let text = if style == ScalarStyle::Plain && is_empty(mark) { Cow::Borrowed("") } else { text };
                (anchor, self.scalar(text, style, tag.as_deref(), origin, path))
            }
            Event::SequenceStart(style, anchor, _) => {
                self.open(anchor, origin)?;
                (anchor, self.sequence(style, origin, path)?)
            }
            Event::MappingStart(style, anchor, _) => {
                self.open(anchor, origin)?;
                (anchor, self.mapping(style, origin, path)?)
            }
            Event::Alias(id) => (0, self.alias(id, origin, path)?),
            Event::UnresolvedAlias(name) => {
                self.report(messages::unknown_anchor(origin, path, &name));
                (0, Node { value: Value::Null, origin })
            }
            // The parser's grammar has no other event here.
            _ => (0, Node { value: Value::Null, origin }),
        };
        if anchor != 0 {
            let size = Size::of(&node);
            if !self.budget.copy(size) {
                return self.stop(messages::aliases_too_large(origin));
            }
            self.anchors.insert(anchor, Anchor::Complete(node.clone(), size));
        }
        Ok(node)
    }

    fn open(&mut self, anchor: usize, origin: Origin) -> Result<(), Stop> {
        if self.open.len() >= MAX_DEPTH {
            return self.stop(messages::nested_too_deeply(origin, MAX_DEPTH));
        }
        self.open.push(origin);
        if anchor != 0 {
            self.anchors.insert(anchor, Anchor::Open);
        }
        Ok(())
    }

    fn sequence(&mut self, style: StructureStyle, start: Origin, path: &Path<'_>) -> Result<Node<'s>, Stop> {
        let mut items = Vec::new();
        let mut end = start.span.start;
        loop {
            let (event, mark) = self.next()?;
            if matches!(event, Event::SequenceEnd | Event::StreamEnd) {
                return Ok(self.close(Value::Sequence(items), style, start, end, mark));
            }
            let item = self.node((event, mark), &path.index(items.len()))?;
            end = item.origin.span.end;
            items.push(item);
        }
    }

    fn mapping(&mut self, style: StructureStyle, start: Origin, path: &Path<'_>) -> Result<Node<'s>, Stop> {
        let mut mapping = Mapping::default();
        let mut seen = BTreeMap::new();
        let mut merges = Vec::new();
        let mut end = start.span.start;
        loop {
            let (event, mark) = self.next()?;
            if matches!(event, Event::MappingEnd | Event::StreamEnd) {
                merge::apply(&mut mapping, merges, &seen);
                return Ok(self.close(Value::Mapping(mapping), style, start, end, mark));
            }
            let is_merge = merge::is_key(&event);
            let key = self.key((event, mark), path)?;
            let (event, mark) = self.next()?;
            let Some(key) = key else {
                end = self.node((event, mark), path)?.origin.span.end;
                continue;
            };
            let at = path.key(&key.text);
            let errors = self.errors;
            let value = self.node((event, mark), if is_merge { path } else { &at })?;
            end = value.origin.span.end.max(key.origin.span.end);
            if let Some(first) = self.duplicate_of(&mut seen, &key) {
                self.report(messages::duplicate_key(&at, &key.text, key.origin, first));
            } else if !is_merge {
                mapping.entries.push(Entry { key, value });
            } else if errors == self.errors {
                let (found, wrong) = merge::mappings(value);
                for origin in wrong {
                    self.report(messages::invalid_merge(path, origin));
                }
                merges.extend(found);
            }
        }
    }

    /// The mapping or list that ends here. A block ends with its last node: the parser says so
    /// only at the next token, after comments and empty lines.
    fn close(&mut self, value: Value<'s>, style: StructureStyle, start: Origin, end: u32, mark: Mark) -> Node<'s> {
        self.open.pop();
        let end = match style {
            StructureStyle::Block => end,
            StructureStyle::Flow => self.origin(mark).span.end,
        };
        let span = Span { start: start.span.start, end: end.max(start.span.start) };
        Node { value, origin: Origin { span, ..start } }
    }

    /// Reads a key; nothing if it is one that no mapping can have.
    fn key(&mut self, (event, mark): Located<'s>, path: &Path<'_>) -> Result<Option<Key<'s>>, Stop> {
        let written = match &event {
            Event::Scalar(text, ..) if !is_empty(mark) => Some(text.clone()),
            _ => None,
        };
        let node = self.node((event, mark), path)?;
        let origin = node.origin;
        let (text, is_string) = match node.value {
            Value::String(text) => (text, true),
            Value::Mapping(_) | Value::Sequence(_) => {
                self.report(messages::collection_as_key(path, origin, node.value.kind()));
                return Ok(None);
            }
            _ => (written.unwrap_or_else(|| Cow::Owned(node.to_json().to_string())), false),
        };
        if text.len() > MAX_KEY {
            return self.stop(messages::key_too_long(origin, MAX_KEY));
        }
        Ok(Some(Key { text, is_string, origin }))
    }

    /// Where the same key stood before. Keys that are not strings count as what JSON makes of
    /// them, too: `0x1` and `1` are the same.
    fn duplicate_of(&self, seen: &mut BTreeMap<Cow<'s, str>, Origin>, key: &Key<'s>) -> Option<Origin> {
        let mut first = seen.get(&key.text).copied();
        if !key.is_string
            && let Plain::Number(number) = scalar::resolve(&key.text)
        {
            let canonical = Node { value: Value::Number(number), origin: key.origin }.to_json().to_string();
            first = first.or_else(|| seen.get(canonical.as_str()).copied());
            seen.entry(canonical.into()).or_insert(key.origin);
        }
        seen.entry(key.text.clone()).or_insert(key.origin);
        first
    }

    /// What an alias stands for. The node itself is located at the alias, which is where the
    /// document says so and what tells two uses of one anchor apart; all below it has no other
    /// place than the anchor's content.
    fn alias(&mut self, id: usize, origin: Origin, path: &Path<'_>) -> Result<Node<'s>, Stop> {
        match self.anchors.get(&id) {
            Some(Anchor::Complete(node, size)) => {
                if self.open.len() + size.height > MAX_DEPTH {
                    return self.stop(messages::nested_too_deeply(origin, MAX_DEPTH));
                }
                if !self.budget.copy(*size) {
                    return self.stop(messages::aliases_too_large(origin));
                }
                Ok(Node { value: node.value.clone(), origin })
            }
            _ => {
                let name = origin.span.slice(self.text).trim_start_matches('*');
                self.report(messages::self_containing_alias(origin, path, name));
                Ok(Node { value: Value::Null, origin })
            }
        }
    }

    fn scalar(
        &mut self,
        text: Cow<'s, str>,
        style: ScalarStyle,
        tag: Option<&Tag>,
        origin: Origin,
        path: &Path<'_>,
    ) -> Node<'s> {
        let origin = match style {
            ScalarStyle::Literal | ScalarStyle::Folded => self.without_trailing_lines(origin),
            _ => origin,
        };
        let tag = tag.and_then(|tag| tag.suffix_in_namespace("tag:yaml.org,2002:"));
        let value = match (tag, style) {
            (Some(tag), _) => scalar::tagged(&tag, text).unwrap_or_else(|| {
                self.report(messages::tag_does_not_fit(origin, path, &tag));
                Value::Null
            }),
            (None, ScalarStyle::Plain) => match scalar::resolve(&text) {
                Plain::Null => Value::Null,
                Plain::Bool(value) => Value::Bool(value),
                Plain::Number(value) => Value::Number(value),
                Plain::Text => Value::String(text),
                Plain::NotFinite => {
                    self.report(messages::not_finite(origin, path, &text));
                    Value::String(text)
                }
                Plain::Date => {
                    self.report(messages::date(origin, path, &text));
                    Value::String(text)
                }
            },
            (None, _) => Value::String(text),
        };
        Node { value, origin }
    }

    /// The place of a block scalar without the empty lines that follow it.
    fn without_trailing_lines(&self, origin: Origin) -> Origin {
        let Span { start, end } = origin.span;
        let blanks = origin.span.slice(self.text).bytes().rev().take_while(u8::is_ascii_whitespace).count();
        let end = end.saturating_sub(u32::try_from(blanks).unwrap_or_default()).max(start);
        Origin { span: Span { start, end }, ..origin }
    }

    fn origin(&self, mark: Mark) -> Origin {
        let span = Span { start: self.offset(mark.start), end: self.offset(mark.end) };
        Origin { source: self.source, span }
    }

    /// The byte in the source at which the parser stands. The parser knows bytes because it reads
    /// from a string.
    fn offset(&self, marker: granit_parser::Marker) -> u32 {
        let offset = self.start + marker.byte_offset().unwrap_or_default();
        u32::try_from(offset.min(self.text.len())).unwrap_or_default()
    }

    fn stop<T>(&mut self, diagnostic: Diagnostic) -> Result<T, Stop> {
        self.report(diagnostic);
        Err(Stop)
    }

    /// Keeps a diagnostic, unless there are so many that nobody reads them.
    fn report(&mut self, diagnostic: Diagnostic) {
        if diagnostic.severity == Severity::Error {
            self.errors += 1;
            if self.errors > MAX_DIAGNOSTICS {
                return;
            }
        } else if self.diagnostics.len() > 2 * MAX_DIAGNOSTICS {
            return;
        }
        self.diagnostics.push(diagnostic);
    }
}

fn is_empty(mark: Mark) -> bool {
    mark.start.index() == mark.end.index()
}
