//! What score-fly does, for whoever wants it done: the use cases in [`ops`], and what they stand on.
//!
//! What is pure, such as how a workload becomes an app, and which resources depend on each other, lives in
//! `score-fly-core`. Here is what touches the world: files that are read and written, the state that a project
//! keeps from run to run, and the provisioners that are called. Nothing depends on the process: a caller may work
//! in many folders at once, with an environment of its own for each, and cancel one run without another.
//!
//! ```
//! use score_fly_core::diagnostic::Levels;
//! use score_fly_engine::{CancelToken, Environment, Root, ops};
//!
//! # let folder = tempfile::tempdir()?;
//! # let score = "{apiVersion: score.dev/v1b1, metadata: {name: web}, containers: {main: {image: nginx}}}";
//! # std::fs::write(folder.path().join("score.yaml"), score)?;
//! let context = ops::Context {
//!     root: &Root::new(folder.path()),
//!     environment: &Environment::default(),
//!     observer: &(),
//!     levels: &Levels::default(),
//!     cancel: &CancelToken::new(),
//! };
//! let options = ops::generate::Options { files: vec!["score.yaml".into()], ..Default::default() };
//! let report = ops::generate(&context, &options);
//! assert!(report.is_sound());
//! assert_eq!(report.written().collect::<Vec<_>>(), ["fly_web.toml"]);
//! # Ok::<(), std::io::Error>(())
//! ```
//!
//! The feature `project`, which is there by default, brings projects: state, provisioners and encryption.
//! Without it, Score files are converted with outputs that are given. The feature `functions`, there by default too,
//! brings functions and their runtimes, `image` pushes images from archives, and `deploy` works on apps at Fly.
#![warn(missing_docs)]
#![cfg_attr(test, allow(clippy::disallowed_methods, reason = "tests make a world of their own"))]

// The code in the README is compiled and run.
#[cfg(doctest)]
#[doc = include_str!("../README.md")]
mod readme {}

pub mod cancel;
pub mod env_name;
pub mod environment;
pub mod faults;
pub mod ops;
pub mod progress;
pub mod root;

mod files;
mod parallel;
mod system;

#[cfg(feature = "image")]
mod login;

#[cfg(feature = "deploy")]
mod connection;
#[cfg(feature = "deploy")]
mod organization;

#[cfg(feature = "deploy")]
pub mod deploy;
#[cfg(feature = "deploy")]
pub mod session;

#[cfg(feature = "project")]
pub mod encryption;
#[cfg(feature = "project")]
pub mod env_file;
#[cfg(feature = "project")]
pub mod fingerprint;
#[cfg(feature = "project")]
pub mod git;
#[cfg(feature = "project")]
pub mod project;
#[cfg(feature = "project")]
pub mod provisioner;
#[cfg(feature = "project")]
pub mod run;
#[cfg(feature = "project")]
pub mod state;
#[cfg(feature = "project")]
pub mod store;

#[cfg(feature = "functions")]
pub mod function;

#[cfg(feature = "project")]
mod depth;
#[cfg(feature = "project")]
mod merge_patch;
#[cfg(feature = "project")]
mod process;
#[cfg(feature = "project")]
mod web;

pub use cancel::CancelToken;
pub use env_name::EnvName;
pub use environment::Environment;
pub use faults::Faults;
#[cfg(feature = "project")]
pub use project::{Project, ProjectError};
pub use root::Root;
#[cfg(feature = "project")]
pub use state::State;
#[cfg(feature = "project")]
pub use store::{FileStore, Store, Wait};
