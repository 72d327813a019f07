//! `[[services]]`: the ports that Fly's proxy serves.

use std::collections::BTreeMap;

use super::annotations::{Annotations, Exposure, PortAnnotations, Set};
use crate::diagnostic::{Diagnostics, messages};
use crate::fly::config::{AutoStop, Concurrency, Handler, Protocol, ProxyProtoOptions, Service, ServicePort};
use crate::pointer::Path;
use crate::score::{Port, Workload};

/// Ports that share a target and a protocol become one service: of two services for one internal
/// port Fly keeps only one.
///
/// Ports are in the order of their external numbers, and services in that of their first ports.
pub(super) fn convert(workload: &Workload, annotations: &Annotations, diagnostics: &mut Diagnostics) -> Vec<Service> {
    let service = Path::ROOT.key("service");
    let at = service.key("ports");
    let unannotated = PortAnnotations::default();
    let mut ports: Vec<(&String, &Port)> = workload.service.iter().flat_map(|service| &service.ports).collect();
    ports.sort_by_key(|(name, port)| (port.port, port.protocol.unwrap_or_default(), *name));

    let mut drafts: BTreeMap<(u16, Protocol), Draft<'_>> = BTreeMap::new();
    let mut external: BTreeMap<(u16, Protocol), &str> = BTreeMap::new();
    let mut unusual: Vec<(&str, u16)> = Vec::new();
    for (name, port) in ports {
        let at_port = at.key(name);
        let annotated = annotations.ports.get(name).unwrap_or(&unannotated);
        if annotated.exposure.as_ref().is_some_and(|exposure| exposure.value == Exposure::Private) {
            for key in annotated.handler_keys().chain(annotated.service_keys()) {
                diagnostics.push(messages::annotations::annotation_of_private_port(key, name));
            }
            continue;
        }
        let protocol = match port.protocol.unwrap_or_default() {
            crate::score::Protocol::Tcp => Protocol::Tcp,
            crate::score::Protocol::Udp => Protocol::Udp,
        };
        if let Some(first) = external.get(&(port.port, protocol)) {
            diagnostics.push(messages::convert::port_conflict(&at_port.key("port"), port.port, &at.key(first), first));
            continue;
        }
        external.insert((port.port, protocol), name);
        let converted = match protocol {
            Protocol::Tcp => tcp_port(port, annotated, diagnostics),
            Protocol::Udp => udp_port(port, annotated, &at_port, diagnostics),
        };
        if !is_usual(protocol, port.port, &converted.handlers) {
            unusual.push((name, port.port));
        }
        let draft = drafts.entry((port.target(), protocol)).or_default();
        draft.ports.push(converted);
        agree(&mut draft.auto_stop, annotated.auto_stop.as_ref(), diagnostics);
        agree(&mut draft.auto_start, annotated.auto_start.as_ref(), diagnostics);
        agree(&mut draft.min_running, annotated.min_running.as_ref(), diagnostics);
        agree(&mut draft.concurrency, annotated.concurrency.as_ref(), diagnostics);
    }
    if let Some((first, others)) = unusual.split_first() {
        diagnostics.push(messages::convert::needs_dedicated_address(&at, *first, others));
    }
    let mut services: Vec<Service> =
        drafts.into_iter().map(|((target, protocol), draft)| draft.finish(target, protocol)).collect();
    services.sort_by_key(|service| (service.ports.first().and_then(|port| port.port), service.protocol));
    services
}

/// A service while its ports come together, with the annotations that set what they share.
#[derive(Default)]
struct Draft<'a> {
    ports: Vec<ServicePort>,
    auto_stop: Option<&'a Set<AutoStop>>,
    auto_start: Option<&'a Set<bool>>,
    min_running: Option<&'a Set<u32>>,
    concurrency: Option<&'a Set<Concurrency>>,
}

