//! Making a folder a project.

use std::path::{Path, PathBuf};

use score_fly_core::fly::names::is_app_name;

use super::context::Context;
use super::failure::{Failure, InProject};
use super::options::OpenOptions;
use super::project::{create, is_made, open, save};
use super::provisioners::replaceable;
use super::provisioning::surroundings;
use super::report::{Log, Note, Report};
use crate::encryption::Recipient;
use crate::faults::unwritable_file;
use crate::files::{self, Access};
use crate::project::{Project, ProjectError};
use crate::provisioner::{Builtin, Kind, Provisioner, fetch};
use crate::state::{Imported, State, import};

/// What project to make.
#[derive(Debug, Clone)]
pub struct Options {
    /// What to put before a workload's name to make its app's. A new project needs it, and it can't be changed later.
    pub app_prefix: Option<String>,
    /// The primary region, unless a workload or a run names another. In a project that is there, it takes the place of
    /// the one that it had.
    pub region: Option<String>,
    /// The sample Score file to write, unless there is one.
    pub sample: Option<PathBuf>,
    /// Whether to take over provisioners and resources from a state of score-flyio.
    pub import: bool,
    /// Addresses of provisioners to add before those that are there.
    pub provisioners: Vec<String>,
    /// Who may read the secrets in the state of the project: if there is anybody, they are encrypted. In a project
    /// that is there, these take the place of those that it had.
    pub encrypt_to: Vec<Recipient>,
    /// Whether a new project has the provisioners that are part of score-fly.
    pub default_provisioners: bool,
    /// How a project that is there is opened.
    pub open: OpenOptions,
}

/// Where score-flyio keeps its state.
const SCORE_FLYIO: &str = ".score-flyio/state.yaml";

const SAMPLE: &str = "\
apiVersion: score.dev/v1b1

metadata:
  name: example

containers:
  main:
    image: nginx:1.27

service:
  ports:
    web:
      port: 80
";

/// Makes a project, or changes what is wished in one that is there.
pub fn init(context: &Context<'_>, options: &Options) -> Report<()> {
    let mut log = context.log();
    let made = run(context, options, &mut log);
    log.report(made)
}

fn run(context: &Context<'_>, options: &Options, log: &mut Log<'_>) -> Option<()> {
    let provisioners = fetch_all(context, &options.provisioners, log)?;
    let mut project = if is_made(context, log)? { again(context, options, log) } else { first(context, options, log) }?;
    add(provisioners, &mut project, log)?;
    sample(context, options, log)
}

/// Makes a project where there is none.
fn first(context: &Context<'_>, options: &Options, log: &mut Log<'_>) -> Option<Project> {
    let imported = if options.import { Some(log.take(take_over(context))?) } else { None };
    let prefix = options.app_prefix.clone().or(imported.as_ref().map(|imported| imported.state.app_prefix.clone()));
    let offered = prefix.is_none();
    let prefix = prefix.unwrap_or_else(|| {
        let env = context.root.env().map(|env| format!("{env}-")).unwrap_or_default();
        prefix_of(context.root.path()) + &env
    });
    // What follows is the name of a workload.
    if !is_app_name(&format!("{prefix}x")) {
        log.fail(InProject::InvalidPrefix { prefix });
        return None;
    }
    let mut state = imported.as_ref().map_or_else(|| State::new(""), |imported| imported.state.clone());
    state.app_prefix = prefix;
    state.region.clone_from(&options.region);
    state.encrypt_to.clone_from(&options.encrypt_to);
    if options.default_provisioners {
        state.provisioners.extend(Builtin::provisioners());
    }
    let project = match create(context, state, &options.open) {
        // Another run was faster.
        Err(ProjectError::Exists) => return again(context, options, log),
        created => log.take(created)?,
    };
    log.note(Note::Wrote(project.state_path()));
    if offered {
        log.note(Note::OfferedPrefix(project.state.app_prefix.clone()));
    }
    match imported {
        Some(imported) => note_import(imported, log),
        None if context.root.at(Path::new(SCORE_FLYIO)).exists() => {
            log.note(Note::CouldTakeOver(SCORE_FLYIO.into()));
        }
        None => {}
    }
    Some(project)
}

