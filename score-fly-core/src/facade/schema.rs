//! The contract as JSON Schema, from which the types of other languages are made.

use schemars::generate::SchemaSettings;
use serde_json::{Map, Value, json};

use super::{
    CheckFlyResponse, CheckResponse, ConvertResponse, DecodeResponse, FlyRequest, ImportResponse,
    MachineConfigResponse, Request, RequirementsResponse,
};
use crate::prelude::*;

/// One JSON Schema (draft 2020-12) whose `$defs` hold every type of the facade. A document fits it
/// if it is a [`Request`].
///
/// In what is taken, fields with a default may be left out; in what is answered, whatever is
/// always there is required.
pub fn schema() -> Value {
    let mut taken = SchemaSettings::draft2020_12().for_deserialize().into_generator();
    let request = taken.subschema_for::<Request>();
    taken.subschema_for::<FlyRequest>();
    let mut answered = SchemaSettings::draft2020_12().for_serialize().into_generator();
    answered.subschema_for::<ConvertResponse>();
    answered.subschema_for::<CheckResponse>();
    answered.subschema_for::<RequirementsResponse>();
    answered.subschema_for::<DecodeResponse>();
    answered.subschema_for::<CheckFlyResponse>();
    answered.subschema_for::<ImportResponse>();
    answered.subschema_for::<MachineConfigResponse>();

    let mut definitions: Map<String, Value> = answered.take_definitions(true);
    definitions.extend(taken.take_definitions(true));
    json!({
        "$schema": "https://json-schema.org/draft/2020-12/schema",
        "title": "Facade",
        "description": "Requests and responses of score-fly.",
        "$ref": request.get("$ref"),
        "$defs": definitions,
    })
}
