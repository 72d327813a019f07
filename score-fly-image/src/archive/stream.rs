//! Archives that are read front to back.

use std::collections::BTreeMap;
use std::fs::File;
use std::io::{self, Read};
use std::path::{Path, PathBuf};

use crate::archive::codec::{Codec, MAGIC};
use crate::archive::index::{MOST_MEMBERS, MOST_NAMES, empty, reading_tar, too_many};
use crate::archive::pump::Pump;
use crate::archive::tar::{Content, Kind, Stream, Tar, is_header};
use crate::archive::{Documents, unpacked};
use crate::{Error, Stop};

/// The longest document, by containers-image's limit for configs and manifests, and what all of them
/// may have together.
pub(crate) const DOCUMENT: usize = 4 << 20;
const DOCUMENTS: usize = 24 << 20;

/// How large an archive may be when it is unpacked: several images, each as large as Fly allows.
const ARCHIVE: u64 = 64 << 30;

/// The files of a stream, one after the other.
pub(crate) struct Members<'s> {
    archive: String,
    tar: Tar<Stream<Pump<'s>>>,
    first: bool,
    count: usize,
    names: usize,
    kept: usize,
    read: Rest,
}

/// What a stream had besides layers.
pub(crate) struct Rest {
    archive: String,
    documents: BTreeMap<String, Vec<u8>>,
    links: BTreeMap<String, String>,
    files: BTreeMap<String, u64>,
    duplicates: Vec<String>,
}

/// A file that may be a layer.
pub(crate) struct Candidate<'m, 's> {
    pub(crate) name: String,
    pub(crate) size: u64,
    pub(crate) content: io::Chain<io::Cursor<Vec<u8>>, Content<'m, Stream<Pump<'s>>>>,
}

impl<'s> Members<'s> {
    pub(crate) fn packed(archive: &str, path: &Path, stop: &'s Stop<'s>) -> Result<Self, Error> {
        let path = path.to_owned();
        Self::start(archive, move || unpacked(File::open(path)?), stop)
    }

    pub(crate) fn stream(archive: &str, input: Box<dyn Read + Send>, stop: &'s Stop<'s>) -> Result<Self, Error> {
        Self::start(archive, move || unpacked(input), stop)
    }

    fn start(
        archive: &str,
        open: impl FnOnce() -> io::Result<Box<dyn Read + Send>> + Send + 'static,
        stop: &'s Stop<'s>,
    ) -> Result<Self, Error> {
        let pump = Pump::start(open, ARCHIVE, stop);
        let pump = pump.map_err(|error| Error::reading(archive, "its start", error))?;
        let archive = archive.to_owned();
        let read = Rest {
            archive: archive.clone(),
            documents: BTreeMap::new(),
            links: BTreeMap::new(),
            files: BTreeMap::new(),
            duplicates: Vec::new(),
        };
        let tar = Tar::new(Stream(pump));
        Ok(Self { archive, tar, first: true, count: 0, names: 0, kept: 0, read })
    }

    /// Goes to the next file that may be a layer. Documents on the way are kept.
    pub(crate) fn next(&mut self) -> Result<Option<Candidate<'_, 's>>, Error> {
        loop {
            let member = self.tar.next().map_err(|error| reading_tar(&self.archive, self.first, error))?;
            let Some(member) = member else { return if self.first { Err(empty(&self.archive)) } else { Ok(None) } };
            self.first = false;
            self.count += 1;
            self.names += member.name.len();
            if self.count > MOST_MEMBERS || self.names > MOST_NAMES {
                return Err(too_many(&self.archive));
            }
            match member.kind {
                Kind::File => {}
                Kind::Link(target) => {
                    self.read.links.insert(member.name, target);
                    continue;
                }
                Kind::Other => continue,
            }
            if self.read.files.insert(member.name.clone(), member.size).is_some() {
                self.read.duplicates.push(member.name.clone());
            }
            let mut start = Vec::new();
            let mut content = self.tar.content();
            let read = content.by_ref().take(512).read_to_end(&mut start);
            read.map_err(|error| self::reading(&self.archive, &member.name, error))?;
            if may_be_layer(&start) {
                let content = io::Cursor::new(start).chain(self.tar.content());
                return Ok(Some(Candidate { name: member.name, size: member.size, content }));
            }
            let is_json =
                start.iter().find(|byte| !byte.is_ascii_whitespace()).is_some_and(|byte| b"{[".contains(byte));
            if is_json && member.size <= DOCUMENT as u64 {
                self.kept += usize::try_from(member.size).unwrap_or(DOCUMENT);
                if self.kept > DOCUMENTS {
                    return Err(too_many(&self.archive));
                }
                let read = self.tar.content().read_to_end(&mut start);
                read.map_err(|error| self::reading(&self.archive, &member.name, error))?;
                self.read.documents.insert(member.name, start);
            }
        }
    }

    /// Reads what comes after the end of the tar: who writes it should not be cut off, and only the
    /// end of what is compressed shows whether it is whole.
    pub(crate) fn finish(self) -> Result<Rest, Error> {
        let rest = io::copy(&mut self.tar.into_input().0, &mut io::sink());
        rest.map_err(|error| Error::reading(&self.archive, "what follows the tar", error))?;
        Ok(self.read)
    }
}

impl Documents for Rest {
    fn archive(&self) -> &str {
        &self.archive
    }

    fn content(&self, name: &str, _size: u64) -> Result<Vec<u8>, Error> {
        // What begins like no JSON was not kept.
        Ok(self.documents.get(name).cloned().unwrap_or_default())
    }

    fn file(&self, name: &str) -> Result<Option<(String, u64)>, Error> {
        let name = self.links.get(name).map_or(name, String::as_str);
        if self.duplicates.iter().any(|duplicate| duplicate == name) {
            return Err(Error::Duplicate { archive: self.archive.clone(), name: name.to_owned() });
        }
        Ok(self.files.get(name).map(|size| (name.to_owned(), *size)))
    }
}

/// Reads a file of a compressed archive once more.
pub(crate) fn reopen(path: PathBuf, name: &str) -> io::Result<Box<dyn Read + Send>> {
    let mut tar = Tar::new(Stream(unpacked(File::open(path)?)?));
    while let Some(member) = tar.next()? {
        if member.name == name && member.kind == Kind::File {
            return Ok(Box::new(tar.into_content()));
        }
    }
    Err(io::ErrorKind::NotFound.into())
}

/// Whether a file begins like a layer: compressed, or a tar, which may be an empty one.
fn may_be_layer(start: &[u8]) -> bool {
    start.is_empty()
        || Codec::of(start.get(..MAGIC).unwrap_or(start)) != Codec::Plain
        || is_header(start)
        || start.len() == 512 && start.iter().all(|byte| *byte == 0)
}

/// That reading a file of the archive failed.
pub(crate) fn reading(archive: &str, name: &str, error: io::Error) -> Error {
    Error::reading(archive, &format!("`{name}`"), error)
}
