//! The git of the system: it knows how to log in.

use std::cell::RefCell;
use std::ffi::OsStr;
use std::io;
use std::path::Path;
use std::process::Command;
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
pub struct Git<'g> {
    /// The folder in which it is started.
    pub root: &'g Root,
    /// What it sees.
    pub environment: &'g Environment,
    /// Who ends it early.
    pub cancel: &'g CancelToken,
}

impl Git<'_> {
    /// Runs git, and gives what it prints. The error is a sentence without its end: for the most part the first
    /// line that git says, since what follows is advice.
    ///
    /// A user and a password in an address among the arguments are given to git where nobody else sees them.
    ///
    /// # Errors
    /// If git is not there, is cancelled, takes too long, prints more than a megabyte, or says that it failed.
    pub fn run(self, arguments: &[&OsStr]) -> Result<Vec<u8>, String> {
        self.run_with(arguments, Vec::new(), 1 << 20)
    }

    /// [`run`](Self::run) with something to read, and with another limit for what it prints.
    ///
    /// # Errors
    /// Likewise.
    pub fn run_with(self, arguments: &[&OsStr], input: Vec<u8>, output: usize) -> Result<Vec<u8>, String> {
        let Self { root, environment, cancel } = self;
        let mut command = environment.command(Path::new("git"), root);
        let credentials = arguments.iter().find_map(|argument| Credentials::of(argument.to_str()?));
        match &credentials {
            Some(credentials) => {
                let plain = |argument: &&OsStr| match argument.to_str().and_then(Credentials::of) {
                    Some(known) => known.address.into(),
                    None => argument.to_os_string(),
                };
                command.args(arguments.iter().map(plain));
                credentials.give(&mut command, environment);
            }
            None => {
                command.args(arguments);
            }
        }
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
        let limits = Limits { time: TIME, output: Some(output) };
        // It is ended if the run is cancelled.
        let _listening = cancel.listen();
        match process::run(&mut command, input, limits, cancel, &said) {
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

/// A user and a password that stand in the address of a repository. Arguments are seen by everybody on the machine, so
/// git is told them by its environment.
struct Credentials {
    /// The address without them.
    address: String,
    /// The server, as git knows it.
    server: String,
    user: String,
    password: String,
}

/// What answers git, which calls it with `get` behind it.
const HELPER: &str = "!f() { test \"$1\" = get && printf 'username=%s\\npassword=%s\\n' \"$SCORE_FLY_GIT_USER\" \
                      \"$SCORE_FLY_GIT_PASSWORD\"; }; f";

impl Credentials {
    fn of(address: &str) -> Option<Self> {
        let (scheme, rest) = address.split_once("://").filter(|(scheme, _)| matches!(*scheme, "http" | "https"))?;
        let (authority, path) = rest.split_at(rest.find(['/', '?', '#']).unwrap_or(rest.len()));
        let (known, host) = authority.rsplit_once('@')?;
        let (user, password) = known.split_once(':').unwrap_or((known, ""));
        Some(Self {
            address: format!("{scheme}://{host}{path}"),
            server: format!("{scheme}://{host}"),
            user: decoded(user),
            password: decoded(password),
        })
    }

    fn give(&self, command: &mut Command, environment: &Environment) {
        let count = environment.variable("GIT_CONFIG_COUNT").and_then(|count| count.to_str()?.parse::<usize>().ok());
        let count = count.unwrap_or(0);
        let key = format!("credential.{}.helper", self.server);
        // The first one, which is empty, takes away those that are set up.
        for (index, helper) in ["", HELPER].into_iter().enumerate() {
            command.env(format!("GIT_CONFIG_KEY_{}", count + index), &key);
            command.env(format!("GIT_CONFIG_VALUE_{}", count + index), helper);
        }
        command.env("GIT_CONFIG_COUNT", (count + 2).to_string());
        command.env("SCORE_FLY_GIT_USER", &self.user).env("SCORE_FLY_GIT_PASSWORD", &self.password);
    }
}

/// A text in which bytes may be written as `%40`.
fn decoded(text: &str) -> String {
    let mut bytes = Vec::new();
    let mut rest = text.as_bytes();
    while let [first, after @ ..] = rest {
        let hex = after.get(..2).filter(|_| *first == b'%').and_then(|hex| str::from_utf8(hex).ok());
        match hex.and_then(|hex| u8::from_str_radix(hex, 16).ok()) {
            Some(byte) => {
                bytes.push(byte);
                rest = &after[2..];
            }
            None => {
                bytes.push(*first);
                rest = after;
            }
        }
    }
    String::from_utf8_lossy(&bytes).into_owned()
}
