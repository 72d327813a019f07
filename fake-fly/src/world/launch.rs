//! Creating machines and changing them.

use std::collections::BTreeSet;
use std::time::Duration;

use serde_json::{Value, json};

use super::machine::{Lease, Machine, Phase, Version};
use super::{Step, World};
use crate::refusal::{Refusal, Result, invalid, not_found, precondition};

/// What is asked for when a machine is created or changed.
///
/// fly-go: `machine_types.go`, `LaunchMachineInput`.
#[derive(Debug)]
pub(crate) struct Launch<'r> {
    pub(crate) config: &'r Value,
    pub(crate) region: &'r str,
    pub(crate) name: &'r str,
    pub(crate) held_back: bool,
    pub(crate) cordoned: bool,
    pub(crate) lease_ttl: Option<u64>,
    pub(crate) min_secrets_version: Option<u64>,
    pub(crate) current_version: Option<&'r str>,
    pub(crate) owner: &'r str,
}

impl World {
    /// <https://fly.io/docs/machines/api/machines-resource/>, "Create a Machine".
    pub(crate) fn create_machine(&mut self, app: &str, launch: &Launch<'_>) -> Result<String> {
        self.check_config(launch.config)?;
        self.check_secrets(app, launch)?;
        let region = self.place(launch.region)?.to_owned();
        self.check_limit(app)?;
        self.check_name(app, launch.name)?;
        self.check_volumes(app, launch.config, &region, None)?;
        let (number, id) = (self.next(), self.hex(14));
        let name = if launch.name.is_empty() { Self::name(number) } else { launch.name.to_owned() };
        let instance = self.ulid();
        let nonce = self.hex(12);
        let lease = launch.lease_ttl.filter(|ttl| *ttl > 0).map(|ttl| Lease {
            nonce,
            owner: launch.owner.to_owned(),
            description: String::new(),
            expires: self.now + Duration::from_secs(ttl),
        });
        let image = self.image(Machine::text(launch.config, "/image").unwrap_or_default());
        let config = self.complete(launch.config);
        let now = self.now;
        let app_entry = self.app_mut(app)?;
        app_entry.deployed = true;
        let machine = Machine {
            id: id.clone(),
            name,
            region,
            phase: Phase::Created,
            version: Version { id: instance, config, image },
            former: Vec::new(),
            events: Vec::new(),
            lease,
            cordoned: launch.cordoned,
            private_ip: format!("fdaa:0:1:a7b:1::{number:x}"),
            created_at: now,
            updated_at: now,
            started_at: None,
            restarts: 0,
            secrets_version: app_entry.secrets.version,
            held_back: false,
            generation: 0,
        };
        app_entry.machines.insert(id.clone(), machine);
        self.attach(app, &id);
        self.note((app, &id), "launch", "created", "user", None);
        if launch.held_back {
            self.then(app, &id, self.timings.prepared, Step::Settle(Phase::Stopped));
        } else {
            self.then(app, &id, self.timings.created, Step::Start);
        }
        Ok(id)
    }

