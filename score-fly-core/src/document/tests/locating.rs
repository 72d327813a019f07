//! Pointers become places.

use super::{place, views};
use crate::diagnostic::{Code, Diagnostic, Diagnostics};
use crate::document::overrides::{Override, apply};
use crate::document::parse;
use crate::pointer::Path;
use crate::prelude::*;
use crate::source::Source;

const SCORE: &str = r#"# é 😀
apiVersion: score.dev/v1b1
metadata:
  name: "é ${a} 😀"
containers:
  web: &web
    image: nginx
    args: [a, "b ${resources.x.y} c"]
    variables: {}
    files:
      /a/b~c:
        content: |
          first ${one}
          second ${two}

    command:
      - echo
      - long
        text ${three}
  other: *web
  third:
    <<: *web
    image: >-
      ${four}
service:
empty: ''
"#;

/// The text at which a diagnostic about that pointer is shown, in the document with overrides.
fn shown(pointer: &str, mark: impl FnOnce(Diagnostic) -> Diagnostic) -> String {
    let source = Source::new("score.yaml", SCORE);
    let overrides = [
        Override::File(Source::new("over.yaml", "containers:\n  web:\n    image: 'é'\n    extra: {a: 1}\n")),
        Override::property("metadata.annotations.ü=7 # no"),
    ];
    let (document, found) = parse(&source).and_then(|document| apply(document, &overrides)).into_parts();
    assert!(found.is_empty(), "{found:?}");
    let document = document.expect("a document");
    let mut diagnostic = mark(Diagnostic::new(Code::WrongType, &Path::ROOT, ""));
    diagnostic.pointer = serde_json::from_value(pointer.into()).expect("a pointer");
    document.locate(&mut diagnostic);
    let at = diagnostic.location.expect("a location");
    let source = document.sources.iter().find(|source| source.name == at.source).expect("a source");
    format!("{}: {}", at.source, at.span.slice(&source.text))
}

#[test]
fn values() {
    let value = |pointer| shown(pointer, |diagnostic| diagnostic);
    assert_eq!(value("/apiVersion"), "score.yaml: score.dev/v1b1");
    assert_eq!(value("/metadata/name"), "score.yaml: \"é ${a} 😀\"");
    assert_eq!(value("/containers/web/args/0"), "score.yaml: a");
    assert_eq!(value("/containers/web/args/1"), "score.yaml: \"b ${resources.x.y} c\"");
    // What spans lines is shown by its key, or by its first line.
    assert_eq!(value("/containers/web/files"), "score.yaml: files");
    assert_eq!(value("/containers/web/variables"), "score.yaml: variables");
    assert_eq!(value("/containers/web/files/~1a~1b~0c/content"), "score.yaml: first ${one}");
    assert_eq!(value("/containers/web/command/1"), "score.yaml: long");
    assert_eq!(value(""), "score.yaml: apiVersion: score.dev/v1b1");
    // Nothing can't be underlined.
    assert_eq!(value("/service"), "score.yaml: service");
    assert_eq!(value("/empty"), "score.yaml: ''");
}

#[test]
fn what_is_missing_is_shown_above_it() {
    let value = |pointer| shown(pointer, |diagnostic| diagnostic);
    assert_eq!(value("/containers/web/livenessProbe/httpGet"), "score.yaml: web");
    assert_eq!(value("/containers/web/args/7"), "score.yaml: args");
    assert_eq!(value("/apiVersion/x"), "score.yaml: apiVersion");
    assert_eq!(value("/resources"), "score.yaml: apiVersion: score.dev/v1b1");
}

#[test]
fn keys() {
    let key = |pointer| shown(pointer, Diagnostic::on_key);
    assert_eq!(key("/metadata/name"), "score.yaml: name");
    assert_eq!(key("/containers/web/files/~1a~1b~0c"), "score.yaml: /a/b~c");
    assert_eq!(key("/containers/web/extra"), "over.yaml: extra");
    assert_eq!(key("/metadata/annotations/ü"), "--override-property metadata.annotations.ü: ü");
}

/// The entries of a large mapping are found in another way than those of a small one.
#[test]
fn each_of_many_entries() {
    let lines: Vec<String> = (0..100).rev().map(|n| format!("k{n}: v{n}\n")).collect();
    let text = lines.concat();
    let source = Source::new("s.yaml", &*text);
    let (document, _) = parse(&source).into_parts();
    let at = |key: &str| Diagnostic::new(Code::WrongType, &Path::ROOT.key(key), "wrong");
    let mut diagnostics: Diagnostics = ["k7", "k99", "k0", "k100"].map(at).into_iter().collect();
    diagnostics.locate(&document.unwrap());
    let shown: Vec<&str> = diagnostics.iter().map(|found| found.location.as_ref().unwrap().span.slice(&text)).collect();
    assert_eq!(shown, ["k99: v99", "v99", "v7", "v0"]);
}

#[test]
fn texts() {
    let text = |pointer, text: &str| shown(pointer, |diagnostic| diagnostic.on_text(text));
    assert_eq!(text("/metadata/name", "${a}"), "score.yaml: ${a}");
    assert_eq!(text("/containers/web/args/1", "${resources.x.y}"), "score.yaml: ${resources.x.y}");
    assert_eq!(text("/containers/web/files/~1a~1b~0c/content", "${two}"), "score.yaml: ${two}");
    assert_eq!(text("/containers/web/command/1", "${three}"), "score.yaml: ${three}");
    assert_eq!(text("/containers/third/image", "${four}"), "score.yaml: ${four}");
    // A text that the source spells differently.
    assert_eq!(text("/containers/web/command/1", "long text"), "score.yaml: long");
    assert_eq!(text("/metadata/missing", "${a}"), "score.yaml: metadata");
}

#[test]
fn overrides_are_shown_where_they_were_written() {
    let value = |pointer| shown(pointer, |diagnostic| diagnostic);
    assert_eq!(value("/containers/web/image"), "over.yaml: 'é'");
    assert_eq!(value("/containers/web/extra"), "over.yaml: extra");
    assert_eq!(value("/metadata/annotations/ü"), "--override-property metadata.annotations.ü: 7");
    assert_eq!(value("/metadata/annotations"), "--override-property metadata.annotations.ü: annotations");
}

#[test]
fn an_alias_is_shown_where_it_stands_and_its_content_where_the_anchor_is() {
    let value = |pointer| shown(pointer, |diagnostic| diagnostic);
    assert_eq!(value("/containers/other"), "score.yaml: other");
    assert_eq!(value("/containers/other/image"), "score.yaml: nginx");
    assert_eq!(value("/containers/other/missing"), "score.yaml: other");
    assert_eq!(value("/containers/third/args/0"), "score.yaml: a");
}

#[test]
fn lines_and_columns_count_characters_before_them() {
    let source = Source::new("score.yaml", "é: \"😀😀\" # 😀\r\nb: {😀: [x]}\r\n");
    let (document, _) = parse(&source).into_parts();
    let document = document.expect("a document");
    let at = |pointer: &str| {
        let mut diagnostic = Diagnostic::new(Code::WrongType, &Path::ROOT, "");
        diagnostic.pointer = pointer.split('/').collect();
        let mut diagnostics = Diagnostics::from_iter([diagnostic]);
        diagnostics.locate(&document);
        views(&diagnostics, [&source]).iter().map(place).collect::<String>()
    };
    assert_eq!(at("é"), "wrong-type 1:4-1:8");
    assert_eq!(at("b/😀/0"), "wrong-type 2:9-2:10");
}
