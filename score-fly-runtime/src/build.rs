//! Building: a function's files and its runtime's become a Docker context.

use score_fly_core::{Diagnostics, Input, Outcome};

use crate::files::{File, Files, can_be_part};
use crate::function::Function;
use crate::runtime::Runtime;
use crate::{messages, score};

/// The Score file, in a function's folder and in the context.
pub(crate) const SCORE: &str = "score.yaml";

/// Makes a Docker context of a function: its own files, those of its runtime that it has none of its
/// own for, and a Score file, which the function may have of its own as well.
///
/// `name` is how the function is called if none of its files says so: that of its folder. `files` are
/// those of its folder, and `runtime` is the one that it asks for; without one, its own files have to be
/// enough.
pub fn build(name: &str, files: &Files, function: &Function<'_>, runtime: Option<&Runtime>) -> Outcome<Files> {
    let mut diagnostics = Diagnostics::new();
    let mut context = files.filtered(|path| runtime.map_or_else(|| can_be_part(path), |runtime| runtime.takes(path)));

    let mut name = function.name.as_deref().unwrap_or(name).to_owned();
    if let Some(source) = files.text(SCORE) {
        let workload = source.and_then(|source| score_fly_core::load(Input::new(&source)));
        let (workload, found) = workload.into_parts();
        diagnostics.extend(found);
        if let Some(workload) = workload {
            name = workload.metadata.name;
        }
    } else if let Some(runtime) = runtime {
        // FaaSO's names may have capitals.
        let name = if function.is_funko { name.to_ascii_lowercase() } else { name.clone() };
        let text = score::file(&name, &runtime.contract, &[]);
        diagnostics.extend(score_fly_core::score::check_name(&name).into_iter().collect());
        add(&mut context, SCORE, text, SCORE, &mut diagnostics);
    }

    if let Some(runtime) = runtime {
        let (options, found) = function.options(runtime).into_parts();
        diagnostics.extend(found);
        // What comes of wrong options would be wrong for the same reason.
        if let Some(options) = options.filter(|_| !diagnostics.has_errors()) {
            let (filled, found) = runtime.templates(&name, Some(options)).fill(&runtime.build).into_parts();
            diagnostics.extend(found);
            for (path, file) in filled.iter().flat_map(Files::iter) {
                if context.contains(path) {
                    diagnostics.extend(replaced(runtime, &context.name_of(path), path));
                } else {
                    let owner = runtime.build.name_of(path);
                    add(&mut context, path, file.clone(), &owner, &mut diagnostics);
                }
            }
        }
    }
    if runtime.is_none() && function.is_funko && !context.contains("Dockerfile") {
        diagnostics.push(messages::context_without_dockerfile(files));
    }
    Outcome::new(context, diagnostics)
}

/// Adds a file, unless one of the function's is where it needs a folder.
fn add(context: &mut Files, path: &str, file: impl Into<File>, owner: &str, diagnostics: &mut Diagnostics) {
    if let Some(other) = context.in_the_way_of(path) {
        diagnostics.push(messages::function_path_blocked(&context.name_of(other), owner));
    } else if let Err(invalid) = context.insert(path, file) {
        diagnostics.push(messages::invalid_path(&invalid));
    }
}

/// What is said of a file of the function that stands in for one of the runtime's.
fn replaced(runtime: &Runtime, name: &str, path: &str) -> Diagnostics {
    // A runtime of FaaSO's may bring what a new function starts with, and so is meant to have.
    if runtime.template_has(path) {
        return Diagnostics::new();
    }
    Diagnostics::from_iter([messages::file_replaced(name, &runtime.name, path)])
}
