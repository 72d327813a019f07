//! The texts that diagnostics point into.

use std::ops::Range;

use score_fly_core::Source;
use score_fly_core::diagnostic::Location;
use score_fly_core::source::SourceId;

/// A text that diagnostics may point into.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Text<'s> {
    /// The text.
    pub(crate) source: &'s Source,
    /// Whether it is a file under its name, and not a flag or standard input.
    pub(crate) is_file: bool,
    /// Which of its lines may be shown.
    pub(crate) quotable: Quotable<'s>,
}

/// Texts, to be found again.
pub(super) struct Texts<'t, 's>(Vec<(SourceId, &'t Text<'s>)>);

impl<'t, 's> Texts<'t, 's> {
    pub(super) fn new(texts: &'t [Text<'s>]) -> Self {
        Self(texts.iter().map(|text| (text.source.id(), text)).collect())
    }

    /// The text in which a place is.
    pub(super) fn of(&self, location: &Location) -> Option<&'t Text<'s>> {
        self.0.iter().find(|(id, _)| *id == location.id).map(|(_, text)| *text)
    }
}

/// Which lines of a text may be shown: those with secrets may not.
#[derive(Debug, Clone, Copy)]
pub(crate) enum Quotable<'s> {
    /// All.
    All,
    /// Those in which none of these bytes stands, which are in order.
    Without(&'s [usize]),
    /// None.
    None,
}

impl Quotable<'_> {
    /// Whether the lines of which these are the bytes may be shown.
    pub(super) fn holds(self, lines: &Range<usize>) -> bool {
        match self {
            Self::All => true,
            Self::Without(bytes) => {
                let next = bytes.partition_point(|byte| *byte < lines.start);
                bytes.get(next).is_none_or(|byte| *byte >= lines.end)
            }
            Self::None => false,
        }
    }
}
