//! What the caller says beyond fly.toml.

use serde::{Deserialize, Serialize};

use super::observed::AddressKind;
use crate::fly::Scale;
use crate::map::SortedMap;
use crate::prelude::*;

/// What the caller says beyond fly.toml. What is left out is as fly.toml has it.
#[derive(Debug, Clone, PartialEq, Eq, Default, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema), schemars(rename = "PlanOptions"))]
#[serde(rename_all = "camelCase", deny_unknown_fields, default)]
pub struct Options {
    /// The app's name.
    pub app: Option<String>,
    /// The slug of the organization that a new app belongs to.
    pub organization: Option<String>,
    /// The private network of a new app.
    pub network: Option<String>,
    /// The image, best by its digest.
    pub image: Option<String>,
    /// The region of new machines.
    pub region: Option<String>,
    /// How many machines there are to be: of the default process group, but `ha` is for all.
    pub scale: Scale,
    /// How many machines there are to be of other process groups, by name.
    pub groups: SortedMap<String, Scale>,
    /// Which kinds of addresses there are to be. If nothing is said, a new app gets what its services need.
    pub addresses: Option<Vec<AddressKind>>,
    /// The size of new volumes in gigabytes, for mounts without `initial_size`.
    pub volume_size_gb: Option<u32>,
    /// The names of the secrets that are to be set, each with a fingerprint of its value, or null.
    pub secrets: SortedMap<String, Option<String>>,
    /// What machines are labelled with.
    pub stamp: Stamp,
}

/// What machines are labelled with, so that one sees later what was deployed.
#[derive(Debug, Clone, PartialEq, Eq, Default, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(rename_all = "camelCase", deny_unknown_fields, default)]
pub struct Stamp {
    /// The version, as its author counts.
    pub version: Option<String>,
    /// The commit.
    pub revision: Option<String>,
    /// Where that commit is.
    pub source: Option<String>,
    /// What is new, in a line.
    pub note: Option<String>,
    /// The release that is gone back to, by its number or version.
    pub back_to: Option<String>,
    /// The tree of apps that it comes from, and what tells the app that is wanted there from any other.
    pub tree: Option<String>,
    /// The name of the preview that the app belongs to.
    pub preview: Option<String>,
    /// Who answers for the preview.
    pub owner: Option<String>,
    /// When the preview may be pruned, as RFC 3339 has it.
    pub expires: Option<String>,
    /// The id of this deploy.
    pub deploy: Option<String>,
}
