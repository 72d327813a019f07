//! One function for each diagnostic, by the stage that reports it.
//!
//! Rules for the words: one sentence in lower case without a full stop; the user's text in
//! backticks; no Rust type names; advice goes into the help, and never a secret anywhere.

pub(crate) mod annotations;
pub(crate) mod convert;
pub(crate) mod document;
pub(crate) mod fly;
pub(crate) mod fly_rules;
pub(crate) mod idioms;
pub(crate) mod import;
pub(crate) mod resolve;
pub(crate) mod resource;
pub(crate) mod routes;
pub(crate) mod score;
