//! Mistakes in Score files and in fly.toml files.

use std::path::{Path, PathBuf};

use score_fly_core::fly::Fixed;

use super::context::Context;
use super::conversion::{self, Attempt, Shared};
use super::failure::Failure;
use super::fly_file::{FlyFile, FlyText, Looked, is_fly_file};
use super::inputs::{self, Decoded, refuse_two_dashes};
use super::options::ScoreOptions;
use super::report::{Findings, Log, Note, Report};
use super::score_file::{ScoreFile, ScoreText};
use crate::faults::unwritable_file;
use crate::files;
use crate::parallel;

/// What to check.
#[derive(Debug, Clone, Default)]
pub struct Options {
    /// The files. One is Fly's if its name ends in `.toml`, or if it starts with `fly` and ends in `.json` or
    /// `.yaml`, unless it has Score's `apiVersion`. All others are Score files.
    pub files: Vec<PathBuf>,
    /// Whether to mend what there is only one way to mend, in fly.toml files.
    pub fix: bool,
    /// What is done to Score files.
    pub score: ScoreOptions,
}

/// What was checked.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Checked {
    /// How many files.
    pub files: usize,
}

/// A file whose text was read.
enum Opened {
    Score(ScoreText),
    Fly(FlyText),
}

/// What was found in a file.
enum Found<'t> {
    Score(Box<(ScoreFile<'t>, Attempt)>),
    /// What was mended in a file of Fly's, and what is left.
    Fly(Option<Findings>, Looked),
}

/// Looks for mistakes. Outputs and mounted files are used if they are there, and otherwise taken to exist.
pub fn check(context: &Context<'_>, options: &Options) -> Report<Checked> {
    let mut log = context.log();
    let checked = run(context, options, &mut log);
    log.report(checked)
}

fn run(context: &Context<'_>, options: &Options, log: &mut Log<'_>) -> Option<Checked> {
    let Options { files, fix, score } = options;
    log.take(score.refuse_several(files.len()))?;
    log.take(refuse_two_dashes(score.files().chain(files.iter().map(PathBuf::as_path))))?;
    let shared = Shared::read(context, score, false, log)?;
    let opened = parallel::map(files, parallel::all_cores(), |path| open(context, path, options));
    if *fix && opened.iter().all(|opened| matches!(opened, Ok(Opened::Score(_)))) {
        log.fail(Failure::NothingToFix);
        return None;
    }
    let with_overrides = |opened| match opened {
        Opened::Score(text) => Opened::Score(text.with_overrides(shared.overrides.clone())),
        fly @ Opened::Fly(_) => fly,
    };
    let opened: Vec<Opened> = opened.into_iter().filter_map(|opened| log.take(opened)).map(with_overrides).collect();
    for found in parallel::map(&opened, parallel::all_cores(), |opened| look(context, opened, &shared, *fix)) {
        match log.take(found) {
            Some(Found::Score(score)) => {
                let (file, attempt) = *score;
                attempt.note(&file, log);
            }
            Some(Found::Fly(mended, left)) => {
                if let Some(mended) = mended {
                    log.note(Note::Mended(mended));
                }
                left.note(log);
            }
            None => {}
        }
    }
    Some(Checked { files: files.len() })
}

/// Reads a file.
fn open(context: &Context<'_>, path: &Path, options: &Options) -> Result<Opened, Failure> {
    let decoded: Decoded = inputs::read(context, path)?;
    if !is_fly_file(path, &decoded.source) {
        return Ok(Opened::Score(ScoreText::new(path, decoded)));
    }
    match options.score.for_one_file() {
        Some(setting) => Err(Failure::ForScoreFile { setting, path: path.to_owned() }),
        None => Ok(Opened::Fly(FlyText::new(path, decoded))),
    }
}

/// Looks for mistakes in a file.
fn look<'t>(context: &Context<'_>, opened: &'t Opened, shared: &'t Shared, fix: bool) -> Result<Found<'t>, Failure> {
    match opened {
        Opened::Score(text) => {
            let file = ScoreFile::load(context, text, shared.options.image.as_deref());
            let (outputs, _) = shared.outputs_of(&file);
            let attempt = conversion::check(&file, &shared.options, outputs);
            Ok(Found::Score(Box::new((file, attempt))))
        }
        Opened::Fly(before) => {
            let file = FlyFile::load(context, before);
            let found = file.check();
            match fix.then(|| file.fix(&found)).flatten() {
                None => Ok(Found::Fly(None, file.looked(found))),
                Some(fixed) => mend(context, before, fixed),
            }
        }
    }
}

/// Writes the text in which mistakes are mended, and looks what is left in there.
fn mend<'t>(context: &Context<'_>, before: &FlyText, Fixed { text, mended }: Fixed) -> Result<Found<'t>, Failure> {
    let path = &before.path;
    files::rewrite(&context.root.at(path), text.as_bytes()).map_err(|error| unwritable_file(path, &error))?;
    let mended = Findings { diagnostics: mended.into_iter().collect(), texts: vec![inputs::text(before.source())] };
    let after = before.with(text);
    let file = FlyFile::load(context, &after);
    let left = file.check();
    Ok(Found::Fly(Some(mended), file.looked(left)))
}
