//! `score-fly new`

use std::path::PathBuf;

use clap::Args;
use score_fly_engine::ops;
use score_fly_engine::ops::new::Options;

use crate::args::Global;
use crate::exit::Exit;
use crate::process::Process;

/// Make the folder of a new function
///
/// It gets a few files of code that are yours, `function.yaml`, which says what it is built with, and
/// `score.yaml`, the app that it becomes. `score-fly build` makes a Docker context of it.
#[derive(Debug, Args)]
pub(crate) struct New {
    /// What it is built with: a name (`score-fly runtime list` shows them), the path of a folder with a slash in it,
    /// or `https://host/repository#ref:path`
    #[arg(short, long)]
    runtime: String,

    /// The folder to make; its name is the function's
    folder: PathBuf,
}

/// Runs it.
pub(crate) fn run(args: New, global: Global) -> Exit {
    let process = Process::heeding(global);
    let New { runtime, folder } = args;
    let options = Options { runtime, folder };
    if ops::new(&process.context(), &options).result.is_some() {
        process.say(&format!("{} says what to do next", options.folder.join("README.md").display()));
    }
    process.finish()
}
