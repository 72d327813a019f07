//! Structure: keys, anchors, merges, documents.

use serde_json::json;

use super::{json, read, reports};
use crate::diagnostic::{Code, Diagnostic, Diagnostics, Outcome};
use crate::document::parse;
use crate::pointer::Path;
use crate::prelude::*;
use crate::source::Source;

fn diagnostics(source: &Source) -> Vec<Diagnostic> {
    parse(source).into_parts().1.into_iter().collect()
}

#[test]
fn json_is_yaml() {
    assert_eq!(
        json("{\n\t\"a\": [1, -2.5e3, true, null, \"\\ud83d\\ude00\\u00e9\\/\"],\n\t\"b\": {}\r\n}"),
        json!({"a": [1, -2500.0, true, null, "😀é/"], "b": {}})
    );
}

#[test]
fn line_ends_marks_and_directives_change_nothing() {
    let expected = json!({"a": "x\ny\n", "b": [1]});
    for text in [
        "a: |\n  x\n  y\nb:\n- 1\n",
        "a: |\r\n  x\r\n  y\r\nb:\r\n- 1\r\n",
        "\u{feff}a: |\n  x\n  y\nb: [1]",
        "%YAML 1.2\n---\na: |\n  x\n  y\nb: [\n1\n]\n...\n",
        "%YAML 1.1\n--- # start\na: \"x\\ny\\n\"\nb: [1,]\n---\n",
        "a: 'x\n\n  y\n\n  '\nb:\t[1]\n# end",
    ] {
        assert_eq!(json(text), expected, "{text:?}");
    }
}

#[test]
fn nothing_to_read() {
    for text in ["", "\n\n", "# only a comment\n", "---\n", "null\n", "~", "\u{feff}", "--- # x\n...\n"] {
        let (json, reports) = read(text);
        assert_eq!((json, reports.len()), (None, 1), "{text:?}");
        assert!(reports[0].starts_with("empty-document"), "{text:?}: {reports:?}");
    }
}

#[test]
fn of_several_documents_the_first_is_the_value() {
    let (value, reports) = read("a: 1\na: 2\n---\nb: [\n---\nc: 3\n");
    assert_eq!(value, Some(json!({"a": 1})));
    assert_eq!(reports, ["duplicate-key 2:1-2:2", "multiple-documents 3:1-3:4"]);
    assert_eq!(super::reports("a: 1\n...\nb: 2\n"), ["multiple-documents 3:1-3:1"]);
}

#[test]
fn the_first_of_equal_keys_wins_and_all_others_are_reported() {
    let source = Source::new("s", "a: 1\nb: {c: 1, c: 2, 'c': 3}\n\"a\": 2\n");
    let found = diagnostics(&source);
    assert_eq!(found.iter().map(|found| found.pointer.as_str()).collect::<Vec<_>>(), ["/b/c", "/b/c", "/a"]);
    let firsts: Vec<u32> =
        found.iter().filter_map(|found| found.related.first()?.origin).map(|origin| origin.span.start).collect();
    assert_eq!(firsts, [9, 9, 0]);
    assert_eq!(read(&source.text).0, Some(json!({"a": 1, "b": {"c": 1}})));
    assert_eq!(reports(&source.text), ["duplicate-key 2:11-2:12", "duplicate-key 2:17-2:20", "duplicate-key 3:1-3:4"]);
}

#[test]
fn keys_that_are_equal_numbers_are_duplicates() {
    for text in ["1: a\n0x1: b\n", "1: a\n'1': b\n", "1.0: a\n1.00: b\n", "true: a\nTrue: b\n", "~: a\n~: b\n"] {
        let reports = reports(text);
        assert!(reports.len() == 1 && reports[0].starts_with("duplicate-key 2:1"), "{text:?}: {reports:?}");
    }
    assert_eq!(json("1: a\n'01': b\n"), json!({"1": "a", "01": "b"}));
}

#[test]
fn keys_know_whether_they_are_strings() {
    let source =
        Source::new("s", "a: 1\n'1': 1\n8080: 1\ntrue: 1\n~: 1\n0x1F: 1\n1.0: 1\n!!str 2: 1\n&k 3: 1\n*k : 1\n");
    let (document, found) = parse(&source).into_parts();
    let root = document.expect("a document").root;
    let keys: Vec<(&str, bool)> = root
        .as_mapping()
        .expect("a mapping")
        .entries
        .iter()
        .map(|entry| (entry.key.text.as_ref(), entry.key.is_string))
        .collect();
    let expected = [
        ("a", true),
        ("1", true),
        ("8080", false),
        ("true", false),
        ("~", false),
        ("0x1F", false),
        ("1.0", false),
        ("2", true),
        ("3", false),
    ];
    assert_eq!(keys, expected);
    // The alias stands for the key above it.
    assert_eq!(found.len(), 1);
    assert_eq!(json(": x\n"), json!({"null": "x"}));
}

#[test]
fn collections_are_no_keys() {
    let (value, reports) = read("? [a, b]\n: x\n? {c: d}\n: y\ne: 1\n{f: g}: z\n");
    assert_eq!(value, Some(json!({"e": 1})));
    assert_eq!(reports, ["non-string-key 1:3-1:9", "non-string-key 3:3-3:9", "non-string-key 6:1-6:7"]);
    assert_eq!(super::reports("a: &x [1]\n*x : b\n"), ["non-string-key 2:1-2:3"]);
}

