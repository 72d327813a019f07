//! Values as Go prints them, which flyctl does with variables that are no text.

use toml_edit::{Datetime, Offset};

use crate::document::{Entry, Node, Number, Value};
use crate::map;
use crate::number::scientific;
use crate::prelude::*;

/// What numbers are to Go.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Numbers {
    /// What they are written as.
    AsWritten,
    /// Floats, all of them, as those of JSON.
    Floats,
}

/// A time with an offset. `None` of those without, and of dates, which flyctl leaves as they are written.
pub(super) fn time(date: &Datetime) -> Option<String> {
    let (day, time, offset) = (date.date?, date.time?, date.offset?);
    let minutes = if let Offset::Custom { minutes } = offset { minutes } else { 0 };
    let (sign, distance) = (if minutes < 0 { '-' } else { '+' }, minutes.unsigned_abs());
    let zone = format!("{sign}{:02}{:02}", distance / 60, distance % 60);
    let name = if minutes == 0 { "UTC" } else { &zone };
    Some(format!("{day} {time} {zone} {name}"))
}

/// A number, by `%v`: a float has an exponent from a million on, and below a ten-thousandth.
pub(super) fn number(number: Number, numbers: Numbers) -> String {
    if numbers == Numbers::AsWritten && !matches!(number, Number::Float(_)) {
        return number.to_string();
    }
    match scientific(number.as_f64()) {
        Some((digits, power)) if !(-4..6).contains(&power) => {
            let sign = if power < 0 { '-' } else { '+' };
            format!("{digits}e{sign}{:02}", power.unsigned_abs())
        }
        _ => number.as_f64().to_string(),
    }
}

/// A value, by `%v`: a notation that no program reads.
pub(super) fn value(value: &Value<'_>, numbers: Numbers) -> String {
    let mut text = String::new();
    write(value, numbers, &mut text);
    text
}

fn write(value: &Value<'_>, numbers: Numbers, text: &mut String) {
    match value {
        Value::Null => text.push_str("<nil>"),
        Value::Bool(value) => text.push_str(if *value { "true" } else { "false" }),
        Value::String(value) => text.push_str(value),
        Value::Number(value) => text.push_str(&number(*value, numbers)),
        Value::Sequence(items) => {
            text.push('[');
            for (index, item) in items.iter().enumerate() {
                text.push_str(if index == 0 { "" } else { " " });
                write(&item.value, numbers, text);
            }
            text.push(']');
        }
        Value::Mapping(mapping) => {
            let mut entries: Vec<&Entry<'_>> = mapping.entries.iter().collect();
            map::sort_by(&mut entries, |a, b| a.key.text.cmp(&b.key.text));
            text.push_str("map[");
            for (index, Entry { key, value: Node { value, .. } }) in entries.into_iter().enumerate() {
                text.push_str(if index == 0 { "" } else { " " });
                text.push_str(&key.text);
                text.push(':');
                write(value, numbers, text);
            }
            text.push(']');
        }
    }
}
