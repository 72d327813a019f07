//! The images that an archive's documents speak of.

mod config;
mod docker;
pub(crate) mod manifest;
mod oci;
mod select;

use std::fmt;

pub use config::{Config, History, Process};
pub use select::Selector;
pub(crate) use select::select;

use serde::de::DeserializeOwned;

use crate::archive::Documents;
use crate::{Digest, Error, Fault, Platform};

/// What kind of archive it is.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Kind {
    /// A docker-archive, which has a `manifest.json`.
    Docker,
    /// What newer versions of Docker save: a docker-archive and an OCI layout at once.
    DockerWithLayout,
    /// An OCI layout, as a folder or as a tar.
    Oci,
}

impl fmt::Display for Kind {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::Docker => "docker-archive",
            Self::DockerWithLayout => "docker-archive with an OCI layout",
            Self::Oci => "OCI layout",
        })
    }
}

/// An image as an archive describes it.
#[derive(Debug, Clone)]
pub(crate) struct Image {
    /// Its place in the list of the archive, which `--select @0` counts.
    pub(crate) index: usize,
    /// The names that the archive gives it.
    pub(crate) names: Vec<String>,
    pub(crate) config_bytes: Vec<u8>,
    pub(crate) config: Config,
    pub(crate) layers: Vec<Layer>,
    /// The manifest of an OCI layout.
    pub(crate) manifest: Option<Manifest>,
}

/// A layer as a manifest describes it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Layer {
    /// Its name in the archive.
    pub(crate) name: String,
    /// The digest that its blob must have.
    pub(crate) digest: Option<Digest>,
    /// What an OCI manifest says besides, to be passed on.
    pub(crate) annotations: Option<serde_json::Value>,
}

/// A manifest as it is in an OCI layout.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Manifest {
    pub(crate) digest: Digest,
    pub(crate) media_type: String,
    pub(crate) bytes: Vec<u8>,
    pub(crate) annotations: Option<serde_json::Value>,
}

impl Image {
    /// How it can be selected.
    pub(crate) fn label(&self) -> String {
        self.names.first().cloned().unwrap_or_else(|| format!("@{}", self.index))
    }

    /// What can be said against it before its layers are read.
    pub(crate) fn faults(&self, documents: &dyn Documents, wanted: &Platform) -> Result<Vec<Fault>, Error> {
        let mut faults = Vec::new();
        let found = self.config.platform();
        if !found.serves(wanted) {
            faults.push(Fault::WrongPlatform { found, wanted: wanted.clone() });
        }
        let (layers, diff_ids) = (self.layers.len(), self.config.rootfs.diff_ids.len());
        if layers != diff_ids {
            faults.push(Fault::LayerCount { layers, diff_ids });
        }
        for (number, Layer { name, .. }) in (1..).zip(&self.layers) {
            if documents.file(name)?.is_none() {
                faults.push(Fault::MissingLayer { number, name: name.clone() });
            }
        }
        Ok(faults)
    }
}

/// All images of an archive. Those that only an index speaks of, since the archive was made for some
/// platforms, are left out.
pub(crate) fn all(documents: &dyn Documents) -> Result<(Kind, Vec<Image>), Error> {
    let has = |name: &str| documents.file(name).map(|found| found.is_some());
    let layout = has(oci::INDEX)?;
    if has(docker::MANIFEST)? {
        let kind = if layout { Kind::DockerWithLayout } else { Kind::Docker };
        return Ok((kind, docker::images(documents)?));
    }
    if layout {
        return Ok((Kind::Oci, oci::images(documents)?));
    }
    let reason = if has("repositories")? {
        "it was written by a very old version of Docker, without a manifest.json"
    } else {
        "it has neither a manifest.json nor an index.json"
    };
    Err(Error::NotAnImage { archive: documents.archive().to_owned(), reason: reason.to_owned() })
}

/// The longest `manifest.json`, by containers-image's limit.
const MANIFEST_LIMIT: usize = 1 << 20;

/// A document that has to be there, and its bytes.
fn document<T: DeserializeOwned>(
    documents: &dyn Documents,
    what: &'static str,
    name: &str,
    limit: usize,
) -> Result<(T, Vec<u8>), Error> {
    let archive = || documents.archive().to_owned();
    let Some(bytes) = documents.document(name, limit)? else {
        return Err(Error::MissingDocument { archive: archive(), what, name: name.to_owned() });
    };
    let value = serde_json::from_slice(&bytes).map_err(|error| Error::InvalidDocument {
        archive: archive(),
        what,
        name: name.to_owned(),
        reason: error.to_string(),
    })?;
    Ok((value, bytes))
}
