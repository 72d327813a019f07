//! The types of plain scalars, as Score's Go tools (yaml.v3) see them.
//!
//! That is YAML 1.2's core schema with what yaml.v3 kept of YAML 1.1: octals with a bare `0`,
//! `0b` and underscores in numbers. `yes`, `no`, `on` and `off` are strings in both.

use alloc::borrow::Cow;

use base64ct::{Base64, Encoding as _};

use super::{Number, Value};
use crate::prelude::*;

/// What a plain scalar means.
#[derive(Debug, Clone, Copy, PartialEq)]
pub(super) enum Plain {
    Null,
    Bool(bool),
    Number(Number),
    /// `.inf` or `.nan`: a number to YAML, but not to JSON.
    NotFinite,
    /// A string to YAML 1.2, but a date to Score's other tools. No other scalar is read
    /// differently by them.
    Date,
    Text,
}

/// The meaning of a plain scalar without a tag.
pub(super) fn resolve(text: &str) -> Plain {
    match text {
        "" | "~" | "null" | "Null" | "NULL" => Plain::Null,
        "true" | "True" | "TRUE" => Plain::Bool(true),
        "false" | "False" | "FALSE" => Plain::Bool(false),
        ".nan" | ".NaN" | ".NAN" => Plain::NotFinite,
        _ if matches!(text.strip_prefix(['+', '-']).unwrap_or(text), ".inf" | ".Inf" | ".INF") => Plain::NotFinite,
        _ if is_date(text) => Plain::Date,
        _ => number(text).map_or(Plain::Text, Plain::Number),
    }
}

/// The value of a scalar with the explicit tag `!!tag`; nothing if the tag does not fit it. Tags
/// that are not for scalars, or that only other tools know, change nothing.
pub(super) fn tagged<'s>(tag: &str, text: Cow<'s, str>) -> Option<Value<'s>> {
    match (tag, resolve(&text)) {
        ("int", Plain::Number(number @ (Number::Int(_) | Number::UInt(_))))
        | ("float", Plain::Number(number @ Number::Float(_))) => Some(Value::Number(number)),
        ("float", Plain::Number(number)) => Some(Value::Number(Number::Float(number.as_f64()))),
        ("bool", Plain::Bool(value)) => Some(Value::Bool(value)),
        ("null", Plain::Null) => Some(Value::Null),
        ("int" | "float" | "bool" | "null", _) => None,
        ("binary", _) => {
            let packed: String = text.split_ascii_whitespace().collect();
            let bytes = Base64::decode_vec(&packed).ok()?;
            Some(Value::String(Cow::Owned(String::from_utf8(bytes).ok()?)))
        }
        _ => Some(Value::String(text)),
    }
}

fn number(text: &str) -> Option<Number> {
    let first = *text.as_bytes().first()?;
    // A leading underscore makes a string, and a leading dot does not take underscores.
    if first == b'.' {
        return float(text);
    }
    if !first.is_ascii_digit() && first != b'+' && first != b'-' {
        return None;
    }
    let plain: Cow<'_, str> = if text.contains('_') { text.replace('_', "").into() } else { text.into() };
    integer(&plain).or_else(|| float(&plain))
}

/// An integer as Go's `strconv.ParseInt` reads it in base 0.
fn integer(text: &str) -> Option<Number> {
    let (negative, signed, digits) = match text.as_bytes().first()? {
        b'-' => (true, true, text.get(1..)?),
        b'+' => (false, true, text.get(1..)?),
        _ => (false, false, text),
    };
    let (base, digits) = match digits.get(..2) {
        Some("0x" | "0X") => (16, digits.get(2..)?),
        Some("0o" | "0O") => (8, digits.get(2..)?),
        Some("0b" | "0B") => (2, digits.get(2..)?),
        Some(_) if digits.starts_with('0') => (8, digits.get(1..)?),
        _ => (10, digits),
    };
    // Rust's parser would take a second sign.
    if digits.starts_with(['+', '-']) {
        return None;
    }
    let magnitude = u64::from_str_radix(digits, base).ok()?;
    match i64::try_from(magnitude) {
        Ok(value) => Some(Number::Int(if negative { -value } else { value })),
        Err(_) if negative && magnitude == i64::MIN.unsigned_abs() => Some(Number::Int(i64::MIN)),
        // Go reads integers with a sign into 64 bits with sign only.
        Err(_) if signed => None,
        Err(_) => Some(Number::UInt(magnitude)),
    }
}

