//! Health checks.

use super::facts::{Facts, each, within};
use super::messages;
use crate::diagnostic::Diagnostics;
use crate::fly::Duration;
use crate::fly::config::{Check, CheckType, Config, HttpCheck};
use crate::fly::limits::{self, CheckLimits, SERVICE_CHECK, TOP_LEVEL_CHECK};
use crate::map::SortedMap;
use crate::pointer::Path;
use crate::prelude::*;

/// Fly raises or lowers the timings that it doesn't take.
pub(super) fn of_services(facts: &Facts<'_>, report: &mut Diagnostics) {
    if let Some(service) = &facts.config.http_service {
        let at = Path::ROOT.key("http_service");
        let at = at.key("checks");
        for (index, check) in service.checks.iter().enumerate() {
            http(&at.index(index), check, report);
        }
    }
    each("services", &facts.config.services, |at, service| {
        let tcp = at.key("tcp_checks");
        for (index, check) in service.tcp_checks.iter().enumerate() {
            timings(&tcp.index(index), [check.interval, check.timeout, check.grace_period], report);
        }
        let at = at.key("http_checks");
        for (index, check) in service.http_checks.iter().enumerate() {
            http(&at.index(index), check, report);
        }
    });
}

fn http(at: &Path<'_>, check: &HttpCheck, report: &mut Diagnostics) {
    timings(at, [check.interval, check.timeout, check.grace_period], report);
    request(at, check.method.as_deref(), check.path.as_deref(), report);
    let protocol = check.protocol.as_deref();
    protocol_and_tls(at, protocol, check.tls_skip_verify.is_some(), check.tls_server_name.is_some(), report);
}

const METHODS: [&str; 9] = ["GET", "HEAD", "POST", "PUT", "DELETE", "OPTIONS", "PATCH", "TRACE", "CONNECT"];

/// What is asked for. flyctl or Fly writes methods in upper case.
fn request(at: &Path<'_>, method: Option<&str>, path: Option<&str>, report: &mut Diagnostics) {
    if let Some(path) = path.filter(|path| !path.is_empty() && !path.starts_with('/')) {
        report.push(messages::check_path(&at.key("path"), path));
    }
    let known = |method: &&str| METHODS.iter().any(|known| known.eq_ignore_ascii_case(method));
    if let Some(method) = method.filter(|method| !method.is_empty() && !known(method)) {
        report.push(messages::check_method(&at.key("method"), method));
    }
}

/// A check that may take longer than it is until the next one. What lies outside the limits is another's to
/// report.
fn overlap(
    at: &Path<'_>,
    limits: &CheckLimits,
    interval: Option<Duration>,
    timeout: Option<Duration>,
    report: &mut Diagnostics,
) {
    if let (Some(interval), Some(timeout)) = (interval, timeout)
        && timeout > interval
        && limits.interval.contains(&interval)
        && limits.timeout.contains(&timeout)
    {
        report.push(messages::timeout_above_interval(&at.key("timeout"), timeout, interval));
    }
}

fn timings(at: &Path<'_>, timings: [Option<Duration>; 3], report: &mut Diagnostics) {
    let CheckLimits { interval, timeout, grace_period } = &SERVICE_CHECK;
    let limits = [("interval", interval), ("timeout", timeout), ("grace_period", grace_period)];
    let [asked, limit, _] = timings;
    overlap(at, &SERVICE_CHECK, asked, limit, report);
    for ((key, limits), timing) in limits.into_iter().zip(timings) {
        let Some(timing) = timing else { continue };
        let may_be_zero = key == "grace_period" && timing.as_nanos() == 0;
        if timing < *limits.start() && !may_be_zero {
            report.push(messages::timing_changed(&at.key(key), timing, *limits.start()));
        } else if timing > *limits.end() {
            report.push(messages::timing_changed(&at.key(key), timing, *limits.end()));
        }
    }
}

fn protocol_and_tls(at: &Path<'_>, protocol: Option<&str>, skip: bool, name: bool, report: &mut Diagnostics) {
    if let Some(word) = protocol.filter(|word| !matches!(*word, "http" | "https")) {
        report.push(messages::word(&at.key("protocol"), word, &["http", "https"]));
    } else if protocol != Some("https") {
        for (key, _) in [("tls_skip_verify", skip), ("tls_server_name", name)].iter().filter(|(_, given)| *given) {
            report.push(messages::ineffective(&at.key(key), "the check is not one by HTTPS"));
        }
    }
}

pub(super) fn top_level(facts: &Facts<'_>, report: &mut Diagnostics) {
    let config = facts.config;
    let served = config.by_process_group(config.http_service.iter().map(|service| (service.processes.as_slice(), ())));
    let checks = Path::ROOT.key("checks");
    for (name, check) in &config.checks {
        let at = checks.key(name);
        let CheckLimits { interval: intervals, timeout: timeouts, .. } = &TOP_LEVEL_CHECK;
        if let Some(interval) = check.interval.filter(|interval| interval < intervals.start()) {
            report.push(messages::interval_too_short(&at.key("interval"), interval, *intervals.start()));
        }
        if let Some(timeout) = check.timeout.filter(|timeout| timeout > timeouts.end()) {
            report.push(messages::out_of_range(&at.key("timeout"), timeout, timeouts));
        }
        overlap(&at, &TOP_LEVEL_CHECK, check.interval, check.timeout, report);
        match check.kind {
            None => report.push(messages::missing(&at.key("type"), "type = \"http\"")),
            Some(CheckType::Tcp) => only_for_http(&at, check, report),
            Some(CheckType::Http) => {
                request(&at, check.method.as_deref(), check.path.as_deref(), report);
                let protocol = check.protocol.as_deref();
                protocol_and_tls(
                    &at,
                    protocol,
                    check.tls_skip_verify.is_some(),
                    check.tls_server_name.is_some(),
                    report,
                );
            }
        }
        match check.port {
            None if !has_http_service(config, &check.processes, &served) => {
                report.push(messages::check_without_port(&at.key("port"), name));
            }
            None => {}
            Some(port) => within(&at.key("port"), port, &limits::PORT, report),
        }
    }
}

fn only_for_http(at: &Path<'_>, check: &Check, report: &mut Diagnostics) {
    let keys = [
        ("method", check.method.is_some()),
        ("path", check.path.is_some()),
        ("protocol", check.protocol.is_some()),
        ("tls_skip_verify", check.tls_skip_verify.is_some()),
        ("tls_server_name", check.tls_server_name.is_some()),
        ("headers", !check.headers.is_empty()),
    ];
    for (key, _) in keys.iter().filter(|(_, given)| *given) {
        report.push(messages::ineffective(&at.key(key), "the check is one of TCP"));
    }
}

/// Whether each group of a check is one of those with an `[http_service]`, whose port flyctl then takes.
fn has_http_service(config: &Config, processes: &[String], served: &SortedMap<&str, Vec<()>>) -> bool {
    let groups = config.by_process_group([(processes, ())]);
    groups.keys().all(|group| served.contains_key(group))
}
