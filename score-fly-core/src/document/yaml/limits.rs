//! What a document may cost. Real Score files stay far below; hostile ones end here.

use crate::document::{Node, Value};

/// The longest text, in bytes.
pub(in crate::document) const MAX_INPUT: usize = 4 * 1024 * 1024;
/// The longest TOML, in bytes: its tree keeps every space, and takes a hundred times as much.
pub(in crate::document) const MAX_TOML: usize = 1024 * 1024;
/// The deepest nesting of mappings and lists: far below what other readers of YAML and JSON take, who get parts of a
/// document some levels below their own.
pub(in crate::document) const MAX_DEPTH: usize = 64;
/// The longest key, in bytes. It also bounds the pointers that diagnostics carry.
pub(super) const MAX_KEY: usize = 1024;
/// How many diagnostics of one severity are kept.
pub(super) const MAX_DIAGNOSTICS: usize = 500;
/// How many nodes there may be after aliases are replaced by what they stand for.
const MAX_NODES: usize = 250_000;
/// How many bytes of text aliases may copy.
const MAX_COPIED: usize = 16 * 1024 * 1024;

/// How large a tree is.
#[derive(Debug, Clone, Copy)]
pub(super) struct Size {
    pub(super) nodes: usize,
    pub(super) bytes: usize,
    pub(super) height: usize,
}

impl Size {
    pub(super) fn of(node: &Node<'_>) -> Self {
        let mut size = Self { nodes: 1, bytes: 0, height: 0 };
        match &node.value {
            Value::String(text) => size.bytes = text.len(),
            Value::Sequence(items) => {
                size.height = 1;
                for item in items {
                    size.hold(Self::of(item));
                }
            }
            Value::Mapping(mapping) => {
                size.height = 1;
                for entry in &mapping.entries {
                    size.hold(Self { nodes: 1, bytes: entry.key.text.len(), height: 0 });
                    size.hold(Self::of(&entry.value));
                }
            }
            _ => {}
        }
        size
    }

    fn hold(&mut self, child: Self) {
        self.nodes += child.nodes;
        self.bytes += child.bytes;
        self.height = self.height.max(child.height + 1);
    }
}

/// What is left to spend.
#[derive(Debug)]
pub(super) struct Budget {
    nodes: usize,
    bytes: usize,
}

impl Budget {
    pub(super) const fn new() -> Self {
        Self { nodes: MAX_NODES, bytes: MAX_COPIED }
    }

    /// Pays for one more node; whether it could be paid for.
    #[must_use]
    pub(super) fn node(&mut self) -> bool {
        self.pay(1, 0)
    }

    /// Pays for a copy of a tree; whether it could be paid for.
    #[must_use]
    pub(super) fn copy(&mut self, size: Size) -> bool {
        self.pay(size.nodes, size.bytes)
    }

    fn pay(&mut self, nodes: usize, bytes: usize) -> bool {
        match (self.nodes.checked_sub(nodes), self.bytes.checked_sub(bytes)) {
            (Some(nodes), Some(bytes)) => {
                *self = Self { nodes, bytes };
                true
            }
            _ => false,
        }
    }
}
