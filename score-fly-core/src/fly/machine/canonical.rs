//! One form for machine configs that mean the same to Fly.

use super::container::{ContainerHealthcheck, MachineContainer};
use super::extras::{CacheDrive, MachineDns, MachineProcess, MachineRootfs, Spot};
use super::model::{
    MachineAutostop, MachineConfig, MachineConfigCheck, MachineGuest, MachineMetrics, MachineMount, MachineService,
};
use super::shared::{MachineFile, MachineHeader, MachineRestart, StopConfig};
use crate::fly::Duration;
use crate::fly::config::{Concurrency, HttpOptions, ProxyProtoOptions, ServicePort, TlsOptions};
use crate::fly::guest::Guest;
use crate::fly::words::{CheckKind, ConcurrencyType, MachineRestartPolicy, PersistRootfs};
use crate::prelude::*;

/// What flyctl notes in the metadata of the machines that it deploys.
const BOOKKEEPING: [&str; 5] =
    ["fly_bluegreen_deployment_tag", "fly_builder_id", "fly_flyctl_version", "fly_release_id", "fly_release_version"];

/// How often Fly restarts a machine that fails, unless something else is said.
const MAX_RETRIES: u32 = 10;

/// How Fly stops a machine, unless something else is said.
const STOP_SIGNAL: &str = "SIGINT";
const STOP_TIMEOUT: Duration = Duration::from_secs(5);

/// From how many connections on Fly's proxy prefers other machines, unless something else is said.
const SOFT_LIMIT: u32 = 20;

impl MachineConfig {
    /// The same machine, in the one way that two machine configs have in common if Fly makes no
    /// difference between them.
    ///
    /// What is the default is left out, and so is what is empty; lists whose order means nothing are
    /// sorted. What Fly fills in about the volume of a mount is left out, and so is what flyctl notes in
    /// the metadata about a deploy. What is left is for comparing: it is not the config to send.
    pub fn canonical(mut self) -> Self {
        self.metadata.retain(|key, _| !BOOKKEEPING.contains(&key.as_str()));
        absent_if(&mut self.init.tty, |tty| !*tty);
        self.canonical_guest();
        self.mounts.iter_mut().for_each(canonical_mount);
        self.services.iter_mut().for_each(canonical_service);
        self.services.sort_by_key(|service| (service.protocol, service.internal_port));
        if let Some(metrics) = &mut self.metrics {
            absent_if(&mut metrics.https, |https| !*https);
        }
        drop_default(&mut self.metrics, &MachineMetrics::default());
        for check in self.checks.values_mut() {
            canonical_check(check);
            absent_if(&mut check.consequence, |kind| *kind == CheckKind::Informational);
        }
        drop_text(&mut self.image);
        canonical_files(&mut self.files);
        absent_if(&mut self.auto_destroy, |destroy| !*destroy);
        absent_if(&mut self.schedule, |schedule| schedule.as_str().is_empty());
        canonical_restart(&mut self.restart);
        canonical_dns(&mut self.dns);
        self.processes.iter_mut().for_each(canonical_process);
        self.standbys.sort_unstable();
        canonical_stop(&mut self.stop_config);
        self.containers.iter_mut().for_each(canonical_container);
        self.containers.sort_by(|a, b| a.name.cmp(&b.name));
        self.volumes.sort_by(|a, b| a.name.cmp(&b.name));
        if let Some(MachineRootfs { persist, size_gb }) = &mut self.rootfs {
            drop_never(persist);
            drop_zero(size_gb);
        }
        drop_default(&mut self.rootfs, &MachineRootfs::default());
        drop_default(&mut self.cache_drive, &CacheDrive::default());
        drop_default(&mut self.spot, &Spot::default());
        absent_if(&mut self.disable_machine_autostart, |disable| !*disable);
        self.required_host_features.sort_unstable();
        self
    }

    /// `guest` wins over the older `size`. A machine for which neither is there gets the smallest.
    fn canonical_guest(&mut self) {
        drop_text(&mut self.size);
        let guest = self.guest.get_or_insert_default();
        let MachineGuest { cpu_kind, cpus, memory_mb, max_memory_mb, gpus, gpu_kind, host_dedication_id, .. } = guest;
        drop_zero(cpus);
        drop_zero(memory_mb);
        drop_zero(max_memory_mb);
        absent_if(gpus, |gpus| *gpus == 0);
        drop_text(gpu_kind);
        drop_text(host_dedication_id);
        if cpu_kind.is_some() || cpus.is_some() || memory_mb.is_some() {
            self.size = None;
        } else if let Some(named) = Guest::named(self.size.as_deref().unwrap_or("shared-cpu-1x")) {
            *cpu_kind = Some(named.kind);
            *cpus = Some(named.cpus.into());
            *memory_mb = Some(named.memory_mib);
            self.size = None;
        }
        drop_never(&mut guest.persist_rootfs);
    }
}

