//! Outputs that are known beforehand.

use score_fly_core::secret::Secret;
use score_fly_engine::provisioner::{Answer, Kind, Mode, Static};
use serde_json::{Value, json};

use crate::support::{answer, call, map, redis, values};

fn read(outputs: Value) -> Static {
    Static::new(map(outputs)).expect("outputs")
}

#[test]
fn answers_values_and_secrets() {
    let outputs = read(json!({"values": {"host": "h"}, "secrets": {"password": "p"}}));
    let answered = answer(Kind::Static(outputs.clone()), &redis());
    assert_eq!(answered.values, Some(values(json!({"host": "h"}))));
    assert_eq!(answered.secrets["password"], Secret::new(json!("p")));
    let (taken_down, _) = call(Kind::Static(outputs), Mode::Deprovision, &redis());
    assert_eq!(taken_down.expect("an answer"), Answer::default());
}

#[test]
fn a_mapping_without_secrets_is_all_values() {
    assert_eq!(read(json!({"host": "h", "port": 1})).values, values(json!({"host": "h", "port": 1})));
    let error = Static::new(map(json!({"secrets": {"a": 1}, "host": "h"}))).expect_err("a mixture");
    assert_eq!(error.to_string(), "`host` stands beside `secrets`");
    let error = Static::new(map(json!({"secrets": "hunter2"}))).expect_err("text");
    assert_eq!(error.to_string(), "`secrets` must be a mapping, not a string");
}

#[test]
fn is_written_as_it_is_read() {
    for outputs in [
        read(json!({})),
        read(json!({"host": "h"})),
        read(json!({"values": {"host": "h"}, "secrets": {"password": "p"}})),
        // Outputs by these very names.
        Static { values: values(json!({"values": {"a": 1}})), ..Static::default() },
        Static { values: values(json!({"secrets": 1})), ..Static::default() },
    ] {
        let written = serde_json::to_value(&outputs).expect("JSON");
        assert_eq!(serde_json::from_value::<Static>(written.clone()).expect("outputs"), outputs, "{written}");
    }
}
