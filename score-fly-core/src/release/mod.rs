//! Releases: what was deployed when, by whom, and how to get back to it.
//!
//! Three places know of them: Fly's release history, the labels of machines and of their former versions, and what
//! a project writes down. Each gives [`Release`]s of which it knows a part; [`History`] puts them together, finds one by
//! what people call it, and says what is different between two.

mod cautions;
mod changes;
mod history;
mod model;
mod stamp;
mod version;

pub use cautions::Caution;
pub use changes::{ReleaseChanges, SecretChange};
pub use history::{History, NotFound};
pub use model::{KnownFrom, Release};
pub use stamp::ReleaseStamp;
pub use version::{InvalidDescription, InvalidVersion, Version};
