//! What the standard library's prelude has and `core`'s has not: the core is `no_std`, so that the compiler
//! keeps files, clocks, threads and the network out of it.

pub(crate) use alloc::borrow::ToOwned;
pub(crate) use alloc::boxed::Box;
pub(crate) use alloc::string::{String, ToString};
pub(crate) use alloc::vec::Vec;
pub(crate) use alloc::{format, vec};
