//! Services and checks of a machine.

use std::collections::BTreeMap;

use super::{Autostop, MachineCheck, MachineHeader, MachinePort, MachineService, Scope};
use crate::diagnostic::{Diagnostics, messages::fly_rules as messages};
use crate::fly::config::{Check, CheckType, Handler, HttpCheck, HttpService, Protocol, Service, ServicePort, TcpCheck};
use crate::pointer::Path;

impl Scope<'_> {
    /// The services of the group; `[http_service]` comes first.
    pub(super) fn services(&self) -> Vec<MachineService> {
        let config = self.config;
        let first = config.http_service.iter().filter(|service| config.belongs(&service.processes, self.group));
        let others = config.services.iter().filter(|service| config.belongs(&service.processes, self.group));
        first.map(http_service).chain(others.map(service)).collect()
    }

    /// The checks of the group. One without a port takes that of `[http_service]`.
    pub(super) fn checks(&self, diagnostics: &mut Diagnostics) -> BTreeMap<String, MachineCheck> {
        let config = self.config;
        let service = config.http_service.as_ref().filter(|service| config.belongs(&service.processes, self.group));
        let mut checks = BTreeMap::new();
        for (name, check) in config.checks.iter().filter(|(_, check)| config.belongs(&check.processes, self.group)) {
            let port = check.port.or_else(|| service?.internal_port);
            if port.is_none() {
                let list = Path::ROOT.key("checks");
                diagnostics.push(messages::check_without_port(&list.key(name).key("port"), name));
            }
            checks.insert(name.clone(), MachineCheck { port, ..top_level_check(check) });
        }
        checks
    }
}

fn http_service(service: &HttpService) -> MachineService {
    let port = |number, handlers| MachinePort {
        port: Some(number),
        handlers,
        http_options: service.http_options.clone(),
        ..MachinePort::default()
    };
    MachineService {
        protocol: Some(Protocol::Tcp),
        internal_port: service.internal_port,
        autostop: service.auto_stop_machines.map(Autostop::from),
        autostart: service.auto_start_machines,
        min_machines_running: service.min_machines_running,
        ports: vec![
            MachinePort { force_https: service.force_https.filter(|force| *force), ..port(80, vec![Handler::Http]) },
            MachinePort { tls_options: service.tls_options.clone(), ..port(443, vec![Handler::Http, Handler::Tls]) },
        ],
        checks: service.checks.iter().map(http_check).collect(),
        concurrency: service.concurrency.clone(),
    }
}

fn service(service: &Service) -> MachineService {
    let tcp = service.tcp_checks.iter().map(tcp_check);
    MachineService {
        protocol: service.protocol,
        internal_port: service.internal_port,
        autostop: service.auto_stop_machines.map(Autostop::from),
        autostart: service.auto_start_machines,
        min_machines_running: service.min_machines_running,
        ports: service.ports.iter().map(port).collect(),
        checks: tcp.chain(service.http_checks.iter().map(http_check)).collect(),
        concurrency: service.concurrency.clone(),
    }
}

fn port(port: &ServicePort) -> MachinePort {
    let ServicePort {
        port,
        start_port,
        end_port,
        handlers,
        force_https,
        tls_options,
        http_options,
        proxy_proto_options,
    } = port.clone();
    let force_https = force_https.filter(|force| *force);
    MachinePort { port, start_port, end_port, handlers, force_https, tls_options, http_options, proxy_proto_options }
}

fn tcp_check(check: &TcpCheck) -> MachineCheck {
    let TcpCheck { interval, timeout, grace_period } = check.clone();
    MachineCheck { kind: Some(CheckType::Tcp), interval, timeout, grace_period, ..MachineCheck::default() }
}

fn http_check(check: &HttpCheck) -> MachineCheck {
    let HttpCheck {
        interval,
        timeout,
        grace_period,
        method,
        path,
        protocol,
        tls_skip_verify,
        tls_server_name,
        headers,
    } = check.clone();
    MachineCheck {
        port: None,
        kind: Some(CheckType::Http),
        interval,
        timeout,
        grace_period,
        method,
        path,
        protocol,
        tls_skip_verify,
        tls_server_name,
        headers: self::headers(headers),
    }
}

/// flyctl writes the method of these checks in upper case, and leaves that of others.
fn top_level_check(check: &Check) -> MachineCheck {
    let Check {
        port,
        kind,
        interval,
        timeout,
        grace_period,
        method,
        path,
        protocol,
        tls_skip_verify,
        tls_server_name,
        headers,
        processes: _,
    } = check.clone();
    MachineCheck {
        port,
        kind,
        interval,
        timeout,
        grace_period,
        method: method.map(|method| method.to_ascii_uppercase()),
        path,
        protocol,
        tls_skip_verify,
        tls_server_name,
        headers: self::headers(headers),
    }
}

/// In the order of their names; flyctl's own order is another one each time.
fn headers(headers: BTreeMap<String, String>) -> Vec<MachineHeader> {
    headers.into_iter().map(|(name, value)| MachineHeader { name, values: vec![value] }).collect()
}