fn canonical_mount(mount: &mut MachineMount) {
    // The volume is known by its name, and has its size and encryption itself.
    if mount.name.is_some() {
        mount.volume = None;
    }
    mount.size_gb = None;
    mount.encrypted = None;
    for percent in [&mut mount.extend_threshold_percent, &mut mount.add_size_percent] {
        absent_if(percent, |percent| *percent == 0);
    }
    for size in [&mut mount.add_size_gb, &mut mount.size_gb_limit, &mut mount.min_add_size_gb] {
        drop_zero(size);
    }
}

fn canonical_service(service: &mut MachineService) {
    absent_if(&mut service.autostop, |stop| *stop == MachineAutostop::Stop(false));
    absent_if(&mut service.autostart, |start| *start);
    drop_zero(&mut service.min_machines_running);
    service.ports.iter_mut().for_each(canonical_port);
    service.ports.sort_by_key(|port| (port.port, port.start_port));
    service.checks.iter_mut().for_each(canonical_check);
    service.checks.sort_by_cached_key(|check| (check.kind, check.port, check.path.clone(), check.interval));
    if let Some(Concurrency { kind, hard_limit, soft_limit }) = &mut service.concurrency {
        drop_default(kind, &ConcurrencyType::Connections);
        drop_zero(hard_limit);
        absent_if(soft_limit, |limit| matches!(*limit, 0 | SOFT_LIMIT));
    }
    drop_default(&mut service.concurrency, &Concurrency::default());
    drop_text(&mut service.force_instance_key);
    drop_text(&mut service.force_instance_description);
}

fn canonical_port(port: &mut ServicePort) {
    port.handlers.sort_unstable();
    absent_if(&mut port.force_https, |force| !*force);
    drop_default(&mut port.tls_options, &TlsOptions::default());
    drop_default(&mut port.http_options, &HttpOptions::default());
    drop_default(&mut port.proxy_proto_options, &ProxyProtoOptions::default());
}

fn canonical_check(check: &mut MachineConfigCheck) {
    let MachineConfigCheck { method, protocol, tls_skip_verify, tls_server_name, headers, .. } = check;
    canonical_method(method);
    drop_text(protocol);
    absent_if(protocol, |protocol| protocol == "http");
    absent_if(tls_skip_verify, |skip| !*skip);
    drop_text(tls_server_name);
    canonical_headers(headers);
}

fn canonical_method(method: &mut Option<String>) {
    drop_text(method);
    absent_if(method, |method| method.eq_ignore_ascii_case("GET"));
    if let Some(method) = method {
        method.make_ascii_uppercase();
    }
}

/// flyctl sends headers in another order each time.
fn canonical_headers(headers: &mut [MachineHeader]) {
    headers.sort_by(|a, b| a.name.cmp(&b.name));
}

/// Of two files at one path, the later one counts.
fn canonical_files(files: &mut Vec<MachineFile>) {
    files.reverse();
    files.sort_by(|a, b| a.guest_path.cmp(&b.guest_path));
    files.dedup_by(|later, first| later.guest_path == first.guest_path);
    for file in files {
        drop_zero(&mut file.mode);
        drop_text(&mut file.secret_name);
        drop_text(&mut file.image_config);
    }
}

fn canonical_restart(restart: &mut Option<MachineRestart>) {
    if let Some(MachineRestart { policy, max_retries }) = restart {
        absent_if(policy, |policy| policy.as_str().is_empty() || *policy == MachineRestartPolicy::OnFailure);
        // Retries are for failures.
        if policy.is_some() {
            *max_retries = None;
        }
        absent_if(max_retries, |retries| matches!(*retries, 0 | MAX_RETRIES));
    }
    drop_default(restart, &MachineRestart::default());
}

fn canonical_dns(dns: &mut Option<MachineDns>) {
    if let Some(dns) = dns {
        absent_if(&mut dns.skip_registration, |skip| !*skip);
        drop_text(&mut dns.hostname);
        drop_text(&mut dns.hostname_fqdn);
    }
    drop_default(dns, &MachineDns::default());
}

fn canonical_stop(stop: &mut Option<StopConfig>) {
    if let Some(StopConfig { timeout, signal }) = stop {
        drop_default(timeout, &STOP_TIMEOUT);
        drop_text(signal);
        absent_if(signal, |signal| signal == STOP_SIGNAL);
    }
    drop_default(stop, &StopConfig::default());
}

