//! `score-fly rollback`

use std::fmt::Write as _;

use clap::Args;
use score_fly_core::deploy::Policy;
use score_fly_engine::ops;
use score_fly_engine::ops::rollback::{GoingBack, Options, Outcome};
use serde_json::json;

use super::deploy::{HowArgs, Strategy, lines_of};
use crate::args::Global;
use crate::exit::Exit;
use crate::fly::{self, AppArgs};
use crate::process::Process;
use crate::untrusted::clean;

/// Go back to an earlier release: to its image, and to its configuration
///
/// It is a deploy like any other: the plan is shown first and confirmed, machines are changed by the same strategies, it
/// is undone if it fails, and it makes a release that says what it went back to. What can't come back is said before:
/// values of secrets, and the size of volumes. How many machines there are stays.
#[derive(Debug, Args)]
#[allow(clippy::struct_excessive_bools, reason = "they are flags of a command line")]
pub(crate) struct Rollback {
    #[command(flatten)]
    app: AppArgs,

    /// The release to go back to: a number, a version, or the beginning of a commit; the one before, if none is named
    #[arg(long, value_name = "RELEASE")]
    to: Option<String>,

    /// Bring back the image only, with the configuration that the app has now
    #[arg(long)]
    image_only: bool,

    /// Show what would be done, and do nothing of it
    #[arg(long)]
    dry_run: bool,

    /// Do not ask for confirmation
    #[arg(short, long)]
    yes: bool,

    /// Run the release command of that time
    #[arg(long)]
    run_release_command: bool,

    /// Why, in a line: `score-fly releases` shows it
    #[arg(long, value_name = "TEXT")]
    note: Option<String>,

    /// How machines are replaced; as the release says, or else rolling
    #[arg(long, value_name = "STRATEGY", value_enum)]
    strategy: Option<Strategy>,

    #[command(flatten)]
    how: HowArgs,

    /// Print JSON: one object, when it is done
    #[arg(long)]
    json: bool,
}

/// Runs it.
pub(crate) fn run(args: Rollback, global: Global) -> Exit {
    let process = Process::heeding(global);
    let Rollback { app, to, image_only, dry_run, yes, run_release_command, note, strategy, how, json } = args;
    let policy = Policy {
        strategy: strategy.map(Strategy::of_fly),
        skip_release_command: !run_release_command,
        ..Policy::default()
    };
    let options = Options {
        which: app.which(),
        to,
        image_only,
        dry_run,
        note,
        policy,
        how: how.how(),
        fly: fly::options(global),
    };
    let confirm = |going: &GoingBack| {
        if going.plan.is_empty() {
            return true;
        }
        for line in shown(going).lines() {
            process.say(line);
        }
        yes || crate::confirm::confirm(&format!("Type {} to go back: ", clean(&going.app)), &going.app)
    };
    let report = ops::rollback(&process.context(), &options, &confirm);
    match report.result {
        Some(outcome) if json => process.data(&format!("{:#}\n", json!(outcome))),
        Some(Outcome::Shown(going)) => {
            process.data(&shown(&going));
            if going.plan.is_blocked() {
                process.fail("this can't be done as it is: what stands behind `!` is in the way");
            }
        }
        _ => {}
    }
    process.finish()
}

/// What is about to happen, for people.
fn shown(going: &GoingBack) -> String {
    let from = going.from.as_ref().map(|from| format!("from {} ", clean(from))).unwrap_or_default();
    let what = if going.image_only { "the image of " } else { "" };
    let mut text = format!("{}: {from}back to {what}{}\n", clean(&going.app), clean(&going.to));
    for caution in &going.cautions {
        let _ = writeln!(text, "  note: {}", clean(&caution.to_string()));
    }
    text.push_str(&lines_of(&going.plan));
    text
}
