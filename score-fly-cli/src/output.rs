//! Where everything that a run says goes: data to standard output, all else to standard error.

use std::io::{self, IsTerminal as _, Write as _};
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Mutex, MutexGuard, PoisonError};

use anstream::{AutoStream, ColorChoice};
use score_fly_core::diagnostic::Sources;
use score_fly_core::resource::Uid;
use score_fly_core::source::PositionEncoding;
use score_fly_core::{Code, Severity};
#[cfg(feature = "image")]
use score_fly_engine::ops::Failure;
use score_fly_engine::ops::{self, Findings, Note, Observer};
use score_fly_engine::progress::Progress;

use crate::args::{Format, Global};
#[cfg(feature = "image")]
use crate::bars::Bars;
use crate::diagnostics::{Quotable, Rendered, Text};
use crate::exit::Exit;
use crate::failures;
use crate::progress::{self, Line};
#[cfg(feature = "image")]
use crate::refusals::{self, Refusal};
use crate::untrusted::{clean, one_line};
use crate::words::{self, Said};

/// A stream of the process.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Stream {
    Stdout,
    Stderr,
}

/// Shows what a run finds and does, and remembers how it ends.
#[derive(Debug)]
pub(crate) struct Reporter {
    /// Where diagnostics go: where they are what was asked for, they are data.
    stream: Stream,
    format: Format,
    verbose: bool,
    quiet: bool,
    /// Whether something could not be written.
    is_lost: AtomicBool,
    /// Held while lines are written above those that change.
    screen: Mutex<()>,
    now: Mutex<Now>,
}

/// What changes as it goes.
#[derive(Debug)]
struct Now {
    diagnostics: Rendered,
    exit: Exit,
    hint: Option<&'static str>,
    /// What somebody who watches sees below all else.
    line: Option<Line>,
    /// How far an image is.
    #[cfg(feature = "image")]
    bars: Option<Bars>,
    /// Likewise, of machines.
    #[cfg(feature = "deploy")]
    machines: crate::machines::Machines,
}

impl Reporter {
    /// A reporter whose diagnostics go to `stream`.
    pub(crate) fn new(global: Global, stream: Stream) -> Self {
        let colour = match stream {
            Stream::Stdout => AutoStream::choice(&io::stdout()),
            Stream::Stderr => AutoStream::choice(&io::stderr()),
        };
        let diagnostics = Rendered::new(global.diagnostics, colour != ColorChoice::Never);
        Self {
            stream,
            format: global.diagnostics,
            verbose: global.verbose > 0,
            quiet: global.quiet,
            is_lost: AtomicBool::new(false),
            screen: Mutex::new(()),
            now: Mutex::new(Now {
                diagnostics,
                exit: Exit::Done,
                hint: None,
                line: None,
                #[cfg(feature = "image")]
                bars: None,
                #[cfg(feature = "deploy")]
                machines: crate::machines::Machines::default(),
            }),
        }
    }

    /// Says in one sentence what could not be done.
    pub(crate) fn fail(&self, sentence: &str) {
        let mut now = self.now();
        now.exit = now.exit.max(Exit::Failed);
        if self.format == Format::Json {
            now.diagnostics.add_failure(sentence);
        } else {
            self.write(Stream::Stderr, &now.diagnostics.failure(sentence));
        }
    }

    /// Says what is wrong, with its code and what to do about it.
    #[cfg(feature = "image")]
    pub(crate) fn refuse(&self, exit: Exit, code: &str, sentence: &str, help: Option<&str>) {
        let mut now = self.now();
        now.exit = now.exit.max(exit);
        if self.format == Format::Json {
            let help = help.map(|help| format!("; {help}")).unwrap_or_default();
            now.diagnostics.add_failure(&format!("{code}: {sentence}{help}"));
        } else {
            self.write(Stream::Stderr, &now.diagnostics.refusal(code, sentence, help));
        }
    }

    /// Says what was done.
    pub(crate) fn say(&self, line: &str) {
        // A reader of JSON wants nothing else.
        if !self.quiet && self.format != Format::Json {
            self.write(Stream::Stderr, &format!("{}\n", clean(line)));
        }
    }

    /// Prints the data that was asked for.
    pub(crate) fn data(&self, text: &str) {
        if let Err(error) = print(text) {
            self.fail(&format!("cannot write to standard output: {error}"));
        }
    }