impl Draft<'_> {
    fn finish(self, internal_port: u16, protocol: Protocol) -> Service {
        Service {
            protocol: Some(protocol),
            internal_port: Some(internal_port),
            auto_stop_machines: self.auto_stop.map(|set| set.value),
            auto_start_machines: self.auto_start.map(|set| set.value),
            min_machines_running: self.min_running.map(|set| set.value),
            concurrency: self.concurrency.map(|set| set.value.clone()),
            ports: self.ports,
            ..Service::default()
        }
    }
}

/// Takes a setting of the whole service from one of its ports, unless another port has set it
/// differently.
fn agree<'a, T: PartialEq>(slot: &mut Option<&'a Set<T>>, own: Option<&'a Set<T>>, diagnostics: &mut Diagnostics) {
    match (*slot, own) {
        (None, own) => *slot = own,
        (Some(first), Some(own)) if first.value != own.value => {
            diagnostics.push(messages::annotations::annotations_disagree(&own.key, &first.key));
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

/// A port of Fly's proxy. Without an annotation 80 and 443 get the handlers that they have
/// everywhere, and any other number is passed through.
fn tcp_port(port: &Port, annotated: &PortAnnotations, diagnostics: &mut Diagnostics) -> ServicePort {
    let handlers = match (&annotated.handlers, port.port) {
        (Some(handlers), _) => handlers.value.clone(),
        (None, 80) => vec![Handler::Http],
        (None, 443) => vec![Handler::Tls, Handler::Http],
        (None, _) => Vec::new(),
    };
    let mut need = |key: Option<&str>, any_of: &[Handler]| {
        if let Some(key) = key
            && !any_of.iter().any(|handler| handlers.contains(handler))
        {
            diagnostics.push(messages::annotations::annotation_without_handler(key, any_of));
        }
    };
    need(key(annotated.force_https.as_ref()), &[Handler::Http]);
    need(key(annotated.http_options.as_ref()), &[Handler::Http]);
    need(key(annotated.tls_options.as_ref()), &[Handler::Tls, Handler::PgTls]);
    need(key(annotated.proxy_proto.as_ref()), &[Handler::ProxyProto]);
    ServicePort {
        port: Some(port.port),
        handlers,
        force_https: annotated.force_https.as_ref().map(|set| set.value),
        http_options: annotated.http_options.as_ref().map(|set| set.value.clone()),
        tls_options: annotated.tls_options.as_ref().map(|set| set.value.clone()),
        proxy_proto_options: annotated
            .proxy_proto
            .as_ref()
            .map(|set| ProxyProtoOptions { version: Some(set.value.clone()) }),
        ..ServicePort::default()
    }
}

/// Fly passes UDP through as it is: it changes no ports, has no handlers and starts no machines.
fn udp_port(port: &Port, annotated: &PortAnnotations, at: &Path<'_>, diagnostics: &mut Diagnostics) -> ServicePort {
    if port.target() != port.port {
        diagnostics.push(messages::convert::udp_port_mismatch(&at.key("targetPort"), port.port, port.target()));
    }
    for key in annotated.handler_keys() {
        diagnostics.push(messages::annotations::annotation_of_udp_port(key));
    }
    let stops = annotated.auto_stop.as_ref().filter(|set| set.value != AutoStop::Off).map(|set| &set.key);
    let starts = annotated.auto_start.as_ref().filter(|set| set.value).map(|set| &set.key);
    for key in stops.into_iter().chain(starts) {
        diagnostics.push(messages::annotations::autostart_of_udp_port(key));
    }
    ServicePort { port: Some(port.port), ..ServicePort::default() }
}

fn key<T>(set: Option<&Set<T>>) -> Option<&str> {
    set.map(|set| set.key.as_str())
}

impl PortAnnotations {
    /// The annotations about the port's handlers.
    fn handler_keys(&self) -> impl Iterator<Item = &str> {
        [
            key(self.handlers.as_ref()),
            key(self.http_options.as_ref()),
            key(self.tls_options.as_ref()),
            key(self.force_https.as_ref()),
            key(self.proxy_proto.as_ref()),
        ]
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
        ]
        .into_iter()
        .flatten()
    }
}
