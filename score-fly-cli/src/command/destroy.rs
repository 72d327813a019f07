//! `score-fly destroy`

use clap::Args;
use score_fly_engine::ops;
use score_fly_engine::ops::destroy::{Loss, Options};

use crate::args::Global;
use crate::exit::Exit;
use crate::fly::{self, WhichArgs};
use crate::process::Process;
use crate::untrusted::clean;

/// Destroy apps, with their machines, volumes, addresses and secrets
///
/// What is lost is listed first, and whoever runs this types the app's name to confirm it. Nothing of it can be brought
/// back: volumes go with their data.
#[derive(Debug, Args)]
pub(crate) struct Destroy {
    #[command(flatten)]
    which: WhichArgs,

    /// Do not ask for confirmation
    #[arg(short, long)]
    yes: bool,
}

/// Runs it.
pub(crate) fn run(args: Destroy, global: Global) -> Exit {
    let process = Process::heeding(global);
    let options = Options { which: args.which.which(), fly: fly::options(global) };
    let confirm = |loss: &Loss| confirmed(&process, loss, args.yes);
    ops::destroy(&process.context(), &options, &confirm);
    process.finish()
}

/// Lists what is lost, and asks for the app's name unless nobody is to be asked.
pub(crate) fn confirmed(process: &Process, loss: &Loss, yes: bool) -> bool {
    for line in lines(loss) {
        process.say(&line);
    }
    yes || crate::confirm::confirm(&format!("Type {} to destroy it: ", clean(&loss.app)), &loss.app)
}

fn lines(loss: &Loss) -> Vec<String> {
    let mut lines = vec![format!("app {} of organization {} will be lost, with", loss.app, loss.organization)];
    let kinds = [
        ("machine", &loss.machines),
        ("volume and all data on it", &loss.volumes),
        ("address", &loss.addresses),
        ("secret", &loss.secrets),
    ];
    for (kind, items) in kinds {
        lines.extend(items.iter().map(|item| format!("  {kind}: {item}")));
    }
    if lines.len() == 1 {
        lines.push("  nothing in it".to_owned());
    }
    lines
}
