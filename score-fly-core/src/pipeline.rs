//! The stages in order.

use alloc::collections::BTreeMap;

use serde_json::Value;

use crate::convert::{self, Options};
use crate::diagnostic::Outcome;
use crate::document::overrides::{self, Override};
use crate::document::{self, Document};
use crate::fly::App;
use crate::prelude::*;
use crate::resolve::{self, Given, Missing, SourceFiles};
use crate::resource::{self, Requirements};
use crate::score::{self, Workload};
use crate::secret::Sensitive;
use crate::source::Source;

/// A Score file and what is done to it before it is read.
#[derive(Debug, Clone, Copy)]
pub struct Input<'s> {
    /// The Score file.
    pub score: &'s Source,
    /// Overrides, from left to right.
    pub overrides: &'s [Override],
}

impl<'s> Input<'s> {
    /// A Score file without overrides.
    pub fn new(score: &'s Source) -> Self {
        Self { score, overrides: &[] }
    }
}

/// Reads a Score file, applies its overrides, upgrades deprecated forms and decodes it. Diagnostics
/// are not located yet.
fn read(input: Input<'_>) -> Outcome<(Document<'_>, Option<Workload>)> {
    document::parse(input.score)
        .and_then(|document| overrides::apply(document, input.overrides))
        .and_then(score::upgrade)
        .and_then(|document| {
            let (workload, diagnostics) = score::decode(&document).into_parts();
            Outcome::new((document, workload), diagnostics)
        })
}

/// Runs `next` on the workload of a Score file, and locates what all stages found.
fn with_workload<T>(input: Input<'_>, next: impl FnOnce(Workload) -> Outcome<T>) -> Outcome<T> {
    let (read, mut diagnostics) = read(input).into_parts();
    let Some((document, workload)) = read else {
        diagnostics.locate(&Document::without_root(input.score));
        return Outcome::failed(diagnostics);
    };
    let outcome = match workload {
        Some(workload) => Outcome::new(workload, diagnostics).and_then(next),
        None => Outcome::failed(diagnostics),
    };
    outcome.locate(&document)
}

/// A workload and the document that it was read from.
#[derive(Debug, Clone)]
pub struct Loaded<'s> {
    /// The workload.
    pub workload: Workload,
    /// The content of the files that it mounts, as far as it is known: outputs of resources may be
    /// asked for in there.
    pub files: SourceFiles,
    pub(crate) document: Document<'s>,
}

impl Loaded<'_> {
    /// Fills the placeholders in the params of a resource: see
    /// [`resolve_params`](resolve::resolve_params). Diagnostics are located.
    pub fn params(&self, resource: &str, given: &Given) -> Outcome<Sensitive<BTreeMap<String, Value>>> {
        resolve::resolve_params(&self.workload, resource, given).locate(&self.document)
    }
}

/// Reads a Score file into its typed model, and keeps where everything stands.
pub fn load_with_places(input: Input<'_>) -> Outcome<Loaded<'_>> {
    let (read, mut diagnostics) = read(input).into_parts();
    let Some((document, workload)) = read else {
        diagnostics.locate(&Document::without_root(input.score));
        return Outcome::failed(diagnostics);
    };
    diagnostics.locate(&document);
    match workload {
        Some(workload) => Outcome::new(Loaded { workload, files: SourceFiles::new(), document }, diagnostics),
        None => Outcome::failed(diagnostics),
    }
}

/// Reads a Score file into its typed model.
pub fn load(input: Input<'_>) -> Outcome<Workload> {
    with_workload(input, |workload| Outcome::new(workload, crate::Diagnostics::new()))
}

/// Reads a Score file and lists what it needs from the world.
pub fn requirements(input: Input<'_>) -> Outcome<Requirements> {
    load(input).map(|workload| resource::requirements(&workload))
}

/// Converts a Score file into a Fly app.
pub fn convert(input: Input<'_>, given: &Given, options: &Options) -> Outcome<App> {
    with_workload(input, |workload| {
        resolve::resolve(workload, given).and_then(|resolved| convert::convert(&resolved, options))
    })
}

/// Finds every mistake in a Score file that shows without its resources' outputs and its files:
/// those that are not given are taken to exist.
pub fn check(input: Input<'_>, given: &Given, options: &Options) -> Outcome<()> {
    let given = Given { missing: Missing::Assume, ..given.clone() };
    convert(input, &given, options).map(|_| ())
}
