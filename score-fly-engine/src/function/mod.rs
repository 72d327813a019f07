//! Functions in folders, and their runtimes from wherever they are. What becomes of them is decided by
//! `score-fly-runtime`; here they are read, fetched and written.

mod checkout;
mod error;
mod fetch;
mod folder;

pub use error::FunctionError;
pub(crate) use fetch::{Fetched, fetch, reference_from};
pub(crate) use folder::{read, read_some, write};
