//! Showing diagnostics.

mod github;
mod human;
mod json;
mod plain;
mod remedy;
mod text;

use score_fly_core::diagnostic::{DiagnosticView, Sources};
use score_fly_core::resource::Uid;
use score_fly_core::source::PositionEncoding;
use score_fly_core::{Diagnostic, Severity};

use crate::args::Format;
use text::Texts;
pub(crate) use text::{Quotable, Text};

/// Diagnostics on their way out.
#[derive(Debug)]
pub(crate) struct Rendered {
    format: Format,
    colour: bool,
    text: String,
    json: json::Document,
    counts: Counts,
}

impl Rendered {
    pub(crate) fn new(format: Format, colour: bool) -> Self {
        Self { format, colour, text: String::new(), json: json::Document::default(), counts: Counts::default() }
    }

    /// Renders diagnostics that point into `texts`.
    pub(crate) fn add<'d>(&mut self, diagnostics: impl Iterator<Item = &'d Diagnostic>, texts: &[Text<'_>]) {
        let mut diagnostics = diagnostics.peekable();
        if diagnostics.peek().is_none() {
            return;
        }
        let sources = Sources::new(texts.iter().map(|text| text.source), PositionEncoding::Utf32);
        let texts = Texts::new(texts);
        for diagnostic in diagnostics {
            self.counts.add(diagnostic.severity);
            let diagnostic = remedy::worded(diagnostic);
            let view = sources.view(&diagnostic);
            match self.format {
                Format::Human => self.text.push_str(&human::render(&diagnostic, &view, &texts, self.colour)),
                Format::Plain => self.text.push_str(&plain::render(&view)),
                Format::Github => self.text.push_str(&github::render(&diagnostic, &view, &texts)),
                Format::Json => self.json.diagnostics.push(view),
            }
        }
    }

    /// Keeps a mended mistake for the JSON document.
    pub(crate) fn add_mended(&mut self, mended: DiagnosticView) {
        self.json.mended.push(mended);
    }

    /// Keeps a failure for the JSON document.
    pub(crate) fn add_failure(&mut self, sentence: &str) {
        self.json.failures.push(sentence.to_owned());
    }

    /// Keeps for the JSON document what a provisioner said.
    pub(crate) fn add_said(&mut self, uid: &Uid, lines: Vec<String>) {
        if !lines.is_empty() {
            self.json.said.push((uid.clone(), lines));
        }
    }

    /// Renders a failure: a sentence about the run rather than about its input.
    pub(crate) fn failure(&self, sentence: &str) -> String {
        match self.format {
            Format::Github => github::failure(sentence),
            _ => human::failure(sentence, self.colour),
        }
    }

    /// Renders what is wrong with something that has no text to point into.
    #[cfg(feature = "image")]
    pub(crate) fn refusal(&self, code: &str, sentence: &str, help: Option<&str>) -> String {
        match self.format {
            Format::Human | Format::Json => human::refusal(code, sentence, help, self.colour),
            Format::Plain => plain::refusal(code, sentence, help),
            Format::Github => github::refusal(code, sentence, help),
        }
    }

    /// Renders what comes after all diagnostics.
    pub(crate) fn close(&mut self) {
        match self.format {
            Format::Human => self.text.push_str(&self.counts.summary()),
            Format::Json => self.text.push_str(&self.json.render()),
            Format::Plain | Format::Github => {}
        }
    }

    /// What was rendered since the last time.
    pub(crate) fn take(&mut self) -> String {
        std::mem::take(&mut self.text)
    }
}

/// How many diagnostics were shown.
#[derive(Debug, Default)]
struct Counts {
    errors: usize,
    warnings: usize,
    notes: usize,
}

impl Counts {
    fn add(&mut self, severity: Severity) {
        match severity {
            Severity::Error => self.errors += 1,
            Severity::Warning => self.warnings += 1,
            Severity::Note => self.notes += 1,
        }
    }

    /// `2 errors, 1 warning`, as a line of its own; nothing if there were none.
    fn summary(&self) -> String {
        let counts = [(self.errors, "error"), (self.warnings, "warning"), (self.notes, "note")];
        let counts: Vec<String> = counts
            .into_iter()
            .filter(|(count, _)| *count > 0)
            .map(|(count, name)| format!("{count} {name}{}", if count == 1 { "" } else { "s" }))
            .collect();
        if counts.is_empty() { String::new() } else { counts.join(", ") + "\n" }
    }
}

#[cfg(test)]
mod tests {
    use super::Counts;

    #[test]
    fn sums_up_what_there_is() {
        assert_eq!(Counts { errors: 2, warnings: 1, notes: 0 }.summary(), "2 errors, 1 warning\n");
        assert_eq!(Counts { errors: 0, warnings: 0, notes: 3 }.summary(), "3 notes\n");
        assert_eq!(Counts::default().summary(), "");
    }
}
