//! Probes as checks: those of services gate routing, `[checks]` gate deploys; neither restarts. Those of
//! Fly's containers do.

use super::annotations::{ProbeAnnotations, Set};
use super::messages;
use super::parts::Task;
use crate::diagnostic::Diagnostics;
use crate::fly::Duration;
use crate::fly::config::{Check, Config, HttpCheck, Protocol};
use crate::fly::limits::{CONTAINER_CHECK, CheckLimits, SERVICE_CHECK, TOP_LEVEL_CHECK};
use crate::fly::machine::{ContainerHealthcheck, ExecHealthcheck, HealthcheckKind, HttpHealthcheck, MachineHeader};
use crate::map::SortedMap;
use crate::pointer::Path;
use crate::prelude::*;
use crate::score::{HttpGet, Probe, Scheme};

/// Adds the checks of a container that is the machine itself: a readiness probe to the service that
/// routes to its port, if there is one, and all else to `[checks]`.
///
/// Those of a process group say so, and have its name in theirs.
pub(super) fn convert(
    task: &Task<'_>,
    group: Option<&str>,
    at: &Path<'_>,
    config: &mut Config,
    diagnostics: &mut Diagnostics,
) {
    let name = |kind: &str| group.map_or_else(|| kind.to_owned(), |group| format!("{group}-{kind}"));
    if let Some(http) = http_get(task.container.written.readiness_probe.as_ref()) {
        let timings = timings(task, "readiness");
        let check = http_check(http, timings, &at.key("readinessProbe").key("httpGet"), diagnostics);
        let limits = add_readiness(name("readiness"), check, http.port, group, config);
        check_timings(timings, limits, diagnostics);
    }
    if let Some(http) = http_get(task.container.written.liveness_probe.as_ref()) {
        let probe = at.key("livenessProbe");
        let timings = timings(task, "liveness");
        diagnostics.push(messages::liveness_cannot_restart(&probe));
        let check = http_check(http, timings, &probe.key("httpGet"), diagnostics);
        check_timings(timings, &TOP_LEVEL_CHECK, diagnostics);
        config.checks.insert(name("liveness"), top_level(check, http.port, group));
    }
}

/// The checks of one of Fly's containers. They decide when others start, and whether it is stopped
/// and started again; but not about traffic, so a readiness probe by HTTP is also the machine's
/// check, `name` in `[checks]`.
pub(super) fn convert_in_container(
    task: &Task<'_>,
    name: &str,
    at: &Path<'_>,
    config: &mut Config,
    diagnostics: &mut Diagnostics,
) -> Vec<ContainerHealthcheck> {
    let mut checks = Vec::new();
    let probes = [
        (&task.container.written.readiness_probe, "readinessProbe", HealthcheckKind::Readiness),
        (&task.container.written.liveness_probe, "livenessProbe", HealthcheckKind::Liveness),
    ];
    for (probe, key, kind) in probes {
        let Some(probe) = probe else { continue };
        let at = at.key(key);
        let timings = timings(task, kind.as_str());
        let mut limits = CONTAINER_CHECK.clone();
        let healthcheck = ContainerHealthcheck {
            name: Some(kind.as_str().to_owned()),
            interval: seconds(timings.interval.as_ref()),
            grace_period: seconds(timings.grace_period.as_ref()),
            timeout: seconds(timings.timeout.as_ref()),
            kind: Some(kind),
            unhealthy: (kind == HealthcheckKind::Liveness).then(|| "stop".to_owned()),
            ..ContainerHealthcheck::default()
        };
        if let Some(http) = &probe.http_get {
            let check = http_check(http, timings, &at.key("httpGet"), diagnostics);
            checks.push(ContainerHealthcheck { http: Some(in_container(&check, http.port)), ..healthcheck.clone() });
            if kind == HealthcheckKind::Readiness {
                limits = limits.narrowed_to(add_readiness(name.to_owned(), check, http.port, None, config));
            }
        } else if let Some(skip) = &timings.tls_skip_verify {
            diagnostics.push(crate::convert::annotations::messages::skip_verify_without_https(&skip.key));
        }
        if let Some(exec) = &probe.exec {
            if exec.command.is_empty() {
                diagnostics.push(messages::empty_probe_command(&at.key("exec").key("command")));
            }
            // Of the names there may be one in a container.
            let name = probe.http_get.as_ref().map(|_| format!("{}-exec", kind.as_str()));
            let exec = Some(ExecHealthcheck { command: exec.command.clone() });
            checks.push(ContainerHealthcheck { name: name.or(healthcheck.name), exec, ..healthcheck });
        }
        check_timings(timings, &limits, diagnostics);
    }
    checks
}

fn http_get(probe: Option<&Probe>) -> Option<&HttpGet> {
    probe?.http_get.as_ref()
}

/// What annotations say about a probe.
fn timings<'s>(task: &Task<'s>, probe: &str) -> &'s ProbeAnnotations {
    const NONE: &ProbeAnnotations =
        &ProbeAnnotations { interval: None, timeout: None, grace_period: None, tls_skip_verify: None };
    task.annotations.probes.get(probe).unwrap_or(NONE)
}

