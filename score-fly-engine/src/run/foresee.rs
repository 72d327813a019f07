//! What the outputs of a resource will be, as far as that is known before its provisioner is called.

use score_fly_core::fly::names::seems_secret;
use score_fly_core::graph::Definition;
use score_fly_core::resource::{ResourceOutputs, Uid};
use score_fly_core::secret::{Secret, Sensitive};
use serde_json::{Map, Value};

use super::book::Fate;
use crate::provisioner::Params;
use crate::state::ResourceRecord;

/// How what stands for an output begins that is not known yet.
const STAND_IN: &str = "(known once ";

/// Whether something not yet known is in a value.
pub fn is_foreseen(value: &str) -> bool {
    value.contains(STAND_IN)
}

/// The outputs that workloads refer to: those that were recorded, and a stand-in for each other one. Of a resource
/// that is yet to be made, or made anew, nobody has said which ones are secrets, so their names tell.
pub(super) fn foresee(uid: &Uid, record: &ResourceRecord, params: &Params, definition: &Definition) -> Fate {
    let mut outputs = ResourceOutputs { values: record.outputs.clone(), secrets: record.secrets.clone() };
    for path in &definition.wanted {
        let (name, rest) = path.split_once('.').map_or((path.as_str(), None), |(name, rest)| (name, Some(rest)));
        if record.outputs.contains_key(name) || record.secrets.contains_key(name) {
            continue;
        }
        let hides = record.secret_outputs.contains(name) || seems_secret(&name.to_ascii_uppercase());
        let known = if hides {
            outputs.secrets.get(name).map(|secret| secret.expose().clone())
        } else {
            outputs.values.get(name).cloned()
        };
        let mut value = known.unwrap_or(Value::Null);
        put(&mut value, rest, format!("{STAND_IN}{uid} is made)"));
        if hides {
            outputs.secrets.insert(name.to_owned(), Secret::new(value));
        } else {
            outputs.values.insert(name.to_owned(), value);
        }
    }
    if is_made(record, params) { Fate::Made(outputs) } else { Fate::Foreseen(outputs) }
}

/// Whether a resource was made as it is asked for.
pub(super) fn is_made(record: &ResourceRecord, params: &Params) -> bool {
    !record.pending
        && matches!(&params.0, Sensitive::Public(params) if *params == record.params.clone().unwrap_or_default())
}

/// Puts a text at a path of keys.
fn put(value: &mut Value, path: Option<&str>, text: String) {
    let Some(path) = path else {
        *value = text.into();
        return;
    };
    let (key, rest) = path.split_once('.').map_or((path, None), |(key, rest)| (key, Some(rest)));
    if !value.is_object() {
        *value = Value::Object(Map::new());
    }
    if let Value::Object(map) = value {
        put(map.entry(key).or_insert(Value::Null), rest, text);
    }
}
