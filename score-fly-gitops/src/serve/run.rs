//! Starting and ending.

use std::fs::File;
use std::path::Path;
use std::sync::mpsc::sync_channel;
use std::sync::{Arc, Mutex};
use std::thread;
use std::time::Duration;

use score_fly_engine::ops::Context;

use super::board::Board;
use super::clerk::{self, counter};
use super::keys::{Secrets, TOKEN, WEBHOOK_SECRET};
use super::notify::Notifier;
use super::options::{Options, Said, first};
use super::web::{self, Desk};
use super::work::Works;
use crate::queue::{self, Place};
use crate::read::Cache;

/// Keeps Fly in step with a tree until it is cancelled. What is under way then ends in good order, and goes on with the next
/// start.
///
/// # Errors
/// If it can't listen, or its database can't be opened: a sentence without its end.
pub fn serve(
    context: &Context<'_>,
    cache: &Cache,
    options: &Options,
    said: &(dyn Fn(&Said<'_>) + Sync),
) -> Result<(), String> {
    let _heeded = context.cancel.listen();
    let _alone = match &options.database {
        Place::File(path) => Some(lock(path)?),
        Place::Postgres(_) => None,
    };
    let opened = queue::open(&options.database).map_err(|error| format!("the database can't be opened: {error}"))?;
    let queue = Arc::new(Mutex::new(opened));
    let board = Arc::new(Board::default());
    board.now().repositories = first(&options.begin);
    let (counter, letters) = counter();
    let desk = Desk {
        board: Arc::clone(&board),
        counter,
        secrets: Arc::new(Secrets::of(context.environment, WEBHOOK_SECRET)),
        tokens: Arc::new(Secrets::of(context.environment, TOKEN)),
        // So long after a look was due, something is wrong.
        patience: options.every * 2 + Duration::from_secs(600),
    };
    let (sender, receiver) = sync_channel(1);
    let address = options.address;
    // These two end with the process: nothing of them has to be put in order.
    spawn("web", move || {
        let listening = sender.clone();
        if let Err(error) = web::serve(desk, address, &|address| drop(listening.send(Ok(address)))) {
            let _ = sender.send(Err(error));
        }
    })?;
    let (clerks_queue, clerks_board) = (Arc::clone(&queue), Arc::clone(&board));
    spawn("clerk", move || clerk::work(&letters, &clerks_queue, &clerks_board))?;
    let listening = receiver.recv().map_err(|error| error.to_string())?;
    let listening = listening.map_err(|error| format!("nobody can listen on {address}: {error}"))?;
    said(&Said::Listening(listening));
    let notifier = Notifier::new(context.environment, &board)?;
    Works::new(context, cache, options, said, &board, &queue, &notifier).run();
    Ok(())
}

fn spawn(name: &str, work: impl FnOnce() + Send + 'static) -> Result<(), String> {
    let thread = thread::Builder::new().name(name.to_owned()).spawn(work);
    thread.map(drop).map_err(|error| format!("no thread can be started: {error}"))
}

/// Keeps other controllers from a database in a file: what one of them has begun would be taken for what was left behind.
fn lock(path: &Path) -> Result<File, String> {
    if let Some(folder) = path.parent() {
        std::fs::create_dir_all(folder).map_err(|error| format!("{} can't be made: {error}", folder.display()))?;
    }
    let mut lock = path.as_os_str().to_owned();
    lock.push(".lock");
    let file =
        File::create(&lock).map_err(|error| format!("{} can't be written: {error}", Path::new(&lock).display()))?;
    match file.try_lock() {
        Ok(()) => Ok(file),
        Err(std::fs::TryLockError::WouldBlock) => Err(format!(
            "another controller works with {}; name another file, or a database of Postgres, which several can share",
            path.display()
        )),
        Err(std::fs::TryLockError::Error(error)) => Err(format!("{} can't be locked: {error}", path.display())),
    }
}
