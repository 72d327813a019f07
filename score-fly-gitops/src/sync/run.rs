//! A run over a tree.

use std::collections::{BTreeMap, BTreeSet};
use std::path::PathBuf;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::sync::{Mutex, PoisonError};
use std::thread;

use score_fly_core::Diagnostics;
use score_fly_core::Source;
use score_fly_core::deploy::{self, Action, Plan, Stamp, Step};
use score_fly_core::diagnostic::{Severity, Sources};
use score_fly_core::fly::LoadedConfig;
use score_fly_core::source::PositionEncoding;
use score_fly_engine::Root;
use score_fly_engine::ops::{self, Context, Note, Report, ScoreOptions};
use score_fly_engine::session::Session;

use super::fingerprint;
use super::look::{Look, look};
use super::lose;
use super::options::Options;
use super::prepare::{Prepared, Store};
use super::prune;
use super::report::{Entry, Health, State, SyncReport};
use crate::app::{App, Broken, Kind};
use crate::order::waves;
use crate::project::Project;
use crate::read::{Cache, Gathered};
use crate::window::may_change;

/// How many apps are looked at or deployed at once.
const AT_ONCE: usize = 16;

/// Brings Fly in step with a tree, or says what that would mean. Apps are deployed in the order of what they depend on,
/// and one that fails only stops those that depend on it. `told` is called with each app as soon as it is done.
///
/// # Errors
/// If there is no session with Fly: no token, for the most part.
pub fn sync(
    context: &Context<'_>,
    gathered: &Gathered,
    cache: &Cache,
    options: &Options,
    told: &(dyn Fn(&Entry) + Sync),
) -> Result<SyncReport, ops::Failure> {
    let session = Session::open(context, &options.fly)?;
    let tree = &gathered.tree;
    let name = options.name.clone().or_else(|| tree.name.clone());
    let run = Run::new(context, &session, gathered, cache, options, name.as_deref());
    let is_meant = |app: &&App| options.apps.is_empty() || options.apps.contains(&app.name);
    let apps: BTreeMap<&str, &App> = tree.apps.iter().filter(is_meant).map(|app| (app.name.as_str(), app)).collect();
    let needs = apps.values().map(|app| (app.name.clone(), app.settings.depends_on.clone())).collect();
    let waves = waves(&needs);
    let done: Mutex<BTreeMap<String, Entry>> = Mutex::default();
    let finish = |entry: Entry| {
        told(&entry);
        done.lock().unwrap_or_else(PoisonError::into_inner).insert(entry.app.clone(), entry);
    };
    // Those that wait for each other are in no wave, and were found to be broken.
    for app in apps.values().filter(|app| !waves.contains_key(&app.name)) {
        finish(run.broken(app));
    }
    for broken in tree.broken.iter().filter(|_| options.apps.is_empty()) {
        finish(unnamed(broken, &tree.texts));
    }
    for wave in 0..=waves.values().copied().max().unwrap_or(0) {
        let ready: Vec<&App> = apps.values().filter(|app| waves.get(&app.name) == Some(&wave)).copied().collect();
        let next = AtomicUsize::new(0);
        thread::scope(|scope| {
            for _ in 0..AT_ONCE.min(ready.len()) {
                scope.spawn(|| {
                    while let Some(app) = ready.get(next.fetch_add(1, Ordering::Relaxed)) {
                        if context.cancel.is_cancelled() {
                            break;
                        }
                        let stopped = {
                            let done = done.lock().unwrap_or_else(PoisonError::into_inner);
                            let bad = |name: &&String| done.get(*name).is_some_and(|entry| !entry.state.is_good());
                            app.settings.depends_on.iter().find(bad).filter(|_| !options.glance).cloned()
                        };
                        finish(match stopped {
                            Some(first) => entry(app, State::Skipped, format!("{first} comes first, and is not ready")),
                            None => run.app(app),
                        });
                    }
                });
            }
        });
    }
    let mut report = SyncReport { whole: tree.is_whole(), ..SyncReport::default() };
    let mut entries = done.into_inner().unwrap_or_else(PoisonError::into_inner);
    if (options.prune || options.dry_run && !options.glance)
        && options.apps.is_empty()
        && !context.cancel.is_cancelled()
    {
        match run.surplus(name.as_deref()) {
            Ok(found) => {
                for entry in found {
                    told(&entry);
                    entries.insert(entry.app.clone(), entry);
                }
            }
            Err(reason) => report.not_pruned = Some(reason).filter(|_| options.prune),
        }
    }
    report.apps = entries.into_values().collect();
    Ok(report)
}

