//! `score-fly machine`

use std::path::PathBuf;

use clap::Args;

use crate::Exit;
use crate::cli::Global;
use crate::fly_file::FlyFile;
use crate::output::{Reporter, Stream};

/// Print the machine config that flyctl makes of a fly.toml
///
/// That is what flyctl sends to Fly's API for each machine of a process group, but for what only a
/// deploy knows: the image that it builds, the ids of volumes, and the release.
#[derive(Debug, Args)]
pub(crate) struct Machine {
    /// The fly.toml, or the same as `.json` or `.yaml`; `-` is standard input
    #[arg(default_value = "fly.toml")]
    file: PathBuf,

    /// The process group, instead of the default one: `app`, or the first by name
    #[arg(short, long)]
    group: Option<String>,
}

/// Runs it.
pub(crate) fn run(args: &Machine, global: Global) -> Exit {
    let mut reporter = Reporter::new(global, Stream::Stderr);
    match FlyFile::read(&args.file) {
        Ok(file) => print(&file, args.group.as_deref(), &mut reporter),
        Err(sentence) => reporter.fail(&sentence),
    }
    reporter.finish()
}

fn print(file: &FlyFile, group: Option<&str>, reporter: &mut Reporter) {
    let (machine, diagnostics) = file.machine_config(group).into_parts();
    file.report(&diagnostics, reporter);
    if let Some(machine) = machine.filter(|_| !diagnostics.has_errors()) {
        // It holds only maps with text keys and finite numbers, which always serialise.
        let json = serde_json::to_string_pretty(&machine).unwrap_or_default();
        reporter.data(&format!("{json}\n"));
    }
}
