//! Provisioners against real programs and servers.
#![allow(clippy::disallowed_methods, reason = "tests make a world of their own")]
#![cfg(unix)]

mod builtin;
mod cmd;
mod files;
mod http;
mod server;
mod static_outputs;
mod support;
mod template;
