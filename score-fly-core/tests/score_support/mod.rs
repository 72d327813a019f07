//! What the tests of the Score stage share.
#![allow(dead_code, reason = "each test file uses its own part")]

use score_fly_core::score::Workload;
use score_fly_core::source::{Position, PositionEncoding};
use score_fly_core::{Diagnostic, Diagnostics, Input, Severity, Source, load};

/// The workload, if there is one, and what was found.
pub(crate) fn read(text: &str) -> (Option<Workload>, Diagnostics) {
    load(Input::new(&Source::new("score.yaml", text))).into_parts()
}

/// Every error, as `code /pointer`.
pub(crate) fn errors(text: &str) -> Vec<String> {
    let (_, diagnostics) = read(text);
    let errors = diagnostics.iter().filter(|diagnostic| diagnostic.severity == Severity::Error);
    errors.map(|error| format!("{} {}", error.code, error.pointer)).collect()
}

/// The only diagnostic.
#[track_caller]
pub(crate) fn only(text: &str) -> Diagnostic {
    let (_, diagnostics) = read(text);
    let found: Vec<Diagnostic> = diagnostics.into_iter().collect();
    let [diagnostic] = <[Diagnostic; 1]>::try_from(found).unwrap_or_else(|found| panic!("not one: {found:#?}"));
    diagnostic
}

/// `line:column` of a diagnostic.
pub(crate) fn place(text: &str, diagnostic: &Diagnostic) -> String {
    let location = diagnostic.location.as_ref().expect("diagnostics of a text have a place");
    let position = Position::of(text, location.span.start, PositionEncoding::Utf32);
    format!("{}:{}", position.line, position.column)
}

/// A workload with one container `web`, that has these fields besides its image.
pub(crate) fn container(fields: &str) -> String {
    root(&format!("containers: {{ web: {{ image: nginx, {fields} }} }}"))
}

/// A workload with these ports.
pub(crate) fn ports(ports: &str) -> String {
    workload(&format!("service: {{ ports: {ports} }}"))
}

/// A workload with these resources.
pub(crate) fn resources(resources: &str) -> String {
    workload(&format!("resources: {resources}"))
}

/// A workload with one container, and these lines at the root.
pub(crate) fn workload(lines: &str) -> String {
    root(&format!("containers: {{ web: {{ image: nginx }} }}\n{lines}"))
}

/// A workload with these lines after the name.
pub(crate) fn root(lines: &str) -> String {
    format!("apiVersion: score.dev/v1b1\nmetadata: {{ name: app-one }}\n{lines}\n")
}
