//! Add-ons and Managed Postgres.

use std::collections::BTreeMap;

use serde_json::{Value, json};

use super::{Event, World};
use crate::moment::Moment;
use crate::refusal::{Refusal, Result, invalid};

/// An add-on, such as a Redis database or a bucket.
#[derive(Debug)]
pub(crate) struct AddOn {
    pub(crate) id: String,
    pub(crate) name: String,
    pub(crate) kind: String,
    pub(crate) org: String,
    pub(crate) app: Option<String>,
    pub(crate) status: String,
    pub(crate) plan: String,
    pub(crate) primary_region: Value,
    pub(crate) read_regions: Value,
    pub(crate) options: Value,
    pub(crate) metadata: Value,
    pub(crate) public_url: Option<String>,
    /// Shown once, when it is created.
    pub(crate) environment: Value,
}

/// A cluster of Managed Postgres.
#[derive(Debug)]
pub(crate) struct Cluster {
    pub(crate) id: String,
    pub(crate) name: String,
    pub(crate) org: String,
    pub(crate) region: String,
    pub(crate) plan: String,
    pub(crate) disk_size_gb: u64,
    pub(crate) major_version: u64,
    pub(crate) postgis: bool,
    pub(crate) status: String,
    pub(crate) created_at: Moment,
    /// Names, roles and passwords.
    pub(crate) users: BTreeMap<String, (String, String)>,
    pub(crate) databases: Vec<String>,
    pub(crate) attachments: BTreeMap<String, Moment>,
}

/// The kinds of add-ons that can be made.
const KINDS: [&str; 2] = ["upstash_redis", "tigris"];

/// The plan of Redis that has no fixed price.
const PAY_AS_YOU_GO: &str = "ekQ85Yjkw155ohQ5ALYq0M";

impl World {
    /// superfly/flyctl: gql, `CreateAddOn`. A bucket is made in the background.
    pub(crate) fn create_add_on(&mut self, kind: &str, org: &str, input: &Value) -> Result<String> {
        if !KINDS.contains(&kind) {
            return Err(invalid(format!("Add-on type {kind} is not served here")));
        }
        let text = |key: &str| input.get(key).and_then(Value::as_str).filter(|text| !text.is_empty());
        let number = self.next();
        let name = text("name").map_or_else(|| format!("{kind}-{number}").replace('_', "-"), str::to_owned);
        if self.add_ons.contains_key(&name) {
            return Err(Refusal::new(422, "Validation failed: Name has already been taken"));
        }
        let secret = self.hex(16);
        let (public_url, environment, status) = if kind == "tigris" {
            let environment = json!({
                "AWS_ACCESS_KEY_ID": format!("tid_{}", self.hex(16)),
                "AWS_SECRET_ACCESS_KEY": format!("tsec_{secret}"),
                "AWS_ENDPOINT_URL_S3": "https://fly.storage.tigris.dev",
                "AWS_REGION": "auto",
                "BUCKET_NAME": name,
            });
            self.schedule(self.timings.add_on, Event::AddOnReady(name.clone()));
            (None, environment, "pending")
        } else {
            (Some(format!("redis://default:{secret}@fly-{name}.upstash.io:6379")), Value::Null, "ready")
        };
        let add_on = AddOn {
            id: self.hex(12),
            name: name.clone(),
            kind: kind.to_owned(),
            org: org.to_owned(),
            app: text("appId").map(str::to_owned),
            status: status.to_owned(),
            plan: text("planId").unwrap_or(PAY_AS_YOU_GO).to_owned(),
            primary_region: input.get("primaryRegion").cloned().unwrap_or_default(),
            read_regions: input.get("readRegions").cloned().unwrap_or_else(|| json!([])),
            options: input.get("options").cloned().unwrap_or_else(|| json!({})),
            metadata: Value::Null,
            public_url,
            environment,
        };
        self.add_ons.insert(name.clone(), add_on);
        Ok(name)
    }
}

impl Cluster {
    /// fly-go: `flaps/flaps_managed_postgres.go`, `ManagedPostgresCluster`.
    pub(crate) fn json(&self) -> Value {
        let endpoint = |kind: &str| json!({ "host": format!("{kind}.{}.flympg.net", self.id), "port": 5432 });
        json!({
            "id": self.id,
            "name": self.name,
            "status": self.status,
            "region": self.region,
            "plan": self.plan,
            "disk_size_gb": self.disk_size_gb,
            "pg_major_version": self.major_version.to_string(),
            "postgis_enabled": self.postgis,
            "replicas": 1,
            "endpoints": { "primary": { "direct": endpoint("direct"), "pooler": endpoint("pgbouncer") } },
            "organization": { "name": self.org, "slug": self.org },
            "created_at": self.created_at.to_string(),
            "attached_apps": self.attachments.keys().map(|name| json!({ "name": name })).collect::<Vec<_>>(),
        })
    }
}