/// The prefix that goes with a folder: its name, as far as an app's may have it, and a dash; or none.
fn prefix_of(folder: &Path) -> String {
    let name = folder.file_name().unwrap_or_default().to_string_lossy().to_ascii_lowercase();
    let name: String = name.chars().map(|c| if c.is_ascii_alphanumeric() { c } else { '-' }).take(30).collect();
    let words: Vec<&str> = name.split('-').filter(|word| !word.is_empty()).collect();
    if words.is_empty() { String::new() } else { format!("{}-", words.join("-")) }
}

/// Runs in a project that is there already.
fn again(context: &Context<'_>, options: &Options, log: &mut Log<'_>) -> Option<Project> {
    let mut project = open(context, &options.open, log)?;
    let prefix = project.state.app_prefix.clone();
    if options.app_prefix.as_ref().is_some_and(|given| *given != prefix) {
        log.fail(InProject::OtherPrefix { prefix });
        return None;
    }
    if !options.encrypt_to.is_empty() && project.state.encrypt_to != options.encrypt_to {
        project.state.encrypt_to.clone_from(&options.encrypt_to);
        save(&mut project, log)?;
        log.note(Note::Encrypted(project.state_path()));
    }
    if options.region.is_some() && project.state.region != options.region {
        project.state.region.clone_from(&options.region);
        save(&mut project, log)?;
        log.note(Note::Wrote(project.state_path()));
    }
    if !options.import {
        return Some(project);
    }
    let is_ours = |one: &Provisioner| matches!(one.kind, Kind::Builtin(_));
    if !project.state.resources.is_empty() || !project.state.provisioners.iter().all(is_ours) {
        log.fail(InProject::NotNew);
        return None;
    }
    let imported = log.take(take_over(context))?;
    project.state.provisioners.splice(..0, imported.state.provisioners.clone());
    project.state.resources.clone_from(&imported.state.resources);
    project.state.shared_state.clone_from(&imported.state.shared_state);
    let known = &project.state.workloads;
    project.state.awaited = imported.state.awaited.iter().filter(|name| !known.contains_key(*name)).cloned().collect();
    save(&mut project, log)?;
    note_import(imported, log);
    Some(project)
}

fn take_over(context: &Context<'_>) -> Result<Imported, Failure> {
    let path = Path::new(SCORE_FLYIO);
    Ok(import(&context.root.at(path), path)?)
}

/// Fetches provisioners from all addresses. Nothing is changed if one of them can't be read.
fn fetch_all(context: &Context<'_>, uris: &[String], log: &mut Log<'_>) -> Option<Vec<Provisioner>> {
    let mut provisioners: Vec<Provisioner> = Vec::new();
    let mut sound = true;
    for uri in uris {
        match fetch(uri, surroundings(context)) {
            Ok(fetched) => {
                provisioners.retain(|one| fetched.iter().all(|other| other.id != one.id));
                provisioners.splice(..0, fetched);
            }
            Err(faults) => {
                log.faults(faults);
                sound = false;
            }
        }
    }
    sound.then_some(provisioners)
}

/// Puts provisioners before those of the project, in place of those that have their ids.
fn add(provisioners: Vec<Provisioner>, project: &mut Project, log: &mut Log<'_>) -> Option<()> {
    if provisioners.is_empty() {
        return Some(());
    }
    for provisioner in &provisioners {
        replaceable(&project.state, provisioner, log);
    }
    if !log.is_sound() {
        return None;
    }
    let ids: Vec<String> = provisioners.iter().map(|one| one.id.clone()).collect();
    project.state.put_first(provisioners);
    save(project, log)?;
    for id in ids {
        log.note(Note::AddedProvisioner(id));
    }
    Some(())
}

fn note_import(Imported { state, workloads, left }: Imported, log: &mut Log<'_>) {
    log.note(Note::TookOver {
        from: SCORE_FLYIO.into(),
        provisioners: state.provisioners.len(),
        resources: state.resources.len(),
        left,
        workloads,
    });
}

/// Writes the sample, unless there is something.
fn sample(context: &Context<'_>, options: &Options, log: &mut Log<'_>) -> Option<()> {
    let Some(path) = options.sample.as_ref().filter(|path| !context.root.at(path).exists()) else { return Some(()) };
    let written = files::write(&context.root.at(path), SAMPLE.as_bytes(), Access::Usual);
    log.take(written.map_err(|error| unwritable_file(path, &error)))?;
    log.note(Note::Wrote(path.clone()));
    Some(())
}
