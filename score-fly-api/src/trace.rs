//! Watching what is asked and answered.

use std::fmt;
use std::time::Duration;

use serde_json::Value;

use crate::error::Error;

/// Who is told of every request and answer.
///
/// Tokens and secrets are in none of it: they are of types that don't show themselves.
pub trait Observer: Send + Sync {
    /// Something happens. This is called by the thread that made the call.
    fn observe(&self, event: &Event<'_>);
}

impl<F: Fn(&Event<'_>) + Send + Sync> Observer for F {
    fn observe(&self, event: &Event<'_>) {
        self(event);
    }
}

/// What happens.
#[derive(Clone, Copy)]
#[non_exhaustive]
pub enum Event<'e> {
    /// A request is sent.
    Request {
        /// Which call it belongs to: they are counted.
        call: u64,
        /// How often it was sent, with this time.
        attempt: u32,
        /// The HTTP method.
        method: &'e str,
        /// The address.
        url: &'e str,
        /// What is sent, with `…` for secrets.
        body: Option<&'e Value>,
    },
    /// It was answered as hoped.
    Answer {
        /// The call.
        call: u64,
        /// The HTTP status.
        status: u16,
        /// By which Fly's support finds the request.
        request_id: Option<&'e str>,
        /// How long it took, in real time.
        took: Duration,
        /// What was understood of it.
        body: &'e dyn fmt::Debug,
    },
    /// It was refused, or got lost.
    Failure {
        /// The call.
        call: u64,
        /// Why.
        error: &'e Error,
        /// How long it took, in real time.
        took: Duration,
    },
    /// The call waits before it sends a request.
    Pause {
        /// The call.
        call: u64,
        /// How long, on the client's clock.
        time: Duration,
        /// For what.
        reason: Reason,
    },
}

/// Why a call waits.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Reason {
    /// To stay below a rate limit.
    RateLimit,
    /// To try again.
    Retry,
}

/// How long a text in a body may be to be shown whole.
const LONG: usize = 200;

/// A body with what is long in it cut short, such as files.
struct Abridged<'v>(&'v Value);

impl fmt::Display for Abridged<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        fn abridge(value: &Value) -> Value {
            match value {
                Value::String(text) if text.len() > LONG => format!("… ({} bytes)", text.len()).into(),
                Value::Array(items) => items.iter().map(abridge).collect(),
                Value::Object(object) => object.iter().map(|(key, value)| (key.clone(), abridge(value))).collect(),
                other => other.clone(),
            }
        }
        abridge(self.0).fmt(f)
    }
}

/// One line, without what the line before has said.
impl fmt::Display for Event<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Request { call, attempt, method, url, body } => {
                write!(f, "#{call} > {method} {url}")?;
                if *attempt > 1 {
                    write!(f, " (attempt {attempt})")?;
                }
                body.map_or(Ok(()), |body| write!(f, " {}", Abridged(body)))
            }
            Self::Answer { call, status, request_id, took, body } => {
                write!(f, "#{call} < {status} in {} ms", took.as_millis())?;
                request_id.map_or(Ok(()), |id| write!(f, ", request {id}"))?;
                write!(f, ": {body:?}")
            }
            Self::Failure { call, error, took } => write!(f, "#{call} ! in {} ms: {error}", took.as_millis()),
            Self::Pause { call, time, reason } => {
                let why = match reason {
                    Reason::RateLimit => "to stay below the rate limit",
                    Reason::Retry => "to try again",
                };
                write!(f, "#{call} waits {} ms {why}", time.as_millis())
            }
        }
    }
}

impl fmt::Debug for Event<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        fmt::Display::fmt(self, f)
    }
}
