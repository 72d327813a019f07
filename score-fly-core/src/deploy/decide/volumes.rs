//! Volumes: one for each machine that mounts, in its region, and never smaller.

use super::pool::{is_there, is_usable};
use super::{Planner, step};
use crate::deploy::desired::{DesiredGroup, DesiredVolume};
use crate::deploy::messages;
use crate::deploy::observed::{ObservedMachine, ObservedVolume};
use crate::deploy::plan::{Action, Cause, Impact, LeftAlone, NewVolume, VolumeRef};
use crate::document::Node;
use crate::fly::field::Field;
use crate::prelude::*;

/// What Fly takes for a volume if nothing is said, in gigabytes.
const USUAL_SIZE: u32 = 1;

impl<'a> Planner<'a> {
    /// Puts the volume of a machine that goes before others come to those that nobody mounts.
    pub(super) fn pool_volume_of(&mut self, machine: &ObservedMachine) {
        let volume = self.volume_of(machine).filter(|volume| is_usable(volume, self.policy));
        self.pool.add(volume);
    }

    /// The volume that a machine mounts, if it mounts one.
    pub(super) fn volume_of(&self, machine: &ObservedMachine) -> Option<&'a ObservedVolume> {
        let attached = |volume: &&ObservedVolume| volume.attached_machine_id.as_deref() == Some(machine.id.as_str());
        let mounted = machine.config.as_ref().and_then(|config| config.get("mounts")?.get(0)?.get("volume")?.as_str());
        let volumes = &self.observed.volumes;
        volumes.iter().find(attached).or_else(|| volumes.iter().find(|volume| Some(volume.id.as_str()) == mounted))
    }

    /// Whether a machine has data that would be out of reach without it.
    pub(super) fn mounts(&self, machine: &ObservedMachine) -> bool {
        let config = machine.config.as_ref().or(machine.incomplete_config.as_ref());
        let mounts = config.and_then(|config| config.get("mounts")?.as_array());
        mounts.is_some_and(|mounts| !mounts.is_empty()) || self.volume_of(machine).is_some()
    }

    /// A volume for a new machine: a free one, or else a new one.
    pub(super) fn volume_for(&mut self, volume: &DesiredVolume, group: &DesiredGroup, region: &str) -> VolumeRef {
        if let Some(free) = self.pool.take(&volume.name, region) {
            self.extend(free, volume, None);
            return VolumeRef::Id(free.id.clone());
        }
        let key = self.key(&volume.name);
        let new = NewVolume {
            key: key.clone(),
            name: volume.name.clone(),
            region: region.to_owned(),
            size_gb: volume.size_gb.unwrap_or(USUAL_SIZE),
            snapshot_retention: volume.snapshot_retention,
            scheduled_snapshots: volume.scheduled_snapshots,
            guest: group.machine.guest.as_ref().map(|guest| Node::from(guest.write()).to_json()),
        };
        self.phases.created.push(step(Action::CreateVolume(new), Cause::Missing, Impact::None));
        VolumeRef::New(key)
    }

    /// Makes a volume larger that is smaller than it is to be. None is made smaller.
    pub(super) fn extend(
        &mut self,
        volume: &ObservedVolume,
        wanted: &DesiredVolume,
        machine: Option<&ObservedMachine>,
    ) {
        let Some(to_gb) = wanted.size_gb.filter(|size| *size > volume.size_gb && volume.size_gb > 0) else { return };
        let action = Action::ExtendVolume {
            volume: volume.id.clone(),
            name: volume.name.clone(),
            from_gb: volume.size_gb,
            to_gb,
            machine: machine.map(|machine| machine.id.clone()),
        };
        let impact = if machine.is_some() { Impact::Restart } else { Impact::None };
        let phase = if machine.is_some() { &mut self.phases.changed } else { &mut self.phases.created };
        phase.push(step(action, Cause::Changed, impact));
    }

    /// Volumes to destroy, and those that are left over.
    pub(super) fn lost_volumes(&mut self) {
        for free in self.pool.all() {
            let (kind, id) = ("volume".to_owned(), free.id.clone());
            let why = format!(
                "no machine mounts it; it is called {} and has {} GB in {}",
                free.name, free.size_gb, free.region
            );
            self.left_alone.push(LeftAlone { kind, id, why });
        }
        let is_named = |volume: &&ObservedVolume| is_there(volume) && self.policy.lose.volumes.contains(&volume.id);
        let mut named: Vec<&ObservedVolume> = self.observed.volumes.iter().filter(is_named).collect();
        named.sort_by(|a, b| a.id.cmp(&b.id));
        for volume in named {
            let user = volume.attached_machine_id.as_deref().filter(|machine| !machine.is_empty());
            if let Some(machine) = user.filter(|machine| !self.goes(machine)) {
                self.block(Cause::Asked, messages::volume_in_use(&volume.id, machine));
                continue;
            }
            let action = Action::DestroyVolume {
                volume: volume.id.clone(),
                name: volume.name.clone(),
                region: volume.region.clone(),
            };
            self.phases.lost.push(step(action, Cause::Asked, Impact::Data));
        }
    }

    /// Whether a machine is destroyed by the plan.
    fn goes(&self, id: &str) -> bool {
        let phases = &self.phases;
        let steps = phases.cleared.iter().chain(&phases.changed).chain(&phases.surplus);
        let mut gone = steps.filter_map(|step| match &step.action {
            Action::DestroyMachine { machine, .. } | Action::ReplaceMachine { machine, .. } => Some(machine),
            _ => None,
        });
        gone.any(|machine| machine == id)
    }
}
