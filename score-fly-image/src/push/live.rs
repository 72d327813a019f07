//! The bytes of a blob as they come into being.

use std::collections::VecDeque;
use std::fs::File;
use std::io::{self, Read, Write as _};
use std::sync::mpsc::Receiver;

use crate::Digest;
use crate::digest::Hasher;
use crate::error::STOPPED;
use crate::observe::{Event, Observer};
use crate::push::blocks::Chunk;
use crate::push::unpack::{Flaw, Unpacked};

/// What comes next.
pub(crate) enum Slot {
    Ready(Chunk),
    Coming(Receiver<Chunk>),
    /// All of it has come. Without this, the reader has given up.
    End(Receiver<Verdict>),
}

/// What the reader found, and the digest of the file where it is another than that of the blob.
pub(crate) type Verdict = (Result<Unpacked, Flaw>, Option<Digest>);

/// A blob that is being made.
pub(crate) struct Live<'a> {
    queue: Receiver<Slot>,
    /// What has come and was not read yet.
    waiting: VecDeque<Chunk>,
    /// How much of the first of them was read.
    read: usize,
    hasher: Hasher,
    /// Keeps a copy of all that has come, or the reason why there is none.
    spool: Option<io::Result<File>>,
    end: Option<Receiver<Verdict>>,
    /// That the reader has given up.
    pub(crate) given_up: bool,
    observer: &'a dyn Observer,
    number: usize,
}

impl<'a> Live<'a> {
    pub(crate) fn new(queue: Receiver<Slot>, observer: &'a dyn Observer, number: usize) -> Self {
        Self {
            queue,
            waiting: VecDeque::new(),
            read: 0,
            hasher: Hasher::default(),
            spool: None,
            end: None,
            given_up: false,
            observer,
            number,
        }
    }

    /// Waits for the next block; none at the end.
    fn pull(&mut self) -> io::Result<Option<()>> {
        if self.end.is_some() {
            return Ok(None);
        }
        let chunk = match self.queue.recv() {
            Ok(Slot::End(verdict)) => {
                self.end = Some(verdict);
                return Ok(None);
            }
            Ok(Slot::Ready(chunk)) => Some(chunk),
            Ok(Slot::Coming(chunk)) => chunk.recv().ok(),
            Err(_) => None,
        };
        let Some(chunk) = chunk else {
            self.given_up = true;
            return Err(STOPPED.into());
        };
        self.hasher.update(&chunk.bytes);
        if let Some(Ok(spool)) = &mut self.spool
            && let Err(error) = spool.write_all(&chunk.bytes)
        {
            self.spool = Some(Err(error));
        }
        self.waiting.push_back(chunk);
        Ok(Some(()))
    }

    /// Waits for so many bytes, or for the end. Says whether it has come.
    pub(crate) fn gather(&mut self, bytes: usize) -> io::Result<bool> {
        while self.waiting.iter().map(|chunk| chunk.bytes.len()).sum::<usize>() <= bytes {
            if self.pull()?.is_none() {
                return Ok(true);
            }
        }
        Ok(false)
    }

    /// From here on, keeps a copy of all bytes. If that fails, it matters only once it is needed.
    pub(crate) fn spool(&mut self) {
        let file = tempfile::tempfile();
        self.spool = Some(file.and_then(|mut file| {
            self.waiting.iter().try_for_each(|chunk| file.write_all(&chunk.bytes))?;
            Ok(file)
        }));
    }

    /// Lets the rest go by.
    pub(crate) fn drain(&mut self) -> io::Result<()> {
        self.waiting.clear();
        self.read = 0;
        while self.pull()?.is_some() {
            self.waiting.clear();
        }
        Ok(())
    }

    /// All bytes that have come and were not read.
    pub(crate) fn take_waiting(&mut self) -> Vec<u8> {
        let mut bytes = Vec::new();
        for chunk in self.waiting.drain(..) {
            bytes.extend_from_slice(&chunk.bytes);
        }
        bytes
    }

    /// The digest and size of the blob, what the reader found, and the copy; after the end.
    pub(crate) fn finish(self) -> Option<(Digest, u64, Verdict, Option<io::Result<File>>)> {
        let verdict = self.end?.recv().ok()?;
        let size = self.hasher.bytes();
        Some((self.hasher.digest(), size, verdict, self.spool))
    }
}

impl Read for Live<'_> {
    fn read(&mut self, buffer: &mut [u8]) -> io::Result<usize> {
        let mut filled = 0;
        while filled < buffer.len() {
            let Some(chunk) = self.waiting.front() else {
                // What is there is sent before more is waited for.
                if filled > 0 || self.pull()?.is_none() {
                    break;
                }
                continue;
            };
            let rest = chunk.bytes.get(self.read..).unwrap_or_default();
            let length = rest.len().min(buffer.len() - filled);
            if let (Some(from), Some(to)) = (rest.get(..length), buffer.get_mut(filled..filled + length)) {
                to.copy_from_slice(from);
            }
            filled += length;
            self.read += length;
            if self.read == chunk.bytes.len() {
                self.waiting.pop_front();
                self.read = 0;
            }
        }
        self.observer.event(&Event::Sent { layer: self.number, bytes: filled as u64 });
        Ok(filled)
    }
}
