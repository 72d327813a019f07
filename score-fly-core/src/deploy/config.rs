//! The config that a machine gets.

use serde_json::{Map, Value};

use super::desired::{Desired, DesiredGroup, ReleaseCommand};
use super::{hash, label};
use crate::fly::MachineConfig;
use crate::fly::machine::ReadMachineConfig;
use crate::map::SortedMap;
use crate::prelude::*;

/// What fly.toml always says, so that what is unknown about it here goes with what it was.
const OVERWRITTEN: [&str; 9] =
    ["/checks", "/containers", "/files", "/metrics", "/restart", "/services", "/statics", "/stop_config", "/volumes"];

/// What only the machine config says that a fly.toml may bring along.
macro_rules! carried {
    ($then:ident) => {
        $then! {
            auto_destroy as "auto_destroy",
            cache_drive as "cache_drive",
            containers as "containers",
            disable_machine_autostart as "disable_machine_autostart",
            dns as "dns",
            init.kernel_args as "init.kernel_args",
            init.tty as "init.tty",
            processes as "processes",
            required_host_features as "required_host_features",
            rootfs as "rootfs",
            schedule as "schedule",
            size as "size",
            spot as "spot",
            volumes as "volumes",
        }
    };
}

/// The config of a new machine.
pub(super) fn fresh(desired: &Desired, group: &DesiredGroup) -> ReadMachineConfig {
    over(ReadMachineConfig::default(), "", desired, group)
}

/// The config that a machine gets which has the config `base` and runs the image with this digest: as flyctl does
/// it, fly.toml is laid over it.
///
/// What fly.toml can say is as it says, and if it says nothing, nothing. What only the machine config says that it
/// may bring along stays if that is silent, unless an earlier deploy took it from there.
pub(super) fn over(
    base: ReadMachineConfig,
    digest: &str,
    desired: &Desired,
    group: &DesiredGroup,
) -> ReadMachineConfig {
    let ReadMachineConfig { config: mut new, mut unknown } = base;
    let wanted = &group.machine;
    let owned = new.metadata.get(label::OWNS).cloned().unwrap_or_default();
    let owned: Vec<&str> = owned.split(',').collect();
    let old_containers = core::mem::take(&mut new.containers);
    let mut owns = Vec::new();
    new.containers.clone_from(&old_containers);
    macro_rules! carry {
        ($($($field:ident).+ as $key:literal,)*) => {
            $(
                let nothing = Default::default();
                if wanted.$($field).+ != nothing {
                    new.$($field).+.clone_from(&wanted.$($field).+);
                    owns.push($key.to_owned());
                } else if owned.contains(&$key) {
                    new.$($field).+ = nothing;
                }
            )*
        };
    }
    carried!(carry);
    let MachineConfig { env, services, metrics, checks, statics, files, restart, stop_config, .. } = wanted.clone();
    new = MachineConfig { env, services, metrics, checks, statics, files, restart, stop_config, ..new };
    new.init.exec.clone_from(&wanted.init.exec);
    new.init.entrypoint.clone_from(&wanted.init.entrypoint);
    new.init.cmd.clone_from(&wanted.init.cmd);
    new.init.swap_size_mb = wanted.init.swap_size_mb;
    if wanted.guest.is_some() {
        new.guest.clone_from(&wanted.guest);
        owns.push("guest".to_owned());
    }
    if let Some(image) = &desired.image {
        let runs = new.image.as_deref().and_then(digest_of).or(Some(digest).filter(|digest| !digest.is_empty()));
        if runs.is_none() || runs != digest_of(image) {
            new.image = Some(image.clone());
        }
    } else {
        // The container that gets the image that nobody knows keeps the one that it has.
        for container in new.containers.iter_mut().filter(|container| container.image.as_deref() == Some(".")) {
            let old = old_containers.iter().find(|old| old.name == container.name);
            container.image = old.and_then(|old| old.image.clone()).or_else(|| new.image.clone());
        }
    }
    set_mount(&mut new, wanted);
    set_metadata(&mut new.metadata, wanted, &owned, owns);
    unknown.retain(|pointer, _| !OVERWRITTEN.iter().any(|key| is_below(pointer.as_str(), key)));
    stamp(&mut new, desired);
    ReadMachineConfig { config: new, unknown }
}

/// What tells images apart, whatever they are called.
fn digest_of(image: &str) -> Option<&str> {
    image.split_once('@').map(|(_, digest)| digest)
}

fn is_below(pointer: &str, key: &str) -> bool {
    pointer.strip_prefix(key).is_some_and(|rest| rest.is_empty() || rest.starts_with('/'))
}

/// The mount as fly.toml has it, on the volume that is mounted.
fn set_mount(new: &mut MachineConfig, wanted: &MachineConfig) {
    let old = core::mem::take(&mut new.mounts).into_iter().next();
    new.mounts = wanted.mounts.iter().take(1).cloned().collect();
    if let (Some(new), Some(old)) = (new.mounts.first_mut(), old) {
        (new.volume, new.encrypted, new.size_gb) = (old.volume, old.encrypted, old.size_gb);
    }
}

