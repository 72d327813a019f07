//! Overrides, by the behaviour of Score's own tools.

use serde_json::{Value, json};

use super::{place, views};
use crate::document::overrides::{Override, apply};
use crate::document::{Document, parse};
use crate::pointer::Pointer;
use crate::prelude::*;
use crate::source::{Origin, Source};

/// The document's data after the overrides, and what applying them reports, with the name of the
/// source that it is about.
fn applied(base: &str, overrides: &[Override]) -> (Value, Vec<String>) {
    let source = Source::new("score.yaml", base);
    let outcome = parse(&source).and_then(|document| apply(document, overrides));
    let (document, mut diagnostics) = outcome.into_parts();
    let document = document.expect("a document");
    diagnostics.locate(&document);
    let views = views(&diagnostics, document.sources.iter().map(|source| &**source));
    let named = views.iter().map(|view| {
        let source = view.location.as_ref().map_or("nowhere", |at| at.source.as_str());
        format!("{source} {}", place(view))
    });
    (document.root.to_json(), named.collect())
}

fn file(text: &str) -> Override {
    named_file("overrides.yaml", text)
}

fn named_file(name: &str, text: &str) -> Override {
    Override::File(Source::new(name, text))
}

fn merged(base: &str, over: &str) -> Value {
    match applied(base, &[file(over)]) {
        (value, reports) if reports.is_empty() => value,
        other => panic!("{base} with {over} gives {other:?}"),
    }
}

#[test]
fn files_merge_maps_and_replace_all_else() {
    for (base, over, expected) in [
        ("{a: {b: 1, c: 2}}", "{a: {b: 3}}", json!({"a": {"b": 3, "c": 2}})),
        ("{a: [1, 2]}", "{a: [3]}", json!({"a": [3]})),
        ("{a: [1, 2]}", "{a: []}", json!({"a": []})),
        ("{a: 1}", "{a: null}", json!({"a": null})),
        ("{a: {b: 1}}", "{a: {b: ~}}", json!({"a": {"b": null}})),
        ("{a: {b: 1}}", "{a: {}}", json!({"a": {"b": 1}})),
        ("{a: {b: 1}}", "{a: 5}", json!({"a": 5})),
        ("{a: [1]}", "{a: {b: 1}}", json!({"a": {"b": 1}})),
        ("{a: true}", "{a: false}", json!({"a": false})),
        ("{a: x}", "{a: ''}", json!({"a": ""})),
        ("{a: 1}", "{a: 0}", json!({"a": 0})),
        // Score's tools crash here.
        ("{a: {b: x}}", "{a: {1: y}}", json!({"a": {"b": "x", "1": "y"}})),
        ("{a: {1: x}}", "{a: {'1': y}}", json!({"a": {"1": "y"}})),
        ("{a: 1}", "", json!({"a": 1})),
        ("{a: 1}", "# nothing", json!({"a": 1})),
        ("{a: 1}", "{}", json!({"a": 1})),
        ("{a: 1}", "{b: {c: [x]}}", json!({"a": 1, "b": {"c": ["x"]}})),
        ("{a: null}", "{a: {b: 1}}", json!({"a": {"b": 1}})),
        ("[{target: x}]", "{x: {}}", json!({"x": {}})),
        ("{x: &x {a: 1}, y: *x}", "{x: {a: 2}}", json!({"x": {"a": 2}, "y": {"a": 1}})),
    ] {
        assert_eq!(merged(base, over), expected, "{base} with {over}");
    }
}

/// The document of the reference table.
const TABLE: &str = r#"{a: {b: [{c: x}, s, [1, 2]], d: str, n: null, e: {}}, "x.y": 1}"#;

fn table_with(change: impl FnOnce(&mut Value)) -> Value {
    let mut value = json!({"a": {"b": [{"c": "x"}, "s", [1, 2]], "d": "str", "n": null, "e": {}}, "x.y": 1});
    change(&mut value);
    value
}

fn remove(value: &mut Value, key: &str) {
    value.as_object_mut().expect("a map").remove(key);
}

