//! `[http_service]` and `[[services]]`.

use core::ops::RangeInclusive;

use super::facts::{Facts, each, within};
use super::messages;
use crate::diagnostic::Diagnostics;
use crate::fly::config::{AutoStop, Concurrency, Config, Handler, HttpOptions, Protocol, Service, ServicePort};
use crate::fly::limits;
use crate::map::{self, SortedMap};
use crate::pointer::{Path, Pointer};
use crate::prelude::*;

/// A service as Fly's proxy sees it; `[http_service]` is one on the ports 80 and 443.
struct Served {
    /// The position in `[[services]]`.
    index: Option<usize>,
    protocol: Protocol,
    internal_port: Option<u16>,
    external: Vec<External>,
}

/// External ports of a service.
struct External {
    ports: RangeInclusive<u16>,
    /// The position in `ports` and the key there, if they are written down.
    written: Option<(usize, &'static str)>,
}

impl Served {
    fn at(&self) -> Pointer {
        match self.index {
            None => Path::ROOT.key("http_service").to_pointer(),
            Some(index) => Path::ROOT.key("services").index(index).to_pointer(),
        }
    }

    fn at_port(&self, port: &External) -> Pointer {
        match (self.index, port.written) {
            (Some(index), Some((port, key))) => {
                let services = Path::ROOT.key("services");
                services.index(index).key("ports").index(port).key(key).to_pointer()
            }
            _ => self.at(),
        }
    }
}

/// The services with the process groups that they belong to, in the order in which flyctl sends them.
fn served(config: &Config) -> Vec<(&[String], Served)> {
    let http = config.http_service.iter().map(|service| {
        let (internal_port, external) =
            (service.internal_port, [80, 443].map(|port| External { ports: port..=port, written: None }));
        (
            service.processes.as_slice(),
            Served { index: None, protocol: Protocol::Tcp, internal_port, external: external.into() },
        )
    });
    let others = config.services.iter().enumerate().map(|(index, service)| {
        let ports = service.ports.iter().enumerate();
        let external = ports.filter_map(|(index, port)| match (port.port, port.start_port, port.end_port) {
            (Some(port), _, _) => Some(External { ports: port..=port, written: Some((index, "port")) }),
            (None, Some(start), Some(end)) if start <= end => {
                Some(External { ports: start..=end, written: Some((index, "start_port")) })
            }
            _ => None,
        });
        let served = Served {
            index: Some(index),
            protocol: service.protocol.unwrap_or(Protocol::Tcp),
            internal_port: service.internal_port,
            external: external.collect(),
        };
        (service.processes.as_slice(), served)
    });
    http.chain(others).collect()
}

/// The services of each process group.
fn by_group<'c>(services: &'c [(&'c [String], Served)], config: &'c Config) -> impl Iterator<Item = Vec<&'c Served>> {
    config.by_process_group(services.iter().map(|(processes, service)| (*processes, service))).into_values()
}

fn each_port<'c>(at: &Path<'_>, service: &'c Service, mut rule: impl FnMut(&Path<'_>, &'c ServicePort)) {
    let at = at.key("ports");
    for (index, port) in service.ports.iter().enumerate() {
        rule(&at.index(index), port);
    }
}

pub(super) fn required(facts: &Facts<'_>, report: &mut Diagnostics) {
    let mut internal_port = |at: &Path<'_>, port: Option<u16>| match port {
        None => report.push(messages::default_taken(&at.key("internal_port"), "internal_port = 8080")),
        Some(port) => within(&at.key("internal_port"), port, &limits::PORT, report),
    };
    if let Some(service) = &facts.config.http_service {
        internal_port(&Path::ROOT.key("http_service"), service.internal_port);
    }
    each("services", &facts.config.services, |at, service| {
        if !is_stray(facts.config, service) {
            internal_port(at, service.internal_port);
        }
    });
    each("services", &facts.config.services, |at, service| {
        if is_stray(facts.config, service) {
            for (key, any) in
                [("tcp_checks", !service.tcp_checks.is_empty()), ("http_checks", !service.http_checks.is_empty())]
            {
                if any {
                    report.push(messages::stray_checks(&at.key(key)));
                }
            }
            return;
        }
        if service.protocol.is_none() {
            report.push(messages::default_taken(&at.key("protocol"), "protocol = \"tcp\""));
        }
        if service.ports.is_empty() {
            report.push(messages::service_without_ports(at));
        }
    });
}

/// Whether there is nothing in a service but checks, which were meant for `[http_service]`.
fn is_stray(config: &Config, service: &Service) -> bool {
    let Service { protocol, internal_port, ports, .. } = service;
    config.http_service.is_some()
        && protocol.is_none()
        && internal_port.is_none()
        && ports.is_empty()
        && !(service.tcp_checks.is_empty() && service.http_checks.is_empty())
}

