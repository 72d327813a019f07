//! How far a push is: a bar for each layer and for all of it on a terminal, and lines for logs.

use std::collections::BTreeMap;
use std::fmt::Write as _;
use std::io::{self, Write as _};
use std::time::{Duration, Instant};

use score_fly_image::{Arrival, Event};

use crate::untrusted::clean;

/// How far a push is.
#[derive(Debug)]
pub(crate) struct Bars {
    /// Whether somebody sees it at once.
    watched: bool,
    started: Instant,
    /// When it was shown last.
    shown: Option<Instant>,
    /// How many lines that took.
    lines: usize,
    /// Those that were begun and are not done.
    layers: BTreeMap<usize, Layer>,
    /// The layers and bytes that there will be, if that is known.
    expected: Option<(usize, u64)>,
    finished: usize,
    read: u64,
}

#[derive(Debug)]
struct Layer {
    name: String,
    bytes: u64,
    read: u64,
    sent: u64,
}

/// How often to show it.
const PAUSE: Duration = Duration::from_millis(100);

/// How many layers are shown at most, and how long a bar is.
const MOST: usize = 6;
const WIDTH: u64 = 24;

impl Bars {
    pub(crate) fn new(watched: bool) -> Self {
        Self {
            watched,
            started: Instant::now(),
            shown: None,
            lines: 0,
            layers: BTreeMap::new(),
            expected: None,
            finished: 0,
            read: 0,
        }
    }

    /// Something has happened. What is worth a line of its own is given to `say`.
    pub(crate) fn told(&mut self, event: &Event<'_>, say: impl FnOnce(&str)) {
        let line = self.count(event);
        match line {
            Some(line) if !self.watched => say(&line),
            Some(line) if matches!(event, Event::Retrying { .. }) => {
                write(&self.over());
                say(&line);
            }
            _ if self.watched && self.shown.is_none_or(|shown| shown.elapsed() >= PAUSE) => {
                let text = self.over() + &self.draw();
                write(&text);
                self.shown = Some(Instant::now());
            }
            _ => {}
        }
    }

    /// Takes the bars away.
    pub(crate) fn end(&mut self) {
        write(&self.over());
    }

    /// Takes note of an event. Gives a line for those who don't see the bars.
    fn count(&mut self, event: &Event<'_>) -> Option<String> {
        match event {
            Event::Expected { layers, bytes } => self.expected = Some((*layers, *bytes)),
            Event::Begun { layer, name, bytes } => {
                let begun = Layer { name: (*name).to_owned(), bytes: *bytes, read: 0, sent: 0 };
                self.layers.insert(*layer, begun);
            }
            Event::Read { layer, bytes } => {
                self.read += bytes;
                self.layers.entry(*layer).and_modify(|layer| layer.read += bytes);
            }
            Event::Sent { layer, bytes } => drop(self.layers.entry(*layer).and_modify(|layer| layer.sent += bytes)),
            Event::Done { layer, how, bytes, .. } => {
                if let Some(done) = self.layers.remove(layer) {
                    self.finished += 1;
                    self.read += done.bytes.saturating_sub(done.read);
                }
                let of = self.expected.map(|(layers, _)| format!(" of {layers}")).unwrap_or_default();
                let how = match how {
                    Arrival::There => "it was there",
                    Arrival::Mounted => "taken from another repository",
                    Arrival::Sent => "sent",
                };
                return Some(format!("layer {}{of}: {}, {how}", self.finished, size(*bytes)));
            }
            Event::Retrying { act, reason, wait } => {
                let wait = wait.as_secs_f64();
                return Some(format!("the registry failed to {act}: {reason}; trying again in {wait:.1} s"));
            }
            _ => {}
        }
        None
    }

    /// What takes away the lines that are shown.
    fn over(&mut self) -> String {
        let lines = std::mem::take(&mut self.lines);
        if lines == 0 { String::new() } else { format!("\r\u{1b}[{lines}A\u{1b}[J") }
    }

    fn draw(&mut self) -> String {
        // Lines that are too long must not go on in the next one, or there would be more than are counted.
        let mut text = "\u{1b}[?7l".to_owned();
        for layer in self.layers.values().take(MOST) {
            let sent = if layer.sent > 0 { format!(", {} sent", size(layer.sent)) } else { String::new() };
            let name: String = layer.name.chars().rev().take(20).collect::<Vec<_>>().into_iter().rev().collect();
            let bar = bar(layer.read, layer.bytes);
            let _ = writeln!(text, "{bar} {} of {}{sent}  {}", size(layer.read), size(layer.bytes), clean(&name));
        }
        let lasted = self.started.elapsed().as_secs_f64().max(0.001);
        #[expect(clippy::cast_precision_loss, reason = "nobody sees the difference")]
        let rate = self.read as f64 / lasted;
        #[expect(
            clippy::cast_possible_truncation,
            clippy::cast_sign_loss,
            reason = "it is positive and far from the end"
        )]
        let per_second = size(rate as u64);
        let _ = match self.expected {
            Some((layers, bytes)) => {
                #[expect(clippy::cast_precision_loss, reason = "nobody sees the difference")]
                let left = bytes.saturating_sub(self.read) as f64 / rate.max(1.0);
                let Self { finished, read, .. } = self;
                let bar = bar(*read, bytes);
                let (read, bytes) = (size(*read), size(bytes));
                writeln!(
                    text,
                    "{bar} {read} of {bytes}, {finished} of {layers} layers, {per_second}/s, {left:.0} s left"
                )
            }
            None => writeln!(text, "{} of ?, {} layers, {per_second}/s", size(self.read), self.finished),
        };
        self.lines = self.layers.len().min(MOST) + 1;
        text + "\u{1b}[?7h"
    }
}

fn bar(done: u64, of: u64) -> String {
    let of = of.max(1);
    let filled = usize::try_from(done.min(of) * WIDTH / of).unwrap_or_default();
    let empty = usize::try_from(WIDTH).unwrap_or_default().saturating_sub(filled);
    format!("[{}{}]", "#".repeat(filled), ".".repeat(empty))
}

/// A number of bytes, for people: thousands of thousands, as registries count.
pub(crate) fn size(bytes: u64) -> String {
    let (unit, name) = match bytes {
        0..1_000 => return format!("{bytes} B"),
        1_000..1_000_000 => (1_000, "kB"),
        1_000_000..1_000_000_000 => (1_000_000, "MB"),
        _ => (1_000_000_000, "GB"),
    };
    format!("{}.{} {name}", bytes / unit, bytes % unit * 10 / unit)
}

/// If this fails, nobody is left to tell.
fn write(text: &str) {
    let mut stderr = io::stderr().lock();
    let _ = stderr.write_all(text.as_bytes()).and_then(|()| stderr.flush());
}

#[cfg(test)]
mod tests {
    use super::{bar, size};

    #[test]
    fn sizes_and_bars_are_short() {
        for (bytes, text) in
            [(0, "0 B"), (999, "999 B"), (1_000, "1.0 kB"), (1_999_999, "1.9 MB"), (8_589_934_592, "8.5 GB")]
        {
            assert_eq!(size(bytes), text);
        }
        assert_eq!(bar(1, 2), format!("[{}{}]", "#".repeat(12), ".".repeat(12)));
        assert_eq!(bar(5, 0), format!("[{}]", ".".repeat(24)).replace('.', "#"));
    }
}
