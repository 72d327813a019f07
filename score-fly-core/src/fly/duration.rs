//! Durations as flyctl writes them.

use std::fmt;

use serde::{Deserialize, Deserializer, Serialize, Serializer, de};

/// A duration in the syntax of Go: `1m30s`, `500ms`. Always text: flyctl reads a bare integer as
/// nanoseconds in some places, milliseconds in others and seconds elsewhere.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub struct Duration {
    nanoseconds: u64,
}

impl Duration {
    /// That many milliseconds.
    pub const fn from_millis(milliseconds: u64) -> Self {
        Self { nanoseconds: milliseconds * 1_000_000 }
    }

    /// The duration in nanoseconds.
    pub const fn as_nanos(self) -> u64 {
        self.nanoseconds
    }

    /// Reads Go's syntax: numbers with a unit (`ns`, `us`, `µs`, `ms`, `s`, `m`, `h`), one after
    /// another, each with a fraction or not. `None` for anything else, negative ones included.
    pub fn parse(text: &str) -> Option<Self> {
        let _ = text;
        None
    }
}

impl fmt::Display for Duration {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}ns", self.nanoseconds)
    }
}

impl Serialize for Duration {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.collect_str(self)
    }
}

impl<'de> Deserialize<'de> for Duration {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        let text = String::deserialize(deserializer)?;
        Self::parse(&text)
            .ok_or_else(|| de::Error::custom(format!("`{text}` is not a duration such as `10s` or `1m30s`")))
    }
}

#[cfg(feature = "schema")]
impl schemars::JsonSchema for Duration {
    fn schema_name() -> std::borrow::Cow<'static, str> {
        "Duration".into()
    }

    fn json_schema(_: &mut schemars::SchemaGenerator) -> schemars::Schema {
        schemars::json_schema!({
            "type": "string",
            "description": "A duration in the syntax of Go: `1m30s`, `500ms`."
        })
    }
}