/// Adds the check of a readiness probe: to the service that routes to its port, if there is one,
/// and otherwise to `[checks]`. What comes back is what Fly takes there. A service of several process groups
/// would have each group's machines answer the check of the other.
fn add_readiness(
    name: String,
    check: HttpCheck,
    port: u16,
    group: Option<&str>,
    config: &mut Config,
) -> &'static CheckLimits {
    let service = config.services.iter_mut().find(|service| {
        (service.internal_port, service.protocol) == (Some(port), Some(Protocol::Tcp))
            && group.is_none_or(|group| service.processes == [group])
    });
    if let Some(service) = service {
        service.http_checks.push(check);
        &SERVICE_CHECK
    } else {
        config.checks.insert(name, top_level(check, port, group));
        &TOP_LEVEL_CHECK
    }
}

/// The same check as one of a container.
fn in_container(check: &HttpCheck, port: u16) -> HttpHealthcheck {
    let header = |(name, value): (&String, &String)| MachineHeader { name: name.clone(), values: vec![value.clone()] };
    HttpHealthcheck {
        port: Some(port),
        method: check.method.clone(),
        path: check.path.clone(),
        headers: check.headers.iter().map(header).collect(),
        scheme: Some(check.protocol.clone().unwrap_or_else(|| "http".to_owned())),
        tls_skip_verify: check.tls_skip_verify,
        tls_server_name: check.tls_server_name.clone(),
    }
}

/// Containers count whole seconds: a part of one is rounded up.
fn seconds(duration: Option<&Set<Duration>>) -> Option<u32> {
    let nanoseconds = duration?.value.as_nanos();
    Some(u32::try_from(nanoseconds.div_ceil(1_000_000_000)).unwrap_or(u32::MAX))
}

fn http_check(
    http: &HttpGet,
    annotations: &ProbeAnnotations,
    at: &Path<'_>,
    diagnostics: &mut Diagnostics,
) -> HttpCheck {
    let https = http.scheme == Some(Scheme::Https);
    if let Some(skip) = annotations.tls_skip_verify.as_ref().filter(|_| !https) {
        diagnostics.push(crate::convert::annotations::messages::skip_verify_without_https(&skip.key));
    }
    HttpCheck {
        interval: value(annotations.interval.as_ref()),
        timeout: value(annotations.timeout.as_ref()),
        grace_period: value(annotations.grace_period.as_ref()),
        method: None,
        path: Some(if http.path.starts_with('/') { http.path.clone() } else { format!("/{}", http.path) }),
        protocol: https.then(|| "https".to_owned()),
        tls_skip_verify: value(annotations.tls_skip_verify.as_ref()),
        tls_server_name: http.host.clone().filter(|_| https),
        headers: headers(http, at, diagnostics),
    }
}

/// The headers, with the host as one of them. Fly takes one value for each name.
fn headers(http: &HttpGet, at: &Path<'_>, diagnostics: &mut Diagnostics) -> SortedMap<String, String> {
    let at_headers = at.key("httpHeaders");
    let at_host = at.key("host");
    let host = http.host.iter().map(|host| ("Host", host, None));
    let named = http.http_headers.iter().enumerate();
    let named = named.map(|(index, header)| (header.name.as_str(), &header.value, Some(index)));
    let all = host.chain(named).map(|header| (header.0.to_ascii_lowercase(), header));
    let mut headers = Vec::new();
    for mut same in SortedMap::grouped(all).into_values().map(Vec::into_iter) {
        let Some((name, value, first)) = same.next() else { continue };
        headers.push((name.to_owned(), value.clone()));
        let first = first.map_or(at_host, |index| at_headers.index(index));
        for (name, _, index) in same {
            let at_header = index.map_or(at_host, |index| at_headers.index(index));
            diagnostics.push(messages::duplicate_header(&at_header.key("name"), name, &first));
        }
    }
    headers.into_iter().collect()
}

fn top_level(check: HttpCheck, port: u16, group: Option<&str>) -> Check {
    Check { port: Some(port), processes: group.map(ToOwned::to_owned).into_iter().collect(), ..Check::from(check) }
}

fn check_timings(annotations: &ProbeAnnotations, limits: &CheckLimits, diagnostics: &mut Diagnostics) {
    let timings = [
        (&annotations.interval, &limits.interval, false),
        (&annotations.timeout, &limits.timeout, false),
        (&annotations.grace_period, &limits.grace_period, true),
    ];
    for (set, range, may_be_zero) in timings {
        if let Some(Set { key, value }) = set
            && !range.contains(value)
            && !(may_be_zero && value.as_nanos() == 0)
        {
            diagnostics.push(crate::convert::annotations::messages::timing_out_of_range(key, *value, range));
        }
    }
}

fn value<T: Copy>(set: Option<&Set<T>>) -> Option<T> {
    set.map(|set| set.value)
}
