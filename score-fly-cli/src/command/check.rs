//! `score-fly check`

use std::path::{Path, PathBuf};

use clap::Args;
use score_fly_core::{Diagnostic, Diagnostics, Source};
use score_fly_engine::files::{self, Access};
use score_fly_engine::parallel;

use crate::Exit;
use crate::cli::{Global, ScoreArgs, only_one_file};
use crate::conversion::{self, Attempt, Shared};
use crate::fly_file::{FlyFile, is_fly_file};
use crate::inputs::{self, cannot, refuse_two_dashes};
use crate::output::{Reporter, Stream};
use crate::score_file::ScoreFile;

/// Find mistakes in Score files and in fly.toml files
///
/// Diagnostics are what is asked for here, so they go to standard output. Resource outputs and
/// mounted files are used if they are there, and otherwise taken to exist.
///
/// A file is Fly's if its name ends in `.toml`, or if it starts with `fly` and ends in `.json` or
/// `.yaml`, unless it has Score's `apiVersion`. All others are Score files.
#[derive(Debug, Args)]
pub(crate) struct Check {
    /// The files; `-` is a Score file from standard input
    #[arg(required = true)]
    files: Vec<PathBuf>,

    /// Mend what there is only one way to mend, in fly.toml files
    ///
    /// Comments and layout stay. What was mended is told, and what is left is reported. Score files, JSON
    /// and YAML are only checked.
    #[arg(long)]
    fix: bool,

    #[command(flatten)]
    score: ScoreArgs,
}

/// A file with what was found in it.
enum Checked<'s> {
    Score(Box<(ScoreFile<'s>, Attempt)>),
    Fly(Box<CheckedFly>),
}

struct CheckedFly {
    file: FlyFile,
    /// The text as it was, with what was mended in it.
    before: Source,
    mended: Vec<Diagnostic>,
    left: Diagnostics,
}

/// Runs it.
pub(crate) fn run(args: &Check, global: Global) -> Exit {
    let mut reporter = Reporter::new(global, Stream::Stdout);
    let several = args.score.flag_for_one_file().filter(|_| args.files.len() > 1).map(only_one_file);
    let dashes = refuse_two_dashes(args.score.files().chain(args.files.iter().map(PathBuf::as_path)));
    if let Some(sentence) = several.or(dashes) {
        reporter.fail(&sentence);
        return reporter.finish();
    }
    let Some(shared) = Shared::read(&args.score, false, &mut reporter) else { return reporter.finish() };
    let checked = parallel::map(&args.files, parallel::all_cores(), |path| args.check(path, &shared));
    let any_of_fly = checked.iter().any(|result| matches!(result, Ok(Checked::Fly(_)) | Err(_)));
    if args.fix && !any_of_fly {
        reporter.fail("--fix mends fly.toml files, and none is given");
        return reporter.finish();
    }
    for result in checked {
        match result {
            Ok(Checked::Score(score)) => {
                let (file, attempt) = *score;
                attempt.report(&file, &mut reporter);
            }
            Ok(Checked::Fly(checked)) => {
                reporter.mended(&checked.mended, &checked.before);
                checked.file.report(&checked.left, &mut reporter);
            }
            Err(sentence) => reporter.fail(&sentence),
        }
    }
    if reporter.exit() == Exit::Done {
        reporter.say(&match args.files.len() {
            1 => "checked 1 file: no errors".to_owned(),
            count => format!("checked {count} files: no errors"),
        });
    }
    reporter.finish()
}

impl Check {
    fn check<'s>(&self, path: &Path, shared: &'s Shared) -> Result<Checked<'s>, String> {
        let decoded = inputs::read(path)?;
        if !is_fly_file(path, &decoded.source) {
            let file = ScoreFile::decoded(path, decoded, shared);
            let (outputs, _) = shared.outputs_of(&file);
            let attempt = conversion::check(&file, &shared.options, outputs);
            return Ok(Checked::Score(Box::new((file, attempt))));
        }
        if let Some(flag) = self.score.flag_for_one_file() {
            return Err(format!("{flag} is meant for a Score file, and `{}` is one of Fly's", path.display()));
        }
        let mut file = FlyFile::new(path, decoded);
        let before = file.source().clone();
        let mended = if self.fix { fix(&mut file)? } else { Vec::new() };
        let left = file.check();
        Ok(Checked::Fly(Box::new(CheckedFly { file, before, mended, left })))
    }
}

/// Mends a file in its place, and gives the mistakes that are gone.
fn fix(file: &mut FlyFile) -> Result<Vec<Diagnostic>, String> {
    let mended = file.fix();
    if !mended.is_empty() {
        files::write(file.path(), file.source().text.as_bytes(), Access::Usual)
            .map_err(|error| cannot("write", file.path(), &error))?;
    }
    Ok(mended)
}