    /// <https://fly.io/docs/machines/api/machines-resource/>, "Update a Machine": the whole config, never
    /// merged. Region and name stay.
    pub(crate) fn update_machine(
        &mut self,
        app: &str,
        id: &str,
        launch: &Launch<'_>,
        nonce: Option<&str>,
    ) -> Result<()> {
        self.check_config(launch.config)?;
        self.check_secrets(app, launch)?;
        let now = self.now;
        let machine = self.machine(app, id)?;
        machine.check_lease(nonce, now)?;
        let phase = machine.phase;
        match phase {
            Phase::Destroying | Phase::Destroyed => return Err(not_found("machine not found")),
            Phase::Replacing => {
                return Err(Refusal::new(409, "aborted: machine is replacing: concurrent update in progress"));
            }
            Phase::Created if now.since(machine.created_at) < self.timings.created => {
                return Err(precondition("unable to update machine from current state: 'created'"));
            }
            _ => {}
        }
        if launch.current_version.is_some_and(|version| version != machine.version.id) {
            return Err(precondition("machine version does not match the current version"));
        }
        if !launch.region.is_empty() && launch.region != machine.region {
            return Err(invalid("invalid_argument: region of a machine can't be changed"));
        }
        if !launch.name.is_empty() && launch.name != machine.name {
            return Err(invalid("invalid_argument: name of a machine can't be changed"));
        }
        if self.conditions.full_hosts.contains(id) {
            let message = "aborted: could not reserve resource for machine: insufficient memory available to fulfill \
                           request on the current host";
            return Err(Refusal::new(409, message));
        }
        if self.conditions.unreachable.contains(id) {
            return Err(Refusal::new(408, "deadline_exceeded: the host of the machine does not answer"));
        }
        let (now_mounted, then_mounted) = (Machine::volumes(machine.config()), Machine::volumes(launch.config));
        if now_mounted.collect::<BTreeSet<_>>() != then_mounted.collect() {
            // "You cannot change which volume a Machine is attached to by updating the Machine's config."
            return Err(invalid("invalid_argument: the volumes of a machine can't be changed"));
        }
        let region = machine.region.clone();
        self.check_volumes(app, launch.config, &region, Some(id))?;
        let image = self.image(Machine::text(launch.config, "/image").unwrap_or_default());
        let version = Version { id: self.ulid(), config: self.complete(launch.config), image };
        let secrets_version = self.app(app)?.secrets.version;
        let start = !launch.held_back;
        let machine = self.machine_mut(app, id)?;
        let former = std::mem::replace(&mut machine.version, version);
        machine.former.push(former);
        machine.phase = Phase::Replacing;
        machine.secrets_version = secrets_version;
        machine.restarts = 0;
        machine.held_back = !start;
        if launch.cordoned {
            machine.cordoned = true;
        }
        if let Some(ttl) = launch.lease_ttl.filter(|ttl| *ttl > 0) {
            self.lease(app, id, nonce, Duration::from_secs(ttl), launch.owner, "")?;
        }
        self.note((app, id), "update", "replacing", "user", None);
        self.then(app, id, self.timings.replacing, Step::Replaced { start, before: phase });
        Ok(())
    }

    /// What the API looks at before it accepts a config.
    fn check_config(&self, config: &Value) -> Result<()> {
        let containers = config.get("containers").and_then(Value::as_array).into_iter().flatten();
        let image = Machine::text(config, "/image");
        let images: Vec<_> = image.into_iter().chain(containers.filter_map(|c| c.get("image")?.as_str())).collect();
        if images.is_empty() {
            return Err(invalid("invalid_argument: config.image is required"));
        }
        if let Some(image) = images.iter().find(|image| self.conditions.is_missing(image)) {
            let message =
                format!("invalid_argument: failed to get manifest {image}: MANIFEST_UNKNOWN: manifest unknown");
            return Err(invalid(message));
        }
        config.get("guest").map_or(Ok(()), check_guest)
    }

    /// A config with what Fly fills in.
    ///
    /// The page's examples are answered with an empty `dns`, and the size has the defaults that it names;
    /// fly-go: `machine_types.go`, `MachineService.Autostop`: what is `off` or `stop` comes back as a boolean.
    fn complete(&self, config: &Value) -> Value {
        let mut config = config.clone();
        let Some(object) = config.as_object_mut().filter(|_| self.conditions.fills_in) else { return config };
        object.entry("init").or_insert_with(|| json!({}));
        object.entry("dns").or_insert_with(|| json!({}));
        let guest = object.entry("guest").or_insert_with(|| json!({}));
        if let Some(guest) = guest.as_object_mut() {
            let cpus = guest.entry("cpus").or_insert_with(|| json!(1)).as_u64().unwrap_or(1);
            let kind = guest.entry("cpu_kind").or_insert_with(|| json!("shared"));
            let least = if kind == "performance" { 2048 } else { 256 };
            guest.entry("memory_mb").or_insert_with(|| json!(least * cpus));
        }
        for service in object.get_mut("services").and_then(Value::as_array_mut).into_iter().flatten() {
            match service.get_mut("autostop") {
                Some(autostop) if autostop == "off" => *autostop = json!(false),
                Some(autostop) if autostop == "stop" => *autostop = json!(true),
                _ => {}
            }
        }
        config
    }

    fn check_secrets(&self, app: &str, launch: &Launch<'_>) -> Result<()> {
        let version = self.app(app)?.secrets.version;
        if launch.min_secrets_version.is_some_and(|least| least > version) {
            return Err(precondition(&format!("secrets are at version {version}, which is less than the wanted one")));
        }
        Ok(())
    }

