use crate::support::{Try, annotated, at_annotation, config, indent, workload};

fn ports(ports: &str) -> String {
    format!("service:\n  ports:\n{}", indent(ports))
}

const NEEDS_ADDRESS: &str = "needs-dedicated-address /service/ports/";

#[test]
fn web_ports_have_their_usual_handlers() {
    let app =
        Try::new(workload("", &ports("www: { port: 80, targetPort: 8080 }\ntls: { port: 443, targetPort: 8443 }")))
            .app();
    let expected = "[[services]]\nprotocol = 'tcp'\ninternal_port = 8080\n\
                    [[services.ports]]\nport = 80\nhandlers = ['http']\n\
                    [[services]]\nprotocol = 'tcp'\ninternal_port = 8443\n\
                    [[services.ports]]\nport = 443\nhandlers = ['tls', 'http']";
    assert_eq!(app.config, config(expected));
}

#[test]
fn ports_of_one_target_are_one_service() {
    let root = ports("a-tls: { port: 443, targetPort: 8080 }\nb-www: { port: 80, targetPort: 8080 }");
    let expected = "[[services]]\nprotocol = 'tcp'\ninternal_port = 8080\n\
                    [[services.ports]]\nport = 80\nhandlers = ['http']\n\
                    [[services.ports]]\nport = 443\nhandlers = ['tls', 'http']";
    assert_eq!(Try::new(workload("", &root)).app().config, config(expected));
}

#[test]
fn services_are_in_the_order_of_their_first_ports() {
    let root = ports(
        "zz: { port: 80, targetPort: 9000 }\naa: { port: 443, targetPort: 8000 }\nmm: { port: 8000, targetPort: 9000 }",
    );
    let (app, _) = Try::new(workload("", &root)).app_with_notes();
    let targets: Vec<_> = app.config.services.iter().map(|service| service.internal_port.unwrap()).collect();
    assert_eq!(targets, [9000, 8000]);
    let external: Vec<_> = app.config.services[0].ports.iter().map(|port| port.port.unwrap()).collect();
    assert_eq!(external, [80, 8000]);
}

#[test]
fn any_other_port_is_raw_tcp_with_a_note() {
    let (app, notes) = Try::new(workload("", &ports("db: { port: 5432 }"))).app_with_notes();
    let expected = "[[services]]\nprotocol = 'tcp'\ninternal_port = 5432\n[[services.ports]]\nport = 5432";
    assert_eq!(app.config, config(expected));
    assert_eq!(notes, [format!("{NEEDS_ADDRESS}db")]);
}

#[test]
fn annotations_name_the_handlers() {
    let root = ports("db: { port: 5432 }");
    for (handlers, expected) in
        [("' tls '", "['tls']"), ("pg_tls,proxy_proto", "['pg_tls', 'proxy_proto']"), ("''", "[]")]
    {
        let case = Try::new(annotated(&format!("fly.score.dev/service-db-handlers: {handlers}"), "", &root));
        let (app, notes) = case.app_with_notes();
        let expected = format!(
            "[[services]]\nprotocol = 'tcp'\ninternal_port = 5432\n[[services.ports]]\nport = 5432\nhandlers = {expected}"
        );
        assert_eq!(app.config, config(&expected), "{handlers}");
        assert_eq!(notes, [format!("{NEEDS_ADDRESS}db")], "flyctl looks at the number first");
    }
}

#[test]
fn udp_is_passed_through() {
    let root = ports("udp: { port: 53, protocol: UDP }\ntcp: { port: 53, protocol: TCP }");
    let (app, notes) = Try::new(workload("", &root)).app_with_notes();
    let expected = "[[services]]\nprotocol = 'tcp'\ninternal_port = 53\n[[services.ports]]\nport = 53\n\
                    [[services]]\nprotocol = 'udp'\ninternal_port = 53\n[[services.ports]]\nport = 53";
    assert_eq!(app.config, config(expected));
    assert_eq!(notes, [format!("{NEEDS_ADDRESS}tcp")]);
}

