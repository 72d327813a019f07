//! The params of resources: placeholders anywhere in their values, but never in their keys.

use serde_json::Value;

use super::missing::outputs_not_given;
use super::model::{Given, Missing};
use super::scope::{Findings, Scope};
use crate::diagnostic::{Diagnostics, Outcome};
use crate::map::SortedMap;
use crate::pointer::Path;
use crate::prelude::*;
use crate::score::Workload;
use crate::secret::Sensitive;

/// Fills the placeholders in the params of the resource that `workload` calls `resource`: what its
/// provisioner takes. They are a secret as a whole if the secret output of another took part.
///
/// There is a value unless a placeholder is wrong; without such a resource, or without params, it
/// is empty. Outputs that were not given are treated as by [`resolve`](super::resolve).
pub fn resolve_params(
    workload: &Workload,
    resource: &str,
    given: &Given,
) -> Outcome<Sensitive<SortedMap<String, Value>>> {
    let scope = Scope::new(workload, &given.outputs);
    let mut findings = Findings::default();
    let filled = fill_all(resource, &scope, &mut findings);
    let mut diagnostics = findings.diagnostics;
    if given.missing == Missing::Report {
        diagnostics.extend(outputs_not_given(workload, given, findings.without_outputs));
    }
    match filled {
        Some(params) => {
            let secret = params.iter().any(|(_, filled)| filled.secret);
            let params = params.into_iter().map(|(key, filled)| (key.to_owned(), filled.value));
            Outcome::new(Sensitive::new(params.collect(), secret), diagnostics)
        }
        None => Outcome::failed(diagnostics),
    }
}

/// What is wrong with the placeholders in the params of resources that others make. Outputs that were
/// not given are not asked for: whoever provisions the resources needs them, and a conversion does not.
pub(super) fn check(scope: &Scope<'_, '_>, given: &Given, diagnostics: &mut Diagnostics) {
    let mut findings = Findings::default();
    for (name, resource) in &scope.workload.resources {
        if !scope.is_own_route(name, resource, given) {
            fill_all(name, scope, &mut findings);
        }
    }
    diagnostics.extend(findings.diagnostics);
}

/// A param whose placeholders are filled.
pub(super) struct FilledParam {
    pub(super) value: Value,
    /// Whether a secret took part.
    pub(super) secret: bool,
}

fn fill_all<'w>(
    resource: &str,
    scope: &Scope<'w, '_>,
    findings: &mut Findings<'w>,
) -> Option<Vec<(&'w str, FilledParam)>> {
    let params = scope.workload.resources.get(resource).and_then(|resource| resource.params.as_ref());
    let at = Path::ROOT.key("resources");
    let at = at.key(resource);
    let at = at.key("params");
    let params = params.into_iter().flatten();
    all(params.map(|(key, value)| Some((key.as_str(), fill(value, &at.key(key), scope, findings)?))))
}

/// Fills the placeholders in a param. Nothing comes back if one is wrong.
pub(super) fn fill<'w>(
    value: &Value,
    at: &Path<'_>,
    scope: &Scope<'w, '_>,
    findings: &mut Findings<'w>,
) -> Option<FilledParam> {
    let mut secret = false;
    let value = fill_value(value, at, scope, findings, &mut secret)?;
    Some(FilledParam { value, secret })
}

fn fill_value<'w>(
    value: &Value,
    at: &Path<'_>,
    scope: &Scope<'w, '_>,
    findings: &mut Findings<'w>,
    secret: &mut bool,
) -> Option<Value> {
    match value {
        Value::String(template) => Some(Value::String(match scope.fill(template, at, findings)?.text {
            Sensitive::Public(text) => text,
            Sensitive::Secret(text) => {
                *secret = true;
                text.expose().clone()
            }
        })),
        Value::Array(items) => {
            let items = items.iter().enumerate();
            all(items.map(|(index, item)| fill_value(item, &at.index(index), scope, findings, secret)))
                .map(Value::Array)
        }
        Value::Object(map) => {
            let entries = map.iter();
            all(entries
                .map(|(key, value)| Some((key.clone(), fill_value(value, &at.key(key), scope, findings, secret)?))))
            .map(Value::Object)
        }
        other => Some(other.clone()),
    }
}

/// All items, if there are all. Unlike collecting into an `Option`, it goes through every one, so
/// that each is checked.
fn all<T, C: FromIterator<T>>(items: impl Iterator<Item = Option<T>>) -> Option<C> {
    let items: Vec<Option<T>> = items.collect();
    items.into_iter().collect()
}
