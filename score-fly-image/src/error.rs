//! What can go wrong, each with a code of its own.

use std::fmt;
use std::io;
use std::path::PathBuf;

use crate::reference::InvalidReference;
use crate::{Digest, Platform};

/// Why an archive was not inspected or pushed. In all cases the registry has no new tag.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum Error {
    /// The archive could not be opened or read.
    #[error("cannot read `{archive}`: {error}")]
    Unreadable {
        /// The archive's name.
        archive: String,
        /// What the system says.
        error: io::Error,
    },
    /// The archive ends too early.
    #[error("`{archive}` is cut off: it ends in the middle of {place}")]
    Truncated {
        /// The archive's name.
        archive: String,
        /// In the middle of what.
        place: String,
    },
    /// The archive can't be unpacked.
    #[error("`{archive}` is damaged: {reason}")]
    Damaged {
        /// The archive's name.
        archive: String,
        /// What is wrong.
        reason: String,
    },
    /// It is something else than an archive of images.
    #[error("`{archive}` is no image archive: {reason}")]
    NotAnImage {
        /// The archive's name.
        archive: String,
        /// What is there, or is not.
        reason: String,
    },
    /// The archive is larger than anything that is meant, or has too many parts.
    #[error("`{archive}` is too large: {reason}")]
    TooMuch {
        /// The archive's name.
        archive: String,
        /// What there is too much of.
        reason: String,
    },
    /// Two files of one name, of which only one can be meant.
    #[error("`{archive}` has two files named `{name}`")]
    Duplicate {
        /// The archive's name.
        archive: String,
        /// The name.
        name: String,
    },
    /// A manifest, an index or a config that others speak of is not there.
    #[error("`{archive}` lacks {what} (`{name}`)")]
    MissingDocument {
        /// The archive's name.
        archive: String,
        /// What kind of document it is.
        what: &'static str,
        /// Its name in the archive.
        name: String,
    },
    /// A manifest, an index or a config is not what it should be.
    #[error("{what} of `{archive}` is wrong (`{name}`): {reason}")]
    InvalidDocument {
        /// The archive's name.
        archive: String,
        /// What kind of document it is.
        what: &'static str,
        /// Its name in the archive.
        name: String,
        /// What is wrong.
        reason: String,
    },
    /// There are several images, and it was not said which one is meant.
    #[error("`{archive}` has several images: {}", list(.images))]
    SeveralImages {
        /// The archive's name.
        archive: String,
        /// How each can be selected.
        images: Vec<String>,
    },
    /// No image is the one that was asked for.
    #[error("`{archive}` has no image {wanted}, only {}", list(.images))]
    NoSuchImage {
        /// The archive's name.
        archive: String,
        /// What was asked for.
        wanted: String,
        /// What there is.
        images: Vec<String>,
    },
    /// The image is not fit to be pushed. All its faults are listed.
    #[error("the image in `{archive}` can't be pushed: {}", all(.faults))]
    Unfit {
        /// The archive's name.
        archive: String,
        /// What is wrong with it.
        faults: Vec<Fault>,
    },
    /// The destination makes no sense.
    #[error("`{text}` is no destination: {error}")]
    Destination {
        /// What was given.
        text: String,
        /// What is wrong with it.
        error: InvalidReference,
    },
    /// Docker's manifests can't say that a layer is compressed with zstd.
    #[error("an image in Docker's format (v2s2) can't have layers compressed with zstd")]
    FormatWithoutZstd,
    /// Credentials would be sent, and everybody on the way could read them.
    #[error("credentials for `{registry}` would go over a connection without TLS")]
    Exposed {
        /// The registry.
        registry: String,
    },
    /// The registry could not be reached, or the connection broke, again and again.
    #[error("cannot reach `{registry}`: {reason}")]
    Unreachable {
        /// The registry.
        registry: String,
        /// What happened.
        reason: String,
    },
    /// The registry does not know who pushes: 401.
    #[error("`{registry}` does not accept the credentials{}", after_colon(.answer))]
    Unauthorized {
        /// The registry.
        registry: String,
        /// What it says.
        answer: String,
        /// Whether there were any credentials.
        given: bool,
    },
    /// Who pushes may not do so: 403, or the code `DENIED`.
    #[error("`{registry}` denies pushing to `{repository}`{}", after_colon(.answer))]
    Denied {
        /// The registry.
        registry: String,
        /// The repository.
        repository: String,
        /// What the registry says.
        answer: String,
    },
    /// The repository, which at Fly is an app, does not exist.
    #[error("`{registry}` has no repository `{repository}`{}", after_colon(.answer))]
    NoRepository {
        /// The registry.
        registry: String,
        /// The repository.
        repository: String,
        /// What the registry says.
        answer: String,
    },
    /// Too many requests, 429, and waiting did not help.
    #[error("`{registry}` still asks for fewer requests after {attempts} attempts{}", after_colon(.answer))]
    RateLimited {
        /// The registry.
        registry: String,
        /// How often it was tried.
        attempts: u32,
        /// What the registry says.
        answer: String,
    },
    /// The registry failed, 5xx, again and again.
    #[error("`{registry}` failed {attempts} times to {act}{}", after_colon(.answer))]
    RegistryFailed {
        /// The registry.
        registry: String,
        /// How often it was tried.
        attempts: u32,
        /// What was asked of it.
        act: &'static str,
        /// What it says.
        answer: String,
    },
    /// The registry does not do what is asked of it.
    #[error("`{registry}` refused to {act}{}", after_colon(.answer))]
    Refused {
        /// The registry.
        registry: String,
        /// What was asked of it.
        act: &'static str,
        /// Its answer.
        answer: String,
    },
    /// The registry lacks blobs that it said it has.
    #[error("`{registry}` has lost layers of the image{}", after_colon(.answer))]
    BlobsLost {
        /// The registry.
        registry: String,
        /// Its answer.
        answer: String,
    },
    /// The registry's answer is none that the protocol knows.
    #[error("`{registry}` does not answer as a registry does: {reason}")]
    Protocol {
        /// The registry.
        registry: String,
        /// What is odd about it.
        reason: String,
    },
    /// The registry has got something else than what was sent.
    #[error("`{registry}` got something else than {what}: it has {found}, and {sent} was sent")]
    Garbled {
        /// The registry.
        registry: String,
        /// What was sent.
        what: &'static str,
        /// The digest that the registry says.
        found: String,
        /// The digest of what was sent.
        sent: Digest,
    },
    /// What was pushed can't be found.
    #[error("`{registry}` accepted the image, but does not find it: {digest}")]
    NotVisible {
        /// The registry.
        registry: String,
        /// The image.
        digest: Digest,
    },
    /// What can't be read again is kept in a temporary file while it is sent, and that failed.
    #[error("cannot keep a layer in a temporary file: {0}")]
    Spool(io::Error),
    /// The cache could not be opened.
    #[error("cannot use the cache `{}`: {error}", path.display())]
    Cache {
        /// Where it is.
        path: PathBuf,
        /// What the system says.
        error: io::Error,
    },
    /// Whoever called asked for the end.
    #[error("stopped before the image was pushed")]
    Stopped,
}

