//! Where everything that a run says goes: data to standard output, all else to standard error.

use std::borrow::Cow;
use std::io::{self, IsTerminal as _, Write as _};
use std::path::Path;

use annotate_snippets::normalize_untrusted_str;
use anstream::{AutoStream, ColorChoice};
use score_fly_core::diagnostic::Sources;
use score_fly_core::resource::Uid;
use score_fly_core::source::PositionEncoding;
use score_fly_core::{Diagnostic, Diagnostics, Severity, Source};
use score_fly_engine::Faults;

use crate::Exit;
use crate::cli::{Format, Global};
use crate::diagnostics::{Quotable, Rendered, Text};

/// A stream of the process.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Stream {
    Stdout,
    Stderr,
}

/// Says what a run finds and does, and remembers how it ends.
#[derive(Debug)]
pub(crate) struct Reporter {
    diagnostics: Rendered,
    /// Where diagnostics go: where they are what was asked for, they are data.
    stream: Stream,
    format: Format,
    verbose: bool,
    quiet: bool,
    exit: Exit,
    hint: Option<&'static str>,
}

impl Reporter {
    /// A reporter whose diagnostics go to `stream`.
    pub(crate) fn new(global: Global, stream: Stream) -> Self {
        let colour = match stream {
            Stream::Stdout => AutoStream::choice(&io::stdout()),
            Stream::Stderr => AutoStream::choice(&io::stderr()),
        };
        Self {
            diagnostics: Rendered::new(global.diagnostics, colour != ColorChoice::Never),
            stream,
            format: global.diagnostics,
            verbose: global.verbose > 0,
            quiet: global.quiet,
            exit: Exit::Done,
            hint: None,
        }
    }

    /// Shows diagnostics, which may point into `texts`.
    pub(crate) fn report(&mut self, diagnostics: &Diagnostics, texts: &[Text<'_>]) {
        for error in diagnostics.iter().filter(|found| found.severity == Severity::Error) {
            self.exit = self.exit.max(Exit::after(error.code));
        }
        let shown = diagnostics.iter().filter(|diagnostic| !self.quiet || diagnostic.severity == Severity::Error);
        self.diagnostics.add(shown, texts);
        self.flush();
    }

    /// Shows what keeps a run from its work, without lines of the texts: there may be secrets in them.
    pub(crate) fn faults(&mut self, Faults { diagnostics, texts }: &Faults) {
        let texts: Vec<Text<'_>> = texts
            .iter()
            .map(|source| Text { source, is_file: Path::new(&source.name).is_file(), quotable: Quotable::None })
            .collect();
        self.report(diagnostics, &texts);
    }

    /// Says in one sentence what could not be done.
    pub(crate) fn fail(&mut self, sentence: &str) {
        self.exit = self.exit.max(Exit::Failed);
        if self.format == Format::Json {
            self.diagnostics.add_failure(sentence);
        } else {
            write(Stream::Stderr, &self.diagnostics.failure(sentence));
        }
    }

    /// Takes note of a way out that is the same for several diagnostics, and is told once.
    pub(crate) fn hint(&mut self, hint: &'static str) {
        self.hint = Some(hint);
    }

    /// Says that a signal has ended the run before it was done.
    pub(crate) fn interrupted(&mut self, signal: u8, consequence: &str) {
        self.fail(&format!("interrupted: {consequence}"));
        self.exit = self.exit.max(Exit::Interrupted(signal));
    }

    /// Says what was done.
    pub(crate) fn say(&self, line: &str) {
        // A reader of JSON wants nothing else.
        if !self.quiet && self.format != Format::Json {
            write(Stream::Stderr, &format!("{}\n", clean(line)));
        }
    }

    /// Repeats what a provisioner that failed said last, unless it was shown as it came.
    pub(crate) fn repeat(&mut self, uid: &Uid, lines: Vec<String>) {
        if self.format == Format::Json {
            self.diagnostics.add_said(uid, lines);
        } else if self.quiet {
            for line in lines {
                write(Stream::Stderr, &format!("{}\n", clean(&format!("{uid} | {line}"))));
            }
        }
    }

    /// Says which mistakes in `source` are gone.
    pub(crate) fn mended(&mut self, mistakes: &[Diagnostic], source: &Source) {
        let sources = Sources::new([source], PositionEncoding::Utf32);
        for view in mistakes.iter().map(|mistake| sources.view(mistake)) {
            if self.format == Format::Json {
                self.diagnostics.add_mended(view);
                continue;
            }
            let place = view.location.map(|place| format!("{}:{}: ", place.source, place.start.line));
            self.say(&format!("mended {}{}", place.unwrap_or_default(), view.message));
        }
    }

    /// Whether what changes from moment to moment may be shown: somebody watches.
    pub(crate) fn is_watched(&self) -> bool {
        !self.quiet && self.format == Format::Human && io::stderr().is_terminal()
    }

    /// Says what only those want to know who ask for it.
    pub(crate) fn detail(&self, line: &str) {
        if self.verbose {
            self.say(line);
        }
    }

    /// Prints the data that was asked for.
    pub(crate) fn data(&mut self, text: &str) {
        if let Err(error) = print(text) {
            self.fail(&format!("cannot write to standard output: {error}"));
        }
    }

    /// How the run would end now.
    pub(crate) fn exit(&self) -> Exit {
        self.exit
    }

    /// Shows what can be said only at the end.
    pub(crate) fn finish(mut self) -> Exit {
        self.diagnostics.close();
        self.flush();
        if let Some(hint) = self.hint {
            self.say(hint);
        }
        self.exit
    }

    fn flush(&mut self) {
        let text = self.diagnostics.take();
        write(self.stream, &text);
    }
}

/// Writes to standard output. A reader that has gone away has seen enough: that is no error.
pub(crate) fn print(text: &str) -> io::Result<()> {
    let mut stdout = io::stdout().lock();
    match stdout.write_all(text.as_bytes()).and_then(|()| stdout.flush()) {
        Err(error) if error.kind() == io::ErrorKind::BrokenPipe => Ok(()),
        result => result,
    }
}

/// Writes what may be in colour. If that fails, nobody is left to tell.
fn write(stream: Stream, text: &str) {
    let _ = match stream {
        Stream::Stdout => anstream::stdout().lock().write_all(text.as_bytes()),
        Stream::Stderr => anstream::stderr().lock().write_all(text.as_bytes()),
    };
}

/// `text` without anything that a terminal would obey.
pub(crate) fn clean(text: &str) -> String {
    normalize_untrusted_str(&without_c1(text))
}

/// `text` without the control characters from U+0080 to U+009F, one of which starts terminal
/// commands; what stands in for them has as many bytes, so places in the text stay right.
pub(crate) fn without_c1(text: &str) -> Cow<'_, str> {
    let is_c1 = |c| ('\u{80}'..='\u{9f}').contains(&c);
    if text.contains(is_c1) { Cow::Owned(text.replace(is_c1, "\u{b7}")) } else { Cow::Borrowed(text) }
}

#[cfg(test)]
mod tests {
    use super::{clean, without_c1};

    #[test]
    fn terminals_get_no_commands() {
        assert_eq!(clean("a\u{1b}[31mb\u{7}"), "a␛[31mb␇");
        assert_eq!(clean("a\u{9b}31m"), "a·31m");
    }

    #[test]
    fn places_in_the_text_stay_right() {
        let text = "é\u{80}\u{9f}x";
        assert_eq!(without_c1(text).len(), text.len());
        assert_eq!(without_c1(text), "é··x");
    }
}
