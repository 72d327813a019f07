//! The reader's part: it hashes what a layer is, hands blocks to those who compress, and to the one who
//! sends it the order of what comes.

use std::io::{self, Read};
use std::sync::Arc;
use std::sync::mpsc::{SyncSender, channel, sync_channel};
use std::thread;

use crate::archive::codec::Codec;
use crate::archive::stream::reading;
use crate::digest::Hasher;
use crate::image::manifest::Blob;
use crate::observe::{Arrival, Event};
use crate::push::again::Origin;
use crate::push::blocks::{BLOCK, Budget, Chunk};
use crate::push::compress::{Job, block};
use crate::push::entry::Entry;
use crate::push::live::Slot;
use crate::push::plan::{AtHand, Context, Outcome, Target};
use crate::push::send::{Mode, Task};
use crate::push::unpack::{Chunks, Flaw, Tell, Unpacked, Unpacking, hash, unpack};
use crate::{Digest, Error};

/// The queues to those who compress and send.
pub(crate) struct Lines<'scope, 'env> {
    /// Where further threads start.
    pub(crate) scope: &'scope thread::Scope<'scope, 'env>,
    pub(crate) budget: Arc<Budget>,
    pub(crate) jobs: SyncSender<Job>,
    pub(crate) tasks: SyncSender<Task>,
}

/// How many blocks of a layer may wait to be unpacked and verified.
const VERIFIED_LATER: usize = 4;

/// Reads files that may be layers.
pub(crate) struct Feeder<'f, 'scope, 'env, 'a> {
    pub(crate) context: &'f Context<'a>,
    pub(crate) lines: &'f Lines<'scope, 'env>,
    pub(crate) archive: &'f str,
    pub(crate) origin: &'f Origin,
}

/// Why reading a layer ended early.
enum Ended {
    /// The archive can't be read.
    Broken(io::Error),
    /// The push is over, or something else failed.
    Over(Error),
}

impl From<io::Error> for Ended {
    fn from(error: io::Error) -> Self {
        Self::Broken(error)
    }
}

impl From<Error> for Ended {
    fn from(error: Error) -> Self {
        Self::Over(error)
    }
}

/// The digest that is in a file's name: of the layer, as nix has it, or of the blob, as ko has it. Archives
/// of Docker have something else there.
fn named(entry: &Entry) -> Option<Digest> {
    let name = entry.name.strip_suffix("/layer.tar").unwrap_or(&entry.name);
    Digest::from_hex(name.rsplit('/').next()?.split('.').next()?)
}

/// What could not be handed over, since the push is over.
fn over<T>(_: T) -> Error {
    Error::Stopped
}

impl Feeder<'_, '_, '_, '_> {
    /// Reads a file that may be a layer, and sees to it that the registry has it.
    pub(crate) fn feed(&self, entry: &Entry, input: impl Read + Send) -> Result<(), Error> {
        let event = Event::Begun { layer: entry.number, name: &entry.name, bytes: entry.size };
        self.context.observer.event(&event);
        self.try_feed(entry, input).map_err(|ended| match ended {
            Ended::Broken(error) => reading(self.archive, &entry.name, error),
            Ended::Over(error) => error,
        })
    }

