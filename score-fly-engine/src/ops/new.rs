//! New functions.

use std::path::{Path, PathBuf};

use score_fly_runtime::scaffold;

use super::context::Context;
use super::functions::{fetch, note, place};
use super::report::{Log, Note, Report};
use crate::function::{self, FunctionError};

/// Which function to make.
#[derive(Debug, Clone, Default)]
pub struct Options {
    /// Its runtime: a name, a folder or a repository, as it is called in the folder in which the use case works.
    pub runtime: String,
    /// The folder to make. Its name is the function's.
    pub folder: PathBuf,
}

/// A function that was made.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Created {
    /// Its name.
    pub name: String,
    /// Its files, by their paths in its folder.
    pub files: Vec<String>,
}

/// Makes the folder of a new function. It is there in full, or not at all.
pub fn new(context: &Context<'_>, options: &Options) -> Report<Created> {
    let mut log = context.log();
    let created = run(context, options, &mut log);
    log.report(created)
}

fn run(context: &Context<'_>, options: &Options, log: &mut Log<'_>) -> Option<Created> {
    let Options { runtime, folder } = options;
    let name = log.take(name_of(folder))?;
    let target = context.root.at(folder);
    if target.exists() {
        log.fail(FunctionError::IsThere { path: folder.clone() });
        return None;
    }
    let reference = log.take(place(runtime))?;
    let fetched = fetch(context, &reference, Path::new(""), None, log)?;
    let reference = function::reference_from(context.root, folder, &reference).to_string();
    let made = scaffold(&name, &fetched.runtime, &reference, fetched.commit.as_deref());
    let (files, diagnostics) = made.into_parts();
    note(&diagnostics, &[&fetched.files], log);
    let files = files.filter(|_| !diagnostics.has_errors())?;
    log.take(function::write(&target, folder, &files))?;
    log.note(Note::Wrote(folder.clone()));
    Some(Created { name, files: files.iter().map(|(path, _)| path.to_owned()).collect() })
}

/// How the function in a folder is called.
fn name_of(folder: &Path) -> Result<String, FunctionError> {
    let name = folder.file_name().and_then(|name| name.to_str());
    name.map(str::to_owned).ok_or_else(|| FunctionError::NoName { path: folder.to_owned() })
}
