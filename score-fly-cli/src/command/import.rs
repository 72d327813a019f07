//! `score-fly import`

use std::path::PathBuf;

use clap::Args;
use score_fly_engine::ops;
use score_fly_engine::ops::import::Options;

use crate::args::Global;
use crate::exit::Exit;
use crate::output::Stream;
use crate::process::Process;

/// Make a Score file of a fly.toml
///
/// What `score-fly convert` makes of it is the same app again: what Score and its annotations have no
/// words for stands in the annotation `fly.score.dev/config`, and is told in notes. Comments are not
/// taken over.
#[derive(Debug, Args)]
pub(crate) struct Import {
    /// The fly.toml, or the same as `.json` or `.yaml`; `-` is standard input
    #[arg(default_value = "fly.toml")]
    file: PathBuf,

    /// The Score file to write, instead of printing it
    #[arg(short, long, value_name = "FILE")]
    output: Option<PathBuf>,

    /// Replace the file of --output if there is one
    #[arg(long, requires = "output")]
    force: bool,
}

/// Runs it.
pub(crate) fn run(args: Import, global: Global) -> Exit {
    let process = Process::new(global, Stream::Stderr);
    let options = Options { file: args.file, output: args.output, force: args.force };
    let imported = ops::import(&process.context(), &options).result;
    if let Some(imported) = imported.filter(|_| options.output.is_none()) {
        process.data(&imported.text);
    }
    process.finish()
}
