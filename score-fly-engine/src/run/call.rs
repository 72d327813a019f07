//! One resource of a run.

use std::sync::atomic::Ordering;
use std::sync::{Arc, PoisonError};

use score_fly_core::graph::{Definition, not_provisioned};
use score_fly_core::map::{SortedMap, SortedSet};
use score_fly_core::resolve::Given;
use score_fly_core::resource::{ResourceOutputs, Uid};
use score_fly_core::secret::Sensitive;
use serde_json::Value;

use super::book::{Book, Fate};
use super::foresee::{foresee, is_made};
use super::provision::Run;
use crate::progress::{Progress, Watch};
use crate::provisioner::{Answer, Call, Error, Failure, Params, Provisioner, Request};
use crate::state::{Change, ResourceRecord};

impl Run<'_, '_> {
    /// Makes a resource, unless enough is known of it.
    pub(super) fn make(&self, uid: &Uid, given: &Given, book: &Book<'_>, progress: &Watch<'_>) -> Fate {
        if let Some(outputs) = self.assigned.given(uid) {
            return Fate::Made(outputs.clone());
        }
        let (Some(definition), Some(provisioner)) = (self.graph.resources.get(uid), self.assigned.provisioner(uid))
        else {
            return Fate::Failed(Vec::new());
        };
        let Some(workload) = self.workloads.get(definition.workload.as_str()).copied() else {
            return Fate::Failed(Vec::new());
        };
        let params = match workload.params(&definition.name, given).into_result() {
            Ok((params, _)) => params,
            Err(diagnostics) => return Fate::Failed(diagnostics.into_iter().collect()),
        };
        let Some((request, record)) = self.request(uid, definition, params, book) else {
            return Fate::Failed(Vec::new());
        };
        if self.only_new && provisioner.is_costly() && is_known(&record, &request.params, definition) {
            return Fate::Made(ResourceOutputs { values: record.outputs, secrets: record.secrets });
        }
        if self.looks && provisioner.leaves_traces() {
            return foresee(uid, &record, &request.params, definition);
        }
        // The state can't be written any more, and what is made now would be forgotten; or it is time
        // to end.
        if book.is_broken() || self.surroundings.cancel.is_cancelled() {
            return Fate::Failed(Vec::new());
        }
        book.calls.fetch_add(1, Ordering::Relaxed);
        progress(Progress::Started(uid));
        let said = |line: &str| progress(Progress::Said(uid, line));
        let result = provisioner.provision(&request, Call { surroundings: self.surroundings, said: &said });
        let fate = book.answered(uid, provisioner, record, &request.params, result);
        progress(Progress::Finished(uid));
        fate.unwrap_or_else(|failure| {
            Fate::Failed(
                failure.map(|reason| not_provisioned(workload, &definition.name, uid, &reason)).into_iter().collect(),
            )
        })
    }

    /// What the provisioner is told, and what is known of the resource so far.
    fn request(
        &self,
        uid: &Uid,
        definition: &Definition,
        params: Sensitive<SortedMap<String, Value>>,
        book: &Book<'_>,
    ) -> Option<(Request, ResourceRecord)> {
        let project = book.project.lock().unwrap_or_else(PoisonError::into_inner);
        let record = project.state.resources.get(uid)?.clone();
        let request = Request {
            uid: uid.clone(),
            guid: record.guid.clone(),
            params: Params(params),
            metadata: definition.metadata.clone().unwrap_or_default(),
            source_workload: definition.workload.clone(),
            wanted: definition.wanted.clone(),
            state: record.state.clone(),
            outputs: record.outputs.clone(),
            shared: project.state.shared_state.clone(),
            project: Arc::clone(&self.view),
        };
        Some((request, record))
    }
}

/// Whether the state says all that workloads want to know of a resource.
fn is_known(record: &ResourceRecord, params: &Params, definition: &Definition) -> bool {
    let first_key = |path: &String| path.split('.').next().unwrap_or_default().to_owned();
    let wanted: SortedSet<String> = definition.wanted.iter().map(first_key).collect();
    is_made(record, params)
        && wanted.iter().all(|output| record.outputs.contains_key(output) || record.secrets.contains_key(output))
}

impl Book<'_> {
    /// Writes down what a provisioner answered. The error is why the resource was not made, unless
    /// that is because the run is cancelled.
    fn answered(
        &self,
        uid: &Uid,
        provisioner: &Provisioner,
        mut record: ResourceRecord,
        params: &Params,
        result: Result<Answer, Failure>,
    ) -> Result<Fate, Option<String>> {
        let reason = |error: Error| (!matches!(error, Error::Interrupted)).then(|| error.to_string());
        let (answer, error) = match result {
            Ok(answer) => (answer, None),
            Err(Failure { error, answer: Some(answer) }) => (*answer, Some(error)),
            Err(Failure { error, answer: None }) => {
                self.learn(provisioner, false);
                return Err(reason(error));
            }
        };
        self.learn(provisioner, !answer.shared.is_empty());
        if let Sensitive::Public(params) = &params.0 {
            record.params = Some(params.clone()).filter(|params| !params.is_empty());
        }
        record.pending = error.is_some();
        record.state = answer.state.unwrap_or(record.state);
        record.outputs = answer.values.unwrap_or(record.outputs);
        // A key that is in both is a secret.
        record.outputs.retain(|name, _| !answer.secrets.contains_key(name));
        record.secret_outputs = answer.secrets.keys().cloned().collect();
        record.secrets.clone_from(&answer.secrets);
        let outputs = ResourceOutputs { values: record.outputs.clone(), secrets: answer.secrets };
        let change = Change::made(uid.clone(), record, answer.shared);
        let mut project = self.project.lock().unwrap_or_else(PoisonError::into_inner);
        if let Err(error) = project.record(change, provisioner.leaves_traces()) {
            let sentence = error.to_string();
            *self.broken.lock().unwrap_or_else(PoisonError::into_inner) = Some(error);
            return Err(Some(sentence));
        }
        match error {
            Some(error) => Err(reason(error)),
            None => Ok(Fate::Made(outputs)),
        }
    }
}
