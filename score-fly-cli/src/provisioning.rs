//! Provisioning the resources of the project in the current folder.

use std::collections::BTreeMap;
use std::num::NonZero;

use score_fly_core::resolve::SourceFiles;
use score_fly_core::resource::{Outputs, Uid, graph};
use score_fly_core::{Diagnostics, Loaded};
use score_fly_engine::Project;
use score_fly_engine::run::{Provisioned, Run, assign, prime};

use crate::Exit;
use crate::diagnostics::Text;
use crate::output::Reporter;
use crate::progress::Progress;
use crate::project::{project_view, save};
use crate::score_file::ScoreFile;
use crate::signals::Heed;

/// What is asked of a run.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Wishes<'u> {
    /// How many provisioners may be called at once.
    pub(crate) jobs: NonZero<usize>,
    /// Whether to leave those resources alone of which everything is known.
    pub(crate) only_new: bool,
    /// Just this resource, with what it needs.
    pub(crate) only: Option<&'u Uid>,
    /// Variables that the environment lacks.
    pub(crate) environment: &'u BTreeMap<String, String>,
}

/// Provisions the resources of the workloads in `files`, which are all of the project; those with
/// outputs in `given` need no provisioner.
///
/// There is nothing if something was wrong before the first provisioner was called, if the state
/// could not be written, or if a signal asked for the end.
pub(crate) fn provision(
    project: &mut Project,
    files: &[ScoreFile<'_>],
    given: &Outputs,
    wishes: Wishes<'_>,
    reporter: &mut Reporter,
) -> Option<Provisioned> {
    let texts: Vec<Text<'_>> = files.iter().flat_map(ScoreFile::texts).collect();
    let loaded = load(files, &texts, reporter)?;
    let mounting: Vec<(&Loaded<'_>, &SourceFiles)> =
        loaded.iter().zip(files).map(|(loaded, file)| (loaded, &file.files)).collect();
    let graph = report(graph(&mounting).into_result(), &texts, reporter)?;
    let graph = wishes.only.map(|uid| graph.needed_for(uid)).unwrap_or(graph);
    let workloads: BTreeMap<&str, &Loaded<'_>> =
        loaded.iter().filter_map(|loaded| Some((loaded.workload()?.metadata.name.as_str(), loaded))).collect();
    let assigned = assign(&project.state, &graph, &workloads, given).into_result();
    let assigned = report(assigned, &texts, reporter)?;

    prime(&mut project.state, &graph, &assigned);
    if !save(project, reporter) {
        return None;
    }
    let progress = Progress::new("provisioning", graph.resources.len(), reporter);
    let view = project_view(&project.state, wishes.environment);
    let Wishes { jobs, only_new, .. } = wishes;
    let heed = Heed::new();
    let run =
        Run { graph: &graph, workloads: &workloads, assigned: &assigned, view, jobs, only_new, cancel: heed.token() };
    let provisioned = run.provision(project, &progress);
    let mut said = progress.end();
    let provisioned = provisioned.map_err(|error| reporter.fail(&error.to_string())).ok()?;
    for uid in &provisioned.failed {
        reporter.repeat(uid, said.remove(uid).unwrap_or_default());
    }
    reporter.report(&provisioned.diagnostics, &texts);
    reporter.detail(&format!("called provisioners for {} of {} resources", provisioned.calls, graph.resources.len()));
    if !save(project, reporter) {
        return None;
    }
    if let Some(signal) = heed.signal() {
        let (made, all) = (provisioned.outputs.0.len(), graph.resources.len());
        reporter.interrupted(
            signal,
            &format!("{made} of {all} resources are provisioned, and the next run goes on from there"),
        );
        return None;
    }
    Some(provisioned)
}

/// Reads the workloads. Those that come from the state may be wrong by the rules of this version.
fn load<'f>(files: &'f [ScoreFile<'_>], texts: &[Text<'_>], reporter: &mut Reporter) -> Option<Vec<Loaded<'f>>> {
    let loaded: Vec<Loaded<'_>> = files.iter().map(ScoreFile::load).collect();
    // Warnings and notes come with the conversion.
    for diagnostics in loaded.iter().map(Loaded::diagnostics).filter(Diagnostics::has_errors) {
        reporter.report(&diagnostics, texts);
    }
    (reporter.exit() == Exit::Done).then_some(loaded)
}

/// The value of a stage, after what it found is reported; nothing if there are errors.
fn report<T>(result: Result<(T, Diagnostics), Diagnostics>, texts: &[Text<'_>], reporter: &mut Reporter) -> Option<T> {
    let (value, diagnostics) = match result {
        Ok((value, diagnostics)) => (Some(value), diagnostics),
        Err(diagnostics) => (None, diagnostics),
    };
    reporter.report(&diagnostics, texts);
    value
}
