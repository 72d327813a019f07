//! Pure conversion of [Score](https://score.dev) workloads into Fly.io app configuration.
//!
//! A Score file and the outputs of its resources go in; a fly.toml, secrets and side files come
//! out. Nothing here touches files, the environment, a clock or the network: what a workload needs from
//! the world is asked for, and handed in as data.
//!
//! ```
//! use score_fly_core::convert::Options;
//! use score_fly_core::local::{LocalFile, LocalFiles};
//! use score_fly_core::resolve::Given;
//! use score_fly_core::resource::Outputs;
//! use score_fly_core::{Input, Loaded, Source, fly};
//!
//! let score = Source::new(
//!     "score.yaml",
//!     r#"
//! apiVersion: score.dev/v1b1
//! metadata:
//!   name: shop
//! containers:
//!   web:
//!     image: ghcr.io/acme/shop:1.4
//!     variables:
//!       DATABASE_URL: postgres://shop:${resources.db.password}@${resources.db.host}/shop
//!     files:
//!       /etc/motd: { source: motd.txt, noExpand: true }
//! resources:
//!   db: { type: postgres }
//! "#,
//! );
//!
//! // Read once, and asked as often as need be.
//! let loaded = Loaded::read(Input::new(&score));
//! assert!(loaded.diagnostics().is_empty());
//!
//! // The files that it mounts, from wherever they are.
//! let mut needs = loaded.needs(LocalFiles::new());
//! while let Some(need) = needs.next() {
//!     assert_eq!(need.path, "motd.txt");
//!     needs.give(need.path, LocalFile::Content(b"Open all night.".to_vec()));
//! }
//! let files = needs.into_files();
//!
//! // The outputs of its resources, from whoever makes these.
//! let (needed, _) = loaded.requirements(&files).into_result().unwrap();
//! assert_eq!(needed.resources[0].uid, "postgres.default#shop.db");
//! let outputs = Source::new("outputs.yaml", "db: { values: { host: db.internal }, secrets: { password: hush } }");
//! let (outputs, _) = Outputs::read(&outputs).into_result().unwrap();
//!
//! let given = Given { files, outputs, ..Given::default() };
//! match loaded.convert(&given, &Options::default()).into_result() {
//!     Ok((app, warnings)) => {
//!         assert!(warnings.is_empty());
//!         assert!(fly::emit(&app.config).starts_with("app = \"shop\"\n"));
//!         // A secret took part in it, so it is one.
//!         assert_eq!(app.secrets["DATABASE_URL"].expose(), "postgres://shop:hush@db.internal/shop");
//!     }
//!     Err(mistakes) => {
//!         for mistake in mistakes.iter() {
//!             eprintln!("{}: {}", mistake.code, mistake.message);
//!         }
//!     }
//! }
//! ```
//!
//! [`Loaded`] is a Score file that was read, and [`fly::LoadedConfig`] a fly.toml; [`facade`] has the same as
//! requests and answers that are data, for other languages.
//!
//! The stages, each a pure function that reports every mistake it finds:
//!
//! ```text
//! Source --parse--> Document --override, upgrade--> Document --decode--> Workload
//!        --resolve--> ResolvedWorkload --convert--> fly::App --emit--> text
//! ```
#![no_std]
#![cfg_attr(
    not(test),
    warn(
        clippy::unwrap_used,
        clippy::expect_used,
        clippy::panic,
        clippy::indexing_slicing,
        clippy::string_slice,
        clippy::unreachable
    )
)]
#![warn(missing_docs)]

extern crate alloc;
#[cfg(test)]
extern crate std;

pub mod convert;
pub mod deploy;
pub mod diagnostic;
pub mod document;
pub mod facade;
pub mod fly;
pub mod graph;
pub mod import;
pub mod local;
pub mod map;
pub mod placeholder;
pub mod pointer;
pub mod release;
pub mod resolve;
pub mod resource;
pub mod score;
pub mod secret;
pub mod source;
pub mod suggest;

// The code in the library's guide is compiled and run.
#[cfg(doctest)]
#[doc = include_str!("../../docs/library.md")]
mod guide {}

// So is that in the README.
#[cfg(doctest)]
#[doc = include_str!("../README.md")]
mod readme {}

mod loaded;
mod number;
mod prelude;

pub use diagnostic::{Code, Diagnostic, Diagnostics, Outcome, Severity};
pub use import::import;
pub use loaded::{Input, Loaded, convert, load};
pub use source::Source;
