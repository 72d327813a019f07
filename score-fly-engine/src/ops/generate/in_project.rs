//! Generating in a project.

use std::collections::BTreeSet;

use score_fly_core::convert;
use score_fly_core::resolve::Missing;
use score_fly_core::resource::{Outputs, Uid, first_match};
use score_fly_core::score::Workload;

use super::super::context::Context;
use super::super::conversion::{self, Shared};
use super::super::failure::{Failure, InProject};
use super::super::inputs::is_dash;
use super::super::overrides::Overrides;
use super::super::project::{note_orphans, open, read_env_files};
use super::super::provisioning::{Wishes, provision};
use super::super::report::{Generated, Log, Note};
use super::super::score_file::{ScoreFile, ScoreText, named_alike};
use super::options::{Options, ProjectOptions};
use super::write::{Target, products};
use crate::parallel;
use crate::project::Project;
use crate::run::Provisioned;
use crate::state::{State, WorkloadRecord};

/// Runs it. Nothing is provisioned, and nothing is remembered, if a Score file has errors.
pub(super) fn run(
    context: &Context<'_>,
    options: &Options,
    mut shared: Shared,
    log: &mut Log<'_>,
) -> Option<Vec<Generated>> {
    let ProjectOptions { jobs, only_new, no_overrides, env_files, open: open_options } = &options.project;
    let mut project = open(context, open_options, log)?;
    let prefix = &project.state.app_prefix;
    if options.score.app_prefix.as_ref().is_some_and(|given| given != prefix) {
        log.fail(InProject::OtherPrefix { prefix: prefix.clone() });
        return None;
    }
    shared.options.app_prefix.clone_from(prefix);
    shared.options.region = shared.options.region.or_else(|| project.state.region.clone());

    let texts = ScoreText::read_all(context, &options.files, log);
    let texts = if *no_overrides || options.score.has_overrides() {
        texts.into_iter().map(|text| text.with_overrides(shared.overrides.clone())).collect()
    } else {
        Overrides::recall(context, &project.state, texts, log)?
    };
    let files = all_files(context, &texts, &shared, &project.state, log)?;
    if files.is_empty() {
        note_orphans(&project.state, log);
        log.fail(InProject::NoWorkloads);
        return None;
    }
    if let Some(setting) = options.for_one_workload().filter(|_| files.len() > 1) {
        log.fail(InProject::ForOneWorkload { setting, workloads: files.len() });
        return None;
    }
    let target = Target { context, options };
    let names = files.iter().filter_map(ScoreFile::name);
    if !target.refuse_known_clashes(&files, log) || !target.refuse_foreign(names, log) {
        return None;
    }
    let environment = read_env_files(context, env_files, log)?;
    remember(context, &mut project, &files, log);
    let wishes = Wishes { jobs: *jobs, only_new: *only_new, only: None, environment };
    let provisioned = provision(context, &mut project, &files, &shared.outputs, wishes, log)?;
    let generated = write(context, options, &files, &shared.options, &provisioned, log);
    note_orphans(&project.state, log);
    Some(generated)
}

/// The Score files that were read, with the other workloads of the project as they were recorded; nothing if there
/// are errors.
fn all_files<'t>(
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
fn remember(context: &Context<'_>, project: &mut Project, files: &[ScoreFile<'_>], log: &mut Log<'_>) {
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

/// Writes what the workloads become. Those that lack a resource are only looked through.
fn write(
    context: &Context<'_>,
    options: &Options,
    files: &[ScoreFile<'_>],
    conversion: &convert::Options,
    Provisioned { outputs, failed, .. }: &Provisioned,
    log: &mut Log<'_>,
) -> Vec<Generated> {
    let target = Target { context, options };
    let attempts = parallel::map(files, parallel::all_cores(), |file| {
        let lacks = |workload: &Workload| {
            let name = &workload.metadata.name;
            workload.resources.iter().any(|(resource, asked)| failed.contains(&Uid::new(name, resource, asked)))
        };
        let missing = if file.workload().is_some_and(lacks) { Missing::Assume } else { Missing::Report };
        let outputs = file.workload().map(|workload| outputs.for_workload(workload));
        target.convert(file, conversion, (outputs.unwrap_or_else(Outputs::default), missing))
    });
    let products = products(files, attempts, |_| true, log);
    target.write_all(files, &products, log)
}
