//! Deploys at a Fly on this machine, in whose time they work: minutes take moments.
#![cfg(feature = "deploy")]
#![allow(clippy::disallowed_methods, reason = "tests make a world of their own")]

mod chaos;
#[path = "../../../score-fly-api/tests/support/clock.rs"]
mod clock;
mod faults;
mod parity;
mod strategies;
mod world;
