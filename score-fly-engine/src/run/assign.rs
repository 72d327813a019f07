//! Who makes which resource.

use std::collections::BTreeMap;

use score_fly_core::graph::{Graph, no_provisioner, provisioner_changed, unsupported_params};
use score_fly_core::resource::{Outputs, ResourceOutputs, Uid, first_match};
use score_fly_core::{Diagnostics, Loaded, Outcome};

use crate::provisioner::Provisioner;
use crate::state::State;

/// Where the outputs of each resource come from.
#[derive(Debug, Clone, Default)]
pub struct Assigned {
    provisioners: BTreeMap<Uid, Provisioner>,
    given: BTreeMap<Uid, ResourceOutputs>,
}

impl Assigned {
    /// The provisioner that makes a resource, unless its outputs are given.
    pub fn provisioner(&self, uid: &Uid) -> Option<&Provisioner> {
        self.provisioners.get(uid)
    }

    /// The outputs of a resource that no provisioner is asked for.
    pub(super) fn given(&self, uid: &Uid) -> Option<&ResourceOutputs> {
        self.given.get(uid)
    }

    /// All resources that are made by a provisioner.
    pub(super) fn provisioned(&self) -> impl Iterator<Item = (&Uid, &Provisioner)> {
        self.provisioners.iter()
    }
}

/// Finds the provisioner of each resource: the first one that matches. It has to support all params.
/// Resources whose outputs are
/// `given`, by the uid or by the name that its workload uses, need none.
pub fn assign(
    state: &State,
    graph: &Graph,
    workloads: &BTreeMap<&str, &Loaded<'_>>,
    given: &Outputs,
) -> Outcome<Assigned> {
    let mut assigned = Assigned::default();
    let mut diagnostics = Vec::new();
    for (uid, definition) in &graph.resources {
        let Some(workload) = workloads.get(definition.workload.as_str()) else { continue };
        if let Some(outputs) = given.of(&definition.name, uid) {
            assigned.given.insert(uid.clone(), outputs.clone());
            continue;
        }
        let Some(found) = first_match(&state.provisioners, |provisioner| &provisioner.selector, uid) else {
            diagnostics.push(no_provisioner(workload, &definition.name, uid));
            continue;
        };
        if let Some(supported) = &found.supported_params {
            diagnostics.extend(unsupported_params(workload, &definition.name, &found.id, supported));
        }
        if let Some((old, answered)) = maker(state, uid)
            && old != found.id
            && state.provisioner(old).is_none_or(Provisioner::leaves_traces)
        {
            diagnostics.push(provisioner_changed(workload, &definition.name, uid, (old, answered), &found.id));
        }
        assigned.provisioners.insert(uid.clone(), found.clone());
    }
    Outcome::new(assigned, Diagnostics::from_iter(diagnostics))
}

/// Who has made the resource, or has been about to, and whether it ever answered.
fn maker<'s>(state: &'s State, uid: &Uid) -> Option<(&'s str, bool)> {
    let record = state.resources.get(uid)?;
    Some((record.provisioner.as_deref()?, record.is_answered()))
}
