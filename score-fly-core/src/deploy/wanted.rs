//! From a fly.toml to what is to be.

use super::desired::{Addresses, Desired, DesiredGroup, DesiredVolume, Placement, ReleaseCommand};
use super::label;
use super::machine_check::DesiredCheck;
use super::messages;
use super::observed::AddressKind;
use super::options::Options;
use crate::diagnostic::{Diagnostics, Outcome};
use crate::fly::config::{Build, Handler, Mount, Protocol};
use crate::fly::machine::{
    MachineConfig, MachineDns, MachineGuest, MachineRestart, MachineRestartPolicy, machine_config,
};
use crate::fly::{Config, Scale, shlex, size};
use crate::local::LocalFiles;
use crate::map::SortedMap;
use crate::prelude::*;

impl Desired {
    /// What a fly.toml asks for, and the caller beyond it. `files` holds the content of the local files that it
    /// names.
    ///
    /// Machine configs are those that flyctl sends. There is no value if the app has no name, or a machine config
    /// can't be made.
    pub fn new(config: &Config, files: &LocalFiles, options: &Options) -> Outcome<Self> {
        let mut diagnostics = Diagnostics::new();
        let mut config = config.clone();
        let given = |text: &Option<String>| text.clone().filter(|text| !text.is_empty());
        if let Some(app) = given(&options.app) {
            config.app = Some(app);
        }
        if let Some(region) = given(&options.region) {
            config.primary_region = Some(region);
        }
        if let Some(image) = given(&options.image) {
            config.build = Some(Build { image: Some(image), ..Build::default() });
        }
        let app = given(&config.app);
        if app.is_none() {
            diagnostics.push(messages::no_app());
        }
        let names = config.process_groups();
        for group in options.groups.keys().filter(|group| !names.contains(&group.as_str())) {
            diagnostics.push(messages::unknown_group(group, &names));
        }
        let mut groups = Vec::new();
        for name in names {
            let (machine, found) = machine_config(&config, Some(name), files).into_parts();
            diagnostics.extend(found);
            let Some(machine) = machine else { continue };
            let scale = options.groups.get(name).cloned();
            let scale = scale.or_else(|| (name == config.default_process_group()).then(|| options.scale.clone()));
            let placement = placement(&scale.unwrap_or_default(), options.scale.ha.unwrap_or(true));
            let volume = volume(&config, name, options.volume_size_gb);
            let checks = DesiredCheck::of_group(&config, name, &machine);
            groups.push((name.to_owned(), DesiredGroup { machine, volume, placement, checks }));
        }
        let groups: SortedMap<String, DesiredGroup> = groups.into_iter().collect();
        // What is wrong with both is said once.
        let release_command = release_command(&config, &groups, files).into_parts().0.flatten();
        let addresses = addresses(&groups, options);
        let desired = app.map(|app| Self {
            app,
            organization: given(&options.organization),
            network: given(&options.network),
            image: config.build.as_ref().and_then(|build| given(&build.image)),
            region: given(&config.primary_region),
            groups,
            release_command,
            addresses,
            secrets: options.secrets.clone(),
            stamp: options.stamp.clone(),
            config,
        });
        match desired {
            Some(desired) => Outcome::new(desired, diagnostics),
            None => Outcome::failed(diagnostics),
        }
    }
}

fn placement(scale: &Scale, ha: bool) -> Placement {
    match scale.count {
        Some(count) => Placement::Count(count, scale.regions.keys().cloned().collect()),
        None if scale.regions.is_empty() => Placement::Keep { ha: scale.ha.unwrap_or(ha) },
        None => Placement::Regions(scale.regions.clone()),
    }
}

/// Of several mounts, flyctl takes the first.
fn volume(config: &Config, group: &str, usual_size: Option<u32>) -> Option<DesiredVolume> {
    let Mount { source, initial_size, snapshot_retention, scheduled_snapshots, .. } =
        config.mounts.iter().find(|mount| config.belongs(&mount.processes, group))?;
    let size = initial_size.as_deref().and_then(size::gigabytes).and_then(|size| u32::try_from(size).ok());
    Some(DesiredVolume {
        name: source.clone().unwrap_or_default(),
        size_gb: size.filter(|size| *size > 0).or(usual_size),
        snapshot_retention: *snapshot_retention,
        scheduled_snapshots: *scheduled_snapshots,
    })
}

