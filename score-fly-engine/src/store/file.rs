//! A store in a folder: a file for the state, one for the journal, and one to lock.

use std::fs::{self, File, OpenOptions};
use std::io::{self, Write as _};
use std::path::{Path, PathBuf};

use super::error::StoreError;
use super::ledger;
use super::lock::Lock;
use super::session::{Document, Kept, Session, Store};
use super::wait::Waiting;
use crate::files::{self, Access};
use crate::root::{PROJECT_STATE, Root, folder};

/// Keeps the state of the project in a folder.
#[derive(Debug, Clone)]
pub struct FileStore {
    root: PathBuf,
    state: PathBuf,
    journal: PathBuf,
}

impl FileStore {
    /// The store of the project in `root`. What it says of its files is relative to that.
    pub fn new(root: impl Into<PathBuf>) -> Self {
        Self::at_path(root.into(), PathBuf::from(PROJECT_STATE))
    }

    /// The store of the project, or of its environment, in which a use case works.
    pub fn of(root: &Root) -> Self {
        Self::at_path(root.path().to_owned(), root.state())
    }

    fn at_path(root: PathBuf, state: PathBuf) -> Self {
        Self { root, journal: state.with_file_name("journal.jsonl"), state }
    }

    fn at(&self, path: &Path) -> PathBuf {
        self.root.join(path)
    }

    fn document(&self, name: &Path) -> Result<Option<Document>, StoreError> {
        let failed = |error: io::Error| StoreError::io("read", name, &error);
        if !self.is_there(name)? {
            return Ok(None);
        }
        match files::read(&self.at(name), LIMIT) {
            Ok(bytes) => Ok(Some(Document { name: name.to_owned(), bytes })),
            // Another run may have removed it just now. A link that leads nowhere is still there.
            Err(error) if error.kind() == io::ErrorKind::NotFound && !self.is_there(name)? => Ok(None),
            Err(error) => Err(failed(error)),
        }
    }

    /// Has git leave alone what is there for a moment only, also where the state is kept in a repository.
    fn hide_from_git(&self, folder: &Path) -> Result<(), StoreError> {
        let name = folder.join(".gitignore");
        let mut options = OpenOptions::new();
        match options.create_new(true).write(true).open(self.at(&name)) {
            Ok(mut file) => file.write_all(GITIGNORE).map_err(|error| StoreError::io("write", &name, &error)),
            Err(error) if error.kind() == io::ErrorKind::AlreadyExists => Ok(()),
            Err(error) => Err(StoreError::io("write", &name, &error)),
        }
    }

    /// Whether there is such a file, or a link of that name.
    fn is_there(&self, name: &Path) -> Result<bool, StoreError> {
        let within = folder(name);
        // A folder that can't be reached may have all that is looked for.
        for (path, is_folder) in [(within, true), (name, false)] {
            match fs::symlink_metadata(self.at(path)) {
                Ok(found) if is_folder && found.is_symlink() => {
                    fs::metadata(self.at(path)).map_err(|error| StoreError::io("read", path, &error))?;
                }
                Ok(_) => {}
                Err(error) if error.kind() == io::ErrorKind::NotFound => return Ok(false),
                Err(error) => return Err(StoreError::io("read", name, &error)),
            }
        }
        Ok(true)
    }
}

const GITIGNORE: &[u8] = b"# What only a run that is at work needs.\n/.score-fly-*.tmp\n/lock\n";

/// How large a state and a journal may be, in bytes.
const LIMIT: u64 = 256 << 20;

impl Store for FileStore {
    fn name(&self) -> &Path {
        &self.state
    }

    fn exists(&self) -> Result<bool, StoreError> {
        if self.is_there(&self.state)? {
            return Ok(true);
        }
        if !self.is_there(&self.journal)? {
            return Ok(false);
        }
        // Another run may have made the project in between.
        if self.is_there(&self.state)? {
            return Ok(true);
        }
        let reason = format!(
            "it is not there, and `{}`, which an interrupted run has left, is; restore it from a backup, or move that \
             file away if nothing that was made is to be kept",
            self.journal.display()
        );
        Err(StoreError::io("read", &self.state, &io::Error::other(reason)))
    }

