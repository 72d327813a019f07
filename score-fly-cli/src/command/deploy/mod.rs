//! `score-fly deploy` and `score-fly plan`

mod args;
mod flyctl;
mod show;

use std::num::NonZero;
use std::path::PathBuf;
use std::time::Duration;

use clap::{Args, ValueEnum};
use score_fly_core::resource::Uid;
use score_fly_engine::ops;
use score_fly_engine::ops::deploy::{How, Options};
use score_fly_engine::ops::plan::Planned;
use serde_json::{Value, json};

use crate::args::Global;
use crate::exit::Exit;
use crate::process::Process;
pub(crate) use args::{PlanArgs, Strategy, duration};
pub(crate) use show::{deployed, deployed_all, lines_of, planned};

/// Show what a deploy would do, and do nothing of it
///
/// Every step is shown with why it is done, what becomes different, and what that means for those who use the app.
///
/// In a project, resources that are there are asked nothing, and none is made: what depends on one that is yet to be
/// made is shown as such.
#[derive(Debug, Args)]
#[command(disable_version_flag = true)]
pub(crate) struct Plan {
    #[command(flatten)]
    what: PlanArgs,

    /// End with exit code 0 if there is nothing to do, with 2 if there is, and with 1 if something is wrong
    #[arg(long)]
    exit_code: bool,

    /// Print JSON: one object
    #[arg(long)]
    json: bool,
}

/// Deploy Score files, or fly.toml files, to Fly
///
/// What is not there is created: the app, its addresses, volumes and machines. Machines that are there get what the file
/// says, a few at a time, and each has to work before the next ones are changed. If one does not, those that were changed
/// get back what they had.
///
/// In a project, which `score-fly init` makes, the Score files are added to its workloads, and its resources are
/// provisioned first, as `score-fly generate` does. Apps are deployed in the order in which they need each other, and
/// otherwise at the same time. If one fails, those that need it are left as they are.
///
/// Whoever is interrupted, or killed, runs it again: it goes on from what is there.
#[derive(Debug, Args)]
#[command(disable_version_flag = true)]
pub(crate) struct Deploy {
    #[command(flatten)]
    what: PlanArgs,

    /// An archive with the image, as `score-fly image push` takes it, or `-` for standard input; it is pushed first
    ///
    /// Nothing is deployed unless all of it has arrived. The app is created before that, if it is not there.
    #[arg(long, value_name = "ARCHIVE", conflicts_with = "image")]
    image_archive: Option<PathBuf>,

    /// The tag of an image that is pushed or built, instead of one of its own
    #[arg(long, value_name = "TAG")]
    image_label: Option<String>,

    #[command(flatten)]
    how: HowArgs,

    /// Who deploys
    #[arg(long, value_name = "WHO", value_enum, default_value_t)]
    via: Via,

    /// A further argument of `fly deploy`, with `--via flyctl`; may be repeated
    #[arg(long = "deploy-arg", value_name = "ARG", allow_hyphen_values = true)]
    for_flyctl: Vec<String>,

    /// Print JSON: one object, when it is done
    #[arg(long, conflicts_with = "for_flyctl")]
    json: bool,
}

/// Who deploys.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, ValueEnum)]
enum Via {
    /// score-fly, by Fly's Machines API
    #[default]
    Api,
    /// flyctl: `fly apps create` if need be, `fly secrets import --stage` and `fly deploy`, with the files that
    /// `score-fly generate` writes
    Flyctl,
}

/// How it is done.
#[derive(Debug, Args)]
#[command(next_help_heading = "How it is done")]
pub(crate) struct HowArgs {
    /// What becomes of machines that were changed already, if one fails
    #[arg(long, value_name = "WHAT", value_enum, default_value_t)]
    on_failure: OnFailure,

    /// How long a machine may take to start, and its checks to pass; as the file says, or else 5m
    #[arg(long, value_name = "TIME", value_parser = duration)]
    wait_timeout: Option<Duration>,

