//! `score-fly convert`

use std::path::{Path, PathBuf};

use clap::Args;

use crate::Exit;
use crate::cli::{Global, ScoreArgs};
use crate::conversion::{self, Product, Shared};
use crate::inputs::refuse_two_dashes;
use crate::output::{Reporter, Stream};
use crate::paths::folder;
use crate::score_file::ScoreFile;

/// Print the fly.toml that a Score file becomes
///
/// The document is meant for this directory, or for the place of the one given with --update. It
/// holds the content of files where fly.toml can. What needs further files, and the names of the
/// workload's secrets, is told in notes; `score-fly generate` writes all of them.
#[derive(Debug, Args)]
pub(crate) struct Convert {
    /// The Score file; `-` is standard input
    file: PathBuf,

    #[command(flatten)]
    score: ScoreArgs,

    /// A fly.toml to start from: its comments, order and further keys are kept in what is printed
    ///
    /// The file itself is not changed.
    #[arg(long, value_name = "FILE")]
    update: Option<PathBuf>,
}

/// Runs it.
pub(crate) fn run(args: &Convert, global: Global) -> Exit {
    let mut reporter = Reporter::new(global, Stream::Stderr);
    if let Some(sentence) =
        refuse_two_dashes(args.score.files().chain([args.file.as_path()]).chain(args.update.as_deref()))
    {
        reporter.fail(&sentence);
        return reporter.finish();
    }
    let Some(shared) = Shared::read(&args.score, true, &mut reporter) else { return reporter.finish() };
    let toml_folder = args.update.as_deref().map_or(Path::new(""), folder);
    let file = match ScoreFile::read(&args.file, &shared) {
        Ok(file) => file,
        Err(sentence) => {
            reporter.fail(&sentence);
            return reporter.finish();
        }
    };
    let outputs = shared.outputs_of(&file);
    let attempt = conversion::convert(&file, &shared.options, outputs, toml_folder, |_| args.update.clone());
    attempt.report(&file, &mut reporter);
    if let Some(Product { app, toml }) = attempt.product {
        reporter.data(&toml);
        if !app.secrets.is_empty() {
            let names = conversion::names(&app.secrets);
            reporter.say(&format!("secrets are not in fly.toml: `score-fly generate` writes {names}"));
        }
    }
    reporter.finish()
}
