//! Walks through a tar, front to back, without unpacking anything. Names are only ever compared.
//!
//! The crate `tar` reads the fields of headers. Its own walk keeps long names and attributes in memory
//! whatever their size, which an archive from a stranger must not be able to ask for.

use std::fs::File;
use std::io::{self, BufReader, Read};

use tar::{EntryType, Header, PaxExtensions};

/// The size of headers, and what everything is padded to.
const BLOCK: u64 = 512;

/// The longest extension of a header, such as a long name.
const EXTENSION: u64 = 64 << 10;

/// Input that can pass over bytes.
pub(crate) trait Skip: Read {
    /// Passes over `bytes`, and fails if there are not so many.
    fn skip(&mut self, bytes: u64) -> io::Result<()>;
}

/// Input that can only be read.
pub(crate) struct Stream<R>(pub(crate) R);

impl<R: Read> Read for Stream<R> {
    fn read(&mut self, buffer: &mut [u8]) -> io::Result<usize> {
        self.0.read(buffer)
    }
}

impl<R: Read> Skip for Stream<R> {
    fn skip(&mut self, bytes: u64) -> io::Result<()> {
        let skipped = io::copy(&mut self.0.by_ref().take(bytes), &mut io::sink())?;
        if skipped == bytes { Ok(()) } else { Err(io::ErrorKind::UnexpectedEof.into()) }
    }
}

/// A file, of which what is passed over is not read.
pub(crate) struct Seekable {
    file: BufReader<File>,
    left: u64,
}

impl Seekable {
    pub(crate) fn new(file: File) -> io::Result<Self> {
        let left = file.metadata()?.len();
        Ok(Self { file: BufReader::new(file), left })
    }
}

impl Read for Seekable {
    fn read(&mut self, buffer: &mut [u8]) -> io::Result<usize> {
        let length = self.file.read(buffer)?;
        self.left = self.left.saturating_sub(length as u64);
        Ok(length)
    }
}

impl Skip for Seekable {
    fn skip(&mut self, bytes: u64) -> io::Result<()> {
        self.left = self.left.checked_sub(bytes).ok_or(io::ErrorKind::UnexpectedEof)?;
        self.file.seek_relative(i64::try_from(bytes).map_err(|_| io::ErrorKind::UnexpectedEof)?)
    }
}

/// A file, or what stands for one, in an archive.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Member {
    /// Its name, without `.` and doubled slashes.
    pub(crate) name: String,
    pub(crate) kind: Kind,
    /// Where its content begins.
    pub(crate) offset: u64,
    pub(crate) size: u64,
}

#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) enum Kind {
    File,
    /// Stands for the file of this name.
    Link(String),
    Other,
}

/// A tar that is walked through.
pub(crate) struct Tar<R> {
    input: R,
    /// Where the input stands.
    at: u64,
    /// Where the current member's content ends.
    end: u64,
}

impl<R: Skip> Tar<R> {
    pub(crate) fn new(input: R) -> Self {
        Self { input, at: 0, end: 0 }
    }

    /// Goes to the next member, or to the end of the archive.
    pub(crate) fn next(&mut self) -> io::Result<Option<Member>> {
        let mut long_name = None;
        let mut long_link = None;
        let mut attributes = Attributes::default();
        loop {
            self.skip_to(self.end.next_multiple_of(BLOCK))?;
            let Some(header) = self.header()? else { return Ok(None) };
            let mut size = header.entry_size().map_err(damaged)?;
            match header.entry_type() {
                EntryType::GNULongName => long_name = Some(self.text(size)?),
                EntryType::GNULongLink => long_link = Some(self.text(size)?),
                EntryType::XHeader => attributes = Attributes::read(&self.extension(size)?),
                EntryType::XGlobalHeader => self.end = self.end_after(size)?,
                kind => {
                    // Whatever the headers of the others say.
                    let has_content = !matches!(
                        kind,
                        EntryType::Link
                            | EntryType::Symlink
                            | EntryType::Char
                            | EntryType::Block
                            | EntryType::Directory
                            | EntryType::Fifo
                    );
                    size = attributes.size.unwrap_or(size);
                    let name = long_name
                        .or(attributes.path)
                        .unwrap_or_else(|| String::from_utf8_lossy(&header.path_bytes()).into_owned());
                    let link = long_link
                        .or(attributes.link)
                        .or_else(|| Some(String::from_utf8_lossy(&header.link_name_bytes()?).into_owned()));
                    let name = normal(&name);
                    let kind = match (kind, link) {
                        (EntryType::Regular | EntryType::Continuous, _) => Kind::File,
                        // Hard links are told from the root, symbolic ones from their own folder.
                        (EntryType::Link, Some(link)) => Kind::Link(normal(&link)),
                        (EntryType::Symlink, Some(link)) => Kind::Link(beside(&name, &link)),
                        _ => Kind::Other,
                    };
                    let size = if has_content { size } else { 0 };
                    self.end = self.end_after(size)?;
                    return Ok(Some(Member { name, kind, offset: self.at, size }));
                }
            }
        }
    }

