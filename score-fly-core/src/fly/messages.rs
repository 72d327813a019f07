//! Wording of what flyctl can't read in a fly.toml, or reads otherwise than one would think.

use crate::diagnostic::{Code, Diagnostic, Diagnostics, Fix};
use crate::document::Value;
use crate::map::SortedSet;
use crate::pointer::{Path, Pointer};
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

/// Keys that flyctl had once, and that its older versions wrote into every fly.toml. The last three it
/// still takes, and does nothing with.
const FORMER_KEYS: [&str; 8] = [
    "allowed_public_ports",
    "lazy_load_images",
    "private_network",
    "restart_limit",
    "script_checks",
    "auto_rollback",
    "enable_consul",
    "enable_etcd",
];

/// A key that flyctl no longer looks at. Of several, [`settle`] makes one.
pub(crate) fn former_key(at: &Path<'_>, key: &str) -> Diagnostic {
    Diagnostic::new(Code::FormerKey, at, format!("flyctl no longer looks at `{key}`"))
        .on_key()
        .with_help("remove it")
        .with_fix(Fix::Remove)
}

/// What is said about one value goes together: of a bare number nobody knows how long it was meant to be, so
/// nothing follows from how long it is.
fn settle_bare_numbers(found: &mut Vec<Diagnostic>) {
    let bare = |code: Code| -> SortedSet<Pointer> {
        found.iter().filter(|found| found.code == code).map(|found| found.pointer.clone()).collect()
    };
    let (nanoseconds, implied) = (bare(Code::BareDuration), bare(Code::ImpliedUnit));
    found.retain(|found| {
        !(matches!(found.code, Code::CheckTiming | Code::InvalidCheck) && nanoseconds.contains(&found.pointer))
    });
    let faulty = |found: &Diagnostic| found.code != Code::ImpliedUnit && implied.contains(&found.pointer);
    let also: SortedSet<Pointer> =
        found.iter().filter(|found| faulty(found)).map(|found| found.pointer.clone()).collect();
    found.retain(|found| found.code != Code::ImpliedUnit || !also.contains(&found.pointer));
    for found in found.iter_mut().filter(|found| also.contains(&found.pointer)) {
        found.fix = None;
    }
}

/// Puts together what belongs together: there is one diagnostic for all keys of earlier versions, and no
/// two that advise different things for one value.
pub(crate) fn settle(found: &mut Diagnostics) {
    let (former, mut rest): (Vec<_>, Vec<_>) =
        core::mem::take(found).into_iter().partition(|found| found.code == Code::FormerKey);
    let mut former = former.into_iter();
    if let Some(mut first) = former.next() {
        let others: Vec<Pointer> = former.map(|other| other.pointer).collect();
        let names = others.iter().map(|other| other.segments().last().unwrap_or_default().into_owned());
        let mut names: Vec<String> = names.filter(|name| !first.message.contains(&format!("`{name}`"))).collect();
        names.sort_unstable();
        names.dedup();
        if !names.is_empty() {
            first.message = format!("{}, `{}`", first.message, names.join("`, `"));
        }
        if !others.is_empty() {
            first.help = Some("remove them".to_owned());
            first.fix = Some(Fix::RemoveAll(others));
        }
        rest.push(first);
    }
    settle_bare_numbers(&mut rest);
    *found = rest.into_iter().collect();
}

/// What people mean by keys that are not there: where they stand, if that matters; the key; and what to do.
const HINTS: [(&str, &str, &str); 10] = [
    ("", "app_name", "did you mean `app`, at the top of fly.toml?"),
    ("", "max_machines_running", "fly.toml has no upper limit; `fly scale count` says how many machines there are"),
    ("", "max_machines", "fly.toml has no upper limit; `fly scale count` says how many machines there are"),
    ("", "min_machines", "did you mean `min_machines_running`?"),
    ("", "mounts", "write `[[mounts]]`, which is a section of its own"),
    ("", "env", "write `[env]`, which is a section of its own, and goes for all machines"),
    ("http_service", "http_checks", "write `[[http_service.checks]]`"),
    ("http_service", "tcp_checks", "write `[[http_service.checks]]`, whose checks are by HTTP"),
    ("http_service", "ports", "it is served on 80 and 443; write `[[services]]` for other ports"),
    ("", "http_checks", "write `[[http_service.checks]]`, or `[[services.http_checks]]` below its service"),
];

