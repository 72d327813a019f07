//! Where the state of a project is kept. What it means is none of a store's business: it keeps bytes.

mod error;
mod file;
mod ledger;
mod lock;
mod session;
mod wait;

pub use error::StoreError;
pub use file::FileStore;
pub use session::{Document, Kept, Session, Store};
pub use wait::{Wait, Waiting};
