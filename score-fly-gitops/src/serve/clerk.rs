//! The one who puts webhooks into the queue. Calls to a database block, so they are made here and not where requests are
//! answered; and what came at once waits as one look.

use std::sync::mpsc::{Receiver, SyncSender, TrySendError, sync_channel};
use std::sync::{Arc, Mutex, PoisonError};
use std::time::Duration;

use tokio::sync::oneshot;

use super::board::{Board, Heard};
use crate::queue::{Broken, Queue};

/// The key of a look at the tree, which comes before all else: what it finds may be what others are about to do in vain.
pub(super) const LOOK: &str = "!look";

/// So many webhooks wait for the clerk.
const MOST_WAITING: usize = 1024;

/// So many are dealt with at once.
const AT_ONCE: usize = 64;

/// So long a look waits for what else is pushed.
const GATHERS: Duration = Duration::from_millis(500);

/// The queue, for all threads of this process.
pub(super) type Shared = Arc<Mutex<Box<dyn Queue>>>;

/// A webhook that is to be believed, and that matters.
#[derive(Debug)]
struct Letter {
    sender: &'static str,
    delivery: Option<String>,
    answer: oneshot::Sender<Heard>,
}

/// The way to the clerk.
#[derive(Debug, Clone)]
pub(super) struct Counter(SyncSender<Letter>);

/// Where letters come in.
#[derive(Debug)]
pub(super) struct Letters(Receiver<Letter>);

/// A counter, and what comes in there.
pub(super) fn counter() -> (Counter, Letters) {
    let (sender, receiver) = sync_channel(MOST_WAITING);
    (Counter(sender), Letters(receiver))
}

impl Counter {
    /// Has a webhook kept. The answer comes once it is safe; nothing if there is no room.
    pub(super) fn hand_in(&self, sender: &'static str, delivery: Option<String>) -> Option<oneshot::Receiver<Heard>> {
        let (answer, heard) = oneshot::channel();
        match self.0.try_send(Letter { sender, delivery, answer }) {
            Ok(()) => Some(heard),
            Err(TrySendError::Full(_) | TrySendError::Disconnected(_)) => None,
        }
    }
}

/// Deals with what comes in, until nobody can hand in anything any more.
pub(super) fn work(letters: &Letters, queue: &Shared, board: &Board) {
    while let Ok(first) = letters.0.recv() {
        let letters: Vec<Letter> = std::iter::once(first).chain(letters.0.try_iter().take(AT_ONCE - 1)).collect();
        let kept = keep(&letters, queue);
        if let Err(broken) = &kept {
            let mut now = board.now();
            (now.broken, now.owes_look) = (Some(broken.to_string()), true);
        }
        let kept = kept.unwrap_or_else(|_| vec![Heard::Unkept; letters.len()]);
        if kept.contains(&Heard::Wakes) || kept.contains(&Heard::Unkept) {
            board.wake();
        }
        for (letter, heard) in letters.into_iter().zip(kept) {
            board.count(heard);
            // Whoever asked may have gone.
            let _ = letter.answer.send(heard);
        }
    }
}

/// Keeps webhooks. Should this end halfway, the look that nobody asked for then is [owed](super::board::Now::owes_look): by
/// this process, or by the next one, which begins with a look.
fn keep(letters: &[Letter], queue: &Shared) -> Result<Vec<Heard>, Broken> {
    let mut queue = queue.lock().unwrap_or_else(PoisonError::into_inner);
    let mut kept = Vec::new();
    for letter in letters {
        let is_new = match &letter.delivery {
            Some(delivery) => queue.remember(letter.sender, delivery)?,
            None => true,
        };
        kept.push(if is_new { Heard::Wakes } else { Heard::Repeated });
    }
    if kept.contains(&Heard::Wakes) {
        queue.enqueue(LOOK, "a push", GATHERS)?;
    }
    Ok(kept)
}
