//! Reading on a thread of its own: what is compressed is unpacked meanwhile, and whoever waits for a
//! pipe that nobody writes to can stop waiting.

use std::io::{self, Read};
use std::sync::mpsc::{Receiver, RecvTimeoutError, sync_channel};
use std::thread;
use std::time::Duration;

use crate::Stop;
use crate::error::STOPPED;

/// How much is read at a time, and how often that waits to be taken.
const CHUNK: usize = 256 << 10;
const AHEAD: usize = 4;

/// How often to look whether the end was asked for.
const LOOK: Duration = Duration::from_millis(50);

/// The other end of a thread that reads.
pub(crate) struct Pump<'s> {
    chunks: Receiver<io::Result<Vec<u8>>>,
    chunk: Vec<u8>,
    read: usize,
    total: u64,
    limit: u64,
    stop: &'s Stop<'s>,
}

impl<'s> Pump<'s> {
    /// Reads what `open` opens, of which there may be `limit` bytes.
    pub(crate) fn start(
        open: impl FnOnce() -> io::Result<Box<dyn Read + Send>> + Send + 'static,
        limit: u64,
        stop: &'s Stop<'s>,
    ) -> io::Result<Self> {
        let (sender, chunks) = sync_channel(AHEAD);
        // It is not waited for: nothing ends a read of a pipe.
        thread::Builder::new().name("read archive".to_owned()).spawn(move || {
            let mut input = match open() {
                Ok(input) => input,
                Err(error) => return drop(sender.send(Err(error))),
            };
            loop {
                let mut chunk = Vec::with_capacity(CHUNK);
                let read = input.by_ref().take(CHUNK as u64).read_to_end(&mut chunk);
                let last = chunk.len() < CHUNK;
                if !chunk.is_empty() && sender.send(Ok(chunk)).is_err() {
                    return;
                }
                if let Err(error) = read {
                    return drop(sender.send(Err(error)));
                }
                if last {
                    return;
                }
            }
        })?;
        Ok(Self { chunks, chunk: Vec::new(), read: 0, total: 0, limit, stop })
    }
}

impl Read for Pump<'_> {
    fn read(&mut self, buffer: &mut [u8]) -> io::Result<usize> {
        while self.read == self.chunk.len() {
            if (self.stop)() {
                return Err(STOPPED.into());
            }
            match self.chunks.recv_timeout(LOOK) {
                Ok(chunk) => (self.chunk, self.read) = (chunk?, 0),
                Err(RecvTimeoutError::Timeout) => {}
                Err(RecvTimeoutError::Disconnected) => return Ok(0),
            }
        }
        let rest = self.chunk.get(self.read..).unwrap_or_default();
        let length = rest.len().min(buffer.len());
        if let (Some(from), Some(to)) = (rest.get(..length), buffer.get_mut(..length)) {
            to.copy_from_slice(from);
        }
        self.read += length;
        self.total += length as u64;
        if self.total > self.limit {
            let reason = format!("unpacked, it has more than {} bytes", self.limit);
            return Err(io::Error::new(io::ErrorKind::FileTooLarge, reason));
        }
        Ok(length)
    }
}

#[cfg(test)]
mod tests {
    use std::io::{self, Read as _};

    use super::{CHUNK, Pump};

    #[test]
    fn passes_on_all_bytes_up_to_the_limit() {
        for length in [0, 1, CHUNK, 3 * CHUNK + 1] {
            let bytes: Vec<u8> = (0..=255).cycle().take(length).collect();
            let input = bytes.clone();
            let mut read = Vec::new();
            let pump = Pump::start(move || Ok(Box::new(io::Cursor::new(input))), length as u64, &|| false);
            assert_eq!(pump.and_then(|mut pump| pump.read_to_end(&mut read)).ok(), Some(length));
            assert!(read == bytes);
        }
        let endless = Pump::start(|| Ok(Box::new(io::repeat(0))), 1 << 20, &|| false);
        let error = endless.and_then(|mut pump| pump.read_to_end(&mut Vec::new())).err();
        assert_eq!(error.map(|error| error.kind()), Some(io::ErrorKind::FileTooLarge));
    }

    #[test]
    fn stops_while_nothing_comes() {
        let (reader, _writer) = io::pipe().unwrap_or_else(|error| panic!("{error}"));
        let pump = Pump::start(move || Ok(Box::new(reader)), 1, &|| true);
        let error = pump.and_then(|mut pump| pump.read(&mut [0])).err();
        assert_eq!(error.map(|error| error.kind()), Some(crate::error::STOPPED));
    }
}
