//! The project in the folder in which a use case works.

use std::collections::BTreeMap;
use std::fs;
use std::io;
use std::path::{Path, PathBuf};
use std::sync::Arc;

use score_fly_core::Source;

use super::context::Context;
use super::failure::{Failure, InProject};
use super::inputs::TEXT_LIMIT;
use super::options::OpenOptions;
use super::report::{Log, Note};
use crate::encryption::{IDENTITY_VARIABLE, Identities};
use crate::env_file;
use crate::env_name::EnvName;
use crate::faults::{Faults, unreadable_file};
use crate::files;
use crate::progress::Progress;
use crate::project::{Project, ProjectError};
use crate::provisioner::{ProjectView, WorkloadView};
use crate::root::ENVS;
use crate::state::State;
use crate::store::{FileStore, Store as _, Waiting};

/// Whether there is one, or the environment of it that is named. Nothing, and a note, if that can't be known, or if
/// there are environments, and not the one that is meant.
pub(super) fn exists(context: &Context<'_>, log: &mut Log<'_>) -> Option<bool> {
    if is_made(context, log)? {
        return Some(true);
    }
    let known = log.take(envs(context))?;
    match context.root.env() {
        None if known.is_empty() => Some(false),
        env => {
            log.fail(InProject::OtherEnvironments { env: env.cloned(), known });
            None
        }
    }
}

/// As [`exists`], for whoever makes it where it is not there.
pub(super) fn is_made(context: &Context<'_>, log: &mut Log<'_>) -> Option<bool> {
    log.take(store(context).exists().map_err(ProjectError::from))
}

pub(super) fn store(context: &Context<'_>) -> FileStore {
    FileStore::of(context.root)
}

/// The environments of the project, by name.
pub(super) fn envs(context: &Context<'_>) -> Result<Vec<EnvName>, Failure> {
    let folder = Path::new(ENVS);
    let entries = match fs::read_dir(context.root.at(folder)) {
        Err(error) if error.kind() == io::ErrorKind::NotFound => return Ok(Vec::new()),
        entries => entries.and_then(Iterator::collect::<io::Result<Vec<_>>>),
    };
    let entries = entries.map_err(|error| unreadable_file(folder, &error))?;
    let names = entries.into_iter().filter(|entry| entry.path().join("state.yaml").exists());
    let mut names: Vec<EnvName> = names.filter_map(|entry| entry.file_name().to_str()?.parse().ok()).collect();
    names.sort();
    Ok(names)
}

/// Opens it to change it, and notes why that can't be done.
pub(super) fn open(context: &Context<'_>, options: &OpenOptions, log: &mut Log<'_>) -> Option<Project> {
    exists(context, log)?;
    let identities = log.take(identities(context, options))?;
    log.take(with_waiting(context, options, |waiting| Project::open(&store(context), &identities, waiting)))
}

/// Makes one with this state.
pub(super) fn create(context: &Context<'_>, state: State, options: &OpenOptions) -> Result<Project, ProjectError> {
    with_waiting(context, options, |waiting| Project::create(&store(context), state, waiting))
}

/// Opens it to try out what would become of it, and keeps nothing. Notes why that can't be done.
#[cfg(feature = "deploy")]
pub(super) fn imagine(context: &Context<'_>, options: &OpenOptions, log: &mut Log<'_>) -> Option<Project> {
    let identities = log.take(identities(context, options))?;
    log.take(Project::imagine(&store(context), &identities))
}

fn with_waiting<T>(context: &Context<'_>, options: &OpenOptions, next: impl FnOnce(Waiting<'_>) -> T) -> T {
    let told = |holder: &str| context.observer.progressed(Progress::Waiting { holder });
    next(Waiting { wait: options.wait, cancel: context.cancel, told: &told })
}

/// Reads its state, to look at it, and notes why that can't be done.
pub(super) fn read(context: &Context<'_>, log: &mut Log<'_>) -> Option<State> {
    exists(context, log)?;
    log.take(Project::read(&store(context)))
}

/// Writes its state. Nothing, and a note, if that can't be done.
pub(super) fn save(project: &mut Project, log: &mut Log<'_>) -> Option<()> {
    log.take(project.save())
}

/// All identities that are given.
fn identities(context: &Context<'_>, options: &OpenOptions) -> Result<Identities, Failure> {
    let mut identities = Identities::default();
    for path in &options.identities {
        let bytes = files::read(&context.root.at(path), TEXT_LIMIT);
        let text = bytes.and_then(|bytes| String::from_utf8(bytes).map_err(|_| io::ErrorKind::InvalidData.into()));
        let text = text.map_err(|error| unreadable_file(path, &error))?;
        let from = format!("`{}`", path.display());
        identities.read(&text).map_err(|error| InProject::Identity { from, error })?;
    }
    if let Some(variable) = context.environment.variable(IDENTITY_VARIABLE) {
        let text = variable.to_str().ok_or(InProject::IdentityVariable)?;
        if !text.trim().is_empty() {
            let from = IDENTITY_VARIABLE.to_owned();
            identities.read(text).map_err(|error| InProject::Identity { from, error })?;
        }
    }
    Ok(identities)
}

/// Variables for resources of type `environment`: those in files, and, before them, those of the environment, as
/// with Docker Compose. Nothing, and notes, if a file can't be read.
pub(super) fn read_env_files(
    context: &Context<'_>,
    paths: &[PathBuf],
    log: &mut Log<'_>,
) -> Option<BTreeMap<String, String>> {
    let mut variables = BTreeMap::new();
    let mut sound = true;
    for path in paths {
        let Some(source) = read_env_file(context, path, log) else {
            sound = false;
            continue;
        };
        let (read, diagnostics) = env_file::read(&source).into_parts();
        sound &= !diagnostics.has_errors();
        variables.extend(read.unwrap_or_default());
        log.faults(Faults { diagnostics, texts: vec![source] });
    }
    variables.extend(context.environment.texts());
    sound.then_some(variables)
}

fn read_env_file(context: &Context<'_>, path: &Path, log: &mut Log<'_>) -> Option<Source> {
    let bytes = match files::read(&context.root.at(path), TEXT_LIMIT) {
        Ok(bytes) => bytes,
        Err(error) => {
            log.faults(unreadable_file(path, &error).into());
            return None;
        }
    };
    let (source, diagnostics) = Source::from_bytes(path.to_string_lossy(), bytes).into_parts();
    let undecodable = diagnostics.has_errors();
    log.faults(Faults { diagnostics, texts: source.iter().cloned().collect() });
    source.filter(|_| !undecodable)
}

/// What provisioners may know of the project.
pub(super) fn view(state: &State, environment: BTreeMap<String, String>) -> Arc<ProjectView> {
    let workloads = state.workloads.iter().map(|(name, record)| {
        let ports = record.spec.service.as_ref().map(|service| service.ports.clone());
        let view = WorkloadView { metadata: record.spec.metadata.clone(), ports: ports.unwrap_or_default() };
        (name.clone(), view)
    });
    Arc::new(ProjectView { app_prefix: state.app_prefix.clone(), workloads: workloads.collect(), environment })
}

/// Notes which resources no workload uses any more: they are there until they are taken down.
pub(super) fn note_orphans(state: &State, log: &mut Log<'_>) {
    for uid in state.orphans() {
        log.note(Note::Orphan(uid));
    }
}
