//! Routes: resources of type `route`, which open the workload's service to the outside.

use serde_json::Value;

use super::messages;
use super::model::{Given, ResolvedRoute};
use super::params;
use super::scope::{Findings, Scope};
use crate::map::SortedMap;
use crate::pointer::Path;
use crate::prelude::*;

/// The routes that are up to the conversion, by the workload's names for them. One whose port is not
/// known, for want of outputs, is missing.
pub(super) fn resolve_routes<'w>(
    scope: &Scope<'w, '_>,
    given: &Given,
    findings: &mut Findings<'w>,
) -> SortedMap<&'w str, ResolvedRoute> {
    let mut routes = Vec::new();
    let all = Path::ROOT.key("resources");
    for (name, resource) in &scope.workload.resources {
        if !scope.is_own_route(name, resource, given) {
            continue;
        }
        let at = all.key(name);
        let at = at.key("params");
        let mut params = Vec::new();
        let mut port_is_known = true;
        for (key, value) in resource.params.iter().flatten() {
            match known(value, &at.key(key), scope, findings, key == "port") {
                Some(value) => params.push((key.clone(), value)),
                None => port_is_known &= key != "port",
            }
        }
        if port_is_known {
            routes.push((name.as_str(), ResolvedRoute { params: params.into_iter().collect() }));
        }
    }
    routes.into_iter().collect()
}

/// A param, if it is known. Outputs are asked for only if it is `needed`.
fn known<'w>(
    value: &Value,
    at: &Path<'_>,
    scope: &Scope<'w, '_>,
    findings: &mut Findings<'w>,
    needed: bool,
) -> Option<Value> {
    let mut own = Findings::default();
    let filled = params::fill(value, at, scope, &mut own);
    findings.diagnostics.extend(own.diagnostics);
    // Nothing but text can name a port, a host or a path: that it does not is reported later.
    if !value.is_string() {
        return Some(value.clone());
    }
    let filled = filled?;
    if filled.secret {
        findings.diagnostics.push(messages::secret_route_param(at));
        return None;
    }
    let complete = own.without_outputs.is_empty();
    if needed {
        findings.without_outputs.extend(own.without_outputs);
    }
    complete.then_some(filled.value)
}