/// What flyctl's `DetermineIPType` answers with "dedicated".
#[test]
fn unusual_ports_need_a_dedicated_address() {
    for (port, handlers, needs) in [
        ("port: 80", None, false),
        ("port: 80", Some("http"), false),
        ("port: 80", Some(""), true),
        ("port: 80", Some("http,proxy_proto"), true),
        ("port: 80, protocol: UDP", None, true),
        ("port: 443", None, false),
        ("port: 443", Some("http,tls"), false),
        ("port: 443", Some("tls"), true),
        ("port: 443", Some("tls,http,proxy_proto"), true),
        ("port: 443, protocol: UDP", None, true),
        ("port: 8080", None, true),
        ("port: 8443", Some("tls,http"), true),
    ] {
        let root = ports(&format!("web: {{ {port} }}"));
        let score = match handlers {
            Some(handlers) => annotated(&format!("fly.score.dev/service-web-handlers: '{handlers}'"), "", &root),
            None => workload("", &root),
        };
        let (_, notes) = Try::new(score).app_with_notes();
        let expected = needs.then(|| format!("{NEEDS_ADDRESS}web"));
        assert_eq!(notes, Vec::from_iter(expected), "{port} {handlers:?}");
    }
}

#[test]
fn many_unusual_ports_are_one_note() {
    let root = ports("aa: { port: 9000 }\nbb: { port: 80 }\ncc: { port: 53, protocol: UDP }\ndd: { port: 7000 }");
    let note = Try::new(annotated("fly.score.dev/service-dd-exposure: private", "", &root)).only();
    assert_eq!(note.pointer.as_str(), "/service/ports/cc");
    let related: Vec<_> = note.related.iter().map(|related| related.pointer.as_str()).collect();
    assert_eq!(related, ["/service/ports/aa"]);
}

#[test]
fn udp_ports_are_the_same_inside_and_outside() {
    let case = Try::new(workload("", &ports("udp: { port: 53, targetPort: 5353, protocol: UDP }")));
    assert_eq!(case.found(), [format!("{NEEDS_ADDRESS}udp"), "udp-port-mismatch /service/ports/udp/targetPort".into()]);
}

#[test]
fn annotations_that_udp_can_not_follow_are_refused() {
    let annotations = "fly.score.dev/service-udp-handlers: tls\n\
                       fly.score.dev/service-udp-auto-stop: stop\n\
                       fly.score.dev/service-udp-auto-start: 'true'";
    let case = Try::new(annotated(annotations, "", &ports("udp: { port: 53, protocol: UDP }")));
    assert_eq!(
        case.found(),
        [
            at_annotation("invalid-annotation", "service-udp-handlers"),
            at_annotation("invalid-annotation", "service-udp-auto-stop"),
            at_annotation("invalid-annotation", "service-udp-auto-start"),
            format!("{NEEDS_ADDRESS}udp"),
        ]
    );
}

#[test]
fn an_external_port_is_served_once() {
    let root = ports("one: { port: 80, targetPort: 8080 }\ntwo: { port: 80, targetPort: 9090 }");
    let error = Try::new(workload("", &root)).only();
    assert_eq!((error.code.as_str(), error.pointer.as_str()), ("port-conflict", "/service/ports/two/port"));
    assert_eq!(error.related[0].pointer.as_str(), "/service/ports/one");
}

