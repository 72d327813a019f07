//! Projects: a state that one run at a time may change.

use std::path::PathBuf;

use crate::encryption::Identities;
use crate::state::{Change, Read, State, StateError};
use crate::store::{Kept, Session, Store, StoreError, Waiting};

/// A project that this run, and no other, may change.
#[derive(Debug)]
pub struct Project {
    /// The state. [`save`](Self::save) keeps what is changed.
    pub state: State,
    session: Box<dyn Session>,
    name: PathBuf,
    /// What is kept, if it is known to be just that: to write it again takes longer than all else that a run does.
    kept: Option<State>,
}

/// Why a project can't be used.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum ProjectError {
    /// There is none.
    #[error("there is no project in this folder")]
    None,
    /// There is one already.
    #[error("there is a project in this folder already")]
    Exists,
    /// Its state can't be read or written.
    #[error(transparent)]
    State(#[from] StateError),
}

impl From<StoreError> for ProjectError {
    fn from(error: StoreError) -> Self {
        Self::State(error.into())
    }
}

impl Project {
    /// Opens the project in a store, to change it; `identities` decrypt what is encrypted in it.
    ///
    /// # Errors
    /// If there is none, another run holds it, or its state can't be used.
    pub fn open(store: &dyn Store, identities: &Identities, waiting: Waiting<'_>) -> Result<Self, ProjectError> {
        // Where there is none, nothing is to be made to lock.
        if !store.exists()? {
            return Err(ProjectError::None);
        }
        let mut session = store.open(waiting)?;
        let kept = session.state()?.ok_or(ProjectError::None)?;
        let Read { state, is_changed } = State::read(&kept, Some(identities))?;
        let unchanged = (!is_changed).then(|| state.clone());
        let mut project = Self { state, session, name: kept.state.name, kept: unchanged };
        // What an interrupted run left, or an earlier version wrote.
        if is_changed {
            project.save()?;
        }
        Ok(project)
    }

    /// Makes a project with this state in a store, where there is none.
    ///
    /// # Errors
    /// If it can't be written, or another run makes one right now.
    pub fn create(store: &dyn Store, state: State, waiting: Waiting<'_>) -> Result<Self, ProjectError> {
        let session = store.open(waiting)?;
        if store.exists()? {
            return Err(ProjectError::Exists);
        }
        let mut project = Self { state, session, name: store.name().to_owned(), kept: None };
        project.save()?;
        Ok(project)
    }

    /// Reads the state of the project in a store, as it is now: another run may be changing it. What
    /// is encrypted in it is left out.
    ///
    /// # Errors
    /// If there is none, or it can't be used.
    pub fn read(store: &dyn Store) -> Result<State, ProjectError> {
        read(store, None)
    }

    /// A project in which everything can be tried out, made from the one in a store as it is now: nothing of it is
    /// kept.
    ///
    /// # Errors
    /// If there is none, or its state can't be used.
    pub fn imagine(store: &dyn Store, identities: &Identities) -> Result<Self, ProjectError> {
        let state = read(store, Some(identities))?;
        Ok(Self { state, session: Box::new(Nowhere), name: store.name().to_owned(), kept: None })
    }

    /// What to call its state.
    pub fn state_path(&self) -> PathBuf {
        self.name.clone()
    }

    /// Writes the state, unless it is what is kept already.
    ///
    /// # Errors
    /// If it can't be written. What was kept is kept then.
    pub fn save(&mut self) -> Result<(), StateError> {
        if self.kept.as_ref() == Some(&self.state) {
            return Ok(());
        }
        let text = self.state.write().map_err(|error| StoreError::io("write", &self.name, &error))?;
        self.session.save(&text)?;
        self.kept = Some(self.state.clone());
        Ok(())
    }

    /// Makes a change, and writes it down at once, if it is one.
    pub(crate) fn record(&mut self, change: Change, durable: bool) -> Result<(), StateError> {
        if change.is_made(&self.state) {
            return Ok(());
        }
        let line = change.write(&self.state.encrypt_to).map_err(|error| StoreError::io("write", &self.name, &error))?;
        self.kept = None;
        self.session.append(&line, durable)?;
        change.apply(&mut self.state);
        Ok(())
    }
}

fn read(store: &dyn Store, identities: Option<&Identities>) -> Result<State, ProjectError> {
    if !store.exists()? {
        return Err(ProjectError::None);
    }
    let kept = store.read()?.ok_or(ProjectError::None)?;
    Ok(State::read(&kept, identities)?.state)
}

/// Keeps nothing.
#[derive(Debug)]
struct Nowhere;

impl Session for Nowhere {
    fn state(&mut self) -> Result<Option<Kept>, StoreError> {
        Ok(None)
    }

    fn append(&mut self, _: &[u8], _: bool) -> Result<(), StoreError> {
        Ok(())
    }

    fn save(&mut self, _: &[u8]) -> Result<(), StoreError> {
        Ok(())
    }
}
