use std::collections::BTreeSet;

use super::{Config, SECTIONS, service};

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
