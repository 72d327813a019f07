//! What was asked.

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
