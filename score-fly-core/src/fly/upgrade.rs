//! The older and looser forms that flyctl takes, in the one form that the model has.
//!
//! flyctl does the same before it decodes a file, so what is not changed here is an error to it as
//! well. A form that does not mean what it seems to mean is reported.

use alloc::borrow::Cow;

use toml_edit::Item;

use super::Duration;
use super::go::{self, Numbers};
use crate::diagnostic::{Diagnostics, Outcome};
use crate::document::{Document, Entry, Key, Mapping, Node, Number, Toml, Value};
use crate::fly::messages;
use crate::map::SortedMap;
use crate::pointer::Path;
use crate::prelude::*;

/// Changes a document into the form of today. Nodes keep their places in the text. A document of TOML has no dates any
/// more, so `toml` is asked for those.
pub(super) fn upgrade<'s>(mut document: Document<'s>, toml: Option<&Toml<'_>>) -> Outcome<Document<'s>> {
    let mut diagnostics = Diagnostics::new();
    let name = document.sources.first().map(|source| source.name.as_str()).unwrap_or_default();
    let format = match name {
        _ if name.ends_with(".yaml") => Format::Yaml,
        _ if name.ends_with(".json") => Format::Json,
        _ => Format::Toml,
    };
    if let Value::Mapping(root) = &mut document.root.value {
        if format == Format::Yaml {
            drop_whole_durations(root, &mut diagnostics);
        }
        if let Some(toml) = toml {
            upgrade_dates(root, toml, &mut diagnostics);
        }
        upgrade_root(root, format, &mut diagnostics);
    }
    Outcome::new(document, diagnostics)
}

/// What a configuration is written in. flyctl reads numbers as its reader of each gives them.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Format {
    Toml,
    /// All numbers are floats.
    Json,
    /// Whole numbers are of a type that flyctl takes for no duration.
    Yaml,
}

/// What flyctl drops of a YAML file without a word: durations that are whole numbers.
fn drop_whole_durations(root: &mut Mapping<'_>, diagnostics: &mut Diagnostics) {
    let is_whole = |node: &Node<'_>| matches!(node.value, Value::Number(Number::Int(_) | Number::UInt(_)));
    let mut drop = |mapping: &mut Mapping<'_>, at: &Path<'_>, key: &str| {
        if let Some(node) = mapping.get(key).filter(|node| is_whole(node)) {
            diagnostics.push(messages::dropped_duration(&at.key(key)).at(node.origin));
            mapping.take(key);
        }
    };
    drop(root, &Path::ROOT, "kill_timeout");
    let mut checks = |check: &mut Mapping<'_>, at: &Path<'_>| {
        for key in ["interval", "timeout", "grace_period"] {
            drop(check, at, key);
        }
    };
    each(root, &Path::ROOT, "services", |service, at| {
        for key in ["tcp_checks", "http_checks"] {
            each(service, at, key, &mut checks);
        }
    });
    with(root, &Path::ROOT, "checks", |node, at| {
        if let Value::Mapping(named) = &mut node.value {
            for entry in &mut named.entries {
                if let Value::Mapping(check) = &mut entry.value.value {
                    checks(check, &at.key(&entry.key.text));
                }
            }
        }
    });
}

/// Dates among the variables: flyctl writes those with an offset as Go prints a time, and others as they are written.
fn upgrade_dates(root: &mut Mapping<'_>, toml: &Toml<'_>, diagnostics: &mut Diagnostics) {
    let Some(variables) = toml.get("env").and_then(Item::as_table_like) else { return };
    with(root, &Path::ROOT, "env", |node, at| {
        let Value::Mapping(env) = &mut node.value else { return };
        for entry in &mut env.entries {
            let date = variables.get(&entry.key.text).and_then(Item::as_datetime);
            if let Some(text) = date.and_then(go::time) {
                diagnostics.push(messages::env_date(&at.key(&entry.key.text), &text).at(entry.value.origin));
                entry.value.value = Value::String(text.into());
            }
        }
    });
}

