//! Previews: the apps of a project, or of files, once more under other names, for a while.

use std::collections::{BTreeMap, BTreeSet};
use std::fs;
use std::path::Path;
use std::time::Duration;

use score_fly_api::machines::{Machine, MachineFilter};
use score_fly_api::{Client, Kind, Timestamp};
use score_fly_core::deploy::label;
use score_fly_core::resource::Uid;

use super::context::Context;
use super::deploy::{self, deploy};
use super::destroy::{Loss, survey, take_down};
use super::failure::{AboutApp, Failure};
use super::options::OpenOptions;
use super::project;
use super::provisioning::surroundings;
use super::report::{Log, Note, Report};
use super::said::Said;
use super::target::Which;
use crate::deploy::Deployed;
use crate::env_name::EnvName;
use crate::faults::unwritable_file;
use crate::root::{Root, folder};
use crate::run::deprovision;
use crate::session::{FlyOptions, Session};
use crate::state::State;

/// What to bring up.
#[derive(Debug, Clone)]
pub struct UpOptions {
    /// Its name.
    pub name: EnvName,
    /// Who answers for it.
    pub owner: Option<String>,
    /// After which time it may be pruned.
    pub lasts: Duration,
    /// What is deployed, and how.
    pub deploy: deploy::Options,
}

/// What to take down.
#[derive(Debug, Clone)]
pub struct DownOptions {
    /// Its name.
    pub name: EnvName,
    /// Which apps it is a preview of.
    pub which: Which,
    /// How Fly is talked to.
    pub fly: FlyOptions,
    /// How the project is opened.
    pub open: OpenOptions,
}

/// What to prune.
#[derive(Debug, Clone, Default)]
pub struct PruneOptions {
    /// The organization; all that the token may see, if none is named.
    pub organization: Option<String>,
    /// How Fly is talked to.
    pub fly: FlyOptions,
    /// How the project is opened.
    pub open: OpenOptions,
}

/// Deploys a preview, or brings it up to date. In a project, it is an environment of its own, which begins with the
/// workloads, the provisioners and the region of the one that it is a preview of, and has resources of its own.
pub fn up(context: &Context<'_>, options: &UpOptions) -> Report<Vec<Deployed>> {
    let mut log = context.log();
    let deployed = begin(context, options, &mut log).and_then(|root| {
        let mut deploying = options.deploy.clone();
        let plan = &mut deploying.plan;
        let lasts = i64::try_from(options.lasts.as_millis()).unwrap_or(i64::MAX);
        let expires = Timestamp::from_millis(Timestamp::now().millis().saturating_add(lasts));
        plan.beyond.stamp.preview = Some(options.name.to_string());
        plan.beyond.stamp.owner.clone_from(&options.owner);
        plan.beyond.stamp.expires = Some(expires.to_string());
        if root.env() != Some(&options.name) {
            let prefix = plan.score.app_prefix.take().unwrap_or_default();
            plan.score.app_prefix = Some(prefix_of(&prefix, &options.name));
        }
        let Report { result, notes } = deploy(&Context { root: &root, ..*context }, &deploying);
        log.keep(notes);
        result
    });
    log.report(deployed)
}

/// What stands before a workload's name in the name of its app in a preview.
fn prefix_of(prefix: &str, name: &EnvName) -> String {
    format!("{prefix}{name}-")
}

/// The environment of a preview in a project; where there is no project, the folder as it is. Nothing, and a note, if it
/// can't be made.
fn begin(context: &Context<'_>, options: &UpOptions, log: &mut Log<'_>) -> Option<Root> {
    let root = Root::new(context.root.path()).in_env(Some(options.name.clone()));
    let of_preview = Context { root: &root, ..*context };
    if project::is_made(&of_preview, log)? {
        return Some(root);
    }
    if !project::is_made(context, log)? {
        // Environments without one that is meant are told there.
        project::exists(context, log)?;
        return Some(context.root.clone());
    }
    let open = &options.deploy.plan.project.open;
    let base = project::imagine(context, open, log)?.state;
    let mut state = State::new(prefix_of(&base.app_prefix, &options.name));
    state.region = base.region;
    state.encrypt_to = base.encrypt_to;
    state.provisioners = base.provisioners;
    state.workloads = base.workloads;
    log.take(project::create(&of_preview, state, open))?;
    Some(root)
}

/// Destroys the apps of a preview, takes its resources down, and forgets it. `confirm` is asked for each app.
pub fn down(context: &Context<'_>, options: &DownOptions, confirm: &dyn Fn(&Loss) -> bool) -> Report<Vec<Loss>> {
    let mut log = context.log();
    let lost = go(context, options, confirm, &mut log);
    log.report(lost)
}

fn go(
    context: &Context<'_>,
    options: &DownOptions,
    confirm: &dyn Fn(&Loss) -> bool,
    log: &mut Log<'_>,
) -> Option<Vec<Loss>> {
    let session = log.take(Session::open(context, &options.fly))?;
    let root = Root::new(context.root.path()).in_env(Some(options.name.clone()));
    let of_preview = Context { root: &root, ..*context };
    let is_here = project::is_made(&of_preview, log)?;
    let apps: Vec<String> = if is_here {
        let state = project::read(&of_preview, log)?;
        state.workloads.keys().map(|workload| format!("{}{workload}", state.app_prefix)).collect()
    } else {
        named(context, options, log)?
    };
    let _listening = context.cancel.listen();
    let mut lost = Vec::new();
    for app in &apps {
        let machines = match session.client.app(app).machines(&MachineFilter::default()) {
            Ok(machines) => machines,
            Err(error) if *error.kind() == Kind::NotFound => continue,
            Err(error) => {
                log.fail(error);
                continue;
            }
        };
        // A name alone is no proof that it is ours.
        let is_other = |machine: &Machine| of_label(machine, label::PREVIEW) != Some(options.name.as_str());
        if machines.iter().any(is_other) {
            log.fail(AboutApp::NoPreview { app: app.clone(), name: options.name.to_string() });
            continue;
        }
        lost.extend(one_down(&session.client, app, confirm, log));
    }
    if is_here && log.is_sound() {
        forget(&of_preview, &options.open, log)?;
    }
    Some(lost)
}

