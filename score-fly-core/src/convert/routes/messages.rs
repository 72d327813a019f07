//! Wording of what is wrong with routes.

use crate::diagnostic::{Code, Diagnostic};
use crate::pointer::Path;
use crate::prelude::*;
use crate::suggest::nearest;

pub(crate) fn unknown_route_param(at: &Path<'_>, param: &str, known: &[&str]) -> Diagnostic {
    let diagnostic = Diagnostic::new(Code::InvalidRoute, at, format!("a route has no param `{param}`")).on_key();
    match nearest(param, known.iter().copied()) {
        Some(meant) => diagnostic.with_help(format!("did you mean `{meant}`?")),
        None => diagnostic.with_help("it has `port`, `host` and `path`"),
    }
}

pub(crate) fn route_without_port(at: &Path<'_>, ports: &[&str]) -> Diagnostic {
    Diagnostic::new(Code::InvalidRoute, at, "the route does not say to which port of the service it leads")
        .on_key()
        .with_help(format!("write `port` into its params: {}", names_of(ports)))
}

pub(crate) fn unknown_route_port(at: &Path<'_>, wanted: &str, ports: &[&str]) -> Diagnostic {
    let diagnostic = Diagnostic::new(Code::InvalidRoute, at, format!("the workload's service has no port `{wanted}`"));
    match nearest(wanted, ports.iter().copied()) {
        Some(meant) => diagnostic.with_help(format!("did you mean `{meant}`?")),
        None => diagnostic.with_help(names_of(ports)),
    }
}

fn names_of(ports: &[&str]) -> String {
    if ports.is_empty() {
        return "declare a port under `service.ports`, and write its name or number here".to_owned();
    }
    let names: Vec<String> = ports.iter().map(|name| format!("`{name}`")).collect();
    format!("the service has {}", names.join(", "))
}

pub(crate) fn invalid_route_port(at: &Path<'_>, ports: &[&str]) -> Diagnostic {
    Diagnostic::new(Code::InvalidRoute, at, "the route's `port` is not the name or number of a port")
        .with_help(names_of(ports))
}

pub(crate) fn invalid_route_path(at: &Path<'_>) -> Diagnostic {
    Diagnostic::new(Code::InvalidRoute, at, "the route's `path` is not text that starts with `/`")
        .with_help("write `/`, or leave it out")
}

pub(crate) fn invalid_route_host(at: &Path<'_>) -> Diagnostic {
    Diagnostic::new(Code::InvalidRoute, at, "the route's `host` is not the name of a host")
        .with_help("write one such as `www.example.com`, without a scheme and a port, or leave it out")
}

pub(crate) fn udp_route(at: &Path<'_>, port: &str, port_at: &Path<'_>) -> Diagnostic {
    Diagnostic::new(Code::InvalidRoute, at, format!("a route speaks HTTP, and the port `{port}` takes UDP"))
        .with_related(port_at, "the port")
        .with_help("lead it to a port that takes TCP")
}

/// Something else has the external port that a route opens.
pub(crate) fn route_conflict(at: &Path<'_>, number: u16, other_at: &Path<'_>, other: &str) -> Diagnostic {
    let message = format!("the route opens the port {number}, which leads elsewhere already, by {other}");
    Diagnostic::new(Code::PortConflict, at, message)
        .with_related(other_at, "it leads elsewhere by this")
        .with_help("an app has each external port once: lead both to the same port of the service, or leave one out")
}

pub(crate) fn path_not_routed(at: &Path<'_>, path: &str) -> Diagnostic {
    let message = format!("Fly's proxy tells no paths apart: all of them lead to the workload, and not only `{path}`");
    Diagnostic::new(Code::PathNotRouted, at, message).with_help(
        "write `/`; where several workloads share a host name, a proxy of your own has to stand in front of them",
    )
}

pub(crate) fn host_to_be_added(at: &Path<'_>, host: &str, app: &str) -> Diagnostic {
    let message = format!("the app answers to `{app}.fly.dev`, and to `{host}` only after that is added to it");
    Diagnostic::new(Code::HostToBeAdded, at, message)
        .with_help(format!("`fly certs add {host} -a {app}` adds it, and says which DNS records it needs"))
}
