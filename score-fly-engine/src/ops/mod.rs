//! Use cases: what score-fly does, one file for each, for whoever wants it done. The command line is one of
//! those, and adds flags, rendering and signals.
//!
//! Each takes a [`Context`], which says where it works and what it may see, and typed options, and gives a
//! [`Report`]. Nothing depends on the process: several may run at once, in different folders.

pub mod check;
pub mod convert;
pub mod generate;
pub mod import;
pub mod machine;

#[cfg(feature = "functions")]
pub mod build;
#[cfg(feature = "functions")]
pub mod import_faaso;
#[cfg(feature = "functions")]
pub mod new;
#[cfg(feature = "functions")]
pub mod runtimes;

#[cfg(feature = "image")]
pub mod image;

#[cfg(feature = "deploy")]
pub mod apps;
#[cfg(feature = "deploy")]
pub mod deploy;
#[cfg(feature = "deploy")]
pub mod destroy;
#[cfg(feature = "deploy")]
pub mod logs;
#[cfg(feature = "deploy")]
pub mod plan;
#[cfg(feature = "deploy")]
pub mod preview;
#[cfg(feature = "deploy")]
pub mod releases;
#[cfg(feature = "deploy")]
pub mod rollback;
#[cfg(feature = "deploy")]
pub mod secrets;
#[cfg(feature = "deploy")]
pub mod stamp;
#[cfg(feature = "deploy")]
pub mod status;
#[cfg(feature = "deploy")]
pub mod target;
#[cfg(feature = "deploy")]
pub mod via_flyctl;

#[cfg(feature = "project")]
pub mod envs;
#[cfg(feature = "project")]
pub mod init;
#[cfg(feature = "project")]
pub mod provisioners;
#[cfg(feature = "project")]
pub mod resources;
#[cfg(feature = "project")]
pub mod workloads;

mod clashes;
mod context;
mod conversion;
mod failure;
mod fly_file;
mod inputs;
mod options;
mod overrides;
#[cfg(feature = "project")]
mod recall;
mod report;
mod score_file;
mod secret_lines;

#[cfg(feature = "deploy")]
mod about_release;
#[cfg(feature = "deploy")]
mod fleet;
#[cfg(feature = "deploy")]
mod flyctl;
#[cfg(feature = "deploy")]
mod history;
#[cfg(feature = "deploy")]
mod ledger;
#[cfg(feature = "deploy")]
mod wanted;

#[cfg(feature = "functions")]
mod functions;
#[cfg(feature = "project")]
mod members;
#[cfg(feature = "project")]
mod project;
#[cfg(feature = "project")]
mod provisioning;
#[cfg(feature = "project")]
mod said;

#[cfg(feature = "deploy")]
pub use about_release::AboutRelease;
#[cfg(feature = "functions")]
pub use build::build;
pub use check::check;
pub use context::Context;
pub use convert::convert;
#[cfg(feature = "deploy")]
pub use deploy::deploy;
#[cfg(feature = "deploy")]
pub use destroy::destroy;
#[cfg(feature = "deploy")]
pub use failure::AboutApp;
#[cfg(feature = "project")]
pub use failure::InProject;
pub use failure::{Failure, Setting};
pub use generate::generate;
pub use import::import;
#[cfg(feature = "functions")]
pub use import_faaso::import_faaso;
#[cfg(feature = "project")]
pub use init::init;
#[cfg(feature = "deploy")]
pub use logs::logs;
pub use machine::machine;
#[cfg(feature = "functions")]
pub use new::new;
#[cfg(feature = "project")]
pub use options::OpenOptions;
pub use options::ScoreOptions;
#[cfg(feature = "deploy")]
pub use plan::plan;
#[cfg(feature = "deploy")]
pub use releases::releases;
pub use report::{Findings, Generated, Note, Observer, Quotable, Report, Secrets, Text, Toml, Unfinished};
#[cfg(feature = "deploy")]
pub use rollback::rollback;
#[cfg(feature = "deploy")]
pub use status::status;
#[cfg(feature = "deploy")]
pub use via_flyctl::via_flyctl;
