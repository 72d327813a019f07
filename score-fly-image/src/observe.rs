//! What goes on while an archive is read and sent.

use std::time::Duration;

use crate::Digest;

/// Gets told what goes on. Several threads do so, and they wait until the call returns.
pub trait Observer: Sync {
    /// Something has happened.
    fn event(&self, event: &Event<'_>);
}

/// An observer that looks away.
impl Observer for () {
    fn event(&self, _: &Event<'_>) {}
}

/// What an [`Observer`] gets told. Layers have numbers, from 0 in the order in which they are begun.
#[derive(Debug, Clone, PartialEq, Eq)]
#[non_exhaustive]
pub enum Event<'a> {
    /// What will be read. A stream does not tell in advance.
    Expected {
        /// The number of layers.
        layers: usize,
        /// Their bytes in the archive.
        bytes: u64,
    },
    /// A layer is begun.
    Begun {
        /// Its number.
        layer: usize,
        /// Its name in the archive.
        name: &'a str,
        /// Its bytes in the archive.
        bytes: u64,
    },
    /// Bytes of a layer were read from the archive.
    Read {
        /// The layer's number.
        layer: usize,
        /// So many more.
        bytes: u64,
    },
    /// Bytes of a layer were sent. They may be sent again if a connection breaks.
    Sent {
        /// The layer's number.
        layer: usize,
        /// So many more.
        bytes: u64,
    },
    /// A layer is in the registry.
    Done {
        /// Its number.
        layer: usize,
        /// How it got there.
        how: Arrival,
        /// The digest of its blob.
        digest: Digest,
        /// The bytes of its blob.
        bytes: u64,
    },
    /// Something failed that may work later.
    Retrying {
        /// What is done.
        act: &'a str,
        /// What came of it.
        reason: &'a str,
        /// How long to wait until it is tried again.
        wait: Duration,
    },
    /// All layers are there, and the manifest is put.
    Tagging,
}

/// How a blob got into the registry.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum Arrival {
    /// It was there already.
    There,
    /// It was taken from another repository of the registry.
    Mounted,
    /// It was sent.
    Sent,
}
