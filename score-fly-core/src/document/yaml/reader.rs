//! From the parser's events to a tree.

use alloc::borrow::Cow;

use granit_parser::{Event, Parser, ScalarStyle, ScanError, Span as Mark, StrInput, StructureStyle, Tag};

use super::keys::{self, KeyForm, OpenMapping, is_empty};
use super::limits::{Budget, MAX_DEPTH, MAX_DIAGNOSTICS, MAX_KEY, Size};
use super::syntax;
use crate::diagnostic::{Diagnostic, Diagnostics, Outcome, Severity};
use crate::document::messages;
use crate::document::scalar::{self, Plain};
use crate::document::{Entry, Key, Node, Value};
use crate::map::SortedMap;
use crate::pointer::Path;
use crate::prelude::*;
use crate::source::{Origin, SourceIndex, Span};

/// Reading can't go on; why has been reported.
struct Stop;

type Located<'s> = (Event<'s>, Origin);

pub(super) struct Reader<'s> {
    text: &'s str,
    /// Where the part that is read starts.
    start: usize,
    source: SourceIndex,
    parser: Parser<'s, StrInput<'s>>,
    anchors: SortedMap<usize, Anchor<'s>>,
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
    pub(super) fn new(text: &'s str, start: usize, source: SourceIndex) -> Self {
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
            anchors: SortedMap::new(),
            open: Vec::new(),
            reached: 0,
            budget: Budget::new(),
            diagnostics: Diagnostics::new(),
            errors: 0,
        }
    }

    /// Reads the first document. There is no value if it is not well-formed.
    pub(super) fn read(mut self) -> Outcome<Node<'s>> {
        match self.document() {
            Ok(root) => {
                self.expect_no_more();
                Outcome::new(root, self.diagnostics)
            }
            Err(Stop) => Outcome::failed(self.diagnostics),
        }
    }

    fn document(&mut self) -> Result<Node<'s>, Stop> {
        let mut root = Node { value: Value::Null, origin: Origin { source: self.source, span: Span::default() } };
        loop {
            let (event, origin) = self.next()?;
            match event {
                Event::StreamStart | Event::DocumentStart(..) => {}
                Event::DocumentEnd | Event::StreamEnd => return Ok(root),
                _ => root = self.node((event, origin), &Path::ROOT)?,
            }
        }
    }

    /// Reports a second document. It is not read, so nothing can be wrong with it.
    fn expect_no_more(&mut self) {
        while let Some(Ok((event, mark))) = self.parser.next_event() {
            match event {
                Event::DocumentStart(..) => {
                    let origin = self.origin(mark);
                    let empty = matches!(
                        self.parser.peek(),
                        Some(Ok((Event::Scalar(_, ScalarStyle::Plain, 0, None), mark)))
                            if mark.start.index() == mark.end.index()
                    );
                    // A separator after the last document separates nothing.
                    if !empty {
                        self.report(messages::multiple_documents(origin));
                        return;
                    }
                }
                Event::StreamEnd => return,
                _ => {}
            }
        }
    }

    fn next(&mut self) -> Result<Located<'s>, Stop> {
        match self.parser.next_event() {
            Some(Ok((event, mark))) => {
                let origin = self.origin(mark);
                self.reached = self.reached.max(origin.span.end);
                Ok((event, origin))
            }
            Some(Err(error)) => Err(self.syntax_error(&error)),
            None => Ok((Event::StreamEnd, self.origin(Mark::default()))),
        }
    }

    fn syntax_error(&mut self, error: &ScanError) -> Stop {
        let context = syntax::Context {
            text: self.text,
            source: self.source,
            at: self.offset(*error.marker()) as usize,
            reached: self.reached as usize,
            open: &self.open,
        };
        let diagnostic = syntax::explain(error, &context);
        self.stop(diagnostic)
    }

    /// Reads the node that starts with that event.
    fn node(&mut self, (event, origin): Located<'s>, path: &Path<'_>) -> Result<Node<'s>, Stop> {
        // This calls itself once for each level of nesting, so what needs stack is done elsewhere.
        let (anchor, node) = match event {
            Event::SequenceStart(style, anchor, _) => {
                self.open(anchor, origin)?;
                (anchor, self.sequence(style, origin, path)?)
            }
            Event::MappingStart(style, anchor, _) => {
                self.open(anchor, origin)?;
                (anchor, self.mapping(style, origin, path)?)
            }
            leaf => self.leaf(leaf, origin, path)?,
        };
        self.define(anchor, &node)?;
        Ok(node)
    }

    fn leaf(&mut self, event: Event<'s>, origin: Origin, path: &Path<'_>) -> Result<(usize, Node<'s>), Stop> {
        self.pay_for_node(origin)?;
        Ok(match event {
            Event::Scalar(text, style, anchor, tag) => (anchor, self.scalar(text, style, tag.as_deref(), origin, path)),
            Event::Alias(id) => (0, self.alias(id, origin, path)?),
            Event::UnresolvedAlias(name) => {
                self.report(messages::unknown_anchor(origin, path, &name));
                (0, Node { value: Value::Null, origin })
            }
            // The parser's grammar has no other event here.
            _ => (0, Node { value: Value::Null, origin }),
        })
    }

    /// Starts a mapping or a list.
    fn open(&mut self, anchor: usize, origin: Origin) -> Result<(), Stop> {
        self.pay_for_node(origin)?;
        if self.open.len() >= MAX_DEPTH {
            return Err(self.stop(messages::nested_too_deeply(origin, MAX_DEPTH)));
        }
        self.open.push(origin);
        if anchor != 0 {
            self.anchors.insert(anchor, Anchor::Open);
        }
        Ok(())
    }

    /// The mapping or list that ends here. A block ends with its last node: the parser says so
    /// only at the next token, after comments and empty lines.
    fn close(&mut self, value: Value<'s>, style: StructureStyle, start: Origin, last: u32, end: Origin) -> Node<'s> {
        self.open.pop();
        let end = match style {
            StructureStyle::Block => last,
            StructureStyle::Flow => end.span.end,
        };
        let span = Span { start: start.span.start, end: end.max(start.span.start) };
        Node { value, origin: Origin { span, ..start } }
    }

    fn sequence(&mut self, style: StructureStyle, start: Origin, path: &Path<'_>) -> Result<Node<'s>, Stop> {
        let mut items = Vec::new();
        let mut last = start.span.start;
        loop {
            let (event, origin) = self.next()?;
            if matches!(event, Event::SequenceEnd | Event::StreamEnd) {
                return Ok(self.close(Value::Sequence(items), style, start, last, origin));
            }
            let item = self.node((event, origin), &path.index(items.len()))?;
            last = item.origin.span.end;
            items.push(item);
        }
    }

    fn mapping(&mut self, style: StructureStyle, start: Origin, path: &Path<'_>) -> Result<Node<'s>, Stop> {
        let mut read = OpenMapping::default();
        let mut last = start.span.start;
        loop {
            let (event, origin) = self.next()?;
            if matches!(event, Event::MappingEnd | Event::StreamEnd) {
                return Ok(self.close(Value::Mapping(read.finish()), style, start, last, origin));
            }
            let form = KeyForm::new(&event, origin);
            let key = self.node((event, origin), path)?;
            let key = self.key(key, form, path)?;
            let errors = self.errors;
            let event = self.next()?;
            let value = match &key {
                Some((key, KeyForm::Key(_))) => self.node(event, &path.key(&key.text))?,
                // What is wrong with a merge is wrong with the mapping: nobody knows which of its
                // keys are missing.
                _ => self.node(event, path)?,
            };
            last = value.origin.span.end.max(last);
            if let Some((key, form)) = key {
                let broken = self.errors > errors;
                self.keep(&mut read, (key, form), value, broken, path);
            }
        }
    }

    /// Makes a key of a node; nothing if it is one that no mapping can have.
    fn key(
        &mut self,
        node: Node<'s>,
        form: KeyForm<'s>,
        path: &Path<'_>,
    ) -> Result<Option<(Key<'s>, KeyForm<'s>)>, Stop> {
        let origin = node.origin;
        let (text, is_string) = match (node.value, &form) {
            (Value::String(text), _) => (text, true),
            (value @ (Value::Mapping(_) | Value::Sequence(_)), _) => {
                self.report(messages::collection_as_key(path, origin, value.kind()));
                return Ok(None);
            }
            (_, KeyForm::Key(Some(text))) => (text.clone(), false),
            (value, _) => (Cow::Owned(serde_json::to_string(&value).unwrap_or_default()), false),
        };
        if text.len() > MAX_KEY {
            return Err(self.stop(messages::key_too_long(origin, MAX_KEY)));
        }
        Ok(Some((Key { text, is_string, origin }, form)))
    }

    /// Adds a key and its value to a mapping. What is wrong with a broken value is already known.
    fn keep(
        &mut self,
        read: &mut OpenMapping<'s>,
        (key, form): (Key<'s>, KeyForm<'s>),
        value: Node<'s>,
        broken: bool,
        path: &Path<'_>,
    ) {
        match (read.keys.add(&key), form) {
            (Err(first), _) => {
                self.report(messages::duplicate_key(&path.key(&key.text), &key.text, key.origin, first));
            }
            (Ok(()), KeyForm::Key(_)) => read.mapping.entries.push(Entry { key, value }),
            (Ok(()), KeyForm::Merge) if broken => {}
            (Ok(()), KeyForm::Merge) => {
                let (mappings, wrong) = keys::mappings(value);
                read.merges.extend(mappings);
                for origin in wrong {
                    self.report(messages::invalid_merge(path, origin));
                }
            }
        }
    }

    /// Makes a node known by its anchor, if it has one.
    fn define(&mut self, anchor: usize, node: &Node<'s>) -> Result<(), Stop> {
        if anchor == 0 {
            return Ok(());
        }
        let size = Size::of(node);
        if !self.budget.copy(size) {
            return Err(self.stop(messages::aliases_too_large(node.origin)));
        }
        self.anchors.insert(anchor, Anchor::Complete(node.clone(), size));
        Ok(())
    }

    /// What an alias stands for. The node itself is located at the alias, which is where the
    /// document says so and what tells two uses of one anchor apart; all below it has no other
    /// place than the anchor's content.
    fn alias(&mut self, id: usize, origin: Origin, path: &Path<'_>) -> Result<Node<'s>, Stop> {
        let Some(Anchor::Complete(node, size)) = self.anchors.get(&id) else {
            let name = origin.span.slice(self.text).trim_start_matches('*');
            self.report(messages::self_containing_alias(origin, path, name));
            return Ok(Node { value: Value::Null, origin });
        };
        if self.open.len() + size.height > MAX_DEPTH {
            return Err(self.stop(messages::nested_too_deeply(origin, MAX_DEPTH)));
        }
        if !self.budget.copy(*size) {
            return Err(self.stop(messages::aliases_too_large(origin)));
        }
        Ok(Node { value: node.value.clone(), origin })
    }

    fn pay_for_node(&mut self, origin: Origin) -> Result<(), Stop> {
        if self.budget.node() { Ok(()) } else { Err(self.stop(messages::too_many_nodes(origin))) }
    }

    fn scalar(
        &mut self,
        text: Cow<'s, str>,
        style: ScalarStyle,
        tag: Option<&Tag>,
        origin: Origin,
        path: &Path<'_>,
    ) -> Node<'s> {
        let (text, origin) = match style {
            ScalarStyle::Literal | ScalarStyle::Folded => {
                (self.without_invented_line_feed(text, origin), self.without_trailing_lines(origin))
            }
            _ => (text, origin),
        };
        // The parser writes `~` where nothing is written.
        let text = if is_empty(style, origin) { Cow::Borrowed("") } else { text };
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

    /// The text of a block scalar without the line feed that the parser adds where the last line of the
    /// source has none. libyaml and go-yaml add none, and neither does YAML 1.2.
    fn without_invented_line_feed(&self, text: Cow<'s, str>, origin: Origin) -> Cow<'s, str> {
        if (origin.span.end as usize) < self.text.len() {
            return text;
        }
        let last_line = self.text.rsplit(['\n', '\r']).next().unwrap_or_default();
        let Some(without) = text.strip_suffix('\n') else {
            return text;
        };
        // A last line of blanks is content where it is indented further than the block.
        let last_written = without.rsplit('\n').next().unwrap_or_default();
        let is_blank = |line: &str| line.bytes().all(|byte| matches!(byte, b' ' | b'\t'));
        let is_content = !is_blank(last_line) || (!last_written.is_empty() && is_blank(last_written));
        if is_content && !last_line.is_empty() { Cow::Owned(without.to_owned()) } else { text }
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

    fn stop(&mut self, diagnostic: Diagnostic) -> Stop {
        self.report(diagnostic);
        Stop
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