    fn check_limit(&self, app: &str) -> Result<()> {
        let org = &self.app(app)?.org;
        let machines = self.apps.values().filter(|app| app.org == *org).map(|app| app.alive().count()).sum::<usize>();
        if self.conditions.machine_limit.is_some_and(|limit| machines >= limit) {
            let message = "Your organization has reached its machine limit. Please contact billing@fly.io";
            return Err(Refusal::new(422, message));
        }
        Ok(())
    }

    fn check_name(&self, app: &str, name: &str) -> Result<()> {
        let taken = self.app(app)?.alive().find(|machine| !name.is_empty() && machine.name == name);
        let Some(taken) = taken else { return Ok(()) };
        let message = format!(
            "already_exists: unique machine name violation, machine ID {} already exists with name \"{name}\"",
            taken.id
        );
        Err(Refusal::new(409, message))
    }

    /// A machine's volumes are in its region, and in no other machine.
    fn check_volumes(&self, app: &str, config: &Value, region: &str, machine: Option<&str>) -> Result<()> {
        let app = self.app(app)?;
        let mounts = config.get("mounts").and_then(Value::as_array).map_or(0, Vec::len);
        if Machine::volumes(config).count() < mounts {
            return Err(invalid("invalid_argument: a mount names no volume"));
        }
        for id in Machine::volumes(config) {
            let volume = app.volumes.get(id).ok_or_else(|| not_found(&format!("volume {id} not found")))?;
            if volume.region != region {
                let message = format!("invalid_argument: volume {id} is in region {}, not in {region}", volume.region);
                return Err(invalid(message));
            }
            if let Some(other) = volume.attached_to.as_deref().filter(|other| Some(*other) != machine) {
                return Err(precondition(&format!("volume {id} is already claimed by machine {other}")));
            }
        }
        Ok(())
    }

    fn attach(&mut self, app: &str, id: &str) {
        let Some(app) = self.apps.get_mut(app) else { return };
        let Some(machine) = app.machines.get(id) else { return };
        for volume in Machine::volumes(&machine.version.config) {
            if let Some(volume) = app.volumes.get_mut(volume) {
                volume.attached_to = Some(id.to_owned());
            }
        }
    }

    fn name(number: u64) -> String {
        const FIRST: [&str; 8] = ["old", "quiet", "red", "bold", "misty", "late", "dark", "silent"];
        const SECOND: [&str; 8] = ["sun", "river", "leaf", "cloud", "moon", "pond", "field", "snow"];
        let pick = |words: [&'static str; 8], by: u64| words[usize::try_from(by % 8).unwrap_or_default()];
        format!("{}-{}-{number}", pick(FIRST, number), pick(SECOND, number / 8))
    }
}

/// <https://fly.io/docs/machines/guides-examples/machine-sizing/>
fn check_guest(guest: &Value) -> Result<()> {
    let number = |key: &str| guest.get(key).and_then(Value::as_u64);
    let refuse = |message: String| Err(Refusal::new(422, format!("invalid_argument: {message}")));
    let kind = guest.get("cpu_kind").and_then(Value::as_str).unwrap_or("shared");
    let (counts, least, most, step): (&[u64], _, _, _) = match kind {
        "shared" => (&[1, 2, 4, 6, 8], 256, 2048, 256),
        "performance" => (&[1, 2, 4, 6, 8, 10, 12, 14, 16], 2048, 8192, 1024),
        other => return refuse(format!("invalid config.guest.cpu_kind, unknown kind '{other}'")),
    };
    let cpus = number("cpus").unwrap_or(1);
    if !counts.contains(&cpus) {
        return refuse(format!("invalid config.guest.cpus, must be one of {counts:?} for {kind} CPUs"));
    }
    let memory = number("memory_mb").unwrap_or(least * cpus);
    if memory < least * cpus {
        return refuse(format!("invalid config.guest.memory_mb, minimum required {} MiB", least * cpus));
    }
    if memory > most * cpus {
        return refuse(format!("invalid config.guest.memory_mb, maximum allowed {} MiB", most * cpus));
    }
    if memory % step != 0 {
        return refuse(format!("invalid config.guest.memory_mb, must be in a {step} MiB increment"));
    }
    Ok(())
}
