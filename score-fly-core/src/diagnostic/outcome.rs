//! Values together with everything found on the way to them.

use core::cmp::Ordering;

use super::code::Severity;
use super::model::{Diagnostic, Location, Part};
use crate::map::{self, SortedSet};
use crate::pointer::{Path, Pointer};
use crate::prelude::*;

/// Diagnostics in the order in which they were found, or, once located, of where they stand.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Diagnostics(Vec<Diagnostic>);

impl Diagnostics {
    /// No diagnostics.
    pub const fn new() -> Self {
        Self(Vec::new())
    }

    /// Adds one.
    pub fn push(&mut self, diagnostic: Diagnostic) {
        self.0.push(diagnostic);
    }

    /// Whether any is an error.
    pub fn has_errors(&self) -> bool {
        self.0.iter().any(|diagnostic| diagnostic.severity == Severity::Error)
    }

    /// All of them.
    pub fn iter(&self) -> core::slice::Iter<'_, Diagnostic> {
        self.0.iter()
    }

    /// Changes each.
    pub(crate) fn change_each(&mut self, change: impl FnMut(&mut Diagnostic)) {
        self.0.iter_mut().for_each(change);
    }

    /// Drops those that `keep` does not want.
    pub(crate) fn retain(&mut self, keep: impl FnMut(&Diagnostic) -> bool) {
        self.0.retain(keep);
    }

    /// How many there are.
    pub fn len(&self) -> usize {
        self.0.len()
    }

    /// Whether there are none.
    pub fn is_empty(&self) -> bool {
        self.0.is_empty()
    }

    /// Adds what a later stage found, except echoes: a later stage stays silent about a node that
    /// an earlier one reported as broken. An error about a text as a whole, such as a second
    /// document in it, breaks no node.
    pub(crate) fn extend_later(&mut self, later: Self) {
        let broken = Broken::by(&self.0);
        let is_echo = |diagnostic: &Diagnostic| {
            broken.holds(&diagnostic.pointer)
                || diagnostic.because_of.as_ref().is_some_and(|cause| broken.holds(cause) || broken.is_in(cause))
        };
        let news: Vec<Diagnostic> = later.0.into_iter().filter(|diagnostic| !is_echo(diagnostic)).collect();
        self.0.extend(news);
    }

    /// Adds what an independent part found.
    pub fn extend(&mut self, other: Self) {
        self.0.extend(other.0);
    }

    /// Changes all pointers as if the document's root stood at `path`.
    pub(crate) fn move_below(&mut self, path: &Path<'_>) {
        for diagnostic in &mut self.0 {
            diagnostic.pointer = diagnostic.pointer.below(path);
        }
    }

    /// Puts them in the order of their places, and drops what is there twice.
    pub(crate) fn sort_by(&mut self, places: impl Fn(Option<&Location>, Option<&Location>) -> Ordering) {
        // Equal ones must become neighbours, hence the order down to the wording.
        fn rest(found: &Diagnostic) -> impl Ord + '_ {
            (&found.pointer, found.code, &found.message, &found.help)
        }
        map::sort_by(&mut self.0, |a, b| {
            places(a.location.as_ref(), b.location.as_ref()).then_with(|| rest(a).cmp(&rest(b)))
        });
        self.0.dedup();
    }
}

/// The nodes that errors broke. There may be thousands, and as many later remarks to look up.
struct Broken<'d> {
    /// All of them.
    nodes: SortedSet<&'d str>,
    /// Those with which everything below is broken as well.
    whole: SortedSet<&'d str>,
}

impl<'d> Broken<'d> {
    fn by(diagnostics: &'d [Diagnostic]) -> Self {
        let (mut nodes, mut whole) = (Vec::new(), Vec::new());
        for diagnostic in diagnostics.iter().filter(|diagnostic| diagnostic.breaks_its_node()) {
            nodes.push(diagnostic.pointer.as_str());
            // A fault of a key says nothing of what stands under it.
            if diagnostic.part != Part::Key {
                whole.push(diagnostic.pointer.as_str());
            }
            whole.extend(diagnostic.instead_of.as_ref().map(Pointer::as_str));
        }
        Self { nodes: nodes.into_iter().collect(), whole: whole.into_iter().collect() }
    }

    /// Whether a node is broken, or stands in one that is as a whole.
    fn holds(&self, pointer: &Pointer) -> bool {
        self.nodes.contains(pointer.as_str()) || pointer.and_above().any(|above| self.whole.contains(above))
    }

    /// Whether a node is broken, or something in it.
    fn is_in(&self, pointer: &Pointer) -> bool {
        let below = format!("{pointer}/");
        self.nodes.contains(pointer.as_str())
            || self.nodes.starting_at(below.as_str()).next().is_some_and(|next| next.starts_with(&below))
    }
}

impl IntoIterator for Diagnostics {
    type Item = Diagnostic;
    type IntoIter = alloc::vec::IntoIter<Diagnostic>;

    fn into_iter(self) -> Self::IntoIter {
        self.0.into_iter()
    }
}

impl<'a> IntoIterator for &'a Diagnostics {
    type Item = &'a Diagnostic;
    type IntoIter = core::slice::Iter<'a, Diagnostic>;

