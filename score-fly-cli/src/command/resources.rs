//! `score-fly resources`

use std::str::FromStr as _;

use clap::{Args, Subcommand};
use score_fly_core::resource::Uid;
use score_fly_engine::ops::resources::{self, Listed, Loss, RevealOptions, Shown, Status};
use serde_json::{Map, Value, json};

use crate::args::{EnvFileArgs, Global, ListFormat, OpenArgs};
use crate::confirm::confirm;
use crate::exit::Exit;
use crate::outputs_format::OutputsFormat;
use crate::process::Process;
use crate::table;

/// Show the resources of the project, and take them down
#[derive(Debug, Args)]
#[command(arg_required_else_help = true)]
pub(crate) struct Resources {
    #[command(subcommand)]
    command: Command,
}

#[derive(Debug, Subcommand)]
enum Command {
    List(List),
    GetOutputs(GetOutputs),
    Deprovision(Deprovision),
    Prune(Prune),
}

/// List the resources with their outputs; secrets are masked
#[derive(Debug, Args)]
struct List {
    /// How to show them
    #[arg(short, long, value_enum, default_value_t)]
    format: ListFormat,
}

/// Print the outputs of a resource; secrets are masked
#[derive(Debug, Args)]
struct GetOutputs {
    /// The resource: `type.class#id`
    uid: Uid,

    /// How to print them: `json`, `yaml`, or a template that names outputs, such as `{{.host}}:{{.port}}`
    #[arg(short, long, default_value = "json", value_parser = OutputsFormat::from_str)]
    format: OutputsFormat,

    /// Show secrets; their provisioner is asked for them, unless they are stored encrypted
    #[arg(long)]
    reveal: bool,

    #[command(flatten)]
    env_file: EnvFileArgs,

    #[command(flatten)]
    open: OpenArgs,
}

/// Take resources down, and forget them
///
/// If a workload still uses one, the next `score-fly generate` creates a new one. If its provisioner
/// can't take it down, because it can't be reached or never created anything, use `--forget`.
#[derive(Debug, Args)]
struct Deprovision {
    /// The resources: `type.class#id`
    #[arg(required = true, value_name = "UID")]
    uids: Vec<Uid>,

    /// Only drop them from the state, without calling their provisioners; whatever exists stays
    #[arg(long)]
    forget: bool,

    /// Do not ask for confirmation
    #[arg(short, long)]
    yes: bool,

    #[command(flatten)]
    open: OpenArgs,
}

/// Take down all resources that no workload uses any more
#[derive(Debug, Args)]
struct Prune {
    /// Do not ask for confirmation
    #[arg(short, long)]
    yes: bool,

    #[command(flatten)]
    open: OpenArgs,
}

/// What stands for a secret.
const MASK: &str = "********";

/// Runs it.
pub(crate) fn run(args: Resources, global: Global) -> Exit {
    let process = Process::heeding(global);
    match args.command {
        Command::List(list) => {
            if let Some(all) = resources::list(&process.context()).result {
                process.data(&render(&all, list.format));
            }
        }
        Command::GetOutputs(get) => {
            if let Some(outputs) = outputs(&get, &process) {
                match get.format.render(&outputs) {
                    Ok(text) => process.data(&text),
                    Err(problem) => process.fail(&problem),
                }
            }
        }
        Command::Deprovision(Deprovision { uids, forget, yes, open }) => {
            let act = if forget { resources::forget } else { resources::deprovision };
            act(&process.context(), &uids, &open.options(), &|losses| may_go(&process, losses, yes));
        }
        Command::Prune(Prune { yes, open }) => {
            let may_go = |losses: &[Loss]| may_go(&process, losses, yes);
            let orphans = resources::prune(&process.context(), &open.options(), &may_go).result;
            if orphans.is_some_and(|orphans| orphans.is_empty()) {
                process.say("there is nothing to take down");
            }
        }
    }
    process.finish()
}

/// Says what will be lost, and asks, unless that was said before.
fn may_go(process: &Process, losses: &[Loss], yes: bool) -> bool {
    if yes {
        return true;
    }
    process.say("these resources will be lost, with all that is in them:");
    for Loss { uid, provisioner, used_by } in losses {
        let maker = provisioner.as_ref().map(|id| format!(", made by {id}")).unwrap_or_default();
        let users = if used_by.is_empty() { String::new() } else { format!(", used by {}", used_by.join(", ")) };
        process.say(&format!("  {uid}{maker}{users}"));
    }
    confirm("Type yes to go on: ", "yes")
}

fn render(all: &[Listed], format: ListFormat) -> String {
    let status = |one: &Listed| match one.status {
        Status::Provisioned => "provisioned",
        Status::Pending => "pending",
        Status::Orphaned => "orphaned",
    };
    let maker = |one: &Listed| one.provisioner.clone().unwrap_or_default();
    match format {
        ListFormat::Table => {
            let row = |one: &Listed| {
                let names: Vec<String> = masked(&one.outputs).into_iter().map(|(name, _)| name).collect();
                [one.uid.to_string(), status(one).to_owned(), maker(one), names.join(", ")]
            };
            let rows: Vec<_> = all.iter().map(row).collect();
            table::render(["UID", "STATUS", "PROVISIONER", "OUTPUTS"], &rows)
        }
        ListFormat::Json => {
            let object = |one: &Listed| {
                json!({
                    "UID": one.uid.as_str(),
                    "Status": status(one),
                    "Provisioner": maker(one),
                    "Outputs": masked(&one.outputs),
                })
            };
            format!("{:#}\n", all.iter().map(object).collect::<Value>())
        }
    }
}

/// Outputs with something in the place of secrets.
fn masked(Shown { values, secrets }: &Shown) -> Map<String, Value> {
    let secrets = secrets.iter().map(|name| (name.clone(), Value::from(MASK)));
    values.iter().map(|(name, value)| (name.clone(), value.clone())).chain(secrets).collect()
}

/// The outputs that are asked for.
fn outputs(get: &GetOutputs, process: &Process) -> Option<Map<String, Value>> {
    if !get.reveal {
        return resources::outputs(&process.context(), &get.uid).result.as_ref().map(masked);
    }
    let options = RevealOptions { env_files: get.env_file.env_file.clone(), open: get.open.options() };
    let revealed = resources::reveal(&process.context(), &get.uid, &options).result?;
    let secrets = revealed.secrets.iter().map(|(name, value)| (name.clone(), value.expose().clone()));
    Some(revealed.values.iter().map(|(name, value)| (name.clone(), value.clone())).chain(secrets).collect())
}
