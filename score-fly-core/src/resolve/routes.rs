//! Routes: resources of type `route`, which open the workload's service to the outside.

use serde_json::Value;

use super::scope::{Findings, Scope};
use super::{Given, ResolvedRoute};
use crate::convert::routes::messages;
use crate::map::SortedMap;
use crate::pointer::Path;
use crate::prelude::*;
use crate::resource::ROUTE;
use crate::score::Workload;
use crate::secret::Sensitive;

/// The routes that are up to the conversion, by the workload's names for them: those that nothing
/// else makes. One whose port is not known, for want of outputs, is missing.
pub(super) fn resolve_routes<'a>(
    workload: &Workload,
    scope: &Scope<'a>,
    given: &Given,
    findings: &mut Findings<'a>,
) -> SortedMap<String, ResolvedRoute> {
    let mut routes = SortedMap::new();
    let all = Path::ROOT.key("resources");
    for (name, resource) in workload.resources.iter().filter(|(_, resource)| resource.kind == ROUTE) {
        let is_given = scope.resource(name).is_some_and(|(_, _, outputs)| outputs.is_some());
        if is_given || given.made_elsewhere.contains(name) {
            continue;
        }
        let at = all.key(name);
        let at = at.key("params");
        let mut route = ResolvedRoute::default();
        let mut port_is_known = true;
        for (key, value) in resource.params.iter().flatten() {
            match known(value, &at.key(key), scope, findings, key == "port") {
                Some(value) => {
                    route.params.insert(key.clone(), value);
                }
                None => port_is_known &= key != "port",
            }
        }
        if port_is_known {
            routes.insert(name.clone(), route);
        }
    }
    routes
}

/// A param, if it is known. What is wrong with its placeholders is found where those of all params
/// are checked; outputs are asked for only if the param is `needed`.
fn known<'a>(
    value: &Value,
    at: &Path<'_>,
    scope: &Scope<'a>,
    findings: &mut Findings<'a>,
    needed: bool,
) -> Option<Value> {
    let Value::String(template) = value else { return Some(value.clone()) };
    let mut own = Findings::default();
    let filled = scope.fill(template, at, &mut own)?;
    if needed {
        findings.without_outputs.extend(own.without_outputs);
    }
    match filled.text {
        Sensitive::Public(text) => filled.complete.then_some(Value::String(text)),
        Sensitive::Secret(_) => {
            findings.diagnostics.push(messages::secret_route_param(at));
            None
        }
    }
}
