//! Regions, and where there is room. fly-go: `flaps/flaps_platform.go`.

use serde::{Deserialize, Serialize};
use serde_json::Value;

use crate::call::{Body, Call, Method, Repeat, encode};
use crate::client::Client;
use crate::error::Error;
use crate::json::or_default;
use crate::machines::Machine;
use crate::volumes::Volume;

/// The regions.
#[derive(Debug, Clone, PartialEq, Default, Deserialize)]
#[serde(default)]
#[non_exhaustive]
pub struct Regions {
    /// The one that is nearest to whoever asks.
    #[serde(alias = "Nearest", deserialize_with = "or_default")]
    pub nearest: String,
    /// All of them.
    #[serde(alias = "Regions", deserialize_with = "or_default")]
    pub regions: Vec<Region>,
}

/// A region.
#[derive(Debug, Clone, PartialEq, Default, Deserialize)]
#[serde(default)]
#[non_exhaustive]
pub struct Region {
    /// Its code, such as `fra`.
    pub code: String,
    /// Its name for people.
    #[serde(deserialize_with = "or_default")]
    pub name: String,
    /// Which part of the world it is in.
    #[serde(deserialize_with = "or_default")]
    pub geo_region: String,
    /// Whether it can be used only with a plan that is paid for.
    #[serde(deserialize_with = "or_default")]
    pub requires_paid_plan: bool,
    /// Whether nothing new should go there.
    #[serde(deserialize_with = "or_default")]
    pub deprecated: bool,
    /// Whether Managed Postgres is there.
    #[serde(deserialize_with = "or_default")]
    pub mpg_available: bool,
    /// About how much room there is. It is a hint and no promise.
    pub capacity: Option<i64>,
}

/// What is to find a place.
#[derive(Debug, Clone, PartialEq, Eq, Default, Serialize)]
pub struct Placement {
    /// For this organization.
    pub org_slug: String,
    /// In these regions, divided by commas; anywhere if it is empty.
    #[serde(skip_serializing_if = "String::is_empty")]
    pub region: String,
    /// How many machines; 0 asks how many would fit.
    pub count: u64,
    /// Their size.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub compute: Option<Value>,
    /// With a volume of this name.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub volume_name: Option<String>,
    /// And of this size.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub volume_size_bytes: Option<u64>,
}

/// How many machines would find a place in a region.
#[derive(Debug, Clone, PartialEq, Eq, Default, Deserialize)]
#[serde(default)]
#[non_exhaustive]
pub struct Place {
    /// The region.
    pub region: String,
    /// How many.
    #[serde(deserialize_with = "or_default")]
    pub count: u64,
    /// How many at once.
    #[serde(deserialize_with = "or_default")]
    pub concurrency: u64,
}

#[derive(Debug, Deserialize)]
struct Places {
    #[serde(default, deserialize_with = "or_default")]
    regions: Vec<Place>,
}

#[derive(Debug, Deserialize)]
struct Page<T> {
    #[serde(default = "Vec::new", alias = "machines", alias = "volumes")]
    items: Vec<T>,
    #[serde(default, deserialize_with = "or_default")]
    next_cursor: String,
}

impl Client {
    /// The regions, with the room that there is for machines of a usual size.
    ///
    /// # Errors
    ///
    /// If the call fails.
    pub fn regions(&self) -> Result<Regions, Error> {
        let path = "/v1/platform/regions".to_owned();
        self.send(&Call::machines(Method::Get, path, ("platform.regions", ""), "list the regions".to_owned()))
    }

    /// Where machines would find a place. Nothing is reserved.
    ///
    /// # Errors
    ///
    /// [`Kind::Capacity`](crate::Kind::Capacity) if there is none.
    pub fn placements(&self, wanted: &Placement) -> Result<Vec<Place>, Error> {
        let path = "/v1/platform/placements".to_owned();
        let call = Call::machines(Method::Post, path, ("platform.placements", ""), "ask for room".to_owned());
        self.send::<Places>(&call.repeat(Repeat::Freely).body(Body::of(wanted))).map(|places| places.regions)
    }

    /// The machines of all apps of an organization. What changed just now may be missing.
    ///
    /// # Errors
    ///
    /// If the call fails.
    pub fn organization_machines(&self, org_slug: &str) -> Result<Vec<Machine>, Error> {
        self.pages(org_slug, "machines", "orgs.machines")
    }

    /// The volumes of all apps of an organization. What changed just now may be missing.
    ///
    /// # Errors
    ///
    /// If the call fails.
    pub fn organization_volumes(&self, org_slug: &str) -> Result<Vec<Volume>, Error> {
        self.pages(org_slug, "volumes", "orgs.volumes")
    }

    fn pages<T>(&self, org_slug: &str, what: &str, limit: &'static str) -> Result<Vec<T>, Error>
    where
        T: serde::de::DeserializeOwned + std::fmt::Debug,
    {
        let mut all = Vec::new();
        let mut cursor = String::new();
        loop {
            let path = format!("/v1/orgs/{}/{what}", encode(org_slug));
            let action = format!("list the {what} of organization {org_slug}");
            let call = Call::machines(Method::Get, path, (limit, ""), action);
            let cursor_or_none = Some(cursor.as_str()).filter(|cursor| !cursor.is_empty());
            let page: Page<T> = self.send(&call.param("limit", "1000").maybe("cursor", cursor_or_none))?;
            // A cursor that stays is no way on.
            let is_last = page.next_cursor.is_empty() || page.next_cursor == cursor || page.items.is_empty();
            all.extend(page.items);
            if is_last {
                return Ok(all);
            }
            cursor = page.next_cursor;
        }
    }
}
