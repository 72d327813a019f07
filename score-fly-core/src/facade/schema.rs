//! The contract as JSON Schema, from which the types of other languages are made.

use schemars::generate::SchemaSettings;
use serde_json::{Value, json};

use super::{CheckResponse, ConvertResponse, Request, RequirementsResponse};

/// One JSON Schema whose `$defs` hold every type of the facade.
pub fn schema() -> Value {
    let mut generator = SchemaSettings::draft2020_12().into_generator();
    generator.subschema_for::<Request>();
    generator.subschema_for::<ConvertResponse>();
    generator.subschema_for::<CheckResponse>();
    generator.subschema_for::<RequirementsResponse>();
    json!({
        "$schema": "https://json-schema.org/draft/2020-12/schema",
        "title": "Facade",
        "description": "Requests and responses of score-fly.",
        "$defs": generator.take_definitions(true),
    })
}
