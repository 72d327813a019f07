//! Mistakes in Score files and in fly.toml files.

use std::path::{Path, PathBuf};

use score_fly_core::{Diagnostic, Diagnostics, Source};

use super::context::Context;
use super::conversion::{self, Attempt, Shared};
use super::failure::Failure;
use super::fly_file::{FlyFile, is_fly_file};
use super::inputs::{self, Decoded, refuse_two_dashes, text};
use super::options::ScoreOptions;
use super::report::{Findings, Log, Note, Report};
use super::score_file::{ScoreFile, ScoreText};
use crate::files::{self, Access};
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

/// A file that was read.
enum Opened {
    Score(ScoreText),
    Fly(Box<Mended>),
}

/// A file of Fly's, with what was mended in it.
struct Mended {
    file: FlyFile,
    /// The text as it was.
    before: Source,
    mistakes: Vec<Diagnostic>,
}

/// What was found in a file.
enum Found<'t> {
    Score(Box<(ScoreFile<'t>, Attempt)>),
    Fly(&'t Mended, Diagnostics),
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
    let opened: Vec<Opened> = opened.into_iter().filter_map(|opened| log.take(opened)).collect();
    for found in parallel::map(&opened, parallel::all_cores(), |opened| look(context, opened, &shared)) {
        match found {
            Found::Score(score) => {
                let (file, attempt) = *score;
                attempt.note(&file, log);
            }
            Found::Fly(Mended { file, before, mistakes }, left) => {
                if !mistakes.is_empty() {
                    let diagnostics = mistakes.iter().cloned().collect();
                    log.note(Note::Mended(Findings { diagnostics, texts: vec![text(before)] }));
                }
                file.note(&left, log);
            }
        }
    }
    Some(Checked { files: files.len() })
}

/// Reads a file, and mends it if that is wished.
fn open(context: &Context<'_>, path: &Path, options: &Options) -> Result<Opened, Failure> {
    let decoded: Decoded = inputs::read(context, path)?;
    if !is_fly_file(path, &decoded.source) {
        return Ok(Opened::Score(ScoreText::new(path, decoded)));
    }
    if let Some(option) = options.score.for_one_file() {
        return Err(Failure::ForScoreFile { option, path: path.to_owned() });
    }
    let mut file = FlyFile::new(context, path, decoded);
    let before = file.source().clone();
    let mistakes = if options.fix { file.fix() } else { Vec::new() };
    if !mistakes.is_empty() {
        files::write(&context.root.at(path), file.source().text.as_bytes(), Access::Usual)
            .map_err(|error| Failure::io("write", path, &error))?;
    }
    Ok(Opened::Fly(Box::new(Mended { file, before, mistakes })))
}

fn look<'t>(context: &Context<'_>, opened: &'t Opened, shared: &'t Shared) -> Found<'t> {
    match opened {
        Opened::Score(text) => {
            let file = ScoreFile::load(context, text, &shared.overrides, shared.options.image.as_deref());
            let (outputs, _) = shared.outputs_of(&file);
            let attempt = conversion::check(&file, &shared.options, outputs);
            Found::Score(Box::new((file, attempt)))
        }
        Opened::Fly(mended) => Found::Fly(mended, mended.file.check()),
    }
}
