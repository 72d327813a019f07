//! Documents: trees that know where each key and value stands.

mod locate;
pub(crate) mod messages;
mod node;
pub mod overrides;
mod scalar;
#[cfg(test)]
mod tests;
mod toml;
mod yaml;

pub(crate) use locate::Entries;
pub use node::{Entry, Key, Mapping, Node, Number, Value};
pub use toml::parse_toml;
pub use yaml::parse;

use crate::prelude::*;
use crate::source::{Origin, Source, SourceId};

/// A tree, and the texts that its nodes came from.
#[derive(Debug, Clone)]
pub struct Document<'s> {
    /// The sources, in the order in which they were merged.
    pub sources: Vec<&'s Source>,
    /// The tree.
    pub root: Node<'s>,
}

impl<'s> Document<'s> {
    /// A document of which nothing but the text is known.
    pub(crate) fn without_root(source: &'s Source) -> Self {
        Self { sources: vec![source], root: Node { value: Value::Null, origin: Origin::default() } }
    }

    /// The source of that number.
    pub fn source(&self, id: SourceId) -> Option<&'s Source> {
        self.sources.get(usize::from(id.0)).copied()
    }
}
