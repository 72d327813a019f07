//! What is remembered of layers, so that the next push need not compress them again.

use std::collections::{BTreeMap, BTreeSet};
use std::fs::{self, File, OpenOptions};
use std::io::{self, Write as _};
use std::path::{Path, PathBuf};
use std::sync::{Mutex, MutexGuard, PoisonError};

use serde::{Deserialize, Serialize};

use crate::archive::codec::Codec;
use crate::image::manifest::Blob;
use crate::{Digest, Error};

/// Remembers which blob a layer became, and which repositories have it. All of it was verified when
/// it was written down, and a registry is always asked whether it still has the blob.
///
/// It is a file of lines, to which each push adds; several may do so at once.
#[derive(Debug, Default)]
pub struct Cache {
    memory: Mutex<Memory>,
    file: Option<(PathBuf, Mutex<File>)>,
}

/// A blob, and how many bytes its layer has when it is unpacked.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Known {
    pub(crate) blob: Blob,
    pub(crate) unpacked: u64,
}

#[derive(Debug, Default)]
struct Memory {
    /// The blobs of a layer.
    blobs: BTreeMap<Digest, Vec<Known>>,
    /// The layer of a blob.
    layers: BTreeMap<Digest, Digest>,
    /// The repositories that have a blob, in the order in which they got it.
    places: BTreeMap<Digest, Vec<String>>,
    /// All of it, to add nothing twice.
    lines: BTreeSet<String>,
}

#[derive(Debug, Serialize, Deserialize)]
struct Line {
    layer: Digest,
    unpacked: u64,
    blob: Digest,
    size: u64,
    compression: String,
    repository: String,
}

/// A larger file loses its older half: some 20,000 layers.
const LARGEST: u64 = 8 << 20;

impl Cache {
    /// A cache that is kept in the file `path`, which is made if need be, with its folder.
    ///
    /// # Errors
    ///
    /// [`Error::Cache`] if the file can't be opened. Lines that can't be read are passed over.
    pub fn open(path: impl AsRef<Path>) -> Result<Self, Error> {
        let path = path.as_ref();
        Self::read(path).map_err(|error| Error::Cache { path: path.to_owned(), error })
    }

    fn read(path: &Path) -> io::Result<Self> {
        if let Some(folder) = path.parent() {
            fs::create_dir_all(folder)?;
        }
        let mut file = OpenOptions::new().append(true).create(true).read(true).open(path)?;
        if file.metadata()?.len() > LARGEST {
            shorten(path)?;
            file = OpenOptions::new().append(true).read(true).open(path)?;
        }
        let text = String::from_utf8_lossy(&fs::read(path)?).into_owned();
        if !text.is_empty() && !text.ends_with('\n') {
            // Somebody was killed in the middle of a line.
            file.write_all(b"\n")?;
        }
        let mut memory = Memory::default();
        for text in text.lines() {
            if let Ok(line) = serde_json::from_str::<Line>(text) {
                memory.add(&line, text);
            }
        }
        Ok(Self { memory: Mutex::new(memory), file: Some((path.to_owned(), Mutex::new(file))) })
    }

    /// The blobs that `layer` became.
    pub(crate) fn blobs(&self, layer: &Digest) -> Vec<Known> {
        self.memory().blobs.get(layer).cloned().unwrap_or_default()
    }

    /// The layer that `blob` was made of.
    pub(crate) fn layer(&self, blob: &Digest) -> Option<Digest> {
        self.memory().layers.get(blob).copied()
    }

    /// The repositories of `registry` that have `blob`; the latest first.
    pub(crate) fn repositories(&self, blob: &Digest, registry: &str) -> Vec<String> {
        let memory = self.memory();
        let places = memory.places.get(blob).map(Vec::as_slice).unwrap_or_default();
        let here = |place: &String| place.strip_prefix(registry)?.strip_prefix('/').map(str::to_owned);
        places.iter().rev().filter_map(here).collect()
    }

    /// Takes note that a repository has the blob of a layer. If that can't be written down, the
    /// next push is slower, and that is all.
    pub(crate) fn add(&self, layer: &Digest, known: &Known, registry: &str, repository: &str) {
        let line = Line {
            layer: *layer,
            unpacked: known.unpacked,
            blob: known.blob.digest,
            size: known.blob.size,
            compression: known.blob.codec.name().to_owned(),
            repository: format!("{registry}/{repository}"),
        };
        let Ok(text) = serde_json::to_string(&line) else { return };
        let mut memory = self.memory();
        if memory.lines.contains(&text) {
            return;
        }
        memory.add(&line, &text);
        if let Some((_, file)) = &self.file {
            // One call, so that lines of several processes don't mix.
            let _ = file.lock().unwrap_or_else(PoisonError::into_inner).write_all((text + "\n").as_bytes());
        }
    }

