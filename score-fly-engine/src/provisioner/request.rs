//! What provisioners are told, and what they answer.

use std::collections::BTreeMap;
use std::sync::Arc;

use score_fly_core::map::{SortedMap, SortedSet};
use score_fly_core::resource::Uid;
use score_fly_core::score::{Metadata, Port};
use score_fly_core::secret::{Secret, Sensitive};
use serde_json::{Map, Value};

use crate::depth::are_too_deep;

/// What a provisioner is told about a resource.
#[derive(Debug, Clone)]
pub struct Request {
    /// Its uid, with its type, class and id.
    pub uid: Uid,
    /// What names just this resource: unlike the uid, another one after it was taken down.
    pub guid: String,
    /// The params, their placeholders filled.
    pub params: Params,
    /// The metadata, as written.
    pub metadata: SortedMap<String, Value>,
    /// The workload whose params these are.
    pub source_workload: String,
    /// The outputs that workloads refer to, as dotted paths: what a provisioner without a list of
    /// outputs, such as one for environment variables, has to look for.
    pub wanted: SortedSet<String>,
    /// What the provisioner answered as `state` the last time.
    pub state: Map<String, Value>,
    /// The outputs that it answered the last time, as far as they may be printed.
    pub outputs: SortedMap<String, Value>,
    /// What provisioners share.
    pub shared: Map<String, Value>,
    /// The rest of the project.
    pub project: Arc<ProjectView>,
}

/// Params, as a secret if the secret output of another resource took part.
#[derive(Debug, Clone)]
pub struct Params(pub Sensitive<SortedMap<String, Value>>);

impl Params {
    /// The params in clear text: for the provisioner, and nobody else.
    pub fn expose(&self) -> &SortedMap<String, Value> {
        match &self.0 {
            Sensitive::Public(params) => params,
            Sensitive::Secret(params) => params.expose(),
        }
    }

    /// The names.
    pub fn names(&self) -> impl Iterator<Item = &str> {
        self.expose().keys().map(String::as_str)
    }
}

/// What provisioners may know of the project.
#[derive(Debug, Clone, Default)]
pub struct ProjectView {
    /// What stands before a workload's name in its app's.
    pub app_prefix: String,
    /// All workloads by name.
    pub workloads: BTreeMap<String, WorkloadView>,
    /// The environment, with what files given by `--env-file` add.
    pub environment: BTreeMap<String, String>,
}

impl ProjectView {
    /// The app that a workload becomes.
    pub fn app_of(&self, workload: &str) -> String {
        format!("{}{workload}", self.app_prefix)
    }

    /// Where other apps of the same organization reach a workload, at the ports that it listens on.
    pub fn host_of(&self, workload: &str) -> String {
        format!("{}.internal", self.app_of(workload))
    }
}

/// What provisioners may know of a workload.
#[derive(Debug, Clone, Default)]
pub struct WorkloadView {
    /// Its metadata.
    pub metadata: Metadata,
    /// The ports of its service by name.
    pub ports: SortedMap<String, Port>,
}

/// What a provisioner answers.
#[derive(Debug, Clone, Default, PartialEq)]
pub struct Answer {
    /// What it wants to be told the next time. Nothing: the same as this time.
    pub state: Option<Map<String, Value>>,
    /// Outputs that may be printed. Nothing: the same as the last time.
    pub values: Option<SortedMap<String, Value>>,
    /// Outputs that must not be printed.
    pub secrets: SortedMap<String, Secret<Value>>,
    /// A change of what provisioners share, as a JSON merge patch (RFC 7386).
    pub shared: Map<String, Value>,
}

impl Answer {
    /// Makes secrets of all values.
    pub(super) fn hide_values(&mut self) {
        let Some(values) = &mut self.values else { return };
        let hidden = std::mem::take(values).into_iter().map(|(name, value)| (name, Secret::new(value)));
        // What is a secret already is the one that counts.
        let told = std::mem::take(&mut self.secrets);
        self.secrets = hidden.chain(told).collect();
    }

    /// Takes out what is nested more deeply than a state keeps, and says what that was.
    pub(super) fn drop_too_deep(&mut self) -> Option<&'static str> {
        let mut dropped = None;
        if are_too_deep(self.state.iter().flat_map(Map::values)) {
            self.state = None;
            dropped = Some("the state");
        }
        if are_too_deep(self.values.iter().flat_map(SortedMap::values)) {
            self.values = None;
            dropped = Some("the values");
        }
        if are_too_deep(self.secrets.values().map(Secret::expose)) {
            self.secrets = SortedMap::new();
            dropped = Some("the secrets");
        }
        if are_too_deep(self.shared.values()) {
            self.shared = Map::new();
            dropped = Some("the shared values");
        }
        dropped
    }
}
