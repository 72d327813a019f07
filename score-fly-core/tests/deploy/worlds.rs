//! Random apps: what is to be, what is there, and what is allowed.

use std::fmt::Write as _;

use score_fly_core::deploy::{
    Action, Address, Desired, Host, Lease, Observed, ObservedMachine, ObservedSecret, Policy,
};
use score_fly_core::deploy::{ObservedVolume, Options, Plan, Step, simulate};
use serde_json::{Value, json};

use crate::properties::states;
use crate::support::{desired, planned};

/// A source of repeatable randomness (splitmix64).
pub(crate) struct Dice(u64);

impl Dice {
    pub(crate) fn new(seed: u64) -> Self {
        Self(seed)
    }

    pub(crate) fn below(&mut self, limit: usize) -> usize {
        self.0 = self.0.wrapping_add(0x9e37_79b9_7f4a_7c15);
        let mut z = self.0;
        z = (z ^ (z >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
        z = (z ^ (z >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
        usize::try_from((z ^ (z >> 31)) % limit as u64).expect("it is below a usize")
    }

    pub(crate) fn once_in(&mut self, times: usize) -> bool {
        self.below(times) == 0
    }

    fn one_of<T: Clone>(&mut self, choices: &[T]) -> T {
        choices[self.below(choices.len())].clone()
    }
}

const REGIONS: [&str; 3] = ["ams", "fra", "gru"];

/// What is to be.
pub(crate) fn wish(dice: &mut Dice) -> Desired {
    let mut toml = String::from("app = 'shop'\n");
    writeln!(toml, "primary_region = '{}'", dice.one_of(&REGIONS)).unwrap();
    let groups: &[&str] = dice.one_of(&[&["app"][..], &["app"], &["app", "worker"], &["web", "worker"], &["web"]]);
    let named = groups != ["app"];
    if dice.once_in(3) {
        writeln!(toml, "[deploy]\nrelease_command = 'migrate {}'", dice.below(2)).unwrap();
    }
    writeln!(toml, "[env]\nCOLOUR = '{}'", dice.one_of(&["red", "blue"])).unwrap();
    if named {
        toml += "[processes]\n";
        for group in groups {
            writeln!(toml, "{group} = 'run {group} {}'", dice.below(2)).unwrap();
        }
    }
    for group in groups {
        let scope = if named { format!("processes = ['{group}']\n") } else { String::new() };
        if dice.below(3) > 0 && *group != "worker" {
            write!(toml, "[[services]]\ninternal_port = {}\nprotocol = 'tcp'\n{scope}", 8080 + dice.below(2)).unwrap();
            toml += dice.one_of(&[
                "ports = [{ port = 80, handlers = ['http'] }]\n",
                "ports = [{ port = 25 }]\n",
                "ports = [{ port = 443, handlers = ['tls', 'http'] }]\nhttp_checks = [{ path = '/up', interval = '15s' }]\n",
            ]);
        }
        if dice.once_in(3) {
            let name = dice.one_of(&["data", "files"]);
            write!(toml, "[[mounts]]\nsource = '{name}'\ndestination = '/{name}'\n{scope}").unwrap();
            if dice.once_in(2) {
                writeln!(toml, "initial_size = '{}gb'", dice.one_of(&[1, 3, 10])).unwrap();
            }
        }
        if dice.once_in(3) {
            write!(toml, "[[vm]]\nmemory = '{}'\n{scope}", dice.one_of(&["512mb", "1gb"])).unwrap();
        }
        if dice.once_in(6) {
            write!(toml, "[[restart]]\npolicy = '{}'\n{scope}", dice.one_of(&["always", "never"])).unwrap();
        }
    }
    if dice.once_in(8) {
        // Told apart from tables by where it stands: at the top.
        let base = dice.one_of(&[
            r#"{"schedule": "daily"}"#,
            r#"{"metadata": {"team": "a"}}"#,
            r#"{"containers": [{"name": "app"}, {"name": "side", "image": "redis:7"}]}"#,
        ]);
        toml = format!("machine_config = '{base}'\n{toml}");
    }
    let scale = |dice: &mut Dice| match dice.below(6) {
        0 => json!({ "count": dice.below(4) }),
        1 => json!({ "regions": { "ams": dice.below(3), "fra": dice.below(3) } }),
        2 => json!({ "count": dice.below(4), "regions": { "gru": 1, "fra": 1 } }),
        3 => json!({ "ha": false }),
        _ => json!({}),
    };
    let mut options = json!({
        "organization": "acme",
        "image": format!("registry.fly.io/shop@sha256:{}", dice.one_of(&["aa", "bb"])),
        "stamp": { "deploy": dice.one_of(&["d1", "d2"]) },
        "scale": scale(dice),
        "secrets": {},
    });
    if named && groups.len() > 1 && dice.once_in(2) {
        options["groups"] = json!({ "worker": scale(dice) });
    }
    if dice.once_in(2) {
        options["stamp"]["version"] = dice.one_of(&["1.0.0", "1.0.1"]).into();
    }
    if dice.once_in(5) {
        options["addresses"] = dice.one_of(&[json!([]), json!(["private_v6"]), json!(["v6", "v4"])]);
    }
    for name in ["DATABASE_URL", "TOKEN"] {
        if dice.once_in(3) {
            options["secrets"][name] = dice.one_of(&["one", "two"]).into();
        }
    }
    let options: Options = serde_json::from_value(options).expect("options");
    desired(&toml, &options)
}

/// What is allowed; all of the app is meant.
pub(crate) fn policy(dice: &mut Dice, observed: &Observed) -> Policy {
    let mut policy = Policy::default();
    let often = dice.below(3);
    let mut lose = |names: Vec<String>| -> Vec<String> {
        names.into_iter().filter(|_| often == 0 || (often == 1 && dice.once_in(2))).collect()
    };
    policy.lose.machines = lose(observed.machines.iter().map(|machine| machine.id.clone()).collect());
    policy.lose.addresses = lose(observed.addresses.iter().map(|address| address.ip.clone()).collect());
    policy.lose.secrets = lose(observed.secrets.iter().map(|secret| secret.name.clone()).collect());
    if dice.once_in(4) {
        let free = observed.volumes.iter().filter(|volume| volume.attached_machine_id.is_none());
        policy.lose.volumes = free.map(|volume| volume.id.clone()).filter(|_| dice.once_in(2)).collect();
    }
    policy
}

/// Only a part of the app is meant.
pub(crate) fn narrow(dice: &mut Dice, policy: &mut Policy, observed: &Observed, desired: &Desired) {
    let machine = observed.machines.first().map(|machine| machine.id.clone());
    match dice.below(6) {
        0 => policy.update_only = true,
        1 => policy.only_regions = vec![dice.one_of(&REGIONS).to_owned()],
        2 => policy.exclude_regions = vec![dice.one_of(&REGIONS).to_owned()],
        3 => policy.only_groups = desired.groups.keys().next().cloned().into_iter().collect(),
        4 => policy.only_machines = machine.into_iter().collect(),
        _ => policy.exclude_machines = machine.into_iter().collect(),
    }
}

/// The first steps of a plan, as they are when it is cut off behind them; of a machine that takes over from another
/// one, the creation may be all that was done.
pub(crate) fn cut(dice: &mut Dice, plan: &Plan, states: &[Observed]) -> Observed {
    let at = dice.below(states.len());
    match plan.steps.get(at) {
        Some(Step { action: Action::ReplaceMachine { new, .. }, .. }) => {
            let mut half = plan.steps[at].clone();
            half.action = Action::CreateMachine(new.clone());
            let mut done = simulate(&states[at], &half);
            if let Some(machine) = done.machines.last_mut()
                && dice.once_in(2)
            {
                "starting".clone_into(&mut machine.state);
            }
            done
        }
        _ => states[at].clone(),
    }
}

/// What is there: nothing, or what another wish became, with what happens to apps.
pub(crate) fn world(dice: &mut Dice) -> Observed {
    if dice.once_in(5) {
        return Observed::default();
    }
    let wish = wish(dice);
    let nothing = Observed::default();
    let plan = planned(&wish, &nothing, &Policy::default());
    let mut states = states(&nothing, &plan);
    let mut observed = if dice.once_in(4) { cut(dice, &plan, &states) } else { states.pop().unwrap_or_default() };
    for _ in 0..dice.below(4) {
        happen(dice, &mut observed);
    }
    observed
}

fn happen(dice: &mut Dice, observed: &mut Observed) {
    let count = observed.machines.len();
    let index = if count == 0 { 0 } else { dice.below(count) };
    let (fresh, region) = (format!("e28650{}", dice.below(1_000_000)), dice.one_of(&REGIONS));
    let set = |machine: &mut ObservedMachine, key: &str, value: Value| {
        let metadata = machine.config.as_mut().and_then(|config| config.get_mut("metadata")?.as_object_mut());
        if let Some(metadata) = metadata {
            metadata.insert(key.to_owned(), value);
        }
    };
    match (dice.below(15), observed.machines.get_mut(index)) {
        (0, Some(machine)) => {
            dice.one_of(&["stopped", "suspended", "failed", "starting"]).clone_into(&mut machine.state);
        }
        (1, Some(machine)) => {
            if let Some(config) = machine.config.as_mut() {
                let key = dice.one_of(&["image", "schedule", "unheard_of", "files"]);
                let value = match key {
                    "files" => json!([{ "guest_path": "/etc/motd", "raw_value": "aGk=" }]),
                    "schedule" => json!("hourly"),
                    "unheard_of" => json!({ "of": true }),
                    _ => json!("nginx:1.27"),
                };
                config.insert(key.to_owned(), value);
            }
        }
        (2, Some(machine)) => {
            machine.host_status = Host("unreachable".to_owned());
            machine.incomplete_config = machine.config.take();
        }
        // As another tool leaves it.
        (3, Some(machine)) => {
            let metadata = machine.config.as_mut().and_then(|config| config.get_mut("metadata")?.as_object_mut());
            if let Some(metadata) = metadata {
                metadata.retain(|key, _| !key.starts_with("score_fly_"));
            }
        }
        (4, Some(machine)) => machine.cordoned = true,
        (5, Some(machine)) => set(machine, "score_fly_temporary", "canary".into()),
        (6, Some(machine)) => set(machine, "fly_process_group", "older".into()),
        (7, Some(machine)) => machine.lease = Some(Lease { owner: "somebody".to_owned(), expires_at: 1 }),
        (8, Some(_)) => {
            let gone = observed.machines.remove(index).id;
            for volume in &mut observed.volumes {
                volume.attached_machine_id.take_if(|machine| *machine == gone);
            }
        }
        (9, Some(machine)) if machine.config.as_ref().is_some_and(|config| !config.contains_key("mounts")) => {
            let mut copy = machine.clone();
            copy.id = fresh;
            observed.machines.push(copy);
        }
        (10, _) => observed.machines.push(ObservedMachine {
            id: fresh,
            state: "started".to_owned(),
            region: region.to_owned(),
            config: json!({ "image": "postgres" }).as_object().cloned(),
            ..ObservedMachine::default()
        }),
        (11, _) => observed.volumes.push(ObservedVolume {
            id: format!("vol_{fresh}"),
            name: dice.one_of(&["data", "files"]).to_owned(),
            state: dice.one_of(&["created", "pending_destroy"]).to_owned(),
            size_gb: 2,
            region: region.to_owned(),
            ..ObservedVolume::default()
        }),
        (12, _) => {
            let name = dice.one_of(&["TOKEN", "OTHER"]).to_owned();
            observed.secrets.retain(|secret| secret.name != name);
            observed.secrets.push(ObservedSecret { name, digest: fresh, ..ObservedSecret::default() });
        }
        (13, _) => observed.addresses.push(Address { ip: format!("2a09::{fresh}"), ..Address::default() }),
        _ => observed.addresses.clear(),
    }
}
