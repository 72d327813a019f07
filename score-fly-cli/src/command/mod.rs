//! One file for each command: its flags, and what becomes of its result.

#[cfg(feature = "functions")]
pub(crate) mod build;
pub(crate) mod check;
pub(crate) mod completion;
pub(crate) mod convert;
pub(crate) mod explain;
pub(crate) mod generate;
#[cfg(feature = "image")]
pub(crate) mod image;
pub(crate) mod import;
#[cfg(feature = "project")]
pub(crate) mod init;
pub(crate) mod machine;
#[cfg(feature = "functions")]
pub(crate) mod new;
#[cfg(feature = "project")]
pub(crate) mod provisioners;
#[cfg(feature = "project")]
pub(crate) mod resources;
#[cfg(feature = "functions")]
pub(crate) mod runtime;
pub(crate) mod schema;
#[cfg(feature = "project")]
pub(crate) mod workloads;
