//! Apps and what belongs to them.

use std::collections::{BTreeMap, VecDeque};

use serde_json::{Value, json};

use super::{Machine, Phase, Postgres, Volume, World, hash};
use crate::moment::Moment;
use crate::refusal::{Refusal, Result, invalid, not_found};

/// An app.
#[derive(Debug)]
pub(crate) struct App {
    pub(crate) id: String,
    pub(crate) number: u64,
    pub(crate) name: String,
    pub(crate) org: String,
    pub(crate) network: String,
    pub(crate) role: Option<String>,
    pub(crate) created_at: Moment,
    /// Whether it ever had a machine.
    pub(crate) deployed: bool,
    pub(crate) machines: BTreeMap<String, Machine>,
    pub(crate) volumes: BTreeMap<String, Volume>,
    pub(crate) secrets: Secrets,
    pub(crate) addresses: Vec<Address>,
    pub(crate) releases: Vec<Release>,
    pub(crate) certificates: BTreeMap<String, Certificate>,
    pub(crate) logs: VecDeque<LogLine>,
    pub(crate) log_number: u64,
    /// What its Postgres server has, if it is one.
    pub(crate) postgres: Postgres,
}

/// The secrets of an app. Each change makes a new version of the whole set.
#[derive(Debug, Default)]
pub(crate) struct Secrets {
    pub(crate) version: u64,
    pub(crate) entries: BTreeMap<String, SecretEntry>,
}

#[derive(Debug)]
pub(crate) struct SecretEntry {
    pub(crate) value: String,
    pub(crate) created_at: Moment,
    pub(crate) updated_at: Moment,
}

/// An IP address.
#[derive(Debug, Clone)]
pub(crate) struct Address {
    pub(crate) ip: String,
    pub(crate) kind: String,
    pub(crate) region: String,
    pub(crate) service: String,
    /// For private addresses: the name of the network, and the organization.
    pub(crate) network: Value,
    pub(crate) created_at: Moment,
}

/// A release.
#[derive(Debug)]
pub(crate) struct Release {
    pub(crate) id: String,
    pub(crate) version: u64,
    pub(crate) status: String,
    pub(crate) strategy: String,
    pub(crate) user: String,
    pub(crate) image: String,
    pub(crate) definition: Value,
    pub(crate) metadata: Value,
    pub(crate) created_at: Moment,
}

/// A certificate.
#[derive(Debug)]
pub(crate) struct Certificate {
    pub(crate) acme: bool,
    pub(crate) created_at: Moment,
}

/// A line of an app's logs.
#[derive(Debug)]
pub(crate) struct LogLine {
    pub(crate) number: u64,
    pub(crate) at: Moment,
    pub(crate) machine: String,
    pub(crate) region: String,
    pub(crate) message: String,
}

/// How many lines of an app's logs are kept.
const LOG_LIMIT: usize = 1000;

impl App {
    /// fly-go: `flaps/flaps_apps.go`, `App.Deployed`.
    pub(crate) fn status(&self) -> &'static str {
        if self.deployed { "deployed" } else { "pending" }
    }

    /// Machines that are not gone.
    pub(crate) fn alive(&self) -> impl Iterator<Item = &Machine> {
        self.machines.values().filter(|machine| machine.phase != Phase::Destroyed)
    }

    pub(crate) fn hostname(&self) -> String {
        format!("{}.fly.dev", self.name)
    }

    pub(crate) fn cname_target(&self) -> String {
        format!("{}.{}", self.id, self.hostname())
    }

    pub(crate) fn log(&mut self, at: Moment, machine: &str, region: &str, message: &str) {
        self.log_number += 1;
        if self.logs.len() == LOG_LIMIT {
            self.logs.pop_front();
        }
        let (machine, region, message) = (machine.to_owned(), region.to_owned(), message.to_owned());
        self.logs.push_back(LogLine { number: self.log_number, at, machine, region, message });
    }
}

impl Secrets {
    /// fly-go: `AppSecret`.
    pub(crate) fn entry(name: &str, entry: &SecretEntry) -> Value {
        json!({
            "name": name,
            "digest": format!("{:016x}", hash(entry.value.as_bytes())),
            "created_at": entry.created_at.to_string(),
            "updated_at": entry.updated_at.to_string(),
        })
    }

    pub(crate) fn list(&self) -> Vec<Value> {
        self.entries.iter().map(|(name, entry)| Self::entry(name, entry)).collect()
    }