fn canonical_process(process: &mut MachineProcess) {
    drop_text(&mut process.user);
    absent_if(&mut process.ignore_app_secrets, |ignore| !*ignore);
    process.secrets.sort_by(|a, b| a.env_var.cmp(&b.env_var));
    process.env_from.sort_by(|a, b| a.env_var.cmp(&b.env_var));
}

/// Without a list of secrets a container gets all of them, so an empty list stays.
fn canonical_container(container: &mut MachineContainer) {
    drop_text(&mut container.image);
    drop_text(&mut container.user);
    if let Some(secrets) = &mut container.secrets {
        secrets.sort_by(|a, b| a.env_var.cmp(&b.env_var));
    }
    container.env_from.sort_by(|a, b| a.env_var.cmp(&b.env_var));
    canonical_files(&mut container.files);
    canonical_restart(&mut container.restart);
    canonical_stop(&mut container.stop);
    container.depends_on.sort_by(|a, b| a.name.cmp(&b.name));
    container.healthchecks.iter_mut().for_each(canonical_healthcheck);
    container.healthchecks.sort_by(|a, b| a.name.cmp(&b.name));
    container.mounts.sort_by(|a, b| (&a.name, &a.path).cmp(&(&b.name, &b.path)));
}

fn canonical_healthcheck(check: &mut ContainerHealthcheck) {
    let ContainerHealthcheck { interval, grace_period, success_threshold, failure_threshold, timeout, .. } = check;
    for number in [interval, grace_period, success_threshold, failure_threshold, timeout] {
        drop_zero(number);
    }
    drop_text(&mut check.unhealthy);
    if let Some(http) = &mut check.http {
        canonical_method(&mut http.method);
        drop_text(&mut http.scheme);
        absent_if(&mut http.scheme, |scheme| scheme == "http");
        absent_if(&mut http.tls_skip_verify, |skip| !*skip);
        drop_text(&mut http.tls_server_name);
        canonical_headers(&mut http.headers);
    }
}

fn absent_if<T>(slot: &mut Option<T>, is_nothing: impl FnOnce(&T) -> bool) {
    slot.take_if(|value| is_nothing(value));
}

fn drop_default<T: PartialEq>(slot: &mut Option<T>, default: &T) {
    slot.take_if(|value| value == default);
}

fn drop_zero(slot: &mut Option<u32>) {
    slot.take_if(|number| *number == 0);
}

fn drop_text(slot: &mut Option<String>) {
    slot.take_if(|text| text.is_empty());
}

fn drop_never(slot: &mut Option<PersistRootfs>) {
    slot.take_if(|persist| *persist == PersistRootfs::Never || persist.as_str().is_empty());
}

#[cfg(test)]
mod tests {
    use serde_json::{Value as Json, json};

    use super::*;
    use crate::fly::machine::ReadMachineConfig;
    use crate::fly::machine_config;
    use crate::fly::sample::{Dice, Sample, config};
    use crate::local::LocalFiles;
    use crate::map::SortedMap;

    fn canonical(json: &Json) -> Json {
        let (ReadMachineConfig { config, unknown }, _) = MachineConfig::from_json(json).into_result().unwrap();
        assert!(unknown.is_empty(), "{unknown:?}");
        ReadMachineConfig { config: config.canonical(), unknown: SortedMap::new() }.to_json()
    }

