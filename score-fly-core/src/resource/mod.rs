//! Resources: their identity, what a workload asks of them, and their outputs.

mod messages;
mod outputs;
mod request;
mod selector;
mod uid;

pub use outputs::{Outputs, ResourceOutputs};
pub use request::{Requirements, ResourceRequest, SourceFileRequest, requirements, requirements_with};
pub use selector::{InvalidSelector, Selector, first_match};
pub use uid::{InvalidUid, Uid};
pub(crate) use uid::{ROUTE, VOLUME};
