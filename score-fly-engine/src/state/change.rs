//! What happens to a state from one moment to the next.

use score_fly_core::resource::Uid;
use serde::{Deserialize, Serialize};
use serde_json::{Map, Value};

use super::model::{ResourceRecord, State};

/// What a provisioner call changes. Applying it twice is the same as once.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct Change {
    /// The resource.
    pub(crate) uid: Uid,
    /// What is known of it from now on; nothing, if it is gone.
    pub(crate) resource: Option<ResourceRecord>,
    /// A merge patch of what provisioners share.
    #[serde(default, skip_serializing_if = "Map::is_empty")]
    pub(crate) shared: Map<String, Value>,
    /// What is encrypted of it, as long as that is so.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub(super) sealed: Option<String>,
}

impl Change {
    /// A resource that is made or changed.
    pub(crate) fn made(uid: Uid, resource: ResourceRecord, shared: Map<String, Value>) -> Self {
        Self { uid, resource: Some(resource), shared, sealed: None }
    }

    /// A resource that is gone.
    pub(crate) fn gone(uid: Uid, shared: Map<String, Value>) -> Self {
        Self { uid, resource: None, shared, sealed: None }
    }

    /// Whether the state says it already.
    pub(crate) fn is_made(&self, state: &State) -> bool {
        state.resources.get(&self.uid) == self.resource.as_ref() && self.shared.is_empty()
    }

    pub(crate) fn apply(self, state: &mut State) {
        match self.resource {
            Some(resource) => {
                state.resources.insert(self.uid, resource);
            }
            None => {
                state.resources.remove(&self.uid);
            }
        }
        state.share(&self.shared);
    }
}
