//! Services and checks of a machine.

use super::group::Group;
use super::messages;
use super::model::{MachineAutostop, MachineConfigCheck, MachineService};
use super::shared::MachineHeader;
use crate::diagnostic::Diagnostics;
use crate::fly::config::{Check, Concurrency, Service, ServicePort};
use crate::map::SortedMap;
use crate::pointer::Path;
use crate::prelude::*;

impl Group<'_> {
    /// The services of the group; `[http_service]` comes first.
    pub(super) fn services(&self) -> Vec<MachineService> {
        let config = self.config;
        let first = config.http_service.iter().filter(|service| config.belongs(&service.processes, self.name));
        let others = config.services.iter().filter(|service| config.belongs(&service.processes, self.name));
        first.map(|http| service(&http.to_service())).chain(others.map(service)).collect()
    }

    /// The checks of the group. One without a port takes that of `[http_service]`.
    pub(super) fn checks(&self, diagnostics: &mut Diagnostics) -> SortedMap<String, MachineConfigCheck> {
        let config = self.config;
        let service = config.http_service.as_ref().filter(|service| config.belongs(&service.processes, self.name));
        let mut checks = SortedMap::new();
        for (name, check) in config.checks.iter().filter(|(_, check)| config.belongs(&check.processes, self.name)) {
            let port = check.port.or_else(|| service?.internal_port);
            if port.is_none() {
                let list = Path::ROOT.key("checks");
                diagnostics.push(messages::check_without_port(&list.key(name).key("port"), name));
            }
            // flyctl writes the method of these checks in upper case, and leaves that of others.
            let method = check.method.as_ref().map(|method| method.to_ascii_uppercase());
            checks.insert(name.clone(), machine_check(Check { port, method, ..check.clone() }));
        }
        checks
    }
}

fn service(service: &Service) -> MachineService {
    let tcp = service.tcp_checks.iter().cloned().map(Check::from);
    let http = service.http_checks.iter().cloned().map(Check::from);
    MachineService {
        protocol: service.protocol,
        internal_port: service.internal_port.filter(|port| *port > 0),
        autostop: service.auto_stop_machines.map(MachineAutostop::from),
        autostart: service.auto_start_machines,
        min_machines_running: service.min_machines_running,
        ports: service.ports.iter().map(port).collect(),
        checks: tcp.chain(http).map(machine_check).collect(),
        concurrency: service.concurrency.clone().map(concurrency),
        ..MachineService::default()
    }
}

/// Go leaves out zeros here.
fn concurrency(Concurrency { kind, hard_limit, soft_limit }: Concurrency) -> Concurrency {
    let some = |limit: Option<u32>| limit.filter(|limit| *limit > 0);
    Concurrency { kind, hard_limit: some(hard_limit), soft_limit: some(soft_limit) }
}

fn port(port: &ServicePort) -> ServicePort {
    let mut port = ServicePort { force_https: port.force_https.filter(|force| *force), ..port.clone() };
    // And here it writes them, all but this last one.
    for cache in port.http_options.iter_mut().flat_map(|options| &mut options.replay_cache) {
        for text in [&mut cache.path_prefix, &mut cache.kind, &mut cache.name] {
            text.get_or_insert_default();
        }
        cache.ttl_seconds.get_or_insert_default();
        cache.allow_bypass.take_if(|bypass| !*bypass);
    }
    port
}

/// A check; `headers` are in the order of their names, while flyctl's own order is another one each time.
fn machine_check(check: Check) -> MachineConfigCheck {
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
    } = check;
    let headers = headers.into_iter().map(|(name, value)| MachineHeader { name, values: vec![value] }).collect();
    MachineConfigCheck {
        port,
        kind,
        consequence: None,
        interval,
        timeout,
        grace_period,
        method,
        path,
        protocol,
        tls_skip_verify,
        tls_server_name,
        headers,
    }
}
