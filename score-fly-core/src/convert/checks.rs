//! Probes as checks: those of services gate routing, `[checks]` gate deploys; neither restarts.

use std::collections::BTreeMap;
use std::ops::RangeInclusive;

use super::annotations::{Annotations, ProbeAnnotations, Set};
use crate::diagnostic::{Diagnostics, messages};
use crate::fly::Duration;
use crate::fly::config::{Check, Config, HttpCheck, Protocol};
use crate::pointer::Path;
use crate::score::{Container, HttpGet, Scheme};

/// Adds the checks of a container: a readiness probe to the service that routes to its port, if
/// there is one, and all else to `[checks]`.
pub(super) fn convert(
    container: &Container,
    annotations: &Annotations,
    at: &Path<'_>,
    config: &mut Config,
    diagnostics: &mut Diagnostics,
) {
    let unannotated = ProbeAnnotations::default();
    let annotations = |probe| annotations.probes.get(probe).unwrap_or(&unannotated);
    if let Some(http) = container.readiness_probe.as_ref().and_then(|probe| probe.http_get.as_ref()) {
        let probe = at.key("readinessProbe");
        let check = http_check(http, annotations("readiness"), &probe.key("httpGet"), diagnostics);
        let service = config
            .services
            .iter_mut()
            .find(|service| service.internal_port == Some(http.port) && service.protocol == Some(Protocol::Tcp));
        if let Some(service) = service {
            check_timings(annotations("readiness"), &SERVICE_CHECK, diagnostics);
            service.http_checks.push(check);
        } else {
            check_timings(annotations("readiness"), &TOP_LEVEL_CHECK, diagnostics);
            config.checks.insert("readiness".to_owned(), top_level(check, http.port));
        }
    }
    if let Some(http) = container.liveness_probe.as_ref().and_then(|probe| probe.http_get.as_ref()) {
        let probe = at.key("livenessProbe");
        diagnostics.push(messages::convert::liveness_cannot_restart(&probe));
        let check = http_check(http, annotations("liveness"), &probe.key("httpGet"), diagnostics);
        check_timings(annotations("liveness"), &TOP_LEVEL_CHECK, diagnostics);
        config.checks.insert("liveness".to_owned(), top_level(check, http.port));
    }
}

fn http_check(
    http: &HttpGet,
    annotations: &ProbeAnnotations,
    at: &Path<'_>,
    diagnostics: &mut Diagnostics,
) -> HttpCheck {
    let https = http.scheme == Some(Scheme::Https);
    if let Some(skip) = annotations.tls_skip_verify.as_ref().filter(|_| !https) {
        diagnostics.push(messages::annotations::skip_verify_without_https(&skip.key));
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
fn headers(http: &HttpGet, at: &Path<'_>, diagnostics: &mut Diagnostics) -> BTreeMap<String, String> {
    let at_headers = at.key("httpHeaders");
    let at_host = at.key("host");
    let mut headers = BTreeMap::new();
    let mut seen: BTreeMap<String, Option<usize>> = BTreeMap::new();
    if let Some(host) = &http.host {
        headers.insert("Host".to_owned(), host.clone());
        seen.insert("host".to_owned(), None);
    }
    for (index, header) in http.http_headers.iter().enumerate() {
        let at_header = at_headers.index(index);
        match seen.get(&header.name.to_ascii_lowercase()) {
            None => {
                headers.insert(header.name.clone(), header.value.clone());
                seen.insert(header.name.to_ascii_lowercase(), Some(index));
            }
            Some(None) => {
                diagnostics.push(messages::convert::duplicate_header(&at_header.key("name"), &header.name, &at_host));
            }
            Some(Some(first)) => {
                let first = at_headers.index(*first);
                diagnostics.push(messages::convert::duplicate_header(&at_header.key("name"), &header.name, &first));
            }
        }
    }
    headers
}

fn top_level(check: HttpCheck, port: u16) -> Check {
    Check { port: Some(port), ..Check::from(check) }
}

/// What Fly takes as the timings of a check. A grace period may also be zero.
struct Limits {
    interval: RangeInclusive<Duration>,
    timeout: RangeInclusive<Duration>,
    grace_period: RangeInclusive<Duration>,
}

const fn millis(milliseconds: u64) -> Duration {
    Duration::from_millis(milliseconds)
}

/// A day, for what has no limit that anybody knows of.
const LONG: Duration = millis(86_400_000);

/// flyctl says that Fly raises or lowers all that lies outside.
const SERVICE_CHECK: Limits = Limits {
    interval: millis(1_000)..=millis(60_000),
    timeout: millis(1_000)..=millis(60_000),
    grace_period: millis(1_000)..=millis(60_000),
};

/// flyctl refuses what lies outside.
const TOP_LEVEL_CHECK: Limits =
    Limits { interval: millis(2_000)..=LONG, timeout: millis(1)..=millis(60_000), grace_period: millis(1)..=LONG };

fn check_timings(annotations: &ProbeAnnotations, limits: &Limits, diagnostics: &mut Diagnostics) {
    let timings = [
        (&annotations.interval, &limits.interval, false),
        (&annotations.timeout, &limits.timeout, false),
        (&annotations.grace_period, &limits.grace_period, true),
    ];
    for (set, range, may_be_zero) in timings {
        if let Some(Set { key, value }) = set
            && !range.contains(value)
            && !(may_be_zero && *value == millis(0))
        {
            diagnostics.push(messages::annotations::timing_out_of_range(key, *value, range));
        }
    }
}

fn value<T: Copy>(set: Option<&Set<T>>) -> Option<T> {
    set.map(|set| set.value)
}