    /// Prints the data that was asked for, in colour for a terminal.
    #[cfg(feature = "deploy")]
    pub(crate) fn coloured_data(&self, text: &str) {
        match AutoStream::choice(&io::stdout()) {
            ColorChoice::Never => self.data(&anstream::adapter::strip_str(text).to_string()),
            _ => self.data(text),
        }
    }

    /// Shows how far a machine is.
    #[cfg(feature = "deploy")]
    fn machine(&self, progress: &score_fly_engine::progress::MachineProgress<'_>) {
        let _screen = self.screen();
        let mut now = self.now();
        let line = now.machines.note(progress);
        if self.is_watched() {
            now.machines.draw();
        } else if let Some(line) = line {
            self.say(&line);
        }
    }

    /// Shows a line about an app, above its machines.
    #[cfg(feature = "deploy")]
    fn line(&self, app: &str, line: &str) {
        let _screen = self.screen();
        let mut now = self.now();
        let watched = self.is_watched() && !now.machines.is_empty();
        if watched {
            now.machines.clear();
        }
        self.say(&format!("{app}: {line}"));
        if watched {
            now.machines.draw();
        }
    }

    /// Shows what can be said only at the end.
    pub(crate) fn finish(self) -> Exit {
        let mut now = self.now();
        now.diagnostics.close();
        self.flush(&mut now);
        if let Some(hint) = now.hint {
            self.say(hint);
        }
        if self.is_lost.load(Ordering::Relaxed) { now.exit.max(Exit::Failed) } else { now.exit }
    }

    /// Shows a note.
    fn show(&self, note: &Note) {
        match note {
            Note::Found(findings) => self.find(findings),
            Note::Mended(findings) => self.mended(findings),
            Note::Said { uid, lines } => self.repeat(uid, lines),
            #[cfg(feature = "image")]
            Note::Failed(Failure::Image(error)) => {
                for Refusal { exit, code, sentence, help } in refusals::of(error) {
                    self.refuse(exit, code, &sentence, help);
                }
            }
            Note::Failed(failure) => {
                let sentence = failures::sentence(failure);
                match failure {
                    // What the machines said last stands below it, each line behind a mark.
                    #[cfg(feature = "deploy")]
                    Failure::Deploy { .. } => self.fail(&sentence),
                    _ => self.fail(&one_line(&sentence)),
                }
                let mut now = self.now();
                now.hint = failures::hint(failure).or(now.hint);
            }
            Note::Cancelled(unfinished) => self.fail(&words::cancelled(*unfinished)),
            other => match words::said(other) {
                Said::Always(lines) => lines.iter().for_each(|line| self.say(line)),
                Said::IfAsked(lines) if self.verbose => lines.iter().for_each(|line| self.say(line)),
                Said::IfAsked(_) => {}
            },
        }
    }

    /// Shows diagnostics.
    fn find(&self, Findings { diagnostics, texts }: &Findings) {
        let mut now = self.now();
        for error in diagnostics.iter().filter(|found| found.severity == Severity::Error) {
            now.exit = now.exit.max(Exit::after(error.code));
        }
        if diagnostics.iter().any(|found| found.code == Code::MissingResourceOutputs) {
            now.hint = Some(words::MISSING_OUTPUTS);
        }
        let shown = diagnostics.iter().filter(|diagnostic| !self.quiet || diagnostic.severity == Severity::Error);
        let texts: Vec<Text<'_>> = texts.iter().map(borrowed).collect();
        now.diagnostics.add(shown, &texts);
        self.flush(&mut now);
    }

    /// Says which mistakes are gone.
    fn mended(&self, Findings { diagnostics, texts }: &Findings) {
        let sources = Sources::new(texts.iter().map(|text| &text.source), PositionEncoding::Utf32);
        for mistake in diagnostics {
            let view = sources.view(mistake);
            if self.format == Format::Json {
                self.now().diagnostics.add_mended(view);
                continue;
            }
            let place = view.location.map(|place| format!("{}:{}: ", place.source, place.start.line));
            let done = mistake.fix.as_ref().map(|fix| format!(": {}", words::fixed(fix))).unwrap_or_default();
            self.say(&format!("mended {}{}{done}", place.unwrap_or_default(), view.message));
        }
    }

    /// Repeats what a provisioner that failed said last, unless it was shown as it came.
    fn repeat(&self, uid: &Uid, lines: &[String]) {
        if self.format == Format::Json {
            self.now().diagnostics.add_said(uid, lines.to_vec());
        } else if self.quiet {
            for line in lines {
                self.write(Stream::Stderr, &format!("{}\n", clean(&format!("{uid} | {line}"))));
            }
        }
    }

