//! Documents on which this crate and `serde_yaml` must agree.

use score_fly_core::Source;
use score_fly_core::document::parse;

const DOCUMENTS: [&str; 12] = [
    "apiVersion: score.dev/v1b1\nmetadata:\n  name: web\ncontainers:\n  web:\n    image: nginx:1.25\n    variables:\n      A: \"1\"\n      B: ${resources.db.host}\n",
    "a: |\n  one\n   two\n\n  three\nb: |-\n  x\nc: |+\n  y\n\nd: >\n  folded\n  text\n\n  next\n   more\ne: >-\n  z\n",
    "a: 'it''s'\nb: \"tab\\there \\u00e9 \\x41 \\\"q\\\"\"\nc: \"long\n  line\\\n  joined\"\nd: plain\n  goes on\n",
    "- a\n- - b\n  - c: d\n    e: [f, {g: h}, ]\n-\n- ~\n- - []\n  - {}\n",
    "a: [1, -2, 3.5, 1e3, 0x1F, 0o17, true, False, null, ~, yes, no, on, off, y, 1:30, 1.2.3, 500m]\n",
    "{\"a\": {\"b\": [1, 2, {\"c\": null}]}, \"d\": \"\\u20ac \\/\", \"e\": 1.0}",
    "a: &x {b: 1}\nc: *x\nd: [&y two, *y]\ne: &z\n  - *x\nf: *z\n",
    "# comment\n\na:   # here\n  # there\n  b: c#d\n  'e #f': \"g # h\"\n...\n",
    "? a b\n: c\n? |\n  block\n: d\n\"e\": f\n",
    "a:\r\n  - b\r\n  - |\r\n    c\r\n    d\r\n",
    "é: ü 😀\n'😀': [\"é\"]\n日本: 語\n",
    "a:\n- b\n- c\nd:\n    e:\n          f: g\n    h: i\n",
];

#[test]
fn both_read_the_same() {
    for text in DOCUMENTS {
        let expected: serde_yaml::Value = serde_yaml::from_str(text).expect("a document that serde_yaml reads");
        let expected = serde_json::to_value(expected).expect("a document that JSON can hold");
        let source = Source::new("score.yaml", text);
        let (document, diagnostics) = parse(&source).into_result().expect("a document that we read");
        assert_eq!(document.root.to_json(), expected, "{text}");
        assert!(diagnostics.is_empty(), "{text}: {diagnostics:?}");
    }
}

#[test]
fn both_refuse_the_same() {
    for text in [
        "a: b: c",
        "a: [1",
        "a: \"x",
        "a:\n\tb: 1",
        "a: @x",
        "a: *none",
        "a: &r [*r]",
        "a: 1\n b: 2",
        "a: {b",
        "- a\nb: 1",
        "a: 1\n---\nb: 2",
        "{a: 1, a: 2}",
        "a: 'it's'",
        "a: \"\\q\"",
        "a: ]",
    ] {
        assert!(serde_yaml::from_str::<serde_yaml::Value>(text).is_err(), "{text}");
        assert!(parse(&Source::new("score.yaml", text)).into_result().is_err(), "{text}");
    }
}
