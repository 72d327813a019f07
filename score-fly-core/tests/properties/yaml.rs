//! A document written as YAML in another style than its author's.

use std::fmt::Write as _;

use score_fly_core::document::{Entry, Key, Mapping, Node, Number, Value};

/// A way to write YAML.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Style {
    /// On one line, as JSON.
    Json,
    /// On many lines with comments, keys in reverse, text in single quotes where that can be.
    Reversed,
    /// On many lines, as JSON with empty lines and comments between.
    Spread,
}

impl Style {
    pub(crate) const ALL: [Self; 3] = [Self::Json, Self::Reversed, Self::Spread];
}

/// Writes `root` in that style.
pub(crate) fn write(root: &Node<'_>, style: Style) -> String {
    let mut out = String::new();
    match style {
        Style::Json => flow(root, "", &mut out),
        Style::Spread => {
            out.push_str("%YAML 1.2\n# in JSON\n---\n");
            flow(root, "\n  # ...\n\n  ", &mut out);
        }
        Style::Reversed => block(root, 0, &mut out),
    }
    out.push('\n');
    out
}

/// As JSON, with `gap` before each entry and item.
fn flow(node: &Node<'_>, gap: &str, out: &mut String) {
    match &node.value {
        Value::Sequence(items) => {
            out.push('[');
            for (index, item) in items.iter().enumerate() {
                out.push_str(if index == 0 { "" } else { ", " });
                out.push_str(gap);
                flow(item, gap, out);
            }
            out.push(']');
        }
        Value::Mapping(mapping) => {
            out.push('{');
            for (index, Entry { key, value }) in mapping.entries.iter().enumerate() {
                out.push_str(if index == 0 { "" } else { ", " });
                out.push_str(gap);
                write_key(key, double_quoted, out);
                out.push_str(": ");
                flow(value, gap, out);
            }
            out.push('}');
        }
        scalar => write_scalar(scalar, double_quoted, out),
    }
}

/// On lines of their own, indented to `depth`; the line has begun already.
fn block(node: &Node<'_>, depth: usize, out: &mut String) {
    let indent = "   ".repeat(depth);
    match &node.value {
        Value::Sequence(items) if !items.is_empty() => {
            for item in items {
                let _ = write!(out, "\n{indent}# an item\n{indent}- ");
                block(item, depth + 1, out);
            }
        }
        Value::Mapping(Mapping { entries }) if !entries.is_empty() => {
            for Entry { key, value } in entries.iter().rev() {
                let _ = write!(out, "\n\n{indent}# a comment: \"with\" ${{signs}}\n{indent}");
                write_key(key, single_quoted, out);
                out.push_str(": ");
                block(value, depth + 1, out);
            }
        }
        Value::Sequence(_) => out.push_str("[ ] # none"),
        Value::Mapping(_) => out.push_str("{ } # none"),
        scalar => {
            write_scalar(scalar, single_quoted, out);
            out.push_str(" # a value");
        }
    }
}

fn write_key(key: &Key<'_>, quoted: fn(&str) -> String, out: &mut String) {
    if key.is_string { out.push_str(&quoted(&key.text)) } else { out.push_str(&key.text) }
}

fn write_scalar(value: &Value<'_>, quoted: fn(&str) -> String, out: &mut String) {
    let text = match value {
        Value::Bool(value) => value.to_string(),
        Value::Number(Number::Int(value)) => value.to_string(),
        Value::Number(Number::UInt(value)) => value.to_string(),
        Value::Number(Number::Float(value)) => format!("{value:?}"),
        Value::String(text) => quoted(text),
        Value::Null | Value::Sequence(_) | Value::Mapping(_) => "null".into(),
    };
    out.push_str(&text);
}

fn single_quoted(text: &str) -> String {
    // Line breaks fold in single quotes, and what does not print can't stand there.
    let plain = |c: char| !c.is_control() && !matches!(c, '\u{85}' | '\u{2028}' | '\u{2029}' | '\u{feff}');
    if text.chars().all(plain) { format!("'{}'", text.replace('\'', "''")) } else { double_quoted(text) }
}

fn double_quoted(text: &str) -> String {
    let mut out = String::from('"');
    for c in text.chars() {
        match c {
            '"' | '\\' => out.extend(['\\', c]),
            '\n' => out.push_str("\\n"),
            '\u{85}' | '\u{2028}' | '\u{2029}' | '\u{feff}' => {
                let _ = write!(out, "\\u{:04x}", u32::from(c));
            }
            c if c.is_control() => {
                let _ = write!(out, "\\u{:04x}", u32::from(c));
            }
            c => out.push(c),
        }
    }
    out.push('"');
    out
}
