//! The provisioners of a project.

use score_fly_core::resource::{Selector, Uid};

use super::context::Context;
use super::failure::InProject;
use super::options::OpenOptions;
use super::project::{self, open, save};
use super::report::{Log, Note, Report};
use crate::provisioner::{Kind, Provisioner};
use crate::state::{ResourceRecord, State};

/// Lists all provisioners, in the order in which they are tried. What is encrypted of them is left out.
pub fn list(context: &Context<'_>) -> Report<Vec<Provisioner>> {
    let mut log = context.log();
    let listed = project::read(context, &mut log).map(|state| state.provisioners);
    log.report(listed)
}

/// A provisioner to be added.
#[derive(Debug, Clone)]
pub struct New {
    /// What to call it.
    pub id: String,
    /// The resources that it is for.
    pub selector: Selector,
    /// How it is called.
    pub kind: Kind,
}

/// Adds a provisioner, to be tried before all others. It takes the place of one with the same id.
pub fn add(context: &Context<'_>, new: New, options: &OpenOptions) -> Report<()> {
    let mut log = context.log();
    let added = put(context, new, options, &mut log);
    log.report(added)
}

/// Removes a provisioner. Resources that it made, or began, have to be taken down first.
pub fn remove(context: &Context<'_>, id: &str, options: &OpenOptions) -> Report<()> {
    let mut log = context.log();
    let removed = forget(context, id, options, &mut log);
    log.report(removed)
}

fn put(context: &Context<'_>, New { id, selector, kind }: New, options: &OpenOptions, log: &mut Log<'_>) -> Option<()> {
    log.take(can_be_called(context, &kind))?;
    if id.is_empty() || id.contains(|c: char| c.is_whitespace() || c.is_control()) {
        log.fail(InProject::InvalidId { id: id.clone() });
    }
    if let Err(error) = selector.check() {
        log.fail(InProject::from(error));
    }
    if !log.is_sound() {
        return None;
    }
    let mut project = open(context, options, log)?;
    let done = match project.state.provisioner(&id) {
        Some(_) => Note::ReplacedProvisioner(id.clone()),
        None => Note::AddedProvisioner(id.clone()),
    };
    let (description, supported_params) = match &kind {
        Kind::Builtin(builtin) => (Some(builtin.description().to_owned()), Some(builtin.supported_params())),
        Kind::Http(_) | Kind::Cmd(_) | Kind::Static(_) | Kind::Template(_) => (None, None),
    };
    let provisioner = Provisioner { id, selector, description, supported_params, expected_outputs: None, kind };
    replaceable(&project.state, &provisioner, log)?;
    project.state.put_first(vec![provisioner]);
    save(&mut project, log)?;
    log.note(done);
    Some(())
}

/// Whether there is somebody to call.
fn can_be_called(context: &Context<'_>, kind: &Kind) -> Result<(), InProject> {
    match kind {
        Kind::Http(http) if !http.is_web() => Err(InProject::NoServer),
        Kind::Cmd(cmd) if !cmd.is_there(context.root, context.environment) => {
            Err(InProject::NoProgram { program: cmd.binary.clone() })
        }
        Kind::Http(_) | Kind::Cmd(_) | Kind::Static(_) | Kind::Template(_) | Kind::Builtin(_) => Ok(()),
    }
}

fn forget(context: &Context<'_>, id: &str, options: &OpenOptions, log: &mut Log<'_>) -> Option<()> {
    let mut project = open(context, options, log)?;
    let Some(provisioner) = project.state.provisioner(id) else {
        log.fail(InProject::UnknownProvisioner { id: id.to_owned() });
        return None;
    };
    if let Some(uid) = made_by(&project.state, provisioner) {
        let answered = project.state.resources.get(&uid).is_some_and(ResourceRecord::is_answered);
        log.fail(InProject::Needed { uid, id: id.to_owned(), answered });
        return None;
    }
    drop_provisioner(&mut project.state, id);
    save(&mut project, log)?;
    log.note(Note::RemovedProvisioner(id.to_owned()));
    Some(())
}

/// Whether a provisioner may take the place of the one with its id: only if it can be asked to take down what that
/// one made. Nothing, and a note, if not.
pub(super) fn replaceable(state: &State, new: &Provisioner, log: &mut Log<'_>) -> Option<()> {
    let Some(old) = state.provisioner(&new.id).filter(|old| old.leaves_traces()) else { return Some(()) };
    let mut made = state.resources.iter().filter(|(_, record)| record.provisioner.as_ref() == Some(&new.id));
    let Some((uid, record)) = made.find(|(uid, _)| !new.can_follow(old) || !new.selector.matches(uid)) else {
        return Some(());
    };
    log.fail(InProject::Replaced { uid: uid.clone(), id: new.id.clone(), answered: record.is_answered() });
    None
}

/// A resource that a provisioner made, and has to take down.
fn made_by(state: &State, provisioner: &Provisioner) -> Option<Uid> {
    let made = |id: &Option<String>| id.as_ref() == Some(&provisioner.id);
    let mut resources = state.resources.iter().filter(|_| provisioner.leaves_traces());
    resources.find(|(_, record)| made(&record.provisioner)).map(|(uid, _)| uid.clone())
}

/// Removes a provisioner that left nothing behind.
fn drop_provisioner(state: &mut State, id: &str) {
    state.provisioners.retain(|one| one.id != id);
    for record in state.resources.values_mut().filter(|record| record.provisioner.as_deref() == Some(id)) {
        record.provisioner = None;
    }
}
