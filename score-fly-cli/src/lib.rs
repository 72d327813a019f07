//! The command line of score-fly: flags and files in; files, exit codes and rendered diagnostics
//! out. All that is known about Score and Fly lives in `score-fly-core`.

pub mod cli;

mod command;
mod conversion;
mod diagnostics;
mod exit;
mod fly_file;
mod inputs;
mod output;
mod paths;
mod progress;
mod project;
mod provisioning;
mod score_file;
mod signals;
mod table;

pub use exit::Exit;

use std::ffi::OsString;

use clap::Parser as _;

use crate::cli::Cli;

/// Runs the command that the process's arguments ask for.
pub fn run() -> Exit {
    run_from(std::env::args_os())
}

/// Runs the command that `arguments` ask for; the first of them is the program's name.
pub fn run_from(arguments: impl IntoIterator<Item = impl Into<OsString> + Clone>) -> Exit {
    match Cli::try_parse_from(arguments) {
        Ok(cli) => command::run(cli),
        Err(error) => {
            // Nobody is left to tell if this can't be printed.
            let _ = error.print();
            if error.use_stderr() { Exit::Failed } else { Exit::Done }
        }
    }
}
