//! The git of the system: it knows how to log in.

use std::cell::RefCell;
use std::ffi::OsStr;
use std::io;
use std::path::Path;
use std::time::Duration;

use crate::cancel::CancelToken;
use crate::environment::Environment;
use crate::process::{self, Cut, Ended, Limits};
use crate::root::Root;
use crate::system::words;

/// How long git may take for one thing.
const TIME: Duration = Duration::from_secs(120);

/// Where git is started, and by whom.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Git<'g> {
    pub(crate) root: &'g Root,
    pub(crate) environment: &'g Environment,
    pub(crate) cancel: &'g CancelToken,
}

impl Git<'_> {
    /// Runs git, and gives what it prints. The error is a sentence without its end: for the most part the first
    /// line that git says, since what follows is advice.
    pub(crate) fn run(self, arguments: &[&OsStr]) -> Result<Vec<u8>, String> {
        let Self { root, environment, cancel } = self;
        let mut command = environment.command(Path::new("git"), root);
        command.args(arguments);
        // Nobody is there to be asked.
        command.env("GIT_TERMINAL_PROMPT", "0");
        if environment.variable("GIT_SSH_COMMAND").is_none() {
            command.env("GIT_SSH_COMMAND", "ssh -oBatchMode=yes");
        }
        let first = RefCell::new(String::new());
        let said = |line: &str| {
            if first.borrow().is_empty() {
                line.trim().clone_into(&mut first.borrow_mut());
            }
        };
        let limits = Limits { time: TIME, output: 1 << 20 };
        // It is ended if the run is cancelled.
        let _listening = cancel.listen();
        match process::run(&mut command, Vec::new(), limits, cancel, &said) {
            Ok(ended) if ended.is_done() => Ok(ended.stdout),
            Ok(Ended { cut: Some(Cut::Cancelled), .. }) => Err("it was interrupted".to_owned()),
            Ok(Ended { cut: Some(Cut::Time), .. }) => Err(format!("it took more than {} seconds", TIME.as_secs())),
            Ok(Ended { cut: Some(Cut::Output), .. }) => Err("git printed too much".to_owned()),
            Ok(_) => Err(first.into_inner()),
            Err(error) if error.kind() == io::ErrorKind::NotFound => {
                Err("git is needed, and is not installed".to_owned())
            }
            Err(error) => Err(words(&error)),
        }
    }
}
