//! Scalars have the types that yaml.v3 gives them.

use serde_json::json;

use super::{json, read};
use crate::prelude::*;

fn value(scalar: &str) -> serde_json::Value {
    json(&format!("a: {scalar}\n"))["a"].take()
}

#[test]
fn integers_of_all_bases() {
    for (text, expected) in [
        ("0", 0),
        ("-0", 0),
        ("00", 0),
        ("+5", 5),
        ("-5", -5),
        ("0644", 420),
        ("-0644", -420),
        ("0o644", 420),
        ("0O17", 15),
        ("0_7", 7),
        ("0b101", 5),
        ("+0b11", 3),
        ("0x1F", 31),
        ("-0x1f", -31),
        ("0x_1F", 31),
        ("1_000", 1000),
        ("1__0", 10),
        ("1_", 1),
        ("9223372036854775807", i64::MAX),
        ("-9223372036854775808", i64::MIN),
    ] {
        assert_eq!(value(text), json!(expected), "{text}");
    }
    assert_eq!(value("9223372036854775808"), json!(9_223_372_036_854_775_808_u64));
    assert_eq!(value("18446744073709551615"), json!(u64::MAX));
}

#[test]
fn floats() {
    for (text, expected) in [
        ("1.5", 1.5),
        ("1.", 1.0),
        (".5", 0.5),
        ("-.5", -0.5),
        ("+1.5e3", 1500.0),
        ("1e3", 1000.0),
        ("1E-2", 0.01),
        ("1_0.5", 10.5),
        ("08", 8.0),
        ("09.5", 9.5),
        ("18446744073709551616", 18_446_744_073_709_551_616.0),
        ("-9223372036854775809", -9_223_372_036_854_775_809.0),
        // yaml.v3 reads an integer with a sign into 64 bits with sign only.
        ("+18446744073709551615", 18_446_744_073_709_551_615.0),
    ] {
        assert_eq!(value(text), json!(expected), "{text}");
    }
}

#[test]
fn booleans_and_nulls() {
    for text in ["true", "True", "TRUE"] {
        assert_eq!(value(text), json!(true));
    }
    for text in ["false", "False", "FALSE"] {
        assert_eq!(value(text), json!(false));
    }
    for text in ["", "~", "null", "Null", "NULL", "# nothing"] {
        assert_eq!(value(text), json!(null), "{text}");
    }
}

#[test]
fn all_else_is_text() {
    for text in [
        "yes",
        "No",
        "on",
        "OFF",
        "y",
        "n",
        "tRUE",
        "nULL",
        "_1",
        "1e",
        "1e+",
        "0x",
        "0b",
        "0b2",
        "0o9",
        "0o",
        "1e400",
        "-1e400",
        "1:30",
        "12:30:45",
        "1.2.3",
        "1.5Gi",
        "500m",
        ".",
        "+",
        "+-1",
        "--1",
        "0x-1",
        "1,000",
        ".5_0",
        "½",
        "١",
        "inf",
        "nan",
        "Infinity",
        "=",
        "1 2",
        "0.0.0.0/0",
    ] {
        assert_eq!(value(text), json!(text), "{text}");
    }
}

#[test]
fn quotes_and_blocks_are_text() {
    assert_eq!(
        json("a: '1'\nb: \"true\"\nc: |\n  1\nd: >-\n  null\ne: ''\nf: >-\n"),
        json!({"a": "1", "b": "true", "c": "1\n", "d": "null", "e": "", "f": ""})
    );
}

#[test]
fn a_written_tilde_and_an_empty_value_are_null_but_not_in_quotes() {
    assert_eq!(json("a: ~\nb:\nc: '~'\nd: [~, '~']\n"), json!({"a": null, "b": null, "c": "~", "d": [null, "~"]}));
}

