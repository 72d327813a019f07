use crate::support::{Try, annotated, at_annotation, config, workload};

const SERVICE: &str = "service:\n  ports:\n    www: { port: 80, targetPort: 8080 }\n";
const SERVED: &str = "[[services]]\nprotocol = 'tcp'\ninternal_port = 8080\n\
                      [[services.ports]]\nport = 80\nhandlers = ['http']\n";

#[test]
fn readiness_is_a_check_of_the_service() {
    let probe = "readinessProbe: { httpGet: { path: /ready, port: 8080 } }";
    let app = Try::new(workload(probe, SERVICE)).app();
    assert_eq!(app.config, config(&format!("{SERVED}[[services.http_checks]]\npath = '/ready'")));
}

#[test]
fn readiness_of_another_port_is_a_check_of_the_app() {
    let probe = "readinessProbe: { httpGet: { path: /ready, port: 9090 } }";
    let expected = "[checks.readiness]\ntype = 'http'\nport = 9090\npath = '/ready'\n";
    let app = Try::new(workload(probe, SERVICE)).app();
    assert_eq!(app.config, config(&format!("{expected}{SERVED}")));
    let private = "fly.score.dev/service-www-exposure: private";
    let probe = "readinessProbe: { httpGet: { path: /ready, port: 8080 } }";
    let app = Try::new(annotated(private, probe, SERVICE)).app();
    assert_eq!(app.config, config("[checks.readiness]\ntype = 'http'\nport = 8080\npath = '/ready'"));
}

#[test]
fn liveness_is_a_check_of_the_app_with_a_warning() {
    let probe = "livenessProbe: { httpGet: { path: /alive, port: 8080 } }";
    let (app, notes) = Try::new(workload(probe, SERVICE)).app_with_notes();
    let expected = "[checks.liveness]\ntype = 'http'\nport = 8080\npath = '/alive'\n";
    assert_eq!(app.config, config(&format!("{expected}{SERVED}")));
    assert_eq!(notes, ["liveness-cannot-restart /containers/web/livenessProbe"]);
}

#[test]
fn scheme_host_and_headers_are_kept() {
    let probe = "readinessProbe:\n  httpGet:\n    scheme: HTTPS\n    host: shop.example.com\n    path: ready\n    port: 8080\n    \
                 httpHeaders:\n      - { name: X-Probe, value: 'yes' }\n      - { name: Accept, value: '*/*' }";
    let expected = "[[services.http_checks]]\nprotocol = 'https'\ntls_server_name = 'shop.example.com'\npath = '/ready'\n\
                    headers = { Host = 'shop.example.com', X-Probe = 'yes', Accept = '*/*' }";
    assert_eq!(Try::new(workload(probe, SERVICE)).app().config, config(&format!("{SERVED}{expected}")));
    // Verification is given up only where somebody says so.
    let skip = "fly.score.dev/probe-readiness-tls-skip-verify: 'true'";
    let expected = format!("{SERVED}{expected}\ntls_skip_verify = true");
    assert_eq!(Try::new(annotated(skip, probe, SERVICE)).app().config, config(&expected));
}

#[test]
fn http_needs_no_protocol_and_an_empty_path_is_the_root() {
    let probe = "readinessProbe: { httpGet: { scheme: HTTP, host: a.b, path: '', port: 8080 } }";
    let expected = format!("{SERVED}[[services.http_checks]]\npath = '/'\nheaders = {{ Host = 'a.b' }}");
    assert_eq!(Try::new(workload(probe, SERVICE)).app().config, config(&expected));
}

#[test]
fn headers_are_sent_once() {
    let headers = "readinessProbe:\n  httpGet:\n    path: /\n    port: 8080\n    host: a.b\n    httpHeaders:\n      \
                   - { name: host, value: c.d }\n      - { name: X-A, value: '1' }\n      - { name: x-a, value: '2' }";
    assert_eq!(
        Try::new(workload(headers, SERVICE)).found(),
        [
            "duplicate-header /containers/web/readinessProbe/httpGet/httpHeaders/0/name",
            "duplicate-header /containers/web/readinessProbe/httpGet/httpHeaders/2/name",
        ]
    );
}

#[test]
fn annotations_set_the_timings() {
    let annotations = "fly.score.dev/probe-readiness-interval: 15s\n\
                       fly.score.dev/probe-readiness-timeout: 2s\n\
                       fly.score.dev/probe-readiness-grace-period: 0s\n\
                       fly.score.dev/probe-liveness-interval: 5m\n\
                       fly.score.dev/probe-liveness-timeout: 500ms\n\
                       fly.score.dev/probe-liveness-grace-period: 3m";
    let probes =
        "readinessProbe: { httpGet: { path: /, port: 8080 } }\nlivenessProbe: { httpGet: { path: /, port: 8080 } }";
    let (app, _) = Try::new(annotated(annotations, probes, SERVICE)).app_with_notes();
    let expected = format!(
        "[checks.liveness]\ntype = 'http'\nport = 8080\npath = '/'\ninterval = '5m'\ntimeout = '500ms'\ngrace_period = '3m'\n\
         {SERVED}[[services.http_checks]]\npath = '/'\ninterval = '15s'\ntimeout = '2s'\ngrace_period = '0s'"
    );
    assert_eq!(app.config, config(&expected));
}

#[test]
fn timings_that_fly_does_not_take_are_refused() {
    let probes =
        "readinessProbe: { httpGet: { path: /, port: 8080 } }\nlivenessProbe: { httpGet: { path: /, port: 8080 } }";
    for (name, value) in [
        // Service checks are raised to a second and lowered to a minute.
        ("probe-readiness-interval", "500ms"),
        ("probe-readiness-interval", "61s"),
        ("probe-readiness-timeout", "0s"),
        ("probe-readiness-timeout", "2m"),
        ("probe-readiness-grace-period", "999ms"),
        ("probe-readiness-grace-period", "61s"),
        // flyctl refuses these in `[checks]`.
        ("probe-liveness-interval", "1999ms"),
        ("probe-liveness-timeout", "61s"),
        ("probe-liveness-timeout", "0s"),
        // And these are no durations.
        ("probe-liveness-interval", "'10'"),
        ("probe-liveness-interval", "1d"),
        ("probe-liveness-interval", "-1s"),
    ] {
        let found = Try::new(annotated(&format!("fly.score.dev/{name}: {value}"), probes, SERVICE)).found();
        assert_eq!(
            found,
            [
                at_annotation("invalid-annotation", name),
                "liveness-cannot-restart /containers/web/livenessProbe".to_owned()
            ],
            "{name}: {value}"
        );
    }
}

#[test]
fn verification_is_skipped_only_with_https() {
    let probe = "readinessProbe: { httpGet: { path: /, port: 8080 } }";
    let case = Try::new(annotated("fly.score.dev/probe-readiness-tls-skip-verify: 'true'", probe, SERVICE));
    assert_eq!(case.found(), [at_annotation("invalid-annotation", "probe-readiness-tls-skip-verify")]);
}
