use alloc::collections::BTreeSet;

use serde_json::Value;

use super::{Config, SECTIONS, service};
use crate::fly;
use crate::prelude::*;
use crate::source::Source;

#[test]
fn the_schema_has_the_keys_that_are_read() {
    let schema = schemars::schema_for!(Config).to_value();
    for (name, keys) in SECTIONS.iter().chain(service::SECTIONS) {
        let section = if *name == "Config" { &schema } else { &schema["$defs"][name] };
        let properties = section["properties"].as_object().unwrap_or_else(|| panic!("the schema has no {name}"));
        let properties: BTreeSet<&str> = properties.keys().map(String::as_str).collect();
        assert_eq!(properties, keys.iter().copied().collect(), "{name}");
    }
}

/// The keys of sections that a value has, as `Section.key`: the schema tells the section of each place.
fn used_keys(value: &Value, at: &Value, schema: &Value, used: &mut BTreeSet<String>) {
    if let Some(name) = at["$ref"].as_str().and_then(|reference| reference.strip_prefix("#/$defs/")) {
        used_in_section(name, value, &schema["$defs"][name], schema, used);
    }
    for choice in at["anyOf"].as_array().into_iter().flatten() {
        used_keys(value, choice, schema, used);
    }
    for item in value.as_array().into_iter().flatten() {
        used_keys(item, &at["items"], schema, used);
    }
    for item in value.as_object().into_iter().flat_map(|object| object.values()) {
        used_keys(item, &at["additionalProperties"], schema, used);
    }
}

fn used_in_section(name: &str, value: &Value, section: &Value, schema: &Value, used: &mut BTreeSet<String>) {
    for (key, value) in value.as_object().into_iter().flatten() {
        if let Some(at) = section["properties"].get(key) {
            used.insert(format!("{name}.{key}"));
            used_keys(value, at, schema, used);
        }
    }
}

#[test]
fn the_shared_fly_files_have_every_key() {
    let schema = schemars::schema_for!(Config).to_value();
    let mut used = BTreeSet::new();
    for (name, text) in score_fly_fixtures::fly_files() {
        let (file, _) = fly::read(&Source::new(name, text)).into_result().unwrap();
        let json = serde_json::to_value(&file.config).unwrap();
        used_in_section("Config", &json, &schema, &schema, &mut used);
    }
    let all = SECTIONS.iter().chain(service::SECTIONS);
    let all = all.flat_map(|(name, keys)| keys.iter().map(move |key| format!("{name}.{key}")));
    let missing: Vec<String> = all.filter(|key| !used.contains(key)).collect();
    assert_eq!(missing, Vec::<String>::new(), "no file in fixtures/fly has these");
}
