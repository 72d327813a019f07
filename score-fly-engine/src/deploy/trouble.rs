//! What goes wrong on the way.

use std::fmt;
use std::time::Duration;

use score_fly_api::machines::Machine;
use score_fly_api::{Error, Kind};

/// Why a deploy ended before it was done.
#[derive(Debug, Clone, thiserror::Error)]
#[non_exhaustive]
pub enum Trouble {
    /// Fly refuses something, or can't be reached.
    #[error(transparent)]
    Fly(Error),
    /// There is no room for a machine.
    #[error(
        "{error}{}",
        if elsewhere.is_empty() { String::new() } else { format!("; there would be room in {}", elsewhere.join(", ")) }
    )]
    NoRoom {
        /// Fly's word.
        error: Error,
        /// Regions in which there would be room.
        elsewhere: Vec<String>,
    },
    /// A machine does not work as it is to be.
    #[error("machine {machine} of `{group}` in {region} {sick}")]
    Sick {
        /// The machine.
        machine: String,
        /// Its process group.
        group: String,
        /// Where it is.
        region: String,
        /// What is wrong with it.
        sick: Box<Sick>,
    },
    /// The release command failed.
    #[error("the release command {}", if let Some(code) = code { format!("ended with exit code {code}") } else { "did not end in time".to_owned() })]
    ReleaseCommand {
        /// Its exit code; nothing if it did not end in time.
        code: Option<i32>,
        /// What it said last.
        lines: Vec<String>,
    },
    /// The lease of a machine was lost: somebody else may be at work on it.
    #[error("the lease of machine {machine} was lost, so somebody else may be at work on it: {error}")]
    LeaseLost {
        /// The machine.
        machine: String,
        /// Why.
        error: Error,
    },
    /// There would be two machines for each for a while, and the organization may not have so many.
    #[error("the limits of the organization leave no room for a second machine beside each, which `bluegreen` needs")]
    NoBluegreen,
    /// A secret is to be set, and nobody says to what.
    #[error("there is no value for the secret {name}")]
    NoValue {
        /// The secret.
        name: String,
    },
    /// Somebody asked for the end.
    #[error("it was interrupted")]
    Interrupted,
}

impl From<Error> for Trouble {
    fn from(error: Error) -> Self {
        if *error.kind() == Kind::Stopped { Self::Interrupted } else { Self::Fly(error) }
    }
}

/// What is wrong with a machine.
#[derive(Debug, Clone, PartialEq, Eq)]
#[non_exhaustive]
pub enum Sick {
    /// It did not start in time.
    NotStarted {
        /// What it does instead.
        state: String,
        /// How it ended, if it did.
        exit: Option<Ended>,
        /// What it said last.
        lines: Vec<String>,
    },
    /// It ends again and again.
    Crashing {
        /// How.
        exit: Ended,
        /// What it said last.
        lines: Vec<String>,
    },
    /// Its checks don't pass.
    Failing {
        /// Those that don't.
        checks: Vec<Check>,
        /// For how long they were waited for.
        waited: Duration,
        /// What it said last.
        lines: Vec<String>,
    },
    /// Fly has gone back to what it was made from before, which it does without a word if an image can't be pulled.
    Reverted {
        /// The image that it should run.
        wanted: String,
        /// The one that it runs.
        runs: String,
        /// What Fly notes about it.
        why: Option<String>,
    },
    /// A command that was run against it says that it does not work.
    Refuted {
        /// The command.
        command: String,
        /// Its exit code; nothing if it did not end in time.
        code: Option<i32>,
        /// What it said last.
        lines: Vec<String>,
    },
    /// It is gone.
    Gone,
}

/// How what ran in a machine ended.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Ended {
    /// The exit code.
    pub code: i32,
    /// Whether it had too little memory.
    pub out_of_memory: bool,
}

impl Ended {
    pub(super) fn of(machine: &Machine) -> Option<Self> {
        let exit = machine.last_exit()?;
        (!exit.requested_stop).then_some(Self { code: exit.exit_code, out_of_memory: exit.oom_killed })
    }
}

impl fmt::Display for Ended {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let memory = if self.out_of_memory { ", since it had too little memory" } else { "" };
        write!(f, "exit code {}{memory}", self.code)
    }
}

/// A check that does not pass.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Check {
    /// Its name.
    pub name: String,
    /// `warning`, `critical`, or empty if it has no result yet.
    pub status: String,
    /// What it saw.
    pub output: String,
}

impl fmt::Display for Sick {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::NotStarted { state, exit, .. } => {
                write!(f, "did not start: it is {state}")?;
                exit.as_ref().map_or(Ok(()), |exit| write!(f, ", after {exit}"))
            }
            Self::Crashing { exit, .. } => write!(f, "ends again and again, with {exit}"),
            Self::Failing { checks, waited, .. } => {
                write!(f, "does not pass its checks after {} s", waited.as_secs())?;
                for check in checks {
                    let status = if check.status.is_empty() { "has no result" } else { &check.status };
                    write!(f, "; {} {status}", check.name)?;
                    if !check.output.is_empty() {
                        write!(f, ": {}", check.output.trim())?;
                    }
                }
                Ok(())
            }
            Self::Reverted { wanted, runs, why } => {
                write!(f, "went back to {runs}, and does not run {wanted}")?;
                why.as_ref().map_or(Ok(()), |why| write!(f, ": {why}"))
            }
            Self::Refuted { command, code: Some(code), .. } => {
                write!(f, "does not pass the machine check `{command}`, which ended with exit code {code}")
            }
            Self::Refuted { command, code: None, .. } => {
                write!(f, "does not pass the machine check `{command}`, which did not end in time")
            }
            Self::Gone => f.write_str("is gone"),
        }
    }
}

impl Trouble {
    /// What was said last by whatever failed.
    pub fn lines(&self) -> &[String] {
        match self {
            Self::ReleaseCommand { lines, .. } => lines,
            Self::Sick { sick, .. } => match &**sick {
                Sick::NotStarted { lines, .. }
                | Sick::Crashing { lines, .. }
                | Sick::Failing { lines, .. }
                | Sick::Refuted { lines, .. } => lines,
                Sick::Reverted { .. } | Sick::Gone => &[],
            },
            _ => &[],
        }
    }
}
