//! The machine that flyctl makes of a fly.toml, for one process group.

mod base;
pub(super) mod base_text;
mod canonical;
mod container;
mod extras;
mod group;
pub(super) mod messages;
mod model;
mod parts;
mod reading;
mod services;
mod shared;
#[cfg(test)]
mod tests;

pub use container::{
    ContainerDependency, ContainerHealthcheck, ContainerMount, ExecHealthcheck, HttpHealthcheck, MachineContainer,
    TcpHealthcheck, containers_json,
};
pub use extras::{
    CacheDrive, DnsForwardRule, DnsOption, MachineDns, MachineProcess, MachineRootfs, MachineVolume, Spot, TempDir,
};
pub use model::{
    MachineAutostop, MachineConfig, MachineConfigCheck, MachineGuest, MachineInit, MachineMetrics, MachineMount,
    MachineService, MachineStatic, Suspend,
};
pub use reading::ReadMachineConfig;
pub use shared::{ContainerSecret, EnvFrom, MachineFile, MachineHeader, MachineRestart, StopConfig};

pub use super::words::{
    CheckKind, DependencyCondition, HealthcheckKind, MachineRestartPolicy, PersistRootfs, Schedule, StorageType,
};

use self::group::Group;
use super::config::Config;
use crate::diagnostic::{Diagnostics, Outcome};
use crate::local::LocalFiles;
use crate::pointer::Path;
use crate::prelude::*;

impl MachineConfig {
    /// As flyctl sends it: Go leaves out empty lists, also one of secrets, without which a container gets all of them.
    pub(super) fn without_empty_secrets(mut self) -> Self {
        for container in &mut self.containers {
            container.secrets.take_if(|secrets| secrets.is_empty());
        }
        self
    }
}

/// What flyctl sends for the machines of a process group; of the default one if none is named.
///
/// It lacks what only a deploy knows: the image that is built, the ids of volumes, and the metadata
/// `fly_flyctl_version`, `fly_release_id` and `fly_release_version`. `files` holds what
/// `local_files` names.
///
/// There is no value if there is no such group, or the machine config that it builds on can't be
/// used.
pub fn machine_config(config: &Config, group: Option<&str>, files: &LocalFiles) -> Outcome<MachineConfig> {
    let mut diagnostics = Diagnostics::new();
    let groups = config.process_groups();
    let group = group.unwrap_or(config.default_process_group());
    if !groups.contains(&group) {
        diagnostics.push(messages::unknown_group(&Path::ROOT.key("processes"), group, &groups));
        return Outcome::failed(diagnostics);
    }
    let Some(mut machine) = base::read(config, files, &mut diagnostics) else { return Outcome::failed(diagnostics) };
    let parts = Group { config, name: group, files };
    machine.env = parts.env();
    parts.init(&mut machine.init, &mut diagnostics);
    machine.guest = parts.guest(&mut diagnostics).or(machine.guest);
    machine.metadata.insert("fly_platform_version".to_owned(), "v2".to_owned());
    machine.metadata.insert("fly_process_group".to_owned(), group.to_owned());
    machine.mounts = parts.mounts();
    machine.services = parts.services();
    machine.metrics = parts.metrics();
    machine.checks = parts.checks(&mut diagnostics);
    machine.statics = parts.statics();
    machine.image = config.build.as_ref().and_then(|build| build.image.clone());
    machine.files = parts.files(&mut diagnostics);
    machine.restart = parts.restart();
    machine.stop_config = parts.stop_config();
    Outcome::new(machine, diagnostics)
}
