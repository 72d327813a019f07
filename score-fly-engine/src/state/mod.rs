//! What a project remembers from run to run.

mod file;
mod import;
mod journal;

use std::collections::{BTreeMap, BTreeSet};
use std::path::PathBuf;

use score_fly_core::resource::Uid;
use score_fly_core::score::Workload;
use serde::{Deserialize, Serialize};
use serde_json::{Map, Value};

pub use file::StateError;
pub(crate) use file::StateFile;
pub use import::{Imported, import};
pub(crate) use journal::{Change, Journal};

use crate::provisioner::Provisioner;

/// The state of a project.
///
/// All of it stands in every file, so that one that is cut short is recognised.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct State {
    /// The version of the form in which it is written.
    version: u64,
    /// What stands before a workload's name in its app's.
    pub app_prefix: String,
    /// The provisioners: the first one that matches makes a resource.
    pub provisioners: Vec<Provisioner>,
    /// The workloads by name.
    pub workloads: BTreeMap<String, WorkloadRecord>,
    /// The resources by uid.
    pub resources: BTreeMap<Uid, ResourceRecord>,
    /// What provisioners share.
    pub shared_state: Map<String, Value>,
}

/// A workload of a project.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct WorkloadRecord {
    /// The Score file that it came from, relative to the project: what it mounts is found from there.
    pub file: PathBuf,
    /// The workload, after overrides.
    pub spec: Workload,
}

/// A resource of a project.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct ResourceRecord {
    /// What names just this resource: unlike the uid, another one after it was taken down.
    pub guid: String,
    /// The workload whose params count.
    pub source_workload: String,
    /// The params that its provisioner was called with; as written, with their placeholders, if
    /// there were secrets among what filled them.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub params: Option<BTreeMap<String, Value>>,
    /// The metadata, as written.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub metadata: Option<BTreeMap<String, Value>>,
    /// The id of the provisioner that made it, or that was about to.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub provisioner: Option<String>,
    /// Whether its provisioner is yet to answer for what stands here. It may have been called, and
    /// interrupted.
    #[serde(default, skip_serializing_if = "std::ops::Not::not")]
    pub pending: bool,
    /// What the provisioner wants to be told the next time. There may be secrets in it.
    #[serde(default, skip_serializing_if = "Map::is_empty")]
    pub state: Map<String, Value>,
    /// The outputs that may be printed.
    #[serde(default, skip_serializing_if = "BTreeMap::is_empty")]
    pub outputs: BTreeMap<String, Value>,
    /// The names of those that may not. Their values are not kept: the provisioner is asked again.
    #[serde(default, skip_serializing_if = "BTreeSet::is_empty")]
    pub secret_outputs: BTreeSet<String>,
}

/// The version of the form in which this score-fly writes state.
const VERSION: u64 = 1;

impl State {
    /// The state of a new project.
    pub fn new(app_prefix: impl Into<String>) -> Self {
        Self {
            version: VERSION,
            app_prefix: app_prefix.into(),
            provisioners: Vec::new(),
            workloads: BTreeMap::new(),
            resources: BTreeMap::new(),
            shared_state: Map::new(),
        }
    }

    /// The uids of all resources that a workload uses.
    pub fn used(&self) -> BTreeSet<Uid> {
        let specs = self.workloads.values().map(|workload| &workload.spec);
        specs
            .flat_map(|spec| {
                spec.resources.iter().map(|(name, resource)| Uid::new(&spec.metadata.name, name, resource))
            })
            .collect()
    }

    /// The uids of all resources that no workload uses any more.
    pub fn orphans(&self) -> Vec<Uid> {
        let used = self.used();
        self.resources.keys().filter(|uid| !used.contains(*uid)).cloned().collect()
    }

    /// The provisioner of that id.
    pub fn provisioner(&self, id: &str) -> Option<&Provisioner> {
        self.provisioners.iter().find(|provisioner| provisioner.id == id)
    }

    /// Changes what provisioners share by a JSON merge patch.
    pub(crate) fn share(&mut self, patch: &Map<String, Value>) {
        merge(&mut self.shared_state, patch);
    }
}

/// RFC 7386: null removes a key, mappings are merged, and all else replaces.
pub(crate) fn merge(target: &mut Map<String, Value>, patch: &Map<String, Value>) {
    for (key, value) in patch {
        match value {
            Value::Null => {
                target.remove(key);
            }
            Value::Object(patch) => {
                let inner = target.entry(key.clone()).or_insert_with(|| Value::Object(Map::new()));
                if !inner.is_object() {
                    *inner = Value::Object(Map::new());
                }
                if let Value::Object(inner) = inner {
                    merge(inner, patch);
                }
            }
            other => {
                target.insert(key.clone(), other.clone());
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use serde_json::{Map, Value, json};

    use super::merge;

    fn map(value: Value) -> Map<String, Value> {
        let Value::Object(map) = value else { panic!("{value} is no mapping") };
        map
    }

    /// The examples of RFC 7386, appendix A, of which target and patch are mappings.
    #[test]
    fn merges_as_the_rfc_says() {
        for (target, patch, result) in [
            (json!({"a": "b"}), json!({"a": "c"}), json!({"a": "c"})),
            (json!({"a": "b"}), json!({"b": "c"}), json!({"a": "b", "b": "c"})),
            (json!({"a": "b"}), json!({"a": null}), json!({})),
            (json!({"a": "b", "b": "c"}), json!({"a": null}), json!({"b": "c"})),
            (json!({"a": ["b"]}), json!({"a": "c"}), json!({"a": "c"})),
            (json!({"a": "c"}), json!({"a": ["b"]}), json!({"a": ["b"]})),
            (json!({"a": {"b": "c"}}), json!({"a": {"b": "d", "c": null}}), json!({"a": {"b": "d"}})),
            (json!({"a": [{"b": "c"}]}), json!({"a": [1]}), json!({"a": [1]})),
            (json!({"e": null}), json!({"a": 1}), json!({"e": null, "a": 1})),
            (json!({}), json!({"a": {"bb": {"ccc": null}}}), json!({"a": {"bb": {}}})),
        ] {
            let mut merged = map(target);
            merge(&mut merged, &map(patch));
            assert_eq!(merged, map(result));
        }
    }
}
