//! The resources of several workloads: which of them are one, which need each other, and what whoever
//! provisions them has to say about them.

mod build;
mod messages;
mod provisioning;
mod usage;
mod workloads;

pub use build::{Definition, Graph, graph};
pub use provisioning::{no_provisioner, not_provisioned, provisioner_changed, unsupported_params};
pub use workloads::needs_of_workloads;