#[test]
fn aliases_stand_for_their_anchors() {
    assert_eq!(
        json("a: &x {b: [1, &y two]}\nc: *x\nd: *y\n? &k key\n: &x 3\ne: [*x, *k]\n"),
        json!({"a": {"b": [1, "two"]}, "c": {"b": [1, "two"]}, "d": "two", "key": 3, "e": [3, "key"]})
    );
    assert_eq!(json("a: &x\nb: *x\nc: &y ''\nd: *y\n"), json!({"a": null, "b": null, "c": "", "d": ""}));
}

#[test]
fn all_unknown_anchors_are_reported_and_reading_goes_on() {
    let (value, reports) = read("a: *no\nb: [*no, 1, *later]\nc: &later 1\n<<: *none\n");
    assert_eq!(value, Some(json!({"a": null, "b": [null, 1, null], "c": 1})));
    assert_eq!(
        reports,
        ["unknown-anchor 1:4-1:7", "unknown-anchor 2:5-2:8", "unknown-anchor 2:13-2:19", "unknown-anchor 4:5-4:10"]
    );
}

#[test]
fn an_anchor_can_not_contain_itself() {
    for text in ["a: &r [*r]\n", "a: &r {b: *r}\n", "&r a: 1\nb: &s {<<: *s}\n", "a: &r\n  b:\n  - *r\n"] {
        let reports = reports(text);
        assert!(reports.len() == 1 && reports[0].starts_with("unknown-anchor"), "{text:?}: {reports:?}");
    }
}

#[test]
fn merge_keys() {
    let anchors = "x: &x {a: 1, b: 1}\ny: &y {b: 2, c: 2}\n";
    for (merge, expected) in [
        ("{<<: *x}", json!({"a": 1, "b": 1})),
        ("{<<: {a: 5}}", json!({"a": 5})),
        ("{b: 0, <<: *x}", json!({"a": 1, "b": 0})),
        ("{<<: *x, b: 0}", json!({"a": 1, "b": 0})),
        ("{<<: [*x, *y]}", json!({"a": 1, "b": 1, "c": 2})),
        ("{<<: [*y, *x], c: 0}", json!({"a": 1, "b": 2, "c": 0})),
        ("{<<: [*x, {a: 9, d: 9}]}", json!({"a": 1, "b": 1, "d": 9})),
        ("{<<: []}", json!({})),
        ("{<<: {<<: *x, a: 7}}", json!({"a": 7, "b": 1})),
        ("{'<<': *x}", json!({"<<": {"a": 1, "b": 1}})),
        ("{\"<<\": 1}", json!({"<<": 1})),
        ("{!!str <<: 1}", json!({"<<": 1})),
        ("{!!merge <<: *x}", json!({"a": 1, "b": 1})),
        ("[<<]", json!(["<<"])),
    ] {
        assert_eq!(json(&format!("{anchors}z: {merge}\n"))["z"], expected, "{merge}");
    }
}

#[test]
fn what_can_not_be_merged_is_reported() {
    assert_eq!(reports("a: {<<: 1, b: 2}\n"), ["invalid-merge 1:9-1:10"]);
    assert_eq!(reports("a: {<<: , b: 2}\n").len(), 1);
    assert_eq!(reports("a: {<<: [{c: 1}, x, [y]]}\n"), ["invalid-merge 1:18-1:19", "invalid-merge 1:21-1:24"]);
    assert_eq!(reports("x: &x {a: 1}\nb: {<<: *x, <<: *x}\n"), ["duplicate-key 2:13-2:15"]);
    assert_eq!(read("a: {<<: 1, b: 2}\n").0, Some(json!({"a": {"b": 2}})));
}

#[test]
fn mistakes_before_a_syntax_error_are_reported_with_it() {
    let (value, reports) = read("a: 1\na: 2\nb: *c\nd: @\n");
    assert_eq!(value, None);
    assert_eq!(reports, ["duplicate-key 2:1-2:2", "unknown-anchor 3:4-3:6", "invalid-yaml 4:4-4:5"]);
}

#[test]
fn only_a_broken_node_silences_later_stages() {
    let later = |text: &str, pointer: &str| {
        let source = Source::new("s", text);
        let outcome = parse(&source).and_then(|_| {
            let mut diagnostic = Diagnostic::new(Code::WrongType, &Path::ROOT, "later");
            diagnostic.pointer = pointer.split('/').collect();
            Outcome::new((), Diagnostics::from_iter([diagnostic]))
        });
        outcome.diagnostics().iter().any(|found| found.message == "later")
    };
    assert!(!later("a: *none\n", "a"));
    assert!(!later("a: {b: .nan}\n", "a/b"));
    // The merge might have brought what is missing.
    assert!(!later("a: {<<: 1}\n", "a/missing"));
    // The first value of a key, and the first document, are checked like any other.
    assert!(later("a: 1\na: 2\n", "a"));
    assert!(later("a: 1\n---\nb: 2\n", "a"));
    assert!(later("a: *none\nb: 1\n", "b"));
}
