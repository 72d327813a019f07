//! `score-fly convert`

use std::path::PathBuf;

use clap::Args;
use score_fly_engine::ops;
use score_fly_engine::ops::convert::{Converted, Options};

use crate::args::{Global, ScoreArgs};
use crate::exit::Exit;
use crate::output::Stream;
use crate::process::Process;
use crate::words::names;

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
pub(crate) fn run(args: Convert, global: Global) -> Exit {
    let process = Process::new(global, Stream::Stderr);
    let options = Options { file: args.file, score: args.score.options(), update: args.update };
    if let Some(Converted { toml, app }) = ops::convert(&process.context(), &options).result {
        process.data(&toml);
        if !app.secrets.is_empty() {
            let names = names(app.secrets.keys());
            process.say(&format!("secrets are not in fly.toml: `score-fly generate` writes {names}"));
        }
    }
    process.finish()
}
