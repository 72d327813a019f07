//! The names of a project's environments.

use std::fmt;
use std::str::FromStr;

/// The name of an environment of a project, such as `staging`: a state, a prefix and a region of its own.
///
/// It may have `a-z`, `0-9` and `-`, starts and ends with a letter or digit, and has at most 30 characters: it
/// names a folder, and may become a part of an app's name.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub struct EnvName(String);

/// Why a text is no name of an environment.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error(
    "an environment's name may have `a-z`, `0-9` and `-`, starts and ends with a letter or digit, and has at most 30 \
     characters"
)]
pub struct InvalidEnvName;

impl EnvName {
    /// The name.
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

impl FromStr for EnvName {
    type Err = InvalidEnvName;

    fn from_str(text: &str) -> Result<Self, InvalidEnvName> {
        let is_plain = |c: u8| c.is_ascii_lowercase() || c.is_ascii_digit();
        let fits = matches!(text.len(), 1..=30)
            && text.bytes().all(|c| is_plain(c) || c == b'-')
            && !text.starts_with('-')
            && !text.ends_with('-');
        if fits { Ok(Self(text.to_owned())) } else { Err(InvalidEnvName) }
    }
}

impl fmt::Display for EnvName {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}
