//! What is sent to Fly, against what flyctl sends: fly-api.md 4.1 to 4.7. What only we or only flyctl note in the labels
//! is left out of both, and so are leases.

use score_fly_core::fly::config::Strategy;
use serde_json::{Value, json};

use crate::world::{World, shop};

/// Calls that change machines, in the order in which they were made.
const CHANGES: [&str; 8] = [
    "machines.create",
    "machines.update",
    "machines.start",
    "machines.stop",
    "machines.cordon",
    "machines.uncordon",
    "machines.delete",
    "metadata.merge",
];

/// What was sent: the call, and for machines that come or change, their config with `region` and what else differs from
/// the usual.
fn sent(world: &World) -> Vec<(String, Value)> {
    let calls = world.fly.calls().into_iter().filter(|call| CHANGES.contains(&call.name.as_str()));
    calls
        .map(|call| {
            let name = call.name.trim_start_matches("machines.").to_owned();
            let mut body = call.body;
            let Some(object) = body.as_object_mut().filter(|object| object.contains_key("config")) else {
                return (name, Value::Null);
            };
            // flyctl leases new machines as well, and never says which version it changes.
            for ours in ["lease_ttl", "current_version", "min_secrets_version"] {
                object.remove(ours);
            }
            assert_eq!(object.remove("skip_secrets"), Some(json!(false)));
            let labels = object["config"]["metadata"].as_object_mut().unwrap();
            let is_release = labels.contains_key("fly_release_id") && labels.contains_key("fly_release_version");
            assert!(is_release || name == "create", "{labels:?}");
            labels.retain(|key, _| !key.starts_with("score_fly_") && !key.starts_with("fly_release_"));
            (name, body)
        })
        // Labels that say how far a deploy is.
        .filter(|(name, _)| name != "metadata.merge")
        .collect()
}

/// The names of what was sent.
fn names(sent: &[(String, Value)]) -> Vec<&str> {
    sent.iter().map(|(name, _)| name.as_str()).collect()
}

fn world(toml: &str, scale: impl Into<Option<u32>>) -> World {
    let world = World::new();
    world.deployed(toml, scale, Strategy::Rolling);
    world.fly.forget_calls();
    world
}

/// The config of a machine of `shop`: `ToMachineConfig` of superfly/flyctl, as fly-api.md 2.2 shows it, and fly-config.md
/// 1.7 for the service; without the null that Go writes for what is not there.
fn config(version: &str) -> Value {
    json!({
        "image": format!("registry.fly.io/shop:{version}"),
        "init": {},
        "env": { "FLY_PROCESS_GROUP": "app", "PRIMARY_REGION": "fra" },
        "metadata": { "fly_platform_version": "v2", "fly_process_group": "app" },
        "services": [{
            "protocol": "tcp", "internal_port": 8080,
            "ports": [{ "port": 80, "handlers": ["http"] }, { "port": 443, "handlers": ["http", "tls"] }],
            "checks": [{ "type": "http", "path": "/up" }],
        }],
    })
}

/// As in the config that flyctl sends, with what Fly has filled in since the machine was created, which an update carries
/// along: fly-api.md 4.3.
fn carried(version: &str) -> Value {
    let mut config = config(version);
    config["guest"] = json!({ "cpu_kind": "shared", "cpus": 1, "memory_mb": 256 });
    config["dns"] = json!({});
    config
}

/// 4.2: with services, two machines, one after the other. flyctl names the usual size, which Fly takes without it, too.
#[test]
fn a_first_deploy() {
    let world = World::new();
    world.deployed(&shop("1"), None, Strategy::Rolling);
    let create = ("create".to_owned(), json!({ "region": "fra", "config": config("1") }));
    assert_eq!(sent(&world), [create.clone(), create]);
    let calls = world.fly.calls();
    let at = |name: &str| calls.iter().position(|call| call.name == name).unwrap();
    assert!(at("apps.create") < at("ips.assign") && at("ips.assign") < at("releases.create"));
    assert!(at("releases.create") < at("machines.create"));
    let kinds: Vec<&Value> =
        calls.iter().filter(|call| call.name == "ips.assign").map(|call| &call.body["type"]).collect();
    assert_eq!(kinds, ["v6", "shared_v4"]);
}

/// 4.2: without services, one machine and one that stands in for it, and is not started.
#[test]
fn a_first_deploy_with_a_standby() {
    let toml = "app = 'shop'\nprimary_region = 'fra'\n[build]\nimage = 'registry.fly.io/shop:1'\n";
    let world = World::new();
    world.deployed(toml, None, Strategy::Rolling);
    let first = world.fly.calls().iter().find(|call| call.name == "machines.create").map(|call| call.at);
    assert!(first.is_some());
    let machines = world.fly.machines("shop");
    let active = machines.iter().find(|machine| machine["state"] == "started").unwrap()["id"].as_str().unwrap();
    let plain = json!({
        "image": "registry.fly.io/shop:1", "init": {},
        "env": { "FLY_PROCESS_GROUP": "app", "PRIMARY_REGION": "fra" },
        "metadata": { "fly_platform_version": "v2", "fly_process_group": "app" },
    });
    let mut standby = plain.clone();
    standby["standbys"] = json!([active]);
    standby["env"]["FLY_STANDBY_FOR"] = json!(active);
    let expected = [
        ("create".to_owned(), json!({ "region": "fra", "config": plain })),
        ("create".to_owned(), json!({ "region": "fra", "config": standby, "skip_launch": true })),
    ];
    assert_eq!(sent(&world), expected);
}

