//! `score-fly resources`

use std::collections::BTreeMap;
use std::num::NonZero;

use clap::{Args, Subcommand, ValueEnum};
use score_fly_core::resource::{Outputs, Uid};
use score_fly_engine::Project;
use score_fly_engine::run::deprovision;
use score_fly_engine::state::ResourceRecord;
use serde_json::{Map, Value, json};

use crate::Exit;
use crate::cli::{EnvFileArgs, Global, ListFormat, OpenArgs};
use crate::output::{Reporter, Stream};
use crate::progress::Progress;
use crate::project::{self, open, project_view, save};
use crate::provisioning::{Wishes, provision};
use crate::score_file::ScoreFile;
use crate::signals::Heed;
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

    /// How to print them
    #[arg(short, long, value_enum, default_value_t)]
    format: OutputsFormat,

    /// Show secrets: their provisioner is asked for them, unless they are kept, encrypted
    #[arg(long)]
    reveal: bool,

    #[command(flatten)]
    env_file: EnvFileArgs,

    #[command(flatten)]
    open: OpenArgs,
}

/// How outputs are printed.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, ValueEnum)]
enum OutputsFormat {
    /// One JSON object
    #[default]
    Json,
    /// One YAML mapping
    Yaml,
}

/// Take resources down, and forget them
///
/// If a workload still uses one, the next `score-fly generate` makes a new one. If its provisioner
/// can't take it down, because it can't be reached or never made anything, `--forget` is the way out.
#[derive(Debug, Args)]
struct Deprovision {
    /// The resources: `type.class#id`
    #[arg(required = true, value_name = "UID")]
    uids: Vec<Uid>,

    /// Only drop them from the state, without calling their provisioners: whatever these made stays
    #[arg(long)]
    forget: bool,

    #[command(flatten)]
    open: OpenArgs,
}

/// Take down all resources that no workload uses any more
#[derive(Debug, Args)]
struct Prune {
    #[command(flatten)]
    open: OpenArgs,
}

/// What stands for a secret.
const MASK: &str = "********";

/// Runs it.
pub(crate) fn run(args: &Resources, global: Global) -> Exit {
    let mut reporter = Reporter::new(global, Stream::Stderr);
    match &args.command {
        Command::List(list) => self::list(list.format, &mut reporter),
        Command::GetOutputs(get) if get.reveal => reveal(get, &mut reporter),
        Command::GetOutputs(get) => get_outputs(get, &mut reporter),
        Command::Deprovision(Deprovision { uids, forget, open: args }) => {
            if let Some(mut project) = open(args, &mut reporter) {
                let act = if *forget { self::forget } else { take_down };
                act(&mut project, uids, &mut reporter);
            }
        }
        Command::Prune(Prune { open: args }) => {
            if let Some(mut project) = open(args, &mut reporter) {
                let orphans = project.state.orphans();
                if orphans.is_empty() {
                    reporter.say("there is nothing to take down");
                }
                take_down(&mut project, &orphans, &mut reporter);
            }
        }
    }
    reporter.finish()
}

fn list(format: ListFormat, reporter: &mut Reporter) {
    let Some(state) = project::read(reporter) else { return };
    let used = state.used();
    let status = |uid: &Uid, record: &ResourceRecord| match (used.contains(uid), record.pending) {
        (false, _) => "orphaned",
        (true, true) => "pending",
        (true, false) => "provisioned",
    };
    let maker = |record: &ResourceRecord| record.provisioner.clone().unwrap_or_default();
    reporter.data(&match format {
        ListFormat::Table => {
            let rows: Vec<[String; 4]> = state
                .resources
                .iter()
                .map(|(uid, record)| {
                    let names: Vec<String> = masked(record).into_keys().collect();
                    [uid.to_string(), status(uid, record).to_owned(), maker(record), names.join(", ")]
                })
                .collect();
            table::render(["UID", "STATUS", "PROVISIONER", "OUTPUTS"], &rows)
        }
        ListFormat::Json => {
            let all: Value = state
                .resources
                .iter()
                .map(|(uid, record)| {
                    json!({
                        "UID": uid.as_str(),
                        "Status": status(uid, record),
                        "Provisioner": maker(record),
                        "Outputs": masked(record),
                    })
                })
                .collect();
            format!("{all:#}\n")
        }
    });
}

/// The outputs as far as they may be printed.
fn masked(record: &ResourceRecord) -> BTreeMap<String, Value> {
    let secrets = record.secret_outputs.iter().map(|name| (name.clone(), Value::from(MASK)));
    record.outputs.clone().into_iter().chain(secrets).collect()
}

fn get_outputs(args: &GetOutputs, reporter: &mut Reporter) {
    let Some(state) = project::read(reporter) else { return };
    match state.resources.get(&args.uid) {
        Some(record) => args.print(&masked(record), reporter),
        None => reporter.fail(&unknown(&args.uid)),
    }
}