    /// Forgets what a repository has.
    pub(crate) fn forget(&self, registry: &str, repository: &str) {
        let place = format!("{registry}/{repository}");
        self.memory().places.values_mut().for_each(|places| places.retain(|known| *known != place));
        if let Some((path, _)) = &self.file {
            let others = |line: &str| serde_json::from_str::<Line>(line).is_ok_and(|line| line.repository != place);
            let _ = rewrite(path, others);
        }
    }

    fn memory(&self) -> MutexGuard<'_, Memory> {
        self.memory.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl Memory {
    fn add(&mut self, line: &Line, text: &str) {
        let Some(codec) = Codec::named(&line.compression) else { return };
        let blob = Blob { digest: line.blob, size: line.size, codec };
        let known = Known { blob, unpacked: line.unpacked };
        let blobs = self.blobs.entry(line.layer).or_default();
        if !blobs.contains(&known) {
            blobs.push(known);
        }
        self.layers.insert(line.blob, line.layer);
        let places = self.places.entry(line.blob).or_default();
        places.retain(|place| *place != line.repository);
        places.push(line.repository.clone());
        self.lines.insert(text.to_owned());
    }
}

/// Leaves the newer half.
fn shorten(path: &Path) -> io::Result<()> {
    let total = fs::read_to_string(path).map(|text| text.len()).unwrap_or_default();
    let mut seen = 0;
    rewrite(path, |line| {
        seen += line.len() + 1;
        seen > total / 2
    })
}

/// Writes the file anew, in one step.
fn rewrite(path: &Path, mut keep: impl FnMut(&str) -> bool) -> io::Result<()> {
    let text = String::from_utf8_lossy(&fs::read(path)?).into_owned();
    let folder = path.parent().filter(|folder| !folder.as_os_str().is_empty()).unwrap_or(Path::new("."));
    let mut file = tempfile::NamedTempFile::new_in(folder)?;
    let kept: String = text.lines().filter(|line| keep(line)).flat_map(|line| [line, "\n"]).collect();
    file.write_all(kept.as_bytes())?;
    file.persist(path).map_err(|error| error.error)?;
    Ok(())
}

#[cfg(test)]
mod tests {
    use std::fs;

    use super::{Cache, Known, LARGEST};
    use crate::Digest;
    use crate::archive::codec::Codec;
    use crate::image::manifest::Blob;

    fn known(text: &str) -> Known {
        let blob = Blob { digest: Digest::of(text.as_bytes()), size: text.len() as u64, codec: Codec::Gzip };
        Known { blob, unpacked: 7 }
    }

    #[test]
    fn remembers_across_runs_and_forgets_on_demand() {
        let folder = tempfile::tempdir().unwrap_or_else(|error| panic!("{error}"));
        let path = folder.path().join("new/cache");
        let open = || Cache::open(&path).unwrap_or_else(|error| panic!("{error}"));
        let (layer, one) = (Digest::of(b"layer"), known("one"));
        open().add(&layer, &one, "r:1", "a");
        let again = open();
        again.add(&layer, &one, "r:1", "b/c");
        again.add(&layer, &one, "r:1", "b/c");
        assert_eq!(fs::read_to_string(&path).map(|text| text.lines().count()).ok(), Some(2));
        // Killed in the middle of a line.
        let mut text = fs::read(&path).unwrap_or_default();
        text.extend(b"{\"layer\":");
        fs::write(&path, text).unwrap_or_default();
        let again = open();
        again.add(&layer, &known("two"), "other", "a");
        let last = open();
        assert_eq!(last.blobs(&layer), [one, known("two")]);
        assert_eq!(last.layer(&one.blob.digest), Some(layer));
        assert_eq!(last.repositories(&one.blob.digest, "r:1"), ["b/c", "a"]);
        assert_eq!(last.repositories(&one.blob.digest, "r"), [""; 0]);
        last.forget("r:1", "a");
        for cache in [last, open()] {
            assert_eq!(cache.repositories(&one.blob.digest, "r:1"), ["b/c"]);
        }
    }

    #[test]
    fn does_not_grow_without_end() {
        let folder = tempfile::tempdir().unwrap_or_else(|error| panic!("{error}"));
        let path = folder.path().join("cache");
        fs::write(&path, (["x"; 100].concat() + "\n").repeat(usize::try_from(LARGEST / 100).unwrap_or_default()))
            .unwrap_or_default();
        let cache = Cache::open(&path);
        assert!(cache.is_ok() && fs::metadata(&path).is_ok_and(|file| file.len() <= LARGEST));
    }
}
