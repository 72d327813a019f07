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

/// Print the fly.toml that a Score file converts to
///
/// The output is meant for this directory, or for the place of the fly.toml given with --update. It
/// contains the content of files wherever fly.toml can. Notes say what needs further files, and which
/// secrets the workload has; `score-fly generate` writes all of them.
#[derive(Debug, Args)]
pub(crate) struct Convert {
    /// The Score file; `-` is standard input
    file: PathBuf,

    #[command(flatten)]
    score: ScoreArgs,

    /// A fly.toml to start from: the output keeps its comments, its order and its other keys
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
