//! How the values of annotations are read.
//!
//! An error says what is wrong with the value, as the end of a sentence that starts with the
//! annotation: `is not a duration`.

use serde_json::{Map, Value};

use super::model::{AutoExtend, Exposure};
use crate::convert::volumes::{self, plain};
use crate::diagnostic::Diagnostics;
use crate::document;
use crate::fly::config::{
    AutoStop, Concurrency, CpuKind, Handler, HttpOptions, Metric, RestartPolicy, Static, Strategy, TcpCheck,
    TlsOptions, Vm,
};
use crate::fly::field::Field;
use crate::fly::names::{SIGNALS, is_region};
use crate::fly::{Duration, Guest, limits, shlex};
use crate::map::SortedMap;
use crate::pointer::Path;
use crate::prelude::*;

type Read<T> = Result<T, String>;

fn one_of<T>(text: &str, from_word: fn(&str) -> Option<T>) -> Read<T> {
    from_word(text).ok_or_else(|| format!("can't be `{text}`"))
}

#[expect(clippy::unnecessary_wraps, reason = "all that read a value have this form")]
pub(super) fn text(text: &str) -> Read<String> {
    Ok(text.to_owned())
}

pub(super) fn boolean(text: &str) -> Read<bool> {
    text.parse().map_err(|_| format!("can't be `{text}`"))
}

pub(super) fn count(text: &str) -> Read<u32> {
    digits(text).ok_or_else(|| format!("can't be `{text}`"))
}

/// A whole number without a sign.
fn digits(text: &str) -> Option<u32> {
    text.bytes().all(|byte| byte.is_ascii_digit()).then(|| text.parse().ok())?
}

pub(super) fn duration(text: &str) -> Read<Duration> {
    Duration::parse(text).ok_or_else(|| format!("is `{text}`, which is not a duration"))
}

pub(super) fn kill_timeout(text: &str) -> Read<Duration> {
    match duration(text)? {
        timeout if !limits::KILL_TIMEOUT.contains(&timeout) => {
            Err(format!("is `{text}`, but Fly waits for at most `300s`"))
        }
        timeout => Ok(timeout),
    }
}

pub(super) fn auto_stop(text: &str) -> Read<AutoStop> {
    one_of(text, AutoStop::from_word)
}

pub(super) fn cpu_kind(text: &str) -> Read<CpuKind> {
    one_of(text, CpuKind::from_word)
}

pub(super) fn restart(text: &str) -> Read<RestartPolicy> {
    one_of(text, RestartPolicy::from_word)
}

pub(super) fn strategy(text: &str) -> Read<Strategy> {
    one_of(text, Strategy::from_word)
}

pub(super) fn vm_size(text: &str) -> Read<Guest> {
    one_of(text, Guest::named)
}

pub(super) fn exposure(text: &str) -> Read<Exposure> {
    one_of(text, |word| match word {
        "public" => Some(Exposure::Public),
        "private" => Some(Exposure::Private),
        _ => None,
    })
}

pub(super) fn proxy_proto(text: &str) -> Read<String> {
    one_of(text, |word| matches!(word, "v1" | "v2").then(|| word.to_owned()))
}

pub(super) fn signal(text: &str) -> Read<String> {
    one_of(text, |word| SIGNALS.contains(&word).then(|| word.to_owned()))
}

pub(super) fn region(text: &str) -> Read<String> {
    if is_region(text) { Ok(text.to_owned()) } else { Err(format!("is `{text}`, which is not a region's code")) }
}

/// `ams=2, fra`: how many machines in each region.
pub(super) fn regions(text: &str) -> Read<SortedMap<String, u32>> {
    let mut regions: Vec<(String, u32)> = Vec::new();
    for entry in text.split(',').map(str::trim) {
        let (code, number) = entry.split_once('=').unwrap_or((entry, "1"));
        let (code, number) = (code.trim(), number.trim());
        if !is_region(code) {
            return Err(format!("has `{code}`, which is not a region's code"));
        }
        let number = digits(number).ok_or_else(|| format!("has `{number}` machines in `{code}`"))?;
        if regions.iter().any(|(known, _)| known == code) {
            return Err(format!("has the region `{code}` twice"));
        }
        regions.push((code.to_owned(), number));
    }
    Ok(regions.into_iter().collect())
}

/// Names with commas between them, each once.
pub(super) fn names(text: &str) -> Read<Vec<String>> {
    let mut names: Vec<String> = Vec::new();
    for name in text.split(',').map(str::trim) {
        if name.is_empty() {
            return Err(format!("is `{text}`, in which a name is missing"));
        }
        if names.iter().any(|known| known == name) {
            return Err(format!("has the name `{name}` twice"));
        }
        names.push(name.to_owned());
    }
    Ok(names)
}

/// Handlers with commas between them; none for raw TCP.
pub(super) fn handlers(text: &str) -> Read<Vec<Handler>> {
    let mut handlers = Vec::new();
    if text.trim().is_empty() {
        return Ok(handlers);
    }
    for word in text.split(',').map(str::trim) {
        let handler = Handler::from_word(word).ok_or_else(|| format!("has `{word}`, which is not a handler"))?;
        if handlers.contains(&handler) {
            return Err(format!("has the handler `{word}` twice"));
        }
        handlers.push(handler);
    }
    Ok(handlers)
}

