//! A store in a folder: a file for the state, one for the journal, and one to lock.

use std::fs::{self, File, OpenOptions};
use std::io::{self, Write as _};
use std::path::{Path, PathBuf};

use super::error::StoreError;
use super::lock::Lock;
use super::session::{Document, Kept, Session, Store};
use super::wait::Waiting;
use crate::files::{self, Access};
use crate::root::{PROJECT_STATE, folder};

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
        let state = PathBuf::from(PROJECT_STATE);
        Self { root: root.into(), journal: state.with_file_name("journal.jsonl"), state }
    }

    fn at(&self, path: &Path) -> PathBuf {
        self.root.join(path)
    }

    fn document(&self, name: &Path) -> Result<Option<Document>, StoreError> {
        match fs::read(self.at(name)) {
            Ok(bytes) => Ok(Some(Document { name: name.to_owned(), bytes })),
            Err(error) if error.kind() == io::ErrorKind::NotFound => Ok(None),
            Err(error) => Err(StoreError::io("read", name, &error)),
        }
    }
}

impl Store for FileStore {
    fn name(&self) -> &Path {
        &self.state
    }

    fn exists(&self) -> bool {
        self.at(&self.state).exists()
    }

    fn read(&self) -> Result<Option<Kept>, StoreError> {
        // In this order: a run that ends in between has put the journal into the state.
        let journal = self.document(&self.journal)?;
        let state = self.document(&self.state)?;
        Ok(state.map(|state| Kept { state, journal }))
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
                let mut options = OpenOptions::new();
                options.create(true).append(true);
                #[cfg(unix)]
                std::os::unix::fs::OpenOptionsExt::mode(&mut options, 0o600);
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
