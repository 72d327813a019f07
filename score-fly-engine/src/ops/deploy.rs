//! Deploying apps.

use std::ffi::OsString;
use std::io::Write as _;
use std::num::NonZero;
use std::path::{Path, PathBuf};
use std::time::Duration;

use score_fly_api::{Client, Hosts};
use score_fly_core::deploy::Action;
use tempfile::Builder;

use super::context::Context;
use super::failure::{AboutApp, Failure, Setting};
use super::fleet::{Aim, Fate, Fleet, Member, Memory, in_order};
use super::flyctl::Flyctl;
use super::image::{self, PushOptions};
use super::inputs::refuse_two_dashes;
use super::ledger::Entry;
use super::plan::{self, Decided};
use super::report::{Log, Note, Report};
use super::stamp::{self, Repository};
use super::wanted::{Image, Wanted};
use crate::deploy::{Deployed, OnFailure, Run, Settings, makes_release};
use crate::faults::unwritable_file;
use crate::session::Session;

/// What to deploy, and how.
#[derive(Debug, Clone, Default)]
pub struct Options {
    /// What to deploy, and what is allowed.
    pub plan: plan::Options,
    /// An archive with the image, which is pushed to the app's registry first; `-` is standard input.
    pub archive: Option<PathBuf>,
    /// The tag of an image that is pushed or built; one of its own, if there is none.
    pub image_label: Option<String>,
    /// How it is done.
    pub how: How,
}

/// How a deploy is done. What is left out is as fly.toml says, or else as flyctl does it.
#[derive(Debug, Clone)]
pub struct How {
    /// How many machines are worked on at once, with the strategies `immediate` and `bluegreen`.
    pub max_concurrent: Option<NonZero<usize>>,
    /// How long a machine may take to start, and its checks to pass.
    pub wait_timeout: Option<Duration>,
    /// How long the release command may take.
    pub release_timeout: Option<Duration>,
    /// Whether machines without checks are watched for crashes.
    pub smoke: bool,
    /// Whether nobody waits for machines to work.
    pub detach: bool,
    /// What becomes of machines that were changed already, if one fails.
    pub on_failure: OnFailure,
    /// Whether others' leases are waited for.
    pub wait_for_leases: bool,
}

impl Default for How {
    fn default() -> Self {
        Self {
            max_concurrent: None,
            wait_timeout: None,
            release_timeout: None,
            smoke: true,
            detach: false,
            on_failure: OnFailure::Undo,
            wait_for_leases: true,
        }
    }
}

/// Deploys apps.
pub fn deploy(context: &Context<'_>, options: &Options) -> Report<Vec<Deployed>> {
    let mut log = context.log();
    let deployed = run(context, options, &mut log);
    log.report(deployed)
}