#[test]
fn explicit_tags_apply() {
    assert_eq!(value("!!str 5"), json!("5"));
    assert_eq!(value("!!str"), json!(""));
    assert_eq!(value("!!str 2001-01-01"), json!("2001-01-01"));
    assert_eq!(value("!!int '5'"), json!(5));
    assert_eq!(value("!!float 5"), json!(5.0));
    assert_eq!(value("!!bool 'true'"), json!(true));
    assert_eq!(value("!!null ''"), json!(null));
    assert_eq!(value("!!binary aGVs\n  bG8="), json!("hello"));
    assert_eq!(value("!!set {x, y}"), json!({"x": null, "y": null}));
    assert_eq!(value("!custom 5"), json!(5));
    assert_eq!(value("!custom {x: 1}"), json!({"x": 1}));
    assert_eq!(json("%TAG !y! tag:yaml.org,2002:\n---\na: !y!str 5\n"), json!({"a": "5"}));
}

#[test]
fn a_tag_that_does_not_fit_is_reported() {
    for text in ["!!bool yes", "!!int x", "!!int 1.5", "!!float x", "!!null x", "!!binary '?'", "!!binary /w=="] {
        let (json, reports) = read(&format!("a: {text}\n"));
        assert_eq!(json, Some(json!({"a": null})), "{text}");
        assert_eq!(reports.len(), 1, "{text}");
        assert!(reports[0].starts_with("invalid-yaml 1:"), "{text}: {reports:?}");
    }
}

#[test]
fn numbers_that_json_lacks_are_reported() {
    for text in [".inf", "-.Inf", "+.INF", ".nan", ".NaN"] {
        assert_eq!(read(&format!("a: {text}\n")).1, [format!("invalid-number 1:4-1:{}", 4 + text.len())], "{text}");
        assert_eq!(value(&format!("'{text}'")), json!(text));
    }
}

#[test]
fn dates_stay_text_with_a_warning() {
    for text in [
        "2001-01-01",
        "2001-1-1",
        "2000-02-29",
        "2001-12-14T21:59:43.10Z",
        "2001-12-14t21:59:43+05:30",
        "2001-12-14 21:59:43",
        "2001-12-14 1:2:3.5",
    ] {
        let (json, reports) = read(&format!("a: {text}\n"));
        assert_eq!(json, Some(json!({"a": text})));
        assert_eq!(reports, [format!("ambiguous-scalar 1:4-1:{}", 4 + text.len())], "{text}");
        assert_eq!(value(&format!("\"{text}\"")), json!(text));
    }
}

#[test]
fn what_only_resembles_a_date_warns_of_nothing() {
    for text in [
        "2001-02-29",
        "1900-02-29",
        "2001-13-01",
        "2001-00-01",
        "2001-04-31",
        "2001-01-00",
        "01-01-2001",
        "201-01-01",
        "20010-01-01",
        "2001-01",
        "2001-01-01T10:00",
        "2001-01-01T10:00:00",
        "2001-01-01 10:00:00Z",
        "2001-01-01T25:00:00Z",
        "2001-01-01T10:00:00+5",
        "2001-001-01",
        "2001-01-01x",
        "v2001-01-01",
    ] {
        assert_eq!(value(text), json!(text), "{text}");
    }
}

/// As libyaml (`PyYAML`) and go-yaml have it: a line feed that is not there is not part of the value.
#[test]
fn block_scalars_at_the_end_of_the_text() {
    for (text, expected) in [
        ("a: |\n  x", "x"),
        ("a: |+\n  x", "x"),
        ("a: |-\n  x", "x"),
        ("a: >\n  x\n  y", "x y"),
        ("a: >+\n  x", "x"),
        ("a: |2\n    x", "  x"),
        ("a: |\n  x  ", "x  "),
        ("a: |\n  x\n  ", "x\n"),
        ("a: |\n  x\n   ", "x\n "),
        ("a: |+\n  x\n   ", "x\n "),
        ("a: >\n  x\n   ", "x\n "),
        ("a: |+\n  x\n  ", "x\n"),
        ("a: |+\n  x\n\n  ", "x\n\n"),
        ("a: |+\n  x\n\n", "x\n\n"),
        ("a: |\n  x\n# c", "x\n"),
        ("a: |\n  x\n  # c", "x\n# c"),
        ("a: |\n", ""),
        ("a: |", ""),
        ("a: |\n  ", ""),
        ("a: |\n  x\r\n", "x\n"),
        ("a: |\n  x\r", "x\n"),
    ] {
        assert_eq!(json(text)["a"], expected, "{text:?}");
    }
}
