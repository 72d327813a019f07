//! What need not be sent: blobs that the registry has, here or in another repository.

use std::collections::BTreeMap;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::sync::{Mutex, MutexGuard, PoisonError};
use std::thread;

use crate::archive::codec::Codec;
use crate::cache::Known;
use crate::image::Config;
use crate::image::manifest::{Blob, Format, Remote};
use crate::observe::{Arrival, Event, Observer};
use crate::push::entry::Entry;
use crate::push::options::{Compression, Options};
use crate::push::run::Run;
use crate::push::unpack::{Flaw, Unpacked};
use crate::registry::{Begun, Registry};
use crate::{Cache, Digest, Error, Reference};

/// What all parts of a push share.
pub(crate) struct Context<'a> {
    pub(crate) run: &'a Run<'a>,
    pub(crate) registry: &'a Registry<'a>,
    pub(crate) to: &'a Reference,
    pub(crate) options: &'a Options<'a>,
    pub(crate) format: Format,
    pub(crate) observer: &'a dyn Observer,
    cache: Option<&'a Cache>,
    /// What layers became in images that the repository has. Nobody has verified it.
    similar: Mutex<BTreeMap<Digest, Blob>>,
    results: Mutex<BTreeMap<String, Outcome>>,
    /// Held by whoever sends a layer anew, since that needs memory.
    pub(crate) anew: Mutex<()>,
}

/// What came of a file that may be a layer.
#[derive(Debug, Clone)]
pub(crate) struct Outcome {
    pub(crate) unpacked: Result<Unpacked, Flaw>,
    /// The digest of the file, where it is known.
    pub(crate) raw: Option<Digest>,
    /// What it is in the registry, if it got there.
    pub(crate) blob: Option<Blob>,
    /// How many bytes were sent for it.
    pub(crate) sent: u64,
}

/// A blob that is in the repository and known to be of a layer.
#[derive(Debug, Clone, Copy)]
pub(crate) struct AtHand {
    pub(crate) known: Known,
    pub(crate) layer: Digest,
    pub(crate) how: Arrival,
}

/// What becomes of a layer's bytes.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Target {
    AsIs,
    Recode(Codec),
}

/// How many other repositories to ask for a blob, and how many layers of other images to look at.
const REPOSITORIES: usize = 3;
const LAYERS: usize = 2000;

impl<'a> Context<'a> {
    pub(crate) fn new(
        run: &'a Run<'a>,
        registry: &'a Registry<'a>,
        to: &'a Reference,
        options: &'a Options<'a>,
        format: Format,
        observer: &'a dyn Observer,
    ) -> Self {
        let (similar, results, anew) = (Mutex::default(), Mutex::default(), Mutex::default());
        Self { run, registry, to, options, format, observer, cache: options.cache, similar, results, anew }
    }

    /// What layers are compressed to.
    pub(crate) fn codec(&self) -> Codec {
        self.options.compression.codec()
    }

    /// What becomes of a layer that is compressed like this.
    pub(crate) fn target(&self, codec: Codec) -> Result<Target, Flaw> {
        match self.options.compression {
            Compression::Keep if self.format.layer_type(codec).is_some() => Ok(Target::AsIs),
            Compression::Keep => Err(Flaw::Bad(format!(
                "images of this format can't have layers that are compressed with {}, so it can't be kept",
                codec.name()
            ))),
            _ if codec == self.codec() => Ok(Target::AsIs),
            _ => Ok(Target::Recode(self.codec())),
        }
    }

    /// Learns what layers became in images of the repository that may be similar. If that fails, more
    /// is sent.
    pub(crate) fn look_up_similar(&self) -> Result<(), Error> {
        let tag = self.to.tag().to_owned();
        for reference in self.options.similar.iter().chain([&tag]) {
            let Some(bytes) = self.registry.get_manifest(reference)? else { continue };
            let Ok(manifest) = serde_json::from_slice::<Remote>(&bytes) else { continue };
            let Some(config) = self.registry.get_blob(&manifest.config.digest)? else { continue };
            let Ok(config) = serde_json::from_slice::<Config>(&config) else { continue };
            let diff_ids = config.rootfs.diff_ids;
            if diff_ids.len() != manifest.layers.len() || diff_ids.len() > LAYERS {
                continue;
            }
            let blobs = diff_ids.into_iter().zip(&manifest.layers);
            self.similar().extend(blobs.filter_map(|(layer, blob)| Some((layer, blob.blob()?))));
        }
        let digests: Vec<Digest> = self.similar().values().map(|blob| blob.digest).collect();
        // All at once, so that nobody waits for one after the other later.
        self.each(&digests, |digest| self.registry.has(digest))?;
        Ok(())
    }

    /// What the blob of a layer should be, by what another image of the repository says.
    pub(crate) fn likely(&self, layer: &Digest, codec: Codec) -> Result<Option<Blob>, Error> {
        let blob = self.similar().get(layer).copied().filter(|blob| blob.codec == codec);
        Ok(match blob {
            Some(blob) if self.registry.has(&blob.digest)? => Some(blob),
            _ => None,
        })
    }

    /// The layer that a blob is known to be of.
    pub(crate) fn layer_of(&self, blob: &Digest) -> Option<Digest> {
        self.cache.and_then(|cache| cache.layer(blob))
    }

    /// Which of these are at hand.
    pub(crate) fn at_hand_all(&self, entries: &[Entry]) -> Result<Vec<Option<AtHand>>, Error> {
        self.each(entries, |entry| match &entry.expected {
            Some(layer) => self.at_hand(layer, entry.claimed.as_ref()),
            None => Ok(None),
        })
    }

