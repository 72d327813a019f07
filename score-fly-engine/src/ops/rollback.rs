//! Going back to an earlier release: its image, and its configuration as well.

use std::path::{Path, PathBuf};

use score_fly_api::Client;
use score_fly_core::deploy::{ObservedMachine, Plan, Policy, Stamp};
use score_fly_core::fly::{Config, LoadedConfig, Scale};
use score_fly_core::local::LocalFiles;
use score_fly_core::map::SortedMap;
use score_fly_core::release::{Caution, History, Release};
use score_fly_core::{Source, deploy as core};
use serde::Serialize;

use super::about_release::AboutRelease;
use super::context::Context;
use super::deploy::{self, How};
use super::failure::Failure;
use super::fleet::Memory;
use super::history::gather_some;
use super::plan::{self, Decided};
use super::releases::find;
use super::report::{Log, Report};
use super::target::Which;
use super::wanted::Wanted;
use super::{inputs, ledger, stamp};
use crate::deploy::{Deployed, observe};
use crate::session::{FlyOptions, Session};

/// What to go back to, and how.
#[derive(Debug, Clone, Default)]
pub struct Options {
    /// The app.
    pub which: Which,
    /// The release: a number, a version, or the beginning of a commit. Without it, the one before the newest.
    pub to: Option<String>,
    /// Whether only the image comes back, and the configuration stays.
    pub image_only: bool,
    /// Whether it is only shown what would be done.
    pub dry_run: bool,
    /// What is new in the release that comes of it, in a line.
    pub note: Option<String>,
    /// What is allowed, and what is meant. The release command runs unless it is left out here.
    pub policy: Policy,
    /// How it is done.
    pub how: How,
    /// How Fly is talked to.
    pub fly: FlyOptions,
}

/// What is about to happen.
#[derive(Debug, Clone, PartialEq, Serialize)]
#[serde(rename_all = "camelCase")]
pub struct GoingBack {
    /// The app.
    pub app: String,
    /// The newest release, in words.
    pub from: Option<String>,
    /// The release that is gone back to, in words.
    pub to: String,
    /// Whether only its image comes back.
    pub image_only: bool,
    /// What there is to know before.
    pub cautions: Vec<Caution>,
    /// What is done.
    pub plan: Plan,
}

/// What came of it.
#[derive(Debug, Clone, PartialEq, Serialize)]
#[serde(untagged)]
pub enum Outcome {
    /// It was only shown.
    Shown(Box<GoingBack>),
    /// It was done, or failed.
    Deployed(Box<Deployed>),
}

/// Goes back to a release. `confirm` is asked before anything happens; if it says no, nothing does.
pub fn rollback(context: &Context<'_>, options: &Options, confirm: &dyn Fn(&GoingBack) -> bool) -> Report<Outcome> {
    let mut log = context.log();
    let outcome = run(context, options, confirm, &mut log);
    log.report(outcome)
}

fn run(
    context: &Context<'_>,
    options: &Options,
    confirm: &dyn Fn(&GoingBack) -> bool,
    log: &mut Log<'_>,
) -> Option<Outcome> {
    let app = options.which.app(context, log)?;
    let session = log.take(Session::open(context, &options.fly))?;
    let _listening = context.cancel.listen();
    let client = &session.client;
    let history = gather_some(context, client, &app, log)?;
    let target = log.take(Target::find(context, client, &app, &history, options))?;
    let Target { release, image, wanted } = &target;
    // It sends no secrets, so there is none to remember.
    let memory = Memory::default();
    let note = log.take(stamp::note(options.note.as_deref()))?;
    let Stamp { version, revision, source, .. } = release.stamp.clone();
    let stamp = Stamp { version, revision, source, note, back_to: Some(release.name()), ..Stamp::default() };
    let beyond = core::Options { image: Some(image.clone()), stamp, ..core::Options::default() };
    let plan =
        plan::Options { beyond, policy: options.policy.clone(), fly: options.fly.clone(), ..plan::Options::default() };
    let known = ledger::config(release).filter(|_| !options.image_only);
    let going_back = |decided: &Decided| {
        let mut cautions = release.cautions(&decided.observed, known.as_ref());
        if !options.policy.skip_release_command {
            cautions.retain(|caution| !matches!(caution, Caution::ReleaseCommand { .. }));
        }
        GoingBack {
            app: app.clone(),
            from: history.current().map(Release::title),
            to: release.title(),
            image_only: options.image_only,
            cautions,
            plan: decided.plan.clone(),
        }
    };
    if options.dry_run {
        let decided = plan::decide(context, client, (wanted, &memory), &plan.beyond, &plan.policy, log)?;
        return Some(Outcome::Shown(Box::new(going_back(&decided))));
    }
    let options = deploy::Options { plan, how: options.how.clone(), ..deploy::Options::default() };
    let agrees = |decided: &Decided| {
        let agreed = confirm(&going_back(decided));
        if agreed { Ok(()) } else { Err(AboutRelease::NotConfirmed { app: app.clone() }.into()) }
    };
    let deployed = deploy::try_one(context, &session, (wanted, &memory), &options, &agrees, log)?;
    Some(Outcome::Deployed(Box::new(deployed)))
}

