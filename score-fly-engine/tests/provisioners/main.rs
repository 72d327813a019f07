//! Provisioners against real programs and servers.
#![cfg(unix)]

mod builtin;
mod cmd;
mod files;
mod http;
mod server;
mod static_outputs;
mod support;
mod template;