/// Fly keeps one of them, and the checks of the other fail.
pub(super) fn duplicates(facts: &Facts<'_>, report: &mut Diagnostics) {
    let services = served(facts.config);
    for group in by_group(&services, facts.config) {
        let by_port =
            group.into_iter().filter_map(|service| Some(((service.protocol, service.internal_port?), service)));
        for ((protocol, port), services) in SortedMap::grouped(by_port) {
            let Some((first, others)) = services.split_first() else { continue };
            for other in others {
                report.push(messages::duplicate_service(&other.at(), protocol, port, &first.at()));
            }
        }
    }
}

/// Of two that overlap, the one that comes later is the wrong one.
pub(super) fn external_ports(facts: &Facts<'_>, report: &mut Diagnostics) {
    let services = served(facts.config);
    for group in by_group(&services, facts.config) {
        let all = group.iter().flat_map(|service| service.external.iter().map(|external| (*service, external)));
        let mut all: Vec<(usize, (&Served, &External))> = all.enumerate().collect();
        let first =
            |(_, (service, external)): &(usize, (&Served, &External))| (service.protocol, *external.ports.start());
        map::sort_by(&mut all, |a, b| first(a).cmp(&first(b)));
        // Of all before, the one that reaches furthest.
        let mut furthest: Option<(usize, (&Served, &External))> = None;
        for next in all {
            let (order, (service, external)) = next;
            let overlapped = furthest.filter(|(_, (other, ports))| {
                other.protocol == service.protocol && ports.ports.contains(external.ports.start())
            });
            let Some((other_order, (other, other_external))) = overlapped else {
                furthest = Some(next);
                continue;
            };
            let (at, other_at) = (service.at_port(external), other.at_port(other_external));
            let (later, first) = if order > other_order { (&at, &other_at) } else { (&other_at, &at) };
            report.push(messages::port_taken(later, service.protocol, *external.ports.start(), first));
            if external.ports.end() > other_external.ports.end() {
                furthest = Some(next);
            }
        }
    }
}

/// Redirects to HTTPS need a port that answers it, and 443 is where browsers ask for it.
pub(super) fn https(facts: &Facts<'_>, report: &mut Diagnostics) {
    let all = served(facts.config);
    let has_443 = all.iter().any(|(_, service)| service.external.iter().any(|external| external.ports.contains(&443)));
    each("services", &facts.config.services, |at, service| {
        each_port(at, service, |at, port| {
            let is_http = port.handlers.contains(&Handler::Http);
            if is_http && port.force_https == Some(true) && !has_443 {
                report.push(messages::redirect_to_nothing(&at.key("force_https")));
            }
            if is_http && port.port == Some(443) && !port.handlers.contains(&Handler::Tls) {
                report.push(messages::http_without_tls(&at.key("handlers")));
            }
        });
    });
}

/// What is stopped when it is idle must be started for the next request, unless some always run.
pub(super) fn auto_start(facts: &Facts<'_>, report: &mut Diagnostics) {
    let mut rule = |at: &Path<'_>, stop: Option<AutoStop>, start: Option<bool>, running: Option<u32>| {
        let stops = stop.is_some_and(|stop| stop != AutoStop::Off);
        if stops && start == Some(false) && running.is_none_or(|running| running == 0) {
            report.push(messages::never_started(&at.key("auto_stop_machines"), &at.key("auto_start_machines")));
        }
    };
    if let Some(service) = &facts.config.http_service {
        let at = Path::ROOT.key("http_service");
        rule(&at, service.auto_stop_machines, service.auto_start_machines, service.min_machines_running);
    }
    each("services", &facts.config.services, |at, service| {
        // UDP has a rule of its own.
        if service.protocol != Some(Protocol::Udp) {
            rule(at, service.auto_stop_machines, service.auto_start_machines, service.min_machines_running);
        }
    });
}

/// Most programs listen where `PORT` says. It is enough if one of several services leads there.
pub(super) fn port_variable(facts: &Facts<'_>, report: &mut Diagnostics) {
    let Some(written) = facts.config.env.get("PORT") else { return };
    let Ok(port) = written.trim().parse::<u16>() else { return };
    let services = served(facts.config);
    let ports = || services.iter().filter_map(|(_, service)| Some((service, service.internal_port?)));
    let mut tcp = ports().filter(|(service, _)| service.protocol == Protocol::Tcp);
    let Some((first, leads_to)) = tcp.next() else { return };
    if ports().all(|(_, inside)| inside != port) && !facts.config.checks.values().any(|check| check.port == Some(port))
    {
        report.push(messages::port_variable(&Path::ROOT.key("env").key("PORT"), written, &first.at(), leads_to));
    }
}

