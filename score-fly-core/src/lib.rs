//! Pure conversion of [Score](https://score.dev) workloads into Fly.io app configuration.
//!
//! A Score file and the outputs of its resources go in; a fly.toml, secrets and side files come
//! out. Nothing here touches files, the environment, a clock or the network: whatever a workload
//! needs from the world is asked for by [`Loaded::requirements`] and handed in as data.
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
pub mod diagnostic;
pub mod document;
pub mod facade;
pub mod fly;
pub mod graph;
pub mod import;
pub mod map;
pub mod placeholder;
pub mod pointer;
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

mod loaded;
pub mod local;
mod prelude;

pub use diagnostic::{Code, Diagnostic, Diagnostics, Outcome, Severity};
pub use import::import;
pub use loaded::{Input, Loaded, convert, load};
pub use source::Source;
