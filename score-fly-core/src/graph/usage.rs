//! A resource where a workload has it.

use crate::loaded::Loaded;
use crate::score::{Resource, Workload};

/// A resource as one workload has it.
#[derive(Clone, Copy)]
pub(super) struct Use<'a, 's> {
    pub(super) loaded: &'a Loaded<'s>,
    pub(super) workload: &'a Workload,
    pub(super) name: &'a str,
    pub(super) resource: &'a Resource,
}
