#[test]
fn f() {
    let _ = jsonschema::is_valid(&serde_json::json!({}), &serde_json::json!({}));
    let _: u8 = serde_yaml::from_str("1").unwrap();
}
