//! Diagnostics as lines of text, for editors and screen readers: `file:line:column: severity…`.

use std::fmt::Write as _;

use score_fly_core::diagnostic::{DiagnosticView, LocationView};

use crate::untrusted::one_line;

/// The diagnostic on a line of its own, then what is related to it, then the help.
pub(crate) fn render(view: &DiagnosticView) -> String {
    let mut text = String::new();
    let mut line = |location: Option<&LocationView>, kind: &str, message: &str| {
        if let Some(LocationView { source, start, .. }) = location {
            let _ = write!(text, "{}:{}:{}: ", one_line(source), start.line, start.column);
        }
        let _ = writeln!(text, "{kind}: {}", one_line(message));
    };
    let kind = format!("{}[{}]", view.severity.as_str(), view.code);
    line(view.location.as_ref(), &kind, &view.message);
    for related in &view.related {
        line(related.location.as_ref(), "note", &related.message);
    }
    if let Some(help) = &view.help {
        line(None, "help", help);
    }
    text
}

/// What is wrong with something that has no text.
#[cfg(feature = "image")]
pub(crate) fn refusal(code: &str, sentence: &str, help: Option<&str>) -> String {
    let help = help.map(|help| format!("help: {}\n", one_line(help))).unwrap_or_default();
    format!("error[{code}]: {}\n{help}", one_line(sentence))
}

#[cfg(test)]
mod tests {
    use score_fly_core::diagnostic::DiagnosticView;
    use serde_json::json;

    #[test]
    fn every_message_is_one_line() {
        let view: DiagnosticView = serde_json::from_value(json!({
            "code": "duplicate-key",
            "severity": "error",
            "message": "the key `a\nb\u{1b}` stands twice",
            "pointer": "/x",
            "location": {
                "source": "s.yaml",
                "start": { "line": 3, "column": 2, "offset": 9 },
                "end": { "line": 3, "column": 3, "offset": 10 },
            },
            "help": "remove one",
            "related": [{ "message": "the first is here", "location": null }],
        }))
        .unwrap();
        assert_eq!(
            super::render(&view),
            "s.yaml:3:2: error[duplicate-key]: the key `a␊b␛` stands twice\nnote: the first is here\nhelp: remove one\n"
        );
    }
}
