//! Resources: their identity, what a workload asks of them, and their outputs.

mod outputs;
mod request;
mod uid;

pub use outputs::{Outputs, ResourceOutputs};
pub use request::{Requirements, ResourceRequest, SourceFileRequest, requirements};
pub use uid::Uid;
