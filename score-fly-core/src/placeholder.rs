//! The `${…}` grammar: a template is read once into segments, and never scanned again.
//!
//! At each `$`, from left to right: `$${…}` stands for the literal `${…}`, `${…}` is a placeholder
//! up to the first `}`, `$$` stands for `$`, and any other `$` for itself. What a placeholder is
//! filled with is not looked at again. This is the grammar of the Score reference implementations.

use alloc::borrow::Cow;
use core::iter;

use crate::prelude::*;

/// A piece of a template.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Segment<'t> {
    /// Text that stays, with its escapes undone.
    Text(&'t str),
    /// Something to be filled.
    Placeholder(Placeholder<'t>),
}

/// A `${…}`.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Placeholder<'t> {
    /// As written, with `${` and `}`.
    pub text: &'t str,
    /// What stands between them: blanks count.
    pub body: &'t str,
}

/// The keys of a lookup, from the outside in.
pub type Keys<'t> = Vec<Cow<'t, str>>;

/// What a placeholder refers to.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Reference<'t> {
    /// `metadata.<key>…`: at least one key.
    Metadata(Keys<'t>),
    /// `resources.<name>.<key>…`: perhaps without keys.
    Resource {
        /// The workload's name for the resource.
        name: Cow<'t, str>,
        /// The output, and keys inside it.
        keys: Keys<'t>,
    },
}

/// Why a placeholder refers to nothing.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum InvalidReference {
    /// It starts with something else.
    #[error("a placeholder refers to neither `metadata` nor `resources`")]
    UnknownRoot,
    /// It is just `metadata`.
    #[error("a placeholder names no metadata key")]
    NoMetadataKey,
    /// It is just `resources`.
    #[error("a placeholder names no resource")]
    NoResourceName,
}

impl<'t> Placeholder<'t> {
    /// Reads the body: a root and keys, split at the dots that are not written as `\.`.
    ///
    /// # Errors
    /// If it does not start with `metadata` and a key, or `resources` and a name.
    pub fn reference(&self) -> Result<Reference<'t>, InvalidReference> {
        let mut keys = split_keys(self.body);
        match keys.next().as_deref() {
            Some("metadata") => {
                let keys: Keys<'t> = keys.collect();
                if keys.is_empty() { Err(InvalidReference::NoMetadataKey) } else { Ok(Reference::Metadata(keys)) }
            }
            Some("resources") => {
                let name = keys.next().ok_or(InvalidReference::NoResourceName)?;
                Ok(Reference::Resource { name, keys: keys.collect() })
            }
            _ => Err(InvalidReference::UnknownRoot),
        }
    }
}

/// Reads a template into its segments. Nothing is allocated.
pub fn segments(template: &str) -> Segments<'_> {
    Segments { rest: template, literal: 0, unclosed: false }
}

/// The placeholders of a template.
pub fn placeholders(template: &str) -> impl Iterator<Item = Placeholder<'_>> {
    segments(template).filter_map(|segment| match segment {
        Segment::Placeholder(placeholder) => Some(placeholder),
        Segment::Text(_) => None,
    })
}

/// The placeholder that is all of a template.
pub(crate) fn only_placeholder(template: &str) -> Option<Placeholder<'_>> {
    let mut segments = segments(template);
    match (segments.next(), segments.next()) {
        (Some(Segment::Placeholder(placeholder)), None) => Some(placeholder),
        _ => None,
    }
}

/// The segments of a template: see [`segments`].
#[derive(Debug, Clone)]
pub struct Segments<'t> {
    rest: &'t str,
    /// So much of `rest` is the body of an escaped placeholder, in which no `$` counts.
    literal: usize,
    /// There is no `}` in `rest`. Known so that many `${` without an end take linear time.
    unclosed: bool,
}

impl<'t> Segments<'t> {
    /// The `{…}` that `text`, the end of the template, starts with.
    fn braces(&mut self, text: &'t str) -> Option<&'t str> {
        if self.unclosed || !text.starts_with('{') {
            return None;
        }
        let end = text.find('}');
        self.unclosed = end.is_none();
        text.get(..=end?)
    }
}

impl<'t> Iterator for Segments<'t> {
    type Item = Segment<'t>;

    fn next(&mut self) -> Option<Segment<'t>> {
        let all = self.rest;
        let mut from = core::mem::take(&mut self.literal);
        while let Some(dollar) = all.get(from..).and_then(|text| text.find('$')).map(|at| from + at) {
            let (before, here) = all.split_at_checked(dollar)?;
            let after = here.strip_prefix('$')?;
            if let Some(rest) = after.strip_prefix('$') {
                self.literal = self.braces(rest).map_or(0, str::len);
                self.rest = rest;
                return all.get(..=dollar).map(Segment::Text);
            }
            if let Some(braces) = self.braces(after) {
                if !before.is_empty() {
                    self.rest = here;
                    return Some(Segment::Text(before));
                }
                let (text, rest) = here.split_at_checked(1 + braces.len())?;
                self.rest = rest;
                let body = braces.strip_prefix('{')?.strip_suffix('}')?;
                return Some(Segment::Placeholder(Placeholder { text, body }));
            }
            from = dollar + 1;
        }
        self.rest = "";
        (!all.is_empty()).then_some(Segment::Text(all))
    }
}

impl iter::FusedIterator for Segments<'_> {}

/// Splits at the dots that are not written as `\.`. A backslash elsewhere stands for itself.
pub(crate) fn split_keys(path: &str) -> impl Iterator<Item = Cow<'_, str>> {
    let mut rest = Some(path);
    iter::from_fn(move || {
        let text = rest?;
        let dot = text
            .match_indices('.')
            .map(|(dot, _)| dot)
            .find(|dot| !text.get(..*dot).is_some_and(|before| before.ends_with('\\')));
        let (key, after) = match dot {
            Some(dot) => (text.get(..dot)?, text.get(dot + 1..)),
            None => (text, None),
        };
        rest = after;
        Some(if key.contains(r"\.") { Cow::Owned(key.replace(r"\.", ".")) } else { Cow::Borrowed(key) })
    })
}

/// The opposite of [`split_keys`].
pub(crate) fn join_keys<'k>(keys: impl IntoIterator<Item = &'k str>) -> String {
    let keys: Vec<String> = keys.into_iter().map(|key| key.replace('.', r"\.")).collect();
    keys.join(".")
}
