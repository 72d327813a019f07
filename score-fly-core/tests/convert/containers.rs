use crate::support::{Try, workload};

#[test]
fn everything_that_needs_containers_is_refused_at_its_place() {
    let score = "apiVersion: score.dev/v1b1\nmetadata: { name: shop }\ncontainers:\n  \
                 init:\n    image: a\n    before: { web: { ready: complete } }\n  \
                 web:\n    image: b\n    readinessProbe: { exec: { command: [check] } }\n    \
                 files:\n      /run.sh: { content: x, mode: '0755' }\n";
    assert_eq!(
        Try::new(score).found(),
        [
            "needs-containers /containers",
            "needs-containers /containers/init/before",
            "needs-containers /containers/web/readinessProbe/exec",
            "needs-containers /containers/web/files/~1run.sh/mode",
        ]
    );
}

#[test]
fn every_container_is_still_checked_for_itself() {
    let score = "apiVersion: score.dev/v1b1\nmetadata: { name: shop }\ncontainers:\n  \
                 aa:\n    image: a\n    variables: { FLY_X: x }\n    files: { /same: { content: x } }\n    \
                 volumes: { /data: { source: one } }\n  \
                 bb:\n    image: b\n    variables: { 1X: x }\n    files: { /same: { content: x } }\n    \
                 volumes: { /data: { source: two } }\n";
    assert_eq!(
        Try::new(score).found(),
        [
            "needs-containers /containers",
            "reserved-variable /containers/aa/variables/FLY_X",
            "invalid-variable-name /containers/bb/variables/1X",
        ]
    );
}

#[test]
fn requests_of_containers_add_up() {
    let score = |cpu: &str| {
        format!(
            "apiVersion: score.dev/v1b1\nmetadata: {{ name: shop }}\ncontainers:\n  \
             aa:\n    image: a\n    resources: {{ limits: {{ cpu: '{cpu}' }} }}\n  \
             bb:\n    image: b\n    resources: {{ limits: {{ cpu: '{cpu}' }} }}\n"
        )
    };
    assert_eq!(Try::new(score("8")).found(), ["needs-containers /containers"]);
    assert_eq!(
        Try::new(score("8.5")).found(),
        ["needs-containers /containers", "no-guest-fits /containers/aa/resources"]
    );
}

#[test]
fn the_http_half_of_a_probe_is_still_checked() {
    let probe = "readinessProbe:\n  exec: { command: [check] }\n  httpGet:\n    path: /\n    port: 80\n    httpHeaders:\n      \
                 - { name: A, value: '1' }\n      - { name: A, value: '2' }";
    assert_eq!(
        Try::new(workload(probe, "")).found(),
        [
            "needs-containers /containers/web/readinessProbe/exec",
            "duplicate-header /containers/web/readinessProbe/httpGet/httpHeaders/1/name",
        ]
    );
}
