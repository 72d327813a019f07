//! What happened since the state file was last written, one line for each provisioner call.
//!
//! Writing the whole state after every call would make a run of many resources quadratic.

use std::fs::{self, File, OpenOptions};
use std::io::{self, Write as _};
use std::path::{Path, PathBuf};

use score_fly_core::resource::Uid;
use serde::{Deserialize, Serialize};
use serde_json::{Map, Value};

use super::file::{private, remove, sync_folder};
use super::{ResourceRecord, State, StateError};
use crate::encryption::{Identities, Recipient, Undecryptable};

/// What a provisioner call changes. Applying it twice is the same as once.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct Change {
    /// The resource.
    pub(crate) uid: Uid,
    /// What is known of it from now on; nothing, if it is gone.
    pub(crate) resource: Option<ResourceRecord>,
    /// A merge patch of what provisioners share.
    #[serde(default, skip_serializing_if = "Map::is_empty")]
    pub(crate) shared: Map<String, Value>,
    /// What is encrypted of it, as long as that is so.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub(super) sealed: Option<String>,
}

impl Change {
    /// A resource that is made or changed.
    pub(crate) fn made(uid: Uid, resource: ResourceRecord, shared: Map<String, Value>) -> Self {
        Self { uid, resource: Some(resource), shared, sealed: None }
    }

    /// A resource that is gone.
    pub(crate) fn gone(uid: Uid, shared: Map<String, Value>) -> Self {
        Self { uid, resource: None, shared, sealed: None }
    }

    pub(crate) fn apply(self, state: &mut State) {
        match self.resource {
            Some(resource) => {
                state.resources.insert(self.uid, resource);
            }
            None => {
                state.resources.remove(&self.uid);
            }
        }
        state.share(&self.shared);
    }
}

/// The journal of a project.
#[derive(Debug)]
pub(crate) struct Journal {
    path: PathBuf,
    file: Option<File>,
}

impl Journal {
    pub(crate) fn new(folder: &Path) -> Self {
        Self { path: folder.join("journal.jsonl"), file: None }
    }

    /// Applies what is written to `state`; without identities, as far as it is not encrypted. Says
    /// whether there was anything.
    pub(crate) fn replay(&self, state: &mut State, identities: Option<&Identities>) -> Result<bool, StateError> {
        let bytes = match fs::read(&self.path) {
            Ok(bytes) => bytes,
            Err(error) if error.kind() == io::ErrorKind::NotFound => return Ok(false),
            Err(error) => return Err(StateError::io("read", &self.path, &error)),
        };
        for (index, line) in bytes.split_inclusive(|byte| *byte == b'\n').enumerate() {
            // The last line may have been cut short, when the run was killed while it wrote it. The
            // call that it speaks of is then as good as not answered.
            let Some(line) = line.strip_suffix(b"\n") else { break };
            let mut change: Change = serde_json::from_slice(line).map_err(|error| {
                self.corrupt(format!("line {}, column {} can't be read", index + 1, error.column()))
            })?;
            if let Some(identities) = identities {
                change.unseal(identities).map_err(|error| match error {
                    Undecryptable::NoMatch => StateError::locked(&self.path, &state.encrypt_to, identities),
                    Undecryptable::Damaged(reason) => self.corrupt(format!("line {}: {reason}", index + 1)),
                })?;
            }
            change.apply(state);
        }
        Ok(true)
    }

    /// Writes a change, encrypted as the state is, to stay if `durable` even when the machine
    /// crashes in the next moment.
    pub(crate) fn append(
        &mut self,
        change: &Change,
        recipients: &[Recipient],
        durable: bool,
    ) -> Result<(), StateError> {
        let sealed = change.seal(recipients).map_err(|error| self.error(&error))?;
        let mut line = serde_json::to_vec(&sealed).map_err(|error| self.error(&error.into()))?;
        line.push(b'\n');
        let is_new = self.file.is_none();
        let written = self.open().and_then(|file| {
            let end = file.metadata()?.len();
            // In one piece, so that a kill leaves all or the start of it. What a full disk leaves is
            // taken back, since another line may follow.
            file.write_all(&line).inspect_err(|_| drop(file.set_len(end)))?;
            if durable { file.sync_data() } else { Ok(()) }
        });
        written.map_err(|error| self.error(&error))?;
        if is_new && durable { sync_folder(&self.path) } else { Ok(()) }
    }

    /// Removes it, once the state file holds everything.
    pub(crate) fn clear(&mut self) -> Result<(), StateError> {
        self.file = None;
        remove(&self.path)
    }

    fn corrupt(&self, reason: String) -> StateError {
        StateError::CorruptJournal { path: self.path.clone(), reason }
    }

    fn open(&mut self) -> io::Result<&mut File> {
        let file = match self.file.take() {
            Some(file) => file,
            None => private(&self.path, OpenOptions::new().append(true))?,
        };
        Ok(self.file.insert(file))
    }

    fn error(&self, error: &io::Error) -> StateError {
        StateError::io("write", &self.path, error)
    }
}
