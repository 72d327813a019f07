//! The sender's part: it brings a blob into the registry, in one request as it comes into being, and
//! piece by piece if that fails.

use std::fs::File;
use std::io::{self, Read};
use std::sync::mpsc::Receiver;
use std::sync::{Mutex, PoisonError};

use crate::archive::codec::Codec;
use crate::image::manifest::Blob;
use crate::observe::{Arrival, Event};
use crate::push::again::{Again, Origin};
use crate::push::entry::Entry;
use crate::push::live::{Live, Slot, Verdict};
use crate::push::plan::{Context, Outcome};
use crate::registry::Trouble;
use crate::{Digest, Error};

/// A blob that is to be brought into the registry.
pub(crate) struct Task {
    entry: Entry,
    queue: Receiver<Slot>,
    mode: Mode,
    /// How the blob is compressed.
    codec: Codec,
    /// How it came to be from the file, if it is not the file itself.
    recode: Option<Codec>,
    origin: Origin,
}

/// Whether a blob is sent.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Mode {
    Send,
    /// Not if it becomes this one, which the registry has.
    Expect(Blob),
}

impl Task {
    pub(crate) fn new(
        entry: &Entry,
        queue: Receiver<Slot>,
        mode: Mode,
        codec: Codec,
        recode: Option<Codec>,
        origin: &Origin,
    ) -> Self {
        Self { entry: entry.clone(), queue, mode, codec, recode, origin: origin.clone() }
    }
}

/// Blobs up to this size are known as a whole before any of it is sent.
const SMALL: usize = 2 << 20;

/// How much is sent in one request when a blob is sent anew. Some registries want 5 MiB at least.
const PIECE: u64 = 8 << 20;

/// Does one task after the other, until there are none.
pub(crate) fn serve(context: &Context<'_>, tasks: &Mutex<Receiver<Task>>) {
    loop {
        let task = tasks.lock().unwrap_or_else(PoisonError::into_inner).recv();
        let Ok(task) = task else { return };
        if context.run.has_ended() {
            continue;
        }
        if let Err(error) = send(context, task) {
            context.run.fail(error);
        }
    }
}

fn send(context: &Context<'_>, task: Task) -> Result<(), Error> {
    let Task { entry, queue, mode, codec, recode, origin } = task;
    let mut live = Live::new(queue, context.observer, entry.number);
    let Ok(small) = live.gather(SMALL) else { return Ok(()) };
    if small {
        let bytes = live.take_waiting();
        let Some((digest, size, verdict, _)) = live.finish() else { return Ok(()) };
        let blob = Blob { digest, size, codec };
        return accept(context, &entry, blob, verdict, recode.is_some(), |blob| {
            bring(context, Some(&entry), blob, &Again::Memory(bytes), 0)
        });
    }
    if matches!(origin, Origin::Once) {
        live.spool();
    }
    let again = |spool: Option<io::Result<File>>| match spool {
        Some(spool) => spool.map(Again::File).map_err(Error::Spool),
        None => Ok(Again::Archive { origin, name: entry.name.clone(), recode }),
    };

    if let Mode::Expect(expected) = mode {
        if live.drain().is_err() {
            return Ok(());
        }
        let Some((digest, size, verdict, spool)) = live.finish() else { return Ok(()) };
        let blob = Blob { digest, size, codec };
        return accept(context, &entry, blob, verdict, recode.is_some(), |blob| {
            if blob == expected {
                Ok((Arrival::There, 0))
            } else {
                bring(context, Some(&entry), blob, &again(spool)?, 0)
            }
        });
    }

    let session = context.registry.begin_upload()?;
    let streamed = context.registry.stream(&session, &mut live);
    let refusal = match streamed {
        _ if live.given_up => return Ok(()),
        Ok(session) => {
            let Some((digest, size, verdict, spool)) = live.finish() else { return Ok(()) };
            let blob = Blob { digest, size, codec };
            return accept(context, &entry, blob, verdict, recode.is_some(), |blob| {
                match context.registry.commit(&session, &blob.digest) {
                    Ok(()) => Ok((Arrival::Sent, size)),
                    Err(Trouble::Final(error)) => Err(error),
                    Err(Trouble::Again(refusal)) => {
                        context.registry.back_off(ACT, 1, &refusal)?;
                        bring(context, Some(&entry), blob, &again(spool)?, 1)
                    }
                }
            });
        }
        Err(Trouble::Final(error)) => return Err(error),
        Err(Trouble::Again(refusal)) => refusal,
    };
    if live.drain().is_err() {
        return Ok(());
    }
    context.registry.back_off(ACT, 1, &refusal)?;
    let Some((digest, size, verdict, spool)) = live.finish() else { return Ok(()) };
    accept(context, &entry, Blob { digest, size, codec }, verdict, recode.is_some(), |blob| {
        bring(context, Some(&entry), blob, &again(spool)?, 1)
    })
}

