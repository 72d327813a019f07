//! Finding values by their keys.

use alloc::borrow::Cow;

use serde_json::{Map, Value};

use crate::prelude::*;
use crate::resource::ResourceOutputs;
use crate::score::Metadata;
use crate::secret::{Secret, Sensitive};

/// Why there is nothing under some keys.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct NotFound<'v> {
    /// How many keys were found before.
    pub(crate) depth: usize,
    /// What stands there: the keys of a mapping, or nothing if it is no mapping.
    pub(crate) known: Option<Vec<&'v str>>,
}

/// The metadata as one map, in which placeholders look up.
pub(crate) fn metadata_map(metadata: &Metadata) -> Value {
    let Metadata { name, annotations, extra } = metadata;
    let mut map: Map<String, Value> = extra.clone().into_iter().collect();
    map.insert("name".to_owned(), Value::from(name.as_str()));
    if !annotations.is_empty() {
        map.insert(
            "annotations".to_owned(),
            annotations.iter().map(|(key, text)| (key.clone(), text.clone())).collect(),
        );
    }
    Value::Object(map)
}

/// The metadata under `keys`.
pub(crate) fn in_metadata<'v>(metadata: &'v Value, keys: &[Cow<'_, str>]) -> Result<&'v Value, NotFound<'v>> {
    descend(metadata, keys)
}

/// The output under `keys`, of which there is at least one. A key that is both a value and a secret
/// is the secret, and so is everything inside it.
pub(super) fn in_outputs<'v>(
    outputs: &'v ResourceOutputs,
    keys: &[Cow<'_, str>],
) -> Result<Sensitive<&'v Value>, NotFound<'v>> {
    let (key, inner) = keys.split_first().map_or(("", keys), |(key, inner)| (key.as_ref(), inner));
    if let Some(secret) = outputs.secrets.get(key) {
        return match descend(secret.expose(), inner) {
            Ok(value) => Ok(Sensitive::Secret(Secret::new(value))),
            // The keys inside a secret are part of it.
            Err(NotFound { depth, known }) => Err(NotFound { depth: depth + 1, known: known.map(|_| Vec::new()) }),
        };
    }
    let Some(value) = outputs.values.get(key) else {
        return Err(NotFound { depth: 0, known: Some(outputs.names().collect()) });
    };
    descend(value, inner)
        .map(Sensitive::Public)
        .map_err(|NotFound { depth, known }| NotFound { depth: depth + 1, known })
}

fn descend<'v>(mut value: &'v Value, keys: &[Cow<'_, str>]) -> Result<&'v Value, NotFound<'v>> {
    for (depth, key) in keys.iter().enumerate() {
        let Value::Object(map) = value else { return Err(NotFound { depth, known: None }) };
        let Some(inner) = map.get(key.as_ref()) else {
            return Err(NotFound { depth, known: Some(map.keys().map(String::as_str).collect()) });
        };
        value = inner;
    }
    Ok(value)
}
