//! A Postgres server in an app of its own, as `fly postgres create` makes it. superfly/flyctl: `flypg`.

use std::collections::BTreeMap;
use std::time::Duration;

use score_fly_api::addresses::{AddressKind, NewAddress};
use score_fly_api::machines::{CheckStatus, ConfigJson, Exec, Launch, Machine, MachineFilter, MachineState, Marker};
use score_fly_api::postgres_apps::{IMAGE_REPOSITORY, NewSshCertificate, ROLE};
use score_fly_api::volumes::NewVolume;
use score_fly_api::{Error as ApiError, Kind, NewApp};
use score_fly_core::deploy::label;
use score_fly_core::secret::Secret;
use serde_json::json;

use super::{Work, outputs, refused};
use crate::provisioner::error::Error;
use crate::provisioner::request::Answer;

/// Its volume, and how large that is unless something else is said: score-flyio's size.
const VOLUME: &str = "pg_data";
const VOLUME_GB: u64 = 10;

/// How long it may take to start, and to be the one that takes writes. flyctl's time.
const STARTS: Duration = Duration::from_secs(300);

/// How long a command may take.
const COMMAND: Duration = Duration::from_secs(60);

/// How long a certificate lasts: flyctl's hundred years.
const HOURS: u64 = 876_000;

/// How often to look.
const PAUSE: Duration = Duration::from_secs(1);

/// A server that takes writes.
pub(super) struct Primary {
    app: String,
    machine: String,
}

