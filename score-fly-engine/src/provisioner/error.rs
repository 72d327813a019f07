//! Why a provisioner did not do what it was asked for.

use score_fly_core::map::SortedSet;

use super::request::Answer;
use super::timeout::Timeout;
use crate::depth::MAX_DEPTH;

/// Why a provisioner did not do what it was asked for: one sentence, to which the caller adds
/// which resource it was. None of them holds what the provisioner was told or answered, since
/// there may be secrets in it; only what a server says about its own failure is passed on.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum Error {
    /// It does not give outputs that are expected of it.
    #[error("the provisioner did not answer {} expected of it", list(outputs))]
    MissingOutputs {
        /// The outputs.
        outputs: SortedSet<String>,
    },
    /// A program could not be started.
    #[error("cannot run `{binary}`: {reason}")]
    Start {
        /// The program.
        binary: String,
        /// Why, in the system's words.
        reason: String,
    },
    /// A program ended with a failure.
    #[error("`{binary}` ended with {status}")]
    Exit {
        /// The program.
        binary: String,
        /// How, in the system's words: an exit status or a signal.
        status: String,
    },
    /// It took too long.
    #[error("the provisioner did not answer within {after}")]
    Timeout {
        /// How long it had.
        after: Timeout,
    },
    /// It was ended before it was done, since the run was cancelled.
    #[error("the provisioner was interrupted")]
    Interrupted,
    /// It answered more than is read.
    #[error("the provisioner answered more than {limit} bytes")]
    TooMuchOutput {
        /// How much is read.
        limit: usize,
    },
    /// A server's address is none.
    #[error("the provisioner's URL can't be read: it has to be `http://` or `https://`, and a server")]
    InvalidUrl,
    /// A server can't be reached, or does not speak HTTP.
    #[error("the provisioner at `{server}` can't be reached: {reason}")]
    Unreachable {
        /// The server.
        server: String,
        /// Why.
        reason: String,
    },
    /// A server answered with a failure.
    #[error("the provisioner answered with status {status}{}", said(message.as_deref()))]
    Status {
        /// The status.
        status: u16,
        /// What the server says about it.
        message: Option<String>,
    },
    /// A server points somewhere else.
    #[error("the provisioner redirects {how}: give the URL that it redirects to, if that is meant")]
    Redirect {
        /// How, or where.
        how: String,
    },
    /// A template can't be filled, or gives something else than it should.
    #[error("the template `{template}` {problem}")]
    Template {
        /// Which of the provisioner's templates.
        template: &'static str,
        /// What is wrong, without any value.
        problem: String,
    },
    /// What is asked of a built-in provisioner is not possible.
    #[error("{0}")]
    Impossible(String),
    /// It wants something to be made that Fly has nothing for.
    #[error(
        "the provisioner answered `{key}`, which it wants to be made beside the workload: there is nothing like it on Fly"
    )]
    NotOnFly {
        /// The key of its answer.
        key: String,
    },
    /// Values are nested more deeply than a state keeps.
    #[error("{what} of the resource are nested more than {MAX_DEPTH} levels deep")]
    TooDeep {
        /// Which.
        what: &'static str,
    },
    /// It answered nothing.
    #[error("the provisioner answered nothing, where one JSON object is expected")]
    NoAnswer,
    /// It answered something that is not one JSON object of the form of answers.
    #[error("the provisioner's answer is not of the form that answers have: {reason}")]
    InvalidAnswer {
        /// Why, without any value of it.
        reason: String,
    },
}

fn list(names: &SortedSet<String>) -> String {
    let names: Vec<String> = names.iter().map(|name| format!("`{name}`")).collect();
    match names.as_slice() {
        [name] => format!("the output {name}, which is"),
        names => format!("the outputs {}, which are", names.join(", ")),
    }
}

fn said(message: Option<&str>) -> String {
    message.map(|message| format!(": {message}")).unwrap_or_default()
}

/// A call that failed, with what was answered nevertheless: a provisioner that has made half of a
/// resource says so in its state, and then ends with a failure.
#[derive(Debug)]
pub struct Failure {
    /// Why.
    pub error: Error,
    /// The answer, if there was one.
    pub answer: Option<Box<Answer>>,
}

impl From<Error> for Failure {
    fn from(error: Error) -> Self {
        Self { error, answer: None }
    }
}
