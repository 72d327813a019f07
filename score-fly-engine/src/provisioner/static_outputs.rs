//! Provisioners that always answer the same.

use score_fly_core::map::SortedMap;
use score_fly_core::resource::Outputs;
use score_fly_core::secret::Secret;
use serde::{Deserialize, Deserializer, Serialize, Serializer, de};
use serde_json::{Map, Value};

use super::call::Mode;
use super::request::Answer;

/// Outputs that are known beforehand: a mapping of values, or `{values: {…}, secrets: {…}}`, by
/// the same rule as [`Outputs::read`]. It is written in the second form if there are secrets.
#[derive(Debug, Clone, PartialEq, Default)]
pub struct Static {
    /// Outputs that may be printed.
    pub values: SortedMap<String, Value>,
    /// Outputs that must not be printed.
    pub secrets: SortedMap<String, Secret<Value>>,
}

/// Outputs that are not of that form: one sentence.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("{0}")]
pub struct InvalidOutputs(String);

impl Static {
    /// Reads outputs of either form.
    ///
    /// # Errors
    /// If they are of neither.
    pub fn new(outputs: Map<String, Value>) -> Result<Self, InvalidOutputs> {
        const NAME: &str = "outputs";
        let outcome = Outputs::from_json(&SortedMap::from([(NAME.to_owned(), Value::Object(outputs))]));
        match outcome.into_result() {
            Ok((mut outputs, _)) => {
                let outputs = outputs.0.remove(NAME).unwrap_or_default();
                Ok(Self { values: outputs.values, secrets: outputs.secrets })
            }
            Err(diagnostics) => {
                // There is just one resource, and it has no name.
                let of_name = format!(" in the outputs of `{NAME}`");
                let messages: Vec<String> =
                    diagnostics.iter().map(|diagnostic| diagnostic.message.replacen(&of_name, "", 1)).collect();
                Err(InvalidOutputs(messages.join("; ")))
            }
        }
    }

    /// The names of secrets, without what is secret.
    pub(super) fn without_secrets(&self) -> Self {
        let secrets = self.secrets.keys().map(|name| (name.clone(), Secret::new(Value::Null)));
        Self { values: self.values.clone(), secrets: secrets.collect() }
    }

    /// The outputs. There is nothing to make, and nothing to take down.
    pub(super) fn call(&self, mode: Mode) -> Answer {
        match mode {
            Mode::Provision => {
                Answer { values: Some(self.values.clone()), secrets: self.secrets.clone(), ..Answer::default() }
            }
            Mode::Deprovision => Answer::default(),
        }
    }
}

impl Serialize for Static {
    /// Opens the secrets: this is what keeps them.
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        let secrets: SortedMap<&String, &Value> =
            self.secrets.iter().map(|(key, value)| (key, value.expose())).collect();
        let is_bare = secrets.is_empty() && !self.values.contains_key("secrets") && !self.values.contains_key("values");
        if is_bare {
            return self.values.serialize(serializer);
        }
        SortedMap::from([
            ("values", serde_json::to_value(&self.values).map_err(serde::ser::Error::custom)?),
            ("secrets", serde_json::to_value(secrets).map_err(serde::ser::Error::custom)?),
        ])
        .serialize(serializer)
    }
}

impl<'de> Deserialize<'de> for Static {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        Self::new(Map::deserialize(deserializer)?).map_err(de::Error::custom)
    }
}
