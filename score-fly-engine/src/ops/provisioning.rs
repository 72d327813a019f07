//! Provisioning the resources of a project.

use std::collections::BTreeMap;
use std::num::NonZero;

use score_fly_core::graph::graph;
use score_fly_core::local::LocalFiles;
use score_fly_core::resource::{Outputs, Uid};
use score_fly_core::{Loaded, Outcome};

use super::context::Context;
use super::project::{save, view};
use super::report::{Log, Note, Text, Unfinished};
use super::said::Said;
use super::score_file::ScoreFile;
use crate::progress::{Act, Progress};
use crate::project::Project;
use crate::provisioner::Surroundings;
use crate::run::{Provisioned, Run, assign, prime};

/// What is asked of a run.
#[derive(Debug)]
pub(super) struct Wishes<'u> {
    /// How many provisioners may be called at once.
    pub(super) jobs: NonZero<usize>,
    /// Whether to leave those resources alone of which everything is known.
    pub(super) only_new: bool,
    /// Whether nothing may be made: what is not known yet is left open.
    pub(super) looks: bool,
    /// Just this resource, with what it needs.
    pub(super) only: Option<&'u Uid>,
    /// Variables for resources of type `environment`.
    pub(super) environment: BTreeMap<String, String>,
}

/// Provisions the resources of the workloads in `files`, which are all of the project; those with
/// outputs in `given` need no provisioner.
///
/// There is nothing if something was wrong before the first provisioner was called, if the state
/// could not be written, or if somebody asked for the end.
pub(super) fn provision(
    context: &Context<'_>,
    project: &mut Project,
    files: &[ScoreFile<'_>],
    given: &Outputs,
    wishes: Wishes<'_>,
    log: &mut Log<'_>,
) -> Option<Provisioned> {
    let texts = || files.iter().flat_map(ScoreFile::texts).collect::<Vec<Text>>();
    // Those that were recorded may be wrong by the rules of this version. Warnings and notes come with the conversion.
    for file in files {
        let diagnostics = file.loaded.as_ref().map(Loaded::diagnostics).unwrap_or_default();
        if diagnostics.has_errors() {
            log.find(&diagnostics, || file.texts());
        }
    }
    if !log.is_sound() {
        return None;
    }
    let mounting: Vec<(&Loaded<'_>, &LocalFiles)> =
        files.iter().filter_map(|file| Some((file.loaded.as_ref()?, &file.files))).collect();
    let graph = found(graph(&mounting), texts, log)?;
    let graph = wishes.only.map(|uid| graph.needed_for(uid)).unwrap_or(graph);
    let workloads: BTreeMap<&str, &Loaded<'_>> =
        files.iter().filter_map(|file| Some((file.name()?, file.loaded.as_ref()?))).collect();
    let assigned = found(assign(&project.state, &graph, &workloads, given), texts, log)?;

    prime(&mut project.state, &graph, &assigned);
    save(project, log)?;
    let said = Said::new(context.observer);
    let resources = graph.resources.len();
    said.hear(Progress::Began { act: Act::Provisioning, total: resources });
    let run = Run {
        graph: &graph,
        workloads: &workloads,
        assigned: &assigned,
        view: view(&project.state, wishes.environment),
        jobs: wishes.jobs,
        only_new: wishes.only_new,
        looks: wishes.looks,
        surroundings: surroundings(context),
    };
    let provisioned = run.provision(project, &|progress| said.hear(progress));
    said.hear(Progress::Ended);
    let mut lines = said.into_lines();
    let provisioned = log.take(provisioned)?;
    for uid in &provisioned.failed {
        if let Some(lines) = lines.remove(uid) {
            log.note(Note::Said { uid: uid.clone(), lines });
        }
    }
    log.find(&provisioned.diagnostics, texts);
    log.note(Note::Called { calls: provisioned.calls, resources });
    save(project, log)?;
    if context.cancel.is_cancelled() {
        let made = provisioned.outputs.0.len();
        log.note(Note::Cancelled(Unfinished::Provisioning { made, resources }));
        return None;
    }
    Some(provisioned)
}

/// What provisioners may use of the world.
pub(super) fn surroundings<'c>(context: &Context<'c>) -> Surroundings<'c> {
    Surroundings { root: context.root, environment: context.environment, cancel: context.cancel }
}

/// The value of a stage, after what it found is noted; nothing if there are errors.
fn found<T>(outcome: Outcome<T>, texts: impl FnOnce() -> Vec<Text>, log: &mut Log<'_>) -> Option<T> {
    let (value, diagnostics) = match outcome.into_result() {
        Ok((value, diagnostics)) => (Some(value), diagnostics),
        Err(diagnostics) => (None, diagnostics),
    };
    log.find(&diagnostics, texts);
    value
}
