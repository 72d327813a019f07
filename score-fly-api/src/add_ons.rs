//! Add-ons: Redis by Upstash, buckets by Tigris, and others. superfly/flyctl: `gql`.

use std::collections::BTreeMap;
use std::time::Duration;

use score_fly_core::secret::Secret;
use serde::{Deserialize, Serialize};
use serde_json::{Value, json};

use crate::client::Client;
use crate::error::{Error, Kind};
use crate::json::{maybe_secret, or_default, text_or_number};

/// The type of add-on that is a Redis database.
pub const REDIS: &str = "upstash_redis";

/// The type of add-on that is a bucket.
pub const BUCKET: &str = "tigris";

/// The plan of Redis that is paid by use.
pub const REDIS_PAY_AS_YOU_GO: &str = "ekQ85Yjkw155ohQ5ALYq0M";

/// An add-on.
#[derive(Debug, Clone, PartialEq, Eq, Default, Deserialize)]
#[serde(default, rename_all = "camelCase")]
#[non_exhaustive]
pub struct AddOn {
    /// Its id.
    #[serde(deserialize_with = "text_or_number")]
    pub id: String,
    /// Its name, unique among those of its type.
    #[serde(deserialize_with = "or_default")]
    pub name: String,
    /// How far it is: `ready`, `error`, or something on the way. Empty if it was not asked for.
    #[serde(deserialize_with = "or_default")]
    pub status: String,
    /// What went wrong with it.
    #[serde(deserialize_with = "or_default")]
    pub error_message: String,
    /// Its address, with the password in it.
    #[serde(deserialize_with = "maybe_secret")]
    pub public_url: Option<Secret<String>>,
    /// Where it is.
    #[serde(deserialize_with = "or_default")]
    pub primary_region: String,
    /// Environment variables, with keys in them. They are told once, when it is created.
    #[serde(deserialize_with = "environment")]
    pub environment: BTreeMap<String, Secret<String>>,
}

fn environment<'de, D: serde::Deserializer<'de>>(from: D) -> Result<BTreeMap<String, Secret<String>>, D::Error> {
    let variables: BTreeMap<String, Value> = or_default(from)?;
    let text = |value: Value| value.as_str().map_or_else(|| value.to_string(), str::to_owned);
    Ok(variables.into_iter().map(|(name, value)| (name, Secret::new(text(value)))).collect())
}

/// A new add-on.
#[derive(Debug, Clone, PartialEq, Eq, Default, Serialize)]
#[serde(rename_all = "camelCase")]
pub struct NewAddOn {
    /// Its type: [`REDIS`], [`BUCKET`] or another one.
    #[serde(rename = "type")]
    pub kind: String,
    /// The organization, by its id.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub organization_id: Option<String>,
    /// The app that it is for, by its id.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub app_id: Option<String>,
    /// Its name. Whoever may be cut off decides it before, to find it again.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub name: Option<String>,
    /// Its plan.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub plan_id: Option<String>,
    /// Where it is.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub primary_region: Option<String>,
    /// Where copies are.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub read_regions: Vec<String>,
    /// What else its provider wants to know.
    #[serde(skip_serializing_if = "Value::is_null")]
    pub options: Value,
}

impl NewAddOn {
    /// A Redis database, with the options that flyctl gives.
    pub fn redis(name: &str, organization_id: &str, region: &str) -> Self {
        Self {
            kind: REDIS.to_owned(),
            organization_id: Some(organization_id.to_owned()),
            name: Some(name.to_owned()),
            plan_id: Some(REDIS_PAY_AS_YOU_GO.to_owned()),
            primary_region: Some(region.to_owned()),
            options: json!({ "eviction": false, "auto_upgrade": false, "prod_pack": false }),
            ..Self::default()
        }
    }

    /// A bucket, with the options that flyctl gives.
    pub fn bucket(name: &str, organization_id: &str) -> Self {
        Self {
            kind: BUCKET.to_owned(),
            organization_id: Some(organization_id.to_owned()),
            name: Some(name.to_owned()),
            options: json!({ "public": false, "accelerate": false, "website": { "domain_name": "" } }),
            ..Self::default()
        }
    }
}

#[derive(Debug, Deserialize)]
#[serde(rename_all = "camelCase")]
struct Created {
    create_add_on: Inner,
}

#[derive(Debug, Deserialize)]
#[serde(rename_all = "camelCase")]
struct Inner {
    add_on: AddOn,
}

