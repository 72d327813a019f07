//! What a store is.

use std::fmt;
use std::path::{Path, PathBuf};

use super::error::StoreError;
use super::wait::Waiting;

/// Keeps the state of one project, and sees to it that one run at a time changes it.
pub trait Store: fmt::Debug + Send + Sync {
    /// What to call the state.
    fn name(&self) -> &Path;

    /// Whether there is a project.
    ///
    /// # Errors
    /// If that can't be known, or a part of one is left: whoever takes that for no project loses it.
    fn exists(&self) -> Result<bool, StoreError>;

    /// What is kept, as it is now: another run may be changing it. Nothing, if there is no project.
    ///
    /// # Errors
    /// If it can't be read.
    fn read(&self) -> Result<Option<Kept>, StoreError>;

    /// The ledger of this name: lines that only ever get more. Nothing, if none was begun.
    ///
    /// # Errors
    /// If it can't be read.
    fn ledger(&self, name: &str) -> Result<Option<Document>, StoreError>;

    /// Adds a line to the ledger of this name, to stay. Nobody needs the right to change the rest for this. The oldest
    /// lines go when there are too many.
    ///
    /// # Errors
    /// If it can't be written.
    fn note_in_ledger(&self, name: &str, line: &[u8]) -> Result<(), StoreError>;

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
