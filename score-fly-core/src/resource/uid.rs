//! The identity of a resource across workloads.

use std::fmt;

use crate::score::Resource;

/// `type.class#id`: resources with the same uid are one and the same.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Uid(String);

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
}

impl fmt::Display for Uid {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}
