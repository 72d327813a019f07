//! Compresses block by block: each becomes a member of gzip or a frame of zstd of its own, so several
//! threads can share the work. Level and block size never change, so the same layer always becomes the
//! same blob.

use std::io::{self, Read};
use std::sync::mpsc::{Receiver, SyncSender, sync_channel};
use std::sync::{Arc, Mutex, PoisonError};

use libdeflater::{CompressionLvl, Compressor, crc32};

use crate::archive::codec::Codec;
use crate::push::blocks::{BLOCK, Chunk, Permit};

const GZIP_LEVEL: i32 = 2;
const ZSTD_LEVEL: i32 = 3;

/// Compresses single blocks.
pub(crate) struct Blocks {
    codec: Codec,
    gzip: Compressor,
    zstd: zstd::bulk::Compressor<'static>,
    /// Where a block is compressed to, until its size is known.
    buffer: Vec<u8>,
}

impl Blocks {
    pub(crate) fn new(codec: Codec) -> io::Result<Self> {
        let level = CompressionLvl::new(GZIP_LEVEL).unwrap_or_default();
        let zstd = zstd::bulk::Compressor::new(ZSTD_LEVEL)?;
        Ok(Self { codec, gzip: Compressor::new(level), zstd, buffer: Vec::new() })
    }

    pub(crate) fn compress(&mut self, block: &[u8]) -> Vec<u8> {
        match self.codec {
            Codec::Zstd => self.zstd.compress(block).unwrap_or_default(),
            Codec::Gzip => {
                if is_dense(block) && !self.shrinks(block) {
                    return store(block);
                }
                self.buffer.resize(self.gzip.gzip_compress_bound(block.len()), 0);
                match self.gzip.gzip_compress(block, &mut self.buffer) {
                    Ok(length) if length < block.len() + 64 => self.buffer.get(..length).unwrap_or_default().to_vec(),
                    _ => store(block),
                }
            }
            _ => block.to_vec(),
        }
    }

    /// Whether samples of a block get smaller.
    fn shrinks(&mut self, block: &[u8]) -> bool {
        const SAMPLE: usize = 12 << 10;
        [0, block.len() / 2, block.len().saturating_sub(SAMPLE)].into_iter().any(|start| {
            let sample = block.get(start..).unwrap_or_default();
            let sample = sample.get(..SAMPLE).unwrap_or(sample);
            self.buffer.resize(self.gzip.deflate_compress_bound(sample.len()), 0);
            let length = self.gzip.deflate_compress(sample, &mut self.buffer);
            length.is_ok_and(|length| length + sample.len() / 50 < sample.len())
        })
    }
}

/// Whether a sample of a block has nearly as many different bytes as can be: more than 7.8 bits of
/// entropy in each. Compressing such a block takes time and gains nothing.
fn is_dense(block: &[u8]) -> bool {
    /// Fewer say nothing.
    const FEWEST: usize = 4096;
    let step = (block.len() / (16 << 10)).max(1);
    let mut counts = [0_u32; 256];
    for byte in block.iter().step_by(step) {
        if let Some(count) = counts.get_mut(usize::from(*byte)) {
            *count += 1;
        }
    }
    let total = f64::from(counts.iter().sum::<u32>());
    let entropy: f64 = counts
        .iter()
        .filter(|count| **count > 0)
        .map(|count| {
            let share = f64::from(*count) / total;
            -share * share.log2()
        })
        .sum();
    block.len() >= FEWEST && entropy > 7.8
}

/// A member of gzip whose content is not compressed, after RFC 1951 (3.2.4) and RFC 1952 (2.3).
fn store(block: &[u8]) -> Vec<u8> {
    const LONGEST: usize = 0xffff;
    let mut member = Vec::with_capacity(block.len() + block.len() / 1000 + 64);
    // Magic, deflate, no flags, no time, no hints, unknown system.
    member.extend([0x1f, 0x8b, 8, 0, 0, 0, 0, 0, 0, 255]);
    let mut pieces = block.chunks(LONGEST).peekable();
    if pieces.peek().is_none() {
        member.extend([1, 0, 0, 0xff, 0xff]);
    }
    while let Some(piece) = pieces.next() {
        let length = u16::try_from(piece.len()).unwrap_or(u16::MAX);
        member.push(u8::from(pieces.peek().is_none()));
        member.extend(length.to_le_bytes());
        member.extend((!length).to_le_bytes());
        member.extend(piece);
    }
    member.extend(crc32(block).to_le_bytes());
    // The size modulo 2³², by the format.
    member.extend(u32::try_from(block.len() & 0xffff_ffff).unwrap_or_default().to_le_bytes());
    member
}

/// Work for a compressor: a block, and where it goes when it is done.
pub(crate) struct Job {
    pub(crate) block: Vec<u8>,
    pub(crate) permit: Permit,
    pub(crate) done: SyncSender<Chunk>,
}

/// A queue of work that several threads take from.
pub(crate) struct Jobs(Mutex<Receiver<Job>>);

impl Jobs {
    pub(crate) fn new(blocks: usize) -> (SyncSender<Job>, Self) {
        let (sender, receiver) = sync_channel(blocks);
        (sender, Self(Mutex::new(receiver)))
    }

