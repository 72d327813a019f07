//! The annotation `config`: a fragment of fly.toml that is merged over what the rest becomes.

use super::annotations::Set;
use crate::diagnostic::{Code, Diagnostic, Diagnostics, Part, Related, Severity};
use crate::document::{Document, Locator};
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

/// Places in a fragment, for any number of diagnostics.
pub(super) struct Places<'f, 's> {
    fragment: &'f Fragment<'s>,
    here: Locator<'f, 's>,
    base: Locator<'f, 'f>,
}

impl<'f, 's> Places<'f, 's> {
    /// `base` is what the fragment was merged over.
    pub(super) fn new(fragment: &'f Fragment<'s>, base: &'f Document<'f>) -> Self {
        Self { fragment, here: Locator::new(&fragment.document), base: Locator::new(base) }
    }

    /// Whether the node at a pointer into the merged configuration is one of the fragment. A missing
    /// node is one of where most of the way leads.
    pub(super) fn are_of(&mut self, pointer: &Pointer) -> bool {
        let (here, base) = (self.here.way(pointer), self.base.way(pointer));
        // Lists are not merged.
        here.whole || here.in_list || (here.steps > 0 && here.steps >= base.steps && !base.whole)
    }

    /// Lets a diagnostic that points into the fragment point into the annotation.
    pub(super) fn locate(&mut self, mut diagnostic: Diagnostic) -> Diagnostic {
        self.here.locate(&mut diagnostic);
        let related = core::mem::take(&mut diagnostic.related).into_iter().map(|related| self.locate_related(related));
        Diagnostic {
            related: related.collect(),
            part: self.fragment.part(diagnostic.location.map(|location| location.span)),
            pointer: self.fragment.pointer(),
            location: None,
            origin: None,
            // The change is one to a fly.toml.
            fix: None,
            ..diagnostic
        }
    }

    /// The same for what is related to a diagnostic.
    pub(super) fn locate_related(&mut self, related: Related) -> Related {
        let location = related.location.or_else(|| self.here.place(&related.pointer));
        let part = self.fragment.part(location.map(|location| location.span));
        Related { pointer: self.fragment.pointer(), part, location: None, origin: None, ..related }
    }
}
