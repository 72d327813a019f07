//! Images, as Fly sees them. fly-go: `resource_images.go`.

use serde::Deserialize;
use serde_json::json;

use crate::apps::AppCalls;
use crate::client::Client;
use crate::error::Error;
use crate::json::{or_default, text_or_number};

/// An image that Fly has found.
#[derive(Debug, Clone, PartialEq, Eq, Default, Deserialize)]
#[serde(default)]
#[non_exhaustive]
pub struct ResolvedImage {
    /// Its id.
    #[serde(deserialize_with = "text_or_number")]
    pub id: String,
    /// Its digest.
    #[serde(deserialize_with = "or_default")]
    pub digest: String,
    /// The whole reference: this is what machines are given.
    #[serde(rename = "ref", deserialize_with = "or_default")]
    pub reference: String,
    /// Its size in bytes, in digits.
    #[serde(rename = "compressedSize", deserialize_with = "text_or_number")]
    pub compressed_size: String,
}

#[derive(Debug, Deserialize)]
struct Found {
    app: FoundOfApp,
}

#[derive(Debug, Deserialize)]
struct FoundOfApp {
    image: Option<ResolvedImage>,
}

#[derive(Debug, Deserialize)]
struct Allowed {
    #[serde(rename = "canPerformBluegreenDeployment")]
    allowed: bool,
}

#[derive(Debug, Deserialize)]
struct Tag {
    #[serde(rename = "latestImageTag")]
    tag: String,
}

impl AppCalls<'_> {
    /// The image of a reference, if Fly finds it.
    ///
    /// # Errors
    ///
    /// If the call fails.
    pub fn resolve_image(&self, reference: &str) -> Result<Option<ResolvedImage>, Error> {
        let query = "query($name: String!, $ref: String!) { app(name: $name) { id image(ref: $ref) { id digest ref \
                     compressedSize: compressedSizeFull } } }";
        let action = format!("find image {reference} for app {}", self.name);
        let variables = json!({ "name": self.name, "ref": reference });
        self.client.query::<Found>(query, &variables, action).map(|found| found.app.image)
    }

    /// Whether the organization may make a blue-green deployment of the app.
    ///
    /// # Errors
    ///
    /// If the call fails.
    pub fn may_deploy_bluegreen(&self) -> Result<bool, Error> {
        let query = "query($name: String!) { canPerformBluegreenDeployment(name: $name) }";
        let action = format!("ask whether app {} may be deployed blue-green", self.name);
        self.client.query::<Allowed>(query, &json!({ "name": self.name }), action).map(|answer| answer.allowed)
    }
}

impl Client {
    /// The newest image of a repository of Fly's own, such as `flyio/postgres-flex`.
    ///
    /// # Errors
    ///
    /// [`Kind::NotFound`](crate::Kind::NotFound) if there is no such repository.
    pub fn latest_image_tag(&self, repository: &str) -> Result<String, Error> {
        let query = "query($repository: String!) { latestImageTag(repository: $repository) }";
        let action = format!("find the newest image of {repository}");
        self.query::<Tag>(query, &json!({ "repository": repository }), action).map(|answer| answer.tag)
    }
}