/// MiB, as a bare number or with `mb` or `gb`; the units are binary, as in flyctl.
pub(super) fn mebibytes(text: &str) -> Read<u32> {
    let lower = text.to_ascii_lowercase();
    let (number, factor) = match (lower.strip_suffix("mb"), lower.strip_suffix("gb")) {
        (Some(number), _) => (number, 1),
        (None, Some(number)) => (number, 1024),
        (None, None) => (lower.as_str(), 1),
    };
    digits(number)
        .and_then(|number| number.checked_mul(factor))
        .filter(|size| *size > 0)
        .ok_or_else(|| format!("is `{text}`, which is not a size"))
}

pub(super) fn volume_size(text: &str) -> Read<u16> {
    volumes::size(&text.into()).ok_or_else(|| format!("is `{text}`, which is not a size that volumes have"))
}

pub(super) fn snapshot_retention(text: &str) -> Read<u8> {
    volumes::retention(&text.into())
        .ok_or_else(|| format!("is `{text}`, which is not a number of days that snapshots are kept"))
}

pub(super) fn auto_extend(text: &str) -> Read<AutoExtend> {
    let mut threshold = None;
    let mut increment = None;
    let mut limit = None;
    for (key, value) in json_object(text)? {
        let known = match key.as_str() {
            "threshold" => assign(&mut threshold, volumes::threshold(&value)),
            "increment" => assign(&mut increment, volumes::increment(&value)),
            "limit" => assign(&mut limit, volumes::limit(&value)),
            _ => return Err(format!("has the unknown key `{key}`; it takes `threshold`, `increment` and `limit`")),
        };
        if !known {
            return Err(format!("has the `{key}` `{}`, which volumes can't have", plain(&value)));
        }
    }
    match (threshold, increment) {
        (Some(threshold), Some(increment)) => Ok(AutoExtend { threshold, increment, limit }),
        (None, _) => Err("has no `threshold`".to_owned()),
        (_, None) => Err("has no `increment`".to_owned()),
    }
}

fn assign<T>(slot: &mut Option<T>, value: Option<T>) -> bool {
    *slot = value;
    slot.is_some()
}

pub(super) fn command_line(text: &str) -> Read<String> {
    match shlex::split(text).map(|words| !words.is_empty()) {
        Some(true) => Ok(text.to_owned()),
        Some(false) => Err("has no command".to_owned()),
        None => Err("has a quote or an escape without an end".to_owned()),
    }
}

pub(super) fn http_options(text: &str) -> Read<HttpOptions> {
    object("http_options", text)
}

pub(super) fn tls_options(text: &str) -> Read<TlsOptions> {
    object("tls_options", text)
}

pub(super) fn concurrency(text: &str) -> Read<Concurrency> {
    object("concurrency", text)
}

pub(super) fn tcp_check(text: &str) -> Read<TcpCheck> {
    object("tcp_checks", text)
}

pub(super) fn vm(text: &str) -> Read<Vm> {
    object("release_command_vm", text)
}

pub(super) fn build_args(text: &str) -> Read<SortedMap<String, String>> {
    object("args", text)
}

pub(super) fn statics(text: &str) -> Read<Vec<Static>> {
    list("statics", text)
}

pub(super) fn metrics(text: &str) -> Read<Vec<Metric>> {
    list("metrics", text)
}

/// A JSON object with the keys of a section of fly.toml.
fn object<T: Field>(section: &str, text: &str) -> Read<T> {
    let mut value = T::blank();
    fill(&mut value, section, &Value::Object(json_object(text)?))?;
    Ok(value)
}

/// JSON objects with the keys of a section that there may be several of, or one by itself.
fn list<T: Field>(section: &str, text: &str) -> Read<Vec<T>> {
    let json = match json(text)? {
        object @ Value::Object(_) => Value::Array(vec![object]),
        list @ Value::Array(_) => list,
        _ => return Err("is neither a JSON object nor a list of them".to_owned()),
    };
    let mut values = Vec::new();
    fill(&mut values, section, &json)?;
    Ok(values)
}

fn fill(value: &mut dyn Field, section: &str, json: &Value) -> Read<()> {
    let mut found = Diagnostics::new();
    let filled = value.fill(&document::Value::from(json).into(), &Path::ROOT.key(section), &mut found);
    if filled && found.is_empty() {
        return Ok(());
    }
    let problems = found.into_iter().map(|problem| match problem.help {
        Some(help) => format!("{} ({help})", problem.message),
        None => problem.message,
    });
    Err(format!("is not valid: {}", problems.collect::<Vec<_>>().join("; ")))
}

fn json_object(text: &str) -> Read<Map<String, Value>> {
    match json(text)? {
        Value::Object(object) => Ok(object),
        _ => Err("is not a JSON object".to_owned()),
    }
}

fn json(text: &str) -> Read<Value> {
    serde_json::from_str(text).map_err(|error| format!("is not JSON: {error}"))
}