#[derive(Debug, Deserialize)]
struct InOrganization {
    organization: AddOns,
}

#[derive(Debug, Deserialize)]
#[serde(rename_all = "camelCase")]
struct AddOns {
    add_ons: Nodes,
}

#[derive(Debug, Deserialize)]
struct Nodes {
    #[serde(default, deserialize_with = "or_default")]
    nodes: Vec<AddOn>,
}

impl Client {
    /// Creates an add-on. Some are ready at once, others later: see [`Client::wait_for_add_on`].
    ///
    /// # Errors
    ///
    /// [`Kind::NameTaken`] if there is one of that name.
    pub fn create_add_on(&self, new: &NewAddOn) -> Result<AddOn, Error> {
        let mutation = "mutation($input: CreateAddOnInput!) { createAddOn(input: $input) { addOn { id name status \
                        publicUrl environment primaryRegion } } }";
        let input = serde_json::to_value(new).unwrap_or_default();
        let action = format!("create {} add-on {}", new.kind, new.name.as_deref().unwrap_or_default());
        self.mutate::<Created>(mutation, &input, action).map(|created| created.create_add_on.add_on)
    }

    /// Reads an add-on, if there is one. Its environment is not told again.
    ///
    /// # Errors
    ///
    /// If the call fails.
    pub fn add_on(&self, name: &str, kind: &str) -> Result<Option<AddOn>, Error> {
        #[derive(Debug, Deserialize)]
        #[serde(rename_all = "camelCase")]
        struct Found {
            add_on: Option<AddOn>,
        }
        let query = "query($name: String!, $provider: String!) { addOn(name: $name, provider: $provider) { id name \
                     status errorMessage publicUrl primaryRegion } }";
        let variables = json!({ "name": name, "provider": kind });
        match self.query::<Found>(query, &variables, format!("read {kind} add-on {name}")) {
            Ok(found) => Ok(found.add_on),
            Err(error) if error.is_not_found() => Ok(None),
            Err(error) => Err(error),
        }
    }

    /// Waits until an add-on is ready, this long on the client's clock.
    ///
    /// # Errors
    ///
    /// If it is not in time, or it failed.
    pub fn wait_for_add_on(&self, name: &str, kind: &str, within: Duration) -> Result<AddOn, Error> {
        let action = format!("create {kind} add-on {name}");
        let deadline = self.now() + within;
        loop {
            let found = self.add_on(name, kind)?;
            let error = match found {
                Some(add_on) if add_on.status == "ready" => return Ok(add_on),
                Some(add_on) if add_on.status == "error" => {
                    let message = Some(add_on.error_message).filter(|message| !message.is_empty());
                    let message = message.unwrap_or_else(|| "its provider could not make it".to_owned());
                    return Err(Error::new(Kind::Other, message).during(&action, 1));
                }
                Some(add_on) => Error::new(Kind::TimedOut, format!("it is not ready in time, but {}", add_on.status)),
                None => Error::new(Kind::NotFound, "it is not there"),
            };
            if self.now() + POLL > deadline {
                return Err(error.during(&action, 1));
            }
            self.sleep(POLL)?;
        }
    }

    /// The add-ons of an organization that are of a type.
    ///
    /// # Errors
    ///
    /// If the call fails.
    pub fn add_ons(&self, org_slug: &str, kind: &str) -> Result<Vec<AddOn>, Error> {
        let query = "query($slug: String!, $type: AddOnType) { organization(slug: $slug) { addOns(type: $type) { nodes \
                     { id name status publicUrl primaryRegion } } } }";
        let variables = json!({ "slug": org_slug, "type": kind });
        let action = format!("list the {kind} add-ons of organization {org_slug}");
        self.query::<InOrganization>(query, &variables, action).map(|found| found.organization.add_ons.nodes)
    }

    /// Deletes an add-on, with what is in it. That there is none is no failure.
    ///
    /// # Errors
    ///
    /// If the call fails.
    pub fn delete_add_on(&self, name: &str, kind: &str) -> Result<(), Error> {
        let mutation = "mutation($input: DeleteAddOnInput!) { deleteAddOn(input: $input) { deletedAddOnName } }";
        let input = json!({ "name": name, "provider": kind });
        match self.mutate::<Value>(mutation, &input, format!("delete {kind} add-on {name}")) {
            Err(error) if error.is_not_found() => Ok(()),
            other => other.map(|_| ()),
        }
    }
}

/// superfly/flyctl looks that often.
const POLL: Duration = Duration::from_secs(2);