const ACT: &str = "take a layer";

/// Lets a blob count only if it is the layer that is meant.
fn accept(
    context: &Context<'_>,
    entry: &Entry,
    blob: Blob,
    (unpacked, raw): Verdict,
    recoded: bool,
    bring: impl FnOnce(Blob) -> Result<(Arrival, u64), Error>,
) -> Result<(), Error> {
    // What is not compressed anew is the file itself.
    let raw = if recoded { raw } else { Some(blob.digest) };
    let is = |found: Option<Digest>, meant: Option<Digest>| meant.is_none() || found == meant;
    let meant =
        unpacked.as_ref().is_ok_and(|unpacked| is(Some(unpacked.digest), entry.expected)) && is(raw, entry.claimed);
    match unpacked {
        Ok(unpacked) if meant => {
            let (how, sent) = bring(blob)?;
            context.done(entry, unpacked, raw, blob, how, sent);
        }
        unpacked => context.settle(&entry.name, Outcome { unpacked, raw, blob: None, sent: 0 }),
    }
    Ok(())
}

impl Context<'_> {
    /// Sees to it that the registry has the config of the image.
    pub(super) fn send_config(&self, bytes: &[u8]) -> Result<(), Error> {
        let blob = Blob { digest: Digest::of(bytes), size: bytes.len() as u64, codec: Codec::Plain };
        bring(self, None, blob, &Again::Memory(bytes.to_vec()), 0).map(drop)
    }
}

/// Brings a blob into the registry whose bytes can be had again, in pieces: a piece that did not
/// arrive is sent again from where it broke off, or the blob from its start. `tried` is how often it
/// was tried already. Gives how it got there, and the bytes that were sent.
fn bring(
    context: &Context<'_>,
    entry: Option<&Entry>,
    blob: Blob,
    again: &Again,
    mut tried: u32,
) -> Result<(Arrival, u64), Error> {
    let registry = context.registry;
    if registry.has(&blob.digest)? {
        return Ok((Arrival::There, 0));
    }
    let name = || entry.map(|entry| entry.name.clone()).unwrap_or_default();
    let reading = |error: io::Error| Error::Unreadable { archive: name(), error };
    // Small ones are in memory; of the others, one at a time takes room for a piece.
    let _turn = (blob.size > SMALL as u64).then(|| context.anew.lock().unwrap_or_else(PoisonError::into_inner));
    'anew: loop {
        let mut session = registry.begin_upload()?;
        let mut bytes = again.open().map_err(reading)?;
        let mut start = 0;
        let mut piece = Vec::new();
        let refusal = loop {
            if piece.is_empty() {
                bytes.by_ref().take(PIECE).read_to_end(&mut piece).map_err(reading)?;
            }
            let length = piece.len() as u64;
            let sent = if piece.is_empty() {
                match registry.commit(&session, &blob.digest) {
                    Ok(()) => return Ok((Arrival::Sent, blob.size)),
                    Err(trouble) => Err(trouble),
                }
            } else {
                registry.piece(&session, start, &piece)
            };
            let refusal = match sent {
                Ok(next) => {
                    if let Some(entry) = entry {
                        context.observer.event(&Event::Sent { layer: entry.number, bytes: length });
                    }
                    session = next;
                    start += length;
                    piece.clear();
                    continue;
                }
                Err(Trouble::Final(error)) => return Err(error),
                Err(Trouble::Again(refusal)) => refusal,
            };
            tried += 1;
            if tried >= registry.attempts() {
                return Err(registry.given_up(ACT, tried, refusal));
            }
            if piece.is_empty() {
                break refusal;
            }
            registry.back_off(ACT, tried, &refusal)?;
            match registry.reached(&session) {
                Some((reached, next)) if (start..=start + length).contains(&reached) => {
                    session = next;
                    piece.drain(..usize::try_from(reached - start).unwrap_or_default());
                    start = reached;
                }
                _ => continue 'anew,
            }
        };
        registry.back_off(ACT, tried, &refusal)?;
    }
}