    /// Sets the secrets that have a value, and removes the others: all in one version.
    pub(crate) fn change(&mut self, values: impl IntoIterator<Item = (String, Option<String>)>, now: Moment) {
        for (name, value) in values {
            match (value, self.entries.get_mut(&name)) {
                (None, _) => drop(self.entries.remove(&name)),
                (Some(value), Some(entry)) => (entry.value, entry.updated_at) = (value, now),
                (Some(value), None) => {
                    self.entries.insert(name, SecretEntry { value, created_at: now, updated_at: now });
                }
            }
        }
        self.version += 1;
    }
}

impl World {
    /// Makes an app.
    pub(crate) fn create_app(&mut self, name: &str, org: &str, network: &str, role: Option<&str>) -> Result<&mut App> {
        let ok = |c: char| c.is_ascii_lowercase() || c.is_ascii_digit() || c == '-';
        if name.is_empty() || name.len() >= 63 || !name.chars().all(ok) {
            let message = "Validation failed: Name under 63 chars using numbers, lowercase letters and dashes";
            return Err(Refusal::new(422, message));
        }
        if !self.orgs.contains_key(org) {
            return Err(not_found("organization not found"));
        }
        if self.apps.contains_key(name) || self.foreign.contains(name) {
            return Err(Refusal::new(422, "Validation failed: Name has already been taken").code("name_taken"));
        }
        let apps = self.apps.values().filter(|app| app.org == org).count();
        if self.conditions.app_limit.is_some_and(|limit| apps >= limit) {
            let message =
                "You have reached the maximum number of apps of your organization. Please contact billing@fly.io";
            return Err(Refusal::new(422, message));
        }
        let number = self.next();
        let app = App {
            id: self.hex(14),
            number,
            name: name.to_owned(),
            org: org.to_owned(),
            network: if network.is_empty() { "default" } else { network }.to_owned(),
            role: role.filter(|role| !role.is_empty()).map(str::to_owned),
            created_at: self.now,
            deployed: false,
            machines: BTreeMap::new(),
            volumes: BTreeMap::new(),
            secrets: Secrets::default(),
            addresses: Vec::new(),
            releases: Vec::new(),
            certificates: BTreeMap::new(),
            logs: VecDeque::new(),
            log_number: 0,
            postgres: Postgres::default(),
        };
        Ok(self.apps.entry(name.to_owned()).or_insert(app))
    }

    /// An app that may be seen.
    ///
    /// fly-go: `flaps/flaps_apps.go`, `AppNameAvailable`: "unauthorized" for what is somebody else's, and
    /// "app not found".
    pub(crate) fn app(&self, name: &str) -> Result<&App> {
        if self.foreign.contains(name) {
            return Err(Refusal::new(403, "unauthorized"));
        }
        let app = self.apps.get(name).filter(|app| !self.is_fresh(app.created_at, self.conditions.app_not_found));
        app.ok_or_else(|| not_found("app not found"))
    }

    pub(crate) fn app_mut(&mut self, name: &str) -> Result<&mut App> {
        self.app(name)?;
        self.apps.get_mut(name).ok_or_else(|| not_found("app not found"))
    }

    /// Gives an app an address.
    pub(crate) fn allocate(&mut self, app: &str, kind: &str, region: &str, service: &str) -> Result<Address> {
        let number = self.next();
        let low = number % 250 + 1;
        let (ip, place) = match kind {
            "v4" => (format!("137.66.{}.{low}", number / 250 % 250), "global"),
            // Everybody has the same one.
            "shared_v4" => ("66.241.1.2".to_owned(), "global"),
            "v6" => (format!("2a09:8280:1::{number:x}"), "global"),
            "private_v6" => (format!("fdaa:0:1:0:1::{number:x}"), "global"),
            "egress_v4" => (format!("209.71.{}.{low}", number / 250 % 250), region),
            "egress_v6" => (format!("2605:4c40::{number:x}"), region),
            other => return Err(invalid(format!("invalid_argument: unknown address type {other}"))),
        };
        let created_at = self.now;
        let app = self.app_mut(app)?;
        let there = app.addresses.iter().find(|address| kind == "shared_v4" && address.kind == kind);
        if let Some(there) = there {
            return Ok(there.clone());
        }
        let private = kind == "private_v6";
        let network = if private { json!({ "name": "", "org_slug": app.org }) } else { Value::Null };
        let address = Address {
            ip,
            kind: kind.to_owned(),
            region: place.to_owned(),
            service: service.to_owned(),
            network,
            created_at,
        };
        app.addresses.push(address.clone());
        Ok(address)
    }
}
