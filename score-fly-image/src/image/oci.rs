//! OCI layouts, after the image specification: an index of manifests, or of further indexes.

use serde::Deserialize;
use serde_json::Value;

use crate::archive::Documents;
use crate::archive::stream::DOCUMENT;
use crate::image::manifest::{DOCKER_LIST, DOCKER_MANIFEST, OCI_INDEX, OCI_MANIFEST};
use crate::image::{Image, Layer, Manifest, document};
use crate::{Digest, Error};

pub(super) const INDEX: &str = "index.json";

/// How deep indexes may be nested, and how many manifests there may be.
const DEPTH: usize = 4;
const MOST: usize = 1000;

#[derive(Debug, Deserialize)]
struct Index {
    manifests: Option<Vec<Descriptor>>,
}

#[derive(Debug, Deserialize)]
#[serde(rename_all = "camelCase")]
struct Descriptor {
    media_type: Option<String>,
    digest: String,
    annotations: Option<Value>,
}

#[derive(Debug, Deserialize)]
#[serde(rename_all = "camelCase")]
struct Document {
    media_type: Option<String>,
    config: Descriptor,
    layers: Option<Vec<Descriptor>>,
    annotations: Option<Value>,
}

impl Descriptor {
    fn annotation(&self, key: &str) -> Option<&str> {
        self.annotations.as_ref()?.get(key)?.as_str()
    }

    /// Only SHA-256 is in use; the rest of the specification's algorithms are refused.
    fn digest(&self, archive: &str) -> Result<Digest, Error> {
        self.digest.parse().map_err(|error| Error::InvalidDocument {
            archive: archive.to_owned(),
            what: "a descriptor",
            name: self.digest.chars().take(100).collect(),
            reason: format!("{error}"),
        })
    }

    /// Whether it describes no image but what belongs to one, such as buildx's attestations.
    fn is_attachment(&self) -> bool {
        self.annotation("vnd.docker.reference.type").is_some()
    }
}

pub(super) fn images(documents: &dyn Documents) -> Result<Vec<Image>, Error> {
    let (index, _): (Index, _) = document(documents, "the index", INDEX, DOCUMENT)?;
    let mut walk = Walk { documents, images: Vec::new(), absent: None, manifests: 0 };
    for (place, descriptor) in index.manifests.unwrap_or_default().into_iter().enumerate() {
        // What containerd and Docker write is a whole name; `ref.name` is one, or only a tag.
        let names = ["io.containerd.image.name", "org.opencontainers.image.ref.name"];
        let mut names: Vec<String> =
            names.iter().filter_map(|key| descriptor.annotation(key)).map(str::to_owned).collect();
        names.dedup();
        walk.follow(&descriptor, place, &names, DEPTH)?;
    }
    match (walk.images.is_empty(), walk.absent) {
        (false, _) => Ok(walk.images),
        (true, Some(error)) => Err(error),
        (true, None) => {
            let reason = "its index.json lists no images".to_owned();
            Err(Error::NotAnImage { archive: documents.archive().to_owned(), reason })
        }
    }
}

struct Walk<'d> {
    documents: &'d dyn Documents,
    images: Vec<Image>,
    /// Something that an index lists and that is not there. That is usual for other platforms.
    absent: Option<Error>,
    manifests: usize,
}

impl Walk<'_> {
    fn follow(&mut self, descriptor: &Descriptor, index: usize, names: &[String], depth: usize) -> Result<(), Error> {
        let archive = self.documents.archive();
        self.manifests += 1;
        if depth == 0 || self.manifests > MOST {
            let reason = "its indexes lead to far too many manifests".to_owned();
            return Err(Error::TooMuch { archive: archive.to_owned(), reason });
        }
        if descriptor.is_attachment() {
            return Ok(());
        }
        let digest = descriptor.digest(archive)?;
        let name = format!("blobs/sha256/{}", digest.hex());
        let (value, bytes): (Value, _) = match document(self.documents, "a manifest", &name, DOCUMENT) {
            Err(error @ Error::MissingDocument { .. }) => {
                self.absent.get_or_insert(error);
                return Ok(());
            }
            read => read?,
        };
        self.check(&name, &digest, &bytes)?;
        let invalid = |reason: String| Error::InvalidDocument {
            archive: archive.to_owned(),
            what: "a manifest",
            name: name.clone(),
            reason,
        };
        let said = value.get("mediaType").and_then(Value::as_str).or(descriptor.media_type.as_deref());
        let media_type = said.unwrap_or(OCI_MANIFEST).to_owned();
        if [OCI_INDEX, DOCKER_LIST].contains(&media_type.as_str()) {
            let inner: Index = serde_json::from_value(value).map_err(|error| invalid(error.to_string()))?;
            for descriptor in inner.manifests.unwrap_or_default() {
                self.follow(&descriptor, index, names, depth - 1)?;
            }
            return Ok(());
        }
        if ![OCI_MANIFEST, DOCKER_MANIFEST].contains(&media_type.as_str()) {
            return Err(invalid(format!("its type is `{media_type}`, which is none of today's images")));
        }
        let manifest: Document = serde_json::from_value(value).map_err(|error| invalid(error.to_string()))?;
        if !manifest.config.media_type.as_deref().is_none_or(is_image_config) {
            // An artifact, such as a Helm chart or a signature.
            return Ok(());
        }
        let config_digest = manifest.config.digest(archive)?;
        let config_name = format!("blobs/sha256/{}", config_digest.hex());
        let (config, config_bytes) = document(self.documents, "a config", &config_name, DOCUMENT)?;
        self.check(&config_name, &config_digest, &config_bytes)?;
        let layer = |descriptor: Descriptor| {
            let digest = descriptor.digest(archive)?;
            let name = format!("blobs/sha256/{}", digest.hex());
            Ok(Layer { name, digest: Some(digest), annotations: descriptor.annotations })
        };
        let layers = manifest.layers.unwrap_or_default().into_iter().map(layer).collect::<Result<_, Error>>()?;
        // An index may list what it lists already.
        if self.images.iter().all(|image| image.manifest.as_ref().map(|known| known.digest) != Some(digest)) {
            let (media_type, annotations) = (manifest.media_type.unwrap_or(media_type), manifest.annotations);
            let manifest = Some(Manifest { digest, media_type, bytes, annotations });
            self.images.push(Image { index, names: names.to_vec(), config_bytes, config, layers, manifest });
        }
        Ok(())
    }

    fn check(&self, name: &str, expected: &Digest, bytes: &[u8]) -> Result<(), Error> {
        if Digest::of(bytes) == *expected {
            return Ok(());
        }
        let archive = self.documents.archive().to_owned();
        Err(Error::Damaged { archive, reason: format!("`{name}` does not have the digest that its name says") })
    }
}

fn is_image_config(media_type: &str) -> bool {
    ["application/vnd.oci.image.config.v1+json", "application/vnd.docker.container.image.v1+json"].contains(&media_type)
}
