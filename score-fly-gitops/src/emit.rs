//! Trees as text, for Fly's reader and for people.

use std::fmt::Write as _;

use score_fly_core::diagnostic::Location;
use score_fly_core::source::{SourceId, Span};
use score_fly_core::{Diagnostic, Source};

use crate::node::{Entry, Node, Origin, Value};

/// A tree as JSON, and where each part of that text came from.
pub(crate) struct Emitted {
    pub(crate) source: Source,
    places: Vec<(Span, Origin)>,
}

/// Writes a tree as JSON.
pub(crate) fn json(node: &Node, name: &str) -> Emitted {
    let (mut text, mut places) = (String::new(), Vec::new());
    write(node, &mut text, &mut places);
    Emitted { source: Source::new(name, text), places }
}

fn write(node: &Node, text: &mut String, places: &mut Vec<(Span, Origin)>) {
    let start = text.len();
    match &node.value {
        Value::List(items) => {
            text.push('[');
            for (index, item) in items.iter().enumerate() {
                text.push_str(if index > 0 { "," } else { "" });
                write(item, text, places);
            }
            text.push(']');
        }
        Value::Map(map) => {
            text.push('{');
            for (index, (key, entry)) in map.iter().enumerate() {
                text.push_str(if index > 0 { "," } else { "" });
                let start = text.len();
                let _ = write!(text, "{}", serde_json::Value::from(key.as_str()));
                places.push((Span::from(start..text.len()), entry.key.clone()));
                text.push(':');
                write(&entry.node, text, places);
            }
            text.push('}');
        }
        _ => {
            let _ = write!(text, "{}", node.to_json());
        }
    }
    places.push((Span::from(start..text.len()), node.origin.clone()));
}

impl Emitted {
    /// Moves a diagnostic about the text to where that came from.
    pub(crate) fn settle(&self, mut diagnostic: Diagnostic) -> Diagnostic {
        let id = self.source.id();
        let moved = |location: &Option<Location>| location.as_ref().and_then(|location| self.origin(location, id));
        diagnostic.location = moved(&diagnostic.location).or(diagnostic.location);
        for related in &mut diagnostic.related {
            related.location = moved(&related.location).or(related.location.take());
        }
        // It speaks of a text that nobody has written.
        diagnostic.fix = None;
        diagnostic
    }

    fn origin(&self, location: &Location, id: SourceId) -> Option<Location> {
        if location.id != id {
            return None;
        }
        let holds = |span: &Span| span.start <= location.span.start && location.span.end <= span.end;
        let inner = self.places.iter().filter(|(span, _)| holds(span)).min_by_key(|(span, _)| span.end - span.start);
        inner.map(|(_, origin)| Location::new(&origin.source, origin.span))
    }
}

/// Writes a tree as YAML, with where each value came from behind it.
pub(crate) fn with_origins(node: &Node) -> String {
    let mut text = String::new();
    lines(node, 0, true, &mut text);
    text
}

/// Writes a tree as YAML.
pub(crate) fn yaml(node: &Node) -> String {
    let mut text = String::new();
    lines(node, 0, false, &mut text);
    text
}

fn is_inline(node: &Node) -> bool {
    match &node.value {
        Value::List(items) => items.is_empty(),
        Value::Map(map) => map.is_empty(),
        _ => true,
    }
}

fn lines(node: &Node, depth: usize, origins: bool, text: &mut String) {
    let indent = "  ".repeat(depth);
    match &node.value {
        Value::Map(map) => {
            for (key, Entry { node, .. }) in map {
                let _ = write!(text, "{indent}{}:", word(key));
                below(node, depth + 1, origins, text);
            }
        }
        Value::List(items) => {
            for item in items {
                let _ = write!(text, "{indent}-");
                below(item, depth + 1, origins, text);
            }
        }
        _ => {}
    }
}

fn below(node: &Node, depth: usize, origins: bool, text: &mut String) {
    if is_inline(node) {
        let origin = if origins { format!("  # {}", node.origin.line()) } else { String::new() };
        let _ = writeln!(text, " {}{origin}", node.to_json());
    } else {
        text.push('\n');
        lines(node, depth, origins, text);
    }
}

/// A key as YAML has it.
fn word(key: &str) -> String {
    let plain = |c: char| c.is_ascii_alphanumeric() || c == '_' || c == '-';
    let is_word = key.chars().all(plain) && key.starts_with(|c: char| c.is_ascii_alphabetic() || c == '_');
    let reserved = ["true", "false", "null", "yes", "no", "on", "off", "y", "n"];
    if is_word && !reserved.contains(&key.to_ascii_lowercase().as_str()) {
        key.to_owned()
    } else {
        serde_json::Value::from(key).to_string()
    }
}
