//! Projects: workloads, and the resources that are provisioned for them.
//!
//! What is pure, such as which resources there are and in which order they depend on each other,
//! lives in `score-fly-core`. Here is what touches the world: the state that is kept from run to
//! run, and the provisioners that are called.
#![warn(missing_docs)]

pub mod cancel;
pub mod encryption;
pub mod env_file;
pub mod faults;
pub mod files;
mod merge_patch;
pub mod parallel;
pub mod process;
pub mod project;
pub mod provisioner;
pub mod run;
pub mod state;
pub mod store;
pub mod system;
mod web;

pub use cancel::CancelToken;
pub use faults::Faults;
pub use project::{Project, ProjectError};
pub use state::State;
pub use store::{FileStore, Store, Wait};