#[test]
fn annotations_set_the_port_and_the_service() {
    let annotations = r#"fly.score.dev/service-http-api-handlers: "http, tls, proxy_proto"
fly.score.dev/service-http-api-http-options: '{"compress": true, "h2_backend": true, "idle_timeout": 60, "response": {"headers": {"Server": false, "X-A": "b"}}}'
fly.score.dev/service-http-api-tls-options: '{"alpn": ["h2"], "versions": ["TLSv1.3"], "default_self_signed": false}'
fly.score.dev/service-http-api-proxy-proto: v2
fly.score.dev/service-http-api-force-https: "true"
fly.score.dev/service-http-api-auto-stop: suspend
fly.score.dev/service-http-api-auto-start: "false"
fly.score.dev/service-http-api-min-running: "2"
fly.score.dev/service-http-api-concurrency: '{"type": "requests", "hard_limit": 25, "soft_limit": 20}'"#;
    let case = Try::new(annotated(annotations, "", &ports("http-api: { port: 443, targetPort: 8080 }")));
    let expected = "[[services]]\nprotocol = 'tcp'\ninternal_port = 8080\nauto_stop_machines = 'suspend'\n\
                    auto_start_machines = false\nmin_machines_running = 2\n\
                    [services.concurrency]\ntype = 'requests'\nhard_limit = 25\nsoft_limit = 20\n\
                    [[services.ports]]\nport = 443\nhandlers = ['http', 'tls', 'proxy_proto']\nforce_https = true\n\
                    [services.ports.tls_options]\nalpn = ['h2']\nversions = ['TLSv1.3']\ndefault_self_signed = false\n\
                    [services.ports.http_options]\ncompress = true\nh2_backend = true\nidle_timeout = 60\n\
                    response = { headers = { Server = false, X-A = 'b' } }\n\
                    [services.ports.proxy_proto_options]\nversion = 'v2'";
    let (app, notes) = case.app_with_notes();
    assert_eq!(app.config, config(expected));
    assert_eq!(notes, [format!("{NEEDS_ADDRESS}http-api")]);
}

#[test]
fn what_is_not_annotated_is_left_to_fly() {
    let app = Try::new(workload("", &ports("www: { port: 80 }"))).app();
    let service = &app.config.services[0];
    assert_eq!(service.auto_stop_machines, None);
    assert_eq!(service.auto_start_machines, None);
    assert_eq!(service.min_machines_running, None);
}

#[test]
fn ports_of_one_service_must_agree() {
    let root = ports("www: { port: 80, targetPort: 8080 }\ntls: { port: 443, targetPort: 8080 }");
    let agreeing = "fly.score.dev/service-www-auto-stop: stop\nfly.score.dev/service-tls-auto-stop: stop\n\
                    fly.score.dev/service-tls-min-running: '1'";
    let expected = "[[services]]\nprotocol = 'tcp'\ninternal_port = 8080\nauto_stop_machines = 'stop'\n\
                    min_machines_running = 1\n\
                    [[services.ports]]\nport = 80\nhandlers = ['http']\n\
                    [[services.ports]]\nport = 443\nhandlers = ['tls', 'http']";
    assert_eq!(Try::new(annotated(agreeing, "", &root)).app().config, config(expected));
    let contradicting = "fly.score.dev/service-www-auto-stop: stop\nfly.score.dev/service-tls-auto-stop: 'off'";
    assert_eq!(
        Try::new(annotated(contradicting, "", &root)).found(),
        [at_annotation("invalid-annotation", "service-tls-auto-stop")]
    );
}

#[test]
fn options_need_their_handler() {
    for (name, value) in [
        ("force-https", "'true'"),
        ("http-options", "'{\"compress\": true}'"),
        ("tls-options", "'{\"alpn\": [\"h2\"]}'"),
        ("proxy-proto", "v1"),
    ] {
        let annotations = format!("fly.score.dev/service-db-handlers: ''\nfly.score.dev/service-db-{name}: {value}");
        let case = Try::new(annotated(&annotations, "", &ports("db: { port: 5432 }")));
        let expected =
            [at_annotation("invalid-annotation", &format!("service-db-{name}")), format!("{NEEDS_ADDRESS}db")];
        assert_eq!(case.found(), expected, "{name}");
    }
}

