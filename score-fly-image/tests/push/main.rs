//! Pushing archives made by hand to a registry in memory that can be told to misbehave.

mod again;
mod archives;
mod broken;
mod login;
mod trouble;

#[path = "../support/mod.rs"]
mod support;
