//! `score-fly check`

use std::path::PathBuf;

use clap::Args;
use score_fly_engine::parallel;

use crate::Exit;
use crate::cli::{Global, ScoreArgs, only_one_file};
use crate::conversion::{self, Shared};
use crate::inputs::refuse_two_dashes;
use crate::output::{Reporter, Stream};
use crate::score_file::ScoreFile;

/// Find mistakes in Score files, and write nothing
///
/// Diagnostics are what is asked for here, so they go to standard output. Resource outputs and
/// mounted files are used if they are there, and otherwise taken to exist.
#[derive(Debug, Args)]
pub(crate) struct Check {
    /// The Score files; `-` is standard input
    #[arg(required = true)]
    files: Vec<PathBuf>,

    #[command(flatten)]
    score: ScoreArgs,
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
    let checked = parallel::map(&args.files, parallel::all_cores(), |path| {
        let file = ScoreFile::read(path, &shared)?;
        let (outputs, _) = shared.outputs_of(&file);
        let attempt = conversion::check(&file, &shared.options, outputs);
        Ok::<_, String>((file, attempt))
    });
    for result in checked {
        match result {
            Ok((file, attempt)) => attempt.report(&file, &mut reporter),
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
