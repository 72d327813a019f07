//! One deploy of one app.

use std::collections::{BTreeMap, BTreeSet};
use std::sync::{Mutex, MutexGuard, PoisonError};
use std::time::Duration;

use score_fly_api::Client;
use score_fly_api::machines::{Leases, Nonce, label as fly_label};
use score_fly_api::releases::Release;
use score_fly_core::deploy::{Action, Desired, Observed, ObservedMachine, Plan, label, secrets_hash};
use score_fly_core::fly::config::Strategy;

use super::outcome::{Deployed, MachineOutcome, Stands};
use super::settings::{OnFailure, Settings};
use super::trouble::Trouble;
use crate::progress::{MachinePhase, MachineProgress, Progress, Watch};

/// One deploy of one app: a plan that is carried out.
pub struct Run<'r> {
    /// The client for all that a wish for the end shall end.
    pub(super) client: &'r Client,
    /// The client for what must be done even then.
    pub(super) cleanup: Client,
    pub(super) plan: &'r Plan,
    pub(super) desired: &'r Desired,
    pub(super) observed: &'r Observed,
    pub(super) settings: &'r Settings,
    pub(super) leases: Leases,
    watch: &'r Watch<'r>,
    now: Mutex<Now>,
}

/// What is known so far.
#[derive(Debug)]
pub(super) struct Now {
    /// The ids of machines and volumes that were created, by their keys in the plan.
    ids: BTreeMap<String, String>,
    /// The least version of the secrets that machines get, and the hash of the secrets.
    secrets_version: Option<u64>,
    secrets_hash: String,
    /// Labels of the release.
    release: Vec<(&'static str, String)>,
    touched: Vec<Touched>,
    /// The process groups of which it was looked whether somebody listens.
    listeners: BTreeSet<String>,
    pub(super) outcome: Deployed,
}

/// What was begun with a machine, so that it can be undone.
#[derive(Debug, Clone)]
pub(super) enum Touched {
    /// It was given another config.
    Updated(Box<ObservedMachine>),
    /// It was created, with this label; its id, if that is known.
    Created { marker: String, id: Option<String> },
}

/// A deploy that ended before it was done, with what stands where.
#[derive(Debug)]
pub struct Failed {
    /// Why.
    pub trouble: Trouble,
    /// What stands where.
    pub deployed: Deployed,
}

impl<'r> Run<'r> {
    /// A deploy that has yet to begin. `desired` and `observed` are what the plan was made from.
    pub fn new(
        client: &'r Client,
        (desired, observed, plan): (&'r Desired, &'r Observed, &'r Plan),
        settings: &'r Settings,
        watch: &'r Watch<'r>,
    ) -> Self {
        let description = format!("score-fly deploy {}", settings.deploy);
        let outcome = Deployed {
            app: plan.app.clone(),
            deploy: settings.deploy.to_string(),
            strategy: settings.strategy.as_str().to_owned(),
            image: desired.image.clone(),
            version: desired.stamp.version.clone(),
            unchanged: plan.unchanged,
            ..Deployed::default()
        };
        let now = Now {
            ids: BTreeMap::new(),
            secrets_version: settings.secrets_version,
            secrets_hash: secrets_hash(&observed.secrets),
            release: Vec::new(),
            touched: Vec::new(),
            listeners: BTreeSet::new(),
            outcome,
        };
        Self {
            client,
            cleanup: client.cleanup(),
            plan,
            desired,
            observed,
            settings,
            leases: Leases::new(client, &plan.app, &description, settings.term),
            watch,
            now: Mutex::new(now),
        }
    }

    pub(super) fn may_undo(&self) -> bool {
        self.settings.on_failure == OnFailure::Undo && self.settings.strategy != Strategy::Immediate
    }

    pub(super) fn app(&self) -> &str {
        &self.plan.app
    }

    pub(super) fn now(&self) -> MutexGuard<'_, Now> {
        self.now.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Says where a machine is.
    pub(super) fn tell(&self, machine: &str, group: &str, region: &str, phase: MachinePhase<'_>) {
        let app = self.app();
        (self.watch)(Progress::Machine(MachineProgress { app, machine, group, region, phase }));
    }

    /// Says what goes on beside machines.
    pub(super) fn say(&self, line: &str) {
        (self.watch)(Progress::Line { app: self.app(), line });
    }

    /// Notes what went wrong without being in the way.
    pub(super) fn warn(&self, warning: String) {
        self.say(&format!("warning: {warning}"));
        self.now().outcome.warnings.push(warning);
    }

    /// Notes what stands where.
    pub(super) fn stands(&self, id: &str, group: &str, region: &str, stands: Stands) {
        let (id, group, region) = (id.to_owned(), group.to_owned(), region.to_owned());
        let mut now = self.now();
        now.outcome.machines.retain(|machine| machine.id != id);
        now.outcome.machines.push(MachineOutcome { id, group, region, stands });
    }

    pub(super) fn touch(&self, touched: Touched) {
        self.now().touched.push(touched);
    }

    /// Notes the id of a machine whose creation was begun.
    pub(super) fn created(&self, wanted: &str, known: &str) {
        for touched in &mut self.now().touched {
            if let Touched::Created { marker, id } = touched
                && marker == wanted
            {
                *id = Some(known.to_owned());
            }
        }
    }

    /// A machine is not taken back any more: it is gone, or others rely on it.
    pub(super) fn settle_one(&self, machine: &str) {
        self.now().touched.retain(|touched| match touched {
            Touched::Created { id, .. } => id.as_deref() != Some(machine),
            Touched::Updated(before) => before.id != machine,
        });
    }

    /// A machine that was there for a while only is no part of what came of the deploy.
    pub(super) fn forget(&self, machine: &str) {
        self.settle_one(machine);
        self.now().outcome.machines.retain(|known| known.id != machine);
    }

    pub(super) fn touched(&self) -> Vec<Touched> {
        self.now().touched.clone()
    }

    /// Notes the id of what the plan calls by a key.
    pub(super) fn learn(&self, key: &str, id: &str) {
        self.now().ids.insert(key.to_owned(), id.to_owned());
    }

    /// The id of what the plan calls by a key.
    pub(super) fn id(&self, key: &str) -> Option<String> {
        self.now().ids.get(key).cloned()
    }

    /// Whether this is the first time that it is looked whether somebody listens in a process group.
    pub(super) fn looks_first(&self, group: &str) -> bool {
        self.now().listeners.insert(group.to_owned())
    }

    /// Notes the secrets that the app has now.
    pub(super) fn learn_secrets(&self, version: u64, hash: String, set: BTreeMap<String, String>) {
        let mut now = self.now();
        now.secrets_version = now.secrets_version.max(Some(version));
        now.secrets_hash = hash;
        now.outcome.secrets_set = set;
    }

    pub(super) fn secrets_version(&self) -> Option<u64> {
        self.now().secrets_version
    }

    /// Notes the release that machines are labelled with.
    pub(super) fn learn_release(&self, release: &Release) {
        let Release { id, version, user, .. } = release;
        let mut now = self.now();
        now.release = vec![(fly_label::RELEASE_ID, id.clone()), (fly_label::RELEASE_VERSION, version.to_string())];
        now.outcome.release = Some(*version);
        now.outcome.release_id = Some(id.clone());
        now.outcome.user = Some(user.clone()).filter(|user| !user.is_empty());
    }

    /// The labels of the release.
    pub(super) fn release_labels(&self) -> Vec<(&'static str, String)> {
        self.now().release.clone()
    }

    /// The labels that are known only now: of the release, of the secrets, and of what is created under a key.
    pub(super) fn labels(&self, key: Option<&str>) -> Vec<(&'static str, String)> {
        let now = self.now();
        let mut labels = now.release.clone();
        labels.push((label::SECRETS, now.secrets_hash.clone()));
        labels.extend(key.map(|key| (label::DEPLOY, self.marker(key))));
        labels
    }

    /// What only the machine has that is created under this key.
    pub(super) fn marker(&self, key: &str) -> String {
        format!("{}.{key}", self.settings.deploy)
    }

    /// The nonce of a machine's lease. One that has run out, as it does when this machine sleeps, is taken again if
    /// nobody has it: updates name the version that they were decided on, so nobody's change gets lost.
    pub(super) fn nonce(&self, machine: &str) -> Result<Option<Nonce>, Trouble> {
        match self.leases.loss(machine) {
            None => Ok(self.leases.nonce(machine)),
            Some(lost) => match self.leases.acquire(&self.cleanup, machine, Duration::ZERO) {
                Ok(nonce) => Ok(Some(nonce)),
                Err(_) => Err(Trouble::LeaseLost { machine: machine.to_owned(), error: lost }),
            },
        }
    }

    /// A machine as it was before.
    pub(super) fn before(&self, machine: &str) -> Option<&'r ObservedMachine> {
        self.observed.machines.iter().find(|known| known.id == machine)
    }
}

impl std::fmt::Debug for Run<'_> {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Run")
            .field("app", &self.plan.app)
            .field("deploy", &self.settings.deploy)
            .finish_non_exhaustive()
    }
}

/// Whether a plan is one for which a release is written down: machines change, or are said to have another one.
pub(crate) fn makes_release(plan: &Plan) -> bool {
    plan.steps.iter().any(|step| match &step.action {
        Action::RunReleaseCommand { .. }
        | Action::CreateMachine(_)
        | Action::UpdateMachine { .. }
        | Action::ReplaceMachine { .. } => true,
        Action::LabelMachine { labels, .. } => label::RELEASE.iter().any(|key| labels.contains_key(*key)),
        _ => false,
    })
}
