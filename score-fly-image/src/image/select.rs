//! Which of several images is meant.

use std::convert::Infallible;
use std::fmt;
use std::str::FromStr;

use crate::image::Image;
use crate::{Error, Platform};

/// Says which image of an archive is meant: `NAME:TAG`, or `@INDEX`, as skopeo writes it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Selector {
    /// The image of this name.
    Name(String),
    /// The image at this place in the archive's list, from 0.
    Index(usize),
}

impl FromStr for Selector {
    /// What is no index is a name.
    type Err = Infallible;

    fn from_str(text: &str) -> Result<Self, Infallible> {
        let index = text.strip_prefix('@').and_then(|index| index.parse().ok());
        Ok(index.map_or_else(|| Self::Name(text.to_owned()), Self::Index))
    }
}

impl fmt::Display for Selector {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Name(name) => f.write_str(name),
            Self::Index(index) => write!(f, "@{index}"),
        }
    }
}

impl Selector {
    fn matches(&self, image: &Image) -> bool {
        match self {
            Self::Index(index) => image.index == *index,
            Self::Name(wanted) => image.names.iter().any(|name| is_named(name, wanted)),
        }
    }
}

/// Whether an image called `name` is meant by `wanted`. Docker puts its hub in front of names, and
/// `latest` behind them; the name in an OCI layout may be a tag only.
fn is_named(name: &str, wanted: &str) -> bool {
    let short = |name: &str| {
        let name = name.strip_prefix("docker.io/").unwrap_or(name);
        let name = name.strip_prefix("library/").unwrap_or(name).to_owned();
        let tagged = name.rsplit('/').next().is_some_and(|last| last.contains(':'));
        if tagged { name } else { name + ":latest" }
    };
    name == wanted || short(name) == short(wanted)
}

/// The image that is meant. Without a selector, it is the only one for the platform, or the only one.
pub(crate) fn select(
    archive: &str,
    images: Vec<Image>,
    selector: Option<&Selector>,
    platform: &Platform,
) -> Result<Image, Error> {
    let labels = |images: &[Image]| -> Vec<String> {
        images.iter().map(|image| format!("{} ({})", image.label(), image.config.platform())).collect()
    };
    let all = labels(&images);
    let mut chosen = images;
    chosen.retain(|image| selector.is_none_or(|selector| selector.matches(image)));
    let archive = archive.to_owned();
    if chosen.is_empty() {
        let wanted = selector.map(|selector| format!("`{selector}`")).unwrap_or_default();
        return Err(Error::NoSuchImage { archive, wanted, images: all });
    }
    if chosen.len() > 1 {
        let labels = labels(&chosen);
        chosen.retain(|image| image.config.platform().serves(platform));
        // The same image may stand there under several names.
        chosen.dedup_by(|a, b| a.config_bytes == b.config_bytes && a.layers == b.layers);
        if chosen.is_empty() {
            return Err(Error::NoSuchImage { archive, wanted: format!("for {platform}"), images: labels });
        }
    }
    match chosen.pop() {
        Some(image) if chosen.is_empty() => Ok(image),
        last => {
            chosen.extend(last);
            Err(Error::SeveralImages { archive, images: labels(&chosen) })
        }
    }
}

#[cfg(test)]
mod tests {
    use super::{Selector, is_named};

    #[test]
    fn names_match_as_docker_understands_them() {
        assert_eq!("@1".parse(), Ok(Selector::Index(1)));
        assert_eq!("@a".parse(), Ok(Selector::Name("@a".to_owned())));
        for (name, wanted) in [
            ("a:1", "a:1"),
            ("a:latest", "a"),
            ("docker.io/library/a:latest", "a"),
            ("docker.io/x/a:2", "x/a:2"),
            ("1.0", "1.0"),
            ("localhost:5000/a:latest", "localhost:5000/a"),
        ] {
            assert!(is_named(name, wanted), "{name} {wanted}");
        }
        for (name, wanted) in [("a:1", "a"), ("ab:1", "b:1"), ("x/a:1", "a:1")] {
            assert!(!is_named(name, wanted), "{name} {wanted}");
        }
    }
}
