//! Archives of which any part can be read at any time.

use std::collections::{BTreeMap, BTreeSet};
use std::fs::{self, File};
use std::io::{self, Read, Seek as _, SeekFrom};
use std::path::{Component, Path, PathBuf};

use crate::Error;
use crate::archive::Documents;
use crate::archive::tar::{Kind, Seekable, Tar};

/// How many files a tar may have, and how many bytes their names.
pub(crate) const MOST_MEMBERS: usize = 200_000;
pub(crate) const MOST_NAMES: usize = 16 << 20;

/// Where everything is.
pub(crate) struct Index {
    archive: String,
    place: Place,
}

enum Place {
    Folder(PathBuf),
    Tar { path: PathBuf, members: BTreeMap<String, Found>, duplicates: BTreeSet<String> },
}

enum Found {
    File { offset: u64, size: u64 },
    Link(String),
}

impl Index {
    pub(crate) fn folder(archive: &str, path: PathBuf) -> Self {
        Self { archive: archive.to_owned(), place: Place::Folder(path) }
    }

    /// Reads the headers of a tar, and nothing else of it.
    pub(crate) fn tar(archive: &str, path: PathBuf) -> Result<Self, Error> {
        let mut members = BTreeMap::new();
        let mut duplicates = BTreeSet::new();
        let mut names = 0;
        let file = File::open(&path).and_then(Seekable::new);
        let mut tar = Tar::new(file.map_err(|error| Error::reading(archive, "its header", error))?);
        let mut first = true;
        loop {
            let member = tar.next().map_err(|error| reading_tar(archive, first, error))?;
            let Some(member) = member else { break };
            first = false;
            names += member.name.len();
            if members.len() >= MOST_MEMBERS || names > MOST_NAMES {
                return Err(too_many(archive));
            }
            let found = match member.kind {
                Kind::File => Found::File { offset: member.offset, size: member.size },
                Kind::Link(target) => Found::Link(target),
                Kind::Other => continue,
            };
            if members.insert(member.name.clone(), found).is_some() {
                duplicates.insert(member.name);
            }
        }
        if first {
            return Err(empty(archive));
        }
        Ok(Self { archive: archive.to_owned(), place: Place::Tar { path, members, duplicates } })
    }

    /// Opens a file.
    pub(crate) fn open(&self, name: &str) -> io::Result<Box<dyn Read + Send>> {
        let missing = || io::Error::from(io::ErrorKind::NotFound);
        match &self.place {
            Place::Folder(folder) => Ok(Box::new(File::open(inside(folder, name).ok_or_else(missing)?)?)),
            Place::Tar { path, members, .. } => {
                let Some(Found::File { offset, size }) = members.get(name) else { return Err(missing()) };
                let mut file = File::open(path)?;
                file.seek(SeekFrom::Start(*offset))?;
                Ok(Box::new(file.take(*size)))
            }
        }
    }
}

impl Documents for Index {
    fn archive(&self) -> &str {
        &self.archive
    }

    fn content(&self, name: &str, size: u64) -> Result<Vec<u8>, Error> {
        let mut bytes = Vec::new();
        let read = self.open(name).and_then(|file| file.take(size).read_to_end(&mut bytes));
        read.map_err(|error| Error::reading(&self.archive, &format!("`{name}`"), error))?;
        Ok(bytes)
    }

    fn file(&self, name: &str) -> Result<Option<(String, u64)>, Error> {
        match &self.place {
            Place::Folder(folder) => {
                let Some(path) = inside(folder, name) else { return Ok(None) };
                match fs::metadata(path) {
                    // Anything else might never end.
                    Ok(metadata) => Ok(metadata.is_file().then(|| (name.to_owned(), metadata.len()))),
                    Err(error) if error.kind() == io::ErrorKind::NotFound => Ok(None),
                    Err(error) => Err(Error::Unreadable { archive: format!("{}/{name}", self.archive), error }),
                }
            }
            Place::Tar { members, duplicates, .. } => {
                let name = match members.get(name) {
                    Some(Found::Link(target)) => target,
                    _ => name,
                };
                if duplicates.contains(name) {
                    return Err(Error::Duplicate { archive: self.archive.clone(), name: name.to_owned() });
                }
                Ok(match members.get(name) {
                    Some(Found::File { size, .. }) => Some((name.to_owned(), *size)),
                    _ => None,
                })
            }
        }
    }
}

/// The path of `name` in a folder, unless it leaves it.
fn inside(folder: &Path, name: &str) -> Option<PathBuf> {
    let path = Path::new(name);
    path.components().all(|part| matches!(part, Component::Normal(_))).then(|| folder.join(path))
}

/// What it means that the next header can't be read.
pub(crate) fn reading_tar(archive: &str, first: bool, error: io::Error) -> Error {
    match Error::reading(archive, "a header", error) {
        Error::Damaged { archive, .. } if first => {
            Error::NotAnImage { archive, reason: "it is no tar, compressed or not".to_owned() }
        }
        Error::Truncated { archive, .. } if first => {
            Error::NotAnImage { archive, reason: "it is too short for a tar".to_owned() }
        }
        error => error,
    }
}

pub(crate) fn empty(archive: &str) -> Error {
    Error::NotAnImage { archive: archive.to_owned(), reason: "there is nothing in it".to_owned() }
}

pub(crate) fn too_many(archive: &str) -> Error {
    Error::TooMuch { archive: archive.to_owned(), reason: "it has far too many files".to_owned() }
}
