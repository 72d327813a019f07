use crate::prelude::*;

use serde_json::json;

use crate::document::{of_json, parse};

/// The reader is the oracle: of the text that comes along, it makes the same tree in the same places.
#[test]
fn its_text_is_read_as_the_same_document() {
    for data in [
        json!({}),
        json!([]),
        json!("text"),
        json!({"a": {"b": [1, [], {}, [true, false]], "c": -2.5}, "d": null}),
        json!([u64::MAX, i64::MIN, 0.1, 1e300]),
        json!({"": "", "quote \" and \\": "line\nbreak\ttab \u{8}\u{1f}", "ü🎉": "é\u{2028}", "${x}": "$$", "#": ": #"}),
        json!({"true": "true", "8080": "8080", "null": "null", "~": "~", "<<": "<<", "2024-01-01": "2024-01-01"}),
    ] {
        let document = of_json("data", data.clone());
        let source = document.sources[0].clone();
        let (read, diagnostics) = parse(&source).into_parts();
        assert!(diagnostics.is_empty(), "{}: {diagnostics:?}", source.text);
        assert_eq!(read.unwrap().root, document.root, "{}", source.text);
        assert_eq!(document.root.to_json(), data);
        assert_eq!(source.text, format!("{data:#}\n"));
    }
}