/// Takes away what is not in the tree any more, and nothing else. The error within says why nobody knows what that is.
///
/// # Errors
/// If there is no session with Fly.
#[cfg(feature = "serve")]
pub(crate) fn take_away(
    context: &Context<'_>,
    gathered: &Gathered,
    cache: &Cache,
    options: &Options,
) -> Result<Result<Vec<Entry>, String>, ops::Failure> {
    let session = Session::open(context, &options.fly)?;
    let name = options.name.clone().or_else(|| gathered.tree.name.clone());
    Ok(Run::new(context, &session, gathered, cache, options, name.as_deref()).surplus(name.as_deref()))
}

struct Run<'r> {
    context: &'r Context<'r>,
    session: &'r Session,
    store: Store<'r>,
    options: &'r Options,
    tree: &'r str,
}

fn entry(app: &App, state: State, summary: impl Into<String>) -> Entry {
    Entry::new(app, state, summary)
}

/// Errors, a line for each: where, what, and what to do about it.
pub(crate) fn errors(found: &Diagnostics, texts: &[Source]) -> Vec<String> {
    let names: BTreeSet<&String> = found.iter().filter_map(|one| one.location.as_ref()).map(|at| &at.source).collect();
    let sources = Sources::new(texts.iter().filter(|text| names.contains(&text.name)), PositionEncoding::Utf32);
    let errors = sources.views(found).into_iter().filter(|one| one.severity == Severity::Error);
    let line = |view: score_fly_core::diagnostic::DiagnosticView| {
        let place = view.location.map(|at| format!("{}:{}:{}: ", at.source, at.start.line, at.start.column));
        let help = view.help.map(|help| format!("; {help}")).unwrap_or_default();
        format!("{}{} [{}]{help}", place.unwrap_or_default(), view.message, view.code)
    };
    errors.map(line).collect()
}

fn unnamed(broken: &Broken, texts: &[Source]) -> Entry {
    Entry {
        app: broken.file.clone(),
        file: broken.file.clone(),
        state: State::Failed,
        summary: "its file has mistakes".to_owned(),
        details: errors(&broken.diagnostics, texts),
        commit: None,
        drifted: false,
        health: None,
    }
}

impl<'r> Run<'r> {
    fn new(
        context: &'r Context<'r>,
        session: &'r Session,
        gathered: &'r Gathered,
        cache: &'r Cache,
        options: &'r Options,
        name: Option<&'r str>,
    ) -> Self {
        let store = Store { root: context.root, gathered, cache, environment: context.environment };
        Self { context, session, store, options, tree: name.unwrap_or("-") }
    }
    fn broken(&self, app: &App) -> Entry {
        let details = errors(&app.diagnostics, &self.store.gathered.tree.texts);
        Entry { details, ..entry(app, State::Failed, "its files have mistakes") }
    }

