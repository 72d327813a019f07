//! How things look in answers.

use serde_json::{Map, Value, json};

use super::condition::Checks;
use super::machine::{Machine, Phase};
use super::{Address, App, Certificate, Release, Volume, World};

/// What is left of a config whose host does not answer.
const KNOWN_WITHOUT_HOST: [&str; 4] = ["image", "guest", "metadata", "mounts"];

impl World {
    /// fly-go: `flaps/flaps_apps.go`, `App`.
    pub(crate) fn app_json(&self, app: &App) -> Value {
        let org = self.orgs.get(&app.org);
        json!({
            "id": app.id,
            "name": app.name,
            "internal_numeric_id": app.number,
            "status": app.status(),
            "network": app.network,
            "network_cidr": "fdaa:0:1::/48",
            "machine_count": app.alive().count(),
            "volume_count": app.volumes.len(),
            "organization": {
                "name": org.map(|org| &org.name),
                "slug": app.org,
                "internal_numeric_id": org.map(|org| org.number),
            },
            "cname_target": app.cname_target(),
            "app_role": app.role.as_deref().unwrap_or_default(),
        })
    }

    /// fly-go: `machine_types.go`, `Machine`.
    pub(crate) fn machine_json(&self, app: &App, machine: &Machine) -> Value {
        let reachable = !self.conditions.unreachable.contains(&machine.id);
        let mut json = json!({
            "id": machine.id,
            "name": machine.name,
            "state": machine.phase.name(),
            "region": machine.region,
            "instance_id": machine.version.id,
            "version": machine.version.id,
            "private_ip": machine.private_ip,
            "created_at": machine.created_at.to_string(),
            "updated_at": machine.updated_at.to_string(),
            "image_ref": machine.version.image.json(),
            "events": machine.events.iter().rev().take(20).map(super::machine::Happened::json).collect::<Vec<_>>(),
            "checks": self.checks(app, machine),
            "host_status": if reachable { "ok" } else { "unreachable" },
            "cordoned": machine.cordoned,
        });
        let Some(object) = json.as_object_mut() else { return json };
        if reachable {
            object.insert("config".to_owned(), machine.config().clone());
        } else {
            let known = machine.config().as_object().into_iter().flatten();
            let known = known.filter(|(key, _)| KNOWN_WITHOUT_HOST.contains(&key.as_str()));
            let known: Map<_, _> = known.map(|(key, value)| (key.clone(), value.clone())).collect();
            object.insert("incomplete_config".to_owned(), known.into());
        }
        let names = machine.config().get("containers").and_then(Value::as_array);
        if let Some(containers) = names {
            let state = |container: &Value| json!({ "name": container.get("name"), "state": machine.phase.name() });
            object.insert("containers".to_owned(), containers.iter().map(state).collect());
        }
        json
    }

    /// The results of a machine's checks: those of services first, then the others. There are none until
    /// they have run.
    fn checks(&self, app: &App, machine: &Machine) -> Vec<Value> {
        let Some(started) = machine.started_at.filter(|_| machine.phase == Phase::Started) else { return Vec::new() };
        let running = self.now.since(started);
        let config = machine.config();
        if running < self.timings.first_check {
            return Vec::new();
        }
        let services = config.get("services").and_then(Value::as_array).into_iter().flatten();
        let of_services = services.flat_map(|service| {
            let checks = service.get("checks").and_then(Value::as_array).into_iter().flatten();
            checks.map(move |check| {
                let port = check.get("port").or_else(|| service.get("internal_port")).cloned().unwrap_or_default();
                (check.get("type").and_then(Value::as_str).unwrap_or("tcp").to_owned(), port)
            })
        });
        let of_services = of_services.enumerate().map(|(n, (kind, port))| format!("servicecheck-{n:02}-{kind}-{port}"));
        let others =
            config.get("checks").and_then(Value::as_object).into_iter().flatten().map(|(name, _)| name.clone());
        let (status, output) = match self.behaviour(&app.name, config).checks {
            Checks::Pass => ("passing", "200 OK"),
            Checks::After(time) if running >= time => ("passing", "200 OK"),
            Checks::Warn => ("warning", "gone"),
            Checks::Never | Checks::After(_) => ("critical", "connect: connection refused"),
        };
        let at = (started + self.timings.first_check).to_string();
        // fly-apps/postgres-flex: `internal/flycheck/role.go` answers with the role.
        let is_server = app.role.as_deref() == Some("postgres_cluster");
        let role = if app.primary().is_some_and(|primary| primary.id == machine.id) { "primary" } else { "replica" };
        let output = |name: &str| if is_server && name == "role" && status == "passing" { role } else { output };
        let result =
            |name: String| json!({ "status": status, "output": output(&name), "name": name, "updated_at": at });
        of_services.chain(others).map(result).collect()
    }