/// What keeps an image from being pushed.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum Fault {
    /// It is made for other machines.
    #[error("it is for {found}, and {wanted} is wanted")]
    WrongPlatform {
        /// What it is for.
        found: Platform,
        /// What it should be for.
        wanted: Platform,
    },
    /// Unpacked, it is larger than Fly allows.
    #[error("its layers have {size} bytes when unpacked, and at most {limit} are allowed")]
    TooLarge {
        /// What its layers have, as far as they were read.
        size: u64,
        /// What they may have.
        limit: u64,
    },
    /// The manifest and the config speak of different numbers of layers.
    #[error("its manifest lists {layers} layers, and its config {diff_ids}")]
    LayerCount {
        /// The manifest's layers.
        layers: usize,
        /// The config's.
        diff_ids: usize,
    },
    /// A layer is not in the archive.
    #[error("layer {number} is not in the archive (`{name}`)")]
    MissingLayer {
        /// The layer's number, from 1.
        number: usize,
        /// Its name in the archive.
        name: String,
    },
    /// A layer has other content than the config says.
    #[error("layer {number} is not the one that the config means (`{name}`): unpacked it is {found}, not {expected}")]
    WrongLayer {
        /// The layer's number, from 1.
        number: usize,
        /// Its name in the archive.
        name: String,
        /// The digest that the config says.
        expected: Digest,
        /// The digest of what is there.
        found: Digest,
    },
    /// A blob has other content than its name or its manifest says.
    #[error("layer {number} is damaged (`{name}`): it is {found}, not {expected}")]
    WrongDigest {
        /// The layer's number, from 1.
        number: usize,
        /// Its name in the archive.
        name: String,
        /// The digest that it should have.
        expected: Digest,
        /// The digest that it has.
        found: Digest,
    },
    /// A layer is not a file system in any form that is known.
    #[error("layer {number} can't be unpacked (`{name}`): {reason}")]
    BadLayer {
        /// The layer's number, from 1.
        number: usize,
        /// Its name in the archive.
        name: String,
        /// Why.
        reason: String,
    },
}

