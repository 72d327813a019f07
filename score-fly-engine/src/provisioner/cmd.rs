//! Provisioners that are programs.

use serde::{Deserialize, Serialize};

use super::call::{Call, Mode, Surroundings};
use super::error::{Error, Failure};
use super::protocol::ANSWER_LIMIT;
use super::protocol::Protocol;
use super::request::{Answer, Request};
use super::timeout::Timeout;
use crate::environment::Environment;
use crate::process::{self, Cut, Limits};
use crate::root::Root;
use crate::system::words;

/// A program that takes a request as JSON on standard input, and answers on standard output. What
/// it prints on standard error is passed on.
#[derive(Debug, Clone, PartialEq, Eq, Default, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Cmd {
    /// The program: a path, which may start with `~/`, or a name to look up in `PATH`.
    pub binary: String,
    /// Its arguments. [`Protocol::ScoreFlyio`] puts the mode in for each `$SCORE_PROVISIONER_MODE`,
    /// and [`Protocol::ScoreCompose`] for the argument `<mode>`.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub args: Vec<String>,
    /// What it is told and answers.
    #[serde(default, skip_serializing_if = "Protocol::is_default")]
    pub protocol: Protocol,
    /// How long a call may take.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub timeout: Option<Timeout>,
}

/// The name of the mode in arguments, after a `$`, and in the environment.
const MODE: &str = "SCORE_PROVISIONER_MODE";

/// The argument that score-k8s puts the mode in for.
const MODE_ARGUMENT: &str = "<mode>";

impl Cmd {
    /// Runs the program once, unless it is to take something down and has no way to know that.
    pub(super) fn call(&self, mode: Mode, request: &Request, call: Call<'_>) -> Result<Answer, Failure> {
        if mode == Mode::Deprovision && !self.knows_modes() {
            return Ok(Answer::default());
        }
        let Surroundings { root, environment, cancel } = call.surroundings;
        let mut command = environment.command(&environment.at_home(&self.binary), root);
        command.args(self.args.iter().map(|arg| self.argument(arg, mode))).env(MODE, mode.as_str());
        let timeout = self.timeout.unwrap_or_default();
        let limits = Limits { time: timeout.time(), output: Some(ANSWER_LIMIT) };
        let told = self.protocol.encode(request);
        let ended = process::run(&mut command, told, limits, cancel, call.said)
            .map_err(|error| Error::Start { binary: self.binary.clone(), reason: words(&error) })?;
        let answer = self.protocol.decode(&ended.stdout, mode);
        if ended.is_done() {
            return Ok(answer?);
        }
        let error = match (ended.cut, ended.status) {
            (Some(Cut::Time), _) => Error::Timeout { after: timeout },
            (Some(Cut::Output), _) => Error::TooMuchOutput { limit: ANSWER_LIMIT },
            (None, Some(status)) => Error::Exit { binary: self.binary.clone(), status: status.to_string() },
            (Some(Cut::Cancelled), _) | (None, None) => Error::Interrupted,
        };
        // What was printed in full counts: nobody else knows it.
        Err(Failure { error, answer: answer.ok().map(Box::new) })
    }

    /// Whether there is such a file, or, for a plain name, such a file in `PATH`.
    pub fn is_there(&self, root: &Root, environment: &Environment) -> bool {
        !self.binary.is_empty() && environment.has_program(&environment.at_home(&self.binary), root)
    }

    fn argument(&self, written: &str, mode: Mode) -> String {
        match self.protocol {
            Protocol::ScoreFlyio => written.replace(&format!("${MODE}"), mode.as_str()),
            Protocol::ScoreCompose if written == MODE_ARGUMENT => mode.as_str().to_owned(),
            Protocol::ScoreCompose => written.to_owned(),
        }
    }

    /// Whether it can tell to take down from to make. Programs for score-compose were never called
    /// to take down: they would make the resource once more.
    pub(super) fn knows_modes(&self) -> bool {
        match self.protocol {
            Protocol::ScoreFlyio => true,
            Protocol::ScoreCompose => self.args.iter().any(|arg| arg == MODE_ARGUMENT || arg.contains(MODE)),
        }
    }
}
