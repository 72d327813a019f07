//! The annotation `config`: a fragment of fly.toml that is merged over what the rest becomes.

use super::annotations::Set;
use crate::diagnostic::{Code, Diagnostic, Diagnostics, Part, Related, Severity};
use crate::document::{Document, Node, Value};
use crate::fly::{self, Config};
use crate::pointer::Pointer;
use crate::prelude::*;
use crate::source::{Source, Span};

/// A fragment that has been read.
pub(super) struct Fragment<'s> {
    /// The annotation's name.
    key: &'s str,
    source: &'s Source,
    document: Document<'s>,
    /// What it says.
    pub(super) config: Config,
    /// What could not be read of it, with pointers into the fragment.
    pub(super) found: Diagnostics,
}

impl<'s> Fragment<'s> {
    /// The text of an annotation, to be read.
    pub(super) fn source(annotation: &Set<String>) -> Source {
        Source::new("config", annotation.value.as_str())
    }

    pub(super) fn read(annotation: &'s Set<String>, source: &'s Source) -> Self {
        let (text, mut found) = fly::open(source).into_parts();
        found.change_each(|diagnostic| {
            // flyctl would leave it out, and with it what somebody wanted.
            if diagnostic.code == Code::UnknownFlyKey {
                diagnostic.code = Code::InvalidFlyConfig;
                diagnostic.severity = Severity::Error;
            }
        });
        let (document, config) = match text {
            Some(text) => (text.document, text.file.unwrap_or_default().config),
            None => (Document::without_root(source), Config::default()),
        };
        Self { key: &annotation.key, source, document, config, found }
    }

    /// The annotation.
    pub(super) fn pointer(&self) -> Pointer {
        ["metadata", "annotations", self.key].into_iter().collect()
    }

    /// Whether the node at a pointer into the merged configuration is one of the fragment, and not
    /// of `base`, over which it was merged. A missing node is one of where most of the way leads.
    pub(super) fn owns(&self, pointer: &Pointer, base: &Node<'_>) -> bool {
        let (here, there) = (Way::to(pointer, &self.document.root), Way::to(pointer, base));
        here.whole || here.in_list || (here.steps > 0 && here.steps >= there.steps && !there.whole)
    }

    /// Lets a diagnostic that points into the fragment point into the annotation.
    pub(super) fn locate(&self, mut diagnostic: Diagnostic) -> Diagnostic {
        self.document.locate(&mut diagnostic);
        let related = core::mem::take(&mut diagnostic.related).into_iter().map(|related| self.locate_related(related));
        Diagnostic {
            related: related.collect(),
            part: self.part(diagnostic.location.map(|location| location.span)),
            pointer: self.pointer(),
            location: None,
            origin: None,
            // The change is one to a fly.toml.
            fix: None,
            ..diagnostic
        }
    }

    /// The same for what is related to a diagnostic.
    pub(super) fn locate_related(&self, related: Related) -> Related {
        let location = related.location.or_else(|| self.document.place(&related.pointer));
        let part = self.part(location.map(|location| location.span));
        Related { pointer: self.pointer(), part, location: None, origin: None, ..related }
    }

    fn part(&self, span: Option<Span>) -> Part {
        let Some(span) = span else { return Part::Value };
        if span.start < span.end {
            return Part::Bytes(span);
        }
        // Nothing can't be underlined, but the line in which something is missing can.
        let Some((before, after)) = self.source.text.split_at_checked(span.start as usize) else { return Part::Value };
        let start = before.rfind('\n').map_or(0, |end| end + 1);
        let end = before.len() + after.find('\n').unwrap_or(after.len());
        Part::Bytes(Span::from(start..end))
    }
}

/// How far a pointer leads into a tree.
struct Way {
    steps: usize,
    /// To its end.
    whole: bool,
    /// Into a list, which is merged as a whole.
    in_list: bool,
}

impl Way {
    fn to(pointer: &Pointer, root: &Node<'_>) -> Self {
        let mut way = Self { steps: 0, whole: true, in_list: false };
        let mut node = root;
        for segment in pointer.segments() {
            let next = match &node.value {
                Value::Mapping(mapping) => mapping.entry(&segment).map(|entry| &entry.value),
                Value::Sequence(items) => {
                    way.in_list = true;
                    segment.parse().ok().and_then(|index: usize| items.get(index))
                }
                _ => None,
            };
            let Some(next) = next else { return Self { whole: false, ..way } };
            way.steps += 1;
            node = next;
        }
        way
    }
}
