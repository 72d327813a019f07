//! Trees of values, each of which knows the text that it came from.

use std::collections::BTreeMap;
use std::sync::Arc;

use score_fly_core::diagnostic::Code;
use score_fly_core::document::{self, Document};
use score_fly_core::pointer::Path;
use score_fly_core::source::{Position, PositionEncoding, Span};
use score_fly_core::{Diagnostic, Diagnostics, Source};
use serde_json::{Number, Value as Json};

/// Where a value stands.
#[derive(Debug, Clone)]
pub struct Origin {
    /// The text.
    pub source: Arc<Source>,
    /// The bytes in it.
    pub span: Span,
}

impl Origin {
    /// As `file:line`.
    pub fn line(&self) -> String {
        let position = Position::of(&self.source.text, self.span.start, PositionEncoding::Utf32);
        format!("{}:{}", self.source.name, position.line)
    }

    /// A diagnostic here.
    pub(crate) fn say(&self, code: Code, message: impl Into<String>) -> Diagnostic {
        Diagnostic::new(code, &Path::ROOT, message).in_source(&self.source, self.span)
    }
}

/// A value, and where it came from.
#[derive(Debug, Clone)]
pub struct Node {
    /// The value.
    pub value: Value,
    /// Where it stands; of a map or list that was merged, where the last part of it stands.
    pub origin: Origin,
    /// Of a list: how it meets one that it is laid over, if its file says so.
    pub(crate) meet: Option<Meet>,
    /// Whether it is in the part of a project that has FlyCD's rules.
    pub(crate) of_flycd: bool,
}

/// How a list meets the one that it is laid over.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Meet {
    /// Its items come behind those of the other, without those that are there already.
    Append,
    /// It takes the place of the other.
    Replace,
    /// Its items are laid over those that have the same value under this key; the rest come behind.
    ByKey(String),
}

/// What a node can be.
#[derive(Debug, Clone)]
pub enum Value {
    /// Nothing.
    Null,
    /// `true` or `false`.
    Bool(bool),
    /// A number.
    Number(Number),
    /// Text.
    Text(String),
    /// A list.
    List(Vec<Node>),
    /// A map.
    Map(Map),
}

/// A map: keys, with where they stand, and values.
pub type Map = BTreeMap<String, Entry>;

/// A value in a map.
#[derive(Debug, Clone)]
pub struct Entry {
    /// Where the key stands.
    pub key: Origin,
    /// The value.
    pub node: Node,
}

impl Node {
    pub(crate) fn new(value: Value, origin: Origin) -> Self {
        Self { value, origin, meet: None, of_flycd: false }
    }

    pub(crate) fn text(text: impl Into<String>, origin: Origin) -> Self {
        Self::new(Value::Text(text.into()), origin)
    }

    /// The map, if it is one.
    pub fn as_map(&self) -> Option<&Map> {
        if let Value::Map(map) = &self.value { Some(map) } else { None }
    }

    pub(crate) fn as_map_mut(&mut self) -> Option<&mut Map> {
        if let Value::Map(map) = &mut self.value { Some(map) } else { None }
    }

    /// The list, if it is one.
    pub fn as_list(&self) -> Option<&[Node]> {
        if let Value::List(items) = &self.value { Some(items) } else { None }
    }

    /// The text, if it is one.
    pub fn as_str(&self) -> Option<&str> {
        if let Value::Text(text) = &self.value { Some(text) } else { None }
    }

    /// The value under a key.
    pub fn get(&self, key: &str) -> Option<&Node> {
        self.as_map()?.get(key).map(|entry| &entry.node)
    }

    /// Takes a value out of a map.
    pub(crate) fn take(&mut self, key: &str) -> Option<Entry> {
        self.as_map_mut()?.remove(key)
    }

    /// Puts a value into a map.
    pub(crate) fn put(&mut self, key: impl Into<String>, node: Node) {
        if let Value::Map(map) = &mut self.value {
            map.insert(key.into(), Entry { key: node.origin.clone(), node });
        }
    }

    /// The value without its origins.
    pub fn to_json(&self) -> Json {
        match &self.value {
            Value::Null => Json::Null,
            Value::Bool(value) => Json::Bool(*value),
            Value::Number(number) => Json::Number(number.clone()),
            Value::Text(text) => Json::String(text.clone()),
            Value::List(items) => items.iter().map(Self::to_json).collect(),
            Value::Map(map) => Json::Object(map.iter().map(|(key, at)| (key.clone(), at.node.to_json())).collect()),
        }
    }

    /// What it is, for people.
    pub(crate) fn kind(&self) -> &'static str {
        match &self.value {
            Value::Null => "null",
            Value::Bool(_) => "a boolean",
            Value::Number(_) => "a number",
            Value::Text(_) => "text",
            Value::List(_) => "a list",
            Value::Map(_) => "a map",
        }
    }

    /// Does something with each node, this one included.
    pub(crate) fn each(&mut self, work: &mut dyn FnMut(&mut Self)) {
        work(self);
        match &mut self.value {
            Value::List(items) => items.iter_mut().for_each(|item| item.each(work)),
            Value::Map(map) => map.values_mut().for_each(|entry| entry.node.each(work)),
            _ => {}
        }
    }
}

/// Reads a file: TOML if its name ends in `.toml`, and YAML otherwise. An empty one is an empty map.
pub(crate) fn read(source: &Arc<Source>, diagnostics: &mut Diagnostics) -> Option<Node> {
    let whole = || Origin { source: Arc::clone(source), span: Span::default() };
    if source.text.trim().is_empty() {
        return Some(Node::new(Value::Map(Map::new()), whole()));
    }
    let parsed = if source.name.ends_with(".toml") { document::parse_toml(source) } else { document::parse(source) };
    let (document, found) = parsed.into_parts();
    let at = document.clone().unwrap_or_else(|| Document::without_root(source));
    let (_, found) = score_fly_core::Outcome::new((), found).locate(&at).into_parts();
    let broken = found.has_errors();
    diagnostics.extend(found);
    let node = of_document(&document.filter(|_| !broken)?.root, source);
    if node.as_map().is_none() {
        diagnostics
            .push(node.origin.say(Code::InvalidTree, format!("this file must be a map, and is {}", node.kind())));
        return None;
    }
    Some(node)
}

fn of_document(node: &document::Node<'_>, source: &Arc<Source>) -> Node {
    let origin = |span| Origin { source: Arc::clone(source), span };
    let value = match &node.value {
        document::Value::Null => Value::Null,
        document::Value::Bool(value) => Value::Bool(*value),
        document::Value::Number(number) => match Json::from(*number) {
            Json::Number(number) => Value::Number(number),
            _ => Value::Null,
        },
        document::Value::String(text) => Value::Text(text.to_string()),
        document::Value::Sequence(items) => Value::List(items.iter().map(|item| of_document(item, source)).collect()),
        document::Value::Mapping(mapping) => Value::Map(
            mapping
                .entries
                .iter()
                .map(|entry| {
                    let node = of_document(&entry.value, source);
                    (entry.key.text.to_string(), Entry { key: origin(entry.key.origin.span), node })
                })
                .collect(),
        ),
    };
    Node::new(value, origin(node.origin.span))
}
