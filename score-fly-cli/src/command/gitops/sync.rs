//! Plans for a tree, and carrying them out.

use std::fmt::Write as _;
use std::time::{SystemTime, UNIX_EPOCH};

use clap::Args;
use score_fly_gitops::Cache;
use score_fly_gitops::sync::{Entry, Options, State, SyncReport, sync};
use serde_json::json;

use super::TreeArgs;
use super::tree::tell;
use crate::args::Global;
use crate::exit::Exit;
use crate::failures;
use crate::fly;
use crate::process::Process;
use crate::untrusted::clean;

/// Show what is different at Fly from what a tree says, and do nothing about it
#[derive(Debug, Args)]
pub(super) struct Plan {
    #[command(flatten)]
    tree: TreeArgs,

    #[command(flatten)]
    which: WhichArgs,

    /// End with exit code 0 if there is nothing to do, with 2 if there is, and with 1 if something is wrong
    #[arg(long)]
    exit_code: bool,
}

/// Bring Fly in step with a tree
///
/// Apps are deployed in the order of what they depend on, many at once. One that is broken or fails does not stop others,
/// except those that depend on it. An app that is as it was deployed, and of which nothing else is wanted, costs one look.
#[derive(Debug, Args)]
pub(super) struct Sync {
    #[command(flatten)]
    tree: TreeArgs,

    #[command(flatten)]
    which: WhichArgs,

    /// Destroy apps that were deployed from this tree and are not in it any more, and volumes that `allow_delete` names
    ///
    /// That needs a tree that can be read as a whole, and that has a name and at least one app. Apps with volumes stay.
    #[arg(long)]
    prune: bool,

    /// Leave apps as they are that somebody has changed at Fly since they were deployed
    #[arg(long)]
    keep_drift: bool,

    /// Only say what would be done
    #[arg(long)]
    dry_run: bool,
}

/// Which apps are meant.
#[derive(Debug, Args)]
struct WhichArgs {
    /// Only this app; may be repeated
    #[arg(short, long = "app", value_name = "NAME")]
    apps: Vec<String>,

    /// Look at each app in full, with its volumes, addresses and secrets, also if nothing is new about it
    #[arg(long)]
    thorough: bool,

    /// The name of the tree, by which its apps are known at Fly; that of its outermost project, if none is given
    #[arg(long, value_name = "NAME")]
    name: Option<String>,

    /// Print JSON: one object
    #[arg(long)]
    json: bool,
}

impl WhichArgs {
    fn options(&self, global: Global) -> Options {
        Options {
            apps: self.apps.iter().cloned().collect(),
            thorough: self.thorough,
            name: self.name.clone(),
            now: SystemTime::now().duration_since(UNIX_EPOCH).map_or(0, |now| now.as_secs()),
            fly: fly::options(global),
            ..Options::default()
        }
    }
}

/// Shows what is different.
pub(super) fn plan(args: &Plan, global: Global) -> Exit {
    let options = Options { dry_run: true, ..args.which.options(global) };
    let process = Process::heeding(global);
    let differs = run(&process, &args.tree, &args.which, &options).is_some_and(|report| report.has_differences());
    match process.finish() {
        Exit::Done if args.exit_code && differs => Exit::Faulty,
        Exit::Faulty if args.exit_code => Exit::Failed,
        exit => exit,
    }
}

/// Brings Fly in step.
pub(super) fn carry_out(args: Sync, global: Global) -> Exit {
    let Sync { tree, which, prune, keep_drift, dry_run } = args;
    let options = Options { dry_run, prune, keep_drift, ..which.options(global) };
    let process = Process::heeding(global);
    run(&process, &tree, &which, &options);
    process.finish()
}

fn run(process: &Process, tree: &TreeArgs, which: &WhichArgs, options: &Options) -> Option<SyncReport> {
    let gathered = tree.gather(process);
    // What is wrong with single apps is told with them.
    tell(process, &gathered.tree.diagnostics, &gathered.tree.texts);
    for app in &gathered.tree.apps {
        if app.is_sound() {
            tell(process, &app.diagnostics, &gathered.tree.texts);
        }
    }
    for name in options.apps.iter().filter(|name| gathered.tree.app(name).is_none()) {
        process.fail(&format!("there is no app `{name}` in this tree"));
    }
    let context = process.context();
    let cache = Cache::new(tree.cache_folder(), context.environment, context.cancel);
    let told = |entry: &Entry| {
        if !which.json && !options.dry_run && entry.state != State::InSync {
            process.say(&format!("{}: {}: {}", entry.app, entry.state.as_str(), entry.summary));
        }
    };
    let report = match sync(&context, &gathered, &cache, options, &told) {
        Ok(report) => report,
        Err(failure) => {
            process.fail(&failures::sentence(&failure));
            return None;
        }
    };
    if which.json {
        process.data(&format!("{:#}\n", json!(report)));
    } else {
        process.data(&render(&report));
    }
    for entry in report.apps.iter().filter(|entry| entry.state == State::Failed) {
        process.fail(&format!("app {}: {}{}", entry.app, entry.summary, told_details(entry)));
    }
    if let Some(reason) = &report.not_pruned {
        process.fail(&format!("nothing is taken away: {reason}"));
    }
    Some(report)
}

fn told_details(entry: &Entry) -> String {
    match entry.details.as_slice() {
        [] => String::new(),
        [one] => format!(": {}", clean(one)),
        many => many.iter().fold(":".to_owned(), |text, line| text + "\n  " + &clean(line)),
    }
}

fn render(report: &SyncReport) -> String {
    let mut text = String::new();
    for entry in &report.apps {
        if matches!(entry.state, State::InSync | State::Failed) {
            continue;
        }
        let drift = if entry.drifted { ", changed at Fly since it was deployed" } else { "" };
        let _ = writeln!(text, "{} ({}{drift}): {}", clean(&entry.app), entry.state.as_str(), clean(&entry.summary));
        if matches!(entry.state, State::OutOfSync | State::Waiting) {
            for line in &entry.details {
                let _ = writeln!(text, "{}", clean(line));
            }
        }
    }
    let all = [
        State::InSync,
        State::OutOfSync,
        State::Deployed,
        State::Destroyed,
        State::Surplus,
        State::Suspended,
        State::Waiting,
        State::Skipped,
        State::Failed,
    ];
    let counts = all.into_iter().map(|state| (report.count(state), state)).filter(|(count, _)| *count > 0);
    let counts: Vec<String> = counts.map(|(count, state)| format!("{count} {}", state.as_str())).collect();
    let counts = if counts.is_empty() { "none".to_owned() } else { counts.join(", ") };
    let _ = writeln!(text, "apps: {counts}");
    text
}