fn set_metadata(
    metadata: &mut SortedMap<String, String>,
    wanted: &MachineConfig,
    owned: &[&str],
    mut owns: Vec<String>,
) {
    metadata.retain(|key, _| !label::PROGRESS.contains(&key.as_str()) && !owned.contains(&owned_label(key).as_str()));
    metadata.extend(wanted.metadata.iter().map(|(key, value)| (key.clone(), value.clone())));
    owns.extend(wanted.metadata.keys().filter(|key| !is_usual(key)).map(|key| owned_label(key)));
    if !owns.is_empty() {
        metadata.insert(label::OWNS.to_owned(), owns.join(","));
    }
}

/// Whether every machine that is deployed has this label.
fn is_usual(key: &str) -> bool {
    matches!(key, label::PLATFORM_VERSION | label::PROCESS_GROUP)
}

fn owned_label(key: &str) -> String {
    format!("metadata.{key}")
}

/// Labels a config with what is deployed.
fn stamp(config: &mut MachineConfig, desired: &Desired) {
    let stamp = &desired.stamp;
    let notes = [
        (label::VERSION, &stamp.version),
        (label::REVISION, &stamp.revision),
        (label::SOURCE, &stamp.source),
        (label::NOTE, &stamp.note),
        (label::BACK_TO, &stamp.back_to),
        (label::TREE, &stamp.tree),
        (label::PREVIEW, &stamp.preview),
        (label::OWNER, &stamp.owner),
        (label::EXPIRES, &stamp.expires),
        (label::DEPLOY, &stamp.deploy),
    ];
    let metadata = &mut config.metadata;
    metadata.retain(|key, _| !label::STAMPS.contains(&key.as_str()));
    metadata.extend(notes.into_iter().filter_map(|(key, value)| Some((key.to_owned(), value.clone()?))));
    let hash = config_hash(config);
    config.metadata.insert(label::CONFIG.to_owned(), hash);
}

/// What is compared of a config: what means something to Fly, and nothing that only deploys note.
pub(super) fn comparable(config: &MachineConfig) -> MachineConfig {
    let mut config = config.clone().canonical();
    config.metadata.retain(|key, _| !label::STAMPS.contains(&key.as_str()) && !label::PROGRESS.contains(&key.as_str()));
    config.env.remove("FLY_STANDBY_FOR");
    config.standbys.clear();
    config.mounts.iter_mut().for_each(|mount| mount.volume = None);
    config
}

/// What of a config a deploy has put there, by its own account. The rest is others' business.
pub(super) fn deployed(config: &MachineConfig) -> MachineConfig {
    let owned = config.metadata.get(label::OWNS).cloned().unwrap_or_default();
    let owned: Vec<&str> = owned.split(',').collect();
    let mut config = config.clone();
    macro_rules! leave {
        ($($($field:ident).+ as $key:literal,)*) => {
            $(
                if !owned.contains(&$key) {
                    config.$($field).+ = Default::default();
                }
            )*
        };
    }
    carried!(leave);
    config.guest.take_if(|_| !owned.contains(&"guest"));
    config.metadata.retain(|key, _| is_usual(key) || owned.contains(&owned_label(key).as_str()));
    comparable(&config)
}

/// The same of a config as JSON, whatever volume it mounts and whoever it stands in for.
pub(crate) fn deployed_values(config: &Map<String, Value>) -> Value {
    let config = MachineConfig::from_json(&Value::Object(config.clone())).into_parts().0.unwrap_or_default();
    serde_json::to_value(deployed(&config.config)).unwrap_or_default()
}

/// The hash of what a deploy has put into a machine's config, in the form in which [`label::CONFIG`] holds it.
///
/// Two configs that mean the same to Fly have the same hash, whichever volume is mounted, for whichever machines it
/// stands in, whatever deploys have noted in the labels, and whatever others have added that deploys leave alone. It
/// is the beginning of the SHA-256 of what is left of the canonical config.
///
/// [`label::CONFIG`]: super::label::CONFIG
pub fn config_hash(config: &MachineConfig) -> String {
    hash::hash(&deployed(config))
}

/// [`config_hash`] of a config as JSON.
pub(crate) fn deployed_hash(config: &Map<String, Value>) -> Option<String> {
    let config = MachineConfig::from_json(&Value::Object(config.clone())).into_parts().0?;
    Some(config_hash(&config.config))
}

/// The config of the machine for the release command.
pub(super) fn for_release_command(desired: &Desired, release: &ReleaseCommand) -> ReadMachineConfig {
    let mut config = release.machine.clone();
    config.image.clone_from(&desired.image);
    let deploy = desired.stamp.deploy.clone().map(|deploy| (label::DEPLOY.to_owned(), deploy));
    config.metadata.extend(deploy);
    ReadMachineConfig { config, unknown: SortedMap::new() }
}
