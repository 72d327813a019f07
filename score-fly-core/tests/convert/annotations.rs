use score_fly_core::convert::annotations::{Annotation, PREFIX, SCORE_FLYIO_PREFIX, TABLE};

use crate::support::{Try, annotated};

const PROBE: &str = "readinessProbe: { httpGet: { path: /, port: 8080, scheme: HTTPS } }";
const CONTAINER: &str = "readinessProbe: { httpGet: { path: /, port: 8080, scheme: HTTPS } }\n\
                         volumes:\n  /data: { source: data }";
const SERVICE: &str = "service:\n  ports:\n    http-api: { port: 443, targetPort: 8080 }\n    www: { port: 80 }\n";

/// The annotation's name for something that the workload has.
fn name(row: &Annotation) -> String {
    row.name.replace("<port>", "http-api").replace("<probe>", "readiness").replace("<volume>", "data")
}

fn line(prefix: &str, name: &str, value: &str) -> String {
    format!("{prefix}{name}: '{}'", value.replace('\'', "''"))
}

#[test]
fn every_example_is_taken_and_changes_something() {
    const EXPECTED: [&str; 4] =
        ["https-not-served ", "needs-dedicated-address ", "uses-containers ", "volume-in-containers "];
    for row in TABLE {
        // Only of several containers one can be chosen.
        let root = match row.name {
            "container" => format!("  api:\n    image: api\n{SERVICE}"),
            // Only what is built takes arguments.
            "build-args" => format!("  api:\n    image: .\n{SERVICE}"),
            _ => SERVICE.to_owned(),
        };
        let app = |annotations: &str, container: &str| {
            let (app, notes) = Try::new(annotated(annotations, container, &root)).app_with_notes();
            assert!(notes.iter().all(|note| EXPECTED.iter().any(|code| note.starts_with(code))), "{notes:?}");
            app
        };
        // The port's handlers, which its options depend on.
        let (handlers, container) = match row.name {
            "service-<port>-force-https" => ("http", CONTAINER),
            "service-<port>-proxy-proto" => ("tls,proxy_proto", CONTAINER),
            // The example is what the port has by itself, so compare it with something else.
            "service-<port>-handlers" => ("tls", CONTAINER),
            // A second set of machines can't share the volume.
            "deploy-strategy" => ("tls,http", PROBE),
            // The one whose probe asks for what is served would be the main one by itself.
            "container" | "build-args" => ("tls,http", ""),
            _ => ("tls,http", CONTAINER),
        };
        let handlers = line(PREFIX, "service-http-api-handlers", handlers);
        let without = app(&handlers, container);
        let own = line(PREFIX, &name(row), row.example);
        let annotations = match row.name {
            // They stand in the place of the handlers.
            "service-<port>-handlers" | "service-<port>-exposure" => own,
            // Without groups, none serves it.
            "service-<port>-processes" => format!("{handlers}\n{own}\n{}", line(PREFIX, "processes", "true")),
            "release-command-vm" => format!("{handlers}\n{own}\n{}", line(PREFIX, "release-command", "migrate")),
            _ => format!("{handlers}\n{own}"),
        };
        assert_ne!(app(&annotations, container), without, "{}", row.name);
    }
    assert_eq!(TABLE.len(), 40);
}

#[test]
fn names_in_the_table_are_unique_and_say_what_they_are_about() {
    let mut names: Vec<&str> = TABLE.iter().map(|row| row.name).collect();
    names.sort_unstable();
    names.dedup();
    assert_eq!(names.len(), TABLE.len());
    for row in TABLE {
        let start = row.name.split('-').next().unwrap();
        let subject = match start {
            "service" => Some("port"),
            "probe" | "volume" => Some(start),
            _ => None,
        };
        assert_eq!(row.subject(), subject, "{}", row.name);
    }
}

#[test]
fn score_flyio_has_five_of_them() {
    let known: Vec<&str> = TABLE.iter().filter(|row| row.in_score_flyio).map(|row| row.name).collect();
    assert_eq!(
        known,
        [
            "service-<port>-handlers",
            "service-<port>-http-options",
            "service-<port>-concurrency",
            "service-<port>-auto-stop",
            "service-<port>-min-running",
        ]
    );
    for row in TABLE {
        let ours = Try::new(annotated(&line(PREFIX, &name(row), row.example), CONTAINER, SERVICE));
        let theirs = Try::new(annotated(&line(SCORE_FLYIO_PREFIX, &name(row), row.example), CONTAINER, SERVICE));
        if row.in_score_flyio {
            assert_eq!(theirs.app(), ours.app(), "{}", row.name);
        } else {
            let error = theirs.only();
            assert_eq!(error.code.as_str(), "unknown-annotation");
            assert_eq!(error.help, Some(format!("did you mean `{PREFIX}{}`?", name(row))));
        }
    }
}

