//! Wording of what Fly and flyctl can't take.

use toml_edit::TomlError;

use crate::diagnostic::{Code, Diagnostic};
use crate::document::Value;
use crate::pointer::Path;
use crate::source::{Origin, Span};
use crate::suggest::nearest;

/// What messages call the value at a path. Values are left out of them: they may be secrets.
fn subject(at: &Path<'_>) -> String {
    let name = at.dotted();
    match at.last_key() {
        Some(_) => format!("`{name}`"),
        None if name.is_empty() => "fly.toml".to_owned(),
        None => format!("an item of `{name}`"),
    }
}

fn quoted_list(names: &[&str]) -> String {
    let names: Vec<String> = names.iter().map(|name| format!("`{name}`")).collect();
    names.join(", ")
}

/// What `toml_edit` says of a text quotes no values.
pub(crate) fn invalid_toml(error: &TomlError) -> Diagnostic {
    let message = format!("this is not valid TOML: {}", error.message());
    let span = error.span().map(Span::from).unwrap_or_default();
    Diagnostic::new(Code::InvalidFlyConfig, &Path::ROOT, message).at(Origin { span, ..Origin::default() })
}

/// Infinity, or no number at all.
pub(crate) fn not_finite(at: &Path<'_>, origin: Origin) -> Diagnostic {
    Diagnostic::new(Code::InvalidFlyConfig, at, format!("{} is not a number that flyctl can read", subject(at)))
        .at(origin)
}

pub(crate) fn wrong_type(at: &Path<'_>, expected: &str, actual: &Value<'_>) -> Diagnostic {
    let diagnostic = Diagnostic::new(Code::InvalidFlyConfig, at, format!("{} must be {expected}", subject(at)));
    match actual {
        Value::Bool(_) | Value::Number(_) if expected == "text" => diagnostic.with_help("write it in quotes"),
        _ => diagnostic,
    }
}

pub(crate) fn not_a_word(at: &Path<'_>, words: &[&str]) -> Diagnostic {
    Diagnostic::new(Code::InvalidFlyConfig, at, format!("{} must be one of {}", subject(at), quoted_list(words)))
}

/// A key that flyctl would silently ignore.
pub(crate) fn unknown_key(at: &Path<'_>, section: &Path<'_>, key: &str, known: &[&str]) -> Diagnostic {
    let section = section.dotted();
    let section = if section.is_empty() { "fly.toml".to_owned() } else { format!("`{section}`") };
    let diagnostic = Diagnostic::new(Code::InvalidFlyConfig, at, format!("{section} has no key `{key}`")).on_key();
    match nearest(key, known.iter().copied()) {
        Some(near) => diagnostic.with_help(format!("did you mean `{near}`?")),
        None => diagnostic.with_help(format!("the keys are {}", quoted_list(known))),
    }
}
