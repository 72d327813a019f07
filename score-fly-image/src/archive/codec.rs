//! Compression, told by content and never by name.

use std::io::{self, BufRead, Read};

/// How bytes are compressed.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum Codec {
    /// Not at all.
    Plain,
    /// gzip.
    Gzip,
    /// zstd.
    Zstd,
    /// xz.
    Xz,
    /// bzip2.
    Bzip2,
}

/// How many bytes are enough to tell.
pub(crate) const MAGIC: usize = 10;

/// What decoders may have: xz at its highest level needs 65 MiB, zstd with `--long` 128 MiB.
const XZ_KIB: u32 = 130 << 10;
const ZSTD_WINDOW_LOG: u32 = 27;

impl Codec {
    /// Tells by the first bytes.
    pub(crate) fn of(start: &[u8]) -> Self {
        // The magic of a block, or of the end where there is none.
        let bzip2 = |rest: &[u8]| {
            matches!(rest.first(), Some(b'1'..=b'9'))
                && matches!(rest.get(1..7), Some(b"\x31\x41\x59\x26\x53\x59" | b"\x17\x72\x45\x38\x50\x90"))
        };
        match start {
            [0x1f, 0x8b, 8, ..] => Self::Gzip,
            [0x28, 0xb5, 0x2f, 0xfd, ..] => Self::Zstd,
            [0xfd, b'7', b'z', b'X', b'Z', 0, ..] => Self::Xz,
            [b'B', b'Z', b'h', rest @ ..] if bzip2(rest) => Self::Bzip2,
            _ => Self::Plain,
        }
    }

    /// Reads what is compressed like that, to the end of the last member.
    pub(crate) fn decoder<'r>(self, input: impl BufRead + Send + 'r) -> io::Result<Box<dyn Read + Send + 'r>> {
        Ok(match self {
            Self::Plain => Box::new(input),
            Self::Gzip => Box::new(flate2::bufread::MultiGzDecoder::new(input)),
            Self::Zstd => {
                let mut decoder = zstd::Decoder::with_buffer(input)?;
                decoder.window_log_max(ZSTD_WINDOW_LOG)?;
                Box::new(decoder)
            }
            Self::Xz => Box::new(lzma_rust2::XzReader::new_mem_limit(input, true, XZ_KIB)),
            Self::Bzip2 => Box::new(bzip2::bufread::MultiBzDecoder::new(input)),
        })
    }

    /// What it is called.
    pub fn name(self) -> &'static str {
        match self {
            Self::Plain => "none",
            Self::Gzip => "gzip",
            Self::Zstd => "zstd",
            Self::Xz => "xz",
            Self::Bzip2 => "bzip2",
        }
    }

    pub(crate) fn named(name: &str) -> Option<Self> {
        [Self::Plain, Self::Gzip, Self::Zstd, Self::Xz, Self::Bzip2].into_iter().find(|codec| codec.name() == name)
    }
}

#[cfg(test)]
mod tests {
    use std::io::{Read as _, Write as _};

    use super::Codec;

    fn samples() -> [(Codec, Vec<u8>); 4] {
        let mut gzip = flate2::write::GzEncoder::new(Vec::new(), flate2::Compression::fast());
        let _ = gzip.write_all(b"hello");
        let mut bzip2 = bzip2::write::BzEncoder::new(Vec::new(), bzip2::Compression::fast());
        let _ = bzip2.write_all(b"hello");
        // `printf hello | xz --check=crc32 | xxd -i`
        let xz = b"\xfd7zXZ\0\0\x01\x69\x22\xde\x36\x02\0\x21\x01\x16\0\0\0\x74\x2f\xe5\xa3\x01\0\x04hello\0\0\0\0\
                   \x86\xa6\x10\x36\0\x01\x19\x05\xbc\xe8\xec\xcb\x90\x42\x99\x0d\x01\0\0\0\0\x01YZ";
        [
            (Codec::Gzip, gzip.finish().unwrap_or_default()),
            (Codec::Zstd, zstd::bulk::compress(b"hello", 3).unwrap_or_default()),
            (Codec::Xz, xz.to_vec()),
            (Codec::Bzip2, bzip2.finish().unwrap_or_default()),
        ]
    }

    #[test]
    fn tells_by_content() {
        for (codec, bytes) in samples() {
            assert_eq!(Codec::of(&bytes), codec);
        }
        for plain in [&b""[..], b"\x1f\x8b", b"BZhello there", b"etc/passwd\0", b"BZh91AY"] {
            assert_eq!(Codec::of(plain), Codec::Plain);
        }
    }

    #[test]
    fn reads_several_members_and_notices_a_missing_end() {
        for (codec, bytes) in samples() {
            let read = |bytes: &[u8]| {
                let mut text = String::new();
                codec.decoder(bytes).and_then(|mut decoder| decoder.read_to_string(&mut text)).map(|_| text)
            };
            assert_eq!(read(&bytes.repeat(2)).ok().as_deref(), Some("hellohello"), "{codec:?}");
            let cut = bytes.get(..bytes.len() - 2).unwrap_or_default();
            let error = read(cut).err().map(|error| error.kind());
            assert_eq!(error, Some(std::io::ErrorKind::UnexpectedEof), "{codec:?}");
        }
    }
}
