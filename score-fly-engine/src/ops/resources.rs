//! The resources of a project.

use std::collections::BTreeMap;
use std::num::NonZero;
use std::path::PathBuf;

use score_fly_core::map::{SortedMap, SortedSet};
use score_fly_core::resource::{Outputs, ResourceOutputs, Uid};
use score_fly_core::score::Workload;
use score_fly_core::secret::Secret;
use serde_json::Value;

use super::context::Context;
use super::failure::{Failure, InProject};
use super::options::OpenOptions;
use super::project::{self, open, read_env_files, save, view};
use super::provisioning::{Wishes, provision, surroundings};
use super::report::{Log, Note, Report, Unfinished};
use super::said::Said;
use super::score_file::ScoreFile;
use crate::progress::{Act, Progress};
use crate::project::Project;
use crate::run::{self, Gone};
use crate::state::{ResourceRecord, State};

/// A resource.
#[derive(Debug, Clone, PartialEq)]
pub struct Listed {
    /// What it is known by.
    pub uid: Uid,
    /// How it is about it.
    pub status: Status,
    /// The provisioner that made it, or was about to.
    pub provisioner: Option<String>,
    /// Its outputs.
    pub outputs: Shown,
}

/// How it is about a resource.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Status {
    /// It is made.
    Provisioned,
    /// Its provisioner is yet to answer.
    Pending,
    /// No workload uses it any more.
    Orphaned,
}

/// Outputs, as far as everybody may see them.
#[derive(Debug, Clone, Default, PartialEq)]
pub struct Shown {
    /// Those that may be printed.
    pub values: SortedMap<String, Value>,
    /// The names of those that may not.
    pub secrets: SortedSet<String>,
}

impl Shown {
    fn of(record: &ResourceRecord) -> Self {
        Self { values: record.outputs.clone(), secrets: record.secret_outputs.clone() }
    }
}

/// How secrets are revealed.
#[derive(Debug, Clone, Default)]
pub struct RevealOptions {
    /// Files of variables for resources of type `environment`; later ones win.
    pub env_files: Vec<PathBuf>,
    /// How the project is opened.
    pub open: OpenOptions,
}

/// Lists all resources, by uid.
pub fn list(context: &Context<'_>) -> Report<Vec<Listed>> {
    let mut log = context.log();
    let listed = project::read(context, &mut log).map(|state| {
        let used = state.used();
        let status = |uid: &Uid, record: &ResourceRecord| match (!state.is_unused(uid, &used), record.pending) {
            (false, _) => Status::Orphaned,
            (true, true) => Status::Pending,
            (true, false) => Status::Provisioned,
        };
        let listed = state.resources.iter().map(|(uid, record)| Listed {
            uid: uid.clone(),
            status: status(uid, record),
            provisioner: record.provisioner.clone(),
            outputs: Shown::of(record),
        });
        listed.collect()
    });
    log.report(listed)
}

/// The outputs of a resource, as far as everybody may see them.
pub fn outputs(context: &Context<'_>, uid: &Uid) -> Report<Shown> {
    let mut log = context.log();
    let shown = project::read(context, &mut log).and_then(|state| {
        let record = state.resources.get(uid).ok_or_else(|| InProject::UnknownResource { uid: uid.clone() });
        log.take(record.map(Shown::of))
    });
    log.report(shown)
}

/// The outputs of a resource with its secrets. Its provisioner is asked for them, unless they are kept, encrypted.
pub fn reveal(context: &Context<'_>, uid: &Uid, options: &RevealOptions) -> Report<ResourceOutputs> {
    let mut log = context.log();
    let revealed = ask(context, uid, options, &mut log);
    log.report(revealed)
}

/// What is lost with a resource.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Loss {
    /// The resource.
    pub uid: Uid,
    /// The id of the provisioner that made it, and is called to take it down.
    pub provisioner: Option<String>,
    /// The workloads that use it.
    pub used_by: Vec<String>,
}

/// Asked before anything is lost.
pub type Confirm<'c> = &'c dyn Fn(&[Loss]) -> bool;

/// Asks whether resources may go. Those that are not there are for others to report.
fn may_go(state: &State, uids: &[Uid], confirm: Confirm<'_>, log: &mut Log<'_>) -> Option<()> {
    let users = |uid: &Uid| {
        let uses = |spec: &Workload| {
            let mut resources = spec.resources.iter();
            resources.any(|(name, resource)| Uid::new(&spec.metadata.name, name, resource) == *uid)
        };
        let workloads = state.workloads.iter().filter(|(_, record)| uses(&record.spec));
        workloads.map(|(name, _)| name.clone()).collect()
    };
    let loss = |uid: &Uid| {
        let record = state.resources.get(uid)?;
        Some(Loss { uid: uid.clone(), provisioner: record.provisioner.clone(), used_by: users(uid) })
    };
    let losses: Vec<Loss> = uids.iter().filter_map(loss).collect();
    if losses.is_empty() || confirm(&losses) {
        return Some(());
    }
    log.fail(InProject::NotConfirmed);
    None
}

