//! The JSON that programs and servers are told, and that they answer.

use score_fly_core::map::SortedMap;
use score_fly_core::secret::Secret;
use serde::{Deserialize, Serialize};
use serde_json::{Map, Value, json};

use super::call::Mode;
use super::error::Error;
use super::request::{Answer, Request};

/// How much of an answer is read, in bytes. Answers are a few values.
pub(super) const ANSWER_LIMIT: usize = 1 << 20;

/// Whose keys requests and answers have.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Protocol {
    /// Those of score-flyio, which knows secrets and taking down.
    #[default]
    ScoreFlyio,
    /// Those of score-compose and score-k8s, as far as they have to do with Fly.
    ScoreCompose,
}

impl Protocol {
    #[expect(clippy::trivially_copy_pass_by_ref, reason = "as serde wants it")]
    pub(super) fn is_default(&self) -> bool {
        *self == Self::default()
    }

    /// The request as one JSON object.
    pub(super) fn encode(self, request: &Request) -> Vec<u8> {
        let common = json!({
            "resource_type": request.uid.kind(),
            "resource_class": request.uid.class(),
            "resource_id": request.uid.id(),
            "resource_params": request.params.expose(),
            "resource_metadata": request.metadata,
        });
        let own = match self {
            Self::ScoreFlyio => json!({
                // score-flyio gives the guid under this name, too: what names just this resource.
                "resource_uid": request.guid,
                "state": request.state,
                "shared": request.shared,
            }),
            Self::ScoreCompose => json!({
                "resource_uid": request.uid,
                "resource_state": request.state,
                "shared_state": request.shared,
                "source_workload": request.source_workload,
                "workload_services": services(request),
                "compose_project_name": request.project.app_prefix.trim_end_matches('-'),
                // There is no folder that is mounted.
                "mount_directory_path": "",
            }),
        };
        let keys = [common, own].into_iter().filter_map(|part| match part {
            Value::Object(keys) => Some(keys),
            _ => None,
        });
        Value::Object(keys.flatten().collect()).to_string().into_bytes()
    }

    /// Reads an answer. As in Go, what follows the first JSON value does not count.
    pub(super) fn decode(self, answer: &[u8], mode: Mode) -> Result<Answer, Error> {
        let mut values = serde_json::Deserializer::from_slice(answer).into_iter::<Value>();
        let mut fields = match (values.next(), mode) {
            (Some(Ok(Value::Object(fields))), _) => Fields(fields),
            (Some(Ok(other)), _) => return Err(invalid(format!("it is {}, not an object", kind_of(&other)))),
            (Some(Err(error)), _) => {
                return Err(invalid(format!("no JSON in line {}, column {}", error.line(), error.column())));
            }
            (None, Mode::Deprovision) => return Ok(Answer::default()),
            (None, Mode::Provision) => return Err(Error::NoAnswer),
        };
        let answer = match self {
            Self::ScoreFlyio => Answer {
                state: fields.mapping("state")?,
                values: fields.mapping("values")?.map(|values| values.into_iter().collect()),
                secrets: secrets(fields.mapping("secrets")?.unwrap_or_default()),
                shared: fields.mapping("shared")?.unwrap_or_default(),
            },
            // What is missing is empty from now on, where score-flyio keeps what was.
            Self::ScoreCompose => Answer {
                state: Some(fields.mapping("resource_state")?.unwrap_or_default()),
                values: Some(fields.mapping("resource_outputs")?.unwrap_or_default().into_iter().collect()),
                secrets: SortedMap::new(),
                shared: fields.mapping("shared_state")?.unwrap_or_default(),
            },
        };
        fields.finish(self)?;
        Ok(answer)
    }
}

/// What score-compose says of the workloads of a project.
fn services(request: &Request) -> Value {
    let services = request.project.workloads.iter().map(|(name, workload)| {
        let ports = workload.ports.iter().map(|(name, port)| {
            let protocol = port.protocol.unwrap_or_default();
            let data = json!({
                "name": name,
                "port": port.port,
                "target_port": port.target(),
                "protocol": protocol,
            });
            (name, port.port, data)
        });
        let ports: Vec<(&String, u16, Value)> = ports.collect();
        // Under their numbers as well, unless a port has that for its name.
        let by_number = ports.iter().map(|(_, number, data)| (number.to_string(), data.clone()));
        let by_name = ports.iter().map(|(name, _, data)| ((*name).clone(), data.clone()));
        let service = json!({
            // In this spelling.
            "ServiceName": request.project.host_of(name),
            "ports": by_number.chain(by_name).collect::<Map<_, _>>(),
        });
        (name.clone(), service)
    });
    Value::Object(services.collect())
}

/// What score-compose and score-k8s do with an answer and Fly can't: what they create beside the
/// workload.
const BESIDE: [&str; 8] = [
    "compose_models",
    "compose_networks",
    "compose_services",
    "compose_volumes",
    "info_logs",
    "manifests",
    "relative_directories",
    "relative_file_contents",
];

/// The fields of an answer that are not read yet.
struct Fields(Map<String, Value>);

impl Fields {
    fn mapping(&mut self, key: &str) -> Result<Option<Map<String, Value>>, Error> {
        match self.0.remove(key) {
            None | Some(Value::Null) => Ok(None),
            Some(Value::Object(mapping)) => Ok(Some(mapping)),
            Some(other) => Err(invalid(format!("`{key}` is {}, not an object", kind_of(&other)))),
        }
    }

    /// Refuses what is left over.
    fn finish(self, protocol: Protocol) -> Result<(), Error> {
        let is_empty = |value: &Value| match value {
            Value::Null => true,
            Value::Object(map) => map.is_empty(),
            Value::Array(items) => items.is_empty(),
            _ => false,
        };
        for (key, value) in self.0 {
            if protocol == Protocol::ScoreFlyio || !BESIDE.contains(&key.as_str()) {
                let known = match protocol {
                    Protocol::ScoreFlyio => "`state`, `values`, `secrets`, `shared`",
                    Protocol::ScoreCompose => "`resource_state`, `resource_outputs`, `shared_state`",
                };
                return Err(invalid(format!("unknown key `{key}`; an answer has {known}")));
            }
            if !is_empty(&value) {
                return Err(Error::NotOnFly { key });
            }
        }
        Ok(())
    }
}

pub(super) fn secrets(secrets: Map<String, Value>) -> SortedMap<String, Secret<Value>> {
    secrets.into_iter().map(|(name, value)| (name, Secret::new(value))).collect()
}

fn invalid(reason: String) -> Error {
    Error::InvalidAnswer { reason }
}

/// What a value is, without saying it: there may be secrets in it.
pub(super) fn kind_of(value: &Value) -> &'static str {
    match value {
        Value::Null => "null",
        Value::Bool(_) => "a boolean",
        Value::Number(_) => "a number",
        Value::String(_) => "text",
        Value::Array(_) => "a list",
        Value::Object(_) => "an object",
    }
}
