//! How many machines there are to be, which fly.toml can't say.

use serde::{Deserialize, Serialize};

use crate::map::SortedMap;
use crate::prelude::*;

/// How many machines there are to be of a process group, for which fly.toml has no words. If nothing is said, what
/// is there stays.
#[derive(Debug, Clone, PartialEq, Eq, Default, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(rename_all = "camelCase", deny_unknown_fields, default)]
pub struct Scale {
    /// How many machines in each region, by its code. With `count`, the regions take turns, and the numbers
    /// here don't matter.
    pub regions: SortedMap<String, u32>,
    /// How many machines in all.
    pub count: Option<u32>,
    /// Whether a group that has no machines yet gets a spare one; it does unless this is false.
    pub ha: Option<bool>,
}

impl Scale {
    /// Whether nothing is said.
    pub fn is_empty(&self) -> bool {
        *self == Self::default()
    }
}