    /// How long the release command may take; as the file says, or else 5m
    #[arg(long, value_name = "TIME", value_parser = duration)]
    release_command_timeout: Option<Duration>,

    /// How many machines are worked on at once with the strategies immediate and bluegreen
    #[arg(long, value_name = "NUMBER")]
    max_concurrent: Option<NonZero<usize>>,

    /// Whether machines without checks are watched for crashes for ten seconds
    #[arg(long, value_name = "BOOL", default_value_t = true, action = clap::ArgAction::Set)]
    smoke_checks: bool,

    /// Wait neither for machines to start nor for their checks
    #[arg(long)]
    detach: bool,

    /// Fail at once if somebody else is at work on a machine, or another run in this project, instead of waiting
    #[arg(long)]
    pub(crate) no_wait: bool,
}

/// What becomes of machines that were changed already, if one fails.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, ValueEnum)]
enum OnFailure {
    /// They get back what they were made from before
    #[default]
    Undo,
    /// They stay as they are
    Stop,
}

impl HowArgs {
    pub(crate) fn how(self) -> How {
        How {
            max_concurrent: self.max_concurrent,
            wait_timeout: self.wait_timeout,
            release_timeout: self.release_command_timeout,
            smoke: self.smoke_checks,
            detach: self.detach,
            on_failure: match self.on_failure {
                OnFailure::Undo => score_fly_engine::deploy::OnFailure::Undo,
                OnFailure::Stop => score_fly_engine::deploy::OnFailure::Stop,
            },
            wait_for_leases: !self.no_wait,
        }
    }
}

/// Shows a plan.
pub(crate) fn plan(args: Plan, global: Global) -> Exit {
    let process = Process::heeding(global);
    let report = ops::plan(&process.context(), &args.what.options(false, global));
    let mut changes = false;
    if let Some(apps) = &report.result {
        changes = apps.iter().any(|app| !app.plan.is_empty() || !app.sends_secrets.is_empty());
        if args.json {
            process.data(&format!("{:#}\n", json!({ "apps": apps.iter().map(view).collect::<Value>() })));
        } else {
            process.coloured_data(&show::plans(apps));
        }
        if apps.iter().any(|app| app.plan.is_blocked()) {
            process.fail("this can't be deployed as it is: what stands behind `!` is in the way");
        }
    }
    match process.finish() {
        Exit::Done if args.exit_code && changes => Exit::Faulty,
        Exit::Faulty if args.exit_code => Exit::Failed,
        exit => exit,
    }
}

/// A plan as data, with what to know beside it.
fn view(planned: &Planned) -> Value {
    let mut view = json!(planned.plan.view());
    if let Some(object) = view.as_object_mut() {
        object.insert("sendsSecrets".to_owned(), json!(planned.sends_secrets));
        object.insert("buildsImage".to_owned(), json!(planned.builds_image));
        let awaits: Vec<&str> = planned.awaits.iter().map(Uid::as_str).collect();
        object.insert("awaits".to_owned(), json!(awaits));
    }
    view
}

/// Deploys.
pub(crate) fn deploy(args: Deploy, global: Global) -> Exit {
    let process = Process::heeding(global).with_piped_input();
    if args.via == Via::Flyctl {
        match flyctl::options(args, global) {
            Ok(options) => {
                ops::via_flyctl(&process.context(), &options);
            }
            Err(sentence) => process.fail(&sentence),
        }
        return process.finish();
    }
    if !args.for_flyctl.is_empty() {
        process.fail("--deploy-arg is for flyctl: give --via flyctl, too");
        return process.finish();
    }
    let Deploy { what, image_archive: archive, image_label, how, json, .. } = args;
    let options = Options { plan: what.options(how.no_wait, global), archive, image_label, how: how.how() };
    let report = ops::deploy(&process.context(), &options);
    if json {
        process.data(&format!("{:#}\n", json!({ "apps": report.result.unwrap_or_default() })));
    }
    process.finish()
}
