//! `[[services]]`: the ports that Fly's proxy serves.

use super::annotations::{Annotations, Exposure, PortAnnotations, Set};
use crate::convert::messages;
use crate::diagnostic::Diagnostics;
use crate::fly::config::{AutoStop, Handler, Protocol, ProxyProtoOptions, Service, ServicePort};
use crate::map::{self, SortedMap};
use crate::pointer::Path;
use crate::prelude::*;
use crate::score::{Port, Workload};

/// Ports that share a target and a protocol become one service: of two services for one internal
/// port Fly keeps only one. A port that a route leads to also gets the ports of the web.
///
/// Ports are in the order of their external numbers, and services in that of their first ports.
/// `routes` has the ports of the service that routes lead to, with the first route to each.
pub(super) fn convert(
    workload: &Workload,
    routes: &SortedMap<&str, &str>,
    annotations: &Annotations,
    diagnostics: &mut Diagnostics,
) -> Vec<Service> {
    let service = Path::ROOT.key("service");
    let at = service.key("ports");
    let unannotated = PortAnnotations::default();
    let mut ports: Vec<(&String, &Port)> = workload.service.iter().flat_map(|service| &service.ports).collect();
    let protocol = |port: &Port| port.protocol.unwrap_or_default();
    map::sort_by(&mut ports, |(name, a), (other, b)| (a.port, protocol(a), name).cmp(&(b.port, protocol(b), other)));

    let mut brought: Vec<((u16, Protocol), Part<'_>)> = Vec::new();
    let mut external: External<'_> = SortedMap::new();
    let mut web: Vec<Routed<'_>> = Vec::new();
    let mut unusual: Vec<(&str, u16)> = Vec::new();
    for (name, port) in ports {
        let at_port = at.key(name);
        let annotated = annotations.ports.get(name).unwrap_or(&unannotated);
        let route = routes.get(name.as_str()).copied();
        let is_private = annotated.exposure.as_ref().is_some_and(|exposure| exposure.value == Exposure::Private);
        if is_private {
            // What the port itself has no use for, the ports of the web may have.
            let unused = annotated
                .passed_through_keys()
                .chain(annotated.web_keys().chain(annotated.service_keys()).filter(|_| route.is_none()));
            for key in unused {
                diagnostics.push(crate::convert::annotations::messages::annotation_of_private_port(key, name));
            }
            if route.is_none() {
                continue;
            }
        }
        let protocol = match port.protocol.unwrap_or_default() {
            crate::score::PortProtocol::Tcp => Protocol::Tcp,
            crate::score::PortProtocol::Udp => Protocol::Udp,
        };
        if let Some(route) = route {
            web.push(Routed { route, target: port.target(), annotated });
        }
        let mut own = None;
        if !is_private {
            if let Some((first, _)) = external.get(&(port.port, protocol)) {
                let first_at = at.key(first);
                diagnostics.push(messages::port_conflict(&at_port.key("port"), port.port, &first_at, first));
                continue;
            }
            external.insert((port.port, protocol), (name, port.target()));
            let converted = match protocol {
                Protocol::Tcp => tcp_port(port, annotated, route.is_some(), diagnostics),
                Protocol::Udp => udp_port(port, annotated, diagnostics),
            };
            if !is_usual(protocol, port.port, &converted.handlers) {
                unusual.push((name, port.port));
            }
            own = Some(converted);
        }
        brought.push(((port.target(), protocol), Part { port: own, annotated }));
    }
    if let Some(first) = web.first() {
        let opened = open_web_ports(first, &web, &external, diagnostics);
        let opened = opened.into_iter().map(|port| Part { port: Some(port), annotated: &unannotated });
        brought.extend(opened.map(|part| ((first.target, Protocol::Tcp), part)));
    }
    if let Some((first, others)) = unusual.split_first() {
        diagnostics.push(messages::needs_dedicated_address(&at, *first, others));
    }
    let mut services: Vec<Service> = SortedMap::grouped(brought)
        .into_iter()
        .map(|((target, protocol), brought)| together(target, protocol, brought, diagnostics))
        .collect();
    let place = |service: &Service| (service.ports.first().and_then(|port| port.port), service.protocol);
    map::sort_by(&mut services, |a, b| place(a).cmp(&place(b)));
    services
}

/// External ports with the names of the service's ports that have them, and what these lead to.
type External<'a> = SortedMap<(u16, Protocol), (&'a str, u16)>;

/// A port of the service that a route leads to.
struct Routed<'a> {
    route: &'a str,
    target: u16,
    annotated: &'a PortAnnotations,
}

