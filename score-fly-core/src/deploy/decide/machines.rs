//! What becomes of a machine that is there.

use serde_json::Value;

use super::{Planner, step_with};
use crate::deploy::config::{self, comparable, config_hash};
use crate::deploy::desired::DesiredGroup;
use crate::deploy::diff;
use crate::deploy::hash;
use crate::deploy::label;
use crate::deploy::messages;
use crate::deploy::observed::ObservedMachine;
use crate::deploy::plan::{Action, Cause, Change, Impact, MachineRef};
use crate::fly::MachineConfig;
use crate::fly::machine::ReadMachineConfig;
use crate::map::SortedMap;
use crate::prelude::*;

/// A machine of a group that stays.
pub(super) struct Member<'m> {
    pub(super) name: &'m str,
    pub(super) group: &'m DesiredGroup,
    pub(super) machine: &'m ObservedMachine,
    /// The machines for which it stands in, if it is a standby.
    pub(super) standby_for: Option<Vec<MachineRef>>,
    /// What a restart means.
    pub(super) impact: Impact,
    /// Whether its group was unfinished and is not any more.
    pub(super) finished: bool,
}

/// Whether a machine runs, or is about to; such a one runs after an update, too.
pub(super) fn runs(machine: &ObservedMachine) -> bool {
    !matches!(machine.state.as_str(), "stopped" | "stopping" | "suspended" | "suspending")
}

/// Whether a machine could not be started, or has given up: an update starts it anew.
fn has_failed(machine: &ObservedMachine) -> bool {
    matches!(machine.state.as_str(), "failed" | "launch_failed")
}

/// What a machine has to be exchanged for, since an update can't do it.
enum Exchange {
    /// Nothing.
    No,
    /// This.
    For(Cause),
    /// It can't be exchanged either, which was said.
    Blocked,
}

