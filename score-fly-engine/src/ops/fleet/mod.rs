//! All apps of a run: what each of them is to be, which of them need which others, and what is remembered of them.

mod in_project;
mod memory;
mod model;
mod order;
mod read;

pub(super) use memory::Memory;
pub(super) use model::{Aim, Fleet, Member, Said};
pub(super) use order::{Fate, in_order};