/// Opens 80 and 443 for what the first of the routes leads to, unless the service has them there already.
fn open_web_ports(
    first: &Routed<'_>,
    routed: &[Routed<'_>],
    external: &External<'_>,
    diagnostics: &mut Diagnostics,
) -> Vec<ServicePort> {
    let resources = Path::ROOT.key("resources");
    let first_at = resources.key(first.route);
    for other in routed.iter().filter(|other| other.target != first.target) {
        let (at, by) = (resources.key(other.route), format!("the route `{}`", first.route));
        diagnostics.push(crate::convert::routes::messages::route_conflict(&at, HTTP, &first_at, &by));
    }
    let service = Path::ROOT.key("service");
    let declared = service.key("ports");
    let mut opened = Vec::new();
    for number in [HTTP, HTTPS] {
        match external.get(&(number, Protocol::Tcp)) {
            Some((_, target)) if *target == first.target => {}
            Some((name, _)) => {
                let by = format!("the port `{name}`");
                diagnostics.push(crate::convert::routes::messages::route_conflict(
                    &first_at,
                    number,
                    &declared.key(name),
                    &by,
                ));
            }
            None => {
                let port = first.annotated.service_port(number, usual_handlers(number).to_vec());
                // What comes by HTTPS has nowhere to be sent to.
                let force_https = port.force_https.filter(|_| number == HTTP);
                opened.push(ServicePort { force_https, ..port });
            }
        }
    }
    opened
}

/// What one port brings to the service that it becomes a part of.
struct Part<'a> {
    /// The port of Fly's proxy, if it gets one.
    port: Option<ServicePort>,
    annotated: &'a PortAnnotations,
}

/// The service of ports that share a target and a protocol, with the settings of the service that are
/// annotated at any of them.
fn together(internal_port: u16, protocol: Protocol, brought: Vec<Part<'_>>, diagnostics: &mut Diagnostics) -> Service {
    let (mut auto_stop, mut auto_start, mut min_running, mut concurrency) = (None, None, None, None);
    let (mut tcp_check, mut processes) = (None, None);
    for Part { annotated, .. } in &brought {
        agree(&mut auto_stop, annotated.auto_stop.as_ref(), diagnostics);
        agree(&mut auto_start, annotated.auto_start.as_ref(), diagnostics);
        agree(&mut min_running, annotated.min_running.as_ref(), diagnostics);
        agree(&mut concurrency, annotated.concurrency.as_ref(), diagnostics);
        agree(&mut tcp_check, annotated.tcp_check.as_ref(), diagnostics);
        agree(&mut processes, annotated.processes.as_ref(), diagnostics);
    }
    let mut ports: Vec<ServicePort> = brought.into_iter().filter_map(|part| part.port).collect();
    map::sort_by(&mut ports, |a, b| a.port.cmp(&b.port));
    Service {
        protocol: Some(protocol),
        internal_port: Some(internal_port),
        auto_stop_machines: auto_stop.map(|set| set.value),
        auto_start_machines: auto_start.map(|set| set.value),
        min_machines_running: min_running.map(|set| set.value),
        processes: processes.map(|set| set.value.clone()).unwrap_or_default(),
        concurrency: concurrency.map(|set| set.value.clone()),
        tcp_checks: tcp_check.map(|set| set.value.clone()).into_iter().collect(),
        ports,
        ..Service::default()
    }
}

/// Takes a setting of the whole service from one of its ports, unless another port has set it
/// differently.
fn agree<'a, T: PartialEq>(slot: &mut Option<&'a Set<T>>, own: Option<&'a Set<T>>, diagnostics: &mut Diagnostics) {
    match (*slot, own) {
        (None, own) => *slot = own,
        (Some(first), Some(own)) if first.value != own.value => {
            diagnostics.push(crate::convert::annotations::messages::annotations_disagree(&own.key, &first.key));
        }
        _ => {}
    }
}

/// Whether flyctl allocates a shared address for a port without asking. If it does not for one port,
/// it does for none. (Source: flyctl's choice of addresses at an app's first deployment.)
fn is_usual(protocol: Protocol, port: u16, handlers: &[Handler]) -> bool {
    match (protocol, port) {
        (Protocol::Tcp, 80) => handlers == [Handler::Http],
        (Protocol::Tcp, 443) => {
            handlers.len() == 2 && handlers.contains(&Handler::Tls) && handlers.contains(&Handler::Http)
        }
        _ => false,
    }
}

