//! What one configuration has and another lacks.

use crate::diagnostic::Diagnostics;
use crate::document::{Entry, Mapping, Node, Value};
use crate::import::messages;
use crate::pointer::Path;
use crate::prelude::*;

/// Whether everything in `made` stands in `wanted` as it is.
pub(super) fn fits(made: &Value<'_>, wanted: &Value<'_>) -> bool {
    match (made, wanted) {
        (Value::Mapping(made), Value::Mapping(wanted)) => {
            let wanted = wanted.index();
            let fits = |entry: &Entry<'_>| {
                wanted.get(&*entry.key.text).is_some_and(|wanted| fits(&entry.value.value, &wanted.value))
            };
            made.entries.iter().all(fits)
        }
        _ => made == wanted,
    }
}

/// The fragment of fly.toml that makes `wanted` of `made`. Lists of sections are taken from `original`,
/// where they stand as the user wrote them.
pub(super) fn fragment<'v>(
    made: &Value<'_>,
    wanted: &'v Value<'v>,
    original: &'v Value<'v>,
    diagnostics: &mut Diagnostics,
) -> Mapping<'v> {
    let mut fragment = Mapping::default();
    let (Value::Mapping(made), Value::Mapping(wanted), Value::Mapping(original)) = (made, wanted, original) else {
        return fragment;
    };
    for entry in &wanted.entries {
        let key: &str = &entry.key.text;
        let missing = made.get(key).is_none();
        if missing && matches!(entry.value.value, Value::Sequence(_)) {
            // The canonical form has `[http_service]` among the services.
            let keys = if key == "services" { &["http_service", "services"][..] } else { &[key] };
            for entry in keys.iter().filter_map(|key| original.entry(key)) {
                diagnostics.push(messages::kept(&Path::ROOT.key(&entry.key.text)));
                fragment.entries.push(entry.clone());
            }
        } else if let Some(rest) = rest(made.get(key), entry, &Path::ROOT, diagnostics) {
            fragment.entries.push(rest);
        }
    }
    fragment
}

/// The part of an entry that is not made.
fn rest<'v>(
    made: Option<&Node<'_>>,
    wanted: &'v Entry<'v>,
    at: &Path<'_>,
    diagnostics: &mut Diagnostics,
) -> Option<Entry<'v>> {
    let at = at.key(&wanted.key.text);
    match (made.map(|made| &made.value), &wanted.value.value) {
        (Some(made), wanted) if made == wanted => None,
        (Some(Value::Mapping(made)), Value::Mapping(inner)) => {
            let made = made.index();
            let made = |entry: &Entry<'_>| made.get(&*entry.key.text).copied();
            let rests = inner.entries.iter().filter_map(|entry| rest(made(entry), entry, &at, diagnostics));
            let entries: Vec<Entry<'_>> = rests.collect();
            let value = Value::Mapping(Mapping { entries }).into();
            Some(Entry { key: wanted.key.clone(), value })
        }
        _ => {
            diagnostics.push(messages::kept(&at));
            Some(wanted.clone())
        }
    }
}

/// Reports what the workload's fly.toml has differently, in spite of all.
pub(super) fn differences(made: &Value<'_>, wanted: &Value<'_>, diagnostics: &mut Diagnostics) {
    let (Value::Mapping(made), Value::Mapping(wanted)) = (made, wanted) else { return };
    let keys = made.entries.iter().chain(&wanted.entries).map(|entry| &*entry.key.text);
    for key in keys.filter(|key| made.get(key) != wanted.get(key)) {
        diagnostics.push(messages::not_in_score(&Path::ROOT.key(key)));
    }
}