#[test]
fn a_private_port_has_no_service() {
    let root = ports("www: { port: 80 }\nadmin: { port: 80, targetPort: 9000 }");
    let case = Try::new(annotated("fly.score.dev/service-admin-exposure: private", "", &root));
    let expected =
        "[[services]]\nprotocol = 'tcp'\ninternal_port = 80\n[[services.ports]]\nport = 80\nhandlers = ['http']";
    assert_eq!(case.app().config, config(expected));
    let case = Try::new(annotated(
        "fly.score.dev/service-admin-exposure: private\nfly.score.dev/service-admin-auto-stop: stop",
        "",
        &root,
    ));
    assert_eq!(case.found(), [at_annotation("invalid-annotation", "service-admin-auto-stop")]);
    let case = Try::new(annotated("fly.score.dev/service-www-exposure: public", "", &ports("www: { port: 80 }")));
    assert_eq!(case.app().config, config(expected));
}

#[test]
fn what_fly_does_not_take_of_annotations_is_found_there() {
    for (name, value) in [
        ("http-options", "'{\"replay_cache\": [{\"ttl_seconds\": 9}]}'"),
        ("http-options", "'{\"replay_cache\": [{\"type\": \"body\"}]}'"),
        ("concurrency", "'{\"soft_limit\": 3, \"hard_limit\": 2}'"),
    ] {
        let annotation = format!("fly.score.dev/service-www-{name}: {value}");
        let case = Try::new(annotated(&annotation, "", &ports("www: { port: 80 }\ntls: { port: 443 }")));
        assert_eq!(case.found(), [at_annotation("invalid-fly-value", &format!("service-www-{name}"))], "{value}");
    }
}

#[test]
fn values_of_annotations_are_checked() {
    for (name, value) in [
        ("handlers", "htpp"),
        ("handlers", "'http,'"),
        ("handlers", "'http,http'"),
        ("http-options", "'true'"),
        ("http-options", "'{'"),
        ("http-options", "'{\"compres\": true}'"),
        ("http-options", "'{\"compress\": \"yes\"}'"),
        ("http-options", "'{\"idle_timeout\": 20.5}'"),
        ("http-options", "'{\"response\": true}'"),
        ("http-options", "'{\"response\": {\"pristne\": true}}'"),
        ("http-options", "'{\"response\": {\"headers\": {\"A\": true}}}'"),
        ("tls-options", "'{\"alpn\": \"h2\"}'"),
        ("concurrency", "'{\"type\": \"users\"}'"),
        ("concurrency", "'{\"hard_limit\": -1}'"),
        ("force-https", "'yes'"),
        ("proxy-proto", "v3"),
        ("auto-stop", "'true'"),
        ("auto-start", "'off'"),
        ("min-running", "'-1'"),
        ("min-running", "'+1'"),
        ("exposure", "internal"),
    ] {
        let case = Try::new(annotated(
            &format!("fly.score.dev/service-www-{name}: {value}"),
            "",
            &ports("www: { port: 80 }\ntls: { port: 443 }"),
        ));
        assert_eq!(case.found(), [at_annotation("invalid-annotation", &format!("service-www-{name}"))], "{value}");
        let error = case.only();
        for rust in ["struct", "u32", "u8", "Option"] {
            assert!(!error.message.contains(rust), "{}", error.message);
        }
    }
}

#[test]
fn a_mistake_in_an_object_is_named() {
    let root = ports("www: { port: 80 }");
    let message = |value: &str| {
        Try::new(annotated(&format!("fly.score.dev/service-www-concurrency: '{value}'"), "", &root)).only().message
    };
    let start = "the annotation `fly.score.dev/service-www-concurrency` ";
    assert_eq!(
        message("{\"limit\": 1}"),
        format!(
            "{start}is not valid: `concurrency` has no key `limit` (the keys are `type`, `hard_limit`, `soft_limit`)"
        )
    );
    assert_eq!(
        message("{\"soft_limit\": \"20\"}"),
        format!("{start}is not valid: `concurrency.soft_limit` must be a whole number from 0 to 4294967295")
    );
    assert_eq!(message("[]"), format!("{start}is not a JSON object"));
}