/// Asks the provisioner for the outputs.
fn reveal(args: &GetOutputs, reporter: &mut Reporter) {
    let Some(mut project) = open(&args.open, reporter) else { return };
    if !project.state.resources.contains_key(&args.uid) {
        reporter.fail(&unknown(&args.uid));
        return;
    }
    if let Some(kept) = kept(&project.state.resources, &args.uid) {
        args.print(&kept, reporter);
        return;
    }
    if !project.state.used().contains(&args.uid) {
        reporter.fail(&format!("no workload uses `{}` any more, so its provisioner is not asked", args.uid));
        return;
    }
    let files: Vec<ScoreFile<'_>> = project.state.workloads.values().map(ScoreFile::recorded).collect();
    let Some(environment) = args.env_file.read(reporter) else { return };
    let wishes =
        Wishes { jobs: NonZero::<usize>::MIN, only_new: false, only: Some(&args.uid), environment: &environment };
    let Some(provisioned) = provision(&mut project, &files, &Outputs::default(), wishes, reporter) else { return };
    let Some(outputs) = provisioned.outputs.0.get(args.uid.as_str()) else { return };
    let secrets = outputs.secrets.iter().map(|(name, value)| (name.clone(), value.expose().clone()));
    args.print(&outputs.values.clone().into_iter().chain(secrets).collect(), reporter);
}

/// All outputs of a resource with the secrets among them, if the state has what is known last.
fn kept(resources: &BTreeMap<Uid, ResourceRecord>, uid: &Uid) -> Option<BTreeMap<String, Value>> {
    let record = resources.get(uid).filter(|record| !record.pending)?;
    let secrets =
        record.secret_outputs.iter().map(|name| Some((name.clone(), record.secrets.get(name)?.expose().clone())));
    let secrets: BTreeMap<String, Value> = secrets.collect::<Option<_>>()?;
    Some(record.outputs.clone().into_iter().chain(secrets).collect())
}

impl GetOutputs {
    fn print(&self, outputs: &BTreeMap<String, Value>, reporter: &mut Reporter) {
        let outputs: Map<String, Value> = outputs.clone().into_iter().collect();
        match self.format {
            OutputsFormat::Json => reporter.data(&format!("{:#}\n", Value::Object(outputs))),
            OutputsFormat::Yaml => match serde_yaml::to_string(&outputs) {
                Ok(text) => reporter.data(&text),
                Err(error) => reporter.fail(&format!("cannot print the outputs: {error}")),
            },
        }
    }
}

/// Takes resources down, one after the other. Those that can't be are reported, and stay with all
/// that they need.
fn take_down(project: &mut Project, uids: &[Uid], reporter: &mut Reporter) {
    let view = project_view(&project.state, &BTreeMap::new());
    let heed = Heed::new();
    let mut needed: BTreeMap<Uid, Uid> = BTreeMap::new();
    for uid in uids {
        let needs = project.state.resources.get(uid).map(|record| record.needs.clone()).unwrap_or_default();
        if heed.signal().is_some() {
            break;
        }
        let progress = Progress::new("taking down", 1, reporter);
        let done = match needed.get(uid) {
            Some(user) => Err(format!("`{uid}` was left, since `{user}` needs it")),
            None => deprovision(project, uid, &view, heed.token(), &progress).map_err(|error| error.to_string()),
        };
        let mut said = progress.end();
        match done {
            Ok(()) => reporter.say(&format!("took down {uid}")),
            Err(_) if heed.signal().is_some() => {}
            Err(sentence) => {
                reporter.repeat(uid, said.remove(uid).unwrap_or_default());
                reporter.fail(&sentence);
                if project.state.resources.contains_key(uid) {
                    reporter.hint(FORGET);
                }
                needed.extend(needs.into_iter().map(|need| (need, uid.clone())));
            }
        }
    }
    save(project, reporter);
    if let Some(signal) = heed.signal() {
        reporter.interrupted(signal, "what was not taken down is still there");
    }
}

/// What to do about a resource that can't be taken down.
const FORGET: &str = "`score-fly resources deprovision --forget UID` drops a resource without calling its provisioner: \
                      whatever that made stays";

/// Forgets resources, whatever became of them.
fn forget(project: &mut Project, uids: &[Uid], reporter: &mut Reporter) {
    for uid in uids {
        let maker = project.state.resources.get(uid).and_then(|record| record.provisioner.clone());
        let stays = maker.map(|maker| format!(": whatever `{maker}` made for it stays")).unwrap_or_default();
        match score_fly_engine::run::forget(project, uid) {
            Ok(()) => reporter.say(&format!("forgot {uid}{stays}")),
            Err(error) => reporter.fail(&error.to_string()),
        }
    }
    save(project, reporter);
}

fn unknown(uid: &Uid) -> String {
    format!("there is no resource `{uid}` in this project; `score-fly resources list` shows all of them")
}
