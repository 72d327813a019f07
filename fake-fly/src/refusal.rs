//! Answers that say no.

use serde_json::{Value, json};

use crate::http::Answer;

/// An error, in the shape of the API that it comes from.
#[derive(Debug, Clone, PartialEq)]
pub(crate) struct Refusal {
    pub(crate) status: u16,
    message: String,
    code: Option<&'static str>,
}

pub(crate) type Result<T> = std::result::Result<T, Refusal>;

impl Refusal {
    pub(crate) fn new(status: u16, message: impl Into<String>) -> Self {
        Self { status, message: message.into(), code: None }
    }

    /// With one of the codes that bodies carry as `status`.
    pub(crate) fn code(mut self, code: &'static str) -> Self {
        self.code = Some(code);
        self
    }

    pub(crate) fn message(&self) -> &str {
        &self.message
    }

    /// fly-go: `flaps/flaps_error.go`, `error` and `status`.
    pub(crate) fn answer(&self) -> Answer {
        Answer::json(self.status, &self.body())
    }

    fn body(&self) -> Value {
        match self.code {
            Some(code) => json!({ "error": self.message, "status": code }),
            None => json!({ "error": self.message }),
        }
    }
}

/// What a machine, a volume or an app says when it is in no state for what is asked.
pub(crate) fn precondition(message: &str) -> Refusal {
    Refusal::new(412, format!("failed_precondition: {message}"))
}

pub(crate) fn invalid(message: impl Into<String>) -> Refusal {
    Refusal::new(400, message)
}

pub(crate) fn not_found(message: &str) -> Refusal {
    Refusal::new(404, message)
}
