//! The params of resources: placeholders anywhere in their values, but never in their keys.

use serde_json::Value;

use super::scope::{Findings, Scope};
use super::{Given, Missing, outputs_not_given};
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
    let mut walk = Walk { scope: &scope, findings: Findings::default(), secret: false };
    let params = walk.params_of(workload, resource);
    let Walk { findings, secret, .. } = walk;
    let mut diagnostics = findings.diagnostics;
    if given.missing == Missing::Report {
        diagnostics.extend(outputs_not_given(workload, given, findings.without_outputs));
    }
    match params {
        Some(params) => Outcome::new(Sensitive::new(params, secret), diagnostics),
        None => Outcome::failed(diagnostics),
    }
}

/// What is wrong with the placeholders in the params of all resources. Outputs that were not given
/// are not asked for: whoever provisions the resources needs them, and a conversion does not.
pub(super) fn check(workload: &Workload, scope: &Scope<'_>) -> Diagnostics {
    let mut walk = Walk { scope, findings: Findings::default(), secret: false };
    for name in workload.resources.keys() {
        walk.params_of(workload, name);
    }
    walk.findings.diagnostics
}

struct Walk<'s, 'a> {
    scope: &'s Scope<'a>,
    findings: Findings<'a>,
    /// Whether a secret took part so far.
    secret: bool,
}

impl Walk<'_, '_> {
    fn params_of(&mut self, workload: &Workload, resource: &str) -> Option<SortedMap<String, Value>> {
        let Some(params) = workload.resources.get(resource).and_then(|resource| resource.params.as_ref()) else {
            return Some(SortedMap::new());
        };
        let at = Path::ROOT;
        let at = at.key("resources");
        let at = at.key(resource);
        let at = at.key("params");
        all(params.iter().map(|(key, value)| Some((key.clone(), self.value(value, &at.key(key))?))))
    }

    fn value(&mut self, value: &Value, at: &Path<'_>) -> Option<Value> {
        match value {
            Value::String(template) => {
                let filled = self.scope.fill(template, at, &mut self.findings)?;
                Some(Value::String(match filled.text {
                    Sensitive::Public(text) => text,
                    Sensitive::Secret(text) => {
                        self.secret = true;
                        text.expose().clone()
                    }
                }))
            }
            Value::Array(items) => {
                all(items.iter().enumerate().map(|(index, item)| self.value(item, &at.index(index)))).map(Value::Array)
            }
            Value::Object(map) => {
                all(map.iter().map(|(key, value)| Some((key.clone(), self.value(value, &at.key(key))?))))
                    .map(Value::Object)
            }
            other => Some(other.clone()),
        }
    }
}

/// All items, if there are all. Unlike collecting into an `Option`, it goes through every one, so
/// that each is checked.
fn all<T, C: FromIterator<T>>(items: impl Iterator<Item = Option<T>>) -> Option<C> {
    let items: Vec<Option<T>> = items.collect();
    items.into_iter().collect()
}
