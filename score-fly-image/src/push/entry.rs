//! What is read.

use crate::Digest;

/// A file that may be a layer.
#[derive(Debug, Clone)]
pub(crate) struct Entry {
    pub(crate) number: usize,
    pub(crate) name: String,
    pub(crate) size: u64,
    /// The digest that its name or its manifest says.
    pub(crate) claimed: Option<Digest>,
    /// What it is when it is unpacked, by the image's config.
    pub(crate) expected: Option<Digest>,
}
