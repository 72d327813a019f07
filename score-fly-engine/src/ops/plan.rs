//! What a deploy would do.

use std::path::PathBuf;

use score_fly_api::Client;
use score_fly_core::deploy::{self, Desired, Observed, Plan, Policy, RememberedSecret};

use super::context::Context;
use super::failure::{AboutApp, Failure};
use super::options::ScoreOptions;
use super::report::{Log, Report};
use super::wanted::{self, Wanted};
use crate::deploy::observe;
use crate::session::{FlyOptions, Session};

/// What to plan.
#[derive(Debug, Clone, Default)]
pub struct Options {
    /// The files: Score's and Fly's.
    pub files: Vec<PathBuf>,
    /// What is done to Score files on their way.
    pub score: ScoreOptions,
    /// What is said beyond the files.
    pub beyond: deploy::Options,
    /// What is allowed, and what is meant.
    pub policy: Policy,
    /// How Fly is talked to.
    pub fly: FlyOptions,
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
}

/// Says what a deploy would do, and does nothing of it.
pub fn plan(context: &Context<'_>, options: &Options) -> Report<Vec<Planned>> {
    let mut log = context.log();
    let planned = run(context, options, &mut log);
    log.report(planned)
}

fn run(context: &Context<'_>, options: &Options, log: &mut Log<'_>) -> Option<Vec<Planned>> {
    let wanted = wanted::read_all(context, &options.files, &options.score, wanted::Image::Built, log)?;
    let session = log.take(Session::open(context, &options.fly))?;
    let _listening = context.cancel.listen();
    let mut planned = Vec::new();
    for wanted in &wanted {
        let decided = decide(context, &session.client, wanted, &options.beyond, &options.policy, log);
        if let Some(Decided { desired, plan, sends_secrets, .. }) = decided {
            planned.push(Planned { plan, sends_secrets, builds_image: desired.image.is_none() });
        }
    }
    Some(planned)
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

/// What stands in for the fingerprint of a value that nobody remembers.
const TAKEN_AS_THE_SAME: &str = "?";

/// Looks at an app and decides what is to be done. Notes what keeps it from that.
pub(super) fn decide(
    context: &Context<'_>,
    client: &Client,
    wanted: &Wanted,
    beyond: &deploy::Options,
    policy: &Policy,
    log: &mut Log<'_>,
) -> Option<Decided> {
    let mut observed = log.take(observe(client, wanted.app()))?;
    let mut options = beyond.clone();
    log.take(complete(context, client, wanted, &observed, &mut options))?;
    let mut sends_secrets = Vec::new();
    for name in wanted.secrets.keys() {
        // It is compared by Fly's digests, once it is sent.
        if let Some(known) = observed.secrets.iter().find(|known| known.name == *name) {
            let remembered =
                RememberedSecret { fingerprint: TAKEN_AS_THE_SAME.to_owned(), digest: known.digest.clone() };
            observed.remembered.insert(name.clone(), remembered);
            sends_secrets.push(name.clone());
        }
        options.secrets.insert(name.clone(), Some(TAKEN_AS_THE_SAME.to_owned()));
    }
    let (desired, diagnostics) = wanted.desired(&options).into_parts();
    log.find(&diagnostics, Vec::new);
    let desired = desired.filter(|_| !diagnostics.has_errors())?;
    let (plan, diagnostics) = deploy::plan(&desired, &observed, policy).into_parts();
    log.find(&diagnostics, Vec::new);
    let plan = plan.filter(|_| !diagnostics.has_errors())?;
    Some(Decided { desired, observed, plan, sends_secrets })
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
