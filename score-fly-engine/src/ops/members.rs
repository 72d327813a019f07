//! The workloads of a project as a run has them: those of the Score files that it is given, and all others as they were
//! recorded.

use std::collections::BTreeSet;

use score_fly_core::resource::{Uid, first_match};

use super::context::Context;
use super::conversion::{self, Shared};
use super::failure::Failure;
use super::inputs::is_dash;
use super::overrides::Overrides;
use super::report::{Log, Note};
use super::score_file::{ScoreFile, ScoreText, named_alike};
use crate::parallel;
use crate::project::Project;
use crate::state::{State, WorkloadRecord};

/// Score files with what is laid over them: what is given, or else, unless that is forgotten, what the project remembers.
pub(super) fn with_overrides(
    context: &Context<'_>,
    state: &State,
    texts: Vec<ScoreText>,
    shared: &Shared,
    forgets: bool,
    log: &mut Log<'_>,
) -> Option<Vec<ScoreText>> {
    if forgets {
        return Some(texts.into_iter().map(|text| text.with_overrides(shared.overrides.clone())).collect());
    }
    Overrides::recall(context, state, texts, log)
}

/// The Score files that were read, with the other workloads of the project as they were recorded; nothing if there
/// are errors.
pub(super) fn gather<'t>(
    context: &Context<'_>,
    texts: &'t [ScoreText],
    shared: &'t Shared,
    state: &State,
    log: &mut Log<'_>,
) -> Option<Vec<ScoreFile<'t>>> {
    let load = |mut file: ScoreFile<'t>| {
        leave_to_provisioners(&mut file, state);
        file
    };
    let mut files = parallel::map(texts, parallel::all_cores(), |text| {
        load(ScoreFile::load(context, text, shared.options.image.as_deref()))
    });
    for (name, files) in named_alike(&files) {
        log.fail(Failure::SameName { name: name.to_owned(), files, others_are_written: false });
    }
    check(&files, shared, log);
    let named: BTreeSet<&str> = files.iter().filter_map(ScoreFile::name).collect();
    let others: Vec<&WorkloadRecord> =
        state.workloads.iter().filter(|(name, _)| !named.contains(name.as_str())).map(|(_, record)| record).collect();
    if !log.is_sound() {
        return None;
    }
    files.extend(parallel::map(&others, parallel::all_cores(), |record| load(ScoreFile::recorded(context, record))));
    Some(files)
}

/// Sees to it that the conversion makes no resource that a provisioner makes.
fn leave_to_provisioners(file: &mut ScoreFile<'_>, state: &State) {
    let Some(workload) = file.workload() else { return };
    let is_left = |uid: &Uid| {
        let found = first_match(&state.provisioners, |provisioner| &provisioner.selector, uid);
        found.is_some_and(|provisioner| !provisioner.leaves_it_to_conversion())
    };
    let uids = workload.resources.iter().map(|(name, asked)| (name, Uid::new(&workload.metadata.name, name, asked)));
    file.made_elsewhere = uids.filter(|(_, uid)| is_left(uid)).map(|(name, _)| name.clone()).collect();
}

/// Notes what is wrong with Score files by themselves.
fn check(files: &[ScoreFile<'_>], shared: &Shared, log: &mut Log<'_>) {
    let attempts = parallel::map(files, parallel::all_cores(), |file| {
        conversion::check(file, &shared.options, shared.outputs_of(file).0)
    });
    for (file, attempt) in files.iter().zip(attempts) {
        // Warnings and notes come with the conversion.
        if attempt.diagnostics.has_errors() {
            attempt.note(file, log);
        }
    }
}

/// Puts the workloads into the state, and notes which of them come from another file than before.
pub(super) fn remember(context: &Context<'_>, project: &mut Project, files: &[ScoreFile<'_>], log: &mut Log<'_>) {
    for file in files {
        let Some(mut spec) = file.workload().cloned() else { continue };
        for container in spec.containers.values_mut().filter(|container| container.image == ".") {
            if let Some(image) = &file.image {
                container.image.clone_from(image);
            }
        }
        let name = spec.metadata.name.clone();
        project.state.awaited.remove(&name);
        let old = project.state.workloads.remove(&name);
        let (overrides, override_properties) = match (file.overrides(), &old) {
            (Some(Overrides { files, properties, .. }), _) => {
                (files.iter().filter(|file| !is_dash(file)).cloned().collect(), properties.clone())
            }
            (None, Some(old)) => (old.overrides.clone(), old.override_properties.clone()),
            (None, None) => (Vec::new(), Vec::new()),
        };
        let record = WorkloadRecord { file: file.path.clone(), overrides, override_properties, spec };
        project.state.workloads.insert(name.clone(), record);
        if let Some(from) = old.map(|old| old.file).filter(|old| !context.root.is_same(old, &file.path)) {
            log.note(Note::Moved { workload: name, from, to: file.path.clone() });
        }
    }
}

/// Whether a workload uses any of these resources.
pub(super) fn uses_any(file: &ScoreFile<'_>, uids: &BTreeSet<Uid>) -> bool {
    resources(file).any(|uid| uids.contains(&uid))
}

/// The resources of a workload.
pub(super) fn resources<'f>(file: &'f ScoreFile<'_>) -> impl Iterator<Item = Uid> + 'f {
    let workloads = file.workload().into_iter();
    workloads.flat_map(|workload| {
        workload.resources.iter().map(|(name, asked)| Uid::new(&workload.metadata.name, name, asked))
    })
}
