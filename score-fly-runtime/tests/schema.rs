//! The subset of JSON Schema is held to `jsonschema`: of many options and many schemas, both say the same.

use score_fly_core::{Code, Source, document};
use score_fly_runtime::{Function, Runtime, Schema, build};
use serde_json::{Value, json};

mod support;
use support::files;

/// Schemas of one option, `a`.
fn schemas() -> Vec<Value> {
    let mut schemas = vec![
        json!({}),
        json!({"enum": ["x", 1, null, [1], {"k": 2}]}),
        json!({"type": ["string", "integer"], "minLength": 2, "maximum": 3}),
        json!({"type": "integer", "minimum": 1, "maximum": 3}),
        json!({"type": "number", "minimum": -0.5, "maximum": 1.5}),
        json!({"minimum": 2}),
        json!({"type": "string", "minLength": 1, "maxLength": 2}),
        json!({"minLength": 2}),
        json!({"type": "array", "items": {"type": "string"}, "minItems": 1, "maxItems": 2}),
        json!({"type": "array", "uniqueItems": true}),
        json!({"uniqueItems": true, "items": {"type": ["number", "array", "object", "boolean"]}}),
        json!({"type": "object", "required": ["k"], "properties": {"k": {"type": "integer"}}}),
        json!({"type": "object", "additionalProperties": false, "properties": {"k": {}}}),
        json!({"type": "object", "additionalProperties": {"type": "string"}, "properties": {"k": {"enum": [1]}}}),
        json!({"properties": {"k": {"minimum": 2}}, "required": ["l"]}),
        json!({"type": "object", "properties": {"k": {"type": "integer", "default": 4}}, "required": ["k"]}),
        json!({"type": "string", "default": "x"}),
    ];
    schemas
        .extend(["array", "boolean", "integer", "null", "number", "object", "string"].map(|one| json!({"type": one})));
    schemas
}

fn values() -> Vec<Value> {
    vec![
        json!(null),
        json!(true),
        json!(false),
        json!(0),
        json!(1),
        json!(2),
        json!(3),
        json!(4),
        json!(1.0),
        json!(1.5),
        json!(-1),
        json!(2.5),
        json!(9_007_199_254_740_993_i64),
        json!(1e300),
        json!(""),
        json!("x"),
        json!("xy"),
        json!("xyz"),
        json!("ää"),
        json!("1"),
        json!([]),
        json!(["x"]),
        json!(["x", "x"]),
        json!(["x", "y", "z"]),
        json!([1, 1.0]),
        json!([1, 2]),
        json!([1, "1"]),
        json!([[1], [1.0]]),
        json!([{"k": 1}, {"k": 1.0}]),
        json!([true, 1]),
        json!([9_007_199_254_740_992_i64, 9_007_199_254_740_993_i64]),
        json!({}),
        json!({"k": 1}),
        json!({"k": 1.0}),
        json!({"k": 2}),
        json!({"k": "x"}),
        json!({"l": "x"}),
        json!({"l": 3}),
        json!({"k": 1, "l": "x"}),
        json!([1]),
        json!([1.0]),
    ]
}

fn runtime(options: &Value) -> Runtime {
    let manifest = json!({
        "name": "it", "description": "It", "contract": {"port": 1, "health": "/", "user": 1}, "options": options,
    });
    let files = files("it", &[("runtime.yaml", &manifest.to_string()), ("build/Dockerfile", "FROM a\nUSER 1\n")]);
    Runtime::read(&files).into_result().unwrap_or_else(|found| panic!("{found:?}")).0
}

/// Whether a function of the runtime can have these options.
fn accepts(runtime: &Runtime, options: &Value) -> bool {
    let text = json!({"runtime": "it", "options": options}).to_string();
    let files = files("it", &[("function.yaml", &text)]);
    let source = Source::new("function.yaml", text);
    let function = Function::read(&source).into_result().expect("it is of the form").0;
    match build("it", &files, &function, Some(runtime)).into_result() {
        Ok(_) => true,
        Err(found) => {
            assert!(found.iter().all(|one| one.code == Code::InvalidOption), "{found:?}");
            false
        }
    }
}

/// What a runtime's `options` say implicitly.
fn whole(mut schema: Value) -> Value {
    schema["type"] = json!("object");
    if schema.get("additionalProperties").is_none() {
        schema["additionalProperties"] = json!(false);
    }
    schema
}

/// Defaults count as given: they are in the options when a template is filled.
fn filled(runtime_options: &Schema, options: &Value, nested: &Value) -> Value {
    let mut all = Value::Object(runtime_options.defaults());
    for (key, value) in options.as_object().into_iter().flatten() {
        all[key] = value.clone();
    }
    for (key, rule) in nested.as_object().into_iter().flatten() {
        if let (Some(default), Some(Value::Object(inner))) = (rule.get("default"), all.get_mut("a")) {
            inner.entry(key.as_str()).or_insert_with(|| default.clone());
        }
    }
    all
}

#[test]
fn both_say_the_same() {
    let (mut accepted, mut refused) = (0, 0);
    for schema in schemas() {
        for required in [json!([]), json!(["a"])] {
            let options = json!({"properties": {"a": schema}, "required": required});
            let oracle = jsonschema::draft202012::new(&whole(options.clone())).expect("a schema");
            let runtime = runtime(&options);
            let given = values().into_iter().map(|value| json!({"a": value}));
            for given in given.chain([json!({}), json!({"b": 1}), json!({"a": 1, "b": 1})]) {
                let complete = filled(&runtime.options, &given, &schema["properties"]);
                let wanted = oracle.is_valid(&complete);
                assert_eq!(accepts(&runtime, &given), wanted, "{options} {given}");
                *(if wanted { &mut accepted } else { &mut refused }) += 1;
            }
        }
    }
    assert!(accepted > 500 && refused > 500, "{accepted} {refused}");
}

#[test]
#[expect(clippy::disallowed_methods, reason = "the files are what this is about")]
fn schemas_of_built_in_runtimes_are_schemas() {
    for name in Runtime::builtins() {
        let text = std::fs::read_to_string(format!("{}/runtimes/{name}/runtime.yaml", env!("CARGO_MANIFEST_DIR")));
        let source = Source::new("runtime.yaml", text.expect("a file"));
        let document = document::parse(&source).into_result().expect("YAML").0;
        let options = document.root.to_json()["options"].clone();
        let oracle = jsonschema::draft202012::new(&whole(options)).expect("a schema");
        let runtime = Runtime::builtin(name).into_result().expect("it is built in").0;
        assert!(oracle.is_valid(&Value::Object(runtime.options.defaults())), "{name}");
    }
}