/// A float of the form `[-+]?(\.[0-9]+|[0-9]+(\.[0-9]*)?)([eE][-+]?[0-9]+)?`, if it is finite.
fn float(text: &str) -> Option<Number> {
    let digits = |text: &str| text.bytes().take_while(u8::is_ascii_digit).count();
    let unsigned = text.strip_prefix(['-', '+']).unwrap_or(text);
    let whole = digits(unsigned);
    let mut rest = unsigned.get(whole..)?;
    let mut fraction = 0;
    if let Some(after) = rest.strip_prefix('.') {
        fraction = digits(after);
        rest = after.get(fraction..)?;
    }
    if whole + fraction == 0 {
        return None;
    }
    if let Some(exponent) = rest.strip_prefix(['e', 'E']) {
        let exponent = exponent.strip_prefix(['-', '+']).unwrap_or(exponent);
        if exponent.is_empty() || digits(exponent) != exponent.len() {
            return None;
        }
    } else if !rest.is_empty() {
        return None;
    }
    text.parse().ok().filter(|value: &f64| value.is_finite()).map(Number::Float)
}

/// Whether yaml.v3 makes a time of it: `2001-1-1`, `2001-12-14T21:59:43.1Z`, `2001-12-14 21:59:43`.
fn is_date(text: &str) -> bool {
    date(text).is_some()
}

fn date(text: &str) -> Option<()> {
    let (year, rest) = text.split_once('-')?;
    let (month, rest) = rest.split_once('-')?;
    let (day, time) = rest.split_at(rest.bytes().take_while(u8::is_ascii_digit).count());
    let year = field(year, 4..=4, 9999)?;
    let month = field(month, 1..=2, 12)?;
    let day = field(day, 1..=2, 31)?;
    let leap = year % 4 == 0 && (year % 100 != 0 || year % 400 == 0);
    let days = match month {
        0 => return None,
        2 if leap => 29,
        2 => 28,
        4 | 6 | 9 | 11 => 30,
        _ => 31,
    };
    if day == 0 || day > days {
        return None;
    }
    if time.is_empty() {
        return Some(());
    }
    if let Some(time) = time.strip_prefix(' ') {
        return clock(time).filter(|zone| zone.is_empty()).map(|_| ());
    }
    let zone = clock(time.strip_prefix(['T', 't'])?)?;
    if zone == "Z" {
        return Some(());
    }
    let (hours, minutes) = zone.strip_prefix(['+', '-'])?.split_once(':')?;
    field(hours, 2..=2, 24)?;
    field(minutes, 2..=2, 60)?;
    Some(())
}

/// Reads `15:4:5` with an optional fraction, and gives what follows.
fn clock(text: &str) -> Option<&str> {
    let (hour, rest) = text.split_once(':')?;
    let (minute, rest) = rest.split_once(':')?;
    let (second, rest) = rest.split_at(rest.bytes().take_while(u8::is_ascii_digit).count());
    field(hour, 1..=2, 23)?;
    field(minute, 1..=2, 59)?;
    field(second, 1..=2, 59)?;
    match rest.strip_prefix(['.', ',']) {
        Some(after) => {
            let digits = after.bytes().take_while(u8::is_ascii_digit).count();
            if digits == 0 { None } else { after.get(digits..) }
        }
        None => Some(rest),
    }
}

fn field(text: &str, length: core::ops::RangeInclusive<usize>, most: u32) -> Option<u32> {
    let digits = length.contains(&text.len()) && text.bytes().all(|byte| byte.is_ascii_digit());
    if digits { text.parse().ok().filter(|value| *value <= most) } else { None }
}