    fn app(&self, app: &App) -> Entry {
        if !app.is_sound() {
            return self.broken(app);
        }
        if app.settings.suspend {
            return entry(app, State::Suspended, "its file says that nothing is to be done with it");
        }
        let prepared = match self.store.prepare(app) {
            Ok(prepared) => prepared,
            Err(details) => return Entry { details, ..entry(app, State::Failed, "not all that it needs is there") },
        };
        let commit = prepared.commit.clone();
        let label =
            fingerprint::of(app, &prepared, self.context.environment).map(|hash| format!("{}.{hash}", self.tree));
        let (mut drifted, mut health) = (false, None);
        if let Some(label) = label.as_deref().filter(|_| !self.options.thorough) {
            match look(&self.session.client, &app.name, label, &app.settings.scale, &group(app)) {
                Ok((found, how)) => {
                    health = Some(how);
                    drifted = found == Look::Drifted;
                    let summary = match found {
                        Look::Same => return Entry { commit, health, ..entry(app, State::InSync, "as the tree says") },
                        Look::Drifted => "somebody has changed it at Fly",
                        Look::Other => "it is not what was deployed last",
                    };
                    if self.options.glance {
                        return Entry { commit, drifted, health, ..entry(app, State::OutOfSync, summary) };
                    }
                }
                Err(error) => {
                    return Entry {
                        details: vec![error.to_string()],
                        commit,
                        ..entry(app, State::Failed, "Fly does not answer")
                    };
                }
            }
        }
        let open = may_change(&app.settings.windows, self.options.now);
        let only_plan = self.options.dry_run || !open || drifted && self.options.keep_drift;
        let done = self.carry_out(app, &prepared, label, only_plan);
        let state =
            if done.state == State::OutOfSync && !self.options.dry_run && !open { State::Waiting } else { done.state };
        let health = if state == State::Deployed { Some(Health::Healthy) } else { health };
        Entry { state, commit, drifted: drifted && state != State::InSync, health, ..done }
    }

    /// Plans or deploys an app, in a folder that is made for it.
    fn carry_out(&self, app: &App, prepared: &Prepared, label: Option<String>, only_plan: bool) -> Entry {
        let (all, folder, file) = match prepared.write() {
            Ok(written) => written,
            Err(error) => {
                let details = vec![format!("a folder for it can't be written: {error}")];
                return Entry { details, ..entry(app, State::Failed, "there is no room to work in") };
            }
        };
        let root = Root::new(folder);
        let context = Context { root: &root, observer: &(), ..*self.context };
        let mut options = self.plan_options(app, prepared, label, file);
        if self.options.prune && !app.settings.allow_delete.is_empty() {
            let named = lose::named(&self.session.client, app);
            options.policy.lose.machines = lose::machines(&named);
            if let Some([planned]) = ops::plan(&context, &options).result.as_deref() {
                options.policy.lose.volumes = lose::volumes(&named, &planned.plan);
            }
        }
        if only_plan {
            return of_plan(app, &ops::plan(&context, &options));
        }
        let deploy = ops::deploy::Options { plan: options, ..ops::deploy::Options::default() };
        let report = ops::deploy(&context, &deploy);
        drop(all);
        of_deploy(app, &report)
    }

    fn plan_options(&self, app: &App, prepared: &Prepared, label: Option<String>, file: PathBuf) -> ops::plan::Options {
        let settings = &app.settings;
        let stamp = Stamp {
            tree: label,
            revision: prepared.commit.clone(),
            source: prepared.repository.clone(),
            ..Stamp::default()
        };
        let beyond = deploy::Options {
            app: Some(app.name.clone()),
            organization: settings.organization.clone(),
            scale: settings.scale.clone(),
            addresses: settings.addresses.clone(),
            volume_size_gb: settings.volume_size_gb,
            stamp,
            ..deploy::Options::default()
        };
        let outputs = settings.outputs.iter().map(PathBuf::from).collect();
        ops::plan::Options {
            files: vec![file],
            score: ScoreOptions { outputs, app_prefix: settings.app_prefix.clone(), ..ScoreOptions::default() },
            beyond,
            secrets: prepared.secrets.clone(),
            fly: self.options.fly.clone(),
            ..ops::plan::Options::default()
        }
    }

