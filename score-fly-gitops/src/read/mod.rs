//! Getting the files of trees from where they are.

mod cache;
mod disk;
mod gather;
mod login;

pub use cache::{Cache, Commit};
pub use gather::{Begin, Gathered, gather, import_folder, replace};
