//! flyctl, for what only it can do, and for those who want it done by nobody else.

use std::ffi::OsStr;
use std::path::Path;
use std::time::Duration;

use super::context::Context;
use super::failure::AboutApp;
use crate::process::{self, Limits};
use crate::progress::Progress;
use crate::system::words;

/// flyctl, as it is installed.
#[derive(Debug, Clone, Copy)]
pub(super) struct Flyctl {
    program: &'static str,
}

/// Its names. Other programs are called `fly`, too.
const NAMES: [&str; 2] = ["flyctl", "fly"];

/// How long a build or a deploy may take.
const TIME: Duration = Duration::from_secs(2 * 60 * 60);

impl Flyctl {
    /// The one in `PATH`.
    pub(super) fn find(context: &Context<'_>) -> Option<Self> {
        let is_there = |name: &&&str| context.environment.has_program(Path::new(**name), context.root);
        NAMES.iter().find(is_there).map(|program| Self { program })
    }

    /// Runs it for an app, with `input` on its standard input; secrets may be nowhere else. What it prints is told.
    pub(super) fn run<A: AsRef<OsStr>>(
        self,
        context: &Context<'_>,
        app: &str,
        arguments: &[A],
        input: &[u8],
    ) -> Result<(), AboutApp> {
        let tell = |line: &str| {
            if !line.trim().is_empty() {
                context.observer.progressed(Progress::Line { app, line });
            }
        };
        let status = self.start(context, arguments, input, &tell).map_err(|reason| self.failed(arguments, reason))?;
        if status.success() { Ok(()) } else { Err(self.failed(arguments, format!("ended with {}", code(status)))) }
    }

    /// Runs it without telling what it prints, and gives whether it succeeds.
    pub(super) fn succeeds<A: AsRef<OsStr>>(self, context: &Context<'_>, arguments: &[A]) -> Result<bool, AboutApp> {
        let status = self.start(context, arguments, &[], &|_| {});
        status.map(|status| status.success()).map_err(|reason| self.failed(arguments, reason))
    }

    fn start<A: AsRef<OsStr>>(
        self,
        context: &Context<'_>,
        arguments: &[A],
        input: &[u8],
        tell: &dyn Fn(&str),
    ) -> Result<std::process::ExitStatus, String> {
        let mut command = context.environment.command(Path::new(self.program), context.root);
        command.args(arguments);
        let limits = Limits { time: TIME, output: None };
        let ended = process::run(&mut command, input.to_vec(), limits, context.cancel, tell);
        let ended = ended.map_err(|error| format!("can't be started: {}", words(&error)))?;
        match ended.status {
            Some(status) if ended.cut.is_none() => Ok(status),
            _ if context.cancel.is_cancelled() => Err("was interrupted".to_owned()),
            _ => Err(format!("took longer than {} hours", TIME.as_secs() / 3600)),
        }
    }

    fn failed<A: AsRef<OsStr>>(self, arguments: &[A], what: String) -> AboutApp {
        let words = arguments.iter().map(|argument| argument.as_ref().to_string_lossy());
        let words = words.take_while(|word| !word.starts_with('-')).collect::<Vec<_>>().join(" ");
        AboutApp::Flyctl { command: format!("{} {words}", self.program), what }
    }
}

fn code(status: std::process::ExitStatus) -> String {
    status.code().map_or_else(|| status.to_string(), |code| format!("exit code {code}"))
}
