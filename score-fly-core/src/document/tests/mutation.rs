//! Documents damaged at random are read or refused, but never crash, and all places stay right.

use alloc::borrow::Cow;

use crate::diagnostic::{Diagnostic, Diagnostics};
use crate::document::overrides::{Override, apply};
use crate::document::{Document, Node, Value, parse};
use crate::prelude::*;
use crate::source::{Origin, Source};

const SEEDS: [&str; 4] = [
    "apiVersion: score.dev/v1b1\nmetadata:\n  name: é-😀\ncontainers:\n  web: &web\n    image: \"nginx:${x}\"\n    args: [a, 'b''c', 0644]\n    files:\n      - target: /x # no\n        content: |\n          one\n           two\n\n  other:\n    <<: *web\n    image: >-\n      folded\n      text\nresources: {db: {type: postgres, params: {v: 1.5, d: 2001-01-01}}}\n",
    "{\n\t\"a\": [1, -2.5e3, true, null, \"\\ud83d\\ude00\\u00e9\\/\\n\"],\n\t\"b\": {\"c\": {}, \"d\": []}\r\n}\r\n",
    "%YAML 1.2\n--- !!map\n? &k key\n: &a [x, *k, {<<: [{p: 1}, {q: 2}], p: 0}]\n'<<': *a\n1: !!str 5\n0x1f: ~\nplain text\n  goes on: -\n...\n",
    "- - - a\n  - b: |2-\n      é\n    c: \"x\n      y\\\n      z\"\n- &x {a: b, ? c, \"d\":e}\n- *x\n- !local {f: [ , ]}\n",
];

const TOKENS: [&str; 40] = [
    "[",
    "]",
    "{",
    "}",
    ",",
    ":",
    ": ",
    "- ",
    "? ",
    "&a ",
    "*a",
    "*a : ",
    "<<: *a\n",
    "<<: ",
    "\"",
    "'",
    "|\n",
    ">-\n",
    "#",
    " #",
    "\n",
    "\r\n",
    "\t",
    " ",
    "  ",
    "---\n",
    "...\n",
    "%YAML 1.1\n",
    "!!int ",
    "!x ",
    "\\",
    "\\u00",
    "é",
    "😀",
    "\u{feff}",
    "\0",
    "\u{85}",
    "~",
    "2001-01-01",
    "@",
];

/// xorshift64*: small, and the same on every run.
struct Random(u64);

impl Random {
    fn below(&mut self, limit: usize) -> usize {
        self.0 ^= self.0 >> 12;
        self.0 ^= self.0 << 25;
        self.0 ^= self.0 >> 27;
        let high = (self.0.wrapping_mul(0x2545_f491_4f6c_dd1d) >> 33) as usize;
        high % limit.max(1)
    }

    fn boundary(&mut self, text: &str) -> usize {
        let offset = self.below(text.len() + 1);
        (0..=offset).rev().find(|offset| text.is_char_boundary(*offset)).unwrap_or_default()
    }

    fn mutate(&mut self, text: &mut String) {
        let (a, b) = (self.boundary(text), self.boundary(text));
        let (start, end) = (a.min(b), a.max(b).min(a.min(b) + 40));
        let end = (start..=end).rev().find(|end| text.is_char_boundary(*end)).unwrap_or(start);
        match self.below(6) {
            0 => text.replace_range(start..end, ""),
            1 | 2 => {
                let part = text[start..end].to_owned();
                text.insert_str(b, &part);
            }
            3 => text.truncate(a.max(b)),
            _ => text.insert_str(a, TOKENS[self.below(TOKENS.len())]),
        }
    }
}

fn slice<'s>(document: &'s Document<'_>, origin: Origin) -> &'s str {
    let text = &document.source(origin.source).expect("the source of a node").text;
    text.get(origin.span.start as usize..origin.span.end as usize).expect("a span within the text")
}

/// Every node and key lies in its source, and text that was not changed by quoting or folding is
/// found there.
fn check_places(document: &Document<'_>, node: &Node<'_>) {
    let written = slice(document, node.origin);
    match &node.value {
        Value::String(Cow::Borrowed(text)) if !written.starts_with('*') => {
            assert!(written.contains(text) || text.trim_end().is_empty() || written.contains(text.trim_end()));
        }
        Value::Sequence(items) => items.iter().for_each(|item| check_places(document, item)),
        Value::Mapping(mapping) => {
            let mut keys: Vec<&str> = mapping.entries.iter().map(|entry| entry.key.text.as_ref()).collect();
            keys.sort_unstable();
            assert!(keys.windows(2).all(|pair| pair[0] != pair[1]), "{keys:?}");
            for entry in &mapping.entries {
                slice(document, entry.key.origin);
                check_places(document, &entry.value);
            }
        }
        _ => {}
    }
}

fn check_diagnostics(document: &Document<'_>, mut diagnostics: Diagnostics) {
    diagnostics.locate(document);
    for Diagnostic { message, location, related, .. } in diagnostics {
        assert!(!message.is_empty() && !message.contains('\n'), "{message:?}");
        let places = related.into_iter().map(|related| related.location);
        for place in places.chain([location]) {
            let place = place.expect("a location");
            let source = document.sources.iter().find(|source| source.name == place.source).expect("a source");
            assert!(source.text.get(place.span.start as usize..place.span.end as usize).is_some(), "{message}");
        }
    }
}

fn check(text: &str, over: &str) {
    let source = Source::new("score.yaml", text);
    let (document, diagnostics) = parse(&source).into_parts();
    assert!(document.is_some() || diagnostics.has_errors());
    check_diagnostics(document.as_ref().unwrap_or(&Document::without_root(&source)), diagnostics);
    let Some(document) = document else { return };
    check_places(&document, &document.root);

    let json = document.root.to_json();
    let overrides = [Override::File(Source::new("same.yaml", text))];
    let same = apply(document.clone(), &overrides).into_parts().0.expect("a document");
    if document.root.as_mapping().is_some() {
        assert_eq!(same.root.to_json(), json);
    }

    let overrides = [Override::File(Source::new("over.yaml", over)), Override::property(over)];
    let (document, diagnostics) = apply(document, &overrides).into_parts();
    let document = document.expect("a document");
    check_places(&document, &document.root);
    check_diagnostics(&document, diagnostics);
}

#[test]
fn damaged_documents_do_no_harm() {
    let mut random = Random(0x9e37_79b9_7f4a_7c15);
    let mut read = 0;
    for round in 0..3_000 {
        let mut text = SEEDS[round % SEEDS.len()].to_owned();
        let mut over = if round % 2 == 0 { "metadata.name=a: 1\n".to_owned() } else { SEEDS[round % 3].to_owned() };
        for _ in 0..=random.below(2) {
            random.mutate(&mut text);
            random.mutate(&mut over);
        }
        read += usize::from(parse(&Source::new("score.yaml", text.as_str())).into_parts().0.is_some());
        check(&text, &over);
    }
    // Damage that always breaks the syntax would test only that.
    assert!((500..2_900).contains(&read), "{read} of the documents could be read");
}

#[test]
fn all_beginnings_do_no_harm() {
    for seed in SEEDS {
        for (end, _) in seed.char_indices() {
            check(&seed[..end], &seed[end..]);
        }
    }
}
