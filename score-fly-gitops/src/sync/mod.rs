//! Keeping Fly in step with a tree.

mod fingerprint;
mod look;
mod lose;
mod options;
mod prepare;
mod prune;
mod report;
mod run;

pub use options::Options;
pub use report::{Entry, Health, State, SyncReport};
pub use run::sync;
#[cfg(feature = "serve")]
pub(crate) use run::{errors, take_away};
