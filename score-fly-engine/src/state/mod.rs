//! What a project remembers from run to run.

mod change;
mod error;
mod form;
mod import;
mod migrate;
mod model;
mod sealed;
#[cfg(test)]
mod tests;

pub(crate) use change::Change;
pub use error::StateError;
pub(crate) use form::Read;
pub use import::{Imported, import};
pub use model::{AppRecord, ResourceRecord, SentSecret, State, WorkloadRecord};
