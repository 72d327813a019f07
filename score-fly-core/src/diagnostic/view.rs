//! Diagnostics as data for people and other languages: lines and columns instead of bytes.

use serde::{Deserialize, Serialize};

use super::{Code, Diagnostic, Location, Severity};
use crate::pointer::Pointer;
use crate::source::{Position, PositionEncoding, Source};

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

impl DiagnosticView {
    /// Resolves the places of `diagnostic` in `sources`, which must hold the texts that it came
    /// from.
    #[expect(clippy::needless_pass_by_value, reason = "callers make an iterator just for this")]
    pub fn new<'s>(
        diagnostic: &Diagnostic,
        sources: impl IntoIterator<Item = &'s Source> + Clone,
        encoding: PositionEncoding,
    ) -> Self {
        let view = |location: &Option<Location>| {
            let location = location.as_ref()?;
            let source = sources.clone().into_iter().find(|source| source.name == location.source)?;
            Some(LocationView {
                source: location.source.clone(),
                start: Position::of(&source.text, location.span.start, encoding),
                end: Position::of(&source.text, location.span.end, encoding),
            })
        };
        Self {
            code: diagnostic.code,
            severity: diagnostic.severity,
            message: diagnostic.message.clone(),
            pointer: diagnostic.pointer.clone(),
            location: view(&diagnostic.location),
            help: diagnostic.help.clone(),
            related: diagnostic
                .related
                .iter()
                .map(|related| RelatedView { message: related.message.clone(), location: view(&related.location) })
                .collect(),
        }
    }
}