fn set(text: &str) -> (Value, Vec<String>) {
    applied(TABLE, &[Override::property(text)])
}

#[test]
fn properties_set_and_remove() {
    let a = |change: fn(&mut Value)| table_with(|table| change(&mut table["a"]));
    for (text, expected) in [
        ("a.d=new", a(|a| a["d"] = json!("new"))),
        ("a.d=", a(|a| remove(a, "d"))),
        ("a.d=null", a(|a| remove(a, "d"))),
        ("a.d=~", a(|a| remove(a, "d"))),
        ("a.d= ", a(|a| remove(a, "d"))),
        ("a.d=#c", a(|a| remove(a, "d"))),
        ("a.b.0.c=y", a(|a| a["b"][0]["c"] = json!("y"))),
        ("a.b.0=", a(|a| a["b"] = json!(["s", [1, 2]]))),
        ("a.b.+1=y", a(|a| a["b"][1] = json!("y"))),
        ("a.b.01=y", a(|a| a["b"][1] = json!("y"))),
        ("a.b.-1=y", a(|a| a["b"] = json!([{"c": "x"}, "s", [1, 2], "y"]))),
        ("a.b.2.-1=9", a(|a| a["b"][2] = json!([1, 2, 9]))),
        ("a.e.f.g=1", a(|a| a["e"] = json!({"f": {"g": 1}}))),
        ("a.e.0=1", a(|a| a["e"] = json!({"0": 1}))),
        ("a.n=1", a(|a| a["n"] = json!(1))),
        ("a.none=", table_with(|_| ())),
        (r"x\.y=2", table_with(|table| table["x.y"] = json!(2))),
        ("x.y=2", table_with(|table| table["x"] = json!({"y": 2}))),
        ("=2", table_with(|table| table[""] = json!(2))),
        ("a..b=2", a(|a| a[""] = json!({"b": 2}))),
        ("zz.yy.xx=", table_with(|table| table["zz"] = json!({"yy": {}}))),
        (r"p\\q=1", table_with(|table| table[r"p\q"] = json!(1))),
        (r"p\\.q=1", table_with(|table| table[r"p\"] = json!({"q": 1}))),
        (r"p\q=1", table_with(|table| table[r"p\q"] = json!(1))),
        (r"p\=1", table_with(|table| table[r"p\"] = json!(1))),
    ] {
        assert_eq!(set(text), (expected, vec![]), "{text}");
    }
}

#[test]
fn values_of_properties_are_yaml() {
    for (text, expected) in [
        ("5", json!(5)),
        ("'5'", json!("5")),
        ("0644", json!(420)),
        ("yes", json!("yes")),
        ("{q: 1}", json!({"q": 1})),
        ("[1,2]", json!([1, 2])),
        ("k=v", json!("k=v")),
        ("${resources.db.url}", json!("${resources.db.url}")),
    ] {
        assert_eq!(set(&format!("v={text}")), (table_with(|table| table["v"] = expected), vec![]), "{text}");
    }
}

#[test]
fn properties_that_do_not_fit_are_reported_and_left_out() {
    for (text, columns) in [
        ("a.b.-1=", "5-1:7"),
        ("a.b.-2=y", "5-1:7"),
        ("a.b.3=y", "5-1:6"),
        ("a.b.3=", "5-1:6"),
        ("a.b.x=y", "5-1:6"),
        // Score's tools crash on these two.
        ("a.b.3.c=y", "5-1:6"),
        ("a.b.-1.c=y", "5-1:7"),
        ("a.d.q=y", "5-1:6"),
        ("a.n.q=y", "5-1:6"),
        ("a.b.1.q=y", "7-1:8"),
        ("a.b.99999999999999999999=y", "5-1:25"),
    ] {
        let path = text.split('=').next().expect("a path");
        let expected = format!("--override-property {path} override-not-applicable 1:{columns}");
        assert_eq!(set(text), (table_with(|_| ()), vec![expected]), "{text}");
    }
}

#[test]
fn every_bad_override_is_reported_and_the_good_ones_apply() {
    let overrides = [
        Override::property("a.d"),
        named_file("list.yaml", "- 1\n"),
        Override::property("é.x=[1"),
        Override::property("a.d=1"),
        named_file("twice.yaml", "a: {d: 2, d: 3}\n"),
        named_file("open.yaml", "a: [\n"),
        Override::property("v={k: 1, k: 2}"),
        Override::property("a.b.7=1"),
    ];
    let (value, reports) = applied(TABLE, &overrides);
    assert_eq!(
        value,
        table_with(|table| {
            table["a"]["d"] = json!(2);
            table["v"] = json!({"k": 1});
        })
    );
    assert_eq!(
        reports,
        [
            "--override-property a.b.7 override-not-applicable 1:5-1:6",
            "--override-property a.d invalid-override 1:1-1:4",
            "--override-property v duplicate-key 1:10-1:11",
            "--override-property é.x invalid-yaml 1:5-1:6",
            "list.yaml invalid-override 1:1-1:4",
            "open.yaml invalid-yaml 1:4-1:5",
            "twice.yaml duplicate-key 1:11-1:12",
        ]
    );
}

#[test]
fn mistakes_in_a_value_are_reported_below_its_path() {
    let overrides = [Override::property(r"a.x/y={k: 1, k: 2}")];
    let source = Source::new("score.yaml", "{}");
    let (_, diagnostics) = parse(&source).and_then(|document| apply(document, &overrides)).into_parts();
    let pointers: Vec<&str> = diagnostics.iter().map(|found| found.pointer.as_str()).collect();
    assert_eq!(pointers, ["/a/x~1y/k"]);
}

#[test]
fn a_document_over_itself_changes_nothing() {
    for text in [TABLE, "a: &x {b: [1]}\nc: {<<: *x, d: null}\n1: é\n", "a:\n  - b: c\n"] {
        assert_eq!(merged(text, text), merged(text, "{}"), "{text}");
    }
}

#[test]
fn deep_paths_are_refused() {
    let levels = |count: usize| vec!["a"; count].join(".") + "=1";
    assert_eq!(applied("{}", &[Override::property(levels(64))]).1, [""; 0]);
    let reports = applied("{}", &[Override::property(levels(65)), Override::property(levels(100_000))]).1;
    assert_eq!(reports.len(), 2);
    assert!(reports.iter().all(|report| report.contains("document-limit")), "{reports:?}");
}

/// The text that a node of the document came from.
fn text_at<'s>(document: &'s Document<'_>, path: &str) -> &'s str {
    let pointer: Pointer = path.split('/').collect();
    let node = pointer
        .segments()
        .fold(&document.root, |node, key| node.as_mapping().and_then(|mapping| mapping.get(&key)).expect("a node"));
    slice(document, node.origin)
}

fn slice<'s>(document: &'s Document<'_>, origin: Origin) -> &'s str {
    origin.span.slice(&document.source(origin.source).expect("a source").text)
}

#[test]
fn nodes_keep_their_places() {
    let source = Source::new("score.yaml", "a: {b: base, c: 'base2'}\nd: 1\n");
    let overrides = [file("# é\na: {b: \"over\"}\ne: {f: 2}\n"), Override::property("é.g= {h: [value]}")];
    let (document, found) = parse(&source).and_then(|document| apply(document, &overrides)).into_parts();
    let document = document.expect("a document");
    assert!(found.is_empty());
    assert_eq!(document.sources.len(), 3);
    assert_eq!(text_at(&document, "a/b"), "\"over\"");
    assert_eq!(text_at(&document, "a/c"), "'base2'");
    assert_eq!(text_at(&document, "a"), "{b: base, c: 'base2'}");
    assert_eq!(text_at(&document, "e/f"), "2");
    assert_eq!(text_at(&document, "é"), "é");
    assert_eq!(text_at(&document, "é/g"), "{h: [value]}");
    assert_eq!(text_at(&document, "é/g/h"), "[value]");
    let key = document.root.as_mapping().and_then(|root| root.get("é")?.as_mapping()?.entry("g")).expect("an entry");
    assert_eq!(slice(&document, key.key.origin), "g");
}
