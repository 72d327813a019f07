//! The fake against the documented requests and answers, written by hand.

mod apps;
mod common;
mod faults;
mod flyctl;
mod leases;
mod machines;
mod web;
