//! Which of the machines that are there belong to what.

use super::desired::Desired;
use super::label;
use super::observed::{Observed, ObservedMachine};
use super::plan::{Cause, LeftAlone};
use super::policy::Policy;
use crate::map::SortedMap;
use crate::prelude::*;

/// The machines of an app, sorted out.
#[derive(Default)]
pub(super) struct Survey<'o> {
    /// Those of each process group that is to be, by group, and in the order of their ids.
    pub(super) groups: SortedMap<&'o str, Vec<&'o ObservedMachine>>,
    /// Those that are to go whatever else is, each with why.
    pub(super) going: Vec<(&'o ObservedMachine, Cause)>,
    /// Those that are none of a deploy's business.
    pub(super) left_alone: Vec<LeftAlone>,
}

impl<'o> Survey<'o> {
    pub(super) fn of(desired: &Desired, observed: &'o Observed) -> Self {
        let mut survey = Self::default();
        let mut machines: Vec<&ObservedMachine> =
            observed.machines.iter().filter(|machine| !machine.is_gone()).collect();
        machines.sort_by(|a, b| a.id.cmp(&b.id));
        let replaced = Replaced::of(&machines);
        let mut members = Vec::new();
        for machine in machines {
            let group = machine.group().unwrap_or_default();
            if !machine.is_managed() {
                survey.leave(machine, unmanaged(machine));
            } else if group == label::CONSOLE_GROUP {
                survey.leave(machine, "somebody has a console on it");
            } else if matches!(group, label::RELEASE_COMMAND_GROUP | label::TEST_COMMAND_GROUP) {
                let idle = matches!(machine.state.as_str(), "created" | "stopped" | "failed" | "launch_failed");
                if idle && machine.lease.is_none() {
                    survey.going.push((machine, Cause::Unfinished));
                } else {
                    let test = group == label::TEST_COMMAND_GROUP;
                    survey.leave(
                        machine,
                        if test { "a machine check runs on it" } else { "a release command runs on it" },
                    );
                }
            } else if is_temporary(machine) || replaced.is_over(machine) {
                survey.going.push((machine, Cause::Unfinished));
            } else if desired.groups.contains_key(group) {
                members.push((group, machine));
            } else {
                survey.going.push((machine, Cause::GroupGone));
            }
        }
        survey.groups = SortedMap::grouped(members);
        survey
    }

    fn leave(&mut self, machine: &ObservedMachine, why: &str) {
        let (kind, id, why) = ("machine".to_owned(), machine.id.clone(), why.to_owned());
        self.left_alone.push(LeftAlone { kind, id, why });
    }
}

fn unmanaged(machine: &ObservedMachine) -> &'static str {
    if machine.config.is_none() && !machine.host_status.is_ok() {
        "its host does not answer, so nobody knows what it is for"
    } else {
        "it was not made by a deploy"
    }
}

/// Whether it is there for the time of a deploy only.
fn is_temporary(machine: &ObservedMachine) -> bool {
    machine.label(label::TEMPORARY).is_some() || machine.label(label::FLYCTL_CANARY).is_some()
}

/// Pairs of machines of which one was to take over from the other when a deploy was cut off.
struct Replaced<'o> {
    going: Vec<&'o str>,
}

impl<'o> Replaced<'o> {
    fn of(machines: &[&'o ObservedMachine]) -> Self {
        let mut going = Vec::new();
        for new in machines {
            let replaced = new.label(label::REPLACES).filter(|id| *id != new.id && !is_temporary(new));
            let is_old = |old: &&&ObservedMachine| Some(old.id.as_str()) == replaced && old.group() == new.group();
            let Some(old) = machines.iter().find(is_old) else { continue };
            going.push(if can_take_over(new) { old.id.as_str() } else { new.id.as_str() });
        }
        Self { going }
    }

    fn is_over(&self, machine: &ObservedMachine) -> bool {
        self.going.contains(&machine.id.as_str())
    }
}

/// Whether a machine came so far that the one that it replaces can go.
fn can_take_over(machine: &ObservedMachine) -> bool {
    let works = matches!(machine.state.as_str(), "started" | "stopped" | "suspended");
    let checks = machine.checks.iter().filter(|check| !check.name.starts_with("bg_deployments_compat"));
    works && !machine.cordoned && machine.host_status.is_ok() && checks.clone().all(|check| check.status == "passing")
}

impl Policy {
    /// Whether a machine is among those that are meant.
    pub(super) fn means(&self, machine: &ObservedMachine) -> bool {
        let group = machine.group().unwrap_or_default();
        self.means_group(group)
            && self.means_region(&machine.region)
            && (self.only_machines.is_empty() || self.only_machines.contains(&machine.id))
            && !self.exclude_machines.contains(&machine.id)
    }

    pub(super) fn means_group(&self, group: &str) -> bool {
        self.only_groups.is_empty() || self.only_groups.iter().any(|only| only == group)
    }

    pub(super) fn means_region(&self, region: &str) -> bool {
        (self.only_regions.is_empty() || self.only_regions.iter().any(|only| only == region))
            && !self.exclude_regions.iter().any(|not| not == region)
    }

    /// Whether machines may come and go.
    pub(super) fn may_create(&self) -> bool {
        !self.update_only && self.only_machines.is_empty()
    }

    /// Whether a machine with a volume may go, or lose its mount.
    pub(super) fn may_lose(&self, machine: &str) -> bool {
        self.lose.machines.iter().any(|id| id == machine)
    }
}
