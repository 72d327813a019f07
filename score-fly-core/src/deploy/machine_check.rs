//! Commands that are run against machines that were changed: `[[machine_checks]]`.

use serde_json::Value;

use super::label;
use crate::fly::Config;
use crate::fly::config::MachineCheck;
use crate::fly::machine::{
    MachineConfig, MachineDns, MachineInit, MachineRestart, MachineRestartPolicy, ReadMachineConfig, StopConfig,
};
use crate::map::SortedMap;
use crate::prelude::*;

/// A command that says whether a machine works, by its exit code. It runs on a machine that is made for it and goes
/// with it.
#[derive(Debug, Clone, PartialEq, Default)]
#[non_exhaustive]
pub struct DesiredCheck {
    /// The command's words.
    pub command: Vec<String>,
    /// What its machine is made from, without what it has of the machine that is looked at.
    pub machine: MachineConfig,
}

impl DesiredCheck {
    /// Those for the machines of a group, as flyctl makes them: of the services that belong to it, and of the app.
    pub(super) fn of_group(config: &Config, name: &str, group: &MachineConfig) -> Vec<Self> {
        let web = config.http_service.iter().map(|service| (&service.processes, &service.machine_checks));
        let others = config.services.iter().map(|service| (&service.processes, &service.machine_checks));
        let belonging = web.chain(others).filter(|(processes, _)| config.belongs(processes, name));
        let checks = belonging.flat_map(|(_, checks)| checks).chain(&config.machine_checks);
        checks.map(|check| Self::of(check, config, group)).collect()
    }

    /// superfly/flyctl: `internal/appconfig/machines.go`, `ToTestMachineConfig`. What an image of its own is stopped by
    /// is its own business.
    fn of(check: &MachineCheck, config: &Config, group: &MachineConfig) -> Self {
        let MachineCheck { command, image, entrypoint, kill_signal, kill_timeout } = check.clone();
        let others = image.is_none();
        let stop = StopConfig {
            signal: kill_signal.or_else(|| config.kill_signal.clone().filter(|_| others)),
            timeout: kill_timeout.or_else(|| config.kill_timeout.filter(|_| others)),
        };
        let mut env = group.env.clone();
        env.insert("FLY_PROCESS_GROUP".to_owned(), label::TEST_COMMAND_GROUP.to_owned());
        env.insert("FLY_TEST_COMMAND".to_owned(), "1".to_owned());
        let machine = MachineConfig {
            env,
            init: MachineInit {
                entrypoint: entrypoint.unwrap_or_else(|| group.init.entrypoint.clone()),
                cmd: command.clone(),
                swap_size_mb: config.swap_size_mb,
                ..MachineInit::default()
            },
            metadata: [(label::PLATFORM_VERSION, "v2"), (label::PROCESS_GROUP, label::TEST_COMMAND_GROUP)]
                .map(|(key, value)| (key.to_owned(), value.to_owned()))
                .into_iter()
                .collect(),
            image,
            restart: Some(MachineRestart { policy: Some(MachineRestartPolicy::No), ..MachineRestart::default() }),
            auto_destroy: Some(true),
            dns: Some(MachineDns { skip_registration: Some(true), ..MachineDns::default() }),
            stop_config: (stop != StopConfig::default()).then_some(stop),
            ..MachineConfig::default()
        };
        Self { command, machine }
    }

    /// The whole config of the machine that it runs on, for the machine with the config `tested` and the private
    /// address `ip`: its image unless the check has one, and its size.
    pub fn config(&self, tested: &Value, ip: &str) -> Value {
        let mut machine = self.machine.clone();
        machine.env.insert("FLY_TEST_MACHINE_IP".to_owned(), ip.to_owned());
        if machine.image.is_none() {
            machine.image = tested.get("image").and_then(Value::as_str).map(str::to_owned);
        }
        let mut json = ReadMachineConfig { config: machine, unknown: SortedMap::new() }.to_json();
        if let (Some(table), Some(guest)) = (json.as_object_mut(), tested.get("guest")) {
            table.insert("guest".to_owned(), guest.clone());
        }
        json
    }
}