    /// The apps that are not in the tree any more, destroyed if that is asked for. The error says why nobody knows.
    fn surplus(&self, name: Option<&str>) -> Result<Vec<Entry>, String> {
        let tree = &self.store.gathered.tree;
        let Some(name) = name else {
            return Err(
                "the tree has no name, so nobody knows which apps are from it; give it a project of its own".to_owned()
            );
        };
        if !tree.is_whole() {
            return Err("not all of the tree can be read, so nobody knows what is not in it any more".to_owned());
        }
        if tree.apps.is_empty() {
            return Err("there is no app left in the tree, which may well be a mistake".to_owned());
        }
        let has_apps = |project: &Project| tree.apps.iter().any(|app| app.projects.contains(&project.name));
        if let Some(empty) = tree.projects.iter().find(|project| !has_apps(project)) {
            let name = &empty.name;
            return Err(format!("there is no app left in the project `{name}`, which may well be a mistake"));
        }
        let names = tree.apps.iter().map(|app| app.name.as_str()).collect();
        let found = prune::surplus(&self.session.client, name, &names);
        let found = found.map_err(|error| format!("nobody knows which apps there are: {error}"))?;
        let is_meant = |app: &String| self.options.apps.is_empty() || self.options.apps.contains(app);
        let done = found.into_iter().filter(is_meant).map(|app| {
            if self.options.prune && !self.options.dry_run {
                prune::destroy(&Context { observer: &(), ..*self.context }, app, self.options)
            } else {
                prune::would_go(app)
            }
        });
        Ok(done.collect())
    }
}

/// The process group that a scale is about.
fn group(app: &App) -> String {
    match app.kind {
        Kind::Score => "app".to_owned(),
        Kind::Fly => {
            let source = Source::new("fly.json", app.config());
            let loaded = LoadedConfig::read(&source);
            loaded.file().map_or("app", |file| file.config.default_process_group()).to_owned()
        }
    }
}

/// Everything that a use case says went wrong.
fn wrong<T>(report: &Report<T>) -> Vec<String> {
    let mut lines = Vec::new();
    for note in &report.notes {
        match note {
            Note::Found(findings) => {
                let texts: Vec<Source> = findings.texts.iter().map(|text| text.source.clone()).collect();
                lines.extend(errors(&findings.diagnostics, &texts));
            }
            Note::Failed(failure) => lines.push(failure.to_string()),
            Note::Cancelled(_) => lines.push("it was interrupted".to_owned()),
            _ => {}
        }
    }
    lines
}

fn lines(plan: &Plan) -> Vec<String> {
    let summary = plan.summary();
    let lines = plan.lines().into_iter().skip(1).map(|line| line.to_string());
    lines.filter(|line| !line.is_empty() && *line != summary).collect()
}

/// Whether a step only notes something at a machine.
fn is_note(step: &Step) -> bool {
    matches!(step.action, Action::LabelMachine { .. })
}

fn of_plan(app: &App, report: &Report<Vec<ops::plan::Planned>>) -> Entry {
    let wrong = wrong(report);
    let Some([planned]) = report.result.as_deref().filter(|_| wrong.is_empty()) else {
        return Entry { details: wrong, ..entry(app, State::Failed, "it can't be planned") };
    };
    let plan = &planned.plan;
    if plan.is_blocked() {
        return Entry { details: lines(plan), ..entry(app, State::Failed, "something is in the way") };
    }
    if plan.steps.iter().all(is_note) {
        return entry(app, State::InSync, "as the tree says");
    }
    Entry { details: lines(plan), ..entry(app, State::OutOfSync, plan.summary()) }
}

fn of_deploy(app: &App, report: &Report<Vec<score_fly_engine::deploy::Deployed>>) -> Entry {
    let wrong = wrong(report);
    if !wrong.is_empty() {
        return Entry { details: wrong, ..entry(app, State::Failed, "it could not be deployed") };
    }
    let plan = report.notes.iter().find_map(|note| if let Note::Planned(plan) = note { Some(plan) } else { None });
    match plan {
        Some(plan) if !plan.steps.iter().all(is_note) => {
            Entry { details: lines(plan), ..entry(app, State::Deployed, plan.summary()) }
        }
        _ => entry(app, State::InSync, "as the tree says"),
    }
}