impl Planner<'_> {
    /// Says what becomes of a machine, and by what it is called afterwards.
    pub(super) fn machine(&mut self, member: &Member<'_>) -> MachineRef {
        let machine = member.machine;
        let same = MachineRef::Id(machine.id.clone());
        if !self.policy.means(machine) {
            return same;
        }
        if !machine.host_status.is_ok() {
            return self.unreachable(member).unwrap_or(same);
        }
        let json = machine.config.clone().map(Value::Object);
        let Some(base) = json.and_then(|json| MachineConfig::from_json(&json).into_parts().0) else {
            self.block(Cause::Missing, messages::no_config(&machine.id));
            return same;
        };
        let new = config::over(base.clone(), &machine.image_ref.digest, self.desired, member.group);
        let mut causes = Vec::new();
        let (before, after) = (comparable(&base.config), comparable(&new.config));
        let changes = if before == after { Vec::new() } else { diff::changes(&before, &after) };
        if !changes.is_empty() {
            causes = why(&base, &new);
        }
        match self.exchange(member, &base.config, &new.config) {
            Exchange::No => {}
            Exchange::For(cause) => {
                causes.insert(0, cause);
                return self.replace(member, causes, changes).unwrap_or(same);
            }
            Exchange::Blocked => return same,
        }
        if let Some(wanted) = member.group.volume.as_ref()
            && let Some(volume) = self.volume_of(machine)
        {
            self.extend(volume, wanted, Some(machine));
        }
        self.update(member, &base, new, causes, changes);
        same
    }

    /// A machine of which nothing is known but that its host does not answer.
    fn unreachable(&mut self, member: &Member<'_>) -> Option<MachineRef> {
        if self.mounts(member.machine) || member.group.volume.is_some() {
            self.block(Cause::HostDown, messages::host_down(&member.machine.id));
            return None;
        }
        self.replace(member, vec![Cause::HostDown], Vec::new())
    }

    /// What only a new machine can have: another volume, or another host.
    fn exchange(&mut self, member: &Member<'_>, base: &MachineConfig, new: &MachineConfig) -> Exchange {
        let machine = member.machine;
        let mounted = base.mounts.first();
        let host = |config: &MachineConfig| config.guest.as_ref().and_then(|guest| guest.host_dedication_id.clone());
        let old_name = self.volume_of(machine).map(|volume| volume.name.clone());
        let old_name = old_name.or_else(|| mounted.and_then(|mount| mount.name.clone()));
        let wanted = member.group.volume.as_ref().map(|volume| &volume.name);
        let is_other = match (mounted, wanted) {
            (None, None) => false,
            // flyctl keeps a mount of which nobody knows the name.
            (Some(_), Some(wanted)) => old_name.as_ref().is_some_and(|name| name != wanted),
            _ => true,
        };
        if is_other {
            if mounted.is_some() && !self.policy.may_lose(&machine.id) {
                let (old, new) = (old_name.unwrap_or_default(), wanted.map(String::as_str));
                self.block(Cause::Mount, messages::other_volume(&machine.id, &old, new));
                return Exchange::Blocked;
            }
            return Exchange::For(Cause::Mount);
        }
        if host(base) != host(new) {
            if mounted.is_some() {
                self.block(Cause::Host, messages::volume_on_host(&machine.id));
                return Exchange::Blocked;
            }
            return Exchange::For(Cause::Host);
        }
        Exchange::No
    }

    /// A machine in the place of another, made from nothing that the other has.
    fn replace(&mut self, member: &Member<'_>, causes: Vec<Cause>, changes: Vec<Change>) -> Option<MachineRef> {
        let Member { name, group, machine, standby_for, .. } = member;
        let mut standby_for = standby_for.clone().unwrap_or_default();
        if !group.machine.services.is_empty() {
            standby_for.clear();
        }
        let data = self.mounts(machine);
        let mut new = self.new_machine(name, group, Some(machine.region.clone()), standby_for, &[])?;
        if let Some(metadata) = new.config.get_mut("metadata").and_then(Value::as_object_mut) {
            metadata.insert(label::REPLACES.to_owned(), machine.id.as_str().into());
        }
        new.skip_launch = new.skip_launch || !runs(machine);
        let now = MachineRef::New(new.key.clone());
        let action = Action::ReplaceMachine { machine: machine.id.clone(), new: Box::new(new) };
        let impact = if data { Impact::Data } else { Impact::Replacement };
        self.phases.changed.push(step_with(action, causes, changes, impact));
        Some(now)
    }

    fn update(
        &mut self,
        member: &Member<'_>,
        base: &ReadMachineConfig,
        mut new: ReadMachineConfig,
        mut causes: Vec<Cause>,
        changes: Vec<Change>,
    ) {
        let machine = member.machine;
        let only_labels = changes.iter().all(|change| change.pointer.as_str().starts_with("/metadata/"));
        let mut restarts = !changes.is_empty() && !only_labels;
        let standby_for = member.standby_for.clone().unwrap_or_default();
        let now: Vec<MachineRef> = machine.standbys().map(|id| MachineRef::Id(id.to_owned())).collect();
        if standby_for != now {
            causes.push(Cause::Standby);
            restarts = true;
        }
        if has_failed(machine) && standby_for.is_empty() {
            causes.push(Cause::Failed);
            restarts = true;
        }
        if self.sets_secrets() {
            causes.push(Cause::Secrets);
            restarts = true;
        } else if self.has_staged_secrets(machine) {
            causes.push(Cause::StagedSecrets);
            restarts = true;
        }
        if !restarts {
            self.label(machine, base, &new, causes, changes);
            return;
        }
        let known = standby_for.iter().filter_map(|machine| match machine {
            MachineRef::Id(id) => Some(id.clone()),
            MachineRef::New(_) => None,
        });
        new.config.standbys = known.collect();
        if !standby_for.is_empty() {
            new.config.env.insert("FLY_STANDBY_FOR".to_owned(), new.config.standbys.join(","));
        }
        if let Some(mark) = base.config.metadata.get(label::UNFINISHED).filter(|_| !member.finished) {
            new.config.metadata.insert(label::UNFINISHED.to_owned(), mark.clone());
        }
        self.touches_machines = true;
        self.touches_volumes |= member.group.volume.is_some();
        let skip_launch = !runs(machine) || (machine.state == "created" && !standby_for.is_empty());
        let action = Action::UpdateMachine {
            machine: machine.id.clone(),
            group: member.name.to_owned(),
            region: machine.region.clone(),
            version: machine.instance_id.clone(),
            config: Box::new(new.to_json()),
            standby_for,
            skip_launch,
        };
        let impact = if skip_launch { Impact::None } else { member.impact };
        self.phases.changed.push(step_with(action, causes, changes, impact));
    }

    /// Brings labels up to date, which nobody notices who uses the app.
    fn label(
        &mut self,
        machine: &ObservedMachine,
        base: &ReadMachineConfig,
        new: &ReadMachineConfig,
        mut causes: Vec<Cause>,
        changes: Vec<Change>,
    ) {
        self.unchanged += 1;
        let (old, new) = (&base.config.metadata, &new.config.metadata);
        // Who says nothing of a release leaves the one that it has; another one is another one in all that it says.
        let is_other = label::RELEASE.iter().any(|key| new.contains_key(*key) && old.get(*key) != new.get(*key));
        let mut keys: Vec<&str> = if is_other { label::RELEASE.to_vec() } else { Vec::new() };
        keys.extend(label::PREVIEWS.into_iter().filter(|key| new.contains_key(*key)));
        keys.extend([label::CONFIG, label::OWNS]);
        keys.extend(new.contains_key(label::TREE).then_some(label::TREE));
        let own = |key: &&str| label::STAMPS.contains(key) || label::PROGRESS.contains(key);
        let others = old.keys().chain(new.keys()).map(String::as_str).filter(|key| !own(key));
        keys.extend(others);
        keys.retain(|key| old.get(*key) != new.get(*key));
        let mut labels: SortedMap<String, Option<String>> =
            keys.into_iter().map(|key| (key.to_owned(), new.get(key).cloned())).collect();
        if !old.contains_key(label::SECRETS) {
            labels.insert(label::SECRETS.to_owned(), Some(hash::secrets_hash(&self.observed.secrets)));
        }
        if labels.is_empty() {
            return;
        }
        if let Some(deploy) = new.get(label::DEPLOY) {
            labels.insert(label::DEPLOY.to_owned(), Some(deploy.clone()));
        }
        if causes.is_empty() {
            causes.push(Cause::Release);
        }
        let action = Action::LabelMachine { machine: MachineRef::Id(machine.id.clone()), labels };
        self.phases.labelled.push(step_with(action, causes, changes, Impact::None));
    }
}

/// Whether a config is not what is wanted because another one is wanted now, because somebody else has changed it,
/// or both. Nobody knows that of a machine that another tool deployed.
fn why(base: &ReadMachineConfig, new: &ReadMachineConfig) -> Vec<Cause> {
    let stamped = base.config.metadata.get(label::CONFIG).filter(|hash| hash::is_of_this_form(hash));
    let Some(stamped) = stamped else { return vec![Cause::Changed] };
    let drifted = *stamped != config_hash(&base.config);
    let changed = new.config.metadata.get(label::CONFIG) != Some(stamped);
    match (changed, drifted) {
        (true, true) => vec![Cause::Changed, Cause::Drifted],
        (false, true) => vec![Cause::Drifted],
        (_, false) => vec![Cause::Changed],
    }
}
