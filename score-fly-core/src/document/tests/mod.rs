mod hostile;
mod json;
mod locating;
mod mutation;
mod overriding;
mod reading;
mod scalars;
mod syntax;

use super::{Document, parse};
use crate::diagnostic::{DiagnosticView, Diagnostics, Sources};
use crate::prelude::*;
use crate::source::{PositionEncoding, Source};

/// The document's data as JSON, and what reading it reports as `code line:column-line:column`.
fn read(text: &str) -> (Option<serde_json::Value>, Vec<String>) {
    let source = Source::new("score.yaml", text);
    let (document, mut diagnostics) = parse(&source).into_parts();
    let json = document.as_ref().map(|document| document.root.to_json());
    diagnostics.locate(&document.unwrap_or_else(|| Document::without_root(&source)));
    let places = views(&diagnostics, [&source]).iter().map(place).collect();
    (json, places)
}

/// The document's data as JSON, where nothing is to be reported.
fn json(text: &str) -> serde_json::Value {
    match read(text) {
        (Some(json), reports) if reports.is_empty() => json,
        other => panic!("{text:?} gives {other:?}"),
    }
}

fn reports(text: &str) -> Vec<String> {
    read(text).1
}

fn views<'s>(diagnostics: &Diagnostics, sources: impl IntoIterator<Item = &'s Source>) -> Vec<DiagnosticView> {
    Sources::new(sources, PositionEncoding::Utf32).views(diagnostics)
}

fn place(view: &DiagnosticView) -> String {
    match &view.location {
        Some(at) => {
            format!("{} {}:{}-{}:{}", view.code, at.start.line, at.start.column, at.end.line, at.end.column)
        }
        None => view.code.to_string(),
    }
}
