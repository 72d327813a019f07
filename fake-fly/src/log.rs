//! What was asked.

use std::collections::VecDeque;

use serde::Serialize;
use serde_json::Value;

use crate::moment::Moment;

/// A request, as it came in.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct Call {
    /// Its kind, such as `machines.update` or `graphql.app`.
    pub name: String,
    /// The HTTP method.
    pub method: String,
    /// The path with its query, as sent.
    pub path: String,
    /// The app that it is about.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub app: Option<String>,
    /// The machine, the volume or the release that it is about.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub id: Option<String>,
    /// The lease nonce that was sent along.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub nonce: Option<String>,
    /// The body; `null` if there was none or it was no JSON. It is not redacted: this is a fake.
    #[serde(skip_serializing_if = "Value::is_null")]
    pub body: Value,
    /// The status that was answered; nothing while it is worked on, and if the connection was closed
    /// without an answer.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub status: Option<u16>,
    /// When it came in.
    #[serde(serialize_with = "as_text")]
    pub at: Moment,
}

#[allow(clippy::trivially_copy_pass_by_ref, reason = "serde wants it so")]
fn as_text<S: serde::Serializer>(moment: &Moment, serializer: S) -> Result<S::Ok, S::Error> {
    serializer.collect_str(moment)
}

/// How many calls are kept: enough for any test, and not too much for a server that runs for days.
const KEPT: usize = 50_000;

/// The calls, the newest last.
#[derive(Debug, Default)]
pub(crate) struct Log {
    calls: VecDeque<Call>,
    /// How many were made before the first one that is kept.
    before: usize,
}

impl Log {
    /// Writes a call down, and gives its number.
    pub(crate) fn push(&mut self, call: Call) -> usize {
        if self.calls.len() == KEPT {
            self.calls.pop_front();
            self.before += 1;
        }
        self.calls.push_back(call);
        self.before + self.calls.len() - 1
    }

    /// Notes how a call was answered, if it is still kept.
    pub(crate) fn answered(&mut self, number: usize, status: u16) {
        let place = number.checked_sub(self.before);
        if let Some(call) = place.and_then(|place| self.calls.get_mut(place)) {
            call.status = Some(status);
        }
    }

    pub(crate) fn iter(&self) -> impl Iterator<Item = &Call> {
        self.calls.iter()
    }

    pub(crate) fn clear(&mut self) {
        self.before += self.calls.len();
        self.calls.clear();
    }
}
