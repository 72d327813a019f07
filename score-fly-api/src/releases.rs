//! Releases: what Fly remembers of deploys. superfly/flyctl: `internal/uiex/releases.go`; fly-go:
//! `resource_releases.go`. None of it is documented, so it may fail while all else works.

use serde::{Deserialize, Serialize};
use serde_json::{Value, json};

use crate::apps::AppCalls;
use crate::call::{Body, Call, Method, encode};
use crate::client::Client;
use crate::error::Error;
use crate::json::{or_default, text_or_number, time, words};
use crate::time::Timestamp;

/// A release.
#[derive(Debug, Clone, PartialEq, Eq, Default, Deserialize)]
#[serde(default)]
#[non_exhaustive]
pub struct Release {
    /// Its id.
    #[serde(deserialize_with = "text_or_number")]
    pub id: String,
    /// Its number in the app.
    #[serde(deserialize_with = "or_default")]
    pub version: u64,
    /// How far it is.
    #[serde(deserialize_with = "or_default")]
    pub status: String,
    /// Whether it is the one that works.
    #[serde(deserialize_with = "or_default")]
    pub stable: bool,
    /// Whether somebody is at it.
    #[serde(deserialize_with = "or_default")]
    pub in_progress: bool,
    /// How it was rolled out.
    #[serde(alias = "deploymentStrategy", deserialize_with = "or_default")]
    pub strategy: String,
    /// Who did it.
    #[serde(deserialize_with = "user")]
    pub user: String,
    /// The image.
    #[serde(alias = "imageRef", deserialize_with = "or_default")]
    pub image_ref: String,
    /// When.
    #[serde(alias = "createdAt", deserialize_with = "time")]
    pub created_at: Option<Timestamp>,
    /// The configuration, as JSON. Only [`AppCalls::release_history`] has it.
    #[serde(alias = "configDefinition", deserialize_with = "or_default")]
    pub definition: Option<Value>,
    /// What it was, in words.
    #[serde(deserialize_with = "or_default")]
    pub description: String,
}

/// A text here, and an object there.
fn user<'de, D: serde::Deserializer<'de>>(from: D) -> Result<String, D::Error> {
    let value = Value::deserialize(from)?;
    let of = |key: &str| value.get(key).and_then(Value::as_str).filter(|text| !text.is_empty());
    Ok(value.as_str().or_else(|| of("email")).or_else(|| of("name")).unwrap_or_default().to_owned())
}

/// A new release.
#[derive(Debug, Clone, PartialEq, Eq, Default, Serialize)]
pub struct NewRelease {
    /// The app.
    pub app_name: String,
    /// The build that made the image; 0 if none did.
    pub build_id: i64,
    /// The configuration: fly.toml as JSON.
    pub definition: Value,
    /// The image.
    pub image: String,
    /// How it is rolled out, in capitals.
    pub strategy: String,
}

words! {
    /// How far a release is.
    pub enum ReleaseStatus {
        /// Somebody is at it.
        Running = "running",
        /// It is done.
        Complete = "complete",
        /// It did not work.
        Failed = "failed",
        /// It was cut off.
        Interrupted = "interrupted",
    }
}

#[derive(Debug, Deserialize)]
struct One {
    release: Release,
}

#[derive(Debug, Deserialize)]
struct Many {
    #[serde(default, deserialize_with = "or_default")]
    releases: Vec<Release>,
}

#[derive(Debug, Deserialize)]
struct History {
    app: HistoryOfApp,
}

#[derive(Debug, Deserialize)]
struct HistoryOfApp {
    releases: Nodes,
}

#[derive(Debug, Deserialize)]
struct Nodes {
    #[serde(default, deserialize_with = "or_default")]
    nodes: Vec<Release>,
}

impl Client {
    /// Writes down a new release.
    ///
    /// # Errors
    ///
    /// If the call fails.
    pub fn create_release(&self, new: &NewRelease) -> Result<Release, Error> {
        let action = format!("create a release of app {}", new.app_name);
        let call = Call::rest(Method::Post, "/api/v1/releases".to_owned(), action);
        self.send::<One>(&call.body(Body::of(new))).map(|one| one.release)
    }

    /// Says how far a release is. `note` is for when it did not work.
    ///
    /// # Errors
    ///
    /// If the call fails.
    pub fn update_release(&self, id: &str, status: &ReleaseStatus, note: Option<&str>) -> Result<Release, Error> {
        let version = concat!("score-fly ", env!("CARGO_PKG_VERSION"));
        let metadata = note.map(|note| json!({ "post_deployment_info": { "flyctl_version": version, "error": note } }));
        let call =
            Call::rest(Method::Patch, format!("/api/v1/releases/{}", encode(id)), format!("update release {id}"));
        self.send(&call.body(Body::of(&json!({ "status": status, "metadata": metadata }))))
    }
}

impl AppCalls<'_> {
    /// The newest releases of the app, the newest first, without their configurations.
    ///
    /// # Errors
    ///
    /// If the call fails.
    pub fn releases(&self, limit: u32) -> Result<Vec<Release>, Error> {
        let path = format!("/api/v1/apps/{}/releases", encode(self.name));
        let call = Call::rest(Method::Get, path, format!("list the releases of app {}", self.name));
        self.client.send::<Many>(&call.param("limit", &limit.to_string())).map(|many| many.releases)
    }

    /// The newest release of the app, if there is one.
    ///
    /// # Errors
    ///
    /// If the call fails.
    pub fn current_release(&self) -> Result<Option<Release>, Error> {
        let path = format!("/api/v1/apps/{}/releases/current", encode(self.name));
        let call = Call::rest(Method::Get, path, format!("read the current release of app {}", self.name));
        match self.client.send(&call) {
            Ok(release) => Ok(Some(release)),
            Err(error) if error.is_not_found() => Ok(None),
            Err(error) => Err(error),
        }
    }

    /// The newest releases of the app with their configurations, the newest first.
    ///
    /// # Errors
    ///
    /// If the call fails.
    pub fn release_history(&self, limit: u32) -> Result<Vec<Release>, Error> {
        let query = "query($name: String!, $first: Int!) { app(name: $name) { releases: releasesUnprocessed(first: $first) { \
                     nodes { id version description status imageRef stable deploymentStrategy configDefinition \
                     user { id email name } createdAt } } } }";
        let action = format!("read the release history of app {}", self.name);
        let variables = json!({ "name": self.name, "first": limit });
        self.client.query::<History>(query, &variables, action).map(|history| history.app.releases.nodes)
    }
}
