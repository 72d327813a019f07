//! What stands in the state before the first provisioner is called.

use score_fly_core::graph::Graph;
use score_fly_core::map::{SortedMap, SortedSet};
use serde_json::Map;
use uuid::Uuid;

use super::assign::Assigned;
use crate::state::{ResourceRecord, State};

/// Writes every resource that is to be made into `state`, so that none is forgotten if the run is
/// interrupted while its provisioner works. Saving is up to the caller.
pub fn prime(state: &mut State, graph: &Graph, assigned: &Assigned) {
    for (uid, provisioner) in assigned.provisioned() {
        provisioner.decide_names(&state.app_prefix, &mut state.shared_state);
        let Some(definition) = graph.resources.get(uid) else { continue };
        let record = state.resources.entry(uid.clone()).or_insert_with(|| ResourceRecord {
            guid: Uuid::new_v4().to_string(),
            source_workload: String::new(),
            params: None,
            metadata: None,
            needs: SortedSet::new(),
            provisioner: None,
            pending: true,
            state: Map::new(),
            outputs: SortedMap::new(),
            secret_outputs: SortedSet::new(),
            secrets: SortedMap::new(),
        });
        let unchanged = record.provisioner.as_ref() == Some(&provisioner.id)
            && record.metadata == definition.metadata
            && record.source_workload == definition.workload;
        record.pending |= !unchanged;
        record.needs.clone_from(&definition.needs);
        record.provisioner = Some(provisioner.id.clone());
        record.metadata.clone_from(&definition.metadata);
        record.source_workload.clone_from(&definition.workload);
    }
}
