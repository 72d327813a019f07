//! The client against Fly's APIs on this machine.
#![allow(clippy::unchecked_time_subtraction, reason = "clocks never go back")]

mod calls;
mod common;
mod faults;
mod leases;
mod limits;
mod secrecy;
mod services;
mod stopping;
