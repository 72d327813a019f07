//! Routes: which ports of the service they lead to. Fly's proxy has one host name for an app by itself,
//! tells no paths apart, and serves HTTP at 80 and 443.

pub(crate) mod messages;

use serde_json::Value;

use crate::diagnostic::Diagnostics;
use crate::map::SortedMap;
use crate::pointer::Path;
use crate::prelude::*;
use crate::resolve::{ResolvedRoute, ResolvedWorkload};
use crate::score::{Port, PortProtocol, Workload};

const PARAMS: [&str; 3] = ["host", "path", "port"];

/// The ports of the service that routes lead to, by name, with the first route to each.
pub(super) fn convert<'w>(
    resolved: &ResolvedWorkload<'w>,
    app: Option<&str>,
    diagnostics: &mut Diagnostics,
) -> SortedMap<&'w str, &'w str> {
    let mut ports = Vec::new();
    let all = Path::ROOT.key("resources");
    for (name, route) in &resolved.routes {
        let at = all.key(name);
        if let Some(port) = target(resolved.workload, route, &at, diagnostics) {
            ports.push((port, *name));
        }
        let at = at.key("params");
        for param in route.params.keys().filter(|param| !PARAMS.contains(&param.as_str())) {
            diagnostics.push(messages::unknown_route_param(&at.key(param), param, &PARAMS));
        }
        check_path(route, &at.key("path"), diagnostics);
        check_host(route, app, &at.key("host"), diagnostics);
    }
    // Of several for one port the first is named.
    ports.into_iter().rev().collect()
}

/// The port of the service that a route names, or gives the number of.
fn target<'w>(
    workload: &'w Workload,
    route: &ResolvedRoute,
    at: &Path<'_>,
    diagnostics: &mut Diagnostics,
) -> Option<&'w str> {
    let ports: SortedMap<&'w str, &'w Port> =
        workload.service.iter().flat_map(|service| &service.ports).map(|(name, port)| (name.as_str(), port)).collect();
    let names: Vec<&str> = ports.keys().copied().collect();
    let params = at.key("params");
    let at_port = params.key("port");
    let wanted = match route.params.get("port") {
        None | Some(Value::Null) => {
            diagnostics.push(messages::route_without_port(at, &names));
            return None;
        }
        Some(Value::String(wanted)) => wanted.clone(),
        Some(Value::Number(number)) => number.to_string(),
        Some(_) => {
            diagnostics.push(messages::invalid_route_port(&at_port, &names));
            return None;
        }
    };
    let by_number = || ports.iter().find(|(_, port)| port.port.to_string() == wanted);
    let Some((name, port)) = ports.get_key_value(wanted.as_str()).or_else(by_number) else {
        diagnostics.push(messages::unknown_route_port(&at_port, &wanted, &names));
        return None;
    };
    if port.protocol.unwrap_or_default() == PortProtocol::Udp {
        let service = Path::ROOT.key("service");
        let declared = service.key("ports");
        diagnostics.push(messages::udp_route(&at_port, name, &declared.key(name)));
        return None;
    }
    Some(name)
}

fn check_path(route: &ResolvedRoute, at: &Path<'_>, diagnostics: &mut Diagnostics) {
    match route.params.get("path") {
        None | Some(Value::Null) => {}
        Some(Value::String(path)) if path.is_empty() || path == "/" => {}
        Some(Value::String(path)) if path.starts_with('/') => {
            diagnostics.push(messages::path_not_routed(at, path));
        }
        Some(_) => diagnostics.push(messages::invalid_route_path(at)),
    }
}

fn check_host(route: &ResolvedRoute, app: Option<&str>, at: &Path<'_>, diagnostics: &mut Diagnostics) {
    let host = match route.params.get("host") {
        None | Some(Value::Null) => return,
        Some(Value::String(host)) if is_host(host) => host,
        Some(_) => {
            diagnostics.push(messages::invalid_route_host(at));
            return;
        }
    };
    if let Some(app) = app
        && host.strip_suffix(".fly.dev") != Some(app)
    {
        diagnostics.push(messages::host_to_be_added(at, host, app));
    }
}

/// By the rule that score-compose and score-k8s have for hosts of routes, which also takes capitals.
fn is_host(text: &str) -> bool {
    let allowed = |c: char| c.is_ascii_alphanumeric() || matches!(c, '-' | '.' | '_');
    (1..=253).contains(&text.len()) && text.chars().all(allowed)
}
