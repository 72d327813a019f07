//! The client against Fly's APIs on this machine.
#![allow(clippy::unchecked_time_subtraction, reason = "clocks never go back")]

mod calls;
#[path = "../support/clock.rs"]
mod clock;
mod common;
mod faults;
mod leases;
mod limits;
mod secrecy;
mod services;
mod stopping;
