//! Taking resources down.

use std::sync::Arc;

use score_fly_core::map::SortedSet;
use score_fly_core::resource::Uid;
use score_fly_core::secret::Sensitive;
use serde_json::Map;

use crate::progress::{Progress, Watch};
use crate::project::Project;
use crate::provisioner::{Call, Error, Params, ProjectView, Request, Surroundings};
use crate::state::{Change, StateError};

/// Why a resource was not taken down. It is still in the state then.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum DeprovisionError {
    /// There is no such resource.
    #[error("there is no resource `{uid}` in this project")]
    Unknown {
        /// The resource.
        uid: String,
    },
    /// Nobody is left to ask.
    #[error("`{uid}` was made by the provisioner `{provisioner}`, which is no longer there")]
    NoProvisioner {
        /// The resource.
        uid: Uid,
        /// The provisioner.
        provisioner: String,
    },
    /// The provisioner failed.
    #[error("`{uid}` was not taken down: {error}")]
    Failed {
        /// The resource.
        uid: Uid,
        /// Why.
        error: Error,
    },
    /// What happened can't be written down.
    #[error(transparent)]
    State(#[from] StateError),
}

/// Forgets a resource without asking its provisioner: whatever that made stays.
///
/// # Errors
/// If there is no such resource, or that can't be written down.
pub fn forget(project: &mut Project, uid: &Uid) -> Result<(), DeprovisionError> {
    if !project.state.resources.contains_key(uid) {
        return Err(DeprovisionError::Unknown { uid: uid.to_string() });
    }
    Ok(project.record(Change::gone(uid.clone(), Map::new()), true)?)
}

/// What became of a resource that is not there any more.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Gone {
    /// Its provisioner has taken it down.
    TakenDown,
    /// There was nothing to take down: no provisioner was called for it yet, or its provisioner only computes.
    Forgotten,
}

/// Takes a resource down, and forgets it. If the run is cancelled meanwhile, it is not taken down.
///
/// # Errors
/// If there is no such resource, or it can't be taken down.
pub fn deprovision(
    project: &mut Project,
    uid: &Uid,
    view: &Arc<ProjectView>,
    surroundings: Surroundings<'_>,
    progress: &Watch<'_>,
) -> Result<Gone, DeprovisionError> {
    let Some(record) = project.state.resources.get(uid).cloned() else {
        return Err(DeprovisionError::Unknown { uid: uid.to_string() });
    };
    // One that was never given to a provisioner was never made.
    let Some(id) = record.provisioner.clone() else {
        project.record(Change::gone(uid.clone(), Map::new()), true)?;
        return Ok(Gone::Forgotten);
    };
    let Some(provisioner) = project.state.provisioner(&id).cloned() else {
        return Err(DeprovisionError::NoProvisioner { uid: uid.clone(), provisioner: id });
    };
    let request = Request {
        uid: uid.clone(),
        guid: record.guid.clone(),
        params: Params(Sensitive::Public(record.params.clone().unwrap_or_default())),
        metadata: record.metadata.clone().unwrap_or_default(),
        source_workload: record.source_workload.clone(),
        wanted: SortedSet::new(),
        state: record.state.clone(),
        outputs: record.outputs.clone(),
        shared: project.state.shared_state.clone(),
        project: Arc::clone(view),
    };
    let _listening = surroundings.cancel.listen();
    progress(Progress::Started(uid));
    let said = |line: &str| progress(Progress::Said(uid, line));
    let result = provisioner.deprovision(&request, Call { surroundings, said: &said });
    progress(Progress::Finished(uid));
    match result {
        Ok(answer) => {
            project.record(Change::gone(uid.clone(), answer.shared), provisioner.leaves_traces())?;
            Ok(if provisioner.leaves_traces() { Gone::TakenDown } else { Gone::Forgotten })
        }
        Err(failure) => {
            if let Some(answer) = failure.answer {
                let mut record = record;
                record.pending = true;
                record.state = answer.state.unwrap_or(record.state);
                let change = Change::made(uid.clone(), record, answer.shared);
                project.record(change, provisioner.leaves_traces())?;
            }
            Err(DeprovisionError::Failed { uid: uid.clone(), error: failure.error })
        }
    }
}
