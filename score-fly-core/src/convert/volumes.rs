//! What volumes are called, and their settings as resources and annotations give them: numbers, or the
//! same as text.

use alloc::borrow::Cow;
use core::ops::RangeInclusive;
use core::str::FromStr;

use serde_json::Value;

use crate::fly::{limits, names};
use crate::prelude::*;
use crate::resolve::ResolvedSource;

/// What annotations can call a volume: its name, the one that Fly takes for it, and the name of the
/// resource that it comes from.
pub(super) fn names(source: &ResolvedSource<'_>) -> Vec<String> {
    let mut known = vec![source.name.clone()];
    known.extend(names::volume_name(&source.name).map(Cow::into_owned));
    known.extend(source.resource.map(str::to_owned));
    known.sort();
    known.dedup();
    known
}

pub(super) fn size(value: &Value) -> Option<u16> {
    gigabytes(&plain(value), &limits::VOLUME_SIZE)
}

/// Days.
pub(super) fn retention(value: &Value) -> Option<u8> {
    whole(&plain(value)).filter(|days| limits::SNAPSHOT_RETENTION.contains(days))
}

/// Percent.
pub(super) fn threshold(value: &Value) -> Option<u8> {
    whole(&plain(value)).filter(|percent| limits::VOLUME_THRESHOLD.contains(percent))
}

pub(super) fn increment(value: &Value) -> Option<u16> {
    gigabytes(&plain(value), &limits::VOLUME_INCREMENT)
}

pub(super) fn limit(value: &Value) -> Option<u16> {
    gigabytes(&plain(value), &limits::VOLUME_SIZE)
}

/// Whole gigabytes in a range: `10` or `10gb`. flyctl would round fractions down.
fn gigabytes(text: &str, range: &RangeInclusive<u16>) -> Option<u16> {
    let lower = text.to_ascii_lowercase();
    let number = lower.strip_suffix("gb").unwrap_or(&lower);
    whole(number).filter(|size| range.contains(size))
}

/// A whole number without a sign.
fn whole<T: FromStr>(text: &str) -> Option<T> {
    text.bytes().all(|byte| byte.is_ascii_digit()).then(|| text.parse().ok())?
}

/// A value as the user wrote it, without the quotes around text.
pub(super) fn plain(value: &Value) -> String {
    match value {
        Value::String(text) => text.clone(),
        // Values always serialise.
        other => serde_json::to_string(other).unwrap_or_default(),
    }
}
