//! Archives of images: where they come from, and what is in them.

pub(crate) mod codec;
pub(crate) mod index;
mod pump;
pub(crate) mod stream;
pub(crate) mod tar;

use std::fmt;
use std::fs::{self, File};
use std::io::{self, BufReader, Read};
use std::path::{Path, PathBuf};

use crate::Error;
use crate::archive::codec::{Codec, MAGIC};

/// An archive with images: a docker-archive or an OCI archive, compressed in any usual way, or a
/// folder with an OCI layout. What it is shows in its content; its name says nothing.
pub struct Archive {
    name: String,
    source: Source,
}

pub(crate) enum Source {
    /// A folder, of which any file can be opened.
    Folder(PathBuf),
    /// A tar in a file, of which any part can be read.
    Tar(PathBuf),
    /// A compressed tar, which can be read from its start as often as one likes.
    Packed(PathBuf),
    /// What can be read only once, such as standard input.
    Stream(Box<dyn Read + Send>),
}

impl Archive {
    /// The archive at `path`: a file, a folder, or something that can only be read once, such as a
    /// named pipe.
    ///
    /// # Errors
    ///
    /// [`Error::Unreadable`].
    pub fn open(path: impl AsRef<Path>) -> Result<Self, Error> {
        let path = path.as_ref();
        let name = path.display().to_string();
        let source = Self::source(path).map_err(|error| Error::Unreadable { archive: name.clone(), error })?;
        Ok(Self { name, source })
    }

    fn source(path: &Path) -> io::Result<Source> {
        let kind = fs::metadata(path)?.file_type();
        if kind.is_dir() {
            return Ok(Source::Folder(path.to_owned()));
        }
        let mut file = File::open(path)?;
        if !kind.is_file() {
            return Ok(Source::Stream(Box::new(file)));
        }
        let start = start(&mut file)?;
        let is_plain = Codec::of(&start) == Codec::Plain;
        Ok(if is_plain { Source::Tar(path.to_owned()) } else { Source::Packed(path.to_owned()) })
    }

    /// An archive that can be read only once. `name` is what messages call it.
    pub fn from_reader(name: impl Into<String>, reader: impl Read + Send + 'static) -> Self {
        Self { name: name.into(), source: Source::Stream(Box::new(reader)) }
    }

    /// The same archive, which messages call `name`.
    #[must_use]
    pub fn named(self, name: impl Into<String>) -> Self {
        Self { name: name.into(), ..self }
    }

    /// What messages call it.
    pub fn name(&self) -> &str {
        &self.name
    }

    pub(crate) fn into_parts(self) -> (String, Source) {
        (self.name, self.source)
    }
}

impl fmt::Debug for Archive {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Archive").field("name", &self.name).finish_non_exhaustive()
    }
}

/// The first bytes, as far as there are any.
fn start(input: &mut impl Read) -> io::Result<Vec<u8>> {
    let mut start = Vec::new();
    input.take(MAGIC as u64).read_to_end(&mut start)?;
    Ok(start)
}

/// Reads `input`, which may be compressed.
fn unpacked(mut input: impl Read + Send + 'static) -> io::Result<Box<dyn Read + Send>> {
    let start = start(&mut input)?;
    let codec = Codec::of(&start);
    codec.decoder(BufReader::with_capacity(128 << 10, io::Cursor::new(start).chain(input)))
}

/// Where the documents of an archive are: manifests, indexes and configs.
pub(crate) trait Documents {
    /// The archive's name, for messages.
    fn archive(&self) -> &str;

    /// The name under which the file's content is, and its size: links are followed once.
    fn file(&self, name: &str) -> Result<Option<(String, u64)>, Error>;

    /// What is in the file that has its content under this name.
    fn content(&self, name: &str, size: u64) -> Result<Vec<u8>, Error>;

    /// The document of this name, which may have `limit` bytes.
    fn document(&self, name: &str, limit: usize) -> Result<Option<Vec<u8>>, Error> {
        let Some((name, size)) = self.file(name)? else { return Ok(None) };
        if size > limit as u64 {
            let reason = format!("`{name}` has more than {limit} bytes");
            return Err(Error::TooMuch { archive: self.archive().to_owned(), reason });
        }
        self.content(&name, size).map(Some)
    }
}
