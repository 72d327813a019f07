//! `score-fly logs`

use clap::Args;
use score_fly_api::logs::LogLine;
use score_fly_engine::ops;
use score_fly_engine::ops::logs::Options;
use serde_json::json;

use crate::args::Global;
use crate::exit::Exit;
use crate::fly::{self, WhichArgs};
use crate::process::Process;
use crate::untrusted::clean;

/// Show the newest lines of an app's logs
#[derive(Debug, Args)]
pub(crate) struct Logs {
    #[command(flatten)]
    which: WhichArgs,

    /// Go on with new lines, until Ctrl-C
    #[arg(short, long)]
    follow: bool,

    /// Only those of this machine
    #[arg(long, value_name = "ID")]
    machine: Option<String>,

    /// Only those of this region
    #[arg(long, value_name = "CODE")]
    region: Option<String>,

    /// Print JSON, an object for each line
    #[arg(long)]
    json: bool,
}

/// Runs it.
pub(crate) fn run(args: Logs, global: Global) -> Exit {
    let process = Process::heeding(global);
    let Logs { which, follow, machine, region, json } = args;
    let options = Options { which: which.which(), machine, region, follow, fly: fly::options(global) };
    let print = |line: &LogLine| process.data(&if json { as_json(line) } else { as_text(line) });
    ops::logs(&process.context(), &options, &print);
    process.finish_quietly()
}

fn as_text(line: &LogLine) -> String {
    let time = line.timestamp.map(|time| time.to_string()).unwrap_or_default();
    let LogLine { message, level, instance, region, .. } = line;
    format!("{}\n", clean(&format!("{time} {region} {instance} [{level}] {message}")))
}

fn as_json(line: &LogLine) -> String {
    let LogLine { timestamp, message, level, instance, region, .. } = line;
    let line = json!({
        "timestamp": timestamp, "region": region, "machine": instance, "level": level, "message": message,
    });
    format!("{line}\n")
}
