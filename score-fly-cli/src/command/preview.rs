//! `score-fly preview`

use std::path::PathBuf;
use std::time::Duration;

use clap::{Args, Subcommand};
use score_fly_engine::ops::destroy::Loss;
use score_fly_engine::ops::preview::{self, DownOptions, PruneOptions, UpOptions};
use score_fly_engine::ops::target::Which;
use score_fly_engine::ops::{deploy, plan};
use score_fly_engine::{EnvName, ops};
use serde_json::json;

use super::deploy::{HowArgs, PlanArgs, duration};
use super::destroy::confirmed;
use crate::args::{Global, OpenArgs};
use crate::exit::Exit;
use crate::fly;
use crate::process::Process;

/// Deploy apps once more under other names, for a while, such as for a pull request
///
/// In a project, a preview is an environment of its own, with resources of its own. Of the app `acme-web`, with `acme-` as
/// the project's prefix, the preview `pr-12` has the app `acme-pr-12-web`; without a project, it is `pr-12-web`. Its
/// machines say to which preview they belong, who answers for it, and when it may go.
#[derive(Debug, Args)]
#[command(arg_required_else_help = true)]
pub(crate) struct PreviewArgs {
    #[command(subcommand)]
    command: Command,
}

#[derive(Debug, Subcommand)]
enum Command {
    Up(Box<Up>),
    Down(Down),
    Prune(Prune),
}

/// Deploy a preview, or bring it up to date
#[derive(Debug, Args)]
#[command(disable_version_flag = true)]
struct Up {
    /// Its name, such as `pr-12`
    #[arg(long, value_name = "NAME")]
    name: EnvName,

    /// Who answers for it
    #[arg(long, value_name = "NAME", env = "GITHUB_ACTOR", hide_env_values = true)]
    owner: Option<String>,

    /// After which time it may be pruned; each time that it is brought up to date, that begins anew
    #[arg(long, value_name = "TIME", value_parser = duration, default_value = "72h")]
    lasts: Duration,

    #[command(flatten)]
    what: PlanArgs,

    /// An archive with the image, as `score-fly image push` takes it, or `-` for standard input; it is pushed first
    #[arg(long, value_name = "ARCHIVE", conflicts_with = "image")]
    image_archive: Option<PathBuf>,

    /// The tag of an image that is pushed or built, instead of one of its own
    #[arg(long, value_name = "TAG")]
    image_label: Option<String>,

    #[command(flatten)]
    how: HowArgs,

    /// Print JSON: one object, when it is done
    #[arg(long)]
    json: bool,
}

/// Destroy a preview: its apps with all that is in them, and its resources
///
/// An app whose machines do not say that they belong to the preview stays.
#[derive(Debug, Args)]
struct Down {
    /// Its name
    #[arg(long, value_name = "NAME")]
    name: EnvName,

    /// The files that it is a preview of, where it was not made in this folder
    files: Vec<PathBuf>,

    /// What stands before a workload's name in its app's, where no project says it
    #[arg(long, value_name = "PREFIX")]
    fly_app_prefix: Option<String>,

    /// Do not ask for confirmation
    #[arg(short, long)]
    yes: bool,

    #[command(flatten)]
    open: OpenArgs,
}

/// Destroy the previews whose time is over, in the whole organization
///
/// Resources of previews that were not made in this folder are left: only their own folder knows them.
#[derive(Debug, Args)]
struct Prune {
    /// The organization; all that the token may see, if none is named
    #[arg(short, long, value_name = "SLUG", env = "FLY_ORG", hide_env_values = true)]
    org: Option<String>,

    /// Do not ask for confirmation
    #[arg(short, long)]
    yes: bool,

    #[command(flatten)]
    open: OpenArgs,
}

/// Runs it.
pub(crate) fn run(args: PreviewArgs, global: Global) -> Exit {
    let process = Process::heeding(global).with_piped_input();
    match args.command {
        Command::Up(up) => {
            let Up { name, owner, lasts, what, image_archive: archive, image_label, how, json } = *up;
            let plan: plan::Options = what.options(how.no_wait, global);
            let deploy = deploy::Options { plan, archive, image_label, how: how.how() };
            let report = ops::preview::up(&process.context(), &UpOptions { name, owner, lasts, deploy });
            if json {
                process.data(&format!("{:#}\n", json!({ "apps": report.result.unwrap_or_default() })));
            }
        }
        Command::Down(Down { name, files, fly_app_prefix: app_prefix, yes, open }) => {
            let which = Which { app: None, files, app_prefix };
            let options = DownOptions { name, which, fly: fly::options(global), open: open.options() };
            preview::down(&process.context(), &options, &|loss: &Loss| confirmed(&process, loss, yes));
        }
        Command::Prune(Prune { org: organization, yes, open }) => {
            let options = PruneOptions { organization, fly: fly::options(global), open: open.options() };
            preview::prune(&process.context(), &options, &|loss: &Loss| confirmed(&process, loss, yes));
        }
    }
    process.finish()
}
