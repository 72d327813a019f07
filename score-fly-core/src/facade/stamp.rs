//! Reading what a machine says about its release.

use serde::Serialize;
use serde_json::Value as Json;

use super::answer::{Answer, json};
use crate::prelude::*;
use crate::release::ReleaseStamp;

/// A machine whose release is to be read.
#[derive(Debug, Clone, Default, PartialEq, Serialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub struct StampRequest {
    /// The machine as the Machines API shows it; or its config, or its metadata.
    pub machine: Json,
}

/// What a machine says about its release.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema), schemars(rename = "Stamp"))]
#[serde(rename_all = "camelCase")]
pub struct Stamped {
    /// What it says; null if it says nothing of a release.
    pub stamp: Option<ReleaseStamp>,
}

/// Reads what a machine says about its release.
pub fn stamp(request: StampRequest) -> Answer<Stamped> {
    let StampRequest { machine } = request;
    Answer::Success { value: Stamped { stamp: ReleaseStamp::find(&machine) }, diagnostics: Vec::new() }
}

/// [`stamp`], from JSON to JSON.
pub fn stamp_json(request: &str) -> String {
    json(request, stamp)
}