/// The apps that a preview of these files, or of the project, has.
fn named(context: &Context<'_>, options: &DownOptions, log: &mut Log<'_>) -> Option<Vec<String>> {
    let mut which = options.which.clone();
    let base = if project::is_made(context, log)? { project::read(context, log)?.app_prefix } else { String::new() };
    let prefix = which.app_prefix.take().unwrap_or(base);
    which.app_prefix = Some(prefix.clone());
    let apps = which.apps(context, log)?;
    let name = &options.name;
    Some(
        apps.into_iter()
            .map(|app| match app.strip_prefix(&prefix) {
                Some(workload) => format!("{}{workload}", prefix_of(&prefix, name)),
                None => format!("{name}-{app}"),
            })
            .collect(),
    )
}

fn of_label<'m>(machine: &'m Machine, key: &str) -> Option<&'m str> {
    machine.known_config()?.label(key)
}

fn one_down(client: &Client, app: &str, confirm: &dyn Fn(&Loss) -> bool, log: &mut Log<'_>) -> Option<Loss> {
    let loss = log.take(survey(client, app))?;
    if !confirm(&loss) {
        log.fail(AboutApp::NotConfirmed { app: app.to_owned() });
        return None;
    }
    log.take(take_down(client, app))?;
    log.note(Note::DestroyedApp(app.to_owned()));
    Some(loss)
}

/// Takes the resources of a preview down, and removes what is kept of it. What can't be taken down is kept.
fn forget(context: &Context<'_>, open: &OpenOptions, log: &mut Log<'_>) -> Option<()> {
    let mut project = project::open(context, open, log)?;
    let view = project::view(&project.state, BTreeMap::new());
    project.state.workloads.clear();
    project.state.awaited.clear();
    let all: Vec<Uid> = project.state.orphans();
    let said = Said::new(context.observer);
    for uid in &all {
        let down = deprovision(&mut project, uid, &view, surroundings(context), &|progress| said.hear(progress));
        if log.take(down).is_some() {
            log.note(Note::TookDown(uid.clone()));
        }
    }
    if !log.is_sound() {
        return project::save(&mut project, log);
    }
    let state = context.root.state();
    let within = folder(&state);
    drop(project);
    let removed = fs::remove_dir_all(context.root.at(within));
    log.take(removed.map_err(|error| Failure::from(unwritable_file(within, &error))))
}

/// Takes down the previews whose time is over, in the whole organization. Resources of those that were not made from
/// this folder are left: nobody here knows them.
pub fn prune(context: &Context<'_>, options: &PruneOptions, confirm: &dyn Fn(&Loss) -> bool) -> Report<Vec<Loss>> {
    let mut log = context.log();
    let lost = prune_all(context, options, confirm, &mut log);
    log.report(lost)
}

fn prune_all(
    context: &Context<'_>,
    options: &PruneOptions,
    confirm: &dyn Fn(&Loss) -> bool,
    log: &mut Log<'_>,
) -> Option<Vec<Loss>> {
    let session = log.take(Session::open(context, &options.fly))?;
    let organizations = match &options.organization {
        Some(organization) => vec![organization.clone()],
        None => log.take(crate::organization::organizations(&session.client))?,
    };
    let _listening = context.cancel.listen();
    let now = Timestamp::now();
    let (mut expired, mut names) = (BTreeSet::new(), BTreeSet::new());
    let mut alive = BTreeSet::new();
    for organization in organizations {
        for machine in log.take(session.client.organization_machines(&organization))? {
            let Some(name) = of_label(&machine, label::PREVIEW) else { continue };
            let ends: Option<Timestamp> = of_label(&machine, label::EXPIRES).and_then(|text| text.parse().ok());
            if ends.is_some_and(|ends| ends < now) {
                expired.insert(machine.app_name.clone());
                names.insert(name.to_owned());
            } else {
                alive.insert(machine.app_name.clone());
            }
        }
    }
    let mut lost = Vec::new();
    // What somebody is bringing up to date right now has machines of both kinds.
    for app in expired.difference(&alive) {
        lost.extend(one_down(&session.client, app, confirm, log));
    }
    for name in names {
        let Ok(env) = name.parse::<EnvName>() else { continue };
        let root = Root::new(Path::new(context.root.path())).in_env(Some(env));
        let of_preview = Context { root: &root, ..*context };
        if !log.is_sound() || !project::is_made(&of_preview, log)? {
            continue;
        }
        let state = project::read(&of_preview, log)?;
        let gone = |workload: &String| {
            let app = format!("{}{workload}", state.app_prefix);
            lost.iter().any(|loss| loss.app == app)
        };
        if state.workloads.keys().any(gone) {
            forget(&of_preview, &options.open, log)?;
        }
    }
    Some(lost)
}