    /// Whether what changes from moment to moment may be shown: somebody watches.
    pub(crate) fn is_watched(&self) -> bool {
        !self.quiet && self.format == Format::Human && io::stderr().is_terminal()
    }

    fn flush(&self, now: &mut Now) {
        self.write(self.stream, &now.diagnostics.take());
    }

    /// Writes something; that it is lost shows in the end.
    fn write(&self, stream: Stream, text: &str) {
        if let Err(error) = write(stream, text)
            && !self.is_lost.swap(true, Ordering::Relaxed)
            && stream == Stream::Stdout
        {
            // If this is lost as well, the exit code is all that is left.
            let _ = write(Stream::Stderr, &format!("error: cannot write to standard output: {error}\n"));
        }
    }

    fn screen(&self) -> MutexGuard<'_, ()> {
        self.screen.lock().unwrap_or_else(PoisonError::into_inner)
    }

    fn now(&self) -> MutexGuard<'_, Now> {
        self.now.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl Observer for Reporter {
    fn noted(&self, note: &Note) {
        let _screen = self.screen();
        #[cfg(feature = "deploy")]
        match note {
            // What became of its machines stays above what is said of the app.
            Note::Deployed(deployed) => self.now().machines.settle(&deployed.app),
            _ => self.now().machines.clear(),
        }
        self.show(note);
        #[cfg(feature = "deploy")]
        if self.is_watched() {
            self.now().machines.draw();
        }
    }

    fn progressed(&self, event: Progress<'_>) {
        #[cfg(feature = "deploy")]
        match event {
            Progress::Machine(progress) => return self.machine(&progress),
            Progress::Line { app, line } => return self.line(app, line),
            _ => {}
        }
        let mut now = self.now();
        match event {
            Progress::Waiting { holder } => self.say(&words::waiting(holder)),
            Progress::Began { act, total } => now.line = self.is_watched().then(|| Line::new(act, total)),
            Progress::Started(uid) => now.line.iter_mut().for_each(|line| line.started(uid)),
            Progress::Finished(uid) => now.line.iter_mut().for_each(|line| line.finished(uid)),
            Progress::Said(uid, line) => {
                now.line.iter().for_each(|_| progress::clear());
                self.say(&format!("{uid} | {line}"));
                now.line.iter().for_each(Line::show);
            }
            #[cfg(feature = "image")]
            Progress::Image(event) => {
                let bars = now.bars.get_or_insert_with(|| Bars::new(self.is_watched()));
                bars.told(event, |line| self.say(line));
            }
            Progress::Ended => {
                now.line.take().iter().for_each(|_| progress::clear());
                #[cfg(feature = "image")]
                now.bars.take().iter_mut().for_each(Bars::end);
            }
            _ => {}
        }
    }
}

/// A text of a report, to be rendered.
fn borrowed(text: &ops::Text) -> Text<'_> {
    let quotable = match &text.quotable {
        ops::Quotable::All => Quotable::All,
        ops::Quotable::Without(bytes) => Quotable::Without(bytes),
        ops::Quotable::None => Quotable::None,
    };
    Text { source: &text.source, is_file: text.is_file, quotable }
}

/// How a run ends that was to print something.
pub(crate) fn shown(printed: io::Result<()>) -> Exit {
    match printed.and_then(|()| io::stdout().flush()) {
        Err(error) if error.kind() != io::ErrorKind::BrokenPipe => {
            let _ = write(Stream::Stderr, &format!("error: cannot write to standard output: {error}\n"));
            Exit::Failed
        }
        _ => Exit::Done,
    }
}

/// Writes data to standard output, as it is.
fn print(text: &str) -> io::Result<()> {
    let mut stdout = io::stdout().lock();
    match stdout.write_all(text.as_bytes()).and_then(|()| stdout.flush()) {
        Err(error) if error.kind() == io::ErrorKind::BrokenPipe => Ok(()),
        result => result,
    }
}

/// Writes what may be in colour. A reader that has gone away has seen enough: that is no error.
fn write(stream: Stream, text: &str) -> io::Result<()> {
    fn write_to(mut out: impl io::Write, text: &str) -> io::Result<()> {
        out.write_all(text.as_bytes()).and_then(|()| out.flush())
    }
    let written = match stream {
        Stream::Stdout => write_to(anstream::stdout().lock(), text),
        Stream::Stderr => write_to(anstream::stderr().lock(), text),
    };
    written.or_else(|error| if error.kind() == io::ErrorKind::BrokenPipe { Ok(()) } else { Err(error) })
}