fn upgrade_root(root: &mut Mapping<'_>, format: Format, diagnostics: &mut Diagnostics) {
    let at = Path::ROOT;
    upgrade_experimental(root, diagnostics);
    for (key, aliases) in
        [("mounts", &["mount"][..]), ("vm", &["compute", "computes"]), ("metrics", &["metric"]), ("services", &[])]
    {
        gather(root, key, aliases, diagnostics);
    }
    with(root, &at, "kill_timeout", |node, at| bare_duration(node, at, Unit::Second, diagnostics));
    drop_empty_text(root, "kill_timeout");
    with(root, &at, "env", |node, at| upgrade_env(node, at, format, diagnostics));
    with(root, &at, "processes", |node, at| {
        named(node, at, diagnostics, |mapping| mapping.take("command").map(|entry| entry.value));
    });
    root.entries.retain(|entry| entry.key.text != "build" || !is_empty_table(&entry.value));
    with(root, &at, "build", |node, at| {
        if let Value::Mapping(build) = &mut node.value {
            rename(build, at, "build_target", "build-target", diagnostics);
        }
    });
    each(root, &at, "mounts", |mount, at| with(mount, at, "initial_size", |node, _| number_as_text(node)));
    each(root, &at, "vm", |vm, at| with(vm, at, "memory", |node, _| number_as_text(node)));
    with(root, &at, "http_service", |node, at| {
        if let Value::Mapping(service) = &mut node.value {
            with(service, at, "auto_stop_machines", |node, _| auto_stop(node));
        }
    });
    with(root, &at, "services", |node, _| drop_empty(node));
    each(root, &at, "services", |service, at| upgrade_service(service, at, diagnostics));
    with(root, &at, "checks", |node, at| {
        named(node, at, diagnostics, |mapping| Some(Value::Mapping(core::mem::take(mapping)).into()));
        if let Value::Mapping(checks) = &mut node.value {
            for entry in &mut checks.entries {
                let at = at.key(&entry.key.text);
                if let Value::Mapping(check) = &mut entry.value.value {
                    upgrade_check(check, &at, diagnostics);
                }
            }
        }
    });
}

/// `kill_timeout` and `metrics_*` moved out of `[experimental]`; its commands may be text.
fn upgrade_experimental(root: &mut Mapping<'_>, diagnostics: &mut Diagnostics) {
    let at = Path::ROOT.key("experimental");
    let Some(Value::Mapping(experimental)) = root.entry_mut("experimental").map(|entry| &mut entry.value.value) else {
        return;
    };
    for key in ["cmd", "entrypoint", "exec"] {
        with(experimental, &at, key, |node, at| {
            if let Value::String(line) = &node.value {
                if line.contains(char::is_whitespace) {
                    diagnostics.push(messages::unsplit_command(at));
                }
                *node = Node { value: Value::Sequence(vec![node.clone()]), origin: node.origin };
            }
        });
    }
    let mut take = |key: &str| {
        let entry = experimental.take(key)?;
        let new = if key == "kill_timeout" { "kill_timeout" } else { "[metrics]" };
        diagnostics.push(messages::moved(&at.key(key), key, new).at(entry.key.origin));
        Some(entry)
    };
    let kill_timeout = take("kill_timeout");
    let metrics: Vec<Entry<'_>> = [("metrics_port", "port"), ("metrics_path", "path")]
        .into_iter()
        .filter_map(|(old, new)| {
            let mut entry = take(old)?;
            entry.key.text = Cow::Borrowed(new);
            Some(entry)
        })
        .collect();
    if let Some(entry) = kill_timeout.filter(|_| root.get("kill_timeout").is_none()) {
        root.entries.push(entry);
    }
    if let Some(first) = metrics.first().filter(|_| root.get("metrics").is_none() && root.get("metric").is_none()) {
        let origin = first.key.origin;
        let key = Key { text: Cow::Borrowed("metrics"), is_string: true, origin };
        let value = Node { value: Value::Mapping(Mapping { entries: metrics }), origin };
        root.entries.push(Entry { key, value });
    }
}

/// A table of variables, or a list of such tables. flyctl writes what is not text as Go does.
fn upgrade_env(node: &mut Node<'_>, at: &Path<'_>, format: Format, diagnostics: &mut Diagnostics) {
    if let Value::Sequence(items) = &mut node.value
        && items.iter().all(|item| item.as_mapping().is_some())
    {
        let mut entries: Vec<Entry<'_>> = Vec::new();
        for item in items {
            if let Value::Mapping(mapping) = &mut item.value {
                entries.append(&mut mapping.entries);
            }
        }
        // Of two with one name, the later counts.
        let names = entries.iter().zip(0..).map(|(entry, index)| (entry.key.text.to_string(), index));
        let last: SortedMap<String, usize> = names.collect();
        let mut index = 0..;
        entries.retain(|entry| last.get(&*entry.key.text).copied() == index.next());
        node.value = Value::Mapping(Mapping { entries });
        diagnostics.push(messages::old_form(at, "a table"));
    }
    let Value::Mapping(env) = &mut node.value else { return };
    let numbers = if format == Format::Json { Numbers::Floats } else { Numbers::AsWritten };
    for entry in &mut env.entries {
        let at = at.key(&entry.key.text);
        match &entry.value.value {
            Value::Bool(value) => entry.value.value = Value::String(value.to_string().into()),
            Value::Number(number) => {
                let written = number.to_string();
                let text = go::number(*number, numbers);
                if text != written || matches!(number, Number::Float(_)) {
                    diagnostics.push(messages::env_number(&at, &written, &text));
                }
                entry.value.value = Value::String(text.into());
            }
            Value::Sequence(_) | Value::Mapping(_) => {
                let text = go::value(&entry.value.value, numbers);
                diagnostics.push(messages::env_collection(&at, &entry.value.value).at(entry.key.origin));
                entry.value.value = Value::String(text.into());
            }
            Value::Null | Value::String(_) => {}
        }
    }
    env.entries.retain(|entry| entry.value.value != Value::Null);
}

