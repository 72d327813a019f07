//! What Fly says there is.
//!
//! These types have the names of Fly's APIs, and take what these answer as it is: unknown keys are passed over, and
//! null is nothing. Only machine configs are kept whole, since an update replaces them as a whole.

use serde::{Deserialize, Deserializer, Serialize};
use serde_json::{Map, Value};

use super::label;
use crate::map::SortedMap;
use crate::prelude::*;

/// Null is nothing.
fn or_default<'de, D: Deserializer<'de>, T: Deserialize<'de> + Default>(from: D) -> Result<T, D::Error> {
    Option::<T>::deserialize(from).map(Option::unwrap_or_default)
}

/// Everything that there is of an app.
#[derive(Debug, Clone, PartialEq, Default, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(default, deny_unknown_fields)]
pub struct Observed {
    /// The app: `GET /v1/apps/{app}`. Null if there is none of that name.
    pub app: Option<ObservedApp>,
    /// Its machines: `GET /v1/apps/{app}/machines`.
    #[serde(deserialize_with = "or_default")]
    pub machines: Vec<ObservedMachine>,
    /// Its volumes: `GET /v1/apps/{app}/volumes`.
    #[serde(deserialize_with = "or_default")]
    pub volumes: Vec<ObservedVolume>,
    /// Its addresses: `ips` of `GET /v1/apps/{app}/ip_assignments`.
    #[serde(deserialize_with = "or_default")]
    pub addresses: Vec<Address>,
    /// Its secrets: `secrets` of `GET /v1/apps/{app}/secrets`.
    #[serde(deserialize_with = "or_default")]
    pub secrets: Vec<ObservedSecret>,
    /// What the caller remembers of the secrets that it set, by name.
    #[serde(deserialize_with = "or_default")]
    pub remembered: SortedMap<String, RememberedSecret>,
    /// Its newest release, if there is one.
    pub release: Option<ObservedRelease>,
}

/// An app.
#[derive(Debug, Clone, PartialEq, Eq, Default, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(default)]
pub struct ObservedApp {
    /// Its name.
    #[serde(deserialize_with = "or_default")]
    pub name: String,
    /// `pending` before its first machine.
    #[serde(deserialize_with = "or_default")]
    pub status: String,
    /// Its private network.
    #[serde(deserialize_with = "or_default")]
    pub network: String,
    /// Whose it is.
    #[serde(deserialize_with = "or_default")]
    pub organization: Organization,
}

/// An organization.
#[derive(Debug, Clone, PartialEq, Eq, Default, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(default)]
pub struct Organization {
    /// Its slug.
    #[serde(deserialize_with = "or_default")]
    pub slug: String,
}

/// A machine.
#[derive(Debug, Clone, PartialEq, Default, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(default)]
pub struct ObservedMachine {
    /// Its id.
    #[serde(deserialize_with = "or_default")]
    pub id: String,
    /// Its name.
    #[serde(deserialize_with = "or_default")]
    pub name: String,
    /// What it does: `started`, `stopped` and others.
    #[serde(deserialize_with = "or_default")]
    pub state: String,
    /// Where it is. It stays there.
    #[serde(deserialize_with = "or_default")]
    pub region: String,
    /// The version of its config.
    #[serde(deserialize_with = "or_default")]
    pub instance_id: String,
    /// What it is made from, whole. It is not there while its host does not answer.
    pub config: Option<Map<String, Value>>,
    /// What is known of its config while its host does not answer. Never the base of an update.
    pub incomplete_config: Option<Map<String, Value>>,
    /// The image that it runs.
    #[serde(deserialize_with = "or_default")]
    pub image_ref: ImageRef,
    /// What its checks found last.
    #[serde(deserialize_with = "or_default")]
    pub checks: Vec<CheckState>,
    /// Who has its lease, if that was asked for.
    pub lease: Option<Lease>,
    /// Whether Fly's proxy leaves it out.
    #[serde(deserialize_with = "or_default")]
    pub cordoned: bool,
    /// Whether its host answers: `ok`, or something else.
    #[serde(deserialize_with = "or_default")]
    pub host_status: Host,
    /// When it last changed.
    #[serde(deserialize_with = "or_default")]
    pub updated_at: String,
}

/// Whether a host answers. Nothing is said of one that does, in older answers.
#[derive(Debug, Clone, PartialEq, Eq, Default, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(transparent)]
pub struct Host(pub String);

impl Host {
    /// Whether it does.
    pub fn is_ok(&self) -> bool {
        matches!(self.0.as_str(), "" | "ok")
    }
}

/// An image, as its registry knows it.
#[derive(Debug, Clone, PartialEq, Eq, Default, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(default)]
pub struct ImageRef {
    /// The host of the registry.
    #[serde(deserialize_with = "or_default")]
    pub registry: String,
    /// The path of the repository.
    #[serde(deserialize_with = "or_default")]
    pub repository: String,
    /// The tag.
    #[serde(deserialize_with = "or_default")]
    pub tag: String,
    /// The digest, such as `sha256:…`.
    #[serde(deserialize_with = "or_default")]
    pub digest: String,
}

/// What a check found.
#[derive(Debug, Clone, PartialEq, Eq, Default, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(default)]
pub struct CheckState {
    /// Its name.
    #[serde(deserialize_with = "or_default")]
    pub name: String,
    /// `passing`, `warning` or `critical`.
    #[serde(deserialize_with = "or_default")]
    pub status: String,
}

