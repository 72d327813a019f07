//! The manifest that is put into the registry.

use serde::{Deserialize, Serialize};
use serde_json::Value;

use crate::Digest;
use crate::archive::codec::Codec;
use crate::image::Image;

pub(crate) const DOCKER_MANIFEST: &str = "application/vnd.docker.distribution.manifest.v2+json";
pub(crate) const DOCKER_LIST: &str = "application/vnd.docker.distribution.manifest.list.v2+json";
pub(crate) const OCI_MANIFEST: &str = "application/vnd.oci.image.manifest.v1+json";
pub(crate) const OCI_INDEX: &str = "application/vnd.oci.image.index.v1+json";

/// The format of a manifest.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum Format {
    /// Docker's, version 2, schema 2: what Fly is known to take.
    #[default]
    Docker,
    /// That of the OCI image specification.
    Oci,
}

impl Format {
    pub(crate) fn media_type(self) -> &'static str {
        match self {
            Self::Docker => DOCKER_MANIFEST,
            Self::Oci => OCI_MANIFEST,
        }
    }

    fn config_type(self) -> &'static str {
        match self {
            Self::Docker => "application/vnd.docker.container.image.v1+json",
            Self::Oci => "application/vnd.oci.image.config.v1+json",
        }
    }

    /// The type of a layer that is compressed like that, if the format has one.
    pub(crate) fn layer_type(self, codec: Codec) -> Option<&'static str> {
        Some(match (self, codec) {
            (Self::Docker, Codec::Plain) => "application/vnd.docker.image.rootfs.diff.tar",
            (Self::Docker, Codec::Gzip) => "application/vnd.docker.image.rootfs.diff.tar.gzip",
            (Self::Oci, Codec::Plain) => "application/vnd.oci.image.layer.v1.tar",
            (Self::Oci, Codec::Gzip) => "application/vnd.oci.image.layer.v1.tar+gzip",
            (Self::Oci, Codec::Zstd) => "application/vnd.oci.image.layer.v1.tar+zstd",
            _ => return None,
        })
    }
}

/// A blob in the registry.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Blob {
    pub(crate) digest: Digest,
    pub(crate) size: u64,
    pub(crate) codec: Codec,
}

#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
struct Document<'a> {
    schema_version: u8,
    media_type: &'static str,
    config: Descriptor<'a>,
    layers: Vec<Descriptor<'a>>,
    #[serde(skip_serializing_if = "Option::is_none")]
    annotations: Option<&'a Value>,
}

#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
struct Descriptor<'a> {
    media_type: &'static str,
    size: u64,
    digest: Digest,
    #[serde(skip_serializing_if = "Option::is_none")]
    annotations: Option<&'a Value>,
}

/// The manifest of `image` with these blobs as its layers. One from the archive that says just this is
/// kept to the byte, so the image keeps its digest.
pub(crate) fn write(image: &Image, blobs: &[Blob], format: Format) -> Vec<u8> {
    let kept = image.manifest.as_ref().filter(|manifest| {
        let unchanged = image.layers.iter().zip(blobs).all(|(layer, blob)| layer.digest == Some(blob.digest));
        manifest.media_type == format.media_type() && unchanged
    });
    if let Some(manifest) = kept {
        return manifest.bytes.clone();
    }
    let is_oci = format == Format::Oci;
    let layers = image.layers.iter().zip(blobs).map(|(layer, blob)| Descriptor {
        media_type: format.layer_type(blob.codec).unwrap_or_default(),
        size: blob.size,
        digest: blob.digest,
        annotations: layer.annotations.as_ref().filter(|_| is_oci && layer.digest == Some(blob.digest)),
    });
    let document = Document {
        schema_version: 2,
        media_type: format.media_type(),
        config: Descriptor {
            media_type: format.config_type(),
            size: image.config_bytes.len() as u64,
            digest: Digest::of(&image.config_bytes),
            annotations: None,
        },
        layers: layers.collect(),
        annotations: image.manifest.as_ref().and_then(|manifest| manifest.annotations.as_ref()).filter(|_| is_oci),
    };
    serde_json::to_vec(&document).unwrap_or_default()
}

/// The layers of a manifest that a registry has, as far as they are needed.
#[derive(Debug, Deserialize)]
pub(crate) struct Remote {
    pub(crate) config: RemoteBlob,
    pub(crate) layers: Vec<RemoteBlob>,
}

#[derive(Debug, Deserialize)]
#[serde(rename_all = "camelCase")]
pub(crate) struct RemoteBlob {
    pub(crate) media_type: String,
    pub(crate) size: u64,
    pub(crate) digest: Digest,
}

impl RemoteBlob {
    /// What it is, if it is a layer.
    pub(crate) fn blob(&self) -> Option<Blob> {
        let codecs = [Codec::Plain, Codec::Gzip, Codec::Zstd];
        let is = |codec: &Codec| {
            [Format::Docker, Format::Oci]
                .iter()
                .any(|format| format.layer_type(*codec) == Some(self.media_type.as_str()))
        };
        let codec = codecs.into_iter().find(is)?;
        Some(Blob { digest: self.digest, size: self.size, codec })
    }
}
