//! JSON Pointers (RFC 6901), and the borrowed paths they are made from.

use alloc::borrow::Cow;
use core::fmt;

use serde::{Deserialize, Serialize};

use crate::prelude::*;

/// A JSON Pointer, such as `/containers/web/image`.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash, Default, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(transparent)]
pub struct Pointer(String);

impl Pointer {
    /// The whole document.
    pub fn root() -> Self {
        Self::default()
    }

    /// The pointer as text.
    pub fn as_str(&self) -> &str {
        &self.0
    }

    /// Its segments, unescaped, from the root.
    pub fn segments(&self) -> impl Iterator<Item = Cow<'_, str>> {
        self.0.split('/').skip(1).map(|segment| {
            if segment.contains('~') {
                Cow::Owned(segment.replace("~1", "/").replace("~0", "~"))
            } else {
                Cow::Borrowed(segment)
            }
        })
    }

    /// The pointer and those of all nodes above it, up to the root, as text.
    pub(crate) fn and_above(&self) -> impl Iterator<Item = &str> {
        core::iter::successors(Some(self.as_str()), |pointer| Some(pointer.rsplit_once('/')?.0))
    }

    /// The pointer that `below` is when its root stands here.
    pub(crate) fn join(&self, below: &Self) -> Self {
        Self(format!("{}{}", self.0, below.0))
    }

    /// Whether `self` is `ancestor` or lies below it.
    pub fn is_within(&self, ancestor: &Self) -> bool {
        self.0.strip_prefix(&ancestor.0).is_some_and(|rest| rest.is_empty() || rest.starts_with('/'))
    }

    /// The same pointer into a document in which this one's root stands at `path`.
    pub(crate) fn below(&self, path: &Path<'_>) -> Self {
        Self(path.to_pointer().0 + &self.0)
    }

    fn push(&mut self, segment: Segment<'_>) {
        self.0.push('/');
        match segment {
            Segment::Key(key) if key.contains(['~', '/']) => {
                self.0.push_str(&key.replace('~', "~0").replace('/', "~1"));
            }
            Segment::Key(key) => self.0.push_str(key),
            Segment::Index(index) => self.0.push_str(&index.to_string()),
        }
    }
}

impl<'a> FromIterator<&'a str> for Pointer {
    fn from_iter<I: IntoIterator<Item = &'a str>>(keys: I) -> Self {
        let mut pointer = Self::root();
        keys.into_iter().for_each(|key| pointer.push(Segment::Key(key)));
        pointer
    }
}

impl fmt::Display for Pointer {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

#[derive(Debug, Clone, Copy)]
enum Segment<'a> {
    Key(&'a str),
    Index(usize),
}

/// A path on the stack, so that walking a document allocates nothing until something is wrong.
#[derive(Debug, Clone, Copy)]
pub struct Path<'a> {
    last: Option<(&'a Path<'a>, Segment<'a>)>,
}

impl<'a> Path<'a> {
    /// The whole document.
    pub const ROOT: Path<'static> = Path { last: None };

    /// The value of `key` in the mapping at this path.
    pub fn key(&'a self, key: &'a str) -> Path<'a> {
        Path { last: Some((self, Segment::Key(key))) }
    }

    /// The item at `index` of the list at this path.
    pub fn index(&'a self, index: usize) -> Path<'a> {
        Path { last: Some((self, Segment::Index(index))) }
    }

    /// The path without its last segment; `None` for the whole document.
    pub(crate) fn parent(&self) -> Option<&'a Path<'a>> {
        self.last.map(|(parent, _)| parent)
    }

    /// The last segment, if it is a key.
    pub(crate) fn last_key(&self) -> Option<&'a str> {
        match self.last {
            Some((_, Segment::Key(key))) => Some(key),
            _ => None,
        }
    }

    /// The keys on the way, with dots between them: what TOML calls the place, without positions
    /// in lists.
    pub(crate) fn dotted(&self) -> String {
        let above = self.parent().map(Self::dotted).unwrap_or_default();
        match self.last_key() {
            Some(key) if above.is_empty() => key.to_owned(),
            Some(key) => format!("{above}.{key}"),
            None => above,
        }
    }

    /// The same path as a pointer.
    pub fn to_pointer(&self) -> Pointer {
        let mut pointer = match self.last {
            Some((parent, _)) => parent.to_pointer(),
            None => Pointer::root(),
        };
        if let Some((_, segment)) = self.last {
            pointer.push(segment);
        }
        pointer
    }
}
