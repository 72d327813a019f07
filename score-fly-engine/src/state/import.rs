//! Taking over a project of score-flyio.

use std::io;
use std::path::Path;

use score_fly_core::map::{SortedMap, SortedSet};
use score_fly_core::resource::{Selector, Uid};
use serde::Deserialize;
use serde_json::{Map, Value};

use super::error::{StateError, not_importable, too_deep_to_import};
use super::model::{ResourceRecord, State};
use crate::depth::are_too_deep;
use crate::files;
use crate::provisioner::{Cmd, Http, Kind, Provisioner, Static};
use crate::store::StoreError;

/// How large its state may be, in bytes.
const LIMIT: u64 = 64 << 20;

/// What was taken over, and what was not.
#[derive(Debug, PartialEq)]
pub struct Imported {
    /// The state, without workloads: they are to be generated again from their Score files.
    pub state: State,
    /// The names of its workloads.
    pub workloads: Vec<String>,
    /// What could not be taken over, one sentence each.
    pub left: Vec<String>,
}

/// The state file of score-flyio. It has more keys than matter here.
#[derive(Deserialize)]
struct Foreign {
    app_prefix: String,
    #[serde(default)]
    provisioners: Option<Vec<ForeignProvisioner>>,
    #[serde(default)]
    workloads: Option<SortedMap<String, serde_yaml::Value>>,
    #[serde(default)]
    resources: Option<SortedMap<String, ForeignResource>>,
    #[serde(default)]
    shared_state: Option<Map<String, Value>>,
}

#[derive(Deserialize)]
struct ForeignProvisioner {
    id: String,
    resource_type: String,
    #[serde(default)]
    resource_class: String,
    #[serde(default)]
    resource_id: String,
    #[serde(rename = "static")]
    outputs: Option<SortedMap<String, Value>>,
    cmd: Option<Cmd>,
    http: Option<Http>,
}

#[derive(Deserialize)]
struct ForeignResource {
    guid: String,
    #[serde(default)]
    metadata: Option<SortedMap<String, Value>>,
    #[serde(default)]
    source_workload: String,
    #[serde(default)]
    provisioner: String,
    #[serde(default)]
    state: Option<Map<String, Value>>,
    #[serde(default)]
    outputs: Option<SortedMap<String, Value>>,
}

/// Reads the state of score-flyio in `path`, which people know as `shown`.
///
/// # Errors
/// If it can't be read, or is not such a state.
pub fn import(path: &Path, shown: &Path) -> Result<Imported, StateError> {
    let bytes = files::read(path, LIMIT);
    let text = bytes.and_then(|bytes| String::from_utf8(bytes).map_err(|_| io::ErrorKind::InvalidData.into()));
    let text = text.map_err(|error| StoreError::io("read", shown, &error))?;
    let foreign: Foreign = match serde_yaml::from_str(&text) {
        Ok(foreign) => foreign,
        Err(error) => return Err(not_importable(shown, text, &error)),
    };
    let mut state = State::new(foreign.app_prefix);
    let mut left = Vec::new();
    for provisioner in foreign.provisioners.unwrap_or_default() {
        match provisioner.convert() {
            Ok(provisioner) => state.provisioners.push(provisioner),
            Err(id) => left.push(format!("the provisioner `{id}` is of a kind that can't be taken over")),
        }
    }
    for (uid, resource) in foreign.resources.unwrap_or_default() {
        match uid.parse::<Uid>() {
            Ok(uid) => {
                state.resources.insert(uid, resource.into());
            }
            Err(error) => left.push(format!("the resource {error}")),
        }
    }
    state.shared_state = foreign.shared_state.unwrap_or_default();
    if let Some(what) = too_deep(&state) {
        return Err(too_deep_to_import(shown, &what));
    }
    let workloads: Vec<String> = foreign.workloads.unwrap_or_default().into_keys().collect();
    state.awaited = workloads.iter().cloned().collect();
    Ok(Imported { state, workloads, left })
}

/// What of it is nested more deeply than a state keeps.
fn too_deep(state: &State) -> Option<String> {
    let provisioner = state.provisioners.iter().find(|one| match &one.kind {
        Kind::Static(outputs) => are_too_deep(outputs.values.values()),
        _ => false,
    });
    let resource = state.resources.iter().find(|(_, record)| {
        let metadata = record.metadata.iter().flat_map(SortedMap::values);
        are_too_deep(metadata.chain(record.state.values()).chain(record.outputs.values()))
    });
    let shared = are_too_deep(state.shared_state.values()).then(|| "what provisioners share".to_owned());
    let provisioner = provisioner.map(|one| format!("a value of the provisioner `{}`", one.id));
    provisioner.or(resource.map(|(uid, _)| format!("a value of the resource `{uid}`"))).or(shared)
}

impl ForeignProvisioner {
    fn convert(self) -> Result<Provisioner, String> {
        let kind = match (self.http, self.cmd, self.outputs) {
            (Some(http), _, _) => Kind::Http(http),
            (None, Some(cmd), _) => Kind::Cmd(cmd),
            (None, None, Some(values)) => Kind::Static(Static { values, secrets: SortedMap::new() }),
            (None, None, None) => return Err(self.id),
        };
        let any = |text: String| Some(text).filter(|text| !text.is_empty());
        Ok(Provisioner {
            id: self.id,
            selector: Selector {
                kind: self.resource_type,
                class: any(self.resource_class),
                resource_id: any(self.resource_id),
            },
            description: None,
            supported_params: None,
            expected_outputs: None,
            kind,
        })
    }
}

impl From<ForeignResource> for ResourceRecord {
    fn from(resource: ForeignResource) -> Self {
        Self {
            guid: resource.guid,
            source_workload: resource.source_workload,
            // They have their placeholders filled there, perhaps with secrets.
            params: None,
            metadata: resource.metadata,
            needs: SortedSet::new(),
            provisioner: Some(resource.provisioner).filter(|id| !id.is_empty()),
            pending: false,
            state: resource.state.unwrap_or_default(),
            outputs: resource.outputs.unwrap_or_default(),
            secret_outputs: SortedSet::new(),
            secrets: SortedMap::new(),
        }
    }
}
