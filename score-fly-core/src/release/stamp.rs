//! What a machine says about the release that it has.

use serde::Serialize;
use serde_json::{Map, Value};

use crate::deploy::label;
use crate::prelude::*;

/// What a machine says about the release that it has. What it does not say is null.
#[derive(Debug, Clone, PartialEq, Eq, Default, Serialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(rename_all = "camelCase")]
#[non_exhaustive]
pub struct ReleaseStamp {
    /// The number of the release at Fly.
    pub release: Option<u64>,
    /// The version, as its author counts.
    pub version: Option<String>,
    /// The commit; `-dirty` behind it says that there were changes that are in no commit.
    pub revision: Option<String>,
    /// Where that commit is.
    pub source: Option<String>,
    /// What is new, in a line.
    pub note: Option<String>,
    /// The release that this one went back to, by its number or version.
    pub back_to: Option<String>,
    /// The id of the deploy that changed the machine last.
    pub deploy: Option<String>,
    /// The hash of the config that the deploy gave it.
    pub config: Option<String>,
}

impl ReleaseStamp {
    /// Reads the labels of a machine; nothing if no release is noted there.
    pub fn of_labels(labels: &Map<String, Value>) -> Option<Self> {
        let text = |key: &str| labels.get(key)?.as_str().filter(|text| !text.is_empty());
        let own = |key: &str| text(key).map(str::to_owned);
        let stamp = Self {
            release: text(label::RELEASE_VERSION).and_then(|number| number.parse().ok()),
            version: own(label::VERSION),
            revision: own(label::REVISION),
            source: own(label::SOURCE),
            note: own(label::NOTE),
            back_to: own(label::BACK_TO),
            // What stands behind a full stop tells apart what one deploy has made.
            deploy: text(label::DEPLOY).map(|text| text.split('.').next().unwrap_or_default().to_owned()),
            config: own(label::CONFIG),
        };
        (stamp != Self::default()).then_some(stamp)
    }

    /// The same from a machine as the Machines API shows it, from its config, or from its labels.
    pub fn find(json: &Value) -> Option<Self> {
        let config = ["config", "incomplete_config", "user_config"].iter().find_map(|key| json.get(key)?.as_object());
        let table = config.or_else(|| json.as_object())?;
        let labels = table.get("metadata").and_then(Value::as_object).unwrap_or(table);
        Self::of_labels(labels)
    }
}
