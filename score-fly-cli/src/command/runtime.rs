//! `score-fly runtime`

use clap::{Args, Subcommand};
use score_fly_engine::ops::runtimes;
use score_fly_runtime::{Contract, Opt, Runtime};
use serde_json::{Value, json};

use crate::args::{Global, ListFormat};
use crate::exit::Exit;
use crate::process::Process;
use crate::table;
use crate::untrusted::clean;

/// Show and check the runtimes of functions
#[derive(Debug, Args)]
#[command(arg_required_else_help = true)]
pub(crate) struct RuntimeArgs {
    #[command(subcommand)]
    command: Command,
}

#[derive(Debug, Subcommand)]
enum Command {
    List(List),
    Show(Show),
    Check(Check),
}

/// List the runtimes that are built in
#[derive(Debug, Args)]
struct List {
    /// How to show them
    #[arg(short, long, value_enum, default_value_t)]
    format: ListFormat,
}

/// Show what a runtime keeps to, and its options
#[derive(Debug, Args)]
struct Show {
    /// A name, the path of a folder with a slash in it, or `https://host/repository#ref:path`
    runtime: String,

    /// How to show it
    #[arg(short, long, value_enum, default_value_t)]
    format: ListFormat,
}

/// Find mistakes in a runtime
///
/// Besides what every command notices, its templates are filled for a function that sets no options, and the
/// Dockerfile that comes of it must not run as root.
#[derive(Debug, Args)]
struct Check {
    /// The path of a folder with a slash in it, or `https://host/repository#ref:path`
    runtime: String,
}

/// Runs it.
pub(crate) fn run(args: RuntimeArgs, global: Global) -> Exit {
    let process = Process::heeding(global);
    match args.command {
        Command::List(List { format }) => process.data(&list(&runtimes::list(), format)),
        Command::Show(Show { runtime, format }) => {
            if let Some(runtime) = runtimes::show(&process.context(), &runtime).result {
                process.data(&show(&runtime, format));
            }
        }
        Command::Check(Check { runtime }) => {
            let report = runtimes::check(&process.context(), &runtime);
            if let (true, Some(runtime)) = (report.is_sound(), report.result) {
                process.say(&format!("checked the runtime {}: no errors", runtime.name));
            }
        }
    }
    process.finish()
}

fn list(all: &[Runtime], format: ListFormat) -> String {
    match format {
        ListFormat::Table => {
            let rows = all.iter().map(|one| [one.name.clone(), one.description.clone()]);
            table::render(["NAME", "DESCRIPTION"], &rows.collect::<Vec<_>>())
        }
        ListFormat::Json => {
            let object = |one: &Runtime| json!({"Name": one.name, "Description": one.description});
            format!("{:#}\n", all.iter().map(object).collect::<Value>())
        }
    }
}

fn show(runtime: &Runtime, format: ListFormat) -> String {
    let Contract { port, health, user, stop_signal } = &runtime.contract;
    match format {
        ListFormat::Table => {
            let mut text = format!(
                "{}: {}\nlistens on port {port}, answers at {health} when it is well, runs as {user}, stops on {stop_signal}\n",
                clean(&runtime.name),
                clean(&runtime.description),
            );
            let row = |option: Opt<'_>| {
                let default = option.default.map_or_else(|| "(none)".to_owned(), Value::to_string);
                [option.name, &default, option.description.unwrap_or(&option.form)].map(clean)
            };
            let rows: Vec<_> = runtime.options.options().map(row).collect();
            if !rows.is_empty() {
                text.push('\n');
                text.push_str(&table::render(["OPTION", "DEFAULT", "WHAT IT IS"], &rows));
            }
            text
        }
        ListFormat::Json => {
            let option = |option: Opt<'_>| {
                json!({
                    "Name": option.name,
                    "Description": option.description,
                    "Default": option.default,
                    "Required": option.required,
                })
            };
            let object = json!({
                "Name": runtime.name,
                "Description": runtime.description,
                "Port": port,
                "Health": health,
                "User": user,
                "StopSignal": stop_signal,
                "Options": runtime.options.options().map(option).collect::<Value>(),
            });
            format!("{object:#}\n")
        }
    }
}