    /// Compresses until nobody sends work any more.
    pub(crate) fn work(&self, codec: Codec) -> io::Result<()> {
        let mut blocks = Blocks::new(codec)?;
        loop {
            let job = self.0.lock().unwrap_or_else(PoisonError::into_inner).recv();
            let Ok(Job { block, mut permit, done }) = job else { return Ok(()) };
            let bytes = Arc::new(blocks.compress(&block));
            drop(block);
            // What compresses well takes little room until it is sent, so more can be read.
            permit.shrink(bytes.len());
            // Nobody waits for it if its upload has failed.
            let _ = done.send(Chunk { bytes, _permit: Arc::new(permit) });
        }
    }
}

/// Compresses what is read on the reader's thread, to the same bytes as the others.
pub(crate) struct Recode<R> {
    input: R,
    blocks: Blocks,
    ready: io::Cursor<Vec<u8>>,
    first: bool,
}

impl<R: Read> Recode<R> {
    pub(crate) fn new(input: R, codec: Codec) -> io::Result<Self> {
        Ok(Self { input, blocks: Blocks::new(codec)?, ready: io::Cursor::default(), first: true })
    }
}

impl<R: Read> Read for Recode<R> {
    fn read(&mut self, buffer: &mut [u8]) -> io::Result<usize> {
        loop {
            let length = self.ready.read(buffer)?;
            if length > 0 || buffer.is_empty() {
                return Ok(length);
            }
            let block = block(&mut self.input)?;
            if block.is_empty() && !self.first {
                return Ok(0);
            }
            self.first = false;
            self.ready = io::Cursor::new(self.blocks.compress(&block));
        }
    }
}

/// Reads a whole block, or what is left.
pub(crate) fn block(input: &mut impl Read) -> io::Result<Vec<u8>> {
    let mut block = Vec::with_capacity(BLOCK);
    input.take(BLOCK as u64).read_to_end(&mut block)?;
    Ok(block)
}

#[cfg(test)]
mod tests {
    use std::io::Read as _;

    use super::{Blocks, Recode, is_dense, store};
    use crate::archive::codec::Codec;

    /// Bytes without any pattern, by a generator of Marsaglia's (xorshift).
    fn noise(length: usize) -> Vec<u8> {
        let mut state = 0x9e37_79b9_7f4a_7c15_u64;
        let step = |_| {
            state ^= state << 13;
            state ^= state >> 7;
            state ^= state << 17;
            state.to_le_bytes()[3]
        };
        (0..length).map(step).collect()
    }

    fn unpack(codec: Codec, bytes: &[u8]) -> Vec<u8> {
        let mut unpacked = Vec::new();
        let read = codec.decoder(bytes).and_then(|mut decoder| decoder.read_to_end(&mut unpacked));
        assert!(read.is_ok(), "{read:?}");
        unpacked
    }

    #[test]
    fn blocks_unpack_to_what_they_were() {
        let text = b"all work and no play makes jack a dull boy\n".repeat(20_000);
        for codec in [Codec::Gzip, Codec::Zstd] {
            let Ok(mut blocks) = Blocks::new(codec) else { panic!("no compressor") };
            for block in [&b""[..], b"x", &text, &noise(1 << 20), &noise(70_000), &vec![0; 1 << 20]] {
                let compressed = blocks.compress(block);
                assert_eq!(Codec::of(&compressed), codec);
                assert!(unpack(codec, &compressed) == block);
                assert!(compressed.len() <= block.len() + block.len() / 1000 + 64);
            }
            assert!(blocks.compress(&text).len() < text.len() / 20);
        }
    }

    #[test]
    fn what_has_no_pattern_is_stored() {
        assert!(is_dense(&noise(1 << 20)));
        assert!(!is_dense(&noise(1000)) && !is_dense(&vec![7; 1 << 16]));
        for length in [0, 1, 0xffff, 0x10000, 1 << 20] {
            let block = noise(length);
            assert!(unpack(Codec::Gzip, &store(&block)) == block, "{length}");
        }
    }

    #[test]
    fn the_same_layer_becomes_the_same_blob() {
        let layer = [noise(1 << 20), vec![1; 3 << 20], noise(12_345)].concat();
        for codec in [Codec::Gzip, Codec::Zstd] {
            let mut at_once = Vec::new();
            let mut recode = Recode::new(&layer[..], codec).unwrap_or_else(|error| panic!("{error}"));
            assert!(recode.read_to_end(&mut at_once).is_ok());
            let Ok(mut blocks) = Blocks::new(codec) else { panic!("no compressor") };
            let by_block: Vec<u8> = layer.chunks(1 << 20).flat_map(|block| blocks.compress(block)).collect();
            assert!(at_once == by_block);
            assert!(unpack(codec, &at_once) == layer);
            let mut empty = Vec::new();
            let mut recode = Recode::new(&b""[..], codec).unwrap_or_else(|error| panic!("{error}"));
            assert!(recode.read_to_end(&mut empty).is_ok() && !empty.is_empty());
        }
    }
}
