//! Logs. fly-go: `resource_logs.go`.

use serde::Deserialize;

use crate::apps::AppCalls;
use crate::call::{Call, Method, encode};
use crate::error::Error;
use crate::json::{or_default, text_or_number, time};
use crate::time::Timestamp;

/// A line of an app's logs.
#[derive(Debug, Clone, PartialEq, Eq, Default, Deserialize)]
#[serde(default)]
#[non_exhaustive]
pub struct LogLine {
    /// When it was written.
    #[serde(deserialize_with = "time")]
    pub timestamp: Option<Timestamp>,
    /// What it says.
    #[serde(deserialize_with = "or_default")]
    pub message: String,
    /// How much it matters.
    #[serde(deserialize_with = "or_default")]
    pub level: String,
    /// The machine that wrote it.
    #[serde(deserialize_with = "or_default")]
    pub instance: String,
    /// Where that is.
    #[serde(deserialize_with = "or_default")]
    pub region: String,
}

/// Which lines are wanted.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct LogFilter {
    /// What comes after what was seen: [`LogPage::next`]. With none, the newest lines that there are.
    pub after: Option<String>,
    /// Only those of this machine.
    pub machine: Option<String>,
    /// Only those of this region.
    pub region: Option<String>,
}

/// Some lines.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
#[non_exhaustive]
pub struct LogPage {
    /// The lines.
    pub lines: Vec<LogLine>,
    /// From where to go on.
    pub next: Option<String>,
}

#[derive(Debug, Deserialize)]
struct Answer {
    #[serde(default, deserialize_with = "or_default")]
    data: Vec<Entry>,
    #[serde(default, deserialize_with = "or_default")]
    meta: Meta,
}

#[derive(Debug, Deserialize)]
struct Entry {
    attributes: LogLine,
}

#[derive(Debug, Default, Deserialize)]
#[serde(default)]
struct Meta {
    #[serde(deserialize_with = "text_or_number")]
    next_token: String,
}

impl AppCalls<'_> {
    /// Lines of the app's logs. Whoever follows them asks again and again, with where it was.
    ///
    /// # Errors
    ///
    /// If the call fails.
    pub fn logs(&self, filter: &LogFilter) -> Result<LogPage, Error> {
        let path = format!("/api/v1/apps/{}/logs", encode(self.name));
        let call = Call::web(Method::Get, path, format!("read the logs of app {}", self.name))
            .param("next_token", filter.after.as_deref().unwrap_or_default())
            .maybe("instance", filter.machine.as_deref())
            .maybe("region", filter.region.as_deref());
        let answer: Answer = self.client.send(&call)?;
        let next = Some(answer.meta.next_token).filter(|token| !token.is_empty()).or_else(|| filter.after.clone());
        Ok(LogPage { lines: answer.data.into_iter().map(|entry| entry.attributes).collect(), next })
    }
}
