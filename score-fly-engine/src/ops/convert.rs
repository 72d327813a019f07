//! The fly.toml that a Score file becomes.

use std::path::{Path, PathBuf};

use score_fly_core::fly::App;

use super::context::Context;
use super::conversion::{self, Product, Shared};
use super::inputs::refuse_two_dashes;
use super::options::ScoreOptions;
use super::report::{Log, Report};
use super::score_file::{ScoreFile, ScoreText};
use crate::root::folder;

/// What to convert.
#[derive(Debug, Clone, Default)]
pub struct Options {
    /// The Score file.
    pub file: PathBuf,
    /// What is done to it on its way.
    pub score: ScoreOptions,
    /// A fly.toml to start from: its comments, order and further keys are kept in what comes out.
    pub update: Option<PathBuf>,
}

/// What a Score file becomes. Nothing is written.
#[derive(Debug)]
pub struct Converted {
    /// fly.toml, meant for the folder in which the use case works, or for that of the one to start from. It holds
    /// the content of files where fly.toml can.
    pub toml: String,
    /// The app, with secrets and further files.
    pub app: App,
}

/// Converts a Score file, and writes nothing.
pub fn convert(context: &Context<'_>, options: &Options) -> Report<Converted> {
    let mut log = context.log();
    let converted = run(context, options, &mut log);
    log.report(converted)
}

fn run(context: &Context<'_>, options: &Options, log: &mut Log<'_>) -> Option<Converted> {
    let Options { file, score, update } = options;
    log.take(refuse_two_dashes(score.files().chain([file.as_path()]).chain(update.as_deref())))?;
    let shared = Shared::read(context, score, true, log)?;
    let text = log.take(ScoreText::read(context, file))?.with_overrides(shared.overrides.clone());
    let file = ScoreFile::load(context, &text, shared.options.image.as_deref());
    let outputs = shared.outputs_of(&file);
    let toml_folder = update.as_deref().map_or(Path::new(""), folder);
    let attempt = conversion::convert(context, &file, &shared.options, outputs, toml_folder, |_| update.clone());
    let Product { app, toml } = attempt.note(&file, log)?;
    Some(Converted { toml, app })
}
