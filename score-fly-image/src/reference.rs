//! Where an image goes.

use std::fmt;

use crate::Digest;

/// Fly's registry. It has one repository for each app.
pub const FLY_REGISTRY: &str = "registry.fly.io";

/// A tag in a repository of a registry.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Reference {
    /// The registry's host, with its port if that is not the usual one.
    registry: String,
    /// Whether requests go without TLS.
    plain: bool,
    repository: String,
    tag: String,
}

/// Why a text is no destination of a push.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum InvalidReference {
    /// There is nothing.
    #[error("a destination is an app, `APP[:TAG]`, or a repository, `REGISTRY/REPOSITORY[:TAG]`")]
    Empty,
    /// A digest is no name that one can give.
    #[error("an image gets its digest from what is in it: leave out `@{0}`")]
    Digest(String),
    /// There is a path, and nothing in front of it that could be a registry.
    #[error("`{0}` is no registry: write it in front, as in `registry.fly.io/my-app`")]
    Registry(String),
    /// The repository's name has forbidden characters.
    #[error("`{0}` is no repository: its parts are lower-case letters and digits, joined by `.`, `_`, `__` or `-`")]
    Repository(String),
    /// The tag has forbidden characters.
    #[error(
        "`{0}` is no tag: it has up to 128 letters, digits, `_`, `.` and `-`, and starts with none of the last two"
    )]
    Tag(String),
}

impl Reference {
    /// Reads `APP[:TAG]`, which is in the registry `fly` (mostly [`FLY_REGISTRY`]), or
    /// `REGISTRY/REPOSITORY[:TAG]`. Without a tag, it is `latest`.
    ///
    /// A registry may have `http://` or `https://` in front. Without it, one on this machine is
    /// spoken to without TLS, as Docker does it.
    ///
    /// ```
    /// use score_fly_image::{FLY_REGISTRY, Reference};
    ///
    /// let shop = Reference::parse("shop:v1", FLY_REGISTRY)?;
    /// assert_eq!(shop.to_string(), "registry.fly.io/shop:v1");
    /// let other = Reference::parse("127.0.0.1:5000/team/shop", FLY_REGISTRY)?;
    /// assert_eq!(other.to_string(), "127.0.0.1:5000/team/shop:latest");
    /// # Ok::<(), score_fly_image::InvalidReference>(())
    /// ```
    pub fn parse(text: &str, fly: &str) -> Result<Self, InvalidReference> {
        let (scheme, rest) = scheme(text);
        if let Some((_, digest)) = rest.split_once('@') {
            return Err(InvalidReference::Digest(digest.to_owned()));
        }
        let (registry, path) = match rest.split_once('/') {
            Some((host, path)) if scheme.is_some() || is_host(host) => (text_before(text, path), path),
            Some((host, _)) => return Err(InvalidReference::Registry(host.to_owned())),
            None if scheme.is_some() => return Err(InvalidReference::Empty),
            None => (fly, rest),
        };
        let (repository, tag) = path.split_once(':').unwrap_or((path, "latest"));
        if repository.is_empty() {
            return Err(InvalidReference::Empty);
        }
        let (scheme, host) = self::scheme(registry.trim_end_matches('/'));
        if host.is_empty() || !host.bytes().all(|byte| byte.is_ascii_alphanumeric() || b".-:[]".contains(&byte)) {
            return Err(InvalidReference::Registry(host.to_owned()));
        }
        if repository.len() > 255 || !repository.split('/').all(is_component) {
            return Err(InvalidReference::Repository(repository.to_owned()));
        }
        if !is_tag(tag) {
            return Err(InvalidReference::Tag(tag.to_owned()));
        }
        Ok(Self {
            registry: host.to_ascii_lowercase(),
            plain: scheme.map_or_else(|| is_local(host), |scheme| scheme == "http"),
            repository: repository.to_owned(),
            tag: tag.to_owned(),
        })
    }

    /// The same place under another tag.
    pub fn with_tag(&self, tag: &str) -> Result<Self, InvalidReference> {
        if is_tag(tag) {
            Ok(Self { tag: tag.to_owned(), ..self.clone() })
        } else {
            Err(InvalidReference::Tag(tag.to_owned()))
        }
    }

    /// The registry's host, with its port if that is not the usual one.
    pub fn registry(&self) -> &str {
        &self.registry
    }

    /// The repository, which at Fly is the app.
    pub fn repository(&self) -> &str {
        &self.repository
    }

    /// The tag.
    pub fn tag(&self) -> &str {
        &self.tag
    }

    /// The name of an image that never changes, `registry.fly.io/app@sha256:…`.
    pub fn by_digest(&self, digest: &Digest) -> String {
        format!("{}/{}@{digest}", self.registry, self.repository)
    }

    /// The address of the registry, without a slash at its end.
    pub(crate) fn base(&self) -> String {
        // Docker Hub's name and that of its registry differ.
        let host = if self.registry == "docker.io" { "registry-1.docker.io" } else { &self.registry };
        format!("{}://{host}", if self.plain { "http" } else { "https" })
    }