    fn try_feed(&self, entry: &Entry, input: impl Read + Send) -> Result<(), Ended> {
        let context = self.context;
        let mut input =
            Input { file: input, context, number: entry.number, raw: Hasher::default(), hashed: false, failed: false };
        let first = block(&mut input)?;
        let codec = Codec::of(&first);
        let target = match context.target(codec) {
            Ok(target) => target,
            Err(flaw) => {
                context.settle(&entry.name, Outcome { unpacked: Err(flaw), raw: None, blob: None, sent: 0 });
                return Ok(());
            }
        };
        let guess = entry.expected.or_else(|| self.guess(entry, codec));
        // In a stream it goes by anyway; what is at hand at least need not be compressed.
        if entry.expected.is_none()
            && let Some(layer) = guess
            && let Some(at_hand) = context.at_hand(&layer, entry.claimed.as_ref())?
        {
            let whole = hash(&first, &mut input)?;
            self.compare(entry, codec, whole.digest, at_hand);
            return Ok(());
        }
        match target {
            Target::AsIs => match &entry.claimed {
                Some(digest) if context.registry.has(digest)? => {
                    self.verify(entry, codec, first, &mut input, Arrival::There)
                }
                Some(digest) if context.mount(digest)? => {
                    self.verify(entry, codec, first, &mut input, Arrival::Mounted)
                }
                // Nothing must depend on what a name says: what is not sent could not be read again.
                _ => {
                    let mode = match named(entry) {
                        Some(digest) if context.registry.has(&digest)? => {
                            Mode::Expect(Blob { digest, size: entry.size, codec })
                        }
                        _ => Mode::Send,
                    };
                    self.pass_on(entry, codec, first, &mut input, mode)
                }
            },
            Target::Recode(to) => {
                let likely = guess.map(|layer| context.likely(&layer, to)).transpose()?.flatten();
                let mode = likely.map_or(Mode::Send, Mode::Expect);
                self.recode(entry, (codec, to), first, &mut input, mode)
            }
        }
    }

    /// What the layer may be, by its name.
    fn guess(&self, entry: &Entry, codec: Codec) -> Option<Digest> {
        if codec != Codec::Plain {
            return entry.claimed.or(named(entry)).and_then(|blob| self.context.layer_of(&blob));
        }
        named(entry)
    }

    /// Holds a file of which only the digest was taken against what is at hand.
    fn compare(&self, entry: &Entry, codec: Codec, found: Digest, at_hand: AtHand) {
        let AtHand { known, layer, how } = at_hand;
        let is_it = if codec == Codec::Plain { found == layer } else { self.context.layer_of(&found) == Some(layer) };
        if is_it {
            let unpacked = Unpacked { digest: layer, bytes: known.unpacked };
            self.context.done(entry, unpacked, Some(found), known.blob, how, 0);
        } else {
            let flaw = Flaw::Bad("it is something else than its name says".to_owned());
            self.context.settle(&entry.name, Outcome { unpacked: Err(flaw), raw: Some(found), blob: None, sent: 0 });
        }
    }

    /// Reads a blob that the registry has, to see whether it is the layer that is meant.
    fn verify<R: Read + Send>(
        &self,
        entry: &Entry,
        codec: Codec,
        first: Vec<u8>,
        input: &mut Input<'_, '_, R>,
        how: Arrival,
    ) -> Result<(), Ended> {
        input.hash(&first);
        let largest = self.context.options.largest;
        let unpacked = unpack(codec, io::Cursor::new(first).chain(&mut *input), largest, |_| Ok(()));
        let unpacked = flawed(unpacked)?;
        // What follows the compressed part counts for the digest.
        io::copy(input, &mut io::sink())?;
        let (size, raw) = (input.raw.bytes(), input.digest());
        match unpacked {
            Ok(unpacked) if raw == entry.claimed && entry.expected.is_none_or(|layer| layer == unpacked.digest) => {
                let digest = raw.unwrap_or(unpacked.digest);
                self.context.done(entry, unpacked, raw, Blob { digest, size, codec }, how, 0);
            }
            unpacked => self.context.settle(&entry.name, Outcome { unpacked, raw, blob: None, sent: 0 }),
        }
        Ok(())
    }

    /// Sends a layer as it is. Meanwhile another thread unpacks it, to see whether it is the one that is
    /// meant.
    fn pass_on(
        &self,
        entry: &Entry,
        codec: Codec,
        first: Vec<u8>,
        input: &mut (impl Read + Send),
        mode: Mode,
    ) -> Result<(), Ended> {
        let Self { context, lines, .. } = self;
        let (slots, queue) = channel();
        let (verdict, verdicts) = sync_channel(1);
        lines.tasks.send(Task::new(entry, queue, mode, codec, None, self.origin)).map_err(over)?;
        let (copies, chunks) = sync_channel::<Chunk>(VERIFIED_LATER);
        let largest = context.options.largest;
        lines.scope.spawn(move || {
            let mut chunks = Chunks::new(chunks);
            let unpacked = unpack(codec, &mut chunks, largest, |_| Ok(()));
            chunks.drain();
            let unpacked = flawed(unpacked).unwrap_or_else(|error| Err(Flaw::Bad(error.to_string())));
            // Nobody takes it if the push is over.
            let _ = verdict.send((unpacked, None));
        });
        let mut next = first;
        loop {
            let last = next.len() < BLOCK;
            context.run.going()?;
            let permit = Arc::new(lines.budget.take(context.run)?);
            let bytes = Arc::new(next);
            copies.send(Chunk { bytes: Arc::clone(&bytes), _permit: Arc::clone(&permit) }).map_err(over)?;
            slots.send(Slot::Ready(Chunk { bytes, _permit: permit })).map_err(over)?;
            if last {
                return slots.send(Slot::End(verdicts)).map_err(|end| over(end).into());
            }
            next = block(input)?;
        }
    }

