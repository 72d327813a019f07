//! `score-fly machine`

use std::path::PathBuf;

use clap::Args;
use score_fly_engine::ops;
use score_fly_engine::ops::machine::Options;

use crate::args::Global;
use crate::exit::Exit;
use crate::output::Stream;
use crate::process::Process;

/// Print the machine config that flyctl makes from a fly.toml
///
/// This is what flyctl sends to Fly's API for each machine of a process group, except for what is only known
/// during a deploy: a built image, the ids of volumes, and the release.
#[derive(Debug, Args)]
pub(crate) struct Machine {
    /// The fly.toml, or its `.json` or `.yaml` form; `-` is standard input
    #[arg(default_value = "fly.toml")]
    file: PathBuf,

    /// The process group, instead of the default one: `app`, or the first by name
    #[arg(short, long)]
    group: Option<String>,
}

/// Runs it.
pub(crate) fn run(args: Machine, global: Global) -> Exit {
    let process = Process::new(global, Stream::Stderr);
    let options = Options { file: args.file, group: args.group };
    if let Some(machine) = ops::machine(&process.context(), &options).result {
        // It holds only maps with text keys and finite numbers, which always serialise.
        let json = serde_json::to_string_pretty(&machine).unwrap_or_default();
        process.data(&format!("{json}\n"));
    }
    process.finish()
}