    /// Whether whoever listens on the way could read along.
    pub(crate) fn is_exposed(&self) -> bool {
        self.plain && !is_local(&self.registry)
    }

    /// Whether the registry is on this machine.
    pub(crate) fn is_local(&self) -> bool {
        is_local(&self.registry)
    }
}

impl fmt::Display for Reference {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}/{}:{}", self.registry, self.repository, self.tag)
    }
}

fn scheme(text: &str) -> (Option<&str>, &str) {
    match text.split_once("://") {
        Some((scheme @ ("http" | "https"), rest)) => (Some(scheme), rest),
        _ => (None, text),
    }
}

/// What stands in `text` before the path at its end, and the slash between them.
fn text_before<'t>(text: &'t str, path: &str) -> &'t str {
    text.get(..text.len() - path.len()).unwrap_or_default().trim_end_matches('/')
}

/// Whether the first part of a path is a host, by Docker's rule.
fn is_host(text: &str) -> bool {
    text.contains(['.', ':']) || text == "localhost"
}

/// Whether a host is this machine.
pub(crate) fn is_local(host: &str) -> bool {
    let name = match host.strip_prefix('[') {
        Some(rest) => rest.split(']').next().unwrap_or_default(),
        None => host.split(':').next().unwrap_or_default(),
    };
    name == "localhost" || name.parse().is_ok_and(|address: std::net::IpAddr| address.is_loopback())
}

/// A part of a repository's name, by the grammar of the distribution specification.
fn is_component(part: &str) -> bool {
    let is_word = |byte: u8| byte.is_ascii_lowercase() || byte.is_ascii_digit();
    let bytes = part.as_bytes();
    let ends = bytes.first().zip(bytes.last());
    let separators = part.split(|c: char| c.is_ascii_lowercase() || c.is_ascii_digit()).filter(|text| !text.is_empty());
    ends.is_some_and(|(first, last)| is_word(*first) && is_word(*last))
        && separators.into_iter().all(|text| matches!(text, "." | "_" | "__") || text.bytes().all(|byte| byte == b'-'))
}

fn is_tag(tag: &str) -> bool {
    let is_word = |byte: u8| byte.is_ascii_alphanumeric() || byte == b'_';
    tag.len() <= 128
        && tag.bytes().next().is_some_and(is_word)
        && tag.bytes().all(|byte| is_word(byte) || byte == b'.' || byte == b'-')
}

#[cfg(test)]
mod tests {
    use super::{FLY_REGISTRY, InvalidReference, Reference};

    #[test]
    fn reads_destinations() {
        for (text, base, repository, tag) in [
            ("shop", "https://registry.fly.io", "shop", "latest"),
            ("shop:v1.0", "https://registry.fly.io", "shop", "v1.0"),
            ("ghcr.io/acme/a_b.c--d:x", "https://ghcr.io", "acme/a_b.c--d", "x"),
            ("docker.io/library/nginx", "https://registry-1.docker.io", "library/nginx", "latest"),
            ("localhost/a", "http://localhost", "a", "latest"),
            ("[::1]:5000/a:b", "http://[::1]:5000", "a", "b"),
            ("127.0.0.1:5000/a", "http://127.0.0.1:5000", "a", "latest"),
            ("https://localhost:1/a", "https://localhost:1", "a", "latest"),
            ("http://intern/a/b", "http://intern", "a/b", "latest"),
        ] {
            let reference = Reference::parse(text, FLY_REGISTRY).unwrap_or_else(|error| panic!("{text}: {error}"));
            assert_eq!((reference.base().as_str(), reference.repository(), reference.tag()), (base, repository, tag));
        }
        let fly = Reference::parse("shop", "http://127.0.0.1:9/").map(|reference| reference.base());
        assert_eq!(fly, Ok("http://127.0.0.1:9".to_owned()));
    }

    #[test]
    fn says_what_is_wrong_with_a_destination() {
        let wrong = |text: &str| Reference::parse(text, FLY_REGISTRY).err();
        for text in ["", ":tag", "ghcr.io/", "https://ghcr.io"] {
            assert_eq!(wrong(text), Some(InvalidReference::Empty), "{text}");
        }
        assert_eq!(wrong("shop@sha256:00"), Some(InvalidReference::Digest("sha256:00".to_owned())));
        assert_eq!(wrong("acme/shop"), Some(InvalidReference::Registry("acme".to_owned())));
        assert_eq!(wrong("http://user:pw@h/a"), Some(InvalidReference::Digest("h/a".to_owned())));
        for text in ["Shop", "a..b", "a___b", "-a", "ghcr.io/a//b", "ghcr.io/../b"] {
            assert!(matches!(wrong(text), Some(InvalidReference::Repository(_))), "{text}");
        }
        for text in ["shop:", "shop:.a", "shop:a b", &format!("shop:{}", "a".repeat(129))] {
            assert!(matches!(wrong(text), Some(InvalidReference::Tag(_))), "{text}");
        }
    }
}
