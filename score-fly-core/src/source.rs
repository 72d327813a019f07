//! Texts that come in, and positions within them.

use core::fmt;

use serde::{Deserialize, Serialize};

use crate::prelude::*;

/// A named text: a Score file, an overrides file, or the argument of a flag. Its `Debug` leaves out
/// the text, in which there may be secrets.
#[derive(Clone, PartialEq, Eq, Default)]
pub struct Source {
    /// What diagnostics call it: usually the path as the user wrote it.
    pub name: String,
    /// The text, in which all spans count bytes.
    pub text: String,
}

impl Source {
    /// A source from text that is already decoded.
    pub fn new(name: impl Into<String>, text: impl Into<String>) -> Self {
        Self { name: name.into(), text: text.into() }
    }

    /// What tells this text from all others: two with the same name may have different content.
    pub fn id(&self) -> SourceId {
        // FNV-1a, with a byte between the two that no text has.
        let bytes = self.name.bytes().chain([0xff]).chain(self.text.bytes());
        SourceId(
            bytes.fold(0xcbf2_9ce4_8422_2325, |hash, byte| (hash ^ u64::from(byte)).wrapping_mul(0x0100_0000_01b3)),
        )
    }
}

impl fmt::Debug for Source {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Source").field("name", &self.name).finish_non_exhaustive()
    }
}

/// A text's id. It is made of the name and the content, so it is the same from run to run.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct SourceId(u64);

/// Which of a document's sources a node came from.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Default)]
pub struct SourceIndex(pub(crate) u16);

/// A half-open range of bytes in a source.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Default)]
pub struct Span {
    /// First byte.
    pub start: u32,
    /// One past the last byte.
    pub end: u32,
}

impl Span {
    /// The text this span covers; empty when the span does not fit the text.
    pub fn slice(self, text: &str) -> &str {
        text.get(self.start as usize..self.end as usize).unwrap_or_default()
    }
}

impl From<core::ops::Range<usize>> for Span {
    #[expect(clippy::cast_possible_truncation, reason = "sources are limited to far below 4 GiB")]
    fn from(range: core::ops::Range<usize>) -> Self {
        Self { start: range.start as u32, end: range.end as u32 }
    }
}

/// Where a node stands: its source and span.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Default)]
pub struct Origin {
    /// The source.
    pub source: SourceIndex,
    /// The bytes in it.
    pub span: Span,
}

/// How columns and offsets are counted.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Serialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(rename_all = "kebab-case")]
pub enum PositionEncoding {
    /// Bytes.
    #[serde(rename = "utf-8")]
    Utf8,
    /// UTF-16 code units, as editors in JavaScript count.
    #[serde(rename = "utf-16")]
    Utf16,
    /// Characters (Unicode scalar values), as people and Python count.
    #[default]
    #[serde(rename = "utf-32")]
    Utf32,
}

impl PositionEncoding {
    /// The length of `text` in this encoding's units.
    pub fn len(self, text: &str) -> usize {
        match self {
            Self::Utf8 => text.len(),
            Self::Utf16 => text.encode_utf16().count(),
            Self::Utf32 => text.chars().count(),
        }
    }
}

/// A place in a text, for people and editors.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
pub struct Position {
    /// Line, from 1.
    pub line: u32,
    /// Column, from 1, in units of the requested encoding.
    pub column: u32,
    /// Offset from the start of the text, from 0, in units of the requested encoding.
    pub offset: u32,
}

impl Position {
    const START: Self = Self { line: 1, column: 1, offset: 0 };

    /// The position of byte `offset` in `text`. An offset past the end, or inside a character, is
    /// moved back to the nearest place that exists. [`Positions`] is for more than a few.
    pub fn of(text: &str, offset: u32, encoding: PositionEncoding) -> Self {
        Self::START.after(text.get(..boundary(text, offset as usize)).unwrap_or_default(), encoding)
    }

    /// The position behind `text`, if `text` starts at this one.
    #[expect(clippy::cast_possible_truncation, reason = "sources are limited to far below 4 GiB")]
    fn after(self, text: &str, encoding: PositionEncoding) -> Self {
        let lines = text.bytes().filter(|byte| *byte == b'\n').count() as u32;
        let column = match text.rsplit_once('\n') {
            Some((_, last)) => 1 + encoding.len(last) as u32,
            None => self.column + encoding.len(text) as u32,
        };
        Self { line: self.line + lines, column, offset: self.offset + encoding.len(text) as u32 }
    }
}

/// The positions of a text, each of which is found in the same short time however long the text is:
/// a large file may have a diagnostic in each of its lines, or all of them in one.
#[derive(Debug, Clone)]
pub struct Positions<'t> {
    text: &'t str,
    encoding: PositionEncoding,
    /// Where every [`STEP`](Self::STEP)th byte stands.
    marks: Vec<Position>,
}

impl<'t> Positions<'t> {
    const STEP: usize = 256;

    /// Prepares a text.
    pub fn new(text: &'t str, encoding: PositionEncoding) -> Self {
        let mut positions = Self { text, encoding, marks: vec![Position::START] };
        for end in (Self::STEP..=text.len()).step_by(Self::STEP) {
            let mark = positions.at(boundary(text, end));
            positions.marks.push(mark);
        }
        positions
    }

    /// [`Position::of`] the byte at `offset`.
    pub fn of(&self, offset: u32) -> Position {
        self.at(boundary(self.text, offset as usize))
    }

    fn at(&self, end: usize) -> Position {
        let nearest = (end / Self::STEP).min(self.marks.len() - 1);
        let start = boundary(self.text, nearest * Self::STEP);
        let mark = self.marks.get(nearest).copied().unwrap_or(Position::START);
        mark.after(self.text.get(start..end).unwrap_or_default(), self.encoding)
    }
}

/// The nearest byte at or before `offset` at which a character of `text` starts or the text ends.
fn boundary(text: &str, offset: usize) -> usize {
    (0..=offset.min(text.len())).rev().find(|offset| text.is_char_boundary(*offset)).unwrap_or(0)
}

#[cfg(test)]
mod tests;
