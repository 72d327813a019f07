//! `score-fly workloads`

use std::path::Path;

use clap::{Args, Subcommand};
use serde_json::{Value, json};

use crate::Exit;
use crate::cli::{Global, ListFormat, OpenArgs};
use crate::output::{Reporter, Stream};
use crate::project::{self, open, report_orphans, save};
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
/// Files that were written for it stay, and so do its resources, until `score-fly resources prune`
/// takes down those that no other workload uses.
#[derive(Debug, Args)]
struct Remove {
    /// The workload
    name: String,

    #[command(flatten)]
    open: OpenArgs,
}

/// Runs it.
pub(crate) fn run(args: &Workloads, global: Global) -> Exit {
    let mut reporter = Reporter::new(global, Stream::Stderr);
    match &args.command {
        Command::List(list) => self::list(list.format, &mut reporter),
        Command::Remove(remove) => self::remove(remove, &mut reporter),
    }
    reporter.finish()
}

fn list(format: ListFormat, reporter: &mut Reporter) {
    let Some(state) = project::read(reporter) else { return };
    let all = state.workloads.iter().map(|(name, record)| {
        let app = format!("{}{name}", state.app_prefix);
        (name.clone(), app, record.file.display().to_string())
    });
    reporter.data(&match format {
        ListFormat::Table => {
            let rows: Vec<[String; 3]> = all.map(|(name, app, file)| [name, app, file]).collect();
            table::render(["NAME", "APP", "FILE"], &rows)
        }
        ListFormat::Json => {
            let all: Value = all.map(|(name, app, file)| json!({"Name": name, "App": app, "File": file})).collect();
            format!("{all:#}\n")
        }
    });
}

fn remove(args: &Remove, reporter: &mut Reporter) {
    let Some(mut project) = open(&args.open, reporter) else { return };
    let name = &args.name;
    if project.state.workloads.remove(name).is_none() {
        reporter.fail(&format!("there is no workload `{name}`; `score-fly workloads list` shows all of them"));
        return;
    }
    if save(&mut project, reporter) {
        reporter.say(&format!("removed the workload {name}"));
        for ending in [".toml", ".env", ".machine.json", "_files"] {
            let path = format!("fly_{name}{ending}");
            if Path::new(&path).exists() {
                let secrets = if ending == ".env" { ", with secrets in it," } else { "" };
                reporter.say(&format!("{path}{secrets} is still there"));
            }
        }
        report_orphans(&project.state, reporter);
    }
}
