//! Inputs made to use up time, memory or stack.

use super::reports;
use crate::document::yaml::limits::{MAX_DEPTH, MAX_INPUT};
use crate::document::{Document, parse};
use crate::prelude::*;
use crate::source::Source;

/// Reads and drops a document on a stack as small as WebAssembly's, and gives the codes.
fn codes_on_a_small_stack(text: String) -> Vec<String> {
    std::thread::Builder::new()
        .stack_size(1024 * 1024)
        .spawn(move || {
            let source = Source::new("s", text);
            let (document, diagnostics) = parse(&source).into_parts();
            drop(document.map(|Document { root, .. }| (root.to_json(), root.clone(), root)));
            diagnostics.iter().map(|diagnostic| diagnostic.code.to_string()).collect()
        })
        .expect("a thread")
        .join()
        .expect("no panic")
}

fn repeated(range: core::ops::Range<usize>, part: impl Fn(usize) -> String) -> String {
    range.map(part).collect::<Vec<_>>().concat()
}

fn nested_blocks(levels: usize) -> String {
    repeated(0..levels, |level| format!("{}a:\n", " ".repeat(level)))
}

#[test]
fn nesting_ends_at_the_limit() {
    let (open, close) = ("[".repeat(MAX_DEPTH), "]".repeat(MAX_DEPTH));
    assert_eq!(codes_on_a_small_stack(format!("{open}{close}")), [""; 0]);
    assert_eq!(codes_on_a_small_stack(nested_blocks(MAX_DEPTH)), [""; 0]);
    assert_eq!(codes_on_a_small_stack("- ".repeat(MAX_DEPTH) + "a"), [""; 0]);
    for text in [
        format!("[{open}{close}]"),
        nested_blocks(MAX_DEPTH + 1),
        format!("a:\n- {open}{close}"),
        "[".repeat(10_000),
        "[".repeat(200_000),
        "{a: ".repeat(100_000),
        "- ".repeat(10_000),
        "? ".repeat(100_000),
        nested_blocks(2_000),
    ] {
        let start: String = text.chars().take(20).collect();
        assert_eq!(codes_on_a_small_stack(text), ["document-limit"], "{start}");
    }
}

#[test]
fn nesting_through_aliases_counts() {
    let levels = repeated(1..1_000, |level| format!("a{level}: &a{level} [*a{}]\n", level - 1));
    assert_eq!(codes_on_a_small_stack(format!("a0: &a0 x\n{levels}")), ["document-limit"]);
}

#[test]
fn alias_bombs_stop_at_the_budget() {
    let nine = |level: usize| vec![format!("*a{}", level - 1); 9].join(", ");
    let laughs = repeated(1..10, |level| format!("a{level}: &a{level} [{}]\n", nine(level)));
    assert_eq!(reports(&format!("a0: &a0 lol\n{laughs}")).len(), 1);
    assert!(reports(&format!("a0: &a0 lol\n{laughs}"))[0].starts_with("document-limit"));

    let doubled = repeated(1..30, |level| format!("a{level}: &a{level} {{<<: *a{}, k{level}: [*a{0}]}}\n", level - 1));
    assert_eq!(codes_on_a_small_stack(format!("a0: &a0 {{x: y}}\n{doubled}")), ["document-limit"]);
}

#[test]
fn text_that_aliases_copy_is_paid_for_by_its_bytes() {
    let text = format!("a: &a {}\nb: [{}]\n", "x".repeat(100_000), "*a, ".repeat(20_000));
    assert_eq!(codes_on_a_small_stack(text), ["document-limit"]);
    let modest = format!("a: &a {}\nb: [{}]\n", "x".repeat(100_000), "*a, ".repeat(20));
    assert_eq!(codes_on_a_small_stack(modest), [""; 0]);
}

#[test]
fn merge_work_is_paid_for() {
    let keys = repeated(0..1_000, |key| format!("k{key}: 1, "));
    let text = format!("a: &a {{{keys}}}\nb:\n  <<: [{}]\n", "*a, ".repeat(2_000));
    assert_eq!(codes_on_a_small_stack(text), ["document-limit"]);
}

#[test]
fn many_nodes_and_long_texts_are_refused() {
    assert_eq!(codes_on_a_small_stack(format!("[{}]", "a,".repeat(300_000))), ["document-limit"]);
    assert_eq!(codes_on_a_small_stack("#".repeat(MAX_INPUT + 1)), ["document-limit"]);
    assert_eq!(codes_on_a_small_stack(format!("a: {}", "x".repeat(MAX_INPUT - 3))), [""; 0]);
    assert_eq!(codes_on_a_small_stack(format!("? {}\n: x", "x".repeat(2_000))), ["document-limit"]);
}

#[test]
fn diagnostics_are_bounded() {
    assert_eq!(codes_on_a_small_stack("a: 1\n".repeat(2_000)).len(), 500);
    assert_eq!(codes_on_a_small_stack("[".to_owned() + &"*a,".repeat(2_000) + "]").len(), 500);
    // Errors are not crowded out by warnings.
    let warnings = "- 2001-01-01\n".repeat(5_000);
    let codes = codes_on_a_small_stack(format!("{warnings}- *a\n"));
    assert!(codes.len() < 2_000);
    assert_eq!(codes.last().map(String::as_str), Some("unknown-anchor"));
}

#[test]
fn long_runs_of_one_thing_are_read() {
    let anchors = repeated(0..50_000, |anchor| format!("- &a{anchor} x\n"));
    for (text, expected) in [
        (anchors, vec![]),
        (format!("a: \"{}\"", "\\u0041".repeat(100_000)), vec![]),
        (format!("a: |\n{}", "  x\n".repeat(100_000)), vec![]),
        (format!("a: 1\n{}", "# x\n".repeat(100_000)), vec![]),
        (format!("a: 1{}", "\n".repeat(200_000)), vec![]),
        (format!("a: 1{}b", " ".repeat(200_000)), vec![]),
        (format!("a: '{}", "''".repeat(500_000)), vec!["invalid-yaml"]),
        ("a: b: ".repeat(100_000), vec!["invalid-yaml"]),
        ("\u{feff}".repeat(10_000), vec!["empty-document"]),
    ] {
        let start: String = text.chars().take(20).collect();
        assert_eq!(codes_on_a_small_stack(text), expected, "{start:?}");
    }
}
