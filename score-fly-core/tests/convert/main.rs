//! The convert stage: what each element of a Score file becomes on Fly, and what is refused.
//!
//! Expected values come from flyctl's behaviour and Fly's documentation.

mod annotations;
mod app;
mod checks;
mod containers;
mod env;
mod files;
mod fragment;
mod large;
mod mounts;
mod processes;
mod services;
mod support;
mod vm;
