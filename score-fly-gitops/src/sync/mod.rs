//! Keeping Fly in step with a tree.

mod fingerprint;
mod look;
mod prepare;
mod prune;
mod report;
mod run;

pub use report::{Entry, State, SyncReport};
pub use run::{Options, sync};
