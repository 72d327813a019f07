//! The Score v1b1 model: what a workload file says, decoded and checked.

pub(crate) mod decode;
pub(crate) mod form;
pub(crate) mod idioms;
pub(crate) mod messages;
mod model;
pub mod quantity;
mod rules;
mod upgrade;

pub use decode::decode;
pub use model::{
    Condition, Container, ContainerFile, ContainerResources, ExecProbe, HttpGet, HttpHeader, Metadata, Port,
    PortProtocol, Probe, ReadyState, Resource, ResourceAmounts, Scheme, Service, Volume, Workload,
};
pub use upgrade::upgrade;

use crate::diagnostic::Diagnostic;
use crate::pointer::Path;

/// What is wrong with a text as the name of a workload, if anything is.
pub fn check_name(name: &str) -> Option<Diagnostic> {
    let metadata = Path::ROOT.key("metadata");
    let is_name = (form::WORKLOAD_NAME.accepts)(name);
    (!is_name).then(|| messages::malformed(&metadata.key("name"), &form::WORKLOAD_NAME, name))
}

/// The JSON Schema of Score v1b1 files: what [`decode`] accepts, for editors and other tools.
#[cfg(feature = "schema")]
pub const SCHEMA: &str = include_str!("../../schema/score-v1b1.schema.json");
