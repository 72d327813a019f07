//! Why a store can't be used.

use std::io;
use std::path::{Path, PathBuf};

use crate::system::words;

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
