//! The command line of score-fly: flags and files in; files, exit codes and rendered diagnostics
//! out. All that is known about Score and Fly lives in `score-fly-core`.

pub mod cli;

mod command;
mod conversion;
mod diagnostics;
mod exit;
mod files;
mod inputs;
mod output;
mod paths;
mod progress;
mod project;
mod provisioning;
mod score_file;
mod table;

pub use exit::Exit;

use clap::Parser as _;

use crate::cli::Cli;

/// Runs the command that the process's arguments ask for.
pub fn run() -> Exit {
    match Cli::try_parse() {
        Ok(cli) => command::run(cli),
        Err(error) => {
            // Nobody is left to tell if this can't be printed.
            let _ = error.print();
            if error.use_stderr() { Exit::Failed } else { Exit::Done }
        }
    }
}
