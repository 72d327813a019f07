//! The command line of score-fly: flags become options, and what the use cases of `score-fly-engine` report is
//! rendered. Signals and exit codes are here as well, and nothing of what is known about Score and Fly.

pub mod cli;

mod args;
#[cfg(feature = "image")]
mod bars;
mod command;
#[cfg(any(feature = "deploy", feature = "project"))]
mod confirm;
mod diagnostics;
mod exit;
mod failures;
#[cfg(feature = "deploy")]
mod fly;
#[cfg(feature = "deploy")]
mod machines;
mod output;
#[cfg(feature = "project")]
mod outputs_format;
mod process;
mod progress;
#[cfg(feature = "image")]
mod refusals;
#[cfg(any(feature = "image", feature = "project"))]
mod signals;
#[cfg(any(feature = "image", feature = "project"))]
mod table;
mod untrusted;
mod words;

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
        Ok(cli) => cli::run(cli),
        Err(error) => {
            if error.use_stderr() {
                // Nobody is left to tell if this can't be printed.
                let _ = error.print();
                return Exit::Failed;
            }
            output::shown(error.print())
        }
    }
}
