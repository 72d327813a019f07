//! The bytes of a blob once more, after a connection broke.

use std::fs::File;
use std::io::{self, BufReader, Read, Seek as _, SeekFrom};
use std::path::PathBuf;
use std::sync::Arc;

use crate::archive::codec::{Codec, MAGIC};
use crate::archive::index::Index;
use crate::archive::stream;
use crate::push::compress::Recode;

/// Where layers come from.
#[derive(Clone)]
pub(crate) enum Origin {
    /// An archive of which any part can be read.
    Index(Arc<Index>),
    /// A compressed archive, which can be read anew.
    Packed(PathBuf),
    /// What is gone when it was read.
    Once,
}

/// Where the bytes of a blob can be had again.
pub(crate) enum Again {
    Memory(Vec<u8>),
    /// A temporary file without a name, which is gone as soon as nobody has it open.
    File(File),
    /// The archive: reading and compressing it again gives the same bytes.
    Archive {
        origin: Origin,
        name: String,
        recode: Option<Codec>,
    },
}

impl Again {
    /// The bytes, from the first on.
    pub(crate) fn open(&self) -> io::Result<Box<dyn Read + '_>> {
        match self {
            Self::Memory(bytes) => Ok(Box::new(&bytes[..])),
            Self::File(file) => {
                let mut file = file;
                file.seek(SeekFrom::Start(0))?;
                Ok(Box::new(file))
            }
            Self::Archive { origin, name, recode } => {
                let mut input = match origin {
                    Origin::Index(index) => index.open(name)?,
                    Origin::Packed(path) => stream::reopen(path.clone(), name)?,
                    Origin::Once => return Err(io::ErrorKind::NotSeekable.into()),
                };
                let Some(codec) = recode else { return Ok(input) };
                let mut start = Vec::new();
                input.by_ref().take(MAGIC as u64).read_to_end(&mut start)?;
                let found = Codec::of(&start);
                let unpacked =
                    found.decoder(BufReader::with_capacity(128 << 10, io::Cursor::new(start).chain(input)))?;
                Ok(Box::new(Recode::new(unpacked, *codec)?))
            }
        }
    }
}
