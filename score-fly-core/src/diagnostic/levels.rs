//! Which diagnostics are silenced, and which count as errors.

use super::code::{Code, Severity};
use super::model::{Diagnostic, Location};
use super::outcome::Diagnostics;
use crate::map::SortedSet;
use crate::pointer::Path;
use crate::prelude::*;
use crate::source::{Source, Span};

/// What a caller decides about codes. What a comment `# score-fly: allow(code)` silences, on the line that is
/// meant or above it, comes on top, and wins over all of this.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Levels {
    /// Not to be told.
    pub allow: SortedSet<Code>,
    /// Errors, whatever they are by themselves.
    pub deny: SortedSet<Code>,
    /// Whether all warnings are errors.
    pub deny_warnings: bool,
}

/// What can be silenced.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Silenceable {
    /// Everything: nothing is made of what was looked at.
    All,
    /// Warnings and notes. After an error there is nothing that could be written.
    Remarks,
}

impl Levels {
    /// The codes of these names, with what is said about names that are none.
    pub fn from_names<'n>(
        allow: impl IntoIterator<Item = &'n String>,
        deny: impl IntoIterator<Item = &'n String>,
        deny_warnings: bool,
    ) -> (Self, Diagnostics) {
        let mut unknown = Diagnostics::new();
        let mut codes = |names: &mut dyn Iterator<Item = &'n String>| {
            let mut codes = Vec::new();
            for name in names {
                match Code::from_name(name) {
                    Some(code) => codes.push(code),
                    None => unknown.push(unknown_code(name)),
                }
            }
            codes.into_iter().collect()
        };
        let (allow, deny) = (codes(&mut allow.into_iter()), codes(&mut deny.into_iter()));
        (Self { allow, deny, deny_warnings }, unknown)
    }

    /// Applies itself, and the comments in `sources`, to diagnostics that are located. Only warnings and notes can be
    /// silenced.
    pub fn settle<'s>(&self, found: &mut Diagnostics, mut sources: impl Iterator<Item = &'s Source>) {
        self.apply(found, &mut sources, Silenceable::Remarks);
    }

    /// Applies itself, and the comments in `sources`, to diagnostics that are located.
    pub(crate) fn apply(
        &self,
        found: &mut Diagnostics,
        sources: &mut dyn Iterator<Item = &Source>,
        silenceable: Silenceable,
    ) {
        let mut lines = Vec::new();
        let mut unknown = Vec::new();
        for source in sources.filter(|source| source.text.contains(COMMENT)) {
            allowed_lines(source, &mut lines, &mut unknown);
        }
        let says = |found: &Diagnostic, (location, code): &(Location, Code)| {
            let place = found.location.as_ref().filter(|place| place.id == location.id && *code == found.code);
            place.is_some_and(|place| (location.span.start..location.span.end).contains(&place.span.start))
        };
        let is_silent = |found: &Diagnostic| {
            (silenceable == Silenceable::All || found.severity != Severity::Error)
                && (self.allow.contains(&found.code) || lines.iter().any(|line| says(found, line)))
        };
        found.retain(|found| !is_silent(found));
        found.change_each(|found| {
            if self.deny.contains(&found.code) || self.deny_warnings && found.severity == Severity::Warning {
                found.severity = Severity::Error;
            }
        });
        found.extend(unknown.into_iter().collect());
    }
}

/// What a comment begins with, after its `#`.
const COMMENT: &str = "score-fly: allow(";

/// The lines for which codes are silenced. A comment on a line of its own goes for the next one that is not
/// a comment.
#[expect(clippy::cast_possible_truncation, reason = "sources are limited to far below 4 GiB")]
fn allowed_lines(source: &Source, lines: &mut Vec<(Location, Code)>, unknown: &mut Vec<Diagnostic>) {
    let mut start = 0;
    let mut pending: Vec<Code> = Vec::new();
    for line in source.text.split_inclusive('\n') {
        let span = Span { start: start as u32, end: (start + line.len()) as u32 };
        for (at, name) in names(line) {
            match Code::from_name(name) {
                Some(code) => pending.push(code),
                None => {
                    let at = (start + at) as u32;
                    let span = Span { start: at, end: at + name.len() as u32 };
                    unknown.push(unknown_code(name).in_source(source, span));
                }
            }
        }
        start += line.len();
        let content = line.trim_start();
        if !(content.is_empty() || content.starts_with('#')) {
            lines.extend(pending.drain(..).map(|code| (Location::new(source, span), code)));
        }
    }
}

/// The names in a line's comment, with where they stand in it.
fn names(line: &str) -> impl Iterator<Item = (usize, &str)> {
    let comment = line.split_once('#').and_then(|(before, comment)| {
        let (gap, rest) = comment.split_once(COMMENT)?;
        let (list, _) = rest.split_once(')')?;
        Some((before.len() + 1 + gap.len() + COMMENT.len(), list))
    });
    comment.into_iter().flat_map(|(start, list)| {
        let mut at = start;
        list.split(',').map(move |name| {
            let place = at + name.len() - name.trim_start().len();
            at += name.len() + 1;
            (place, name.trim())
        })
    })
}

fn unknown_code(name: &str) -> Diagnostic {
    let diagnostic = Diagnostic::new(Code::UnknownCode, &Path::ROOT, format!("there is no diagnostic `{name}`"));
    match Code::nearest(name) {
        Some(code) => diagnostic.with_help(format!("did you mean `{code}`?")),
        None => diagnostic.with_help("write a code as it stands in brackets after `error`, `warning` or `note`"),
    }
}