    /// fly-go: `Volume`.
    pub(crate) fn volume_json(&self, volume: &Volume) -> Value {
        let bytes = volume.size_gb << 30;
        let unreachable = volume.attached_to.as_ref().is_some_and(|id| self.conditions.unreachable.contains(id));
        json!({
            "id": volume.id,
            "name": volume.name,
            "state": volume.state,
            "size_gb": volume.size_gb,
            "region": volume.region,
            "zone": volume.zone,
            "encrypted": volume.encrypted,
            "attached_machine_id": volume.attached_to,
            "attached_alloc_id": null,
            "created_at": volume.created_at.to_string(),
            "fstype": volume.fstype,
            "snapshot_retention": volume.snapshot_retention,
            "auto_backup_enabled": volume.auto_backup,
            "host_status": if unreachable { "unreachable" } else { "ok" },
            "host_dedication_key": "",
            "bytes_used": bytes / 100,
            "bytes_total": bytes,
            "block_size": 4096,
            "blocks": bytes / 4096,
            "blocks_free": bytes / 4096,
            "blocks_avail": bytes / 4096,
        })
    }
}

impl Address {
    /// fly-go: `flaps/flaps_ip_assignments.go`, `IPAssignment`.
    pub(crate) fn json(&self) -> Value {
        json!({
            "ip": self.ip,
            "region": self.region,
            "service_name": self.service,
            "shared": self.kind == "shared_v4",
            "egress": self.kind.starts_with("egress"),
            "network": self.network,
            "created_at": self.created_at.to_string(),
        })
    }
}

impl Release {
    /// superfly/flyctl: `internal/uiex/releases.go`, `Release`.
    pub(crate) fn json(&self) -> Value {
        json!({
            "id": self.id,
            "version": self.version,
            "stable": self.status == "complete",
            "in_progress": self.status == "running",
            "status": self.status,
            "strategy": self.strategy,
            "user": self.user,
            "created_at": self.created_at.to_string(),
            "image_ref": self.image,
        })
    }
}

impl Certificate {
    /// fly-go: `flaps/flaps_certificates.go`.
    pub(crate) fn json(&self, hostname: &str, app: &App) -> Value {
        let of_family = |six: bool| {
            let ips = app.addresses.iter().filter(move |address| address.ip.contains(':') == six);
            ips.map(|address| address.ip.clone()).collect::<Vec<_>>()
        };
        let issued = json!({
            "source": if self.acme { "fly" } else { "custom" },
            "status": "active",
            "created_at": self.created_at.to_string(),
            "issued": [],
        });
        json!({
            "hostname": hostname,
            "configured": !self.acme,
            "acme_requested": self.acme,
            "status": if self.acme { "pending_validation" } else { "active" },
            "certificates": if self.acme { vec![] } else { vec![issued] },
            "validation": {
                "dns_configured": false, "alpn_configured": false, "http_configured": false,
                "ownership_txt_configured": false,
            },
            "dns_requirements": {
                "a": of_family(false),
                "aaaa": of_family(true),
                "cname": app.cname_target(),
                "acme_challenge": {
                    "name": format!("_acme-challenge.{hostname}"),
                    "target": format!("{hostname}.{}.flydns.net", app.id),
                },
                "ownership": {
                    "name": format!("_fly-ownership.{hostname}"),
                    "app_value": format!("app-{}", app.id), "org_value": format!("org-{}", app.org),
                },
            },
        })
    }
}
