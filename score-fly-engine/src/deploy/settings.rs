//! How a plan is carried out.

use std::collections::BTreeMap;
use std::num::NonZero;
use std::time::Duration;

use score_fly_api::machines::Term;
use score_fly_core::fly::config::{Config, Strategy};
use score_fly_core::secret::Secret;

use super::id::DeployId;

/// How a plan is carried out. What flyctl has a setting for means the same here.
#[derive(Debug, Clone)]
pub struct Settings {
    /// The id of the deploy.
    pub deploy: DeployId,
    /// How machines are replaced.
    pub strategy: Strategy,
    /// How many machines of a group may be away at once: below 1 a fraction, otherwise a count.
    pub max_unavailable: f64,
    /// How many machines are worked on at once, with the strategies `immediate` and `bluegreen`.
    pub max_concurrent: NonZero<usize>,
    /// How long a machine may take to start, and its checks to pass after that.
    pub wait_timeout: Duration,
    /// How long the release command may take; as long as it wants if there is none.
    pub release_timeout: Option<Duration>,
    /// Whether machines without checks are watched for crashes for ten seconds.
    pub smoke: bool,
    /// Whether nobody waits for machines to start and for their checks to pass.
    pub detach: bool,
    /// What becomes of machines that were changed already, if one fails.
    pub on_failure: OnFailure,
    /// For how long others' leases are waited for; not at all if there is none.
    pub lease_wait: Option<Duration>,
    /// How leases are held.
    pub term: Term,
    /// The least version of the app's secrets that machines get, as far as it is known without setting any.
    pub secrets_version: Option<u64>,
    /// The values of the secrets that the plan sets.
    pub secrets: BTreeMap<String, Secret<String>>,
}

/// What becomes of machines that were changed already, if one fails.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum OnFailure {
    /// They get back what they were made from before.
    #[default]
    Undo,
    /// They stay as they are.
    Stop,
}

/// flyctl's number of machines that are worked on at once.
const AT_ONCE: NonZero<usize> = NonZero::new(8).unwrap();

/// flyctl's fraction.
const MAX_UNAVAILABLE: f64 = 0.33;

/// flyctl's time for machines, and for release commands.
const FIVE_MINUTES: Duration = Duration::from_secs(300);

/// How long to wait for others: longer than a lease that nobody renews.
const LEASE_WAIT: Duration = Duration::from_secs(20);

impl Settings {
    /// As fly.toml says, and else as flyctl does it.
    pub fn new(config: &Config) -> Self {
        let deploy = config.deploy.as_ref();
        let time = |of: Option<score_fly_core::fly::Duration>| of.and_then(time);
        Self {
            deploy: DeployId::new(),
            strategy: deploy.and_then(|deploy| deploy.strategy).unwrap_or(Strategy::Rolling),
            max_unavailable: deploy.and_then(|deploy| deploy.max_unavailable).unwrap_or(MAX_UNAVAILABLE),
            max_concurrent: AT_ONCE,
            wait_timeout: deploy.and_then(|deploy| time(deploy.wait_timeout)).unwrap_or(FIVE_MINUTES),
            release_timeout: deploy
                .map_or(Some(FIVE_MINUTES), |deploy| time(deploy.release_command_timeout).or(Some(FIVE_MINUTES))),
            smoke: true,
            detach: false,
            on_failure: OnFailure::Undo,
            lease_wait: Some(LEASE_WAIT),
            term: Term::default(),
            secrets_version: None,
            secrets: BTreeMap::new(),
        }
    }

    /// How many of so many machines may be away at once. At least one, or nothing would ever change.
    pub(super) fn at_once(&self, machines: usize) -> NonZero<usize> {
        let limit = self.max_unavailable;
        #[expect(clippy::cast_precision_loss, reason = "no group has that many machines")]
        let count = if limit < 1.0 { (limit * machines as f64).ceil() } else { limit };
        #[expect(clippy::cast_possible_truncation, clippy::cast_sign_loss, reason = "it is bounded below and above")]
        let count = count.clamp(1.0, 1000.0) as usize;
        NonZero::new(count).unwrap_or(NonZero::<usize>::MIN)
    }
}

/// A duration of fly.toml.
fn time(duration: score_fly_core::fly::Duration) -> Option<Duration> {
    Some(Duration::from_nanos(duration.as_nanos())).filter(|time| !time.is_zero())
}