fn run(context: &Context<'_>, options: &Options, log: &mut Log<'_>) -> Option<Vec<Deployed>> {
    let (files, archive) = (&options.plan.files, options.archive.as_deref());
    log.take(refuse_two_dashes(files.iter().map(PathBuf::as_path).chain(archive)))?;
    let image = if archive.is_some() { Image::Comes } else { Image::Built };
    let Fleet { mut members, memory } = Fleet::read(context, options.plan.said(image, Aim::Do), log)?;
    plan::bring_secrets(&mut members, &options.plan.secrets);
    if archive.is_some() && members.len() > 1 {
        log.fail(Failure::ForOneFile { setting: Setting::ImageArchive });
        return None;
    }
    let session = log.take(Session::open(context, &options.plan.fly))?;
    let _listening = context.cancel.listen();
    let repository = Repository::read(context);
    let needs: Vec<Vec<usize>> = members.iter().map(|member| member.needs.clone()).collect();
    let fates = in_order(&needs, options.plan.project.jobs, |index| {
        let mut log = context.log();
        let known = |member| (member, &memory, &repository);
        let deployed = members.get(index).map(|member| one(context, &session, known(member), options, &mut log));
        let is_well = deployed.as_ref().is_some_and(|deployed| deployed.failure.is_none());
        ((deployed.unwrap_or_default(), log), is_well)
    });
    let (mut all, mut left) = (Vec::new(), Vec::new());
    for (member, fate) in members.iter().zip(fates) {
        match fate {
            Fate::Done((deployed, of_app)) => {
                log.absorb(of_app);
                all.push(deployed);
            }
            Fate::Left(needs) => {
                let failed = needs.iter().filter_map(|need| Some(members.get(*need)?.app.clone())).collect();
                log.fail(AboutApp::Left { app: member.app.clone(), failed });
                left.push(member.app.clone());
                all.push(failed_early(&member.app, log));
            }
        }
    }
    if all.len() > 1 {
        let (failed, done): (Vec<_>, Vec<_>) = all.iter().partition(|deployed| deployed.failure.is_some());
        let names = |all: Vec<&Deployed>| -> Vec<String> { all.into_iter().map(|one| one.app.clone()).collect() };
        let mut failed = names(failed);
        failed.retain(|app| !left.contains(app));
        log.note(Note::DeployedAll { done: names(done), failed, left });
    }
    Some(all)
}

/// An app of which nothing was deployed, for the reason that was noted last.
fn failed_early(app: &str, log: &Log<'_>) -> Deployed {
    let failure = log.last_failure().unwrap_or_else(|| "it could not be deployed".to_owned());
    Deployed { app: app.to_owned(), failure: Some(failure), ..Deployed::default() }
}

/// Deploys one app. Notes why that can't be done, or why it failed.
fn one(
    context: &Context<'_>,
    session: &Session,
    (member, memory, repository): (&Member, &Memory, &Repository),
    options: &Options,
    log: &mut Log<'_>,
) -> Deployed {
    let deployed = match &member.wanted {
        None => return Deployed { failure: Some(NOT_KNOWN.to_owned()), ..failed_early(&member.app, log) },
        Some(_) if context.cancel.is_cancelled() => {
            log.fail(AboutApp::Left { app: member.app.clone(), failed: Vec::new() });
            None
        }
        Some(wanted) => stamp::stamp(&options.plan.stamp, repository, wanted, log).and_then(|stamp| {
            let mut options = options.clone();
            options.plan.beyond.stamp = stamp::with_given(stamp, &options.plan.beyond.stamp);
            try_one(context, session, (wanted, memory), &options, &|_| Ok(()), log)
        }),
    };
    deployed.unwrap_or_else(|| failed_early(&member.app, log))
}

/// Why an app is not deployed of which it was noted before what is wrong.
const NOT_KNOWN: &str = "its Score file could not be converted";

