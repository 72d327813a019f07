//! The one function that decides what a deploy does.

mod app;
mod groups;
mod machines;
mod pool;
mod volumes;

use super::desired::Desired;
use super::label;
use super::messages;
use super::observed::{Observed, ObservedMachine};
use super::plan::{Action, Cause, Change, Impact, LeftAlone, Plan, Step};
use super::policy::Policy;
use super::survey::Survey;
use crate::diagnostic::{Diagnostics, Outcome};
use crate::fly::config::Strategy;
use crate::fly::machine::ReadMachineConfig;
use crate::map::SortedMap;
use crate::prelude::*;

use self::pool::Pool;

/// Decides what is to be done so that what is there becomes what is to be. It depends on nothing else: the same
/// input gives the same plan.
///
/// What can't be done is a step of its own, and then nothing of the plan is carried out. Errors are names in
/// the policy that nothing has.
pub fn plan(desired: &Desired, observed: &Observed, policy: &Policy) -> Outcome<Plan> {
    let survey = Survey::of(desired, observed);
    let mut diagnostics = Diagnostics::new();
    for group in &policy.only_groups {
        let there = observed.machines.iter().any(|machine| machine.group() == Some(group));
        if !there && !desired.groups.contains_key(group) {
            let groups: Vec<&str> = desired.groups.keys().map(String::as_str).collect();
            diagnostics.push(messages::unknown_group(group, &groups));
        }
    }
    let mut planner = Planner::new(desired, observed, policy, &survey);
    planner.named();
    planner.app();
    planner.secrets();
    planner.going(&survey);
    let none = Vec::new();
    for (name, group) in desired.groups.iter().filter(|(name, _)| policy.means_group(name)) {
        planner.group(name, group, survey.groups.get(name.as_str()).unwrap_or(&none));
    }
    planner.addresses();
    planner.strategy();
    planner.release_command();
    planner.checks();
    planner.lost();
    Outcome::new(planner.finish(), diagnostics)
}

/// A plan in the making.
struct Planner<'a> {
    desired: &'a Desired,
    observed: &'a Observed,
    policy: &'a Policy,
    strategy: Strategy,
    /// Volumes that nobody mounts.
    pool: Pool<'a>,
    /// The secrets that are set, with fingerprints, and those that are removed.
    set_secrets: SortedMap<String, Option<String>>,
    unset_secrets: Vec<String>,
    /// The configs of new machines by process group, which need not be made for each.
    fresh: SortedMap<String, ReadMachineConfig>,
    /// How many things of the plan have a key so far.
    keys: usize,
    phases: Phases,
    unchanged: u32,
    /// Whether a machine comes, or changes, that has a volume; and one whatever it has.
    touches_volumes: bool,
    touches_machines: bool,
    left_alone: Vec<LeftAlone>,
}

/// The steps, in the order in which they are done.
#[derive(Default)]
struct Phases {
    blocked: Vec<Step>,
    app: Vec<Step>,
    addresses: Vec<Step>,
    secrets: Vec<Step>,
    release: Vec<Step>,
    cleared: Vec<Step>,
    created: Vec<Step>,
    changed: Vec<Step>,
    surplus: Vec<Step>,
    labelled: Vec<Step>,
    lost: Vec<Step>,
}

impl<'a> Planner<'a> {
    fn new(desired: &'a Desired, observed: &'a Observed, policy: &'a Policy, survey: &Survey<'_>) -> Self {
        let deploy = desired.config.deploy.as_ref();
        let strategy = policy.strategy.or_else(|| deploy?.strategy).unwrap_or(Strategy::Rolling);
        Self {
            desired,
            observed,
            policy,
            strategy,
            pool: Pool::of(observed, policy),
            set_secrets: SortedMap::new(),
            unset_secrets: Vec::new(),
            fresh: SortedMap::new(),
            keys: 0,
            phases: Phases::default(),
            unchanged: 0,
            touches_volumes: false,
            touches_machines: false,
            left_alone: survey.left_alone.clone(),
        }
    }

    /// A name for something that the plan creates, which nothing that is there has.
    fn key(&mut self, of: &str) -> String {
        loop {
            self.keys += 1;
            let key = format!("{of}/{}", self.keys);
            let is_known =
                |machine: &ObservedMachine| machine.id == key || machine.label(label::REPLACES) == Some(key.as_str());
            let taken = self.observed.machines.iter().any(is_known)
                || self.observed.volumes.iter().any(|volume| volume.id == key);
            if !taken {
                return key;
            }
        }
    }

    fn block(&mut self, cause: Cause, (what, help): (String, String)) {
        let step = step(Action::Blocked { what, help }, cause, Impact::None);
        if !self.phases.blocked.contains(&step) {
            self.phases.blocked.push(step);
        }
    }

    /// Machines that are meant by name, and are not there.
    fn named(&mut self) {
        for id in &self.policy.only_machines {
            if self.observed.machines.iter().all(|machine| machine.id != *id) {
                self.block(Cause::Asked, messages::no_machine(&self.desired.app, id));
            }
        }
    }

    fn finish(self) -> Plan {
        let Phases { blocked, app, addresses, secrets, release, cleared, created, changed, surplus, labelled, lost } =
            self.phases;
        let phases = [blocked, app, addresses, secrets, release, cleared, created, changed, surplus, labelled, lost];
        Plan {
            app: self.desired.app.clone(),
            steps: phases.into_iter().flatten().collect(),
            unchanged: self.unchanged,
            left_alone: self.left_alone,
        }
    }
}

fn step(action: Action, cause: Cause, impact: Impact) -> Step {
    step_with(action, vec![cause], Vec::new(), impact)
}

fn step_with(action: Action, causes: Vec<Cause>, changes: Vec<Change>, impact: Impact) -> Step {
    Step { action, causes, changes, impact }
}
