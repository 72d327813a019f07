//! Where the state of a project is kept. What it means is none of a store's business: it keeps bytes.

mod file;
mod lock;

use std::fmt;
use std::io;
use std::path::{Path, PathBuf};

pub use file::FileStore;

use crate::cancel::CancelToken;
use crate::system::words;

/// Keeps the state of one project, and sees to it that one run at a time changes it.
pub trait Store: fmt::Debug + Send + Sync {
    /// What to call the state.
    fn name(&self) -> &Path;

    /// Whether there is a project.
    fn exists(&self) -> bool;

    /// What is kept, as it is now: another run may be changing it. Nothing, if there is no project.
    ///
    /// # Errors
    /// If it can't be read.
    fn read(&self) -> Result<Option<Kept>, StoreError>;

    /// Takes the right to change what is kept, and makes room for it where nothing is kept yet.
    ///
    /// # Errors
    /// If another run has that right and is not waited for, or the store can't be used.
    fn open(&self, waiting: Waiting<'_>) -> Result<Box<dyn Session>, StoreError>;
}

/// The right to change what a store keeps, until it is dropped, however that comes about.
pub trait Session: fmt::Debug + Send {
    /// What is kept. Nothing, if there is no project.
    ///
    /// # Errors
    /// If it can't be read.
    fn state(&mut self) -> Result<Option<Kept>, StoreError>;

    /// Adds a line to the journal: to stay, if `durable`, even when the machine crashes in the next moment.
    ///
    /// # Errors
    /// If it can't be written. The journal then still has what it had.
    fn append(&mut self, line: &[u8], durable: bool) -> Result<(), StoreError>;

    /// Replaces the state in one step, and empties the journal after that.
    ///
    /// # Errors
    /// If it can't be written. What was kept is kept then.
    fn save(&mut self, state: &[u8]) -> Result<(), StoreError>;
}

/// What a store keeps.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Kept {
    /// The state, as it was last saved.
    pub state: Document,
    /// What was appended since then, if anything was. Its last line may have been cut short.
    pub journal: Option<Document>,
}

/// Bytes, with what to call them.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Document {
    /// The name.
    pub name: PathBuf,
    /// The bytes.
    pub bytes: Vec<u8>,
}

/// What to do while another run holds a project.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum Wait {
    /// Wait for its end.
    #[default]
    UntilFree,
    /// Give up.
    Never,
}

/// How to wait for another run.
#[derive(Clone, Copy)]
pub struct Waiting<'w> {
    /// Whether to.
    pub wait: Wait,
    /// Who ends it.
    pub cancel: &'w CancelToken,
    /// Is told which process has the project, before the wait begins.
    pub told: &'w dyn Fn(&str),
}

impl fmt::Debug for Waiting<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Waiting").field("wait", &self.wait).field("cancel", self.cancel).finish_non_exhaustive()
    }
}

/// Why a store can't be used.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum StoreError {
    /// Another run has it.
    #[error("another run of score-fly, process {holder}, is at work in this project")]
    Held {
        /// The process, as far as it is known.
        holder: String,
    },
    /// The run was cancelled while it waited.
    #[error("interrupted while another run of score-fly was at work in this project")]
    Cancelled,
    /// The system can't read or write something.
    #[error("cannot {act} `{}`: {reason}", path.display())]
    Io {
        /// What could not be done.
        act: &'static str,
        /// To what.
        path: PathBuf,
        /// Why, in the system's words.
        reason: String,
    },
}

impl StoreError {
    pub(crate) fn io(act: &'static str, path: &Path, error: &io::Error) -> Self {
        Self::Io { act, path: path.to_owned(), reason: words(error) }
    }
}
