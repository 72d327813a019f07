//! The Score file that becomes an equal fly.toml.

use std::path::PathBuf;

use score_fly_core::import::to_yaml;
use score_fly_core::score::Workload;

use super::clashes::refuse_clashes;
use super::context::Context;
use super::failure::Failure;
use super::fly_file::{FlyFile, FlyText};
use super::report::{Log, Note, Report};
use crate::faults::unwritable_file;
use crate::files::{self, Access};

/// What to import.
#[derive(Debug, Clone, Default)]
pub struct Options {
    /// The fly.toml, or the same as JSON or YAML.
    pub file: PathBuf,
    /// The Score file to write, if it is to be written.
    pub output: Option<PathBuf>,
    /// Whether to replace it, if there is one.
    pub force: bool,
}

/// What a fly.toml becomes.
#[derive(Debug)]
pub struct Imported {
    /// The workload.
    pub workload: Workload,
    /// Its Score file.
    pub text: String,
}

/// Makes a Score file of a fly.toml, which converts to an equal one.
pub fn import(context: &Context<'_>, options: &Options) -> Report<Imported> {
    let mut log = context.log();
    let imported = run(context, options, &mut log);
    log.report(imported)
}

fn run(context: &Context<'_>, options: &Options, log: &mut Log<'_>) -> Option<Imported> {
    let Options { file, output, force } = options;
    let fly = log.take(FlyText::read(context, file))?;
    let file = FlyFile::load(context, &fly);
    let (workload, diagnostics) = file.import().into_parts();
    let workload = workload.filter(|_| !diagnostics.has_errors());
    let read = file.files_read().to_vec();
    file.looked(diagnostics).note(log);
    let workload = workload?;
    let text = to_yaml(&workload);
    if let Some(path) = output {
        let target = context.root.at(path);
        if target.exists() && !force {
            log.fail(Failure::IsThere { path: path.clone() });
            return None;
        }
        if !refuse_clashes(context, read.iter().map(PathBuf::as_path), [path.as_path()], log) {
            return None;
        }
        let written = files::write(&target, text.as_bytes(), Access::Usual);
        log.take(written.map_err(|error| unwritable_file(path, &error)))?;
        log.note(Note::Wrote(path.clone()));
    }
    Some(Imported { workload, text })
}