/// Takes resources down, one after the other, and forgets them. Those that can't be taken down stay with all that they
/// need. `confirm` is asked first, with what is lost.
pub fn deprovision(context: &Context<'_>, uids: &[Uid], options: &OpenOptions, confirm: Confirm<'_>) -> Report<()> {
    let mut log = context.log();
    let done = open(context, options, &mut log).and_then(|mut project| {
        may_go(&project.state, uids, confirm, &mut log)?;
        take_down(context, &mut project, uids, &mut log)
    });
    log.report(done)
}

/// Takes down all resources that no workload uses any more, and gives those that there were.
/// `confirm` is asked first, with what is lost.
pub fn prune(context: &Context<'_>, options: &OpenOptions, confirm: Confirm<'_>) -> Report<Vec<Uid>> {
    let mut log = context.log();
    let orphans = open(context, options, &mut log).and_then(|mut project| {
        let orphans = project.state.orphans();
        may_go(&project.state, &orphans, confirm, &mut log)?;
        take_down(context, &mut project, &orphans, &mut log)?;
        Some(orphans)
    });
    log.report(orphans)
}

/// Forgets resources without calling their provisioners: whatever these made stays. `confirm` is asked first.
pub fn forget(context: &Context<'_>, uids: &[Uid], options: &OpenOptions, confirm: Confirm<'_>) -> Report<()> {
    let mut log = context.log();
    let done = open(context, options, &mut log).and_then(|mut project| {
        may_go(&project.state, uids, confirm, &mut log)?;
        for uid in uids {
            let provisioner = project.state.resources.get(uid).and_then(|record| record.provisioner.clone());
            match run::forget(&mut project, uid) {
                Ok(()) => log.note(Note::Forgot { uid: uid.clone(), provisioner }),
                Err(error) => log.fail(error),
            }
        }
        save(&mut project, &mut log)
    });
    log.report(done)
}

fn ask(
    context: &Context<'_>,
    uid: &Uid,
    RevealOptions { env_files, open: options }: &RevealOptions,
    log: &mut Log<'_>,
) -> Option<ResourceOutputs> {
    let mut project = open(context, options, log)?;
    let record = project.state.resources.get(uid).ok_or_else(|| InProject::UnknownResource { uid: uid.clone() });
    if let Some(kept) = kept(log.take(record)?) {
        return Some(kept);
    }
    if !project.state.used().contains(uid) {
        log.fail(InProject::Unused { uid: uid.clone() });
        return None;
    }
    let files: Vec<ScoreFile<'_>> =
        project.state.workloads.values().map(|record| ScoreFile::recorded(context, record)).collect();
    let environment = read_env_files(context, env_files, log)?;
    let wishes = Wishes { jobs: NonZero::<usize>::MIN, only_new: false, only: Some(uid), looks: false, environment };
    let provisioned = provision(context, &mut project, &files, &Outputs::default(), wishes, log)?;
    provisioned.outputs.0.get(uid.as_str()).cloned()
}

/// All outputs of a resource, if the state has what is known last.
fn kept(record: &ResourceRecord) -> Option<ResourceOutputs> {
    let secret = |name: &String| Some((name.clone(), record.secrets.get(name)?.clone()));
    let secrets: SortedMap<String, Secret<Value>> = record.secret_outputs.iter().map(secret).collect::<Option<_>>()?;
    (!record.pending).then(|| ResourceOutputs { values: record.outputs.clone(), secrets })
}

/// Takes resources down, as long as nobody asks for an end.
fn take_down(context: &Context<'_>, project: &mut Project, uids: &[Uid], log: &mut Log<'_>) -> Option<()> {
    let view = view(&project.state, context.environment.texts());
    let mut needed: BTreeMap<Uid, Uid> = BTreeMap::new();
    for uid in uids {
        if context.cancel.is_cancelled() {
            break;
        }
        let needs = project.state.resources.get(uid).map(|record| record.needs.clone()).unwrap_or_default();
        let said = Said::new(context.observer);
        said.hear(Progress::Began { act: Act::TakingDown, total: 1 });
        let done = match needed.get(uid) {
            Some(user) => Err(InProject::StillNeeded { uid: uid.clone(), user: user.clone() }.into()),
            None => run::deprovision(project, uid, &view, surroundings(context), &|progress| said.hear(progress))
                .map_err(Failure::from),
        };
        said.hear(Progress::Ended);
        match done {
            Ok(Gone::TakenDown) => log.note(Note::TookDown(uid.clone())),
            Ok(Gone::Forgotten) => log.note(Note::Forgot { uid: uid.clone(), provisioner: None }),
            Err(_) if context.cancel.is_cancelled() => {}
            Err(failure) => {
                if let Some(lines) = said.into_lines().remove(uid) {
                    log.note(Note::Said { uid: uid.clone(), lines });
                }
                log.fail(failure);
                needed.extend(needs.into_iter().map(|need| (need, uid.clone())));
            }
        }
    }
    let saved = save(project, log);
    if context.cancel.is_cancelled() {
        log.note(Note::Cancelled(Unfinished::TakingDown));
    }
    saved
}