    /// Compresses a layer and sends it.
    fn recode<R: Read + Send>(
        &self,
        entry: &Entry,
        (from, to): (Codec, Codec),
        first: Vec<u8>,
        input: &mut Input<'_, '_, R>,
        mode: Mode,
    ) -> Result<(), Ended> {
        let Self { context, lines, .. } = self;
        if entry.claimed.is_some() && from != Codec::Plain {
            input.hash(&first);
        }
        let (slots, queue) = channel();
        let (verdict, verdicts) = sync_channel(1);
        lines.tasks.send(Task::new(entry, queue, mode, to, Some(to), self.origin)).map_err(over)?;
        let hand_over = |block| {
            context.run.going()?;
            let permit = lines.budget.take(context.run)?;
            let (done, chunk) = sync_channel(1);
            lines.jobs.send(Job { block, permit, done }).map_err(over)?;
            slots.send(Slot::Coming(chunk)).map_err(over)
        };
        let mut ended = None;
        let whole = io::Cursor::new(first).chain(&mut *input);
        let unpacked = unpack(from, whole, context.options.largest, |block| {
            hand_over(block).map_err(|error| {
                ended = Some(error);
                io::ErrorKind::Other.into()
            })
        });
        if let Some(error) = ended {
            return Err(error.into());
        }
        let unpacked = flawed(unpacked)?;
        io::copy(input, &mut io::sink())?;
        let raw = match &unpacked {
            Ok(unpacked) if from == Codec::Plain => Some(unpacked.digest),
            _ => input.digest(),
        };
        let _ = verdict.send((unpacked, raw));
        slots.send(Slot::End(verdicts)).map_err(|end| over(end).into())
    }
}

/// Keeps what is wrong with a layer apart from what ends everything.
fn flawed(unpacked: Result<Unpacked, Unpacking>) -> io::Result<Result<Unpacked, Flaw>> {
    match unpacked {
        Ok(unpacked) => Ok(Ok(unpacked)),
        Err(Unpacking::Flaw(flaw)) => Ok(Err(flaw)),
        Err(Unpacking::Ended(error)) => Err(error),
    }
}

/// A file of the archive, as it is read.
struct Input<'c, 'a, R> {
    file: R,
    context: &'c Context<'a>,
    number: usize,
    raw: Hasher,
    hashed: bool,
    failed: bool,
}

impl<R> Input<'_, '_, R> {
    /// From here on, takes the digest of the file. `first` is what was read already.
    fn hash(&mut self, first: &[u8]) {
        self.raw.update(first);
        self.hashed = true;
    }

    /// The digest, if it was taken.
    fn digest(&mut self) -> Option<Digest> {
        self.hashed.then(|| std::mem::take(&mut self.raw).digest())
    }
}

impl<R: Read> Read for Input<'_, '_, R> {
    fn read(&mut self, buffer: &mut [u8]) -> io::Result<usize> {
        let length = self.file.read(buffer).inspect_err(|_| self.failed = true)?;
        if self.hashed {
            self.raw.update(buffer.get(..length).unwrap_or_default());
        }
        self.context.observer.event(&Event::Read { layer: self.number, bytes: length as u64 });
        Ok(length)
    }
}

impl<R: Read> Tell for io::Chain<io::Cursor<Vec<u8>>, &mut Input<'_, '_, R>> {
    fn failed(&self) -> bool {
        self.get_ref().1.failed
    }
}
