//! Why a provisioner did not do what it was asked for.

use std::collections::BTreeSet;

use super::Answer;

/// Why a provisioner did not do what it was asked for: one sentence, to which the caller adds
/// which resource it was. None of them holds what the provisioner was told or answered, since
/// there may be secrets in it.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum Error {
    /// A param is not among those that it supports.
    #[error("the provisioner does not support the param `{param}`, but {}", list(supported))]
    UnsupportedParam {
        /// The param.
        param: String,
        /// Those that it supports.
        supported: BTreeSet<String>,
    },
    /// It does not give an output that is expected of it.
    #[error("the provisioner did not answer the output `{output}`, which is expected of it")]
    MissingOutput {
        /// The output.
        output: String,
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
    #[error("the provisioner did not answer within {seconds} seconds")]
    Timeout {
        /// How long it had.
        seconds: u64,
    },
    /// It printed more than is read.
    #[error("the provisioner answered more than {limit} bytes")]
    TooMuchOutput {
        /// How much is read.
        limit: u64,
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

fn list(names: &BTreeSet<String>) -> String {
    if names.is_empty() {
        return "takes none".to_owned();
    }
    let names: Vec<String> = names.iter().map(|name| format!("`{name}`")).collect();
    names.join(", ")
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
