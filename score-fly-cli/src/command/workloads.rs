//! `score-fly workloads`

use clap::{Args, Subcommand};
use score_fly_engine::ops::workloads::{self, Listed};
use serde_json::{Value, json};

use crate::args::{Global, ListFormat, OpenArgs};
use crate::exit::Exit;
use crate::process::Process;
use crate::table;

/// Show and remove the workloads of the project
#[derive(Debug, Args)]
#[command(arg_required_else_help = true)]
pub(crate) struct Workloads {
    #[command(subcommand)]
    command: Command,
}

#[derive(Debug, Subcommand)]
enum Command {
    List(List),
    Remove(Remove),
}

/// List the workloads
#[derive(Debug, Args)]
struct List {
    /// How to show them
    #[arg(short, long, value_enum, default_value_t)]
    format: ListFormat,
}

/// Forget a workload
///
/// The files written for it stay, and so do its resources, until `score-fly resources prune`
/// takes down the ones that no other workload uses.
#[derive(Debug, Args)]
struct Remove {
    /// The workload
    name: String,

    #[command(flatten)]
    open: OpenArgs,
}

/// Runs it.
pub(crate) fn run(args: Workloads, global: Global) -> Exit {
    let process = Process::heeding(global);
    match args.command {
        Command::List(list) => {
            if let Some(all) = workloads::list(&process.context()).result {
                process.data(&render(&all, list.format));
            }
        }
        Command::Remove(Remove { name, open }) => {
            workloads::remove(&process.context(), &name, &open.options());
        }
    }
    process.finish()
}

fn render(all: &[Listed], format: ListFormat) -> String {
    match format {
        ListFormat::Table => {
            let row = |one: &Listed| [one.name.clone(), one.app.clone(), one.file.display().to_string()];
            table::render(["NAME", "APP", "FILE"], &all.iter().map(row).collect::<Vec<_>>())
        }
        ListFormat::Json => {
            let object =
                |one: &Listed| json!({"Name": one.name, "App": one.app, "File": one.file.display().to_string()});
            format!("{:#}\n", all.iter().map(object).collect::<Value>())
        }
    }
}
