//! The secrets of an app. fly-go: `flaps/flaps_secrets.go`.
//!
//! Each change makes a new version of the whole set. Machines have the set of the time when they were
//! created or changed last; [`Launch::min_secrets_version`](crate::machines::Launch::min_secrets_version)
//! makes sure that it is a certain one at least.

use std::collections::BTreeMap;

use score_fly_core::secret::Secret;
use serde::Deserialize;

use crate::apps::AppCalls;
use crate::call::{Body, Method, Repeat};
use crate::error::Error;
use crate::json::{or_default, time};
use crate::time::Timestamp;

/// What is known of a secret: everything but its value.
#[derive(Debug, Clone, PartialEq, Eq, Default, Deserialize)]
#[serde(default)]
#[non_exhaustive]
pub struct AppSecret {
    /// Its name.
    pub name: String,
    /// What changes with its value. How it is made is Fly's affair.
    #[serde(deserialize_with = "or_default")]
    pub digest: String,
    /// When it was first set.
    #[serde(deserialize_with = "time")]
    pub created_at: Option<Timestamp>,
    /// When it was last set.
    #[serde(deserialize_with = "time")]
    pub updated_at: Option<Timestamp>,
}

/// The secrets after a change.
#[derive(Debug, Clone, PartialEq, Eq, Default, Deserialize)]
#[serde(default)]
#[non_exhaustive]
pub struct SecretsChanged {
    /// The version that has them.
    #[serde(deserialize_with = "or_default")]
    pub version: u64,
    /// All of them.
    #[serde(deserialize_with = "or_default")]
    pub secrets: Vec<AppSecret>,
}

#[derive(Debug, Deserialize)]
struct SecretList {
    #[serde(default, deserialize_with = "or_default")]
    secrets: Vec<AppSecret>,
}

impl AppCalls<'_> {
    /// The secrets of the app: of this version at least, if one is named.
    ///
    /// # Errors
    ///
    /// If the call fails.
    pub fn secrets(&self, min_version: Option<u64>) -> Result<Vec<AppSecret>, Error> {
        let call = self.call(Method::Get, "/secrets", "secrets.list", "list the secrets");
        let version = min_version.map(|version| version.to_string());
        // fly-go says `version`, the specification says `min_version`. The older one is understood by both.
        self.client.send::<SecretList>(&call.maybe("version", version.as_deref())).map(|list| list.secrets)
    }

    /// Sets these secrets, and removes those without a value: all at once or none. Machines get them when
    /// they are next changed.
    ///
    /// # Errors
    ///
    /// If the call fails.
    pub fn set_secrets(&self, values: &BTreeMap<String, Option<Secret<String>>>) -> Result<SecretsChanged, Error> {
        // What is not put in below stays `null`, which removes it.
        let removed: BTreeMap<_, _> = values.keys().map(|name| (name, None::<&str>)).collect();
        let mut body = Body::of(&serde_json::json!({ "values": removed }));
        for (name, value) in values {
            if let Some(value) = value {
                body = body.hide(&["values", name], value);
            }
        }
        let call = self.call(Method::Post, "/secrets", "secrets.set", "set the secrets");
        // Twice is as good as once: the second version has the same values.
        self.client.send(&call.repeat(Repeat::Freely).body(body))
    }
}
