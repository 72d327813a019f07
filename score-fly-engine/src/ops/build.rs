//! The Docker context of a function.

use std::fs;
use std::path::{Path, PathBuf};

use score_fly_core::Source;
use score_fly_runtime::{FUNCTION, FUNKO, Files, Function, Reference, can_be_part};

use super::context::Context;
use super::functions::{Fetched, fetch, note};
use super::report::{Log, Note, Report};
use crate::files::{self, Access};
use crate::function::{self, FunctionError};

/// What to build.
#[derive(Debug, Clone, Default)]
pub struct Options {
    /// The function's folder.
    pub folder: PathBuf,
    /// The folder to write; without one, `fly_<function>_context`.
    pub output: Option<PathBuf>,
    /// Whether to replace what is there, if it is not the same.
    pub force: bool,
    /// Its runtime, if not what it says itself: as it is called in the folder in which the use case works.
    pub runtime: Option<String>,
    /// Whether to take a runtime from git as it is now, and record that, instead of at the recorded commit.
    pub update_runtime: bool,
}

/// A function that was built.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Built {
    /// The Docker context.
    pub folder: PathBuf,
    /// How many files are in it.
    pub files: usize,
    /// Whether just these files were there already.
    pub unchanged: bool,
}

/// Makes a Docker context of a function, with a Score file: a folder that is there in full, or not at all.
pub fn build(context: &Context<'_>, options: &Options) -> Report<Built> {
    let mut log = context.log();
    let built = run(context, options, &mut log);
    log.report(built)
}

/// A function and what it is built with.
struct Prepared {
    files: Files,
    fetched: Option<Fetched>,
    /// The text of its file with the commit that is to be recorded.
    recorded: Option<String>,
    /// Where its runtime was read, if that is a folder here.
    runtime_folder: Option<PathBuf>,
}

fn run(context: &Context<'_>, options: &Options, log: &mut Log<'_>) -> Option<Built> {
    let (source, own) = source(context, &options.folder, log)?;
    let (function, diagnostics) = Function::read(&source).into_parts();
    note(&diagnostics, &[&own], log);
    let function = function.filter(|_| !diagnostics.has_errors())?;
    let name = name_of(context, &options.folder);
    let folder = options.output.clone().unwrap_or_else(|| PathBuf::from(format!("fly_{name}_context")));
    let Prepared { files, fetched, recorded, runtime_folder } =
        prepare(context, options, &folder, &function, &own, log)?;

    let runtime = fetched.as_ref().map(|fetched| &fetched.runtime);
    let (made, diagnostics) = score_fly_runtime::build(&name, &files, &function, runtime).into_parts();
    let runtime_files = fetched.as_ref().map(|fetched| &fetched.files);
    note(&diagnostics, &[&files].into_iter().chain(runtime_files).collect::<Vec<_>>(), log);
    let made = made.filter(|_| !diagnostics.has_errors())?;

    let read: Vec<&Path> = [options.folder.as_path()].into_iter().chain(runtime_folder.as_deref()).collect();
    let unchanged = write(context, &read, options.force, &folder, &made, log)?;
    if let Some(text) = recorded {
        let path = PathBuf::from(&source.name);
        let written = files::write(&context.root.at(&path), text.as_bytes(), Access::Usual);
        log.take(written.map_err(|error| crate::faults::unwritable_file(&path, &error)))?;
        log.note(Note::RecordedRuntime(path));
    }
    if !unchanged {
        log.note(Note::Wrote(folder.clone()));
    }
    Some(Built { folder, files: made.iter().count(), unchanged })
}

/// The file that makes a folder a function.
pub(super) fn source(context: &Context<'_>, folder: &Path, log: &mut Log<'_>) -> Option<(Source, Files)> {
    let shown = if folder.as_os_str().is_empty() { Path::new(".") } else { folder };
    let own = log.take(function::read_some(&context.root.at(folder), shown, &[FUNCTION, FUNKO]))?;
    // Called as it would be on the command line.
    let own = if shown == Path::new(".") { own.called("") } else { own };
    let (source, diagnostics) = Function::source(&own).into_parts();
    note(&diagnostics, &[&own], log);
    source.filter(|_| !diagnostics.has_errors()).map(|source| (source, own))
}

/// Fetches the runtime of a function, and reads what of its folder is part of it.
fn prepare(
    context: &Context<'_>,
    options: &Options,
    output: &Path,
    function: &Function<'_>,
    own: &Files,
    log: &mut Log<'_>,
) -> Option<Prepared> {
    let (reference, diagnostics) = function.reference(options.runtime.as_deref()).into_parts();
    note(&diagnostics, &[own], log);
    let reference = reference.filter(|_| !diagnostics.has_errors())?;
    let given = options.runtime.is_some();
    let base = if given { Path::new("") } else { &options.folder };
    let recorded = function.commit.as_deref().filter(|_| !given && !options.update_runtime);
    let fetched = match &reference {
        None => None,
        Some(reference) => Some(fetch(context, reference, base, recorded, log)?),
    };
    if let Some(moved) = fetched.as_ref().and_then(|fetched| fetched.moved.as_deref()) {
        note(&function.moved(moved), &[own], log);
    }
    let commit = fetched.as_ref().and_then(|fetched| fetched.commit.as_deref()).filter(|_| !given);
    let commit = commit.filter(|commit| function.commit.as_deref() != Some(*commit));
    let recorded = commit.filter(|_| !function.is_funko).and_then(|commit| function.with_commit(commit));
    // What an earlier build made may lie in the function's own folder.
    let output = context.root.way(&options.folder, output);
    let takes = |path: &str| match &fetched {
        _ if path == output => false,
        Some(fetched) => fetched.runtime.takes(path),
        None => can_be_part(path),
    };
    let files = log.take(function::read(&context.root.at(&options.folder), &options.folder, &takes))?;
    let mut files = files.called(own.root());
    if let Some(text) = &recorded {
        // As it will be the next time, so that the same comes of it.
        let _ = files.insert(FUNCTION, text.clone());
    }
    let runtime_folder = match &reference {
        Some(Reference::Folder(path)) => Some(base.join(path)),
        _ => None,
    };
    Some(Prepared { files, fetched, recorded, runtime_folder })
}

/// How a function is called if none of its files says so.
fn name_of(context: &Context<'_>, folder: &Path) -> String {
    let folder = context.root.at(folder);
    let real = folder.canonicalize().unwrap_or(folder);
    real.file_name().map(|name| name.to_string_lossy().into_owned()).unwrap_or_default()
}

/// Writes the context, and says whether it was there already.
fn write(
    context: &Context<'_>,
    read: &[&Path],
    force: bool,
    folder: &Path,
    files: &Files,
    log: &mut Log<'_>,
) -> Option<bool> {
    let target = context.root.at(folder);
    if let Ok(real) = target.canonicalize() {
        let is_read =
            |folder: &&Path| context.root.at(folder).canonicalize().is_ok_and(|folder| folder.starts_with(&real));
        if read.iter().any(is_read) {
            log.fail(FunctionError::IsFunction { path: folder.to_owned() });
            return None;
        }
        let there = function::read(&target, folder, &|_| true);
        if there.is_ok_and(|there| there.iter().eq(files.iter())) {
            return Some(true);
        }
        let is_empty = fs::read_dir(&target).is_ok_and(|mut entries| entries.next().is_none());
        if !force && !is_empty {
            log.fail(FunctionError::CouldReplace { path: folder.to_owned() });
            return None;
        }
    }
    log.take(function::write(&target, folder, files)).map(|()| false)
}
