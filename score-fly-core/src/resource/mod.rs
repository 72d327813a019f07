//! Resources: their identity, what a workload asks of them, and their outputs.

mod outputs;
mod request;
mod selector;
mod uid;

pub use outputs::{Outputs, ResourceOutputs};
pub use request::{Requirements, ResourceRequest, SourceFileRequest, requirements, requirements_with};
pub use selector::{Selector, first_match};
pub use uid::{InvalidUid, Uid};

/// The type of resources that are volumes by convention.
pub(crate) const VOLUME: &str = "volume";
