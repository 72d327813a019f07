//! What the caller allows.

use serde::{Deserialize, Deserializer, Serialize, Serializer, de};

use crate::fly::config::Strategy;
use crate::prelude::*;

/// What the caller allows, and which part of the app is meant. If nothing is said, all of it, and nothing may be
/// lost.
#[derive(Debug, Clone, PartialEq, Default, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(rename_all = "camelCase", deny_unknown_fields, default)]
pub struct Policy {
    /// How machines are replaced; as fly.toml says, or else `rolling`.
    #[serde(serialize_with = "write_strategy", deserialize_with = "read_strategy")]
    pub strategy: Option<Strategy>,
    /// How many machines of a group may be away at once: below 1 a fraction, otherwise a count.
    pub max_unavailable: Option<f64>,
    /// Leave out the release command.
    pub skip_release_command: bool,
    /// Only change machines that are there: create none, and destroy none.
    pub update_only: bool,
    /// Only machines in these regions, if there are any.
    pub only_regions: Vec<String>,
    /// No machines in these regions.
    pub exclude_regions: Vec<String>,
    /// Only these process groups, if there are any.
    pub only_groups: Vec<String>,
    /// Only these machines by id, if there are any; none are created then.
    pub only_machines: Vec<String>,
    /// Not these machines.
    pub exclude_machines: Vec<String>,
    /// What may be lost, by name.
    pub lose: Lose,
}

/// What may be lost, by name.
#[derive(Debug, Clone, PartialEq, Eq, Default, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(rename_all = "camelCase", deny_unknown_fields, default)]
pub struct Lose {
    /// Machines with volumes that may go or lose their mount, by id. Their volumes stay.
    pub machines: Vec<String>,
    /// Volumes to destroy with everything in them, by id. Machines that mount them are not touched, so
    /// they must be free, or become free by the same plan.
    pub volumes: Vec<String>,
    /// Addresses to give back.
    pub addresses: Vec<String>,
    /// Secrets to remove.
    pub secrets: Vec<String>,
}

#[expect(clippy::trivially_copy_pass_by_ref, clippy::ref_option, reason = "serde calls it so")]
fn write_strategy<S: Serializer>(strategy: &Option<Strategy>, serializer: S) -> Result<S::Ok, S::Error> {
    strategy.map(Strategy::as_str).serialize(serializer)
}

fn read_strategy<'de, D: Deserializer<'de>>(from: D) -> Result<Option<Strategy>, D::Error> {
    let Some(word) = Option::<String>::deserialize(from)? else { return Ok(None) };
    let unknown = || de::Error::custom("a strategy is `canary`, `rolling`, `immediate` or `bluegreen`");
    Strategy::from_word(&word).map(Some).ok_or_else(unknown)
}
