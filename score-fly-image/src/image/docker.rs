//! docker-archives: what `docker save`, nix, buildah, ko and bazel write.

use serde::Deserialize;

use crate::archive::Documents;
use crate::archive::stream::DOCUMENT;
use crate::archive::tar::normal;
use crate::image::{Image, Layer, MANIFEST_LIMIT, document};
use crate::{Digest, Error};

pub(super) const MANIFEST: &str = "manifest.json";

/// An entry of `manifest.json`.
#[derive(Debug, Deserialize)]
#[serde(rename_all = "PascalCase")]
struct Item {
    config: String,
    repo_tags: Option<Vec<String>>,
    layers: Option<Vec<String>>,
}

pub(super) fn images(documents: &dyn Documents) -> Result<Vec<Image>, Error> {
    let (items, _): (Vec<Item>, _) = document(documents, "the manifest", MANIFEST, MANIFEST_LIMIT)?;
    if items.is_empty() {
        let reason = "its manifest.json lists no images".to_owned();
        return Err(Error::NotAnImage { archive: documents.archive().to_owned(), reason });
    }
    let image = |(index, item): (usize, Item)| {
        let (config, config_bytes) = document(documents, "a config", &normal(&item.config), DOCUMENT)?;
        let layer = |name: String| {
            let name = normal(&name);
            let digest = name.strip_prefix("blobs/sha256/").and_then(Digest::from_hex);
            Layer { name, digest, annotations: None }
        };
        Ok(Image {
            index,
            names: item.repo_tags.unwrap_or_default(),
            config_bytes,
            config,
            layers: item.layers.unwrap_or_default().into_iter().map(layer).collect(),
            manifest: None,
        })
    };
    items.into_iter().enumerate().map(image).collect()
}
