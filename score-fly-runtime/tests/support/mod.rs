//! What the tests share.
#![allow(dead_code, reason = "each test uses a part of it")]

use score_fly_core::diagnostic::Sources;
use score_fly_core::source::PositionEncoding;
use score_fly_core::{Diagnostics, Outcome};
use score_fly_runtime::{Files, Function, Runtime, build, scaffold};

/// Files of these texts.
pub(crate) fn files(root: &str, texts: &[(&str, &str)]) -> Files {
    let mut files = Files::new(root);
    for (path, text) in texts {
        files.insert(*path, text.as_bytes().to_vec()).expect("a path");
    }
    files
}

/// The text of a file.
pub(crate) fn text(files: &Files, path: &str) -> String {
    let file = files.get(path).unwrap_or_else(|| panic!("there is no {path}"));
    String::from_utf8(file.content.to_vec()).expect("text")
}

/// A built-in runtime.
pub(crate) fn builtin(name: &str) -> Runtime {
    Runtime::builtin(name).into_result().expect("it is built in").0
}

/// A new function of a built-in runtime.
pub(crate) fn new(name: &str, runtime: &str) -> Files {
    let (files, found) = scaffold(name, &builtin(runtime), runtime, None).into_result().expect("no mistakes");
    assert!(found.is_empty(), "{found:?}");
    files
}

/// A function with a runtime as a context.
pub(crate) fn context(name: &str, files: &Files, runtime: Option<&Runtime>) -> Outcome<Files> {
    Function::source(files)
        .and_then(|source| Function::read(&source).and_then(|function| build(name, files, &function, runtime)))
}

/// Diagnostics in the form `file:line:column code: message; help`.
pub(crate) fn told(found: &Diagnostics, files: &[&Files]) -> Vec<String> {
    let texts: Vec<_> = files.iter().flat_map(|files| files.sources_of(found)).collect();
    let sources = Sources::new(&texts, PositionEncoding::Utf32);
    let views = sources.views(found).into_iter();
    let lines = views.map(|view| {
        let place = view.location.map(|place| format!("{}:{}:{} ", place.source, place.start.line, place.start.column));
        let help = view.help.map(|help| format!("; {help}")).unwrap_or_default();
        format!("{}{}: {}{help}", place.unwrap_or_default(), view.code, view.message)
    });
    lines.collect()
}

/// What is told of what went wrong.
pub(crate) fn mistakes<T>(outcome: Outcome<T>, files: &[&Files]) -> Vec<String> {
    let Err(found) = outcome.into_result() else { panic!("there is no mistake") };
    told(&found, files)
}
