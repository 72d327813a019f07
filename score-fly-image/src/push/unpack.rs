//! What a layer is when it is unpacked.

use std::io::{self, BufRead as _, BufReader, Read};
use std::sync::mpsc::Receiver;

use crate::Digest;
use crate::archive::codec::Codec;
use crate::digest::Hasher;
use crate::push::blocks::{BLOCK, Chunk};
use crate::push::compress::block;

/// What a layer is when it is unpacked.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Unpacked {
    pub(crate) digest: Digest,
    pub(crate) bytes: u64,
}

/// Why a file is no layer.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) enum Flaw {
    Bad(String),
    /// It has more bytes than an image may have.
    Large(u64),
}

/// Why something was not unpacked to its end.
pub(crate) enum Unpacking {
    /// It can't be unpacked.
    Flaw(Flaw),
    /// The archive can't be read, or nobody wants the rest.
    Ended(io::Error),
}

/// Input that can tell whether it was at fault when something can't be unpacked.
pub(crate) trait Tell: Read {
    fn failed(&self) -> bool;
}

/// Unpacks a layer and gives its blocks to `take`: at least one, even if it is empty.
pub(crate) fn unpack(
    codec: Codec,
    mut input: impl Tell + Send,
    largest: Option<u64>,
    mut take: impl FnMut(Vec<u8>) -> io::Result<()>,
) -> Result<Unpacked, Unpacking> {
    let mut hasher = Hasher::default();
    let decoder = codec.decoder(BufReader::with_capacity(128 << 10, &mut input));
    let result = decoder.and_then(|mut decoder| {
        loop {
            let block = block(&mut decoder)?;
            let length = block.len();
            hasher.update(&block);
            if largest.is_some_and(|largest| hasher.bytes() > largest) {
                return Ok(Err(Unpacking::Flaw(Flaw::Large(hasher.bytes()))));
            }
            if (length > 0 || hasher.bytes() == 0)
                && let Err(error) = take(block)
            {
                return Ok(Err(Unpacking::Ended(error)));
            }
            if length < BLOCK {
                return Ok(Ok(()));
            }
        }
    });
    match result {
        Ok(Ok(())) => Ok(Unpacked { bytes: hasher.bytes(), digest: hasher.digest() }),
        Ok(Err(why)) => Err(why),
        Err(error) if input.failed() => Err(Unpacking::Ended(error)),
        Err(error) => Err(Unpacking::Flaw(Flaw::Bad(reason(codec, &error)))),
    }
}

/// Why a layer can't be unpacked.
pub(crate) fn reason(codec: Codec, error: &io::Error) -> String {
    match error.kind() {
        io::ErrorKind::UnexpectedEof => "it ends too early".to_owned(),
        _ => format!("its {} compression is damaged: {error}", codec.name()),
    }
}

/// Hashes all of a file, as it is.
pub(crate) fn hash(first: &[u8], input: &mut impl Read) -> io::Result<Unpacked> {
    let mut hasher = Hasher::default();
    hasher.update(first);
    let mut input = BufReader::with_capacity(128 << 10, input);
    loop {
        let bytes = input.fill_buf()?;
        if bytes.is_empty() {
            return Ok(Unpacked { bytes: hasher.bytes(), digest: hasher.digest() });
        }
        hasher.update(bytes);
        let length = bytes.len();
        input.consume(length);
    }
}

/// Reads the blocks that come through a queue.
pub(crate) struct Chunks {
    queue: Receiver<Chunk>,
    chunk: Option<Chunk>,
    read: usize,
}

impl Chunks {
    pub(crate) fn new(queue: Receiver<Chunk>) -> Self {
        Self { queue, chunk: None, read: 0 }
    }

    /// Lets the rest go by, so that whoever hands it over need not wait for ever.
    pub(crate) fn drain(self) {
        drop(self.chunk);
        while self.queue.recv().is_ok() {}
    }
}

impl Tell for &mut Chunks {
    fn failed(&self) -> bool {
        false
    }
}

impl Read for Chunks {
    fn read(&mut self, buffer: &mut [u8]) -> io::Result<usize> {
        loop {
            let rest = self.chunk.as_ref().and_then(|chunk| chunk.bytes.get(self.read..)).unwrap_or_default();
            let length = rest.len().min(buffer.len());
            if let (Some(from), Some(to), 1..) = (rest.get(..length), buffer.get_mut(..length), length) {
                to.copy_from_slice(from);
                self.read += length;
                return Ok(length);
            }
            // Its memory is free before more is waited for.
            self.chunk = None;
            self.read = 0;
            match self.queue.recv() {
                Ok(chunk) => self.chunk = Some(chunk),
                Err(_) => return Ok(0),
            }
        }
    }
}