impl Fault {
    /// A code that stays the same across versions.
    pub fn code(&self) -> &'static str {
        match self {
            Self::WrongPlatform { .. } => "wrong-platform",
            Self::TooLarge { .. } => "image-too-large",
            Self::LayerCount { .. } => "layer-count",
            Self::MissingLayer { .. } => "missing-layer",
            Self::WrongLayer { .. } => "wrong-layer",
            Self::WrongDigest { .. } => "wrong-digest",
            Self::BadLayer { .. } => "bad-layer",
        }
    }

    /// What to do about it.
    pub fn help(&self) -> &'static str {
        match self {
            Self::WrongPlatform { .. } => {
                "Fly's machines run linux/amd64: build the image for it, or say with `--platform` that another one is meant"
            }
            Self::TooLarge { .. } => {
                "Fly unpacks images of up to 8 GB: leave out build tools and caches, or pass `--any-size` for machines \
                 that take more"
            }
            Self::LayerCount { .. } | Self::MissingLayer { .. } => "the archive is not complete: make it anew",
            Self::WrongLayer { .. } | Self::WrongDigest { .. } | Self::BadLayer { .. } => {
                "the archive was damaged or changed after it was made: make it anew"
            }
        }
    }
}

impl Error {
    /// A code that stays the same across versions.
    pub fn code(&self) -> &'static str {
        match self {
            Self::Unreadable { .. } => "archive-unreadable",
            Self::Truncated { .. } => "archive-truncated",
            Self::Damaged { .. } => "archive-damaged",
            Self::NotAnImage { .. } => "no-image-archive",
            Self::TooMuch { .. } => "archive-too-large",
            Self::Duplicate { .. } => "duplicate-file",
            Self::MissingDocument { .. } => "missing-document",
            Self::InvalidDocument { .. } => "invalid-document",
            Self::SeveralImages { .. } => "several-images",
            Self::NoSuchImage { .. } => "no-such-image",
            Self::Unfit { .. } => "unfit-image",
            Self::Destination { .. } => "invalid-destination",
            Self::FormatWithoutZstd => "format-without-zstd",
            Self::Exposed { .. } => "exposed-credentials",
            Self::Unreachable { .. } => "registry-unreachable",
            Self::Unauthorized { .. } => "unauthorized",
            Self::Denied { .. } => "denied",
            Self::NoRepository { .. } => "no-repository",
            Self::RateLimited { .. } => "rate-limited",
            Self::RegistryFailed { .. } => "registry-failed",
            Self::Refused { .. } => "registry-refused",
            Self::BlobsLost { .. } => "blobs-lost",
            Self::Protocol { .. } => "no-registry",
            Self::Garbled { .. } => "garbled",
            Self::NotVisible { .. } => "not-visible",
            Self::Spool(_) => "spool",
            Self::Cache { .. } => "cache",
            Self::Stopped => "stopped",
        }
    }

    /// What to do about it, where there is something to say.
    pub fn help(&self) -> Option<&'static str> {
        Some(match self {
            Self::Truncated { .. } | Self::Damaged { .. } | Self::MissingDocument { .. } => {
                "make the archive anew, or copy it again"
            }
            Self::NotAnImage { .. } => {
                "give what `docker save`, nix, buildah, skopeo, ko or bazel write: a docker-archive, an OCI archive or a \
                 folder with an OCI layout"
            }
            Self::SeveralImages { .. } => "name one with `--select NAME:TAG`, or by its place with `--select @0`",
            Self::NoSuchImage { .. } => "choose one of these with `--select` and `--platform`",
            Self::FormatWithoutZstd => "leave out `--format`, or say `--format oci`",
            Self::Exposed { .. } => "write `https://` in front of the registry",
            Self::Unauthorized { given: false, .. } => {
                "give a token of Fly in FLY_API_TOKEN (`fly tokens create deploy`), or for another registry \
                 `--registry-user` and a password"
            }
            Self::Unauthorized { .. } => {
                "the token may have expired, or be cut off: make a new one with `fly tokens create deploy`"
            }
            Self::Denied { .. } => {
                "the token must be one that may deploy this app: its own (`fly tokens create deploy -a APP`), or one of its \
                 organization (`fly tokens create org`)"
            }
            Self::NoRepository { .. } => "at Fly, the app must be there first: `score-fly apps create APP`",
            Self::RateLimited { .. } => "wait a minute, or send less at once with `--jobs 1`",
            Self::BlobsLost { .. } => "push again: what was remembered of this repository is forgotten now",
            Self::NotVisible { .. } => "registries may need a minute to find what is new: try the digest again then",
            Self::Unreachable { .. } | Self::RegistryFailed { .. } => {
                "push again later: layers that have arrived are not sent again"
            }
            Self::Spool(_) => "give the archive as a file, or set TMPDIR to a folder with room for its largest layer",
            _ => return None,
        })
    }

    /// The faults of an image that is not fit to be pushed.
    pub fn faults(&self) -> &[Fault] {
        if let Self::Unfit { faults, .. } = self { faults } else { &[] }
    }

    /// What it means that reading `archive` failed while in `place`.
    pub(crate) fn reading(archive: &str, place: &str, error: io::Error) -> Self {
        let archive = archive.to_owned();
        match error.kind() {
            _ if error.raw_os_error().is_some() => Self::Unreadable { archive, error },
            io::ErrorKind::UnexpectedEof => Self::Truncated { archive, place: place.to_owned() },
            STOPPED => Self::Stopped,
            io::ErrorKind::FileTooLarge => Self::TooMuch { archive, reason: error.to_string() },
            _ => Self::Damaged { archive, reason: format!("{error} (in {place})") },
        }
    }
}

/// The kind of the error of a reader whose run has come to an end. It can't be `Interrupted`, after which
/// readers of the standard library try again.
pub(crate) const STOPPED: io::ErrorKind = io::ErrorKind::ConnectionAborted;

fn list(names: &[String]) -> impl fmt::Display + '_ {
    struct List<'n>(&'n [String]);
    impl fmt::Display for List<'_> {
        fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
            for (index, name) in self.0.iter().take(MOST).enumerate() {
                write!(f, "{}`{name}`", if index > 0 { ", " } else { "" })?;
            }
            if self.0.len() > MOST { f.write_str(", …") } else { Ok(()) }
        }
    }
    /// Nobody reads more.
    const MOST: usize = 20;
    List(names)
}

fn all(faults: &[Fault]) -> String {
    faults.iter().map(ToString::to_string).collect::<Vec<_>>().join("; ")
}

fn after_colon(answer: &str) -> String {
    if answer.is_empty() { String::new() } else { format!(": {answer}") }
}