fn upgrade_service(service: &mut Mapping<'_>, at: &Path<'_>, diagnostics: &mut Diagnostics) {
    with(service, at, "internal_port", |node, _| text_as_number(node));
    with(service, at, "auto_stop_machines", |node, _| auto_stop(node));
    with(service, at, "concurrency", |node, at| {
        let limits = node.as_str().and_then(|text| text.split_once(','));
        let Some((soft, hard)) = limits.and_then(|(soft, hard)| Some((soft.parse().ok()?, hard.parse().ok()?))) else {
            return;
        };
        diagnostics.push(messages::concurrency_text(at, soft, hard));
        let mut mapping = Mapping::default();
        mapping.push("type", Value::String(Cow::Borrowed("requests")));
        mapping.push("hard_limit", Value::Number(Number::Int(hard)));
        mapping.push("soft_limit", Value::Number(Number::Int(soft)));
        node.value = Value::Mapping(mapping);
    });
    for key in ["ports", "tcp_checks", "http_checks"] {
        with(service, at, key, |node, _| one_or_many(node));
    }
    each(service, at, "ports", |port, at| with(port, at, "port", |node, _| text_as_number(node)));
    for key in ["tcp_checks", "http_checks"] {
        each(service, at, key, |check, at| upgrade_check(check, at, diagnostics));
    }
}