impl Work<'_> {
    /// A server for one resource alone.
    pub(super) fn make_instance(&self) -> Result<Answer, Error> {
        let app = self.name();
        let primary = self.cluster(&app)?;
        let password = self.password(&primary)?;
        let name = "postgres";
        Ok(outputs(
            [
                ("host", json!(host(&app))),
                ("port", json!("5432")),
                ("username", json!("postgres")),
                ("name", json!(name)),
                ("database", json!(name)),
            ],
            [("password", password.expose().clone())],
        ))
    }

    /// The server in this app, which is made as far as it is not there.
    pub(super) fn cluster(&self, app: &str) -> Result<Primary, Error> {
        let organization = self.cluster_app(app)?;
        let calls = self.client.app(app);
        self.ensure(
            || {
                let there = calls.addresses()?;
                Ok(there.into_iter().find(|address| address.kind() == AddressKind::PrivateV6))
            },
            || {
                let new = NewAddress { org_slug: organization.clone(), ..NewAddress::from(AddressKind::PrivateV6) };
                calls.allocate_address(&new)
            },
        )?;
        let are_set = || {
            let secrets = calls.secrets(None)?;
            Ok(secrets.iter().any(|secret| secret.name == "OPERATOR_PASSWORD").then_some(()))
        };
        if are_set().map_err(|error| refused(&error))?.is_none() {
            let values = self.cluster_secrets(app, &organization)?;
            self.ensure(are_set, || calls.set_secrets(&values).map(|_| ()))?;
        }
        let machines = self.machines(app)?;
        if machines.is_empty() {
            self.say(&format!("creating the machine of {app}"));
            self.cluster_machine(app)?;
        }
        self.primary(app)
    }

    /// The app, whose organization is the answer.
    fn cluster_app(&self, app: &str) -> Result<String, Error> {
        let calls = self.client.app(app);
        let look = || match calls.get() {
            Ok(app) => Ok(Some(app)),
            Err(error) if error.is_not_found() => Ok(None),
            Err(error) => Err(error),
        };
        if let Some(there) = look().map_err(|error| refused(&error))? {
            return Ok(there.organization.slug);
        }
        let organization = self.organization()?;
        self.say(&format!("creating Postgres app {app} in organization {organization}"));
        let new = NewApp {
            name: app.to_owned(),
            org_slug: organization.clone(),
            network: String::new(),
            app_role_id: Some(ROLE.to_owned()),
        };
        self.ensure(look, || self.client.create_app(&new))?;
        self.client.wait_for_app(app, Duration::from_secs(60)).map_err(|error| refused(&error))?;
        Ok(organization)
    }

    /// Its secrets. They are set all at once, so either all are there or none; whoever needs one asks the machine.
    fn cluster_secrets(&self, app: &str, slug: &str) -> Result<BTreeMap<String, Option<Secret<String>>>, Error> {
        let consul = self.client.enable_postgres_consul(app).map_err(|error| refused(&error))?;
        let organization = self.client.organization(slug).map_err(|error| refused(&error))?;
        let wanted = NewSshCertificate {
            organization_id: organization.id,
            principals: vec!["root".to_owned(), "fly".to_owned()],
            app_names: vec![app.to_owned()],
            valid_hours: HOURS,
            public_key: String::new(),
        };
        let issued = self.client.issue_ssh_certificate(&wanted).map_err(|error| refused(&error))?;
        let mut values = BTreeMap::new();
        let mut set = |name: &str, value: Secret<String>| values.insert(name.to_owned(), Some(value));
        for name in ["SU_PASSWORD", "REPL_PASSWORD", "OPERATOR_PASSWORD"] {
            set(name, random()?);
        }
        set("FLY_CONSUL_URL", consul);
        set("SSH_CERT", Secret::new(issued.certificate));
        if let Some(key) = issued.key {
            set("SSH_KEY", key);
        }
        Ok(values)
    }

    fn machines(&self, app: &str) -> Result<Vec<Machine>, Error> {
        let all = self.client.app(app).machines(&MachineFilter::default()).map_err(|error| refused(&error))?;
        Ok(all.into_iter().filter(|machine| !machine.state.is_gone()).collect())
    }

    fn cluster_machine(&self, app: &str) -> Result<(), Error> {
        let calls = self.client.app(app);
        let image = self.client.latest_image_tag(IMAGE_REPOSITORY).map_err(|error| refused(&error))?;
        let guest = json!({ "cpu_kind": "shared", "cpus": 1, "memory_mb": 256 });
        let (region, size) = (self.region()?, self.gigabytes("volume_size")?.unwrap_or(VOLUME_GB));
        let volume = self.ensure(
            || Ok(calls.volumes()?.into_iter().find(|volume| volume.name == VOLUME && !volume.is_gone())),
            || {
                calls.create_volume(&NewVolume {
                    name: VOLUME.to_owned(),
                    region: region.clone(),
                    size_gb: Some(size),
                    encrypted: Some(true),
                    require_unique_zone: Some(true),
                    compute: Some(guest.clone()),
                    compute_image: Some(image.clone()),
                    ..NewVolume::default()
                })
            },
        )?;
        let config = config(&image, &volume.id, &volume.region, &guest);
        let launch = Launch {
            config: ConfigJson::from_json(config).unwrap_or_default(),
            region: volume.region.clone(),
            ..Launch::default()
        };
        let marker = Marker { key: label::DEPLOY, value: &self.request.guid };
        // A volume is held for some seconds by a machine that was to have it and is gone.
        let passes = |error: &ApiError| matches!(error.kind(), Kind::VolumeInUse { .. });
        let made =
            self.client.patiently(Duration::from_secs(30), passes, || calls.create_machine_once(&launch, marker));
        made.map(|_| ()).map_err(|error| refused(&error))
    }

    /// The machine that takes writes, once there is one.
    fn primary(&self, app: &str) -> Result<Primary, Error> {
        let deadline = self.client.now() + STARTS;
        loop {
            let machines = self.machines(app)?;
            if let Some(machine) = machines.iter().find(|machine| is_primary(machine)) {
                return Ok(Primary { app: app.to_owned(), machine: machine.id.clone() });
            }
            let gave_up = |machine: &Machine| {
                matches!(machine.state, MachineState::Stopped | MachineState::Failed | MachineState::LaunchFailed)
            };
            let is_over = !machines.is_empty() && machines.iter().all(gave_up);
            if self.client.now() >= deadline || is_over {
                let states: Vec<String> =
                    machines.iter().map(|machine| format!("machine {} is {}", machine.id, machine.state)).collect();
                let states = if states.is_empty() { "it has no machine".to_owned() } else { states.join(", ") };
                return Err(Error::Impossible(format!(
                    "no Postgres server of app {app} takes writes: {states}; see `score-fly logs --app {app}`"
                )));
            }
            self.client.sleep(PAUSE).map_err(|error| refused(&error))?;
        }
    }

    /// The password of the user `postgres`. Only the server's own machine can tell it.
    pub(super) fn password(&self, primary: &Primary) -> Result<Secret<String>, Error> {
        let printed = self.run(primary, &["printenv", "OPERATOR_PASSWORD"], None)?;
        let password = printed.map(|text| text.trim().to_owned());
        if password.expose().is_empty() {
            return Err(Error::Impossible(format!("app {} does not tell its OPERATOR_PASSWORD", primary.app)));
        }
        Ok(password)
    }

    /// Runs SQL as the user `postgres`. Neither it nor a password stands on a command line.
    pub(super) fn sql(&self, primary: &Primary, sql: Secret<String>) -> Result<Secret<String>, Error> {
        const SHELL: &str = "PGPASSWORD=\"$OPERATOR_PASSWORD\" exec psql --host localhost --port 5432 --username postgres \
                             --dbname postgres --no-psqlrc --quiet --no-align --tuples-only --set ON_ERROR_STOP=1";
        self.run(primary, &["/bin/bash", "-c", SHELL], Some(sql))
    }

    fn run(&self, primary: &Primary, command: &[&str], stdin: Option<Secret<String>>) -> Result<Secret<String>, Error> {
        let words = command.iter().map(|word| Secret::new((*word).to_owned())).collect();
        let exec = Exec { command: words, stdin, timeout: COMMAND, container: None };
        let calls = self.client.app(&primary.app);
        let ended = calls.machine(&primary.machine).exec(&exec).map_err(|error| refused(&error))?;
        if ended.exit_code == 0 {
            return Ok(Secret::new(ended.stdout));
        }
        // What Postgres says of a statement may quote it, and there may be a password in it.
        Err(Error::Impossible(format!(
            "a command on the Postgres server of app {} ended with exit code {}",
            primary.app, ended.exit_code
        )))
    }
}

