//! Functions: a few files of code become a running app.
//!
//! A [runtime](Runtime) holds all that functions of a kind have in common: a server, a Dockerfile, and
//! what a new function starts with. [`scaffold`] makes the folder that the user owns, and [`build`]
//! makes of it a plain Docker context with a Score file, which need nothing of score-fly.
//!
//! Nothing here touches files, the environment, a clock or the network: folders come in and go out as
//! [`Files`]. The same input gives the same bytes.
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
#![warn(clippy::disallowed_methods, clippy::disallowed_types)]

// The code in the README is compiled and run.
#[cfg(doctest)]
#[doc = include_str!("../README.md")]
mod readme {}

mod build;
mod builtin;
pub mod faaso;
mod files;
mod function;
mod load;
mod manifest;
mod messages;
mod reference;
mod runtime;
mod scaffold;
mod schema;
mod score;
mod template;
mod yaml;

pub use build::build;
pub use files::{File, Files, InvalidPath, can_be_part};
pub use function::{FUNCTION, FUNKO, Function};
pub use reference::Reference;
pub use runtime::{Contract, Runtime};
pub use scaffold::scaffold;
pub use schema::{Opt, Schema};
