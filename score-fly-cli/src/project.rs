//! The project in the current folder.

use std::collections::BTreeMap;
use std::sync::Arc;

use score_fly_engine::encryption::IDENTITY_VARIABLE;
use score_fly_engine::provisioner::{ProjectView, WorkloadView};
use score_fly_engine::store::Waiting;
use score_fly_engine::{CancelToken, FileStore, Project, State};

use crate::cli::OpenArgs;
use crate::output::Reporter;

/// Where the project is.
pub(crate) const ROOT: &str = "";

/// Opens the project to change it, and reports why that can't be done.
pub(crate) fn open(args: &OpenArgs, reporter: &mut Reporter) -> Option<Project> {
    let waiting = |holder: &str| reporter.say(&waits_for(holder));
    let opened = args.identities().and_then(|identities| {
        let waiting = Waiting { wait: args.wait(), cancel: &CancelToken::new(), told: &waiting };
        Project::open(&FileStore::new(ROOT), &identities, waiting).map_err(|error| error.to_string())
    });
    opened.map_err(|sentence| reporter.fail(&sentence)).ok()
}

/// Says whose end is waited for.
pub(crate) fn waits_for(holder: &str) -> String {
    format!("waiting for another run of score-fly in this project, process {holder}")
}

/// Reads the state of the project, and reports why that can't be done.
pub(crate) fn read(reporter: &mut Reporter) -> Option<State> {
    Project::read(&FileStore::new(ROOT)).map_err(|error| reporter.fail(&error.to_string())).ok()
}

/// Writes the state of the project, and reports why that can't be done.
pub(crate) fn save(project: &mut Project, reporter: &mut Reporter) -> bool {
    project.save().map_err(|error| reporter.fail(&error.to_string())).is_ok()
}

/// What provisioners may know of the project. `added` are variables that the environment lacks: as
/// with Docker Compose, those that are there win.
pub(crate) fn project_view(state: &State, added: &BTreeMap<String, String>) -> Arc<ProjectView> {
    let inherited =
        std::env::vars_os().filter_map(|(name, value)| Some((name.into_string().ok()?, value.into_string().ok()?)));
    let mut environment = added.clone();
    environment.extend(inherited);
    // No workload has any business with it.
    environment.remove(IDENTITY_VARIABLE);
    let workloads = state.workloads.iter().map(|(name, record)| {
        let ports = record.spec.service.as_ref().map(|service| service.ports.clone());
        let view = WorkloadView { metadata: record.spec.metadata.clone(), ports: ports.unwrap_or_default() };
        (name.clone(), view)
    });
    Arc::new(ProjectView { app_prefix: state.app_prefix.clone(), workloads: workloads.collect(), environment })
}

/// Says which resources no workload uses any more: they are there until they are taken down.
pub(crate) fn report_orphans(state: &State, reporter: &Reporter) {
    for uid in state.orphans() {
        reporter.say(&format!("{uid} is used by no workload any more: `score-fly resources prune` takes it down"));
    }
}