/// The numbers, and what goes with the handlers.
pub(super) fn ports(facts: &Facts<'_>, report: &mut Diagnostics) {
    each("services", &facts.config.services, |at, service| {
        each_port(at, service, |at, port| {
            for (key, number) in [("port", port.port), ("start_port", port.start_port), ("end_port", port.end_port)] {
                if let Some(number) = number {
                    within(&at.key(key), number, &limits::PORT, report);
                }
            }
            match (port.port, port.start_port, port.end_port) {
                (None, None, None) => report.push(messages::missing(&at.key("port"), "port = 443")),
                (None, Some(start), Some(end)) if start > end => {
                    report.push(messages::empty_port_range(&at.key("end_port"), start, end));
                }
                (Some(_), start, end) => {
                    for (key, _) in [("start_port", start), ("end_port", end)].iter().filter(|(_, n)| n.is_some()) {
                        report.push(messages::ineffective(&at.key(key), "`port` is there"));
                    }
                }
                _ => {}
            }
            if service.protocol != Some(Protocol::Udp) {
                handlers(at, port, report);
            }
        });
    });
}

fn handlers(at: &Path<'_>, port: &ServicePort, report: &mut Diagnostics) {
    let has = |handler| port.handlers.contains(&handler);
    if port.force_https == Some(true) && !has(Handler::Http) {
        report.push(messages::force_https(&at.key("force_https"), &at.key("handlers")));
    }
    if port.http_options.is_some() && !has(Handler::Http) {
        report.push(messages::ineffective(&at.key("http_options"), "the port has no handler `http`"));
    }
    if port.tls_options.is_some() && !has(Handler::Tls) && !has(Handler::PgTls) {
        report.push(messages::ineffective(&at.key("tls_options"), "the port has no handler `tls`"));
    }
    if port.proxy_proto_options.is_some() && !has(Handler::ProxyProto) {
        report.push(messages::ineffective(&at.key("proxy_proto_options"), "the port has no handler `proxy_proto`"));
    }
}

/// Fly passes UDP on as it is, to the same port, and only to machines that run.
pub(super) fn udp(facts: &Facts<'_>, report: &mut Diagnostics) {
    each("services", &facts.config.services, |at, service| {
        if service.protocol != Some(Protocol::Udp) {
            return;
        }
        each_port(at, service, |at, port| {
            if !port.handlers.is_empty() {
                report.push(messages::udp_handlers(&at.key("handlers")));
            }
            if let (Some(outside), Some(inside)) = (port.port, service.internal_port)
                && outside != inside
            {
                report.push(messages::udp_port(&at.key("port"), outside, inside));
            }
        });
        if service.auto_start_machines == Some(true) {
            report.push(messages::udp_auto_start(&at.key("auto_start_machines")));
        } else if service.auto_stop_machines.is_some_and(|stop| stop != AutoStop::Off) {
            report.push(messages::udp_auto_stop(&at.key("auto_stop_machines")));
        }
        for (key, any) in
            [("tcp_checks", !service.tcp_checks.is_empty()), ("http_checks", !service.http_checks.is_empty())]
        {
            if any {
                report.push(messages::ineffective(&at.key(key), "the service is one of UDP"));
            }
        }
    });
}

pub(super) fn options(facts: &Facts<'_>, report: &mut Diagnostics) {
    if let Some(service) = &facts.config.http_service {
        let at = Path::ROOT.key("http_service");
        http_options(&at, service.http_options.as_ref(), report);
    }
    each("services", &facts.config.services, |at, service| {
        each_port(at, service, |at, port| {
            http_options(at, port.http_options.as_ref(), report);
            let version = port.proxy_proto_options.as_ref().and_then(|options| options.version.as_deref());
            if let Some(version) = version.filter(|version| !matches!(*version, "v1" | "v2")) {
                let options = at.key("proxy_proto_options");
                report.push(messages::word(&options.key("version"), version, &["v1", "v2"]));
            }
        });
    });
}

fn http_options(at: &Path<'_>, options: Option<&HttpOptions>, report: &mut Diagnostics) {
    let Some(options) = options else { return };
    let at = at.key("http_options");
    let at = at.key("replay_cache");
    for (index, cache) in options.replay_cache.iter().enumerate() {
        let at = at.index(index);
        if let Some(kind) = cache.kind.as_deref().filter(|kind| !matches!(*kind, "cookie" | "header")) {
            report.push(messages::word(&at.key("type"), kind, &["cookie", "header"]));
        }
        if let Some(seconds) = cache.ttl_seconds.filter(|seconds| *seconds < limits::REPLAY_TTL) {
            report.push(messages::value(
                &at.key("ttl_seconds"),
                &seconds.to_string(),
                &format!("write at least `{}`", limits::REPLAY_TTL),
            ));
        }
    }
}

pub(super) fn concurrency(facts: &Facts<'_>, report: &mut Diagnostics) {
    let mut rule = |at: &Path<'_>, concurrency: Option<&Concurrency>| {
        let Some(Concurrency { hard_limit: Some(hard), soft_limit: Some(soft), .. }) = concurrency else { return };
        if soft > hard {
            report.push(messages::soft_above_hard(&at.key("concurrency").key("soft_limit"), *soft, *hard));
        }
    };
    if let Some(service) = &facts.config.http_service {
        rule(&Path::ROOT.key("http_service"), service.concurrency.as_ref());
    }
    each("services", &facts.config.services, |at, service| rule(at, service.concurrency.as_ref()));
}