/// The addresses that the services need, unless the caller says which: an IPv6 address, and for HTTP and TLS
/// on the usual ports a shared IPv4 address. Anything else over IPv4 needs an address of its own.
fn addresses(groups: &SortedMap<String, DesiredGroup>, options: &Options) -> Addresses {
    if let Some(kinds) = &options.addresses {
        return Addresses { kinds: kinds.clone(), asked: true };
    }
    let services = || groups.values().flat_map(|group| &group.machine.services);
    let ports = || services().flat_map(|service| service.ports.iter().map(move |port| (service.protocol, port)));
    let is_usual = |port: Option<u16>, handlers: &[Handler]| {
        matches!(port, Some(80 | 443)) && handlers.iter().any(|handler| matches!(handler, Handler::Http | Handler::Tls))
    };
    let raw = ports().any(|(protocol, port)| protocol == Some(Protocol::Udp) || !is_usual(port.port, &port.handlers));
    let kinds = match ports().next() {
        None => Vec::new(),
        Some(_) if raw => vec![AddressKind::V6, AddressKind::V4],
        Some(_) => vec![AddressKind::V6, AddressKind::SharedV4],
    };
    Addresses { kinds, asked: false }
}

/// The machine for the release command, as flyctl makes it: with the variables, files and entrypoint of the others,
/// and without their services, checks and volumes.
fn release_command(
    config: &Config,
    groups: &SortedMap<String, DesiredGroup>,
    files: &LocalFiles,
) -> Outcome<Option<ReleaseCommand>> {
    let deploy = config.deploy.clone().unwrap_or_default();
    let words = deploy.release_command.as_deref().and_then(shlex::split).filter(|words| !words.is_empty());
    let Some(command) = words else { return Outcome::new(None, Diagnostics::new()) };
    let mut experimental = config.experimental.clone().unwrap_or_default();
    (experimental.cmd, experimental.exec, experimental.machine_config) = (None, None, None);
    let alone = Config {
        primary_region: config.primary_region.clone(),
        kill_signal: config.kill_signal.clone(),
        kill_timeout: config.kill_timeout,
        swap_size_mb: config.swap_size_mb,
        experimental: Some(experimental),
        build: config.build.clone().map(|build| Build { image: build.image, ..Build::default() }),
        env: config.env.clone(),
        files: config.files.clone(),
        vm: deploy.release_command_vm.into_iter().collect(),
        ..Config::default()
    };
    machine_config(&alone, None, files).map(|mut machine: MachineConfig| {
        let group = label::RELEASE_COMMAND_GROUP.to_owned();
        machine.metadata.insert(label::PROCESS_GROUP.to_owned(), group.clone());
        machine.env.extend([("FLY_PROCESS_GROUP".to_owned(), group), ("RELEASE_COMMAND".to_owned(), "1".to_owned())]);
        machine.init.cmd.clone_from(&command);
        machine.restart = Some(MachineRestart { policy: Some(MachineRestartPolicy::No), ..MachineRestart::default() });
        machine.auto_destroy = Some(true);
        machine.dns = Some(MachineDns { skip_registration: Some(true), ..MachineDns::default() });
        let usual = groups.get(config.default_process_group()).and_then(|group| group.machine.guest.clone());
        machine.guest = machine.guest.or(usual).or_else(|| Some(shared_cpu_2x()));
        Some(ReleaseCommand { command, machine, timeout: deploy.release_command_timeout })
    })
}

/// What flyctl takes if no size is said.
fn shared_cpu_2x() -> MachineGuest {
    MachineGuest {
        cpu_kind: Some(crate::fly::config::CpuKind::Shared),
        cpus: Some(2),
        memory_mb: Some(512),
        ..MachineGuest::default()
    }
}