    /// The content of the current member.
    pub(crate) fn content(&mut self) -> Content<'_, R> {
        Content(self)
    }

    /// The content of the current member, on its own.
    pub(crate) fn into_content(self) -> impl Read + Send
    where
        R: Send,
    {
        struct Own<R>(Tar<R>);
        impl<R: Skip> Read for Own<R> {
            fn read(&mut self, buffer: &mut [u8]) -> io::Result<usize> {
                self.0.content().read(buffer)
            }
        }
        Own(self)
    }

    /// Gives the input back, to read what comes after the end.
    pub(crate) fn into_input(self) -> R {
        self.input
    }

    fn end_after(&self, size: u64) -> io::Result<u64> {
        let end = self.at.checked_add(size).filter(|end| *end < i64::MAX as u64);
        end.ok_or_else(|| damaged("a size is out of all proportion"))
    }

    fn skip_to(&mut self, position: u64) -> io::Result<()> {
        if let Some(bytes) = position.checked_sub(self.at).filter(|bytes| *bytes > 0) {
            self.input.skip(bytes)?;
            self.at = position;
        }
        Ok(())
    }

    /// The next header; none at the end. Some writers leave the empty one at the end out.
    fn header(&mut self) -> io::Result<Option<Header>> {
        let mut header = Header::new_old();
        let mut read = 0;
        let bytes = header.as_mut_bytes();
        while let Some(rest) = bytes.get_mut(read..).filter(|rest| !rest.is_empty()) {
            match self.input.read(rest)? {
                0 if read == 0 => return Ok(None),
                0 => return Err(io::ErrorKind::UnexpectedEof.into()),
                length => read += length,
            }
        }
        self.at += BLOCK;
        self.end = self.at;
        if header.as_bytes().iter().all(|byte| *byte == 0) {
            return Ok(None);
        }
        if is_header(header.as_bytes()) { Ok(Some(header)) } else { Err(damaged("a header has a wrong checksum")) }
    }

    fn extension(&mut self, size: u64) -> io::Result<Vec<u8>> {
        if size > EXTENSION {
            return Err(damaged("the name or the attributes of a file are far too long"));
        }
        self.end = self.end_after(size)?;
        let mut bytes = Vec::new();
        self.content().read_to_end(&mut bytes)?;
        Ok(bytes)
    }

    fn text(&mut self, size: u64) -> io::Result<String> {
        let bytes = self.extension(size)?;
        Ok(String::from_utf8_lossy(bytes.split(|byte| *byte == 0).next().unwrap_or_default()).into_owned())
    }
}

/// What extended headers say of the next member.
#[derive(Default)]
struct Attributes {
    path: Option<String>,
    link: Option<String>,
    size: Option<u64>,
}

impl Attributes {
    fn read(bytes: &[u8]) -> Self {
        let mut found = Self::default();
        for extension in PaxExtensions::new(bytes).flatten() {
            let value = String::from_utf8_lossy(extension.value_bytes());
            match extension.key_bytes() {
                b"path" => found.path = Some(value.into_owned()),
                b"linkpath" => found.link = Some(value.into_owned()),
                b"size" => found.size = value.parse().ok(),
                _ => {}
            }
        }
        found
    }
}

/// The content of a member. Unlike the input, it may not end early.
pub(crate) struct Content<'t, R>(&'t mut Tar<R>);

impl<R: Read> Read for Content<'_, R> {
    fn read(&mut self, buffer: &mut [u8]) -> io::Result<usize> {
        let Tar { input, at, end } = &mut *self.0;
        let left = usize::try_from(*end - *at).unwrap_or(usize::MAX).min(buffer.len());
        let Some(buffer) = buffer.get_mut(..left).filter(|buffer| !buffer.is_empty()) else { return Ok(0) };
        let length = input.read(buffer)?;
        if length == 0 {
            return Err(io::ErrorKind::UnexpectedEof.into());
        }
        *at += length as u64;
        Ok(length)
    }
}

/// Whether 512 bytes are a header, by its checksum.
pub(crate) fn is_header(block: &[u8]) -> bool {
    let Some(block) = block.get(..512) else { return false };
    let header = Header::from_byte_slice(block);
    let sum: u32 =
        block.iter().enumerate().map(|(at, byte)| if (148..156).contains(&at) { 32 } else { u32::from(*byte) }).sum();
    header.cksum().is_ok_and(|found| found == sum)
}

