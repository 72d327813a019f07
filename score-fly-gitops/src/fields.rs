//! Reading maps: what is wrong with them is said where it stands, all of it in one run.

use score_fly_core::diagnostic::Code;
use score_fly_core::suggest::nearest;
use score_fly_core::{Diagnostic, Diagnostics};

use crate::node::{Entry, Map, Node, Value};

/// Something wrong at a value.
pub(crate) fn wrong(node: &Node, message: impl Into<String>, help: impl Into<String>) -> Diagnostic {
    node.origin.say(Code::InvalidTree, message).with_help(help)
}

/// A map that is read.
pub(crate) struct Fields<'n, 'd> {
    what: &'static str,
    map: Option<&'n Map>,
    at: &'n Node,
    pub(crate) found: &'d mut Diagnostics,
}

impl<'n, 'd> Fields<'n, 'd> {
    /// Begins to read a map that may have these keys and no others.
    pub(crate) fn new(what: &'static str, node: &'n Node, keys: &[&str], found: &'d mut Diagnostics) -> Self {
        let map = node.as_map();
        match map {
            Some(map) => map.iter().filter(|(key, _)| !keys.contains(&key.as_str())).for_each(|(key, entry)| {
                found.push(unknown(what, key, entry, keys));
            }),
            None => found.push(wrong(
                node,
                format!("{what} must be a map, and this is {}", node.kind()),
                "write `key: value`",
            )),
        }
        Self { what, map, at: node, found }
    }

    /// The value under a key, unless it is null.
    pub(crate) fn get(&self, key: &str) -> Option<&'n Node> {
        self.map?.get(key).map(|entry| &entry.node).filter(|node| !matches!(node.value, Value::Null))
    }

    /// A text that is not empty.
    pub(crate) fn text(&mut self, key: &str) -> Option<String> {
        let node = self.get(key)?;
        match node.as_str().filter(|text| !text.trim().is_empty()) {
            Some(text) => Some(text.to_owned()),
            None => {
                self.wrong_kind(key, node, "text");
                None
            }
        }
    }

    /// A text that has to be there.
    pub(crate) fn needed(&mut self, key: &str, help: &str) -> Option<String> {
        if self.map.is_some() && self.get(key).is_none() {
            let message = format!("{} needs `{key}`", self.what);
            self.found.push(self.at.origin.say(Code::InvalidTree, message).with_help(help));
        }
        self.text(key)
    }

    /// Whether something is so.
    pub(crate) fn flag(&mut self, key: &str) -> Option<bool> {
        let node = self.get(key)?;
        match node.value {
            Value::Bool(flag) => Some(flag),
            _ => {
                self.wrong_kind(key, node, "`true` or `false`");
                None
            }
        }
    }

    /// A whole number that is not negative.
    pub(crate) fn number(&mut self, key: &str) -> Option<u32> {
        let node = self.get(key)?;
        let number = if let Value::Number(number) = &node.value { number.as_u64() } else { None };
        match number.and_then(|number| u32::try_from(number).ok()) {
            Some(number) => Some(number),
            None => {
                self.wrong_kind(key, node, "a whole number");
                None
            }
        }
    }

    /// A list of texts.
    pub(crate) fn texts(&mut self, key: &str) -> Vec<String> {
        let Some(node) = self.get(key) else { return Vec::new() };
        let Some(items) = node.as_list() else {
            self.wrong_kind(key, node, "a list of texts");
            return Vec::new();
        };
        let mut texts = Vec::new();
        for item in items {
            match item.as_str() {
                Some(text) => texts.push(text.to_owned()),
                None => self.wrong_kind(key, item, "a list of texts"),
            }
        }
        texts
    }

    /// The entries of a map.
    pub(crate) fn map(&mut self, key: &str) -> Option<&'n Map> {
        let node = self.get(key)?;
        if node.as_map().is_none() {
            self.wrong_kind(key, node, "a map");
        }
        node.as_map()
    }

    /// The items of a list.
    pub(crate) fn list(&mut self, key: &str) -> &'n [Node] {
        let Some(node) = self.get(key) else { return &[] };
        if node.as_list().is_none() {
            self.wrong_kind(key, node, "a list");
        }
        node.as_list().unwrap_or_default()
    }

    pub(crate) fn wrong_kind(&mut self, key: &str, node: &Node, wanted: &str) {
        let kind = if node.as_str().is_some_and(|text| text.trim().is_empty()) { "empty" } else { node.kind() };
        let message = format!("`{key}` must be {wanted}, and this is {kind}");
        self.found.push(node.origin.say(Code::InvalidTree, message));
    }
}

fn unknown(what: &str, key: &str, entry: &Entry, keys: &[&str]) -> Diagnostic {
    let help = match nearest(key, keys.iter().copied()) {
        Some(meant) => format!("did you mean `{meant}`?"),
        None => format!("there are {}", keys.iter().map(|key| format!("`{key}`")).collect::<Vec<_>>().join(", ")),
    };
    entry.key.say(Code::InvalidTree, format!("{what} has no key `{key}`")).with_help(help)
}
