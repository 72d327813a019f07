//! Resources: their identity, what a workload asks of them, and their outputs.

mod graph;
pub(crate) mod messages;
mod outputs;
mod provisioning;
mod request;
mod selector;
mod uid;

pub(crate) use graph::Use;
pub use graph::{Definition, Graph, graph};
pub use outputs::{Outputs, ResourceOutputs};
pub use provisioning::{no_provisioner, not_provisioned, provisioner_changed, unsupported_params};
pub use request::{Requirements, ResourceRequest, SourceFileRequest, requirements, requirements_with};
pub use selector::{InvalidSelector, Selector, first_match};
pub use uid::{InvalidUid, Uid};

/// The type of resources that are volumes by convention.
pub(crate) const VOLUME: &str = "volume";

/// The type of resources that lead from outside to the workload's service, by convention.
pub(crate) const ROUTE: &str = "route";
