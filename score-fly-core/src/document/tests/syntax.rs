//! Syntax errors: where they are, and in which words.

use super::views;
use crate::document::{Document, parse};
use crate::prelude::*;
use crate::source::Source;

/// Message, place, help, and the text of the related place.
fn explained(text: &str) -> (String, String, String, Option<u32>) {
    let source = Source::new("score.yaml", text);
    let (document, mut diagnostics) = parse(&source).into_parts();
    assert!(document.is_none(), "{text:?}");
    diagnostics.locate(&Document::without_root(&source));
    let view = views(&diagnostics, [&source]).pop().expect("a diagnostic");
    assert_eq!(view.code.as_str(), "invalid-yaml", "{text:?}: {view:?}");
    let at = view.location.expect("a location");
    let related = view.related.first().map(|related| related.location.as_ref().expect("a location").start.offset);
    (view.message, format!("{}:{}", at.start.line, at.start.column), view.help.unwrap_or_default(), related)
}

#[test]
fn the_cause_is_named_where_it_stands() {
    for (text, place, message, help) in [
        ("a:\n\tb: 1\n", "2:1", "a tab stands", "use spaces"),
        ("a: 1\n\tb: 2\n", "2:1", "a tab stands", "use spaces"),
        ("- a\n\t- b", "2:1", "a tab stands", "use spaces"),
        ("a: b: c\n", "1:5", "a second `:`", "quote the value"),
        ("a: 'x': y\n", "1:7", "a second `:`", "quote the value"),
        ("a: @x\n", "1:4", "can't start with `@`", "quote the value"),
        ("a: `x`\n", "1:4", "can't start with a backtick", "quote the value"),
        ("a: %x\n", "1:4", "can't start with `%`", "quote the value"),
        ("a: ,b\n", "1:4", "can't start with `,`", "quote the value"),
        ("a: x\u{1}y\n", "1:5", "control character U+0001", "escape"),
        ("a: \"é\u{7f}\"\n", "1:6", "control character U+007F", "escape"),
        ("a: \0\n", "1:4", "control character U+0000", "escape"),
        ("\"a: 1\n", "1:1", "a quote is not closed", "close it"),
        ("a: \"x\" y\n", "1:8", "more text after the closing quote", "within double quotes"),
        ("a: 'it's'\n", "1:8", "more text after the closing quote", "twice"),
        ("a: \"\\q\"\n", "1:4", "escape that YAML does not know", "\\\\"),
        ("a: \"\\xzz\"\n", "1:4", "lacks hexadecimal digits", "two"),
        ("a: \"\\ud83d\"\n", "1:4", "stands for no character", "surrogate"),
        ("a: [1, 2", "1:4", "this `[` is not closed", "closing bracket"),
        ("{\"a\": [1, {\"b\": 2}", "1:7", "this `[` is not closed", "closing bracket"),
        ("a: [1}\n", "1:4", "`[` is closed by a `}`", "match"),
        ("a: [1]]\n", "1:7", "closes nothing", "remove it"),
        ("x: [\n- a\n]", "2:1", "a `-` can't start an item", "commas"),
        ("a: 1\n b: 2\n", "2:3", "the line above holds a value", "indent the key"),
        ("a:\n  b:1\n  c: d\n", "3:4", "the line above holds a value", "space after the `:`"),
        ("a:\n  b: 1\n c: 2\n", "3:2", "does not line up with the keys", "indent it exactly"),
        ("a: [b]c\n", "1:7", "more text after this value", "quote the whole value"),
        ("- a\nb: 1\n", "2:1", "does not line up with the list", "start it with `- `"),
        ("a: - b\n", "1:4", "a list can't start here", "line of its own"),
        ("a: 1\nfoo # x\n", "2:1", "expected a key", "`key: value`"),
        ("a:\n  - b\n  -c\n", "3:3", "expected a key", "space after `-`"),
        ("a: |x\n  y\n", "1:4", "after `|` or `>`", "next line"),
        ("a: b #c\n d", "1:6", "a comment stands within", "move the comment"),
        ("a: *\n", "1:4", "a name is missing", "quote the value"),
        ("a: !b!c d\n", "1:4", "this tag can't be understood", "quote the value"),
        ("%a: 1\n", "1:1", "starts with `%`", "quote the text"),
        ("%YAML 2.0\n---\na: 1\n", "1:1", "starts with `%`", "remove it"),
    ] {
        let explained = explained(text);
        assert!(explained.0.contains(message), "{text:?}: {explained:?}");
        assert!(explained.2.contains(help), "{text:?}: {explained:?}");
        assert_eq!(explained.1, place, "{text:?}: {explained:?}");
    }
}

#[test]
fn what_is_not_closed_is_shown_where_it_opens() {
    for (text, place, opens) in [
        ("a: \"x\nb: 1\n", "2:1", 3),
        ("é: 'x\nb: 'y'\n", "2:1", 3),
        ("a: [1, 2\nb: 3\n", "2:2", 3),
        ("a: {b: 1\nc: 2\n", "2:2", 3),
    ] {
        let explained = explained(text);
        assert_eq!((explained.1.as_str(), explained.3), (place, Some(opens)), "{text:?}: {explained:?}");
    }
}

#[test]
fn messages_are_one_plain_sentence() {
    for text in ["a: b: c", "a: `", "a: [", "a:\n\tb: 1", "a: \"\\q\"", "a: \u{1}", "a: }", "%x", "- a\nb: 1", "a: &"] {
        let (message, ..) = explained(text);
        assert!(message.starts_with(|c: char| c.is_lowercase()), "{message}");
        assert!(!message.ends_with('.') && !message.contains('\n'), "{message}");
        assert_eq!(message.matches('`').count() % 2, 0, "{message}");
    }
}