    fn read(&self) -> Result<Option<Kept>, StoreError> {
        // In this order: a run that ends in between has put the journal into the state.
        let journal = self.document(&self.journal)?;
        let state = self.document(&self.state)?;
        Ok(state.map(|state| Kept { state, journal }))
    }

    fn ledger(&self, name: &str) -> Result<Option<Document>, StoreError> {
        match ledger::path(&self.state, name) {
            Some(path) => self.document(&path),
            None => Ok(None),
        }
    }

    fn note_in_ledger(&self, name: &str, line: &[u8]) -> Result<(), StoreError> {
        let Some(path) = ledger::path(&self.state, name) else { return Ok(()) };
        ledger::append(&self.at(&path), line).map_err(|error| StoreError::io("write", &path, &error))
    }

    fn open(&self, waiting: Waiting<'_>) -> Result<Box<dyn Session>, StoreError> {
        let folder = folder(&self.state);
        fs::create_dir_all(self.at(folder)).map_err(|error| StoreError::io("make", folder, &error))?;
        let shown = folder.join("lock");
        let lock = Lock::take(&self.at(&shown), &shown, waiting)?;
        files::remove_unfinished(&self.at(folder)).map_err(|error| StoreError::io("read", folder, &error))?;
        // Earlier versions wrote the next content under this name.
        let unfinished = self.state.with_extension("yaml.new");
        files::remove(&self.at(&unfinished)).map_err(|error| StoreError::io("remove", &unfinished, &error))?;
        self.hide_from_git(folder)?;
        Ok(Box::new(FileSession { store: self.clone(), journal: None, is_named: false, _lock: lock }))
    }
}

#[derive(Debug)]
struct FileSession {
    store: FileStore,
    /// Open, once something was appended.
    journal: Option<File>,
    /// Whether the journal's name is sure to survive a crash.
    is_named: bool,
    _lock: Lock,
}

impl FileSession {
    fn journal(&mut self) -> io::Result<&mut File> {
        let file = match self.journal.take() {
            Some(file) => file,
            None => {
                // It became part of the state when this session began, so what is there now is not ours.
                let mut options = OpenOptions::new();
                options.create_new(true).append(true);
                files::for_owner(&mut options);
                options.open(self.store.at(&self.store.journal))?
            }
        };
        Ok(self.journal.insert(file))
    }

    fn write(&mut self, line: &[u8], durable: bool) -> io::Result<()> {
        let file = self.journal()?;
        let end = file.metadata()?.len();
        // In one piece, so that a kill leaves all or the start of it. What a full disk leaves is
        // taken back, since another line may follow.
        file.write_all(line).inspect_err(|_| drop(file.set_len(end)))?;
        if !durable {
            return Ok(());
        }
        file.sync_data()?;
        if !self.is_named {
            files::sync_folder(&self.store.at(&self.store.journal))?;
            self.is_named = true;
        }
        Ok(())
    }
}

impl Session for FileSession {
    fn state(&mut self) -> Result<Option<Kept>, StoreError> {
        self.store.read()
    }

    fn append(&mut self, line: &[u8], durable: bool) -> Result<(), StoreError> {
        self.write(line, durable).map_err(|error| StoreError::io("write", &self.store.journal, &error))
    }

    fn save(&mut self, state: &[u8]) -> Result<(), StoreError> {
        let FileStore { state: name, journal, .. } = &self.store;
        files::write(&self.store.at(name), state, Access::Owner)
            .map_err(|error| StoreError::io("write", name, &error))?;
        (self.journal, self.is_named) = (None, false);
        files::remove(&self.store.at(journal)).map_err(|error| StoreError::io("remove", journal, &error))
    }
}