/// A release to go back to, of which all that is needed is there.
struct Target<'h> {
    release: &'h Release,
    /// Its image, by its digest.
    image: String,
    wanted: Wanted,
}

impl<'h> Target<'h> {
    fn find(
        context: &Context<'_>,
        client: &Client,
        app: &str,
        history: &'h History,
        options: &Options,
    ) -> Result<Self, Failure> {
        let not_found = |why| AboutRelease::NotFound { app: app.to_owned(), why };
        let release = match &options.to {
            Some(wanted) => find(app, history, wanted)?,
            None => history.before_current().map_err(not_found)?,
        };
        let (app_name, title) = (|| app.to_owned(), || release.title());
        let image = release.image.as_deref().filter(|image| !image.is_empty());
        let image = image.ok_or_else(|| AboutRelease::NoImage { app: app_name(), release: title() })?;
        let found = client.app(app).resolve_image(image)?;
        let Some(found) = found else {
            let image = image.to_owned();
            return Err(AboutRelease::ImageGone { app: app_name(), release: title(), image }.into());
        };
        let image = if image.contains('@') || found.digest.is_empty() {
            image.to_owned()
        } else {
            format!("{image}@{}", found.digest)
        };
        let known = if options.image_only {
            Content::of_today(client, app, history)?
        } else {
            Content::of(context, app, release)?
        };
        Ok(Self { release, image, wanted: known.wanted(app, release) })
    }
}

/// What is known of what is to be.
struct Content {
    config: Config,
    files: LocalFiles,
    /// What machines are to be made from, where the configuration does not say all.
    machines: Option<SortedMap<String, serde_json::Map<String, serde_json::Value>>>,
}

impl Content {
    /// What machines have today.
    fn of_today(client: &Client, app: &str, history: &History) -> Result<Self, Failure> {
        let observed = observe(client, app)?;
        let stays = |machine: &&ObservedMachine| machine.is_managed() && !machine.is_gone();
        let machines = observed.machines.iter().filter(stays);
        let groups = machines.filter_map(|machine| Some((machine.group()?.to_owned(), machine.config.clone()?)));
        let groups: SortedMap<_, _> = groups.filter(|(group, _)| !group.starts_with("fly_app_")).collect();
        let config = history.current().and_then(ledger::config).unwrap_or_default();
        Ok(Self { config, files: LocalFiles::new(), machines: Some(groups) })
    }

    /// What a release had: its configuration, if all that it needs is there; or else what its machines were made from.
    fn of(context: &Context<'_>, app: &str, release: &Release) -> Result<Self, AboutRelease> {
        let config = ledger::config(release);
        let mut others = Vec::new();
        if let Some(config) = &config {
            let (files, missing) = files_of(context, config, release);
            if missing.is_empty() {
                return Ok(Self { config: config.clone(), files, machines: None });
            }
            others = missing;
        }
        let groups = config.as_ref().map(Config::process_groups).unwrap_or_default();
        let all = groups.iter().all(|group| release.made_from.contains_key(*group));
        if all && !release.made_from.is_empty() {
            let machines = Some(release.made_from.clone());
            return Ok(Self { config: config.unwrap_or_default(), files: LocalFiles::new(), machines });
        }
        let (app, release) = (app.to_owned(), release.title());
        Err(if others.is_empty() {
            AboutRelease::NoConfig { app, release }
        } else {
            AboutRelease::NoFiles { app, release, files: others }
        })
    }

    fn wanted(self, app: &str, release: &Release) -> Wanted {
        let Self { mut config, files, machines } = self;
        config.app = Some(app.to_owned());
        Wanted {
            path: PathBuf::from(release.title()),
            config,
            files,
            secrets: std::collections::BTreeMap::new(),
            // How many machines there are is no matter of a release.
            scale: Scale::default(),
            toml: None,
            awaits: Vec::new(),
            version: None,
            machines,
        }
    }
}

/// The local files of a release, as far as those that are here are what it had; and those that are not.
fn files_of(context: &Context<'_>, config: &Config, release: &Release) -> (LocalFiles, Vec<String>) {
    let source = Source::new("fly.json", config.to_json().to_string());
    let loaded = LoadedConfig::read(&source);
    let named: Vec<String> = loaded.local_files(&LocalFiles::new()).into_iter().map(|need| need.path).collect();
    if named.is_empty() {
        return (LocalFiles::new(), Vec::new());
    }
    let (files, _) = inputs::read_local(context, loaded.needs(LocalFiles::new()), Path::new(""));
    let is_other = |path: &String| {
        let now = files.content(path).map(ledger::hash);
        now.is_none() || now.as_ref() != release.files.get(path)
    };
    let others = named.into_iter().filter(is_other).collect();
    (files, others)
}
