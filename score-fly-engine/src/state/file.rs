//! The state file: read with care, and replaced in one step.

use std::fs::{self, File, OpenOptions};
use std::io::{self, Write as _};
use std::path::{Path, PathBuf};

use serde::Deserialize;

use super::{State, VERSION};
use crate::encryption::{IDENTITY_VARIABLE, Identities, Recipient, Undecryptable};
use crate::system::words;

/// The state file of a project.
#[derive(Debug)]
pub(crate) struct StateFile {
    path: PathBuf,
}

/// Why the state of a project can't be used. Nothing is ever written over a file that can't be read.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum StateError {
    /// The system can't read or write a file.
    #[error("cannot {act} `{}`: {reason}", path.display())]
    Io {
        /// What could not be done.
        act: &'static str,
        /// The file.
        path: PathBuf,
        /// Why, in the system's words.
        reason: String,
    },
    /// It is not what was written.
    #[error("`{}` is damaged: {reason}; restore it from a backup, or move it away and run `score-fly init` again (resources that were made are forgotten then, and have to be taken down by hand)", path.display())]
    Corrupt {
        /// The file.
        path: PathBuf,
        /// What is wrong, and where.
        reason: String,
    },
    /// The journal of an interrupted run is not what was written.
    #[error("`{}`, which an interrupted run has left, is damaged: {reason}; restore it from a backup, or move it away (provisioners are then asked again for what that run has made)", path.display())]
    CorruptJournal {
        /// The file.
        path: PathBuf,
        /// What is wrong, and where.
        reason: String,
    },
    /// A later score-fly wrote it.
    #[error("`{}` was written by a later score-fly, in version {version} of its form, and this one knows versions up to {VERSION}: use the later score-fly", path.display())]
    Newer {
        /// The file.
        path: PathBuf,
        /// The version of its form.
        version: u64,
    },
    /// Its secrets are encrypted, and nothing is there to decrypt them with.
    #[error("the secrets in `{}` are encrypted: give an identity that can decrypt them, in a file with `--identity` or as {IDENTITY_VARIABLE}; they are encrypted to {}", path.display(), list(recipients))]
    NoIdentity {
        /// The file.
        path: PathBuf,
        /// Who can decrypt them.
        recipients: Vec<Recipient>,
    },
    /// Its secrets are encrypted to others.
    #[error("the secrets in `{}` can't be decrypted by the identity that is given: they are encrypted to {}", path.display(), list(recipients))]
    WrongIdentity {
        /// The file.
        path: PathBuf,
        /// Who can decrypt them.
        recipients: Vec<Recipient>,
    },
    /// It is not a state of score-flyio, which it was taken for.
    #[error("`{}` can't be read as a state of score-flyio: {reason}", path.display())]
    Import {
        /// The file.
        path: PathBuf,
        /// What is wrong, and where.
        reason: String,
    },
    /// It was not written by score-fly.
    #[error("`{}` is not a state file of score-fly: move it away, and run `score-fly init`", path.display())]
    Foreign {
        /// The file.
        path: PathBuf,
    },
}

fn list(recipients: &[Recipient]) -> String {
    let recipients: Vec<String> = recipients.iter().map(|recipient| format!("`{recipient}`")).collect();
    recipients.join(" and ")
}

impl StateError {
    /// None of the identities decrypts a file.
    pub(super) fn locked(path: &Path, recipients: &[Recipient], identities: &Identities) -> Self {
        let (path, recipients) = (path.to_owned(), recipients.to_owned());
        if identities.is_empty() {
            Self::NoIdentity { path, recipients }
        } else {
            Self::WrongIdentity { path, recipients }
        }
    }

    pub(crate) fn io(act: &'static str, path: &Path, error: &io::Error) -> Self {
        Self::Io { act, path: path.to_owned(), reason: words(error) }
    }
}

/// What says whose file it is.
#[derive(Deserialize)]
struct Header {
    version: Option<serde_yaml::Value>,
}

impl StateFile {
    pub(crate) fn new(folder: &Path) -> Self {
        Self { path: folder.join("state.yaml") }
    }

    pub(crate) fn path(&self) -> &Path {
        &self.path
    }