    fn into_iter(self) -> Self::IntoIter {
        self.0.iter()
    }
}

impl FromIterator<Diagnostic> for Diagnostics {
    fn from_iter<I: IntoIterator<Item = Diagnostic>>(iter: I) -> Self {
        Self(iter.into_iter().collect())
    }
}

/// A value if it could be made, and every diagnostic found on the way.
///
/// There may be a value in spite of errors: it is then good enough for later stages to find more
/// mistakes in, and nothing else. [`Outcome::into_result`] is where errors decide.
#[derive(Debug, Clone)]
#[must_use]
pub struct Outcome<T> {
    value: Option<T>,
    diagnostics: Diagnostics,
}

impl<T> Outcome<T> {
    /// A value and what was found.
    pub fn new(value: T, diagnostics: Diagnostics) -> Self {
        Self { value: Some(value), diagnostics }
    }

    /// No value.
    pub fn failed(diagnostics: Diagnostics) -> Self {
        Self { value: None, diagnostics }
    }

    /// What was found so far.
    pub fn diagnostics(&self) -> &Diagnostics {
        &self.diagnostics
    }

    /// The value so far, to look at.
    pub fn value(&self) -> Option<&T> {
        self.value.as_ref()
    }

    /// The same with the value to look at.
    pub fn as_ref(&self) -> Outcome<&T> {
        Outcome { value: self.value.as_ref(), diagnostics: self.diagnostics.clone() }
    }

    /// Changes the value.
    pub fn map<U>(self, change: impl FnOnce(T) -> U) -> Outcome<U> {
        Outcome { value: self.value.map(change), diagnostics: self.diagnostics }
    }

    /// Runs the next stage if there is a value, and keeps what both found. The next stage's echoes
    /// of earlier errors are dropped.
    pub fn and_then<U>(self, next: impl FnOnce(T) -> Outcome<U>) -> Outcome<U> {
        let mut diagnostics = self.diagnostics;
        match self.value {
            None => Outcome { value: None, diagnostics },
            Some(value) => {
                let outcome = next(value);
                diagnostics.extend_later(outcome.diagnostics);
                Outcome { value: outcome.value, diagnostics }
            }
        }
    }

    /// Changes what was found.
    pub(crate) fn map_diagnostics(mut self, change: impl FnOnce(&mut Diagnostics)) -> Self {
        change(&mut self.diagnostics);
        self
    }

    /// The value with its warnings and notes.
    ///
    /// # Errors
    /// All diagnostics, if any of them is an error or there is no value.
    pub fn into_result(self) -> Result<(T, Diagnostics), Diagnostics> {
        match self.value {
            Some(value) if !self.diagnostics.has_errors() => Ok((value, self.diagnostics)),
            _ => Err(self.diagnostics),
        }
    }

    /// Both parts, whatever they are.
    pub fn into_parts(self) -> (Option<T>, Diagnostics) {
        (self.value, self.diagnostics)
    }
}

#[cfg(test)]
mod tests {
    use super::{Diagnostic, Diagnostics};
    use crate::diagnostic::Code;
    use crate::pointer::Path;
    use crate::prelude::*;

    fn at(keys: &[&str]) -> Diagnostic {
        fn under(path: &Path<'_>, keys: &[&str]) -> Diagnostic {
            match keys {
                [] => Diagnostic::new(Code::WrongType, path, "wrong"),
                [key, rest @ ..] => under(&path.key(key), rest),
            }
        }
        under(&Path::ROOT, keys)
    }

    /// The pointers of what is left of `later` after `earlier`.
    fn left(earlier: Diagnostic, later: Vec<Diagnostic>) -> Vec<String> {
        let mut diagnostics: Diagnostics = core::iter::once(earlier).collect();
        diagnostics.extend_later(later.into_iter().collect());
        diagnostics.iter().skip(1).map(|diagnostic| diagnostic.pointer.to_string()).collect()
    }

    #[test]
    fn what_stands_in_a_broken_node_is_an_echo() {
        let later = vec![at(&["a"]), at(&["a", "b"]), at(&["ab"])];
        assert_eq!(left(at(&["a"]), later), ["/ab"]);
    }

    #[test]
    fn what_stands_under_a_broken_key_is_not() {
        let later = vec![at(&["a"]), at(&["a", "b"])];
        assert_eq!(left(at(&["a"]).on_key(), later), ["/a/b"]);
    }

    #[test]
    fn what_stands_in_a_node_that_is_missing_because_of_a_fault_is_an_echo() {
        let misspelt = at(&["metadta"]).on_key().instead_of(&Path::ROOT.key("metadata"));
        let later = vec![at(&["metadata", "name"]), at(&["metadta", "name"])];
        assert_eq!(left(misspelt, later), ["/metadta/name"]);
    }

    #[test]
    fn what_comes_from_a_broken_node_is_an_echo() {
        let because_of = |keys: &str| at(&["other"]).because_of(&Path::ROOT.key(keys));
        assert!(left(at(&["a", "b"]), vec![because_of("a")]).is_empty());
        assert_eq!(left(at(&["a", "b"]), vec![because_of("c")]), ["/other"]);
        assert_eq!(left(at(&["a-b"]), vec![because_of("a")]), ["/other"]);
    }
}