    /// A blob of `layer` that needs no bytes: it is known what it is, and it is in the repository, or
    /// in another one that it can be mounted from.
    pub(crate) fn at_hand(&self, layer: &Digest, claimed: Option<&Digest>) -> Result<Option<AtHand>, Error> {
        let Some(cache) = self.cache else { return Ok(None) };
        // Where the archive has a blob that can stay as it is, it must be that one.
        let exactly = claimed.filter(|claimed| *claimed != layer || self.options.compression == Compression::Keep);
        let blobs: Vec<Known> = cache
            .blobs(layer)
            .into_iter()
            .filter(|known| match (exactly, self.options.compression) {
                (Some(exactly), _) => known.blob.digest == *exactly,
                (None, Compression::Keep) => known.blob.codec == Codec::Plain,
                (None, _) => known.blob.codec == self.codec(),
            })
            .collect();
        for known in &blobs {
            if self.format.layer_type(known.blob.codec).is_some() && self.registry.has(&known.blob.digest)? {
                return Ok(Some(AtHand { known: *known, layer: *layer, how: Arrival::There }));
            }
        }
        for known in blobs {
            if self.format.layer_type(known.blob.codec).is_some() && self.mount(&known.blob.digest)? {
                return Ok(Some(AtHand { known, layer: *layer, how: Arrival::Mounted }));
            }
        }
        Ok(None)
    }

    /// Takes a blob from another repository, if one is known to have it.
    pub(crate) fn mount(&self, blob: &Digest) -> Result<bool, Error> {
        let Some(cache) = self.cache else { return Ok(false) };
        let repositories = cache.repositories(blob, self.to.registry());
        for from in repositories.iter().filter(|name| *name != self.to.repository()).take(REPOSITORIES) {
            match self.registry.begin(Some((blob, from))) {
                Ok(Begun::Mounted) => return Ok(true),
                // It was refused. The other repository may be one that this token may not read.
                Ok(Begun::Open(_))
                | Err(Error::Unauthorized { .. } | Error::Denied { .. } | Error::NoRepository { .. }) => {}
                Err(error) => return Err(error),
            }
        }
        Ok(false)
    }

    /// Takes note of a layer whose blob is at hand.
    pub(crate) fn arrived(&self, entry: &Entry, at_hand: AtHand) {
        let AtHand { known, layer, how } = at_hand;
        let event = Event::Begun { layer: entry.number, name: &entry.name, bytes: entry.size };
        self.observer.event(&event);
        let unpacked = Unpacked { digest: layer, bytes: known.unpacked };
        self.done(entry, unpacked, None, known.blob, how, 0);
    }

    /// Takes note of a layer that is in the registry.
    pub(crate) fn done(
        &self,
        entry: &Entry,
        unpacked: Unpacked,
        raw: Option<Digest>,
        blob: Blob,
        how: Arrival,
        sent: u64,
    ) {
        if let Some(cache) = self.cache {
            let known = Known { blob, unpacked: unpacked.bytes };
            cache.add(&unpacked.digest, &known, self.to.registry(), self.to.repository());
        }
        self.settle(&entry.name, Outcome { unpacked: Ok(unpacked), raw, blob: Some(blob), sent });
        let event = Event::Done { layer: entry.number, how, digest: blob.digest, bytes: blob.size };
        self.observer.event(&event);
    }

    /// Takes note of what came of a file.
    pub(crate) fn settle(&self, name: &str, outcome: Outcome) {
        let mut results = self.results.lock().unwrap_or_else(PoisonError::into_inner);
        // A file may be listed for two layers, and then it is right for one of them at most.
        if outcome.blob.is_some() || results.get(name).is_none_or(|known| known.blob.is_none()) {
            results.insert(name.to_owned(), outcome);
        }
    }

    /// What came of a file.
    pub(crate) fn result(&self, name: &str) -> Option<Outcome> {
        self.results.lock().unwrap_or_else(PoisonError::into_inner).get(name).cloned()
    }

    /// Forgets what was remembered of the repository, which turned out to be wrong.
    pub(crate) fn forget(&self) {
        if let Some(cache) = self.cache {
            cache.forget(self.to.registry(), self.to.repository());
        }
    }

    fn similar(&self) -> MutexGuard<'_, BTreeMap<Digest, Blob>> {
        self.similar.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Does something for each item, several at once, and gives what came of them in their order.
    fn each<T: Sync, U: Send>(
        &self,
        items: &[T],
        work: impl Fn(&T) -> Result<U, Error> + Sync,
    ) -> Result<Vec<U>, Error> {
        let next = AtomicUsize::new(0);
        let done = Mutex::new(BTreeMap::new());
        let failure = Mutex::new(None);
        thread::scope(|scope| {
            for _ in 0..self.options.jobs.clamp(1, 16).min(items.len()) {
                scope.spawn(|| {
                    while let Some((at, item)) = {
                        let at = next.fetch_add(1, Ordering::Relaxed);
                        items.get(at).map(|item| (at, item))
                    } {
                        match work(item) {
                            Ok(result) => {
                                done.lock().unwrap_or_else(PoisonError::into_inner).insert(at, result);
                            }
                            Err(error) => {
                                next.store(items.len(), Ordering::Relaxed);
                                failure.lock().unwrap_or_else(PoisonError::into_inner).get_or_insert(error);
                            }
                        }
                    }
                });
            }
        });
        match failure.into_inner().unwrap_or_else(PoisonError::into_inner) {
            Some(error) => Err(error),
            None => Ok(done.into_inner().unwrap_or_else(PoisonError::into_inner).into_values().collect()),
        }
    }
}
