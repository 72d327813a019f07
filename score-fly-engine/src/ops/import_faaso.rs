//! FaaSO's functions and runtimes as ours.

use std::path::PathBuf;

use score_fly_runtime::{Function, Reference, faaso};

use super::build::source;
use super::context::Context;
use super::functions::{fetch, note};
use super::report::{Log, Note, Report};
use crate::function::{self, FunctionError};

/// What to import.
#[derive(Debug, Clone, Default)]
pub struct Options {
    /// The folder of a function or of a runtime.
    pub folder: PathBuf,
    /// The folder to write.
    pub output: PathBuf,
    /// Where the function's runtime is, if that is one of FaaSO's own: a folder or a repository, as it is called in
    /// the folder in which the use case works.
    pub runtime: Option<String>,
}

/// Something that was imported.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Imported {
    /// A function.
    Function,
    /// A runtime.
    Runtime,
}

/// Makes one of our functions or runtimes of one of FaaSO's: a folder that is there in full, or not at all.
pub fn import_faaso(context: &Context<'_>, options: &Options) -> Report<Imported> {
    let mut log = context.log();
    let imported = run(context, options, &mut log);
    log.report(imported)
}

fn run(context: &Context<'_>, options: &Options, log: &mut Log<'_>) -> Option<Imported> {
    let Options { folder, output, runtime: _ } = options;
    let target = context.root.at(output);
    if target.exists() {
        log.fail(FunctionError::IsThere { path: output.clone() });
        return None;
    }
    let files = log.take(function::read(&context.root.at(folder), folder, &score_fly_runtime::can_be_part))?;
    let (outcome, kind) = if faaso::is_runtime(&files) {
        (faaso::import_runtime(&files), Imported::Runtime)
    } else {
        let (reference, commit) = runtime(context, options, log)?;
        let reference = reference.map(|reference| reference.to_string());
        let imported = faaso::import_function(&files, reference.as_deref(), commit.as_deref());
        (imported, Imported::Function)
    };
    let (imported, diagnostics) = outcome.into_parts();
    note(&diagnostics, &[&files], log);
    let imported = imported.filter(|_| !diagnostics.has_errors())?;
    log.take(function::write(&target, output, &imported))?;
    log.note(Note::Wrote(output.clone()));
    Some(kind)
}

/// How the imported function calls its runtime, and the commit that this is at.
fn runtime(context: &Context<'_>, options: &Options, log: &mut Log<'_>) -> Option<(Option<Reference>, Option<String>)> {
    let (source, own) = source(context, &options.folder, log)?;
    let (function, diagnostics) = Function::read(&source).into_parts();
    note(&diagnostics, &[&own], log);
    let function = function.filter(|_| !diagnostics.has_errors())?;
    let (reference, diagnostics) = function.reference(options.runtime.as_deref()).into_parts();
    note(&diagnostics, &[&own], log);
    let Some(reference) = reference.filter(|_| !diagnostics.has_errors())? else { return Some((None, None)) };
    // What the function says counts from its folder, and what is given from here.
    let reference = match (reference, &options.runtime) {
        (Reference::Folder(path), None) => Reference::Folder(options.folder.join(path).to_string_lossy().into_owned()),
        (reference, _) => reference,
    };
    let fetched = fetch(context, &reference, std::path::Path::new(""), None, log)?;
    Some((Some(function::reference_from(context.root, &options.output, &reference)), fetched.commit))
}
