//! Reading the outputs of resources.

use score_fly_core::resource::{Outputs, ResourceOutputs, Uid};
use score_fly_core::score::Resource;
use score_fly_core::secret::Secret;
use score_fly_core::source::Span;
use score_fly_core::{Code, Diagnostics, Source};
use serde_json::{Value, json};

fn from_json(outputs: Value) -> (Outputs, Diagnostics) {
    let (read, diagnostics) = Outputs::from_json(&serde_json::from_value(outputs).unwrap()).into_parts();
    (read.unwrap(), diagnostics)
}

fn read(text: &str) -> (Outputs, Diagnostics) {
    let (read, diagnostics) = Outputs::read(&Source::new("outputs.yaml", text)).into_parts();
    (read.unwrap(), diagnostics)
}

fn outputs(values: Value, secrets: Value) -> ResourceOutputs {
    let secrets: std::collections::BTreeMap<String, Value> = serde_json::from_value(secrets).unwrap();
    ResourceOutputs {
        values: serde_json::from_value(values).unwrap(),
        secrets: secrets.into_iter().map(|(key, value)| (key, Secret::new(value))).collect(),
    }
}

fn pointers(diagnostics: &Diagnostics) -> Vec<&str> {
    diagnostics.iter().map(|diagnostic| diagnostic.pointer.as_str()).collect()
}

#[test]
fn reads_both_forms() {
    let (read, diagnostics) = from_json(json!({
        "bare": {"host": "h", "port": 5432},
        "both": {"values": {"host": "h"}, "secrets": {"password": "p"}},
        "secrets": {"secrets": {"password": {"current": "p"}}},
        "values": {"values": {"host": "h"}},
        "none": {},
        "called-values": {"values": "v"},
        "has-values": {"values": {"a": 1}, "b": 2},
    }));
    assert!(diagnostics.is_empty(), "{diagnostics:?}");
    let none = json!({});
    assert_eq!(read.0["bare"], outputs(json!({"host": "h", "port": 5432}), none.clone()));
    assert_eq!(read.0["both"], outputs(json!({"host": "h"}), json!({"password": "p"})));
    assert_eq!(read.0["secrets"], outputs(none.clone(), json!({"password": {"current": "p"}})));
    assert_eq!(read.0["values"], outputs(json!({"host": "h"}), none.clone()));
    assert_eq!(read.0["none"], ResourceOutputs::default());
    assert_eq!(read.0["called-values"], outputs(json!({"values": "v"}), none.clone()));
    assert_eq!(read.0["has-values"], outputs(json!({"values": {"a": 1}, "b": 2}), none));
}

