//! Provisioners: what makes resources, and takes them down again.

mod answers;
mod builtin;
mod call;
mod cmd;
mod defaults;
mod error;
mod fetch;
mod file;
#[cfg(feature = "deploy")]
mod fly;
mod git;
mod http;
mod kind;
mod local;
mod protocol;
mod request;
mod static_outputs;
mod template;
mod timeout;

pub use builtin::Builtin;
pub use call::{Call, Mode, Sharing, Surroundings};
pub use cmd::Cmd;
pub use error::{Error, Failure};
pub use fetch::fetch;
pub use file::read_file;
pub use http::Http;
pub use kind::{Kind, Provisioner};
pub use protocol::Protocol;
pub use request::{Answer, Params, ProjectView, Request, WorkloadView};
pub use static_outputs::{InvalidOutputs, Static};
pub use template::Template;
pub use timeout::{InvalidTimeout, Timeout};
