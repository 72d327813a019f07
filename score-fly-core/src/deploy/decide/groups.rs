//! How many machines of a process group there are to be, and where.

use super::machines::Member;
use super::{Planner, step};
use crate::deploy::config;
use crate::deploy::desired::{DesiredGroup, Placement};
use crate::deploy::label;
use crate::deploy::messages;
use crate::deploy::observed::ObservedMachine;
use crate::deploy::plan::{Action, Cause, Impact, MachineRef, NewMachine, Step};
use crate::deploy::survey::Survey;
use crate::fly::config::Strategy;
use crate::map::SortedMap;
use crate::prelude::*;

/// flyctl's fraction of a group that may be away at once.
const MAX_UNAVAILABLE: f64 = 0.33;

/// What is to come, and what is to go.
#[derive(Default)]
struct Moves<'o> {
    /// The regions of machines that are to be created; none where Fly chooses.
    create: Vec<Option<String>>,
    remove: Vec<&'o ObservedMachine>,
    /// Whether a standby is to be created.
    standby: bool,
}

impl Planner<'_> {
    /// Machines that are left over: by earlier deploys, and of groups that are gone.
    pub(super) fn going(&mut self, survey: &Survey<'_>) {
        for (machine, cause) in &survey.going {
            if !self.policy.update_only && self.policy.means(machine) {
                // A volume of what another machine took over from stays, like that of any other.
                self.remove(machine, *cause);
            }
        }
    }

    /// Destroys a machine, unless that puts data out of reach.
    fn remove(&mut self, machine: &ObservedMachine, cause: Cause) {
        let mounts = self.mounts(machine);
        if mounts && !self.policy.may_lose(&machine.id) {
            let volume = self.volume_of(machine).map(|volume| volume.id.clone());
            self.block(cause, messages::machine_has_volume(&machine.id, volume.as_deref()));
            return;
        }
        let action = Action::DestroyMachine {
            machine: machine.id.clone(),
            group: machine.group().unwrap_or_default().to_owned(),
            region: machine.region.clone(),
        };
        let impact = match cause {
            _ if mounts => Impact::Data,
            Cause::GroupGone => Impact::Replacement,
            _ => Impact::None,
        };
        if cause == Cause::Unfinished {
            // What was made for it serves the one that is made anew.
            self.pool_volume_of(machine);
        }
        // What others may still rely on goes when what takes over from it works.
        let late = matches!(cause, Cause::Surplus | Cause::GroupGone);
        let phase = if late { &mut self.phases.surplus } else { &mut self.phases.cleared };
        phase.push(step(action, cause, impact));
    }

    pub(super) fn group(&mut self, name: &str, group: &DesiredGroup, members: &[&ObservedMachine]) {
        let has_services = !group.machine.services.is_empty();
        let (standbys, actives): (Vec<_>, Vec<_>) =
            members.iter().copied().partition(|machine| !has_services && machine.standbys().next().is_some());
        let unfinished = members.iter().any(|machine| machine.label(label::UNFINISHED).is_some());
        let mut moves = self.moves(group, &actives, &standbys, unfinished);
        if !self.policy.may_create() {
            moves = Moves::default();
        }
        moves.create.retain(|region| self.policy.means_region(region.as_deref().unwrap_or_default()));

        let many = moves.create.len() + usize::from(moves.standby) > 1;
        let mut created = Vec::new();
        for region in &moves.create {
            let first = many && created.is_empty() && !unfinished;
            let labels =
                if first && matches!(group.placement, Placement::Keep { .. }) { &[label::UNFINISHED][..] } else { &[] };
            let Some(key) = self.create(name, group, region.clone(), Vec::new(), labels) else { return };
            created.push((key, labels));
        }
        let stays = |machine: &&ObservedMachine| !moves.remove.iter().any(|gone| gone.id == machine.id);
        let staying: Vec<&ObservedMachine> = actives.iter().copied().filter(stays).collect();
        let running = created.len() + staying.iter().filter(|machine| super::machines::runs(machine)).count();
        let impact = self.impact(running);

        // What stands in for others follows those that take their places.
        let mut followed: Vec<(String, MachineRef)> = Vec::new();
        for machine in &staying {
            let member = Member { name, group, machine, standby_for: None, impact, finished: unfinished };
            let stays_as = self.machine(&member);
            followed.push((machine.id.clone(), stays_as));
        }
        let first = followed.first().map(|(_, machine)| machine.clone());
        let first = first.or_else(|| created.first().map(|(key, _)| MachineRef::New(key.clone())));
        for machine in standbys {
            let Some(first) = &first else {
                if self.policy.may_create() && self.policy.means(machine) {
                    self.remove(machine, Cause::Surplus);
                }
                continue;
            };
            let known = machine
                .standbys()
                .filter_map(|id| followed.iter().find(|(known, _)| known == id).map(|(_, now)| now.clone()));
            let mut standby_for: Vec<MachineRef> = known.collect();
            if standby_for.is_empty() {
                standby_for.push(first.clone());
            }
            let standby_for = Some(standby_for);
            self.machine(&Member { name, group, machine, standby_for, impact: Impact::None, finished: unfinished });
        }
        let mut renewed = None;
        if moves.standby
            && let Some(first) = first
        {
            if let MachineRef::New(key) = &first
                && self.renew_first(key, unfinished)
            {
                renewed = Some(key.clone());
            }
            let region = moves.create.first().cloned().flatten();
            let region = region
                .or_else(|| actives.first().map(|machine| machine.region.clone()))
                .or_else(|| self.desired.region.clone());
            self.create(name, group, region, vec![first], &[]);
        }
        self.finish_group(members, &created, renewed.filter(|_| unfinished));
        for machine in moves.remove {
            self.remove(machine, Cause::Surplus);
        }
    }

    /// What stands in for a machine that is exchanged follows it, so that is exchanged first; with the mark of a group
    /// whose machines are not all there yet, if it is one. Says whether it is exchanged.
    fn renew_first(&mut self, key: &str, unfinished: bool) -> bool {
        let is_it = |step: &Step| matches!(&step.action, Action::ReplaceMachine { new, .. } if new.key == key);
        let Some(position) = self.phases.changed.iter().position(is_it) else { return false };
        let mut step = self.phases.changed.remove(position);
        if let Action::ReplaceMachine { new, .. } = &mut step.action
            && let Some(labels) = new.config.get_mut("metadata").and_then(serde_json::Value::as_object_mut)
            && unfinished
        {
            labels.insert(label::UNFINISHED.to_owned(), "true".into());
        }
        self.phases.created.push(step);
        true
    }

    /// Takes the mark of a group whose machines are not all there yet from the machine that has it. One that is not
    /// meant, or whose host does not answer, keeps it.
    fn finish_group(&mut self, members: &[&ObservedMachine], created: &[(String, &[&str])], renewed: Option<String>) {
        if !self.policy.may_create() {
            return;
        }
        let marked = members.iter().filter(|machine| machine.label(label::UNFINISHED).is_some());
        let marked =
            marked.filter(|machine| renewed.is_none() && self.policy.means(machine) && machine.host_status.is_ok());
        let marked: Vec<MachineRef> = marked.map(|machine| MachineRef::Id(machine.id.clone())).collect();
        let new = created.iter().filter(|(_, labels)| !labels.is_empty()).map(|(key, _)| MachineRef::New(key.clone()));
        for machine in marked.into_iter().chain(new).chain(renewed.map(MachineRef::New)) {
            let labels: SortedMap<String, Option<String>> = [(label::UNFINISHED.to_owned(), None)].into();
            let action = Action::LabelMachine { machine, labels };
            self.phases.created.push(step(action, Cause::Unfinished, Impact::None));
        }
    }

    /// What it means if all machines of a group restart, of which so many run.
    fn impact(&self, running: usize) -> Impact {
        let deploy = self.desired.config.deploy.as_ref();
        let away = self.policy.max_unavailable.or_else(|| deploy?.max_unavailable).unwrap_or(MAX_UNAVAILABLE);
        #[expect(clippy::cast_precision_loss, reason = "no group has that many machines")]
        let running = running as f64;
        let away = if away < 1.0 { away * running } else { away };
        match self.strategy {
            Strategy::BlueGreen => Impact::Replacement,
            Strategy::Immediate => Impact::Downtime,
            _ if running <= 1.0 || away > running - 1.0 => Impact::Downtime,
            _ => Impact::Restart,
        }
    }

    fn moves<'o>(
        &self,
        group: &DesiredGroup,
        actives: &[&'o ObservedMachine],
        standbys: &[&'o ObservedMachine],
        unfinished: bool,
    ) -> Moves<'o> {
        let mut moves = Moves::default();
        let usual = || {
            let there = || actives.iter().chain(standbys).next().map(|machine| machine.region.clone());
            self.desired.region.clone().or_else(there)
        };
        match &group.placement {
            Placement::Keep { ha } => {
                if actives.is_empty() || unfinished {
                    let (mounts, serves) = (group.volume.is_some(), !group.machine.services.is_empty());
                    let count = if serves && !mounts && *ha { 2 } else { 1 };
                    moves.create = (actives.len()..count).map(|_| usual()).collect();
                    moves.standby = !mounts && !serves && *ha && standbys.is_empty();
                }
            }
            Placement::Count(count, regions) => {
                let count = usize::try_from(*count).unwrap_or(usize::MAX);
                let mut left: Vec<&ObservedMachine> = actives.to_vec();
                while left.len() > count {
                    let Some(worst) = self.worst(&left, regions) else { break };
                    left.retain(|machine| machine.id != worst.id);
                    moves.remove.push(worst);
                }
                let mut places: Vec<Option<String>> = left.iter().map(|machine| Some(machine.region.clone())).collect();
                while places.len() < count.min(MOST) {
                    let load = |region: &&String| places.iter().flatten().filter(|place| place == region).count();
                    let next = regions.iter().min_by_key(load).cloned().or_else(usual);
                    places.push(next.clone());
                    moves.create.push(next);
                }
            }
            Placement::Regions(counts) => {
                let mut left: SortedMap<&str, Vec<&ObservedMachine>> =
                    SortedMap::grouped(actives.iter().map(|machine| (machine.region.as_str(), *machine)));
                for (region, count) in counts {
                    let count = usize::try_from(*count).unwrap_or(usize::MAX);
                    let mut here = left.remove(region.as_str()).unwrap_or_default();
                    while here.len() > count {
                        let Some(worst) = self.worst(&here, &[]) else { break };
                        here.retain(|machine| machine.id != worst.id);
                        moves.remove.push(worst);
                    }
                    moves.create.extend((here.len()..count.min(MOST)).map(|_| Some(region.clone())));
                }
                let elsewhere = left.into_values().flatten().filter(|machine| self.policy.means(machine));
                moves.remove.extend(elsewhere);
            }
        }
        moves
    }

    /// The machine that is missed least, of those that are meant: outside of the regions first, then in the
    /// fullest of them; one that was named as a loss, one that does not serve, and the last by its id.
    fn worst<'o>(&self, machines: &[&'o ObservedMachine], regions: &[String]) -> Option<&'o ObservedMachine> {
        let load = |machine: &ObservedMachine| machines.iter().filter(|other| other.region == machine.region).count();
        let meant = machines.iter().copied().filter(|machine| self.policy.means(machine));
        meant.max_by_key(|machine| {
            let outside = !regions.is_empty() && !regions.contains(&machine.region);
            let idle = machine.cordoned || !machine.host_status.is_ok() || machine.state != "started";
            (self.policy.may_lose(&machine.id), outside, load(machine), idle, &machine.id)
        })
    }

    /// Creates a machine; `None` if that can't be done, which is then a step of its own.
    fn create(
        &mut self,
        name: &str,
        group: &DesiredGroup,
        region: Option<String>,
        standby_for: Vec<MachineRef>,
        labels: &[&str],
    ) -> Option<String> {
        let new = self.new_machine(name, group, region, standby_for, labels)?;
        let key = new.key.clone();
        self.phases.created.push(step(Action::CreateMachine(Box::new(new)), Cause::Missing, Impact::None));
        Some(key)
    }

    pub(super) fn new_machine(
        &mut self,
        name: &str,
        group: &DesiredGroup,
        region: Option<String>,
        standby_for: Vec<MachineRef>,
        labels: &[&str],
    ) -> Option<NewMachine> {
        self.touches_machines = true;
        if self.desired.image.is_none() {
            self.block(Cause::Missing, messages::no_image(&format!("a new machine of `{name}`")));
            return None;
        }
        let volume = match (&group.volume, &region) {
            (None, _) => None,
            (Some(volume), Some(region)) => {
                self.touches_volumes = true;
                Some(self.volume_for(volume, group, region))
            }
            (Some(volume), None) => {
                self.block(Cause::Missing, messages::no_region(&volume.name));
                return None;
            }
        };
        let fresh = || config::fresh(self.desired, group);
        let mut read = self.fresh.get(name).cloned().unwrap_or_else(fresh);
        if !self.fresh.contains_key(name) {
            self.fresh.insert(name.to_owned(), read.clone());
        }
        read.config.metadata.extend(labels.iter().map(|label| ((*label).to_owned(), "true".to_owned())));
        let skip_launch = !standby_for.is_empty();
        let key = self.key(name);
        Some(NewMachine {
            key,
            group: name.to_owned(),
            region,
            config: read.to_json(),
            volume,
            standby_for,
            skip_launch,
        })
    }
}

/// More machines than any organization has: a number that is a slip of the pen fills no memory.
const MOST: usize = 10_000;
