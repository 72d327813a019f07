//! One look at an app at Fly: whether it is what was deployed last, and that what is wanted.

use std::collections::BTreeMap;

use score_fly_api::machines::{CheckStatus, Machine, MachineFilter, MachineState};
use score_fly_api::{Client, Error};
use score_fly_core::deploy::{Scale, config_hash, label};

use super::report::Health;

/// What one list of machines tells.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Look {
    /// All is as it was deployed, and that is what is wanted.
    Same,
    /// Something else is wanted than was deployed, or nobody knows.
    Other,
    /// What is wanted was deployed, and somebody has changed it since.
    Drifted,
}

/// Looks at the machines of an app, and how they are.
pub(super) fn look(
    client: &Client,
    app: &str,
    label: &str,
    scale: &Scale,
    group: &str,
) -> Result<(Look, Health), Error> {
    let machines = match client.app(app).machines(&MachineFilter::default()) {
        Ok(machines) => machines,
        Err(error) if error.is_not_found() => return Ok((Look::Other, Health::Missing)),
        Err(error) => return Err(error),
    };
    Ok((judge(&machines, label, scale, group), health(&machines)))
}

fn health(machines: &[Machine]) -> Health {
    let mut all = machines.iter().filter(|machine| is_managed(machine)).map(|machine| {
        let fails = |check: &score_fly_api::machines::CheckResult| check.status == CheckStatus::Critical;
        match &machine.state {
            MachineState::Started if machine.checks.iter().any(fails) => Health::Failing,
            MachineState::Started => Health::Healthy,
            MachineState::Stopped | MachineState::Stopping | MachineState::Suspended | MachineState::Suspending => {
                Health::Asleep
            }
            MachineState::Failed | MachineState::LaunchFailed => Health::Failing,
            _ => Health::Starting,
        }
    });
    let Some(first) = all.next() else { return Health::Missing };
    // What is worse says how the whole is; a machine that rests takes nothing from those that run.
    let rank = |health: &Health| match health {
        Health::Failing => 3,
        Health::Starting => 2,
        Health::Healthy => 1,
        Health::Asleep | Health::Missing => 0,
    };
    all.fold(first, |worst, one| if rank(&one) > rank(&worst) { one } else { worst })
}

fn judge(machines: &[Machine], wanted: &str, scale: &Scale, group: &str) -> Look {
    let managed: Vec<&Machine> = machines.iter().filter(|machine| is_managed(machine)).collect();
    let has = |machine: &&Machine, key: &str, value: &str| {
        machine.known_config().and_then(|config| config.label(key)) == Some(value)
    };
    if managed.is_empty() || !managed.iter().all(|machine| has(machine, label::TREE, wanted)) {
        return Look::Other;
    }
    if !managed.iter().all(|machine| machine.is_reachable()) {
        return Look::Other;
    }
    let unfinished = [label::UNFINISHED, label::REPLACES, label::TEMPORARY];
    let is_unfinished = |machine: &&Machine| {
        machine.known_config().is_some_and(|config| unfinished.iter().any(|key| config.label(key).is_some()))
    };
    if managed.iter().any(is_unfinished) {
        return Look::Other;
    }
    let is_as_deployed = |machine: &&Machine| {
        let Some(config) = machine.known_config() else { return false };
        let read = config.read().into_parts().0;
        read.is_some_and(|read| config.label(label::CONFIG) == Some(config_hash(&read.config).as_str()))
    };
    if !managed.iter().all(is_as_deployed) || !is_scaled(&managed, scale, group) {
        return Look::Drifted;
    }
    Look::Same
}

/// Whether a deploy cares for a machine.
pub(super) fn is_managed(machine: &Machine) -> bool {
    let label = |key: &str| machine.known_config().and_then(|config| config.label(key));
    !machine.state.is_gone()
        && label(label::PLATFORM_VERSION) == Some("v2")
        && !matches!(label(label::PROCESS_GROUP), Some(label::RELEASE_COMMAND_GROUP | label::CONSOLE_GROUP))
}

/// Whether there are as many machines as are asked for, if that is said.
fn is_scaled(machines: &[&Machine], scale: &Scale, group: &str) -> bool {
    let own = machines.iter().filter(|machine| {
        let config = machine.known_config();
        config.and_then(|config| config.process_group()).is_none_or(|name| name == group)
            && config.is_none_or(|config| config.standbys().next().is_none())
    });
    let mut regions: BTreeMap<&str, u32> = BTreeMap::new();
    own.for_each(|machine| *regions.entry(machine.region.as_str()).or_default() += 1);
    match scale.count {
        Some(count) => regions.values().sum::<u32>() == count,
        None if scale.regions.is_empty() => true,
        None => {
            let wanted = scale.regions.iter().filter(|(_, count)| **count > 0);
            regions == wanted.map(|(region, count)| (region.as_str(), *count)).collect()
        }
    }
}