/// Deploys an app that is known. `agrees` is asked before anything happens.
pub(super) fn try_one(
    context: &Context<'_>,
    session: &Session,
    known: (&Wanted, &Memory),
    options: &Options,
    agrees: &dyn Fn(&Decided) -> Result<(), Failure>,
    log: &mut Log<'_>,
) -> Option<Deployed> {
    let client = &session.client;
    let (wanted, memory) = known;
    let plan::Options { beyond, policy, .. } = &options.plan;
    let mut settings = settings(wanted, options, session);
    let mut beyond = beyond.clone();
    beyond.stamp.deploy = Some(settings.deploy.to_string());
    let names_image = beyond.image.is_some() || wanted.image().is_some();
    let comes = match &options.archive {
        Some(archive) => Some(From::Archive(archive)),
        None if names_image => None,
        None => Some(From::Flyctl(Flyctl::find(context).or_else(|| {
            let (path, app) = (wanted.path.clone(), wanted.app().to_owned());
            log.fail(AboutApp::NoImage { path, app });
            None
        })?)),
    };
    if comes.is_some() {
        beyond.image = Some(STAND_IN.to_owned());
    }
    let mut decided = plan::decide(context, client, known, &beyond, policy, log)?;
    log.take(refuse(&decided))?;
    log.take(agrees(&decided))?;
    if let Some(from) = comes {
        create(client, &decided, log)?;
        let label = options.image_label.as_deref();
        beyond.image = Some(match from {
            From::Archive(archive) => push(context, &decided, archive, label, log)?,
            From::Flyctl(flyctl) => {
                let tag = label.map_or_else(|| format!("deployment-{}", settings.deploy), str::to_owned);
                build(context, flyctl, wanted, &tag, log)?
            }
        });
        // What is odd about the app was told already.
        let again = plan::decide(context, client, known, &beyond, policy, &mut Log::new(&(), context.root));
        decided = again.or_else(|| plan::decide(context, client, known, &beyond, policy, log))?;
    }
    plan::refuse_taken(context, client, wanted, &decided, log)?;
    // Secrets of which nobody remembers the values are sent, and Fly's digests tell whether they are others.
    let decided = if decided.sends_secrets.is_empty() {
        decided
    } else {
        let values = wanted.secrets.iter().filter(|(name, _)| decided.sends_secrets.contains(name));
        let values = values.map(|(name, value)| (name.clone(), Some(value.clone()))).collect();
        let changed = log.take(client.app(wanted.app()).set_secrets(&values))?;
        settings.secrets_version = settings.secrets_version.max(Some(changed.version));
        let digests = changed.secrets.iter().map(|secret| (&secret.name, &secret.digest));
        let digests = digests.filter(|(name, _)| decided.sends_secrets.contains(name));
        log.take(memory.remember(wanted.app(), &wanted.secrets, digests))?;
        plan::decide(context, client, known, &beyond, policy, log)?
    };
    let Decided { desired, observed, plan, .. } = &decided;
    log.note(Note::Planned(Box::new(plan.clone())));
    if plan.is_empty() {
        return Some(Deployed { app: plan.app.clone(), unchanged: plan.unchanged, ..Deployed::default() });
    }
    let watch = |progress: crate::progress::Progress<'_>| context.observer.progressed(progress);
    let entry =
        makes_release(plan).then(|| Entry::begin(context, wanted, (desired, observed), &settings, log)).flatten();
    let run = Run::new(client, (desired, observed, plan), &settings, &watch);
    let (mut deployed, trouble) = match run.carry_out() {
        Ok(deployed) => (deployed, None),
        Err(failed) => (failed.deployed, Some(failed.trouble)),
    };
    let remembered = memory.remember(wanted.app(), &wanted.secrets, &deployed.secrets_set);
    log.take(remembered.and_then(|()| memory.forget(wanted.app(), &policy.lose.secrets)));
    let addresses = client.cleanup().app(wanted.app()).addresses().unwrap_or_default();
    deployed.url = (!addresses.is_empty()).then(|| format!("https://{}.fly.dev", wanted.app()));
    if let Some(entry) = entry {
        entry.end(client, &deployed, trouble.as_ref(), log);
    }
    log.note(Note::Deployed(Box::new(deployed.clone())));
    if let Some(trouble) = trouble {
        log.fail(Failure::Deploy { app: wanted.app().to_owned(), trouble: Box::new(trouble) });
    }
    Some(deployed)
}

/// Stands for an image that is yet to be pushed, while it is seen whether there is anything in the way.
const STAND_IN: &str = "image@sha256:0000000000000000000000000000000000000000000000000000000000000000";

/// Where an image comes from that is not in a registry yet.
enum From<'o> {
    Archive(&'o Path),
    Flyctl(Flyctl),
}

/// Creates the app, which has to be there for its registry to take an image.
fn create(client: &Client, decided: &Decided, log: &mut Log<'_>) -> Option<()> {
    for step in &decided.plan.steps {
        if let Action::CreateApp { name, organization, network } = &step.action {
            let added = super::apps::add(client, name, organization.clone(), network.clone(), log);
            log.take(added)?;
        }
    }
    Some(())
}

