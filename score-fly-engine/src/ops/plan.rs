//! What a deploy would do.

use std::collections::BTreeMap;
use std::path::PathBuf;

use score_fly_api::Client;
use score_fly_core::deploy::{self, Desired, Observed, Plan, Policy, RememberedSecret};
use score_fly_core::resource::Uid;
use score_fly_core::secret::Secret;

use super::about_release::AboutRelease;
use super::context::Context;
use super::failure::{AboutApp, Failure};
use super::fleet::{Aim, Fleet, Member, Memory, Said};
use super::generate::ProjectOptions;
use super::options::ScoreOptions;
use super::report::{Log, Report};
use super::stamp::{self, Repository};
use super::wanted::{Image, Wanted};
use super::{history, ledger};
use crate::deploy::observe;
use crate::parallel;
use crate::session::{FlyOptions, Session};
use crate::state::SentSecret;

/// What to plan.
#[derive(Debug, Clone, Default)]
pub struct Options {
    /// The files: Score's and Fly's.
    pub files: Vec<PathBuf>,
    /// What is done to Score files on their way.
    pub score: ScoreOptions,
    /// How the resources of a project are provisioned, and how many apps are worked on at once.
    pub project: ProjectOptions,
    /// What is said beyond the files.
    pub beyond: deploy::Options,
    /// What is allowed, and what is meant.
    pub policy: Policy,
    /// What the releases are labelled with.
    pub stamp: stamp::Options,
    /// Secrets beyond those of the files.
    pub secrets: BTreeMap<String, Secret<String>>,
    /// How Fly is talked to.
    pub fly: FlyOptions,
}

impl Options {
    /// What is said of apps, for a run that goes so far.
    pub(super) fn said(&self, image: Image, aim: Aim) -> Said<'_> {
        let Self { files, score, project, beyond, .. } = self;
        Said { files, score, project, beyond, image, aim }
    }
}

/// What would be done with an app.
#[derive(Debug, Clone, PartialEq)]
pub struct Planned {
    /// The plan.
    pub plan: Plan,
    /// The secrets that would be sent, though nobody remembers whether their values are others than before.
    pub sends_secrets: Vec<String>,
    /// Whether the image is still to be built.
    pub builds_image: bool,
    /// The resources that are yet to be made: what depends on them is not known, and stands for itself.
    pub awaits: Vec<Uid>,
}

/// Says what a deploy would do, and does nothing of it.
pub fn plan(context: &Context<'_>, options: &Options) -> Report<Vec<Planned>> {
    let mut log = context.log();
    let planned = run(context, options, &mut log);
    log.report(planned)
}

fn run(context: &Context<'_>, options: &Options, log: &mut Log<'_>) -> Option<Vec<Planned>> {
    let Fleet { mut members, memory } = Fleet::read(context, options.said(Image::Built, Aim::Look), log)?;
    bring_secrets(&mut members, &options.secrets);
    let session = log.take(Session::open(context, &options.fly))?;
    let _listening = context.cancel.listen();
    let repository = Repository::read(context);
    let planned = parallel::map(&members, options.project.jobs, |member| {
        let mut log = context.log();
        let Some(wanted) = &member.wanted else { return (None, log) };
        let stamp = stamp::stamp(&options.stamp, &repository, wanted, &mut log);
        let decided = stamp.and_then(|stamp| {
            let stamp = stamp::with_given(stamp, &options.beyond.stamp);
            let beyond = deploy::Options { stamp, ..options.beyond.clone() };
            decide(context, &session.client, (wanted, &memory), &beyond, &options.policy, &mut log)
        });
        if let Some(decided) = &decided {
            refuse_taken(context, &session.client, wanted, decided, &mut log);
        }
        let planned = decided.map(|Decided { desired, plan, sends_secrets, .. }| Planned {
            plan,
            sends_secrets,
            builds_image: desired.image.is_none(),
            awaits: wanted.awaits.clone(),
        });
        (planned, log)
    });
    let mut apps = Vec::new();
    for (planned, of_app) in planned {
        log.absorb(of_app);
        apps.extend(planned);
    }
    Some(apps)
}

/// Adds secrets that the caller has for the apps.
pub(super) fn bring_secrets(members: &mut [Member], secrets: &BTreeMap<String, Secret<String>>) {
    for wanted in members.iter_mut().filter_map(|member| member.wanted.as_mut()) {
        wanted.secrets.extend(secrets.iter().map(|(name, value)| (name.clone(), value.clone())));
    }
}

/// What is to be done with an app, and from what that was decided.
#[derive(Debug)]
pub(super) struct Decided {
    pub(super) desired: Desired,
    pub(super) observed: Observed,
    pub(super) plan: Plan,
    /// Secrets of which nobody remembers the values.
    pub(super) sends_secrets: Vec<String>,
}

