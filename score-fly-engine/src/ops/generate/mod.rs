//! The files that Score files become.

#[cfg(feature = "project")]
mod in_project;
mod mark;
mod options;
mod write;

use std::path::PathBuf;

use super::context::Context;
use super::conversion::Shared;
use super::failure::{Failure, no_project};
use super::inputs::refuse_two_dashes;
use super::report::{Generated, Log, Report};
use super::score_file::{ScoreFile, ScoreText, named_alike};
use crate::parallel;
use write::{Target, products};

#[cfg(feature = "project")]
pub use options::ProjectOptions;
pub use options::{Existing, Options, SecretsTo, TomlTo};

/// Writes the fly.toml, secrets and further files that Score files become.
///
/// In a project, the Score files are added to its workloads, or replace those of the same name; then the resources
/// of all workloads are provisioned, and all workloads are written. Nothing is provisioned if one of them has errors.
pub fn generate(context: &Context<'_>, options: &Options) -> Report<Vec<Generated>> {
    let mut log = context.log();
    let generated = run(context, options, &mut log);
    log.report(generated)
}

fn run(context: &Context<'_>, options: &Options, log: &mut Log<'_>) -> Option<Vec<Generated>> {
    let Options { files, score, .. } = options;
    log.take(score.refuse_several(files.len()))?;
    if let Some(setting) = options.for_one_workload().filter(|_| files.len() > 1) {
        log.fail(Failure::ForOneFile { setting });
        return None;
    }
    if options.toml == TomlTo::Caller && options.secrets == SecretsTo::Caller {
        log.fail(Failure::StandardOutputTwice);
        return None;
    }
    log.take(refuse_two_dashes(score.files().chain(files.iter().map(PathBuf::as_path))))?;
    let shared = Shared::read(context, score, options.inline_files, log)?;
    #[cfg(feature = "project")]
    if super::project::exists(context, log)? {
        return in_project::run(context, options, shared, log);
    }
    #[cfg(feature = "project")]
    if !options.project.env_files.is_empty() {
        let help = "variables are for the resources of a project: make one, or give the outputs of resources instead";
        log.fail(no_project(help));
        return None;
    }
    #[cfg(not(feature = "project"))]
    if context.root.has_project() {
        log.fail(Failure::NoProjects);
        return None;
    }
    if files.is_empty() {
        log.fail(no_project("name Score files, or make one"));
        return None;
    }
    Some(without_project(context, options, &shared, log))
}

/// Writes what each Score file becomes by itself.
fn without_project(context: &Context<'_>, options: &Options, shared: &Shared, log: &mut Log<'_>) -> Vec<Generated> {
    let texts: Vec<ScoreText> = ScoreText::read_all(context, &options.files, log)
        .into_iter()
        .map(|text| text.with_overrides(shared.overrides.clone()))
        .collect();
    let target = Target { context, options };
    let files = parallel::map(&texts, parallel::all_cores(), |text| {
        ScoreFile::load(context, text, shared.options.image.as_deref())
    });
    let attempts = parallel::map(&files, parallel::all_cores(), |file| {
        target.convert(file, &shared.options, shared.outputs_of(file))
    });
    let alike = named_alike(&files);
    let writable = |file: &ScoreFile<'_>| file.name().is_some_and(|name| !alike.contains_key(name));
    let products = products(&files, attempts, writable, log);
    let names = products.iter().map(|(name, _)| *name);
    let generated =
        if target.refuse_foreign(names, log) { target.write_all(&files, &products, log) } else { Vec::new() };
    for (name, files) in &alike {
        log.fail(Failure::SameName { name: (*name).to_owned(), files: files.clone(), others_are_written: true });
    }
    generated
}