/// Has flyctl build an image, and push it to the registry of the app. Gives its name.
fn build(context: &Context<'_>, flyctl: Flyctl, wanted: &Wanted, tag: &str, log: &mut Log<'_>) -> Option<String> {
    let registry = log.take(Hosts::from_env(|name| context.environment.text(name)))?.registry;
    let registry = registry.split_once("://").map_or(registry.as_str(), |(_, host)| host);
    // What it says of files counts from this folder, as it does for a deploy.
    let text = wanted.toml.as_ref().map(|text| {
        let mut file =
            Builder::new().prefix(".score-fly-").suffix(".toml").tempfile_in(context.root.at(Path::new("")))?;
        file.write_all(text.as_bytes()).map(|()| file)
    });
    let text = text.transpose().map_err(|error| unwritable_file(Path::new("."), &error));
    let text = log.take(text)?;
    let config = text.as_ref().map_or_else(|| context.root.at(&wanted.path), |file| file.path().to_owned());
    let app = wanted.app();
    let mut arguments =
        ["deploy", "--build-only", "--push", "--image-label", tag, "-a", app, "-c"].map(OsString::from).to_vec();
    arguments.push(config.into_os_string());
    log.take(flyctl.run(context, app, &arguments, &[]))?;
    Some(format!("{registry}/{app}:{tag}"))
}

/// Pushes the image of an archive to the registry of the app. Gives its name.
fn push(
    context: &Context<'_>,
    Decided { desired, observed, .. }: &Decided,
    archive: &Path,
    label: Option<&str>,
    log: &mut Log<'_>,
) -> Option<String> {
    let runs = observed.machines.iter().map(|machine| &machine.image_ref);
    let runs = runs.filter(|image| image.repository == desired.app && !image.digest.is_empty());
    let mut similar: Vec<String> = runs.map(|image| image.digest.clone()).collect();
    similar.sort();
    similar.dedup();
    let push = PushOptions {
        archive: archive.to_owned(),
        destination: label.map_or_else(|| desired.app.clone(), |label| format!("{}:{label}", desired.app)),
        similar,
        ..PushOptions::default()
    };
    image::push_noting(context, &push, log).map(|pushed| pushed.image)
}

/// How the deploy of an app is done.
fn settings(wanted: &Wanted, options: &Options, session: &Session) -> Settings {
    let How { max_concurrent, wait_timeout, release_timeout, smoke, detach, on_failure, wait_for_leases } =
        &options.how;
    let policy = &options.plan.policy;
    let mut settings = Settings::new(&wanted.config);
    settings.strategy = policy.strategy.unwrap_or(settings.strategy);
    settings.max_unavailable = policy.max_unavailable.unwrap_or(settings.max_unavailable);
    settings.max_concurrent = max_concurrent.unwrap_or(settings.max_concurrent);
    settings.wait_timeout = wait_timeout.unwrap_or(settings.wait_timeout);
    settings.release_timeout = release_timeout.or(settings.release_timeout);
    settings.smoke = *smoke;
    settings.detach = *detach;
    settings.on_failure = *on_failure;
    settings.lease_wait = settings.lease_wait.filter(|_| *wait_for_leases);
    settings.secrets_version = session.known_secrets.get(wanted.app()).copied();
    settings.secrets.clone_from(&wanted.secrets);
    settings
}

/// Refuses what can't be done, before anything is.
fn refuse(decided: &Decided) -> Result<(), Failure> {
    let Decided { desired, plan, .. } = decided;
    let blocked: Vec<(String, String)> = plan
        .steps
        .iter()
        .filter_map(|step| match &step.action {
            Action::Blocked { what, help } => Some((what.clone(), help.clone())),
            _ => None,
        })
        .collect();
    if blocked.is_empty() { Ok(()) } else { Err(AboutApp::Blocked { app: desired.app.clone(), blocked }.into()) }
}
