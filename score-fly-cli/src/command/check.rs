//! `score-fly check`

use std::path::PathBuf;

use clap::Args;
use score_fly_engine::ops;
use score_fly_engine::ops::check::{Checked, Options};

use crate::args::{Global, ScoreArgs};
use crate::exit::Exit;
use crate::output::Stream;
use crate::process::Process;

/// Find mistakes in Score files and in fly.toml files
///
/// Diagnostics go to standard output here. Resource outputs and mounted files are checked if you
/// have them, and otherwise assumed to exist.
///
/// A file counts as a fly.toml if its name ends in `.toml`, or starts with `fly` and ends in `.json` or
/// `.yaml`, unless it has Score's `apiVersion`. All others are Score files.
#[derive(Debug, Args)]
pub(crate) struct Check {
    /// The files; `-` is a Score file from standard input
    #[arg(required = true)]
    files: Vec<PathBuf>,

    /// Fix the mistakes in fly.toml files that have only one possible correction
    ///
    /// Comments and layout stay. Each fix is listed, and the remaining mistakes are reported. Score files,
    /// JSON and YAML are only checked.
    #[arg(long)]
    fix: bool,

    #[command(flatten)]
    score: ScoreArgs,
}

/// Runs it.
pub(crate) fn run(args: Check, global: Global) -> Exit {
    let process = Process::new(global, Stream::Stdout);
    let options = Options { files: args.files, fix: args.fix, score: args.score.options() };
    let report = ops::check(&process.context(), &options);
    if let (true, Some(Checked { files })) = (report.is_sound(), report.result) {
        process.say(&match files {
            1 => "checked 1 file: no errors".to_owned(),
            count => format!("checked {count} files: no errors"),
        });
    }
    process.finish()
}
