//! A workload as YAML, as people write it.

use core::fmt::Write as _;

use serde_json::{Map, Value};

use crate::map;
use crate::prelude::*;
use crate::score::Workload;

/// Keys that come first in their mapping, in this order; all others follow in the order of their names.
const FIRST: [&str; 12] = [
    "apiVersion",
    "metadata",
    "name",
    "service",
    "containers",
    "image",
    "command",
    "args",
    "variables",
    "files",
    "volumes",
    "type",
];

/// The text of a Score file.
pub fn to_yaml(workload: &Workload) -> String {
    let mut text = String::new();
    // Workloads have only maps with text keys, which always serialise. By way of JSON's text, since the code for
    // that is there anyway.
    let json = serde_json::to_string(workload).unwrap_or_default();
    if let Ok(Value::Object(workload)) = serde_json::from_str(&json) {
        mapping(&workload, 0, &mut text);
    }
    text
}

fn mapping(map: &Map<String, Value>, depth: usize, text: &mut String) {
    let mut entries: Vec<(&String, &Value)> = map.iter().collect();
    let place = |key: &str| FIRST.iter().position(|first| *first == key).unwrap_or(FIRST.len());
    map::sort_by(&mut entries, |(a, _), (b, _)| place(a).cmp(&place(b)));
    for (key, value) in entries {
        let indent = "  ".repeat(depth);
        let _ = write!(text, "{indent}{}:", scalar(key));
        match value {
            Value::Object(inner) if !inner.is_empty() => {
                text.push('\n');
                mapping(inner, depth + 1, text);
            }
            Value::String(lines) if is_block(lines) => block(lines, depth + 1, text),
            value => {
                text.push(' ');
                flow(value, text);
                text.push('\n');
            }
        }
    }
}

/// A value on one line.
fn flow(value: &Value, text: &mut String) {
    let mut list = |open: char, close: char, items: Vec<(Option<&String>, &Value)>| {
        text.push(open);
        for (index, (key, item)) in items.into_iter().enumerate() {
            text.push_str(if index == 0 { "" } else { ", " });
            if let Some(key) = key {
                let _ = write!(text, "{}: ", scalar(key));
            }
            flow(item, text);
        }
        text.push(close);
    };
    match value {
        Value::Array(items) => list('[', ']', items.iter().map(|item| (None, item)).collect()),
        Value::Object(map) => list('{', '}', map.iter().map(|(key, item)| (Some(key), item)).collect()),
        Value::String(string) => text.push_str(&scalar(string)),
        other => text.push_str(&serde_json::to_string(other).unwrap_or_default()),
    }
}

/// A text of several lines that needs no escapes.
fn is_block(text: &str) -> bool {
    text.contains('\n')
        && !text.starts_with([' ', '\n'])
        && text.lines().all(|line| !line.ends_with(' '))
        && text.chars().all(|c| c == '\n' || is_printable(c))
}

fn block(lines: &str, depth: usize, text: &mut String) {
    let end = match (lines.ends_with('\n'), lines.ends_with("\n\n")) {
        (false, _) => "-",
        (true, false) => "",
        (true, true) => "+",
    };
    let _ = writeln!(text, " |{end}");
    for line in lines.strip_suffix('\n').unwrap_or(lines).split('\n') {
        if !line.is_empty() {
            let _ = write!(text, "{}{line}", "  ".repeat(depth));
        }
        text.push('\n');
    }
}

/// A text on one line: plain where nobody could take it for something else.
fn scalar(text: &str) -> String {
    let is_word = |text: &str| text.bytes().all(|byte| byte.is_ascii_alphanumeric() || b"_./@+-".contains(&byte));
    let starts_well = text.starts_with(|c: char| c.is_ascii_alphabetic() || c == '/');
    let plain = match text.split_once(':') {
        // A colon is harmless without a space after it, and images have one.
        Some((name, tag)) => starts_well && is_word(name) && !tag.is_empty() && is_word(tag),
        None => starts_well && is_word(text) && !is_keyword(text) || is_amount(text) || text == ".",
    };
    if plain { text.to_owned() } else { quoted(text) }
}

fn is_keyword(text: &str) -> bool {
    ["true", "false", "null", "yes", "no", "on", "off", "y", "n"].iter().any(|word| text.eq_ignore_ascii_case(word))
}

/// `10s`, `512mb` or `1Gi`.
fn is_amount(text: &str) -> bool {
    let unit = text.trim_start_matches(|c: char| c.is_ascii_digit());
    unit.len() < text.len() && ["ms", "s", "m", "h", "mb", "gb", "Mi", "Gi"].contains(&unit)
}

fn quoted(text: &str) -> String {
    if text.contains('"') && text.chars().all(|c| is_printable(c) && !matches!(c, '\'' | '\n')) {
        return format!("'{text}'");
    }
    let mut quoted = String::from('"');
    for c in text.chars() {
        match c {
            '"' | '\\' => quoted.extend(['\\', c]),
            '\n' => quoted.push_str("\\n"),
            c if is_printable(c) => quoted.push(c),
            c => {
                let _ = write!(quoted, "\\U{:08X}", u32::from(c));
            }
        }
    }
    quoted.push('"');
    quoted
}

/// What YAML takes as it is, and editors show.
fn is_printable(c: char) -> bool {
    !c.is_control() && !matches!(c, '\u{feff}' | '\u{fffe}' | '\u{ffff}' | '\u{2028}' | '\u{2029}')
}