/// Refuses a version that an earlier release with another content has.
pub(super) fn refuse_taken(
    context: &Context<'_>,
    client: &Client,
    wanted: &Wanted,
    Decided { desired, observed, .. }: &Decided,
    log: &mut Log<'_>,
) -> Option<()> {
    let Some(version) = &desired.stamp.version else { return Some(()) };
    // Who goes back to a release has its version again.
    if observed.app.is_none() || desired.stamp.back_to.is_some() {
        return Some(());
    }
    let app = wanted.app();
    let history = history::gather(context, client, app, log)?;
    let files = ledger::file_hashes(&desired.config, &wanted.files);
    match history.with_other_content(version, desired, &files) {
        Some(release) => {
            let (app, version, release) = (app.to_owned(), version.clone(), release.title());
            log.fail(AboutRelease::Taken { app, version, release });
            None
        }
        None => Some(()),
    }
}

/// What stands in for the fingerprint of a value that nobody remembers.
const TAKEN_AS_THE_SAME: &str = "?";

/// Looks at an app and decides what is to be done. Notes what keeps it from that.
pub(super) fn decide(
    context: &Context<'_>,
    client: &Client,
    (wanted, memory): (&Wanted, &Memory),
    beyond: &deploy::Options,
    policy: &Policy,
    log: &mut Log<'_>,
) -> Option<Decided> {
    let mut observed = log.take(observe(client, wanted.app()))?;
    let mut options = beyond.clone();
    log.take(complete(context, client, wanted, &observed, &mut options))?;
    let sends_secrets = compare_secrets(wanted, memory, &mut observed, &mut options);
    let (desired, diagnostics) = wanted.desired(&options).into_parts();
    log.find(&diagnostics, Vec::new);
    let desired = desired.filter(|_| !diagnostics.has_errors())?;
    let (plan, diagnostics) = deploy::plan(&desired, &observed, policy).into_parts();
    log.find(&diagnostics, Vec::new);
    let plan = plan.filter(|_| !diagnostics.has_errors())?;
    Some(Decided { desired, observed, plan, sends_secrets })
}

/// Says which value each secret is to have, and which one was sent last, as far as that is remembered. Gives the names
/// of those at Fly of which nobody remembers it.
fn compare_secrets(
    wanted: &Wanted,
    memory: &Memory,
    observed: &mut Observed,
    options: &mut deploy::Options,
) -> Vec<String> {
    let mut sends = Vec::new();
    let sent = memory.sent(wanted.app());
    for (name, SentSecret { fingerprint, digest }) in &sent {
        let sent = RememberedSecret { fingerprint: fingerprint.clone(), digest: digest.clone() };
        observed.remembered.insert(name.clone(), sent);
    }
    for (name, value) in &wanted.secrets {
        let fingerprint = memory.fingerprint(wanted.app(), name, value);
        let known = observed.secrets.iter().find(|known| known.name == *name);
        if let Some(known) = known.filter(|_| fingerprint.is_none() || !sent.contains_key(name)) {
            // It is compared by Fly's digests, once it is sent.
            let remembered =
                RememberedSecret { fingerprint: TAKEN_AS_THE_SAME.to_owned(), digest: known.digest.clone() };
            observed.remembered.insert(name.clone(), remembered);
            options.secrets.insert(name.clone(), Some(TAKEN_AS_THE_SAME.to_owned()));
            sends.push(name.clone());
        } else {
            options.secrets.insert(name.clone(), fingerprint.or_else(|| Some(TAKEN_AS_THE_SAME.to_owned())));
        }
    }
    sends
}

/// Adds what only Fly knows: the organization of a new app, and the digest of the image.
fn complete(
    context: &Context<'_>,
    client: &Client,
    wanted: &Wanted,
    observed: &Observed,
    options: &mut deploy::Options,
) -> Result<(), Failure> {
    if observed.app.is_none() {
        if options.organization.is_none() {
            options.organization = Some(super::apps::organization(context, client, None)?);
        }
        return Ok(());
    }
    let Some(image) = options.image.as_deref().or(wanted.image()) else { return Ok(()) };
    if image.contains("@sha256:") {
        return Ok(());
    }
    let found = client.app(wanted.app()).resolve_image(image)?;
    let Some(found) = found else { return Err(AboutApp::NoSuchImage { image: image.to_owned() }.into()) };
    let reference = if found.reference.is_empty() { image.to_owned() } else { found.reference };
    options.image = Some(if reference.contains('@') || found.digest.is_empty() {
        reference
    } else {
        format!("{reference}@{}", found.digest)
    });
    Ok(())
}
