//! Plans from what Fly's APIs answer, as it stands in their answers, and as JSON.

use score_fly_core::deploy::Observed;
use score_fly_core::facade;
use serde_json::{Value, json};

/// What Fly's APIs answer about an app (<https://fly.io/docs/machines/api/>; superfly/fly-go `machine_types.go`):
/// keys of which a plan knows nothing, nulls, and defaults that Fly fills in.
fn observed() -> Value {
    json!({
        "app": {
            "id": "1a2b3c", "name": "shop", "internal_numeric_id": 77, "status": "deployed", "network": "default",
            "machine_count": 1, "organization": { "name": "Acme", "slug": "acme", "internal_numeric_id": 9 },
        },
        "machines": [{
            "id": "3287eeeb342085", "name": "old-sun-1", "state": "started", "region": "fra",
            "instance_id": "01JABC", "private_ip": "fdaa:0:1::2", "created_at": "2026-08-21T10:00:00Z",
            "updated_at": "2026-08-21T10:00:00Z", "incomplete_config": null, "lease": null, "cordoned": false,
            "image_ref": { "registry": "registry.fly.io", "repository": "shop", "digest": "sha256:ab", "labels": null },
            "events": [{ "id": "01J", "type": "launch", "status": "created", "timestamp": 1_787_306_400_000_u64 }],
            "checks": [{ "name": "servicecheck-00-http-8080", "status": "passing", "output": "ok" }],
            "host_status": "ok",
            "config": {
                "image": "registry.fly.io/shop@sha256:ab",
                "init": {},
                "env": { "FLY_PROCESS_GROUP": "app", "PRIMARY_REGION": "fra" },
                "guest": { "cpu_kind": "shared", "cpus": 1, "memory_mb": 256 },
                "metadata": {
                    "fly_platform_version": "v2", "fly_process_group": "app", "fly_release_id": "r9",
                    "fly_release_version": "9", "fly_flyctl_version": "0.3.1",
                },
                "services": [{
                    "protocol": "tcp", "internal_port": 8080, "autostop": false, "autostart": true,
                    "min_machines_running": 0, "force_instance_key": null,
                    "ports": [
                        { "port": 80, "handlers": ["http"], "force_https": false },
                        { "port": 443, "handlers": ["http", "tls"] },
                    ],
                }],
                "restart": { "policy": "on-failure" },
            },
        }],
        "volumes": null,
        "addresses": [{ "ip": "66.241.1.2", "region": "global", "shared": true, "created_at": "2026-08-21T10:00:00Z" }],
        "secrets": [{
            "name": "TOKEN", "digest": "9f2c", "created_at": "2026-08-21T09:00:00Z",
            "updated_at": "2026-08-21T09:00:00Z",
        }],
        "release": { "id": "rel9", "version": 9, "status": "complete", "created_at": "2026-08-21T10:00:00Z" },
    })
}

const TOML: &str = "app = 'shop'\nprimary_region = 'fra'\n[http_service]\ninternal_port = 8080\n";

fn plan(toml: &str, image: &str, observed: &Value) -> Value {
    let request = json!({
        "config": { "name": "fly.toml", "text": toml },
        "options": { "organization": "acme", "image": image },
        "observed": observed,
    });
    serde_json::from_str(&facade::plan_json(&request.to_string())).unwrap()
}

#[test]
fn answers_of_fly_are_taken_as_they_are() {
    let typed: Observed = serde_json::from_value(observed()).unwrap();
    assert_eq!((typed.machines.len(), typed.volumes.len(), typed.addresses.len()), (1, 0, 1));
    // The same image by its digest, and what Fly fills in: there is nothing to do but to note what was deployed.
    let same = plan(TOML, "registry.fly.io/other@sha256:ab", &observed());
    let steps = same["plan"]["steps"].as_array().unwrap_or_else(|| panic!("{same:#}"));
    assert_eq!(steps.iter().map(|step| &step["action"]).collect::<Vec<_>>(), ["labelMachine"]);

    let toml = format!("{TOML}auto_stop_machines = 'stop'\n");
    let other = plan(&toml, "registry.fly.io/shop@sha256:cd", &observed());
    let step = &other["plan"]["steps"][0];
    let expected = json!({
        "action": "updateMachine", "target": "3287eeeb342085", "group": "app", "region": "fra", "causes": ["changed"],
        "changes": [
            {
                "pointer": "/image",
                "before": "registry.fly.io/shop@sha256:ab",
                "after": "registry.fly.io/shop@sha256:cd",
            },
            { "pointer": "/services/0/autostop", "before": null, "after": true },
        ],
        "impact": "downtime",
        "text": "update machine of `app`: 3287eeeb342085 in fra (not there while it restarts)",
        "help": null,
    });
    assert_eq!(*step, expected);
}

#[test]
fn mistakes_are_told_in_their_places() {
    let answer = plan("app = 5\n", "nginx", &json!({}));
    assert_eq!(answer["status"], "failure");
    assert_eq!(answer["diagnostics"][0]["pointer"], "/app", "{answer:#}");
    let answer = plan(TOML, "nginx", &json!({ "machine": [] }));
    assert_eq!((&answer["status"], &answer["diagnostics"][0]["code"]), (&json!("failure"), &json!("invalid-request")));
}