#[test]
fn an_unknown_name_gets_the_nearest_one() {
    let cases = [
        ("fly.score.dev/primary-regoin", Some("fly.score.dev/primary-region")),
        ("fly.score.dev/service-http-api-autostop", Some("fly.score.dev/service-http-api-auto-stop")),
        ("fly.score.dev/service-htp-api-auto-stop", Some("fly.score.dev/service-http-api-auto-stop")),
        ("fly.score.dev/volume-dta-size", Some("fly.score.dev/volume-data-size")),
        ("fly.score.dev/probe-rediness-interval", Some("fly.score.dev/probe-readiness-interval")),
        (
            "score-flyio.astromechza.github.com/service-www-handler",
            Some("score-flyio.astromechza.github.com/service-www-handlers"),
        ),
        ("fly.score.dev/region", Some("fly.score.dev/primary-region")),
        ("fly.score.dev/auto-stop", Some("fly.score.dev/service-http-api-auto-stop")),
        ("fly.score.dev/scale", Some("fly.score.dev/service-http-api-min-running")),
        ("fly.score.dev/something-else", None),
    ];
    for (key, nearest) in cases {
        let error = Try::new(annotated(&format!("{key}: x"), CONTAINER, SERVICE)).only();
        assert_eq!(error.code.as_str(), "unknown-annotation", "{key}");
        assert_eq!(error.pointer.as_str(), format!("/metadata/annotations/{}", key.replace('/', "~1")));
        let help = error.help.unwrap();
        match nearest {
            Some(nearest) => assert_eq!(help, format!("did you mean `{nearest}`?")),
            None => assert!(!help.contains("did you mean"), "{help}"),
        }
    }
}

#[test]
fn an_unknown_port_gets_those_that_exist() {
    let help = |key: &str, container: &str, root: &str| {
        let error = Try::new(annotated(&format!("fly.score.dev/{key}: 10s"), container, root)).only();
        assert_eq!(error.code.as_str(), "unknown-annotation");
        error.help.unwrap()
    };
    assert_eq!(help("service-metrics-auto-stop", CONTAINER, SERVICE), "the service's ports are `http-api` and `www`");
    assert_eq!(help("service-metrics-auto-stop", "", ""), "the workload has no service port");
    assert_eq!(help("volume-uploads-size", CONTAINER, SERVICE), "the containers' volumes are `data`");
    assert_eq!(help("probe-liveness-interval", "", ""), "the workload has no probe by HTTP");
}

#[test]
fn one_setting_is_given_once() {
    let annotations = "fly.score.dev/service-www-auto-stop: stop\n\
                       score-flyio.astromechza.github.com/service-www-auto-stop: suspend";
    let error = Try::new(annotated(annotations, CONTAINER, SERVICE)).only();
    assert_eq!(error.code.as_str(), "invalid-annotation");
    assert_eq!(
        error.pointer.as_str(),
        "/metadata/annotations/score-flyio.astromechza.github.com~1service-www-auto-stop"
    );
    assert_eq!(error.related[0].pointer.as_str(), "/metadata/annotations/fly.score.dev~1service-www-auto-stop");
}

#[test]
fn other_prefixes_are_left_alone() {
    let annotations = "score.dev/fly: x\nexample.com/service-www-auto-stop: nonsense\nplain: x";
    Try::new(annotated(annotations, CONTAINER, SERVICE)).app();
}

#[test]
fn what_is_missing_because_it_is_broken_is_no_second_mistake() {
    let port = "service:\n  ports:\n    www: { port: http }\n";
    let cases = [
        ("service-www-auto-stop: stop", "", port, "wrong-type /service/ports/www/port"),
        (
            "probe-readiness-interval: 10s",
            "readinessProbe: { httpGet: { path: / } }",
            "",
            "missing-field /containers/web/readinessProbe/httpGet/port",
        ),
        ("volume-data-size: 10gb", "volumes: { /data: {} }", "", "missing-field /containers/web/volumes/~1data/source"),
        (
            "deploy-strategy: bluegreen",
            "readinessProbe: { httpGet: { path: / } }",
            "",
            "missing-field /containers/web/readinessProbe/httpGet/port",
        ),
    ];
    for (annotation, container, root, error) in cases {
        assert_eq!(Try::new(annotated(&format!("{PREFIX}{annotation}"), container, root)).found(), [error]);
    }
}
