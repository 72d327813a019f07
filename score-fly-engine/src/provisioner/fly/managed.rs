//! Managed Postgres.

use std::time::Duration;

use score_fly_api::Error as ApiError;
use score_fly_api::postgres::{Cluster, ClusterStatus, NewCluster, Role};
use serde_json::{Value, json};

use super::{Work, outputs, refused};
use crate::provisioner::error::Error;
use crate::provisioner::request::Answer;

/// The plan that costs least.
const PLAN: &str = "basic";

/// How long a cluster may take.
const READY: Duration = Duration::from_secs(20 * 60);

impl Work<'_> {
    pub(super) fn make_managed(&self) -> Result<Answer, Error> {
        let (name, organization) = (self.name(), self.managed_organization()?);
        let (region, plan) = (self.region()?, self.text("plan")?.unwrap_or(PLAN));
        let disk_size_gb = self.gigabytes("disk_size")?;
        let version = self.request.params.expose().get("version").map(|version| match version {
            Value::String(text) => text.clone(),
            other => other.to_string(),
        });
        let new = NewCluster {
            org_slug: organization.clone(),
            region,
            plan: plan.to_owned(),
            name: Some(name.clone()),
            disk_size_gb,
            pg_major_version: version,
            postgis_enabled: self.flag("postgis")?,
        };
        let cluster = self.ensure(
            || self.find_managed(&organization, &name),
            || {
                self.say(&format!("creating Managed Postgres {name}, plan {plan}: this takes minutes"));
                self.client.create_postgres_cluster(&new)
            },
        )?;
        let calls = self.client.postgres(&cluster.id);
        let ready = calls.wait_until_ready(READY).map_err(|error| refused(&error))?;
        let users = calls.users().map_err(|error| refused(&error))?;
        let user = users.iter().find(|user| user.role == Role::SchemaAdmin).or(users.first());
        let user = user.ok_or_else(|| Error::Impossible(format!("Managed Postgres {name} has no user")))?;
        let databases = calls.databases().map_err(|error| refused(&error))?;
        let database = databases.into_iter().next();
        let database = database.ok_or_else(|| Error::Impossible(format!("Managed Postgres {name} has no database")))?;
        let credentials = calls.credentials(&user.username).map_err(|error| refused(&error))?;
        let primary = &ready.endpoints.primary;
        let at = if primary.pooler.host.is_empty() { &primary.direct } else { &primary.pooler };
        let mut answer = outputs(
            [
                ("host", json!(at.host)),
                ("port", json!(at.port.to_string())),
                ("direct_host", json!(primary.direct.host)),
                ("username", json!(credentials.username)),
                ("name", json!(database)),
                ("database", json!(database)),
            ],
            [("password", credentials.password.expose().clone())],
        );
        let state = [("id", ready.id), ("organization", organization)];
        answer.state = Some(state.into_iter().map(|(key, value)| (key.to_owned(), Value::String(value))).collect());
        Ok(answer)
    }

    pub(super) fn drop_managed(&self) -> Result<Answer, Error> {
        let known = self.request.state.get("id").and_then(Value::as_str).map(str::to_owned);
        let id = match known {
            Some(id) => Some(id),
            None => {
                let found = self.find_managed(&self.managed_organization()?, &self.name());
                found.map_err(|error| refused(&error))?.map(|cluster| cluster.id)
            }
        };
        let Some(id) = id else { return Ok(Answer::default()) };
        match self.client.postgres(&id).delete() {
            Err(error) if !error.is_not_found() => Err(refused(&error)),
            _ => Ok(Answer::default()),
        }
    }

    /// The organization that it is in; clusters of others are not seen.
    fn managed_organization(&self) -> Result<String, Error> {
        match self.request.state.get("organization").and_then(Value::as_str) {
            Some(organization) => Ok(organization.to_owned()),
            None => self.organization(),
        }
    }

    /// The cluster of that name. Names need not be unique there, but nobody else has this one.
    fn find_managed(&self, organization: &str, name: &str) -> Result<Option<Cluster>, ApiError> {
        let all = self.client.postgres_clusters(organization)?;
        let goes = |cluster: &Cluster| matches!(cluster.status, ClusterStatus::Deleting | ClusterStatus::Deleted);
        Ok(all.into_iter().find(|cluster| cluster.name == name && !goes(cluster)))
    }
}
