//! The contract as JSON Schema, from which the types of other languages are made.

use schemars::JsonSchema;
use schemars::generate::SchemaSettings;
use serde_json::{Map, Value, json};

use super::{
    Answer, Check, Conversion, Decoded, FlyCheck, FlyRequest, Import, Machine, Needed, Nothing, PlanRequest, Planned,
    Request, StampRequest, Stamped, Wanted,
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
    taken.subschema_for::<PlanRequest>();
    taken.subschema_for::<StampRequest>();
    let mut answers = Answers(SchemaSettings::draft2020_12().for_serialize().into_generator(), Map::new());
    answers.add::<Conversion, Nothing>("`convert`");
    answers.add::<Check, Nothing>("`check`");
    answers.add::<Wanted, Nothing>("`requirements`");
    answers.add::<Needed, Nothing>("`needs` and `fly_needs`");
    answers.add::<Decoded, Nothing>("`decode`");
    answers.add::<FlyCheck, FlyCheck>("`check_fly`");
    answers.add::<Import, Nothing>("`import_fly`");
    answers.add::<Machine, Nothing>("`machine_config`");
    answers.add::<Planned, Nothing>("`plan`");
    answers.add::<Stamped, Nothing>("`stamp`");
    let Answers(mut answered, descriptions) = answers;

    let mut definitions: Map<String, Value> = answered.take_definitions(true);
    for (name, description) in descriptions {
        if let Some(definition) = definitions.get_mut(&name).and_then(Value::as_object_mut) {
            definition.insert("description".to_owned(), description);
        }
    }
    definitions.extend(taken.take_definitions(true));
    json!({
        "$schema": "https://json-schema.org/draft/2020-12/schema",
        "title": "Facade",
        "description": "Requests and responses of score-fly.",
        "$ref": request.get("$ref"),
        "$defs": definitions,
    })
}

/// Types of answers, and what is to be said of each by its name.
struct Answers(schemars::SchemaGenerator, Map<String, Value>);

impl Answers {
    fn add<T: JsonSchema, F: JsonSchema>(&mut self, operations: &str) {
        self.0.subschema_for::<Answer<T, F>>();
        let name = Answer::<T, F>::schema_name().into_owned();
        self.1.insert(name, format!("The answer of {operations}.").into());
    }
}
