//! Diagnostics as workflow commands, which GitHub Actions shows next to the lines they are about.
//!
//! The form and its escapes are those of GitHub's toolkit: `::error file=…,line=…::message`.

use std::fmt::Write as _;

use score_fly_core::diagnostic::DiagnosticView;
use score_fly_core::{Diagnostic, Severity};

use super::text::Texts;

/// The diagnostic as one command.
pub(crate) fn render(diagnostic: &Diagnostic, view: &DiagnosticView, texts: &Texts<'_, '_>) -> String {
    let command = match view.severity {
        Severity::Error => "error",
        Severity::Warning => "warning",
        Severity::Note => "notice",
    };
    let mut text = format!("::{command} title={}", property(&format!("score-fly {}", view.code)));
    let is_file = diagnostic.location.as_ref().and_then(|location| texts.of(location)).is_some_and(|text| text.is_file);
    let location = view.location.as_ref().filter(|_| is_file);
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

/// What is wrong with something that has no text, as one command.
#[cfg(feature = "image")]
pub(crate) fn refusal(code: &str, sentence: &str, help: Option<&str>) -> String {
    let help = help.map(|help| format!("\nhelp: {help}")).unwrap_or_default();
    format!("::error title={}::{}\n", property(&format!("score-fly {code}")), data(&format!("{sentence}{help}")))
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
    use score_fly_core::diagnostic::{Code, Location, Sources};
    use score_fly_core::pointer::Path;
    use score_fly_core::source::{PositionEncoding, Span};
    use score_fly_core::{Diagnostic, Source};

    use super::{Texts, failure, render};
    use crate::diagnostics::text::{Quotable, Text};

    fn rendered(is_file: bool) -> String {
        let source = Source::new("a,b:c.yaml", "x: 1\n\n 123");
        let message = "100% of `a\nb`: wrong";
        let mut diagnostic = Diagnostic::new(Code::WrongType, &Path::ROOT, message).with_help("write `x`");
        diagnostic.location = Some(Location::new(&source, Span { start: 7, end: 10 }));
        let view = Sources::new([&source], PositionEncoding::Utf32).view(&diagnostic);
        render(&diagnostic, &view, &Texts::new(&[Text { source: &source, is_file, quotable: Quotable::All }]))
    }

    #[test]
    fn escapes_properties_and_message() {
        assert_eq!(
            rendered(true),
            "::error title=score-fly wrong-type,file=a%2Cb%3Ac.yaml,line=3,endLine=3,col=2,endColumn=5\
             ::100%25 of `a%0Ab`: wrong%0Ahelp: write `x`\n"
        );
    }

    #[test]
    fn names_only_files() {
        assert!(rendered(false).starts_with("::error title=score-fly wrong-type::100%25"));
    }

    #[test]
    fn escapes_failures() {
        assert_eq!(failure("50%\nx"), "::error title=score-fly::50%25%0Ax\n");
    }
}