/// What people put below a section by mistake: in TOML, all that follows `[section]` is part of it.
const TOP_LEVEL: [&str; 6] =
    ["app", "primary_region", "kill_signal", "kill_timeout", "swap_size_mb", "console_command"];

/// A key that flyctl would silently ignore.
pub(crate) fn unknown_key(at: &Path<'_>, section: &Path<'_>, key: &str, known: &[&str]) -> Diagnostic {
    let section = section.dotted();
    let section = if section.is_empty() { "fly.toml".to_owned() } else { format!("`{section}`") };
    let diagnostic = Diagnostic::new(Code::UnknownFlyKey, at, format!("{section} has no key `{key}`")).on_key();
    if at.dotted() == "experimental.container" {
        return diagnostic.with_help("`container` stands at the top of fly.toml; flyctl ignores it here");
    }
    if FORMER_KEYS.contains(&key) {
        return former_key(at, key);
    }
    let dotted = at.dotted();
    if let Some((_, _, hint)) = HINTS.iter().find(|(of, hinted, _)| *hinted == key && dotted.starts_with(of)) {
        return diagnostic.with_help(*hint);
    }
    if at.parent().is_some_and(|section| section.parent().is_some()) && TOP_LEVEL.contains(&key) {
        return diagnostic.with_help(format!("`{key}` stands at the top of fly.toml, before all sections"));
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
pub(crate) fn implied_unit(at: &Path<'_>, unit: &str, text: &str) -> Diagnostic {
    Diagnostic::new(Code::ImpliedUnit, at, format!("{} is a bare number, which counts {unit} here", subject(at)))
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

/// A number among the variables that flyctl reads as a float; it can write `1e+06` for it.
pub(crate) fn env_number(at: &Path<'_>, written: &str, text: &str) -> Diagnostic {
    let message = if written == text {
        format!("{} is a number, which flyctl can write in another way", subject(at))
    } else {
        format!("{} is a number, which flyctl writes as `{text}`", subject(at))
    };
    let diagnostic = Diagnostic::new(Code::EnvNotText, at, message).with_help("write it in quotes");
    // What was meant is what is written, or what the app has had so far.
    if written == text { diagnostic.with_fix(Fix::Set(text.into())) } else { diagnostic }
}

/// A whole number for a duration, in YAML.
pub(crate) fn dropped_duration(at: &Path<'_>) -> Diagnostic {
    let message = format!("{} is a whole number, which flyctl drops in a YAML file", subject(at));
    Diagnostic::new(Code::BareDuration, at, message).with_help("write it with a unit, such as `10s`")
}

/// A date among the variables, which flyctl writes as Go prints a time.
pub(crate) fn env_date(at: &Path<'_>, text: &str) -> Diagnostic {
    Diagnostic::new(Code::EnvNotText, at, format!("{} is a date, which flyctl writes as `{text}`", subject(at)))
        .with_help("write it in quotes")
}

/// What flyctl writes for it is not shown: there may be secrets in it.
pub(crate) fn env_collection(at: &Path<'_>, actual: &Value<'_>) -> Diagnostic {
    let actual = if matches!(actual, Value::Sequence(_)) { "a list" } else { "a table" };
    Diagnostic::new(Code::EnvNotText, at, format!("{} is {actual}, which flyctl writes as Go does", subject(at)))
        .with_help("write text, in the notation that the program wants")
}
