//! How long calls may take.

use std::fmt;
use std::str::FromStr;
use std::time::Duration;

use score_fly_core::fly;
use serde::{Deserialize, Serialize};

/// How long a call may take, as Fly writes times: `90s`, `5m`.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(into = "String", try_from = "String")]
pub struct Timeout(fly::Duration);

/// A text that is no time.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("it has to be a time like `30s` or `5m`")]
pub struct InvalidTimeout;

impl Timeout {
    /// Of that many milliseconds.
    pub fn from_millis(milliseconds: u64) -> Self {
        Self(fly::Duration::from_millis(milliseconds))
    }

    pub(super) fn time(self) -> Duration {
        Duration::from_nanos(self.0.as_nanos())
    }
}

impl Default for Timeout {
    /// Ten minutes: some databases take that long to make.
    fn default() -> Self {
        Self(fly::Duration::from_secs(10 * 60))
    }
}

impl FromStr for Timeout {
    type Err = InvalidTimeout;

    fn from_str(text: &str) -> Result<Self, InvalidTimeout> {
        let time = fly::Duration::parse(text).filter(|time| time.as_nanos() > 0);
        time.map(Self).ok_or(InvalidTimeout)
    }
}

impl fmt::Display for Timeout {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.0.fmt(f)
    }
}

impl TryFrom<String> for Timeout {
    type Error = InvalidTimeout;

    fn try_from(text: String) -> Result<Self, InvalidTimeout> {
        text.parse()
    }
}

impl From<Timeout> for String {
    fn from(timeout: Timeout) -> Self {
        timeout.to_string()
    }
}
