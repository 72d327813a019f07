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
pub use report::{Entry, State, SyncReport};
pub use run::sync;
