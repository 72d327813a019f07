//! JSON Schemas (draft 2020-12) of what the facade takes and answers.

use schemars::generate::{SchemaGenerator, SchemaSettings};
use schemars::{JsonSchema, Schema};
use serde_json::{Map, Value, json};

use super::{CheckResponse, ConvertResponse, Request, RequirementsResponse};
use crate::score::Workload;

/// The schema of something that is read: what has a default may be left out.
pub fn schema_of_input<T: JsonSchema>() -> Value {
    SchemaSettings::draft2020_12().for_deserialize().into_generator().into_root_schema_for::<T>().into()
}

/// The schema of something that is written: whatever is always there is required.
pub fn schema_of_output<T: JsonSchema>() -> Value {
    SchemaSettings::draft2020_12().for_serialize().into_generator().into_root_schema_for::<T>().into()
}

/// One schema with all types under `$defs`. A document fits it if it is a [`Request`].
pub fn schema() -> Value {
    let mut inputs = SchemaSettings::draft2020_12().for_deserialize().into_generator();
    let request = define::<Request>(&mut inputs);
    define::<Workload>(&mut inputs);
    let mut outputs = SchemaSettings::draft2020_12().for_serialize().into_generator();
    define::<ConvertResponse>(&mut outputs);
    define::<CheckResponse>(&mut outputs);
    define::<RequirementsResponse>(&mut outputs);

    let mut definitions: Map<String, Value> = outputs.take_definitions(true);
    definitions.extend(inputs.take_definitions(true));
    json!({
        "$schema": "https://json-schema.org/draft/2020-12/schema",
        "title": "score-fly",
        "$ref": request.get("$ref"),
        "$defs": definitions,
    })
}

fn define<T: JsonSchema>(generator: &mut SchemaGenerator) -> Schema {
    generator.subschema_for::<T>()
}
