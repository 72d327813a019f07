//! Projects: folders with a state in them.

use std::fs;
use std::path::{Path, PathBuf};

use crate::cancel::CancelToken;
use crate::encryption::Identities;
use crate::lock::{Lock, LockError, Wait};
use crate::state::{Change, Journal, State, StateError, StateFile};

/// The folder in a project's folder that holds its state.
pub const FOLDER: &str = ".score-fly";

/// A project that this process, and no other, may change.
#[derive(Debug)]
pub struct Project {
    /// The state. [`save`](Self::save) keeps what is changed.
    pub state: State,
    file: StateFile,
    journal: Journal,
    _lock: Lock,
}

/// Why a project can't be used.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum ProjectError {
    /// There is none.
    #[error("there is no project in this folder: run `score-fly init` first")]
    None,
    /// There is one already.
    #[error("there is a project in this folder already")]
    Exists,
    /// Another run is at work.
    #[error(transparent)]
    Lock(#[from] LockError),
    /// Its state can't be read or written.
    #[error(transparent)]
    State(#[from] StateError),
}

/// Whether there is a project in `root`.
pub fn exists(root: &Path) -> bool {
    root.join(FOLDER).join("state.yaml").exists()
}

impl Project {
    /// Opens the project in `root`, to change it; `identities` decrypt what is encrypted in it.
    /// Before it waits for another run, `waiting` is told which process that is; `cancel` ends the wait.
    ///
    /// # Errors
    /// If there is none, another run holds it, or its state can't be used.
    pub fn open(
        root: &Path,
        identities: &Identities,
        wait: Wait,
        cancel: &CancelToken,
        waiting: impl FnOnce(&str),
    ) -> Result<Self, ProjectError> {
        if !exists(root) {
            return Err(ProjectError::None);
        }
        let lock = Lock::take(&root.join(FOLDER), wait, cancel, waiting)?;
        let mut project = Self::at(root, State::new(""), lock);
        project.state = project.file.open(identities)?;
        project.file.clean()?;
        // What an interrupted run left.
        if project.journal.replay(&mut project.state, Some(identities))? {
            project.save()?;
        }
        Ok(project)
    }

    /// Makes a project in `root`, where there is none, with this state.
    ///
    /// # Errors
    /// If it can't be written, or another run makes one right now.
    pub fn create(
        root: &Path,
        state: State,
        wait: Wait,
        cancel: &CancelToken,
        waiting: impl FnOnce(&str),
    ) -> Result<Self, ProjectError> {
        let folder = root.join(FOLDER);
        fs::create_dir_all(&folder).map_err(|error| StateError::io("make", &folder, &error))?;
        let lock = Lock::take(&folder, wait, cancel, waiting)?;
        if exists(root) {
            return Err(ProjectError::Exists);
        }
        let mut project = Self::at(root, state, lock);
        project.save()?;
        Ok(project)
    }

    /// Reads the state of the project in `root`, as it is now: another run may be changing it. What
    /// is encrypted in it is left out.
    ///
    /// # Errors
    /// If there is none, or it can't be used.
    pub fn read(root: &Path) -> Result<State, ProjectError> {
        if !exists(root) {
            return Err(ProjectError::None);
        }
        let folder = root.join(FOLDER);
        let mut state = StateFile::new(&folder).read()?;
        Journal::new(&folder).replay(&mut state, None)?;
        Ok(state)
    }

    fn at(root: &Path, state: State, lock: Lock) -> Self {
        let folder = root.join(FOLDER);
        Self { state, file: StateFile::new(&folder), journal: Journal::new(&folder), _lock: lock }
    }

    /// Where the state is written.
    pub fn state_path(&self) -> PathBuf {
        self.file.path().to_owned()
    }

    /// Writes the state.
    ///
    /// # Errors
    /// If it can't be written. The file then still has what it had.
    pub fn save(&mut self) -> Result<(), StateError> {
        self.file.write(&self.state)?;
        self.journal.clear()
    }

    /// Makes a change, and writes it down at once.
    pub(crate) fn record(&mut self, change: Change, durable: bool) -> Result<(), StateError> {
        self.journal.append(&change, &self.state.encrypt_to, durable)?;
        change.apply(&mut self.state);
        Ok(())
    }
}