/// A name without `.` and doubled slashes. `..` stays, and so does a slash in front: who has them
/// names something else.
pub(crate) fn normal(name: &str) -> String {
    let parts: Vec<&str> = name.split('/').filter(|part| !part.is_empty() && *part != ".").collect();
    format!("{}{}", if name.starts_with('/') { "/" } else { "" }, parts.join("/"))
}

/// What a symbolic link in the folder of `name` means.
fn beside(name: &str, link: &str) -> String {
    if link.starts_with('/') {
        return normal(link);
    }
    let mut parts: Vec<&str> = name.split('/').collect();
    parts.pop();
    for part in link.split('/').filter(|part| !part.is_empty() && *part != ".") {
        match (part, parts.last()) {
            ("..", Some(last)) if *last != ".." => {
                parts.pop();
            }
            _ => parts.push(part),
        }
    }
    parts.join("/")
}

fn damaged(reason: impl Into<Box<dyn std::error::Error + Send + Sync>>) -> io::Error {
    io::Error::new(io::ErrorKind::InvalidData, reason)
}

#[cfg(test)]
mod tests {
    use std::io::{self, Read as _};

    use tar::{Builder, EntryType, Header};

    use super::{Kind, Stream, Tar, beside, normal};

    fn walk(bytes: &[u8]) -> io::Result<Vec<(String, Kind, String)>> {
        let mut tar = Tar::new(Stream(bytes));
        let mut found = Vec::new();
        while let Some(member) = tar.next()? {
            let mut text = String::new();
            tar.content().read_to_string(&mut text)?;
            found.push((member.name, member.kind, text));
        }
        Ok(found)
    }

    fn sample() -> Vec<u8> {
        let mut builder = Builder::new(Vec::new());
        let mut header = Header::new_gnu();
        header.set_size(5);
        let long = "d/".repeat(100) + "f";
        for name in ["./a//b", &long] {
            builder.append_data(&mut header.clone(), name, &b"hello"[..]).unwrap_or_default();
        }
        header.set_size(0);
        for (kind, target) in [(EntryType::Symlink, "../a/b"), (EntryType::Link, "a/b"), (EntryType::Directory, "x")] {
            header.set_entry_type(kind);
            builder.append_link(&mut header, "c/l", target).unwrap_or_default();
        }
        builder.into_inner().unwrap_or_default()
    }

    #[test]
    fn walks_through_files_and_links() {
        let found = walk(&sample()).unwrap_or_default();
        let file = |name: &str| (name.to_owned(), Kind::File, "hello".to_owned());
        let link = |to: &str| ("c/l".to_owned(), Kind::Link(to.to_owned()), String::new());
        let folder = ("c/l".to_owned(), Kind::Other, String::new());
        assert_eq!(found, [file("a/b"), file(&("d/".repeat(100) + "f")), link("a/b"), link("a/b"), folder]);
    }

    #[test]
    fn notices_where_it_is_cut() {
        let whole = sample();
        // In a header, in a content, and in what pads it; only between two members it can't be told.
        for length in [1, 511, 513, 700, 1024 + 17] {
            let error = walk(whole.get(..length).unwrap_or_default()).err().map(|error| error.kind());
            assert_eq!(error, Some(io::ErrorKind::UnexpectedEof), "{length}");
        }
        assert_eq!(walk(whole.get(..1024).unwrap_or_default()).map(|found| found.len()).ok(), Some(1));
    }

    #[test]
    fn attributes_of_any_size_are_not_read() {
        for kind in [EntryType::GNULongName, EntryType::XHeader] {
            let mut header = Header::new_gnu();
            header.set_entry_type(kind);
            header.set_size(1 << 40);
            header.set_cksum();
            let error = walk(header.as_bytes()).err().map(|error| error.to_string());
            assert_eq!(error.as_deref(), Some("the name or the attributes of a file are far too long"));
        }
    }

    #[test]
    fn names_are_compared_in_one_form() {
        assert_eq!(normal("./a/./b//c"), "a/b/c");
        assert_eq!((normal("/a"), normal("../a")), ("/a".to_owned(), "../a".to_owned()));
        assert_eq!(beside("x/layer.tar", "../y/layer.tar"), "y/layer.tar");
        assert_eq!(beside("layer.tar", "../../etc/passwd"), "../../etc/passwd");
        assert_eq!(beside("x/l", "/etc/passwd"), "/etc/passwd");
    }
}