/// Where other apps of the organization reach the server.
pub(super) fn host(app: &str) -> String {
    format!("{app}.flycast")
}

/// Whether a machine takes writes, and works. superfly/flyctl: `internal/command/postgres`, `machineRole`.
fn is_primary(machine: &Machine) -> bool {
    let checks = || machine.real_checks();
    let role = checks().any(|check| check.name == "role" && matches!(check.output.trim(), "primary" | "leader"));
    let works = |check: &score_fly_api::machines::CheckResult| check.status == CheckStatus::Passing;
    machine.state == MachineState::Started && role && checks().filter(|check| check.name != "vm").all(works)
}

/// What its machine is made from. superfly/flyctl: `flypg/launcher.go`.
fn config(image: &str, volume: &str, region: &str, guest: &serde_json::Value) -> serde_json::Value {
    let service = |port: u16| {
        json!({
            "protocol": "tcp", "internal_port": port, "autostart": true,
            "ports": [{ "port": port, "handlers": ["pg_tls"], "force_https": false }],
            "concurrency": { "type": "connections", "soft_limit": 1000, "hard_limit": 1000 },
        })
    };
    let check = |what: &str| {
        json!({
            "type": "http", "port": 5500, "path": format!("/flycheck/{what}"), "interval": "15s", "timeout": "10s",
        })
    };
    json!({
        "image": image,
        "env": { "PRIMARY_REGION": region },
        "guest": guest,
        "mounts": [{ "volume": volume, "path": "/data", "name": VOLUME }],
        "services": [service(5432), service(5433)],
        "checks": { "pg": check("pg"), "role": check("role"), "vm": check("vm") },
        "metrics": { "port": 9187, "path": "/metrics" },
        "restart": { "policy": "always" },
        "metadata": { "fly-managed-postgres": "true", "managed-by-fly-deploy": "true" },
    })
}

/// A password that nobody can guess: 160 bits.
fn random() -> Result<Secret<String>, Error> {
    let mut bytes = [0; 20];
    let filled = getrandom::fill(&mut bytes);
    filled.map_err(|error| Error::Impossible(format!("the system has no random numbers: {error}")))?;
    Ok(Secret::new(super::sql::hex(&bytes)))
}
