//! Versions, as their authors count: <https://semver.org>.

use core::fmt;
use core::str::FromStr;

use crate::prelude::*;

/// A version by the rules of Semantic Versioning, without the `v` that tags begin with.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Version(semver::Version);

/// What is no version, with what would be one.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("`{text}` is no version: {why}")]
pub struct InvalidVersion {
    text: String,
    why: String,
    /// What may have been meant.
    pub suggestion: Option<String>,
}

/// What `git describe` does not say.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("`{0}` is not what `git describe --long` prints")]
pub struct InvalidDescription(String);

impl FromStr for Version {
    type Err = InvalidVersion;

    /// Reads a version; a `v` before it is left out.
    fn from_str(text: &str) -> Result<Self, InvalidVersion> {
        let plain = without_v(text);
        semver::Version::parse(plain).map(Self).map_err(|error| InvalidVersion {
            text: text.to_owned(),
            why: error.to_string(),
            suggestion: meant(plain),
        })
    }
}

fn without_v(text: &str) -> &str {
    text.strip_prefix(['v', 'V']).filter(|rest| rest.starts_with(|c: char| c.is_ascii_digit())).unwrap_or(text)
}

/// The version that has the parts that are missing, and no zeros before its numbers.
fn meant(text: &str) -> Option<String> {
    let end = text.find(['-', '+']).unwrap_or(text.len());
    let (core, rest) = text.split_at(end);
    let mut numbers: Vec<u64> = Vec::new();
    for part in core.split('.') {
        numbers.push(part.parse().ok()?);
    }
    numbers.resize(numbers.len().max(3), 0);
    let [major, minor, patch] = numbers.as_slice() else { return None };
    let meant = format!("{major}.{minor}.{patch}{rest}");
    semver::Version::parse(&meant).ok().map(|version| version.to_string())
}

impl Version {
    /// The version of a commit, from what `git describe --tags --long` prints about it: that of the tag if
    /// the commit has it, and between it and the next one if it comes after. A changed tree shows behind a `+`.
    ///
    /// `v1.4.2-0-g5a7c9d1` is 1.4.2, and `v1.4.2-3-g5a7c9d1` is 1.4.3-dev.3+g5a7c9d1.
    ///
    /// # Errors
    /// If it is no such text; the inner error says that the tag is no version.
    pub fn of_description(description: &str, dirty: bool) -> Result<Result<Self, InvalidVersion>, InvalidDescription> {
        let invalid = || InvalidDescription(description.to_owned());
        let (rest, commit) = description.rsplit_once('-').ok_or_else(invalid)?;
        let (tag, distance) = rest.rsplit_once('-').ok_or_else(invalid)?;
        let distance: u64 = distance.parse().map_err(|_| invalid())?;
        let Self(mut version) = match tag.parse() {
            Ok(version) => version,
            Err(error) => return Ok(Err(error)),
        };
        let mut build = Vec::new();
        if distance > 0 {
            let before = if version.pre.is_empty() {
                version.patch += 1;
                String::new()
            } else {
                format!("{}.", version.pre)
            };
            version.pre = semver::Prerelease::new(&format!("{before}dev.{distance}")).map_err(|_| invalid())?;
            build.push(commit);
        }
        if dirty {
            build.push("dirty");
        }
        version.build = semver::BuildMetadata::new(&build.join(".")).map_err(|_| invalid())?;
        Ok(Ok(Self(version)))
    }
}

impl fmt::Display for Version {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.0.fmt(f)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn versions_are_semver() {
        for (text, version) in [("1.4.2", "1.4.2"), ("v1.4.2", "1.4.2"), ("1.0.0-rc.1+g1", "1.0.0-rc.1+g1")] {
            assert_eq!(text.parse::<Version>().unwrap().to_string(), version);
        }
        for (text, meant) in [
            ("1.4", Some("1.4.0")),
            ("v2", Some("2.0.0")),
            ("1.04.2", Some("1.4.2")),
            ("1.4-rc.1", Some("1.4.0-rc.1")),
            ("1.2.3.4", None),
            ("latest", None),
            ("", None),
        ] {
            let error = text.parse::<Version>().unwrap_err();
            assert_eq!(error.suggestion.as_deref(), meant, "{error}");
        }
    }

    #[test]
    fn commits_are_versions() {
        for (description, dirty, version) in [
            ("v1.4.2-0-g5a7c9d1", false, "1.4.2"),
            ("1.4.2-0-g5a7c9d1", true, "1.4.2+dirty"),
            ("v1.4.2-3-g5a7c9d1", false, "1.4.3-dev.3+g5a7c9d1"),
            ("v1.4.2-3-g5a7c9d1", true, "1.4.3-dev.3+g5a7c9d1.dirty"),
            ("v2.0.0-rc.1-12-g5a7c9d1", false, "2.0.0-rc.1.dev.12+g5a7c9d1"),
        ] {
            let made = Version::of_description(description, dirty).unwrap().unwrap();
            assert_eq!(made.to_string(), version);
        }
        // Later commits come later, and all of them before the next version.
        let order = ["1.4.2", "1.4.3-dev.3+g1", "1.4.3-dev.10+g2", "1.4.3-rc.1", "1.4.3"];
        let order: Vec<Version> = order.iter().map(|text| text.parse().unwrap()).collect();
        assert!(order.windows(2).all(|pair| pair[0].0.cmp_precedence(&pair[1].0).is_lt()));
        assert!(Version::of_description("nightly-0-g5a7c9d1", false).unwrap().is_err());
        assert!(Version::of_description("5a7c9d1", false).is_err());
    }
}
