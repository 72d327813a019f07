use score_fly_core::fly::machine::machine_config;
use score_fly_core::local::LocalFiles;
use serde_json::{Value, json};

use crate::support::Try;

const SCORE: &str = include_str!("../../../fixtures/cases/processes/web-and-worker/score.yaml");

/// What flyctl would send for the machines of a group, less what every machine has.
fn machine(group: &str) -> Value {
    let (app, _) = Try::new(SCORE.replace("image: .", "image: shop:1")).app_with_notes();
    let (machine, found) = machine_config(&app.config, Some(group), &LocalFiles::default()).into_result().unwrap();
    assert!(found.is_empty(), "{found:#?}");
    let mut machine = serde_json::to_value(machine).unwrap();
    machine.as_object_mut().unwrap().remove("metadata");
    machine
}

/// By the rules of flyctl's `ToMachineConfig`: the group's words are the CMD, and all else is that of the sections that
/// name the group. The environment is the app's.
#[test]
fn each_group_has_a_machine_of_its_own() {
    assert_eq!(
        machine("web"),
        json!({
            "image": "shop:1",
            "env": { "FLY_PROCESS_GROUP": "web", "QUEUE": "jobs" },
            "init": { "cmd": ["bin/web", "--greeting", "it's #1"] },
            "guest": { "cpu_kind": "shared", "cpus": 1, "memory_mb": 512 },
            "restart": { "policy": "always" },
            "metrics": { "port": 9091, "path": "/metrics" },
            "services": [{
                "protocol": "tcp",
                "internal_port": 8080,
                "ports": [{ "port": 80, "handlers": ["http"] }, { "port": 443, "handlers": ["tls", "http"] }],
                "checks": [{ "type": "http", "path": "/ready" }],
            }],
            "checks": { "web-liveness": { "type": "http", "port": 8080, "path": "/live" } },
        })
    );
    assert_eq!(
        machine("worker"),
        json!({
            "image": "shop:1",
            "env": { "FLY_PROCESS_GROUP": "worker", "QUEUE": "jobs" },
            "init": { "cmd": ["bin/worker"] },
            "guest": { "cpu_kind": "shared", "cpus": 2, "memory_mb": 1024 },
            "restart": { "policy": "always" },
            "metrics": { "port": 9091, "path": "/metrics" },
            "checks": { "worker-readiness": { "type": "http", "port": 9000, "path": "/" } },
        })
    );
}

/// The same containers are one machine without the annotation, or if it says no.
#[test]
fn containers_stay_side_by_side_unless_asked() {
    for said in ["\"false\"", "\"true\""] {
        let score = format!(
            "apiVersion: score.dev/v1b1\nmetadata: {{ name: shop, annotations: {{ fly.score.dev/processes: {said} }} }}\n\
             containers:\n  web: {{ image: shop }}\n  worker: {{ image: shop, args: [work] }}\n"
        );
        let (app, _) = Try::new(score).app_with_notes();
        assert_eq!(app.config.machine_config.is_none(), said.contains("true"));
        assert_eq!(app.config.process_groups().contains(&"worker"), said.contains("true"));
    }
}
