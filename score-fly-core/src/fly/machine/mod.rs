//! The machine that flyctl makes of a fly.toml, for one process group.

mod base;
mod container;
mod model;
mod parts;
mod services;
#[cfg(test)]
mod tests;

pub(super) use base::parse;
pub use container::{
    ContainerDependency, ContainerHealthcheck, ContainerMount, ContainerSecret, DependencyCondition, EnvFrom,
    ExecHealthcheck, HealthcheckKind, HttpHealthcheck, MachineContainer, TcpHealthcheck, containers_json,
};
pub use model::{
    Autostop, MachineCheck, MachineConfig, MachineFile, MachineGuest, MachineHeader, MachineInit, MachineMetrics,
    MachineMount, MachineRestart, MachineService, MachineStatic, StopConfig, Suspend,
};

use super::check::LocalFiles;
use super::{Config, read};
use crate::diagnostic::{Diagnostics, Outcome};
use crate::fly::check::messages;
use crate::pointer::Path;
use crate::prelude::*;
use crate::source::Source;

/// What flyctl sends for the machines of a process group; of the default one if none is named.
///
/// It lacks what only a deploy knows: the image that is built, the ids of volumes, and the metadata
/// `fly_flyctl_version`, `fly_release_id` and `fly_release_version`. `files` holds what
/// [`local_files`](super::local_files) names.
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
    let scope = Scope { config, group, files };
    machine.env = scope.env();
    scope.init(&mut machine.init, &mut diagnostics);
    machine.guest = scope.guest(&mut diagnostics).or(machine.guest);
    machine.metadata.insert("fly_platform_version".to_owned(), "v2".to_owned());
    machine.metadata.insert("fly_process_group".to_owned(), group.to_owned());
    machine.mounts = scope.mounts();
    machine.services = scope.services();
    machine.metrics = scope.metrics();
    machine.checks = scope.checks(&mut diagnostics);
    machine.statics = scope.statics();
    machine.image = config.build.as_ref().and_then(|build| build.image.clone());
    machine.files = scope.files(&mut diagnostics);
    machine.restart = scope.restart();
    machine.stop_config = scope.stop_config();
    Outcome::new(machine, diagnostics)
}

/// [`machine_config`] of a fly.toml as text.
pub fn machine_config_of(source: &Source, group: Option<&str>, files: &LocalFiles) -> Outcome<MachineConfig> {
    read::with_file(source, |file| machine_config(&file.config, group, files))
}

/// A process group of a configuration.
struct Scope<'s> {
    config: &'s Config,
    group: &'s str,
    files: &'s LocalFiles,
}
