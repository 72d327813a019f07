//! Diagnostics as workflow commands, which GitHub Actions shows next to the lines they are about.
//!
//! The form and its escapes are those of GitHub's toolkit: `::error file=…,line=…::message`.

use std::fmt::Write as _;

use score_fly_core::Severity;
use score_fly_core::diagnostic::DiagnosticView;

use super::Text;

/// The diagnostic as one command.
pub(crate) fn render(view: &DiagnosticView, texts: &[Text<'_>]) -> String {
    let command = match view.severity {
        Severity::Error => "error",
        Severity::Warning => "warning",
        Severity::Note => "notice",
    };
    let mut text = format!("::{command} title={}", property(&format!("score-fly {}", view.code)));
    let location = view
        .location
        .as_ref()
        .filter(|location| texts.iter().any(|text| text.is_file && text.source.name == location.source));
    if let Some(location) = location {
        let _ = write!(text, ",file={},line={}", property(&location.source), location.start.line);
        let _ = write!(text, ",endLine={},col={}", location.end.line, location.start.column);
        // A column at which to end is taken only on the line of the start.
        if location.start.line == location.end.line {
            let _ = write!(text, ",endColumn={}", location.end.column);
        }
    }
    let mut message = view.message.clone();
    for related in &view.related {
        message.push('\n');
        if let Some(location) = &related.location {
            let _ = write!(message, "{}:{}: ", location.source, location.start.line);
        }
        message.push_str(&related.message);
    }
    if let Some(help) = &view.help {
        let _ = write!(message, "\nhelp: {help}");
    }
    let _ = writeln!(text, "::{}", data(&message));
    text
}

/// A failure as one command.
pub(crate) fn failure(sentence: &str) -> String {
    format!("::error title=score-fly::{}\n", data(sentence))
}

/// Escapes what comes after the second `::`.
fn data(text: &str) -> String {
    text.replace('%', "%25").replace('\r', "%0D").replace('\n', "%0A")
}

/// Escapes the value of a property.
fn property(text: &str) -> String {
    data(text).replace(':', "%3A").replace(',', "%2C")
}

#[cfg(test)]
mod tests {
    use score_fly_core::Source;
    use score_fly_core::diagnostic::DiagnosticView;
    use serde_json::json;

    use super::{Text, failure, render};
    use crate::diagnostics::Quotable;

    fn view() -> DiagnosticView {
        serde_json::from_value(json!({
            "code": "wrong-type",
            "severity": "error",
            "message": "100% of `a\nb`: wrong",
            "pointer": "/x",
            "location": {
                "source": "a,b:c.yaml",
                "start": { "line": 3, "column": 2, "offset": 9 },
                "end": { "line": 3, "column": 5, "offset": 12 },
            },
            "help": "write `x`",
            "related": [],
        }))
        .unwrap()
    }

    #[test]
    fn escapes_properties_and_message() {
        let source = Source::new("a,b:c.yaml", "");
        let text = Text { source: &source, is_file: true, quotable: Quotable::All };
        assert_eq!(
            render(&view(), &[text]),
            "::error title=score-fly wrong-type,file=a%2Cb%3Ac.yaml,line=3,endLine=3,col=2,endColumn=5\
             ::100%25 of `a%0Ab`: wrong%0Ahelp: write `x`\n"
        );
    }

    #[test]
    fn names_only_files() {
        let source = Source::new("a,b:c.yaml", "");
        let text = Text { source: &source, is_file: false, quotable: Quotable::All };
        assert!(render(&view(), &[text]).starts_with("::error title=score-fly wrong-type::100%25"));
    }

    #[test]
    fn escapes_failures() {
        assert_eq!(failure("50%\nx"), "::error title=score-fly::50%25%0Ax\n");
    }
}
