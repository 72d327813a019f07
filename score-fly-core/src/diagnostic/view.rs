//! Diagnostics as data for people and other languages: lines and columns instead of bytes.

use core::cell::OnceCell;

use serde::{Deserialize, Serialize};

use super::code::{Code, Severity};
use super::model::{Diagnostic, Location};
use super::outcome::Diagnostics;
use crate::pointer::Pointer;
use crate::prelude::*;
use crate::source::{Position, PositionEncoding, Positions, Source, SourceId};

/// A place in a text, as lines and columns.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(rename_all = "camelCase")]
pub struct LocationView {
    /// The source's name.
    pub source: String,
    /// Where it starts.
    pub start: Position,
    /// One past where it ends.
    pub end: Position,
}

/// Another place that has to do with a diagnostic.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(rename_all = "camelCase")]
pub struct RelatedView {
    /// What is there.
    pub message: String,
    /// Where, if it stands in a text.
    pub location: Option<LocationView>,
}

/// A diagnostic with its places resolved.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(rename_all = "camelCase")]
pub struct DiagnosticView {
    /// The kind.
    pub code: Code,
    /// How bad it is.
    pub severity: Severity,
    /// One sentence.
    pub message: String,
    /// JSON Pointer into the Score document, after overrides and upgrades. What is about outputs
    /// starts with `/outputs`, which no Score document has. It is empty for what has no place in
    /// either: a text as a whole, an option, or a fly.toml to write over.
    pub pointer: Pointer,
    /// Where, if it stands in a text.
    pub location: Option<LocationView>,
    /// What to write instead.
    pub help: Option<String>,
    /// Other places that matter.
    pub related: Vec<RelatedView>,
}

/// The texts that diagnostics point into, and how to count in them.
#[derive(Debug, Clone)]
pub struct Sources<'s> {
    encoding: PositionEncoding,
    texts: Vec<Text<'s>>,
}

/// Texts without diagnostics, which most are, need no preparation.
#[derive(Debug, Clone)]
struct Text<'s> {
    source: &'s Source,
    id: OnceCell<SourceId>,
    positions: OnceCell<Positions<'s>>,
}

impl<'s> Sources<'s> {
    /// All texts that went into a conversion.
    pub fn new(sources: impl IntoIterator<Item = &'s Source>, encoding: PositionEncoding) -> Self {
        let text = |source| Text { source, id: OnceCell::new(), positions: OnceCell::new() };
        Self { encoding, texts: sources.into_iter().map(text).collect() }
    }

    /// Resolves the places of a diagnostic that came from these texts.
    pub fn view(&self, diagnostic: &Diagnostic) -> DiagnosticView {
        let related = diagnostic.related.iter();
        DiagnosticView {
            code: diagnostic.code,
            severity: diagnostic.severity,
            message: diagnostic.message.clone(),
            pointer: diagnostic.pointer.clone(),
            location: self.location(diagnostic.location.as_ref()),
            help: diagnostic.help.clone(),
            related: related
                .map(|related| RelatedView {
                    message: related.message.clone(),
                    location: self.location(related.location.as_ref()),
                })
                .collect(),
        }
    }

    /// [`view`](Self::view) of each.
    pub fn views(&self, diagnostics: &Diagnostics) -> Vec<DiagnosticView> {
        diagnostics.iter().map(|diagnostic| self.view(diagnostic)).collect()
    }

    fn location(&self, location: Option<&Location>) -> Option<LocationView> {
        let Location { source: name, id, span } = location?;
        let is_meant = |text: &&Text<'_>| text.source.name == *name && text.id.get_or_init(|| text.source.id()) == id;
        let Text { source, positions, .. } = self.texts.iter().find(is_meant)?;
        let positions = positions.get_or_init(|| Positions::new(&source.text, self.encoding));
        Some(LocationView { source: name.clone(), start: positions.of(span.start), end: positions.of(span.end) })
    }
}
