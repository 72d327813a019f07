//! What can be said about a push, and what came of it.

use std::time::Duration;

use crate::archive::codec::Codec;
use crate::image::manifest::Format;
use crate::{Cache, Credentials, Digest, Error, Platform, Selector};

/// How large an image may be for Fly's machines, in bytes when it is unpacked.
pub const FLY_LIMIT: u64 = 8 << 30;

/// How an image is pushed.
#[derive(Debug, Clone)]
pub struct Options<'a> {
    /// Who pushes.
    pub credentials: Option<&'a Credentials>,
    /// Which image of the archive is meant, if it has several.
    pub select: Option<Selector>,
    /// What the image must run on.
    pub platform: Platform,
    /// The format of the manifest. Without it, it is Docker's, or OCI's if layers are compressed with zstd.
    pub format: Option<Format>,
    /// How layers are compressed.
    pub compression: Compression,
    /// How many layers are sent at the same time, from 1 to 16.
    pub jobs: usize,
    /// How many bytes the layers may have when they are unpacked; [`FLY_LIMIT`] unless something
    /// else is said, and without end if there is none.
    pub largest: Option<u64>,
    /// What is remembered of earlier pushes.
    pub cache: Option<&'a Cache>,
    /// Tags or digests in the repository whose layers may be the same, besides the tag that is pushed
    /// to. Layers found there are not sent.
    pub similar: Vec<String>,
    /// How often to try what fails.
    pub retries: Retries,
}

impl Default for Options<'_> {
    fn default() -> Self {
        Self {
            credentials: None,
            select: None,
            platform: Platform::default(),
            format: None,
            compression: Compression::default(),
            jobs: 4,
            largest: Some(FLY_LIMIT),
            cache: None,
            similar: Vec::new(),
            retries: Retries::default(),
        }
    }
}

impl Options<'_> {
    pub(crate) fn format(&self) -> Result<Format, Error> {
        match (self.format, self.compression) {
            (Some(Format::Docker), Compression::Zstd) => Err(Error::FormatWithoutZstd),
            (Some(format), _) => Ok(format),
            (None, Compression::Zstd) => Ok(Format::Oci),
            (None, _) => Ok(Format::Docker),
        }
    }
}

/// How the layers of an image are compressed in the registry.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum Compression {
    /// By gzip, which everything can read. Layers that are so already are sent as they are.
    #[default]
    Gzip,
    /// By zstd, which is faster and smaller, and needs the format OCI.
    Zstd,
    /// As they are in the archive.
    Keep,
}

impl Compression {
    /// The one that layers are brought to.
    pub(crate) fn codec(self) -> Codec {
        match self {
            Self::Gzip => Codec::Gzip,
            Self::Zstd => Codec::Zstd,
            Self::Keep => Codec::Plain,
        }
    }
}

/// How often to try what fails, and how long to wait in between.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Retries {
    /// How often to try a request, or a layer.
    pub attempts: u32,
    /// How long to wait after the first attempt. Each time after that it is twice as long.
    pub wait: Duration,
    /// The longest wait, even if a registry asks for a longer one.
    pub longest_wait: Duration,
    /// How often to look again for a manifest that was put and is not found.
    pub manifest_attempts: u32,
    /// How long to wait in between.
    pub manifest_wait: Duration,
}

impl Default for Retries {
    /// Five attempts within some ten seconds; and Fly's registry may need a minute to find what is
    /// new, so five more looks, ten seconds apart.
    fn default() -> Self {
        Self {
            attempts: 5,
            wait: Duration::from_millis(500),
            longest_wait: Duration::from_secs(30),
            manifest_attempts: 5,
            manifest_wait: Duration::from_secs(10),
        }
    }
}

/// What was pushed.
#[derive(Debug, Clone, PartialEq, Eq)]
#[non_exhaustive]
pub struct Pushed {
    /// The image by its digest, `registry.fly.io/app@sha256:…`: what to deploy.
    pub image: String,
    /// The image by its tag.
    pub tagged: String,
    /// The digest of the manifest.
    pub digest: Digest,
    /// The digest of the config, which is what Docker calls the image's id.
    pub config: Digest,
    /// The number of layers.
    pub layers: usize,
    /// The bytes of layers that were sent.
    pub sent: u64,
    /// The bytes of all its layers in the registry.
    pub size: u64,
    /// The bytes of all its layers when they are unpacked.
    pub unpacked: u64,
}
