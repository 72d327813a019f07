//! `score-fly env`

use clap::{Args, Subcommand};
use score_fly_engine::EnvName;
use score_fly_engine::ops::envs::{self, Listed};
use serde_json::{Value, json};

use crate::args::{Global, ListFormat};
use crate::exit::Exit;
use crate::process::Process;
use crate::table;

/// Show the environments of the project
///
/// An environment, such as `staging`, has its own state, app prefix and region, and remembers
/// overrides for each workload. `score-fly init --env NAME` creates one.
#[derive(Debug, Args)]
#[command(arg_required_else_help = true)]
pub(crate) struct EnvArgs {
    #[command(subcommand)]
    command: Command,
}

#[derive(Debug, Subcommand)]
enum Command {
    List(List),
}

/// List the environments; the project itself comes first, as `-`
#[derive(Debug, Args)]
struct List {
    /// How to show them
    #[arg(short, long, value_enum, default_value_t)]
    format: ListFormat,
}

/// Runs it.
pub(crate) fn run(args: EnvArgs, global: Global) -> Exit {
    let process = Process::new(global, crate::output::Stream::Stderr);
    let Command::List(list) = args.command;
    if let Some(all) = envs::list(&process.context()).result {
        process.data(&render(&all, list.format));
    }
    process.finish()
}

fn render(all: &[Listed], format: ListFormat) -> String {
    match format {
        ListFormat::Table => {
            let row = |one: &Listed| {
                let name = one.name.as_ref().map_or("-", EnvName::as_str).to_owned();
                let region = one.region.clone().unwrap_or_default();
                [name, one.app_prefix.clone(), region, one.workloads.to_string(), one.resources.to_string()]
            };
            let rows: Vec<_> = all.iter().map(row).collect();
            table::render(["NAME", "APP PREFIX", "REGION", "WORKLOADS", "RESOURCES"], &rows)
        }
        ListFormat::Json => {
            let object = |one: &Listed| {
                json!({
                    "Name": one.name.as_ref().map(EnvName::as_str),
                    "AppPrefix": one.app_prefix,
                    "Region": one.region,
                    "Workloads": one.workloads,
                    "Resources": one.resources,
                })
            };
            format!("{:#}\n", all.iter().map(object).collect::<Value>())
        }
    }
}
