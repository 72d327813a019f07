//! What a step comes to.

use serde_json::{Map, Value};

use super::hash::secrets_hash;
use super::label;
use super::observed::{
    Address, AddressKind, Host, Observed, ObservedApp, ObservedMachine, ObservedSecret, ObservedVolume, Organization,
    RememberedSecret,
};
use super::plan::{Action, MachineRef, NewMachine, NewVolume, Step, VolumeRef};
use crate::prelude::*;

/// Where machines go for which nobody says where.
const ANYWHERE: &str = "iad";

/// What there is after a step, as far as a plan can see.
///
/// New machines and volumes get the keys as ids by which the plan calls them, so the steps of a plan can be
/// simulated one after another.
pub fn simulate(observed: &Observed, step: &Step) -> Observed {
    let mut after = observed.clone();
    match &step.action {
        Action::CreateApp { name, organization, network } => {
            after.app = Some(ObservedApp {
                name: name.clone(),
                status: "pending".to_owned(),
                network: network.clone().unwrap_or_else(|| "default".to_owned()),
                organization: Organization { slug: organization.clone() },
            });
        }
        Action::AllocateAddress { kind } => after.addresses.push(address(*kind, observed.addresses.len())),
        Action::SetSecrets { set, unset } => {
            after.secrets.retain(|secret| !unset.contains(&secret.name) && !set.contains_key(&secret.name));
            for (name, fingerprint) in set {
                let fingerprint = fingerprint.clone().unwrap_or_default();
                let digest = format!("digest of {fingerprint}");
                let (name, updated_at) = (name.clone(), String::new());
                after.remembered.insert(name.clone(), RememberedSecret { fingerprint, digest: digest.clone() });
                after.secrets.push(ObservedSecret { name, digest, updated_at });
            }
        }
        Action::CreateVolume(new) => after.volumes.push(volume(new)),
        Action::ExtendVolume { volume, to_gb, .. } => {
            after.volumes.iter_mut().filter(|known| known.id == *volume).for_each(|known| known.size_gb = *to_gb);
        }
        Action::CreateMachine(new) => create(&mut after, &step.action, new),
        Action::ReplaceMachine { machine, new } => {
            create(&mut after, &step.action, new);
            destroy(&mut after, machine);
        }
        Action::UpdateMachine { machine, standby_for, skip_launch, .. } => {
            let secrets = secrets_hash(&after.secrets);
            let config = step.action.config(None, &ids(standby_for), &[(label::SECRETS, &secrets)]);
            for known in after.machines.iter_mut().filter(|known| known.id == *machine) {
                known.config = config.as_object().cloned();
                known.instance_id.push('+');
                if !skip_launch {
                    "started".clone_into(&mut known.state);
                }
            }
        }
        Action::LabelMachine { machine, labels } => {
            let id = id(machine);
            for known in after.machines.iter_mut().filter(|known| known.id == id) {
                let config = known.config.get_or_insert_default();
                let metadata = config.entry("metadata").or_insert_with(|| Value::Object(Map::new()));
                let Some(metadata) = metadata.as_object_mut() else { continue };
                for (key, value) in labels {
                    match value {
                        Some(value) => metadata.insert(key.clone(), value.as_str().into()),
                        None => metadata.remove(key),
                    };
                }
            }
        }
        Action::DestroyMachine { machine, .. } => destroy(&mut after, machine),
        Action::ReleaseAddress { ip } => after.addresses.retain(|address| address.ip != *ip),
        Action::DestroyVolume { volume, .. } => after.volumes.retain(|known| known.id != *volume),
        Action::RunReleaseCommand { .. } | Action::Blocked { .. } => {}
    }
    after
}

fn id(machine: &MachineRef) -> String {
    match machine {
        MachineRef::Id(id) | MachineRef::New(id) => id.clone(),
    }
}

fn ids(machines: &[MachineRef]) -> Vec<String> {
    machines.iter().map(id).collect()
}

fn address(kind: AddressKind, number: usize) -> Address {
    let ip = match kind {
        AddressKind::V6 => format!("2a09:8280:1::{number}"),
        AddressKind::PrivateV6 => format!("fdaa:0:1::{number}"),
        AddressKind::V4 => format!("137.66.0.{number}"),
        AddressKind::SharedV4 => format!("66.241.124.{number}"),
    };
    Address { ip, region: "global".to_owned(), shared: kind == AddressKind::SharedV4, egress: false }
}

fn volume(new: &NewVolume) -> ObservedVolume {
    ObservedVolume {
        id: new.key.clone(),
        name: new.name.clone(),
        state: "created".to_owned(),
        size_gb: new.size_gb,
        region: new.region.clone(),
        attached_machine_id: None,
        host_status: Host("ok".to_owned()),
    }
}

fn create(after: &mut Observed, action: &Action, new: &NewMachine) {
    let volume = new.volume.as_ref().map(|(VolumeRef::Id(id) | VolumeRef::New(id))| id.as_str());
    let secrets = secrets_hash(&after.secrets);
    let config = action.config(volume, &ids(&new.standby_for), &[(label::SECRETS, &secrets)]);
    for known in after.volumes.iter_mut().filter(|known| Some(known.id.as_str()) == volume) {
        known.attached_machine_id = Some(new.key.clone());
    }
    after.machines.push(ObservedMachine {
        id: new.key.clone(),
        name: new.key.clone(),
        state: if new.skip_launch { "stopped" } else { "started" }.to_owned(),
        region: new.region.clone().unwrap_or_else(|| ANYWHERE.to_owned()),
        instance_id: "1".to_owned(),
        config: config.as_object().cloned(),
        host_status: Host("ok".to_owned()),
        ..ObservedMachine::default()
    });
}

fn destroy(after: &mut Observed, machine: &str) {
    after.machines.retain(|known| known.id != machine);
    for volume in after.volumes.iter_mut().filter(|volume| volume.attached_machine_id.as_deref() == Some(machine)) {
        volume.attached_machine_id = None;
    }
}
