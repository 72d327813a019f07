//! What every operation answers.

use serde::Serialize;
use serde_json::Value as Json;

use super::messages;
use crate::diagnostic::{DiagnosticView, Diagnostics, Outcome, Sources};
use crate::prelude::*;
use crate::source::PositionEncoding;

/// The answer of an operation that gives a `T`, and that says an `F` even if it fails.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema), schemars(rename = "{T}Response"))]
#[serde(tag = "status", rename_all = "camelCase")]
pub enum Answer<T, F = Nothing> {
    /// There are no errors.
    Success {
        /// What came of it.
        #[serde(flatten)]
        value: T,
        /// Warnings and notes.
        diagnostics: Vec<DiagnosticView>,
    },
    /// There are errors.
    Failure {
        /// What can be said nevertheless.
        #[serde(flatten)]
        value: F,
        /// All of them, with warnings and notes.
        diagnostics: Vec<DiagnosticView>,
    },
}

/// Nothing but diagnostics.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
pub struct Nothing {}

impl<T> Answer<T> {
    /// What an operation came to, with diagnostics that point into `sources`.
    pub(super) fn new(outcome: Outcome<T>, sources: &Sources<'_>) -> Self {
        match outcome.into_result() {
            Ok((value, diagnostics)) => Self::Success { value, diagnostics: sources.views(&diagnostics) },
            Err(diagnostics) => Self::Failure { value: Nothing {}, diagnostics: sources.views(&diagnostics) },
        }
    }
}

impl<T, F> Answer<T, F> {
    /// What came of it, if there are no errors.
    pub fn into_value(self) -> Option<T> {
        match self {
            Self::Success { value, .. } => Some(value),
            Self::Failure { .. } => None,
        }
    }

    /// Everything that was found.
    pub fn diagnostics(&self) -> &[DiagnosticView] {
        match self {
            Self::Success { diagnostics, .. } | Self::Failure { diagnostics, .. } => diagnostics,
        }
    }
}

/// What an operation takes, as JSON.
pub(super) trait FromJson: Sized {
    /// The request that a JSON value is. There is none if anything is wrong with it.
    fn from_json(json: &Json) -> Outcome<Self>;
}

/// An operation, from JSON to JSON.
pub(super) fn json<Q: FromJson, T: Serialize, F: Serialize + Default>(
    request: &str,
    operation: impl FnOnce(Q) -> Answer<T, F>,
) -> String {
    let answer = match read(request).and_then(|json| Q::from_json(&json)).into_result() {
        Ok((request, _)) => operation(request),
        Err(diagnostics) => {
            let diagnostics = Sources::new([], PositionEncoding::default()).views(&diagnostics);
            Answer::Failure { value: F::default(), diagnostics }
        }
    };
    text(&answer)
}

fn read(request: &str) -> Outcome<Json> {
    match serde_json::from_str(request) {
        Ok(json) => Outcome::new(json, Diagnostics::new()),
        Err(error) => Outcome::failed(core::iter::once(messages::invalid_request(&error)).collect()),
    }
}

/// An answer as JSON. It holds only maps with text keys and finite numbers, which always serialise.
pub(super) fn text(answer: &impl Serialize) -> String {
    serde_json::to_string(answer).unwrap_or_default()
}
