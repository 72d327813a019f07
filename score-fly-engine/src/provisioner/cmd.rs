//! Provisioners that are programs.

use std::collections::BTreeMap;
use std::io::{self, Read as _, Write as _};
use std::process::{Child, Command, Stdio};
use std::thread;

use score_fly_core::secret::Secret;
use serde::{Deserialize, Serialize};
use serde_json::{Map, Value};

use super::{Answer, Error, Failure, Mode, Request};

/// A program that takes a request as JSON on standard input, and answers on standard output.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Cmd {
    /// The program: a path, or a name to look up in `PATH`.
    pub binary: String,
    /// Its arguments, in which `$SCORE_PROVISIONER_MODE` stands for the mode.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub args: Vec<String>,
}

/// The name of the mode in arguments, after a `$`, and in the environment.
const MODE: &str = "SCORE_PROVISIONER_MODE";

/// How much of an answer is read.
const OUTPUT_LIMIT: u64 = 16 << 20;

/// What the program is told.
#[derive(Serialize)]
struct Input<'r> {
    resource_uid: &'r str,
    resource_type: &'r str,
    resource_class: &'r str,
    resource_id: &'r str,
    resource_params: &'r BTreeMap<String, Value>,
    resource_metadata: &'r BTreeMap<String, Value>,
    state: &'r Map<String, Value>,
    shared: &'r Map<String, Value>,
}

/// What it answers.
#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Output {
    state: Option<Map<String, Value>>,
    values: Option<BTreeMap<String, Value>>,
    secrets: Option<BTreeMap<String, Value>>,
    shared: Option<Map<String, Value>>,
}

impl From<Output> for Answer {
    fn from(output: Output) -> Self {
        let secrets = output.secrets.unwrap_or_default();
        Self {
            state: output.state,
            values: output.values,
            secrets: secrets.into_iter().map(|(name, value)| (name, Secret::new(value))).collect(),
            shared: output.shared.unwrap_or_default(),
        }
    }
}

impl Cmd {
    /// Runs the program once.
    pub(super) fn call(&self, mode: Mode, request: &Request) -> Result<Answer, Failure> {
        let args = self.args.iter().map(|arg| arg.replace(&format!("${MODE}"), mode.as_str()));
        let child = Command::new(&self.binary)
            .args(args)
            .env(MODE, mode.as_str())
            .stdin(Stdio::piped())
            .stdout(Stdio::piped())
            .spawn()
            .map_err(|error| self.cannot_run(&error))?;
        let (stdout, status) = talk(child, &input(request)).map_err(|error| self.cannot_run(&error))?;
        if stdout.len() as u64 > OUTPUT_LIMIT {
            return Err(Error::TooMuchOutput { limit: OUTPUT_LIMIT }.into());
        }
        let answer = answer(&stdout, mode);
        if status.success() {
            return Ok(answer?);
        }
        let error = Error::Exit { binary: self.binary.clone(), status: status.to_string() };
        Err(Failure { error, answer: answer.ok().map(Box::new) })
    }

    fn cannot_run(&self, error: &io::Error) -> Failure {
        Error::Start { binary: self.binary.clone(), reason: error.to_string() }.into()
    }
}

fn input(request: &Request) -> Vec<u8> {
    let input = Input {
        resource_uid: &request.guid,
        resource_type: request.uid.kind(),
        resource_class: request.uid.class(),
        resource_id: request.uid.id(),
        resource_params: request.params.expose(),
        resource_metadata: &request.metadata,
        state: &request.state,
        shared: &request.shared,
    };
    serde_json::to_vec(&input).unwrap_or_default()
}

/// Writes `input`, and reads what comes, up to just above the limit.
fn talk(mut child: Child, input: &[u8]) -> io::Result<(Vec<u8>, std::process::ExitStatus)> {
    let (stdin, stdout) = (child.stdin.take(), child.stdout.take());
    let mut output = Vec::new();
    thread::scope(|scope| {
        // A program may answer before it has read everything, or without reading at all.
        scope.spawn(|| stdin.map(|mut stdin| stdin.write_all(input)));
        stdout.map_or(Ok(0), |stdout| stdout.take(OUTPUT_LIMIT + 1).read_to_end(&mut output))
    })?;
    Ok((output, child.wait()?))
}

fn answer(stdout: &[u8], mode: Mode) -> Result<Answer, Error> {
    if stdout.trim_ascii().is_empty() {
        return match mode {
            Mode::Deprovision => Ok(Answer::default()),
            Mode::Provision => Err(Error::NoAnswer),
        };
    }
    serde_json::from_slice::<Output>(stdout)
        .map(Answer::from)
        .map_err(|error| Error::InvalidAnswer { reason: format!("line {}, column {}", error.line(), error.column()) })
}