/// A check of `[checks]` or of `[[services]]`; those of `[http_service]` flyctl leaves alone.
fn upgrade_check(check: &mut Mapping<'_>, at: &Path<'_>, diagnostics: &mut Diagnostics) {
    for key in ["interval", "timeout", "grace_period"] {
        with(check, at, key, |node, at| bare_duration(node, at, Unit::Millisecond, diagnostics));
        drop_empty_text(check, key);
    }
    with(check, at, "headers", |node, at| {
        named(node, at, diagnostics, |mapping| mapping.take("value").map(|entry| entry.value));
        if let Value::Mapping(headers) = &mut node.value {
            for entry in &mut headers.entries {
                match &entry.value.value {
                    Value::Bool(value) => entry.value.value = Value::String(value.to_string().into()),
                    Value::Number(_) => number_as_text(&mut entry.value),
                    _ => {}
                }
            }
        }
    });
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Unit {
    Second,
    Millisecond,
}

/// A number where flyctl has a unit for it.
fn bare_duration(node: &mut Node<'_>, at: &Path<'_>, unit: Unit, diagnostics: &mut Diagnostics) {
    let Value::Number(number) = node.value else { return };
    let (name, nanoseconds) = match unit {
        Unit::Second => ("seconds", 1e9),
        Unit::Millisecond => ("milliseconds", 1e6),
    };
    let number = number.as_f64();
    if number < 0.0 {
        return;
    }
    // flyctl drops the fraction first.
    #[expect(clippy::cast_possible_truncation, clippy::cast_sign_loss, reason = "not negative, and a cast saturates")]
    let text = Duration::from_nanos((number.trunc() * nanoseconds) as u64).to_string();
    diagnostics.push(messages::implied_unit(at, name, &text));
    node.value = Value::String(text.into());
}

/// flyctl takes an empty text for no duration.
fn drop_empty_text(mapping: &mut Mapping<'_>, key: &str) {
    if mapping.get(key).is_some_and(|node| node.as_str() == Some("")) {
        mapping.take(key);
    }
}

/// Collects what stands under a key and its older names into one list.
fn gather(root: &mut Mapping<'_>, key: &'static str, aliases: &[&'static str], diagnostics: &mut Diagnostics) {
    let mut gathered = 0;
    for alias in aliases {
        let Some(entry) = root.take(alias) else { continue };
        let diagnostic = messages::old_name(&Path::ROOT.key(alias), alias, key, root.get(key).is_none());
        diagnostics.push(diagnostic.at(entry.key.origin));
        match root.entry_mut(key) {
            None => {
                let mut entry = entry;
                one_or_many(&mut entry.value);
                gathered = if let Value::Sequence(items) = &entry.value.value { items.len() } else { 0 };
                root.entries.push(Entry { key: Key { text: Cow::Borrowed(key), ..entry.key }, value: entry.value });
            }
            Some(own) => {
                let mut older = entry.value;
                one_or_many(&mut own.value);
                one_or_many(&mut older);
                if let (Value::Sequence(items), Value::Sequence(older)) = (&mut own.value.value, older.value) {
                    // flyctl takes the older names first, each after those before it.
                    let at = gathered.min(items.len());
                    gathered += older.len();
                    items.splice(at..at, older);
                }
            }
        }
    }
    with(root, &Path::ROOT, key, |node, _| one_or_many(node));
}

/// A list of tables that each have a `name`, as a table of what `content` leaves of them.
fn named<'s>(
    node: &mut Node<'s>,
    at: &Path<'_>,
    diagnostics: &mut Diagnostics,
    content: impl Fn(&mut Mapping<'s>) -> Option<Node<'s>>,
) {
    let Value::Sequence(items) = &mut node.value else { return };
    let is_named = |item: &Node<'_>| item.as_mapping().and_then(|mapping| mapping.get("name")?.as_str()).is_some();
    // Of processes, flyctl leaves out those without a name.
    if at.dotted() == "processes" {
        items.retain(is_named);
    }
    if !items.iter().all(is_named) {
        return;
    }
    if !items.is_empty() {
        diagnostics.push(messages::old_form(at, "a table with the names as its keys"));
    }
    let mut table = Mapping::default();
    for item in items {
        let origin = item.origin;
        let Value::Mapping(mapping) = &mut item.value else { continue };
        let Some(Entry { key, value: Node { value: Value::String(name), .. } }) = mapping.take("name") else {
            continue;
        };
        if let Some(value) = content(mapping) {
            let value = if value.origin == crate::source::Origin::default() { Node { origin, ..value } } else { value };
            table.take(&name);
            table.entries.push(Entry { key: Key { text: name, ..key }, value });
        }
    }
    node.value = Value::Mapping(table);
}

fn rename(
    mapping: &mut Mapping<'_>,
    at: &Path<'_>,
    old: &'static str,
    new: &'static str,
    diagnostics: &mut Diagnostics,
) {
    if let Some(entry) = mapping.take(old) {
        diagnostics.push(messages::old_name(&at.key(old), old, new, mapping.get(new).is_none()).at(entry.key.origin));
        if mapping.get(new).is_none() {
            mapping.entries.push(Entry { key: Key { text: Cow::Borrowed(new), ..entry.key }, value: entry.value });
        }
    }
}

/// A single table where a list of them is wanted.
fn one_or_many(node: &mut Node<'_>) {
    if node.as_mapping().is_some() {
        let origin = node.origin;
        let only = core::mem::replace(node, Value::Null.into());
        *node = Node { value: Value::Sequence(vec![only]), origin };
    }
}

/// flyctl leaves out services that say nothing.
fn drop_empty(node: &mut Node<'_>) {
    if let Value::Sequence(items) = &mut node.value {
        items.retain(|item| !is_empty_table(item));
    }
}

fn is_empty_table(node: &Node<'_>) -> bool {
    node.as_mapping().is_some_and(|mapping| mapping.entries.is_empty())
}

fn auto_stop(node: &mut Node<'_>) {
    if let Value::Bool(stop) = node.value {
        node.value = Value::String(Cow::Borrowed(if stop { "stop" } else { "off" }));
    }
}

fn number_as_text(node: &mut Node<'_>) {
    if let Value::Number(number) = node.value {
        node.value = Value::String(number.to_string().into());
    }
}

fn text_as_number(node: &mut Node<'_>) {
    if let Some(number) = node.as_str().and_then(|text| text.parse().ok()) {
        node.value = Value::Number(Number::Int(number));
    }
}

/// Changes the value of a key, if there is one.
fn with<'s>(mapping: &mut Mapping<'s>, at: &Path<'_>, key: &str, change: impl FnOnce(&mut Node<'s>, &Path<'_>)) {
    if let Some(entry) = mapping.entry_mut(key) {
        change(&mut entry.value, &at.key(key));
    }
}

/// Changes each table of the list under a key.
fn each<'s>(mapping: &mut Mapping<'s>, at: &Path<'_>, key: &str, mut change: impl FnMut(&mut Mapping<'s>, &Path<'_>)) {
    with(mapping, at, key, |node, at| {
        if let Value::Sequence(items) = &mut node.value {
            for (index, item) in items.iter_mut().enumerate() {
                if let Value::Mapping(table) = &mut item.value {
                    change(table, &at.index(index));
                }
            }
        }
    });
}

#[cfg(test)]
mod tests;