#[test]
fn yaml_and_json_texts_read_like_data() {
    let expected = from_json(json!({"db": {"values": {"port": 5432}, "secrets": {"password": "0123"}}})).0;
    let (yaml, diagnostics) = read("db:\n  values: {port: 5432}\n  secrets:\n    password: '0123'\n");
    assert!(diagnostics.is_empty(), "{diagnostics:?}");
    assert_eq!(yaml, expected);
    let (json, diagnostics) = read(r#"{"db": {"values": {"port": 5432}, "secrets": {"password": "0123"}}}"#);
    assert!(diagnostics.is_empty(), "{diagnostics:?}");
    assert_eq!(json, expected);
}

#[test]
fn reports_every_mistake_where_it_stands() {
    let text = "\
good: {host: h}
number: 5
nothing:
parts:
  values: [a]
  secrets: p
mixed:
  host: h
  secrets: {password: p}
";
    let (outputs, diagnostics) = read(text);
    assert_eq!(outputs.0.keys().collect::<Vec<_>>(), ["good"]);
    assert!(diagnostics.iter().all(|diagnostic| diagnostic.code == Code::InvalidOutputs), "{diagnostics:?}");
    let places: Vec<(&str, &str)> = diagnostics
        .iter()
        .map(|diagnostic| {
            let location = diagnostic.location.as_ref().unwrap();
            assert_eq!(location.source, "outputs.yaml");
            (diagnostic.pointer.as_str(), location.span.slice(text))
        })
        .collect();
    assert_eq!(
        places,
        [
            ("/outputs/number", "5"),
            ("/outputs/nothing", "nothing"),
            ("/outputs/parts/values", "values"),
            ("/outputs/parts/secrets", "p"),
            ("/outputs/mixed/host", "host"),
        ]
    );
}

#[test]
fn data_has_the_same_mistakes_without_a_place() {
    let (outputs, diagnostics) =
        from_json(json!({"db": "h", "a/b": {"secrets": null}, "x": {"secrets": {}, "y": 1, "z": 2}}));
    assert!(outputs.0.is_empty());
    assert_eq!(pointers(&diagnostics), ["/outputs/a~1b/secrets", "/outputs/db", "/outputs/x/y", "/outputs/x/z"]);
    assert!(diagnostics.iter().all(|diagnostic| diagnostic.location.is_none()));
}

#[test]
fn a_text_that_is_no_mapping_is_refused() {
    for text in ["- db\n", "db\n"] {
        let (outputs, diagnostics) = read(text);
        assert!(outputs.0.is_empty());
        assert_eq!(pointers(&diagnostics), ["/outputs"], "{text}");
        assert_eq!(diagnostics.iter().next().unwrap().code, Code::InvalidOutputs, "{text}");
    }
}

#[test]
fn mistakes_in_the_text_are_located() {
    let text = "db: {host: h}\ndb: {host: i}\n";
    let (_, diagnostics) = read(text);
    let [diagnostic] = &diagnostics.into_iter().collect::<Vec<_>>()[..] else { panic!("one diagnostic") };
    assert_eq!((diagnostic.code, diagnostic.pointer.as_str()), (Code::DuplicateKey, "/outputs/db"));
    assert_eq!(diagnostic.location.as_ref().unwrap().span, Span { start: 14, end: 16 });

    let (_, diagnostics) = read("db: {host: h\n");
    let [diagnostic] = &diagnostics.into_iter().collect::<Vec<_>>()[..] else { panic!("one diagnostic") };
    assert_eq!((diagnostic.code, diagnostic.pointer.as_str()), (Code::InvalidYaml, "/outputs"));
    assert!(diagnostic.location.is_some());
}

#[test]
fn no_message_shows_a_value() {
    for text in [
        "db: s3cr3t\n",
        "db: [s3cr3t]\n",
        "db: {secrets: s3cr3t}\n",
        "db: {secrets: [s3cr3t]}\n",
        "db: {secrets: {p: *s3cr3t}}\n",
        "db: {secrets: {p: 's3cr3t}}\n",
        "db: {secrets: {p: \"s3cr3t\\q\"}}\n",
        "db: {secrets: {p: @s3cr3t}}\n",
        "s3cr3t\n",
    ] {
        let (outputs, diagnostics) = read(text);
        assert!(!diagnostics.is_empty(), "{text}");
        assert!(!format!("{outputs:?} {diagnostics:?}").contains("s3cr3t"), "{text}: {diagnostics:?}");
    }
    // What other tools would read as a number is warned of, and a secret all the same.
    let (outputs, diagnostics) = read("db: {secrets: {p: 0123456}}\n");
    assert!(!format!("{outputs:?} {diagnostics:?}").contains("123456"), "{diagnostics:?}");
}

#[test]
fn the_name_wins_over_the_uid() {
    let resource = Resource { kind: "postgres".to_owned(), ..Resource::default() };
    let shared = Resource { id: Some("main".to_owned()), class: Some("large".to_owned()), ..resource.clone() };
    let own = Uid::new("web", "db", &resource);
    assert_eq!(own.as_str(), "postgres.default#web.db");
    let uid = Uid::new("web", "db", &shared);
    assert_eq!(uid.as_str(), "postgres.large#main");

    let (by_uid, _) = from_json(json!({"postgres.large#main": {"host": "uid"}, "other": {"host": "other"}}));
    assert_eq!(by_uid.of("db", &uid).unwrap().values["host"], "uid");
    assert_eq!(by_uid.of("db", &own), None);
    let (by_both, _) = from_json(json!({"postgres.large#main": {"host": "uid"}, "db": {"port": 1}}));
    assert_eq!(by_both.of("db", &uid).unwrap(), &outputs(json!({"port": 1}), json!({})));
}
