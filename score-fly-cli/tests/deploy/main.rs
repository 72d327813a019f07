//! Runs the binary against a Fly on this machine.

#[cfg(unix)]
#[allow(dead_code, reason = "the tests that it is from use more of it")]
#[path = "../../../score-fly-gitops/tests/sync/http.rs"]
mod http;
#[path = "../support/registry.rs"]
mod registry;
#[allow(dead_code, reason = "the tests that it is from use more of it")]
#[path = "../cli/sandbox.rs"]
mod sandbox;

mod apps;
mod archives;
mod controller;
mod first;
mod flags;
mod flyctl;
mod functions;
#[cfg(unix)]
mod install;
mod previews;
mod projects;
mod releases;
mod services;
mod situations;
mod strategies;
mod trouble;
mod world;
