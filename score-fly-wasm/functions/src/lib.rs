//! Functions for the playground: JSON text in, JSON text out.
//!
//! This is a WebAssembly file of its own, which the page loads when somebody chooses a function. The npm
//! package goes without templates and runtimes.

use std::collections::BTreeMap;

use score_fly_core::diagnostic::Sources;
use score_fly_core::facade::{Answer, FileContent};
use score_fly_core::source::PositionEncoding;
use score_fly_core::{Diagnostics, Outcome};
use score_fly_runtime::{Files, Function, Runtime, build, scaffold};
use serde::{Deserialize, Serialize};
use wasm_bindgen::prelude::wasm_bindgen;

/// The files of a new function, by path.
///
/// # Errors
/// If the request is not what the page sends.
#[wasm_bindgen(js_name = newJson, skip_typescript)]
pub fn new_json(request: &str) -> Result<String, String> {
    let New { name, runtime } = serde_json::from_str(request).map_err(|error| error.to_string())?;
    let files = Runtime::builtin(&runtime).and_then(|found| scaffold(&name, &found, &runtime, None));
    answer(files, &Files::default())
}

/// The Docker context of a function with a built-in runtime, by path. Mistakes are counted as JavaScript
/// counts.
///
/// # Errors
/// If the request is not what the page sends.
#[wasm_bindgen(js_name = buildJson, skip_typescript)]
pub fn build_json(request: &str) -> Result<String, String> {
    let Build { name, files: texts } = serde_json::from_str(request).map_err(|error| error.to_string())?;
    // Messages call the files by their paths.
    let mut files = Files::default();
    for (path, text) in texts {
        files.insert(path, text).map_err(|invalid| invalid.to_string())?;
    }
    let context = Function::source(&files).and_then(|source| {
        Function::read(&source).and_then(|function| {
            function.builtin().and_then(|runtime| build(&name, &files, &function, runtime.as_ref()))
        })
    });
    answer(context, &files)
}

/// A function to begin with.
#[derive(Debug, Deserialize)]
struct New {
    name: String,
    runtime: String,
}

/// A function to build.
#[derive(Debug, Deserialize)]
struct Build {
    name: String,
    files: BTreeMap<String, String>,
}

/// What comes of either.
#[derive(Debug, Serialize)]
struct Made {
    files: BTreeMap<String, FileContent>,
}

fn answer(outcome: Outcome<Files>, own: &Files) -> Result<String, String> {
    let view = |found: &Diagnostics| Sources::new(&own.sources_of(found), PositionEncoding::Utf16).views(found);
    let answer = match outcome.into_result() {
        Ok((files, found)) => {
            let files = files.iter().map(|(path, file)| (path.to_owned(), file.content.to_vec().into())).collect();
            Answer::Success { value: Made { files }, diagnostics: view(&found) }
        }
        Err(found) => Answer::Failure { value: score_fly_core::facade::Nothing {}, diagnostics: view(&found) },
    };
    serde_json::to_string(&answer).map_err(|error| error.to_string())
}
