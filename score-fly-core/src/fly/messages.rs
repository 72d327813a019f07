//! Wording of what flyctl can't read in a fly.toml, or reads otherwise than one would think.

use crate::diagnostic::{Code, Diagnostic, Fix};
use crate::document::Value;
use crate::pointer::Path;
use crate::prelude::*;
use crate::suggest::nearest;

pub(crate) use crate::document::messages::toml_subject as subject;

pub(crate) fn quoted_list(names: &[&str]) -> String {
    let names: Vec<String> = names.iter().map(|name| format!("`{name}`")).collect();
    names.join(", ")
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
/// Keys that flyctl had once, and that its older versions wrote into every fly.toml.
const FORMER_KEYS: [&str; 5] =
    ["allowed_public_ports", "lazy_load_images", "private_network", "restart_limit", "script_checks"];

pub(crate) fn unknown_key(at: &Path<'_>, section: &Path<'_>, key: &str, known: &[&str]) -> Diagnostic {
    let section = section.dotted();
    let section = if section.is_empty() { "fly.toml".to_owned() } else { format!("`{section}`") };
    let diagnostic = Diagnostic::new(Code::UnknownFlyKey, at, format!("{section} has no key `{key}`")).on_key();
    if at.dotted() == "experimental.container" {
        return diagnostic.with_help("`container` stands at the top of fly.toml; flyctl ignores it here");
    }
    if FORMER_KEYS.contains(&key) {
        return diagnostic.with_help("remove it: flyctl no longer knows it").with_fix(Fix::Remove);
    }
    match nearest(key, known.iter().copied()) {
        // The one that is meant is missing because of this.
        Some(near) => match at.parent() {
            Some(parent) => diagnostic.instead_of(&parent.key(near)),
            None => diagnostic,
        }
        .with_help(format!("did you mean `{near}`?")),
        None => diagnostic.with_help(format!("the keys are {}", quoted_list(known))),
    }
}

// Forms.

/// A number where flyctl has the unit `unit`; `text` is the same duration with its unit.
pub(crate) fn bare_duration(at: &Path<'_>, unit: &str, text: &str) -> Diagnostic {
    Diagnostic::new(Code::BareDuration, at, format!("{} is a bare number, which counts {unit} here", subject(at)))
        .with_help(format!("write `\"{text}\"`"))
        .with_fix(Fix::Set(text.into()))
}

/// A number where flyctl has no unit for it.
pub(crate) fn nanoseconds(at: &Path<'_>) -> Diagnostic {
    Diagnostic::new(Code::BareDuration, at, format!("{} is a bare number, which counts nanoseconds here", subject(at)))
        .with_help("write it with a unit, such as `\"10s\"`")
}

pub(crate) fn unsplit_command(at: &Path<'_>) -> Diagnostic {
    Diagnostic::new(Code::UnsplitCommand, at, format!("{} is text, which flyctl takes for one word", subject(at)))
        .with_help("write a list with one item for each word, such as `[\"sh\", \"-c\", \"date\"]`")
}

/// A key that flyctl still reads at its former place.
pub(crate) fn moved(at: &Path<'_>, key: &str, new: &str) -> Diagnostic {
    Diagnostic::new(Code::DeprecatedForm, at, format!("`{key}` in `[experimental]` is deprecated"))
        .with_help(format!("write it in `{new}`"))
        .on_key()
}

/// A key that flyctl still reads under its former name.
pub(crate) fn old_name(at: &Path<'_>, old: &str, new: &str, only: bool) -> Diagnostic {
    let diagnostic = Diagnostic::new(Code::DeprecatedForm, at, format!("`{old}` is an older name of `{new}`")).on_key();
    if only {
        diagnostic.with_help(format!("write `{new}`")).with_fix(Fix::Rename(new.to_owned()))
    } else {
        diagnostic.with_help(format!("put it together with what stands under `{new}`"))
    }
}

pub(crate) fn old_form(at: &Path<'_>, new: &str) -> Diagnostic {
    Diagnostic::new(Code::DeprecatedForm, at, format!("{} as a list is deprecated", subject(at)))
        .with_help(format!("write {new}"))
}

pub(crate) fn concurrency_text(at: &Path<'_>, soft: i64, hard: i64) -> Diagnostic {
    Diagnostic::new(Code::DeprecatedForm, at, format!("{} as text is deprecated", subject(at)))
        .with_help(format!("write `{{ type = \"requests\", soft_limit = {soft}, hard_limit = {hard} }}`"))
        .with_fix(Fix::Set(serde_json::json!({ "type": "requests", "soft_limit": soft, "hard_limit": hard })))
}

/// A float among the variables; flyctl can write `1e+21` for it.
pub(crate) fn env_number(at: &Path<'_>, text: &str) -> Diagnostic {
    Diagnostic::new(Code::EnvNotText, at, format!("{} is a number, which flyctl can write in another way", subject(at)))
        .with_help("write it in quotes")
        .with_fix(Fix::Set(text.into()))
}

pub(crate) fn env_collection(at: &Path<'_>, actual: &Value<'_>) -> Diagnostic {
    let actual = if matches!(actual, Value::Sequence(_)) { "a list" } else { "a table" };
    Diagnostic::new(Code::EnvNotText, at, format!("{} is {actual}, which flyctl writes as Go does", subject(at)))
        .with_help("write text, in the notation that the program wants")
}
