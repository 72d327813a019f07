//! The pages of diagnostics that are about runtimes and functions: their examples yield the code, and what
//! stands under `Instead` does not.
//!
//! The blocks of a section are files by their titles, and an empty one takes a file away. With a
//! `runtime.yaml` it is a runtime that is read and checked, and with a `function.yaml` a function that is
//! built.

use std::path::Path;

use score_fly_core::{Code, Diagnostics, Severity};
use score_fly_fixtures::markdown::blocks;
use score_fly_runtime::{Files, Function, Reference, Runtime};

mod support;

const CODES: [Code; 7] = [
    Code::UnknownRuntime,
    Code::InvalidRuntime,
    Code::InvalidFunction,
    Code::InvalidOption,
    Code::TemplateFailed,
    Code::PathConflict,
    Code::FileReplaced,
];

/// What is found in files.
fn found(files: &Files) -> Diagnostics {
    if files.contains("runtime.yaml") {
        let (runtime, mut found) = Runtime::read(files).into_parts();
        found.extend(runtime.map(|runtime| runtime.check()).unwrap_or_default());
        return found;
    }
    let outcome = Function::source(files).and_then(|source| {
        Function::read(&source).and_then(|function| match &function.runtime {
            Some(Reference::Builtin(name)) => Runtime::builtin(name)
                .and_then(|runtime| score_fly_runtime::build("hello", files, &function, Some(&runtime))),
            _ => score_fly_runtime::build("hello", files, &function, None),
        })
    });
    outcome.into_parts().1
}

#[test]
#[expect(clippy::disallowed_methods, reason = "the pages are what this is about")]
fn pages_show_what_they_are_about() {
    for code in CODES {
        let path = Path::new(env!("CARGO_MANIFEST_DIR")).join(format!("../docs/diagnostics/{code}.md"));
        let page = std::fs::read_to_string(&path).expect("a page");
        let blocks = blocks(&page);
        let mut files = Files::new("");
        for (heading, wanted) in [("Example", true), ("Instead", false)] {
            let mut some = false;
            for block in blocks.iter().filter(|block| block.heading == heading) {
                some = true;
                let title = block.title.expect("a title");
                if block.text.is_empty() {
                    files.remove(title);
                } else {
                    files.insert(title, block.text.clone()).expect("a path");
                }
            }
            assert!(some, "{code} has no {heading}");
            let found = found(&files);
            let told = support::told(&found, &[&files]);
            assert_eq!(found.iter().any(|one| one.code == code), wanted, "{code}, {heading}: {told:?}");
            let others = found.iter().filter(|one| one.severity == Severity::Error && one.code != code);
            assert_eq!(others.count(), 0, "{code}, {heading}: {told:?}");
        }
    }
}
