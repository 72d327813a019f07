//! `score-fly build`

use std::path::PathBuf;

use clap::Args;
use score_fly_engine::ops;
use score_fly_engine::ops::build::Options;

use crate::args::Global;
use crate::exit::Exit;
use crate::process::Process;

/// Make a Docker context of a function
///
/// That is a folder with the function's own files, those of its runtime, and a Score file. It needs nothing of
/// score-fly: `docker build` takes it, and `score-fly generate` or `convert` its `score.yaml`. The same files give
/// the same bytes.
#[derive(Debug, Args)]
pub(crate) struct Build {
    /// The function's folder
    #[arg(default_value = ".")]
    folder: PathBuf,

    /// The folder to write [default: fly_<function>_context]
    #[arg(short, long, value_name = "FOLDER")]
    output: Option<PathBuf>,

    /// Replace the folder of --output if there is something else in it
    #[arg(long)]
    force: bool,

    /// Build with this runtime, and not the one that the function says
    ///
    /// A name, the path of a folder with a slash in it, or `https://host/repository#ref:path`.
    #[arg(short, long)]
    runtime: Option<String>,

    /// Take a runtime from git as it is now, and record its commit, instead of at the commit that is recorded
    #[arg(long, conflicts_with = "runtime")]
    update_runtime: bool,
}

/// Runs it.
pub(crate) fn run(args: Build, global: Global) -> Exit {
    let process = Process::heeding(global);
    let Build { folder, output, force, runtime, update_runtime } = args;
    let options = Options { folder, output, force, runtime, update_runtime };
    let built = ops::build(&process.context(), &options).result;
    if let Some(built) = built.filter(|built| built.unchanged) {
        process.say(&format!("{} is as it was", built.folder.display()));
    }
    process.finish()
}