/// 4.3 and 4.5: the whole config of each, in the region that it has.
#[test]
fn an_update() {
    for strategy in [Strategy::Rolling, Strategy::Immediate] {
        let world = world(&shop("1"), 2);
        world.deployed(&shop("2"), 2, strategy);
        let update = ("update".to_owned(), json!({ "region": "fra", "config": carried("2") }));
        assert_eq!(sent(&world), [update.clone(), update], "{strategy:?}");
        let waits = world.fly.counts().contains_key("machines.wait");
        assert_eq!(waits, strategy != Strategy::Immediate);
    }
}

/// 4.3: what is stopped stays so, whatever autostop says.
#[test]
fn an_update_of_a_stopped_machine() {
    let world = world(&shop("1"), 1);
    let id = world.fly.machines("shop")[0]["id"].as_str().unwrap().to_owned();
    world.client().app("shop").machine(&id).stop(None, None, None).unwrap();
    world.fly.clock().advance(std::time::Duration::from_secs(5));
    world.fly.forget_calls();
    world.deployed(&shop("2"), 1, Strategy::Rolling);
    let expected = json!({ "region": "fra", "config": carried("2"), "skip_launch": true });
    assert_eq!(sent(&world), [("update".to_owned(), expected)]);
}

/// 4.1, 13: machines of new groups are created before others are updated. Those of former groups flyctl destroys first of
/// all, and we last: if anything fails before that, they are still there.
#[test]
fn groups_that_come_and_go() {
    let of = |version: &str, group: &str| {
        shop(version).replace("[http_service]", &format!("[processes]\napp = ''\n{group} = 'work'\n[http_service]"))
    };
    let world = world(&of("1", "old"), None);
    world.deployed(&of("2", "young"), None, Strategy::Rolling);
    let sent = sent(&world);
    assert_eq!(names(&sent), ["create", "create", "update", "update", "delete", "delete"]);
    let group = |n: usize| &sent[n].1["config"]["metadata"]["fly_process_group"];
    assert_eq!((group(0), group(1), group(2)), (&json!("young"), &json!("young"), &json!("app")));
    assert_eq!(sent[0].1["config"]["init"], json!({ "cmd": ["work"] }));
    assert_eq!(sent[1].1["skip_launch"], json!(true), "a standby");
}

/// 4.7: a machine of its own, made anew, started by hand and gone by itself, before any other changes.
#[test]
fn a_release_command() {
    let world = world(&shop("1"), 2);
    world.deployed(&(shop("2") + "[deploy]\nrelease_command = 'migrate --all'\n"), 2, Strategy::Rolling);
    let sent = sent(&world);
    assert_eq!(names(&sent), ["create", "start", "update", "update"]);
    let expected = json!({
        "region": "fra",
        "skip_launch": true,
        "config": {
            "image": "registry.fly.io/shop:2",
            "init": { "cmd": ["migrate", "--all"] },
            "env": {
                "FLY_PROCESS_GROUP": "fly_app_release_command", "PRIMARY_REGION": "fra", "RELEASE_COMMAND": "1",
            },
            "metadata": { "fly_platform_version": "v2", "fly_process_group": "fly_app_release_command" },
            "guest": { "cpu_kind": "shared", "cpus": 2, "memory_mb": 512 },
            "restart": { "policy": "no" },
            "auto_destroy": true,
            "dns": { "skip_registration": true },
        },
    });
    assert_eq!(sent[0].1, expected);
}

/// 4.5: one machine to throw away for each group, marked as such, and then as rolling does it. flyctl leaves one behind
/// that fails.
#[test]
fn a_canary() {
    let world = world(&shop("1"), 2);
    world.deployed(&shop("2"), 2, Strategy::Canary);
    let sent = sent(&world);
    assert_eq!(names(&sent), ["create", "delete", "update", "update"]);
    let mut config = carried("2");
    config["metadata"]["fly_canary"] = json!("true");
    assert_eq!(sent[0].1, json!({ "region": "fra", "config": config }));
}

/// 4.6: all new ones beside the old ones and out of service, then in service; then the old ones out of it, stopped and
/// destroyed. flyctl's labels for finding them again are its own.
#[test]
fn bluegreen() {
    let world = world(&shop("1"), 2);
    world.deployed(&shop("2"), 2, Strategy::BlueGreen);
    let sent = sent(&world);
    let mut names = names(&sent);
    // Of two that go at the same time, one may be gone before the other one has stopped.
    names[6..].sort_unstable();
    let expected = ["create", "create", "uncordon", "uncordon", "cordon", "cordon", "delete", "delete", "stop", "stop"];
    assert_eq!(names, expected);
    let green = json!({ "region": "fra", "config": carried("2"), "skip_service_registration": true });
    assert_eq!((&sent[0].1, &sent[1].1), (&green, &green));
}
