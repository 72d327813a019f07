//! What an image runs on.

use std::fmt;
use std::str::FromStr;

/// An operating system and a processor, in Go's words: `linux/amd64`, `linux/arm/v7`.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub struct Platform {
    /// The operating system, such as `linux`.
    pub os: String,
    /// The processor's architecture, such as `amd64`.
    pub architecture: String,
    /// The kind of that architecture, such as `v7`; mostly there is none.
    pub variant: Option<String>,
}

impl Default for Platform {
    /// `linux/amd64`, which Fly's machines run.
    fn default() -> Self {
        Self { os: "linux".to_owned(), architecture: "amd64".to_owned(), variant: None }
    }
}

impl Platform {
    /// Whether an image for `self` is what somebody who asks for `wanted` means. A variant counts only
    /// if one is asked for.
    pub(crate) fn serves(&self, wanted: &Self) -> bool {
        self.os == wanted.os
            && self.architecture == wanted.architecture
            && (wanted.variant.is_none() || self.variant == wanted.variant)
    }
}

impl fmt::Display for Platform {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}/{}", self.os, self.architecture)?;
        self.variant.as_ref().map_or(Ok(()), |variant| write!(f, "/{variant}"))
    }
}

/// A text that is no platform.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("a platform is written like `linux/amd64` or `linux/arm/v7`")]
pub struct InvalidPlatform;

impl FromStr for Platform {
    type Err = InvalidPlatform;

    fn from_str(text: &str) -> Result<Self, InvalidPlatform> {
        let parts: Vec<&str> = text.split('/').collect();
        let word = |part: &&str| !part.is_empty() && part.bytes().all(|byte| byte.is_ascii_alphanumeric());
        match parts.as_slice() {
            [os, architecture, variant @ ..] if variant.len() < 2 && parts.iter().all(word) => Ok(Self {
                os: (*os).to_owned(),
                architecture: (*architecture).to_owned(),
                variant: variant.first().map(|variant| (*variant).to_owned()),
            }),
            _ => Err(InvalidPlatform),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::{InvalidPlatform, Platform};

    #[test]
    fn reads_platforms() {
        for text in ["linux/amd64", "linux/arm/v7"] {
            assert_eq!(text.parse::<Platform>().map(|platform| platform.to_string()), Ok(text.to_owned()));
        }
        for text in ["", "linux", "linux/", "/amd64", "linux/arm/v7/x", "linux/am d64"] {
            assert_eq!(text.parse::<Platform>(), Err(InvalidPlatform), "{text}");
        }
    }

    #[test]
    fn a_variant_counts_if_asked_for() {
        let [arm, v7, v6]: [Platform; 3] =
            ["linux/arm", "linux/arm/v7", "linux/arm/v6"].map(|text| text.parse().unwrap_or_default());
        assert!(v7.serves(&arm) && v7.serves(&v7));
        assert!(!v6.serves(&v7) && !arm.serves(&v7) && !arm.serves(&Platform::default()));
    }
}
