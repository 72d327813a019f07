//! Why the state of a project can't be used.

use std::path::{Path, PathBuf};

use super::migrate::VERSION;
use crate::encryption::{IDENTITY_VARIABLE, Identities, Recipient};
use crate::store::StoreError;

/// Why the state of a project can't be used. Nothing is ever written over a state that can't be read.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum StateError {
    /// It can't be read or written.
    #[error(transparent)]
    Store(#[from] StoreError),
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

    pub(super) fn corrupt(path: &Path, reason: String) -> Self {
        Self::Corrupt { path: path.to_owned(), reason }
    }
}
