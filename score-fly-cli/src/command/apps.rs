//! `score-fly apps`

use clap::{Args, Subcommand};
use score_fly_engine::ops::apps::{self, CreateOptions};

use crate::args::Global;
use crate::exit::Exit;
use crate::fly;
use crate::output::Stream;
use crate::process::Process;

/// Create apps at Fly
#[derive(Debug, Args)]
#[command(arg_required_else_help = true)]
pub(crate) struct AppsArgs {
    #[command(subcommand)]
    command: Command,
}

#[derive(Debug, Subcommand)]
enum Command {
    Create(Create),
}

/// Create an app with nothing in it; `score-fly deploy` does so by itself where there is none
#[derive(Debug, Args)]
struct Create {
    /// Its name: lowercase letters, digits and dashes
    name: String,

    /// Its organization; the only one that there is, if none is named
    #[arg(short, long, value_name = "SLUG", env = "FLY_ORG", hide_env_values = true)]
    org: Option<String>,

    /// A private network of its own
    #[arg(long, value_name = "NAME")]
    network: Option<String>,
}

/// Runs it.
pub(crate) fn run(args: AppsArgs, global: Global) -> Exit {
    let process = Process::new(global, Stream::Stderr);
    let Command::Create(Create { name, org, network }) = args.command;
    let options = CreateOptions { name, organization: org, network, fly: fly::options(global) };
    apps::create(&process.context(), &options);
    process.finish()
}