/// Who has a machine's lease.
#[derive(Debug, Clone, PartialEq, Eq, Default, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(default)]
pub struct Lease {
    /// The owner of the token.
    #[serde(deserialize_with = "or_default")]
    pub owner: String,
    /// Until when, in seconds since 1970.
    #[serde(deserialize_with = "or_default")]
    pub expires_at: u64,
}

/// A volume.
#[derive(Debug, Clone, PartialEq, Eq, Default, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(default)]
pub struct ObservedVolume {
    /// Its id.
    #[serde(deserialize_with = "or_default")]
    pub id: String,
    /// Its name.
    #[serde(deserialize_with = "or_default")]
    pub name: String,
    /// What it does: `created`, `destroying` and others.
    #[serde(deserialize_with = "or_default")]
    pub state: String,
    /// Its size in gigabytes.
    #[serde(deserialize_with = "or_default")]
    pub size_gb: u32,
    /// Where it is. It stays there.
    #[serde(deserialize_with = "or_default")]
    pub region: String,
    /// The machine that mounts it.
    pub attached_machine_id: Option<String>,
    /// Whether its host answers.
    #[serde(deserialize_with = "or_default")]
    pub host_status: Host,
}

/// An address.
#[derive(Debug, Clone, PartialEq, Eq, Default, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(default)]
pub struct Address {
    /// The address.
    #[serde(deserialize_with = "or_default")]
    pub ip: String,
    /// Its region, or `global`.
    #[serde(deserialize_with = "or_default")]
    pub region: String,
    /// Whether other apps have it, too.
    #[serde(deserialize_with = "or_default")]
    pub shared: bool,
    /// Whether it is for requests that go out.
    #[serde(deserialize_with = "or_default")]
    pub egress: bool,
}

/// Kinds of addresses.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(rename_all = "snake_case")]
pub enum AddressKind {
    /// An IPv6 address of its own.
    V6,
    /// An IPv4 address that is shared with other apps: for HTTP and TLS on the ports 80 and 443.
    SharedV4,
    /// An IPv4 address of its own, which costs.
    V4,
    /// An IPv6 address in the private network, for Flycast.
    PrivateV6,
}

impl AddressKind {
    /// The word in Fly's API.
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::V6 => "v6",
            Self::SharedV4 => "shared_v4",
            Self::V4 => "v4",
            Self::PrivateV6 => "private_v6",
        }
    }
}

impl Address {
    /// Its kind, which Fly does not say: it is told from the address itself. `None` for one that requests go out
    /// by.
    pub fn kind(&self) -> Option<AddressKind> {
        if self.egress {
            return None;
        }
        Some(match self.ip.contains(':') {
            false if self.shared => AddressKind::SharedV4,
            false => AddressKind::V4,
            true if self.ip.starts_with("fdaa:") => AddressKind::PrivateV6,
            true => AddressKind::V6,
        })
    }
}

/// What is known of a secret: everything but its value.
#[derive(Debug, Clone, PartialEq, Eq, Default, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(default)]
pub struct ObservedSecret {
    /// Its name.
    #[serde(deserialize_with = "or_default")]
    pub name: String,
    /// What changes with its value.
    #[serde(deserialize_with = "or_default")]
    pub digest: String,
    /// When it was last set.
    #[serde(deserialize_with = "or_default")]
    pub updated_at: String,
}

/// What the caller remembers of a secret that it set.
#[derive(Debug, Clone, PartialEq, Eq, Default, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(deny_unknown_fields)]
pub struct RememberedSecret {
    /// The fingerprint of the value that it set.
    pub fingerprint: String,
    /// The digest that Fly answered.
    pub digest: String,
}

/// A release.
#[derive(Debug, Clone, PartialEq, Eq, Default, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(default)]
pub struct ObservedRelease {
    /// Its number.
    #[serde(deserialize_with = "or_default")]
    pub version: u64,
    /// How far it is: `complete`, `failed` and others.
    #[serde(deserialize_with = "or_default")]
    pub status: String,
    /// When it was begun.
    #[serde(deserialize_with = "or_default")]
    pub created_at: String,
}

impl ObservedMachine {
    /// A label of it, as far as that is known.
    pub fn label(&self, key: &str) -> Option<&str> {
        let config = self.config.as_ref().or(self.incomplete_config.as_ref())?;
        config.get("metadata")?.get(key)?.as_str().filter(|text| !text.is_empty())
    }

    /// Its process group, by its old name as well.
    pub fn group(&self) -> Option<&str> {
        self.label(label::PROCESS_GROUP).or_else(|| self.label("process_group"))
    }

    /// Whether it is gone, or about to be.
    pub fn is_gone(&self) -> bool {
        matches!(self.state.as_str(), "destroying" | "destroyed" | "replaced" | "migrated")
    }

    /// Whether it is one that deploys care for.
    pub fn is_managed(&self) -> bool {
        self.label(label::PLATFORM_VERSION) == Some("v2")
    }

    /// The machines for which it stands in.
    pub fn standbys(&self) -> impl Iterator<Item = &str> {
        let config = self.config.as_ref().or(self.incomplete_config.as_ref());
        config.and_then(|config| config.get("standbys")?.as_array()).into_iter().flatten().filter_map(Value::as_str)
    }
}
