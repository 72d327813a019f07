//! The identity of a resource across workloads.

use core::fmt;
use core::str::FromStr;

use serde::{Deserialize, Deserializer, Serialize, Serializer, de};

use crate::prelude::*;
use crate::score::Resource;

/// The type of resources that are volumes by convention.
pub(crate) const VOLUME: &str = "volume";

/// The type of resources that lead from outside to the workload's service, by convention.
pub(crate) const ROUTE: &str = "route";

/// `type.class#id`: resources with the same uid are one and the same.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Uid(String);

/// A text that is not `type.class#id`.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("`{0}` is no uid: a uid is `type.class#id`")]
pub struct InvalidUid(String);

impl Uid {
    /// The uid of `resource`, which `workload` calls `name`. Without a class it is `default`;
    /// without an id it is `workload.name`, so the resource is the workload's own.
    pub fn new(workload: &str, name: &str, resource: &Resource) -> Self {
        let kind = &resource.kind;
        let class = resource.class();
        Self(match &resource.id {
            Some(id) => format!("{kind}.{class}#{id}"),
            None => format!("{kind}.{class}#{workload}.{name}"),
        })
    }

    /// The uid as text.
    pub fn as_str(&self) -> &str {
        &self.0
    }

    /// The type: what stands before the first dot.
    pub fn kind(&self) -> &str {
        self.parts().0
    }

    /// The class: what stands between the first dot and the first `#` after it.
    pub fn class(&self) -> &str {
        self.parts().1
    }

    /// The id: the rest. For a resource without an id of its own, `workload.name`.
    pub fn id(&self) -> &str {
        self.parts().2
    }

    fn parts(&self) -> (&str, &str, &str) {
        split(&self.0).unwrap_or((&self.0, "", ""))
    }
}

/// Both separators are there, and none of the three parts is empty.
fn split(text: &str) -> Option<(&str, &str, &str)> {
    let (kind, rest) = text.split_once('.')?;
    let (class, id) = rest.split_once('#')?;
    (!kind.is_empty() && !class.is_empty() && !id.is_empty()).then_some((kind, class, id))
}

impl FromStr for Uid {
    type Err = InvalidUid;

    fn from_str(text: &str) -> Result<Self, InvalidUid> {
        match split(text) {
            Some(_) => Ok(Self(text.to_owned())),
            None => Err(InvalidUid(text.to_owned())),
        }
    }
}

impl fmt::Display for Uid {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

impl Serialize for Uid {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.serialize_str(&self.0)
    }
}

impl<'de> Deserialize<'de> for Uid {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        String::deserialize(deserializer)?.parse().map_err(de::Error::custom)
    }
}