    /// Where the next content is written. Nobody else does so, thanks to the project's lock; what
    /// an interrupted run left there is written over.
    fn unfinished(&self) -> PathBuf {
        self.path.with_extension("yaml.new")
    }

    /// Reads the state, and decrypts what is encrypted of it.
    pub(crate) fn open(&self, identities: &Identities) -> Result<State, StateError> {
        let mut state = self.read()?;
        match state.unseal(identities) {
            Ok(()) => Ok(state),
            Err(Undecryptable::NoMatch) => Err(StateError::locked(&self.path, &state.encrypt_to, identities)),
            Err(Undecryptable::Damaged(reason)) => Err(self.corrupt(reason)),
        }
    }

    /// Reads the state as far as it is not encrypted: to be looked at, and never to be written.
    pub(crate) fn read(&self) -> Result<State, StateError> {
        let text = fs::read_to_string(&self.path).map_err(|error| match error.kind() {
            io::ErrorKind::InvalidData => self.corrupt("it is not text in UTF-8"),
            _ => StateError::io("read", &self.path, &error),
        })?;
        if text.trim().is_empty() {
            return Err(self.corrupt("it is empty"));
        }
        let header = serde_yaml::from_str::<serde_yaml::Value>(&text).map_err(|error| self.corrupt(error))?;
        let version = serde_yaml::from_value::<Header>(header).ok().and_then(|header| header.version?.as_u64());
        match version {
            None => Err(StateError::Foreign { path: self.path.clone() }),
            Some(version) if version > VERSION => Err(StateError::Newer { path: self.path.clone(), version }),
            Some(_) => {
                let state: State = serde_yaml::from_str(&text).map_err(|error| self.corrupt(error))?;
                if state.encrypt_to.is_empty() != state.sealed.is_none() {
                    return Err(self.corrupt("`encrypt_to` and `sealed` belong together, and one of them is missing"));
                }
                Ok(state)
            }
        }
    }

    /// Replaces the file: whatever happens, there is either the old content or the new one.
    pub(crate) fn write(&self, state: &State) -> Result<(), StateError> {
        let unfinished = self.unfinished();
        let sealed = state.seal().map_err(|error| StateError::io("write", &unfinished, &error))?;
        let text = serde_yaml::to_string(&sealed).map_err(|error| self.corrupt(error))?;
        let written = private(&unfinished, OpenOptions::new().truncate(true)).and_then(|mut file| {
            file.write_all(HEADING.as_bytes())?;
            file.write_all(text.as_bytes())?;
            file.sync_all()
        });
        written.map_err(|error| StateError::io("write", &unfinished, &error))?;
        fs::rename(&unfinished, &self.path).map_err(|error| StateError::io("write", &self.path, &error))?;
        sync_folder(&self.path)
    }

    /// Removes what an interrupted run left.
    pub(crate) fn clean(&self) -> Result<(), StateError> {
        let unfinished = self.unfinished();
        remove(&unfinished)
    }

    fn corrupt(&self, reason: impl std::fmt::Display) -> StateError {
        StateError::Corrupt { path: self.path.clone(), reason: reason.to_string() }
    }
}

const HEADING: &str = "# The state of a score-fly project. It may hold secrets: keep it to yourself.\n";

/// Opens a file to write that only its owner may read.
pub(super) fn private(path: &Path, options: &mut OpenOptions) -> io::Result<File> {
    options.create(true).write(true);
    #[cfg(unix)]
    std::os::unix::fs::OpenOptionsExt::mode(options, 0o600);
    options.open(path)
}

/// Removes a file, if it is there.
pub(super) fn remove(path: &Path) -> Result<(), StateError> {
    match fs::remove_file(path) {
        Err(error) if error.kind() != io::ErrorKind::NotFound => Err(StateError::io("remove", path, &error)),
        _ => Ok(()),
    }
}

/// Makes sure that the name of a new file survives a crash of the machine.
pub(super) fn sync_folder(file: &Path) -> Result<(), StateError> {
    let Some(folder) = file.parent().filter(|_| cfg!(unix)) else { return Ok(()) };
    File::open(folder).and_then(|folder| folder.sync_all()).map_err(|error| StateError::io("write", folder, &error))
}
