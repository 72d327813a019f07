//! What a registry answers, and what that means.

use std::time::Duration;

use serde::Deserialize;
use serde_json::Value;
use ureq::http::HeaderMap;

use crate::{Credentials, Error, Reference};

/// Whom a push speaks to, and as whom.
pub(super) struct Peer<'a> {
    pub(super) to: &'a Reference,
    /// The registry's address, without a slash at its end.
    pub(super) base: String,
    pub(super) credentials: Option<&'a Credentials>,
}

/// An answer.
pub(crate) struct Answer {
    pub(crate) status: u16,
    pub(crate) headers: HeaderMap,
    pub(crate) body: Vec<u8>,
    /// Whether it comes from another address than the registry's own.
    pub(crate) elsewhere: bool,
    /// The login that was shown for it.
    pub(super) login: Option<String>,
}

/// Why something did not work.
pub(crate) enum Trouble {
    /// It may work later.
    Again(Refusal),
    /// It will not.
    Final(Error),
}

/// What came instead of what was asked for.
#[derive(Debug, Clone)]
pub(crate) struct Refusal {
    /// The answer's status, if there was one.
    pub(crate) status: Option<u16>,
    pub(crate) reason: String,
    /// How long to wait, if the registry says so.
    pub(crate) wait: Option<Duration>,
}

impl Trouble {
    pub(crate) fn again(reason: &str) -> Self {
        Self::Again(Refusal { status: None, reason: reason.to_owned(), wait: None })
    }
}

/// The errors of the distribution specification.
#[derive(Deserialize)]
struct Errors {
    errors: Vec<OneError>,
}

#[derive(Deserialize)]
struct OneError {
    #[serde(default)]
    code: String,
    #[serde(default)]
    message: String,
    #[serde(default)]
    detail: Value,
}

/// How much of what a registry says is shown.
const SHOWN: usize = 500;

impl Answer {
    pub(crate) fn header(&self, name: &str) -> Option<&str> {
        self.headers.get(name)?.to_str().ok()
    }

    /// How many bytes of an upload have arrived: the end of `Range: 0-499`, and one more.
    pub(crate) fn reached(&self) -> Option<u64> {
        let range = self.header("range")?;
        let (start, end) = range.trim_start_matches("bytes=").split_once('-')?;
        let end: u64 = end.trim().parse().ok().filter(|_| start.trim() == "0")?;
        // Registries say `0-0` of an upload that has nothing yet.
        Some(if end == 0 { 0 } else { end + 1 })
    }

    /// Whether the same request may work later.
    pub(crate) fn is_passing(&self) -> bool {
        matches!(self.status, 408 | 425 | 429 | 500 | 502 | 503 | 504)
    }

    fn wait(&self) -> Option<Duration> {
        self.header("retry-after")?.trim().parse().ok().map(Duration::from_secs)
    }

    fn errors(&self) -> Vec<OneError> {
        serde_json::from_slice(&self.body).map(|Errors { errors }| errors).unwrap_or_default()
    }

    fn has_code(&self, code: &str) -> bool {
        self.errors().iter().any(|error| error.code.eq_ignore_ascii_case(code))
    }
}

impl Peer<'_> {
    /// The registry as messages name it.
    pub(super) fn name(&self) -> String {
        self.to.registry().to_owned()
    }

    pub(super) fn repository(&self) -> String {
        self.to.repository().to_owned()
    }

    /// `text` without secrets.
    pub(super) fn clean(&self, text: String) -> String {
        match self.credentials {
            Some(credentials) => credentials.clean(&text),
            None => text,
        }
    }

    /// What is odd about the registry.
    pub(super) fn protocol(&self, reason: &str) -> Error {
        Error::Protocol { registry: self.name(), reason: reason.to_owned() }
    }

    /// What the registry says, in one line and without secrets.
    pub(super) fn words(&self, answer: &Answer) -> String {
        let errors: Vec<String> = answer.errors().iter().map(OneError::words).collect();
        let text =
            if errors.is_empty() { String::from_utf8_lossy(&answer.body).into_owned() } else { errors.join("; ") };
        // Proxies answer in HTML.
        let text = if text.trim_start().starts_with('<') { String::new() } else { text };
        let line: String = text.split_whitespace().collect::<Vec<_>>().join(" ");
        let line: String = self.clean(line).chars().filter(|c| !c.is_control()).take(SHOWN).collect();
        if line.is_empty() { format!("status {}", answer.status) } else { format!("{line} (status {})", answer.status) }
    }

    /// Whether an answer is worth another attempt.
    pub(super) fn trouble(&self, act: &'static str, answer: &Answer) -> Trouble {
        if answer.is_passing() {
            let (status, wait) = (Some(answer.status), answer.wait());
            return Trouble::Again(Refusal { status, reason: self.words(answer), wait });
        }
        Trouble::Final(self.error(act, answer))
    }

    /// What an answer that refuses means.
    pub(super) fn error(&self, act: &'static str, answer: &Answer) -> Error {
        let (registry, repository, words) = (self.name(), self.repository(), self.words(answer));
        match answer.status {
            401 => Error::Unauthorized { registry, answer: words, given: self.credentials.is_some() },
            403 => Error::Denied { registry, repository, answer: words },
            _ if answer.has_code("DENIED") => Error::Denied { registry, repository, answer: words },
            _ if answer.has_code("UNAUTHORIZED") => {
                Error::Unauthorized { registry, answer: words, given: self.credentials.is_some() }
            }
            _ if answer.has_code("MANIFEST_BLOB_UNKNOWN") => Error::BlobsLost { registry, answer: words },
            404 if answer.has_code("NAME_UNKNOWN") || act == "begin an upload" => {
                Error::NoRepository { registry, repository, answer: words }
            }
            _ => Error::Refused { registry, act, answer: words },
        }
    }
}

impl OneError {
    fn words(&self) -> String {
        let detail = match &self.detail {
            Value::Null => String::new(),
            Value::String(text) => format!(", {text}"),
            other => format!(", {other}"),
        };
        format!("{} {}{detail}", self.code, self.message)
    }
}
