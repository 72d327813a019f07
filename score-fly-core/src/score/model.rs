//! The typed Score v1b1 workload. Maps are sorted, so the order in a file never matters.
//!
//! Source of the rules: the published `score-v1b1` JSON Schema. Strings are as written: their
//! placeholders are filled by [`resolve`](crate::resolve::resolve).

use serde::{Deserialize, Serialize};
use serde_json::Value;

use crate::map::SortedMap;
use crate::prelude::*;

/// A Score workload: containers that run together, the ports that they serve, and the resources
/// that they use.
#[derive(Debug, Clone, PartialEq, Default, Serialize, Deserialize)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub struct Workload {
    /// Always `score.dev/v1b1`.
    pub api_version: String,
    /// The workload's name, annotations and whatever else.
    pub metadata: Metadata,
    /// The network service.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub service: Option<Service>,
    /// The containers by name; at least one.
    pub containers: SortedMap<String, Container>,
    /// The resources by the name that placeholders use.
    #[serde(default, skip_serializing_if = "SortedMap::is_empty")]
    pub resources: SortedMap<String, Resource>,
}

/// `metadata`: open for any further key.
#[derive(Debug, Clone, PartialEq, Default, Serialize, Deserialize)]
pub struct Metadata {
    /// The workload's name: 2 to 63 of `a-z`, `0-9` and `-`.
    pub name: String,
    /// Annotations.
    #[serde(default, skip_serializing_if = "SortedMap::is_empty")]
    pub annotations: SortedMap<String, String>,
    /// All other keys.
    #[serde(flatten)]
    pub extra: SortedMap<String, Value>,
}

/// `service`.
#[derive(Debug, Clone, PartialEq, Default, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Service {
    /// The ports by name.
    #[serde(default, skip_serializing_if = "SortedMap::is_empty")]
    pub ports: SortedMap<String, Port>,
}

/// `service.ports.*`.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub struct Port {
    /// The port that others connect to, 1 to 65535.
    pub port: u16,
    /// The port that the container listens on; the same as `port` if absent.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub target_port: Option<u16>,
    /// The protocol; TCP if absent.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub protocol: Option<PortProtocol>,
}

impl Port {
    /// The port that the container listens on.
    pub fn target(&self) -> u16 {
        self.target_port.unwrap_or(self.port)
    }
}

/// A transport protocol.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Default, Serialize, Deserialize)]
#[serde(rename_all = "UPPERCASE")]
#[non_exhaustive]
pub enum PortProtocol {
    /// TCP.
    #[default]
    Tcp,
    /// UDP.
    Udp,
}

/// `containers.*`.
#[derive(Debug, Clone, PartialEq, Default, Serialize, Deserialize)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub struct Container {
    /// The image; `.` stands for one that is given when converting, or built from a Dockerfile.
    pub image: String,
    /// Replaces the image's ENTRYPOINT.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub command: Option<Vec<String>>,
    /// Replaces the image's CMD.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub args: Option<Vec<String>>,
    /// Environment variables; values may hold placeholders.
    #[serde(default, skip_serializing_if = "SortedMap::is_empty")]
    pub variables: SortedMap<String, String>,
    /// Files by the path at which they are mounted.
    #[serde(default, skip_serializing_if = "SortedMap::is_empty")]
    pub files: SortedMap<String, ContainerFile>,
    /// Volumes by the path at which they are mounted.
    #[serde(default, skip_serializing_if = "SortedMap::is_empty")]
    pub volumes: SortedMap<String, Volume>,
    /// Containers that wait for this one, by name.
    #[serde(default, skip_serializing_if = "SortedMap::is_empty")]
    pub before: SortedMap<String, Condition>,
    /// CPU and memory.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub resources: Option<ContainerResources>,
    /// Whether the container should be restarted.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub liveness_probe: Option<Probe>,
    /// Whether the container takes traffic.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub readiness_probe: Option<Probe>,
}

/// `files.*`: exactly one of `source`, `content` and `binary_content` is set.
#[derive(Debug, Clone, PartialEq, Default, Serialize, Deserialize)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub struct ContainerFile {
    /// Permissions in octal: `0644`.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub mode: Option<String>,
    /// A local file, relative to the Score file; placeholders in its content are expanded.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub source: Option<String>,
    /// The content as text; placeholders are expanded.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub content: Option<String>,
    /// The content as base64; never expanded.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub binary_content: Option<String>,
    /// Leave placeholders as they are.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub no_expand: Option<bool>,
}

/// `volumes.*`.
#[derive(Debug, Clone, PartialEq, Default, Serialize, Deserialize)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub struct Volume {
    /// The volume: a name, or a placeholder for a resource.
    pub source: String,
    /// A path inside the volume.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub path: Option<String>,
    /// Whether it is mounted for reading only.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub read_only: Option<bool>,
}

/// `before.*`: the state that this container must reach first.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Condition {
    /// The state.
    pub ready: ReadyState,
}

/// A state that a container reaches.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
#[non_exhaustive]
pub enum ReadyState {
    /// It runs.
    Started,
    /// Its probe succeeds.
    Healthy,
    /// It ended with success.
    Complete,
}

/// `containers.*.resources`.
#[derive(Debug, Clone, PartialEq, Default, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct ContainerResources {
    /// The most that the container may use.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub limits: Option<ResourceAmounts>,
    /// The least that the container needs.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub requests: Option<ResourceAmounts>,
}

/// Amounts as written; [`quantity`](super::quantity) reads them.
#[derive(Debug, Clone, PartialEq, Default, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct ResourceAmounts {
    /// Memory, such as `512Mi` or `1.5G`.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub memory: Option<String>,
    /// CPU, such as `0.5` or `500m`.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub cpu: Option<String>,
}

/// A probe: at least one of the two.
#[derive(Debug, Clone, PartialEq, Default, Serialize, Deserialize)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub struct Probe {
    /// An HTTP request.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub http_get: Option<HttpGet>,
    /// A command in the container.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub exec: Option<ExecProbe>,
}

/// A probe by HTTP.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub struct HttpGet {
    /// The host; goes into the `Host` header.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub host: Option<String>,
    /// The scheme; HTTP if absent.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub scheme: Option<Scheme>,
    /// The path.
    pub path: String,
    /// The port, 1 to 65535.
    pub port: u16,
    /// Headers to send.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub http_headers: Vec<HttpHeader>,
}

/// A URL scheme.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Default, Serialize, Deserialize)]
#[serde(rename_all = "UPPERCASE")]
pub enum Scheme {
    /// `http`.
    #[default]
    Http,
    /// `https`.
    Https,
}

/// A header of an HTTP probe.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct HttpHeader {
    /// Its name.
    pub name: String,
    /// Its value.
    pub value: String,
}

/// A probe by command.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct ExecProbe {
    /// The command and its arguments.
    pub command: Vec<String>,
}

/// `resources.*`.
#[derive(Debug, Clone, PartialEq, Default, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Resource {
    /// What kind of resource.
    #[serde(rename = "type")]
    pub kind: String,
    /// A specialisation of the type; `default` if absent.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub class: Option<String>,
    /// Shares the resource with all others of the same type, class and id.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub id: Option<String>,
    /// Metadata: annotations and whatever else.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub metadata: Option<SortedMap<String, Value>>,
    /// Parameters for the provisioner; may hold placeholders.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub params: Option<SortedMap<String, Value>>,
}

impl Resource {
    /// Its class; none, or an empty one, is the default.
    pub fn class(&self) -> &str {
        self.class.as_deref().filter(|class| !class.is_empty()).unwrap_or("default")
    }
}