    /// What a machine that flyctl has deployed looks like: the defaults that Fly's documentation names
    /// are filled in, keys and lists are in another order, and durations are spelt otherwise.
    #[test]
    fn what_fly_fills_in_makes_no_difference() {
        let toml = r#"
            app = "shop"
            primary_region = "fra"
            [build]
            image = "registry.fly.io/shop@sha256:ab"
            [[mounts]]
            source = "data"
            destination = "/data"
            [[services]]
            protocol = "udp"
            internal_port = 53
            ports = [{ port = 53 }]
            [[services]]
            protocol = "tcp"
            internal_port = 8080
            auto_stop_machines = "stop"
            [[services.ports]]
            port = 443
            handlers = ["tls", "http"]
            [[services.ports]]
            port = 80
            handlers = ["http"]
            [[services.http_checks]]
            interval = "90s"
            path = "/up"
            headers = { B = "2", A = "1" }
        "#;
        let (desired, _) = machine_config(&config(toml), None, &LocalFiles::new()).into_result().unwrap();
        let observed = json!({
            "init": { "tty": false },
            "guest": { "cpu_kind": "shared", "cpus": 1, "memory_mb": 256 },
            "env": { "PRIMARY_REGION": "fra", "FLY_PROCESS_GROUP": "app" },
            "metadata": {
                "fly_process_group": "app", "fly_platform_version": "v2", "fly_release_id": "r9",
                "fly_release_version": "9", "fly_flyctl_version": "0.3.1",
            },
            "mounts": [{ "volume": "vol_1", "name": "data", "path": "/data", "encrypted": true, "size_gb": 1 }],
            "services": [
                {
                    "protocol": "tcp", "internal_port": 8080, "autostop": true, "autostart": true,
                    "min_machines_running": 0, "force_instance_key": null,
                    "concurrency": { "type": "connections", "hard_limit": 0, "soft_limit": 20 },
                    "ports": [
                        { "port": 80, "handlers": ["http"], "force_https": false },
                        { "port": 443, "handlers": ["http", "tls"] },
                    ],
                    "checks": [{
                        "type": "http", "interval": "1m30s", "path": "/up", "method": "get", "protocol": "http",
                        "tls_skip_verify": false,
                        "headers": [{ "name": "B", "values": ["2"] }, { "name": "A", "values": ["1"] }],
                    }],
                },
                { "protocol": "udp", "internal_port": 53, "autostop": "off", "ports": [{ "port": 53 }] },
            ],
            "image": "registry.fly.io/shop@sha256:ab",
            "restart": { "policy": "on-failure", "max_retries": 10 },
            "stop_config": { "timeout": "5s", "signal": "SIGINT" },
            "auto_destroy": false,
            "dns": {},
        });
        let desired = ReadMachineConfig { config: desired.canonical(), unknown: SortedMap::new() }.to_json();
        assert_eq!(canonical(&observed), desired);
    }

    #[test]
    fn what_makes_a_difference_stays() {
        for [one, other] in [
            [json!({ "image": "a@sha256:1" }), json!({ "image": "a@sha256:2" })],
            [json!({ "guest": { "cpus": 2, "memory_mb": 512 } }), json!({ "guest": { "cpus": 2, "memory_mb": 1024 } })],
            [json!({ "size": "shared-cpu-2x" }), json!({})],
            [json!({ "env": { "A": "" } }), json!({})],
            [json!({ "restart": { "policy": "on-failure", "max_retries": 3 } }), json!({})],
            [json!({ "restart": { "policy": "no" } }), json!({ "restart": { "policy": "always" } })],
            [json!({ "services": [{ "autostart": false }] }), json!({ "services": [{}] })],
            [json!({ "services": [{ "autostop": "suspend" }] }), json!({ "services": [{ "autostop": "stop" }] })],
            [json!({ "checks": { "a": { "kind": "readiness" } } }), json!({ "checks": { "a": {} } })],
            [json!({ "mounts": [{ "volume": "vol_1" }] }), json!({ "mounts": [{ "volume": "vol_2" }] })],
            [
                json!({ "mounts": [{ "name": "a", "path": "/a" }] }),
                json!({ "mounts": [{ "name": "a", "path": "/b" }] }),
            ],
            [json!({ "stop_config": { "timeout": "30s" } }), json!({})],
            [json!({ "metadata": { "team": "a" } }), json!({})],
            [json!({ "containers": [{ "name": "a", "secrets": [] }] }), json!({ "containers": [{ "name": "a" }] })],
            [json!({ "schedule": "daily" }), json!({})],
            [json!({ "dns": { "skip_registration": true } }), json!({})],
            [json!({ "init": { "cmd": ["a", "b"] } }), json!({ "init": { "cmd": ["b", "a"] } })],
        ] {
            assert_ne!(canonical(&one), canonical(&other));
        }
    }

    #[test]
    fn the_later_file_of_two_counts() {
        let file = |path: &str, value: &str| json!({ "guest_path": path, "raw_value": value });
        let [a1, a2, b] = [file("/a", "MQ=="), file("/a", "Mg=="), file("/b", "Mw==")];
        assert_eq!(canonical(&json!({ "files": [a1, b, a2] })), canonical(&json!({ "files": [a2, b] })));
    }

    #[test]
    fn the_form_is_final_and_keeps_what_is_unlike_the_default() {
        for seed in 0..300 {
            let once = MachineConfig::sample(&mut Dice::new(seed)).canonical();
            assert_eq!(once.clone().canonical(), once);
            let json = ReadMachineConfig { config: once.clone(), unknown: SortedMap::new() }.to_json();
            let (read, _) = MachineConfig::from_json(&json).into_result().unwrap();
            assert_eq!(read.config, once);
        }
    }
}
