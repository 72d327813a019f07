//! `score-fly gitops`

mod import;
mod install;
mod serve;
mod sync;
mod tree;

use std::path::PathBuf;

use clap::{Args, Subcommand};

use crate::args::Global;
use crate::exit::Exit;
pub(crate) use import::{Flycd, import};

/// Keep apps at Fly as a tree of files in git says
#[derive(Debug, Args)]
pub(crate) struct GitopsArgs {
    #[command(subcommand)]
    command: Command,
}

#[derive(Debug, Subcommand)]
enum Command {
    Plan(sync::Plan),
    Sync(sync::Sync),
    Render(tree::Render),
    Repos(tree::Repos),
    Serve(serve::Serve),
    Install(install::Install),
}

/// Where a tree is.
#[derive(Debug, Args)]
struct TreeArgs {
    /// The folder in which the tree begins, or an app's or a project's file
    #[arg(default_value = ".")]
    path: String,

    /// Where repositories are kept; without it, in the user's folder for caches
    #[arg(long, value_name = "FOLDER", env = "SCORE_FLY_CACHE", hide_env_values = true)]
    cache: Option<PathBuf>,
}

/// Runs it.
pub(crate) fn run(args: GitopsArgs, global: Global) -> Exit {
    match args.command {
        Command::Plan(args) => sync::plan(&args, global),
        Command::Sync(args) => sync::carry_out(args, global),
        Command::Render(args) => tree::render(&args, global),
        Command::Repos(args) => tree::repos(&args, global),
        Command::Serve(args) => serve::run(args, global),
        Command::Install(args) => install::run(args, global),
    }
}