/// The handlers of a port for which nothing else is said: 80 and 443 have those that they have
/// everywhere, and any other number is passed through.
pub(crate) const fn usual_handlers(port: u16) -> &'static [Handler] {
    match port {
        HTTP => &[Handler::Http],
        HTTPS => &[Handler::Tls, Handler::Http],
        _ => &[],
    }
}

/// A port of Fly's proxy. Settings of the web that it has no handler
/// for are those of its route, if there `is_routed` one.
fn tcp_port(port: &Port, annotated: &PortAnnotations, is_routed: bool, diagnostics: &mut Diagnostics) -> ServicePort {
    let handlers = match &annotated.handlers {
        Some(handlers) => handlers.value.clone(),
        None => usual_handlers(port.port).to_vec(),
    };
    let mut need = |key: Option<&str>, any_of: &[Handler]| {
        if let Some(key) = key
            && !any_of.iter().any(|handler| handlers.contains(handler))
        {
            diagnostics.push(crate::convert::annotations::messages::annotation_without_handler(key, any_of));
        }
    };
    if !is_routed {
        need(key(annotated.force_https.as_ref()), &HTTP_HANDLERS);
        need(key(annotated.http_options.as_ref()), &HTTP_HANDLERS);
        need(key(annotated.tls_options.as_ref()), &TLS_HANDLERS);
    }
    need(key(annotated.proxy_proto.as_ref()), &[Handler::ProxyProto]);
    ServicePort {
        proxy_proto_options: annotated
            .proxy_proto
            .as_ref()
            .map(|set| ProxyProtoOptions { version: Some(set.value.clone()) }),
        ..annotated.service_port(port.port, handlers)
    }
}

const HTTP: u16 = 80;
const HTTPS: u16 = 443;

const HTTP_HANDLERS: [Handler; 1] = [Handler::Http];
const TLS_HANDLERS: [Handler; 2] = [Handler::Tls, Handler::PgTls];

/// Fly passes UDP through as it is: it has no handlers and starts no machines.
fn udp_port(port: &Port, annotated: &PortAnnotations, diagnostics: &mut Diagnostics) -> ServicePort {
    for key in annotated.handler_keys() {
        diagnostics.push(crate::convert::annotations::messages::annotation_of_udp_port(key));
    }
    let stops = annotated.auto_stop.as_ref().filter(|set| set.value != AutoStop::Off).map(|set| &set.key);
    let starts = annotated.auto_start.as_ref().filter(|set| set.value).map(|set| &set.key);
    for key in stops.into_iter().chain(starts) {
        diagnostics.push(crate::convert::annotations::messages::autostart_of_udp_port(key));
    }
    ServicePort { port: Some(port.port), ..ServicePort::default() }
}

fn key<T>(set: Option<&Set<T>>) -> Option<&str> {
    set.map(|set| set.key.as_str())
}

impl PortAnnotations {
    /// A port of Fly's proxy, with the settings that its handlers know.
    fn service_port(&self, number: u16, handlers: Vec<Handler>) -> ServicePort {
        let has = |any_of: &[Handler]| any_of.iter().any(|handler| handlers.contains(handler));
        let (http, tls) = (has(&HTTP_HANDLERS), has(&TLS_HANDLERS));
        ServicePort {
            port: Some(number),
            force_https: self.force_https.as_ref().filter(|_| http).map(|set| set.value),
            http_options: self.http_options.as_ref().filter(|_| http).map(|set| set.value.clone()),
            tls_options: self.tls_options.as_ref().filter(|_| tls).map(|set| set.value.clone()),
            handlers,
            ..ServicePort::default()
        }
    }

    /// The annotations about the port's handlers.
    fn handler_keys(&self) -> impl Iterator<Item = &str> {
        self.passed_through_keys().chain(self.web_keys())
    }

    /// Those that make the port what it is, and say nothing to the ports of the web.
    fn passed_through_keys(&self) -> impl Iterator<Item = &str> {
        [key(self.handlers.as_ref()), key(self.proxy_proto.as_ref())].into_iter().flatten()
    }

    /// Those that the ports of the web take as well.
    fn web_keys(&self) -> impl Iterator<Item = &str> {
        [key(self.http_options.as_ref()), key(self.tls_options.as_ref()), key(self.force_https.as_ref())]
            .into_iter()
            .flatten()
    }

    /// The annotations about the service that the port belongs to.
    fn service_keys(&self) -> impl Iterator<Item = &str> {
        [
            key(self.auto_stop.as_ref()),
            key(self.auto_start.as_ref()),
            key(self.min_running.as_ref()),
            key(self.concurrency.as_ref()),
            key(self.tcp_check.as_ref()),
            key(self.processes.as_ref()),
        ]
        .into_iter()
        .flatten()
    }
}
