//! Machines through their lives, against the documented requests and answers.

use std::time::Duration;

use crate::common::{call, get, machine, post, shop, wait};
use fake_fly::{Behaviour, Checks, Exit, FakeFly, Pace, Program};
use serde_json::{Value, json};

fn start() -> FakeFly {
    let fly = FakeFly::start(Pace::Skipping);
    shop(&fly);
    fly
}

fn path(id: &str, rest: &str) -> String {
    format!("/v1/apps/shop/machines/{id}{rest}")
}

fn state(fly: &FakeFly, id: &str) -> String {
    get(fly, &path(id, "")).good()["state"].as_str().unwrap().to_owned()
}

/// <https://fly.io/docs/machines/api/machines-resource/>: the example of a web server.
#[test]
fn a_machine_is_created_started_and_checked() {
    let fly = start();
    let body = json!({
        "region": "fra", "skip_secrets": false, "lease_ttl": 300,
        "config": {
            "image": "registry.fly.io/shop@sha256:ab", "init": {},
            "env": { "FLY_PROCESS_GROUP": "app", "PRIMARY_REGION": "fra" },
            "guest": { "cpu_kind": "shared", "cpus": 1, "memory_mb": 256 },
            "metadata": { "fly_platform_version": "v2", "fly_process_group": "app" },
            "services": [{
                "protocol": "tcp", "internal_port": 8080, "autostop": "stop", "autostart": true,
                "min_machines_running": 0, "force_instance_key": null,
                "ports": [
                    { "port": 80, "handlers": ["http"], "force_https": true },
                    { "port": 443, "handlers": ["http", "tls"] },
                ],
                "checks": [{ "type": "http", "interval": "15s", "timeout": "2s", "grace_period": "5s", "path": "/up" }],
            }],
            "checks": { "alive": { "type": "tcp", "port": 9000 } },
        },
    });
    let made = post(&fly, "/v1/apps/shop/machines", &body).good();
    assert_eq!(
        (&made["state"], &made["region"], &made["host_status"]),
        (&json!("created"), &json!("fra"), &json!("ok"))
    );
    let mut config = body["config"].clone();
    // The page's example has an empty `dns`, and what is `stop` is told as a boolean.
    config["dns"] = json!({});
    config["services"][0]["autostop"] = json!(true);
    assert_eq!(made["config"], config);
    assert_eq!(
        made["image_ref"],
        json!({ "registry": "registry.fly.io", "repository": "shop", "digest": "sha256:ab" })
    );
    assert_eq!(made["id"].as_str().unwrap().len(), 14);
    assert_eq!(made["instance_id"].as_str().unwrap().len(), 26);
    assert!(!made["nonce"].as_str().unwrap().is_empty());
    assert_eq!(made["events"][0]["type"], "launch");
    assert_eq!(made["created_at"], "2026-08-21T10:00:00Z");

    let id = made["id"].as_str().unwrap();
    let version = made["instance_id"].as_str().unwrap();
    let waited = wait(&fly, id, &format!("state=started&timeout=60&version={version}")).good();
    assert_eq!(
        (&waited["ok"], &waited["state"], &waited["version"]),
        (&json!(true), &json!("started"), &json!(version))
    );

    let started = get(&fly, &path(id, "")).good();
    assert_eq!(started["checks"], json!([]), "no check has run yet");
    assert_eq!(started["events"][0]["type"], "start");
    assert!(started.get("nonce").is_none(), "the nonce is told once");
    fly.clock().advance(Duration::from_secs(2));
    let checks = get(&fly, &path(id, "")).good()["checks"].clone();
    let names: Vec<_> = checks.as_array().unwrap().iter().map(|check| check["name"].clone()).collect();
    assert_eq!(names, ["servicecheck-00-http-8080", "alive"]);
    assert_eq!(checks[0]["status"], "passing");
    assert_eq!(
        get(&fly, &path(id, "/ps")).good()[0]["listen_sockets"],
        json!([{ "proto": "tcp", "address": "[::]:8080" }])
    );
    assert_eq!(get(&fly, "/v1/apps/shop").good()["status"], "deployed");
}

/// A machine that is made but not launched comes to rest after a while, and can be started only then.
#[test]
fn what_is_not_launched_stops() {
    let fly = start();
    let id = machine(&fly, &json!({ "skip_launch": true }));
    let message = post(&fly, &path(&id, "/start"), &Value::Null).refused(412);
    assert_eq!(message, "failed_precondition: unable to start machine from current state: 'created'");
    let begin = fly.clock().now();
    wait(&fly, &id, "state=stopped").good();
    assert_eq!(fly.clock().now().since(begin), Duration::from_secs(9));
    let answer = post(&fly, &path(&id, "/start"), &Value::Null).good();
    assert_eq!(answer["previous_state"], "stopped");
    wait(&fly, &id, "state=started").good();
}

#[test]
fn an_update_makes_a_new_version() {
    let fly = start();
    let id = machine(&fly, &json!({ "config": { "image": "nginx", "env": { "B": "2" } } }));
    wait(&fly, &id, "").good();
    let old = get(&fly, &path(&id, "")).good();
    let update = |version: &Value, more: Value| {
        let mut body = json!({ "current_version": version, "config": { "image": "nginx:2", "env": { "A": "1" } } });
        body.as_object_mut().unwrap().extend(more.as_object().unwrap().clone());
        post(&fly, &path(&id, ""), &body)
    };
    assert!(update(&json!("01J"), json!({})).refused(412).contains("version"));
    assert!(update(&old["instance_id"], json!({ "region": "ams" })).refused(400).contains("region"));
    assert!(update(&old["instance_id"], json!({ "name": "other" })).refused(400).contains("name"));
    let new = update(&old["instance_id"], json!({ "region": "fra" })).good();
    assert_eq!(new["state"], "replacing");
    assert_ne!(new["instance_id"], old["instance_id"]);
    assert_eq!((&new["config"]["image"], &new["config"]["env"]), (&json!("nginx:2"), &json!({ "A": "1" })));
    assert_eq!(new["config"]["guest"], json!({ "cpu_kind": "shared", "cpus": 1, "memory_mb": 256 }));

    assert!(post(&fly, &path(&id, "/start"), &Value::Null).refused(412).contains("getting replaced"));
    assert!(update(&new["instance_id"], json!({})).refused(409).contains("concurrent update"));
    let begin = fly.clock().now();
    wait(&fly, &id, &format!("state=started&version={}", new["instance_id"].as_str().unwrap())).good();
    assert_eq!(fly.clock().now().since(begin), Duration::from_millis(3500));
    let versions = get(&fly, &path(&id, "/versions")).good();
    assert_eq!(versions[0]["version"], new["instance_id"]);
    assert_eq!(versions[1], json!({ "version": old["instance_id"], "user_config": old["config"] }));
}

/// Measured by others: a resting machine that is updated rests on, and waiting for its start is refused.
#[test]
fn a_stopped_machine_stays_so_when_it_is_updated() {
    let fly = start();
    let id = machine(&fly, &json!({}));
    wait(&fly, &id, "").good();
    post(&fly, &path(&id, "/stop"), &json!({ "signal": "SIGTERM", "timeout": "10s" })).good();
    wait(&fly, &id, "state=stopped").good();
    let body = json!({ "skip_launch": true, "config": { "image": "nginx:2" } });
    post(&fly, &path(&id, ""), &body).good();
    assert_eq!(wait(&fly, &id, "state=started").status, 400);
    wait(&fly, &id, "state=settled").good();
    assert_eq!(state(&fly, &id), "stopped");
    post(&fly, &path(&id, ""), &json!({ "config": { "image": "nginx:3" } })).good();
    wait(&fly, &id, "state=started").good();
}

#[test]
fn waiting_ends_at_its_time() {
    let fly = start();
    let id = machine(&fly, &json!({}));
    let begin = fly.clock().now();
    let message = wait(&fly, &id, "state=stopped,suspended&timeout=7").refused(408);
    assert_eq!(
        message,
        "deadline_exceeded: machine failed to reach desired state, stopped or suspended, currently started"
    );
    assert_eq!(fly.clock().now().since(begin), Duration::from_secs(7));
    assert_eq!(wait(&fly, &id, "timeout=61").status, 400);
    assert_eq!(wait(&fly, &id, "state=running").status, 400);
    assert_eq!(wait(&fly, "nobody", "").refused(404), "machine not found");
}

#[test]
fn things_may_take_no_time() {
    let fly = start();
    fly.with(|world| {
        world.timings = fake_fly::Timings {
            created: Duration::ZERO,
            starting: Duration::ZERO,
            replacing: Duration::ZERO,
            ..fake_fly::Timings::default()
        };
    });
    let begin = fly.clock().now();
    let id = machine(&fly, &json!({}));
    wait(&fly, &id, "state=started").good();
    post(&fly, &path(&id, ""), &json!({ "config": { "image": "nginx:2" } })).good();
    wait(&fly, &id, "state=started").good();
    assert_eq!(fly.clock().now(), begin);
}

#[test]
fn machines_are_destroyed() {
    let fly = start();
    let id = machine(&fly, &json!({}));
    wait(&fly, &id, "").good();
    let message = call(&fly, "DELETE", &path(&id, ""), &Value::Null).refused(412);
    assert_eq!(
        message,
        "failed_precondition: unable to destroy machine, not currently stopped, suspended, failed or created"
    );
    assert_eq!(call(&fly, "DELETE", &path(&id, "?force=true"), &Value::Null).good(), json!({ "ok": true }));
    wait(&fly, &id, "state=destroyed").good();
    assert_eq!(get(&fly, "/v1/apps/shop/machines").good(), json!([]));
    assert_eq!(get(&fly, "/v1/apps/shop/machines?include_deleted=true").good()[0]["state"], "destroyed");
    assert_eq!(state(&fly, &id), "destroyed");
}

/// The machine of a release command: it exits, it is gone, and how it ended is in its events.
#[test]
fn a_release_command_ends() {
    let fly = start();
    fly.with(|world| {
        let exit = Exit { code: 3, after: Duration::from_secs(4), oom: false };
        let behaviour =
            Behaviour { exit: Some(exit), prints: vec!["no such table".to_owned()], ..Behaviour::default() };
        world.programs.push(Program { env: Some("RELEASE_COMMAND".to_owned()), behaviour, ..Program::default() });
    });
    let config = json!({
        "image": "nginx", "env": { "RELEASE_COMMAND": "1" }, "auto_destroy": true, "restart": { "policy": "no" },
        "metadata": { "fly_process_group": "fly_app_release_command" },
    });
    let id = machine(&fly, &json!({ "skip_launch": true, "config": config }));
    wait(&fly, &id, "state=stopped").good();
    post(&fly, &path(&id, "/start"), &Value::Null).good();
    wait(&fly, &id, "state=destroyed").good();
    let events = get(&fly, &path(&id, "/events?limit=50")).good();
    let exit = events.as_array().unwrap().iter().find(|event| event["type"] == "exit").unwrap();
    assert_eq!(exit["request"]["exit_event"]["exit_code"], 3);
    assert_eq!(exit["request"]["MonitorEvent"]["exit_event"]["exit_code"], 3);
    let lines = get(&fly, &format!("/api/v1/apps/shop/logs?next_token=&instance={id}")).good();
    assert_eq!(lines["data"][0]["attributes"]["message"], "no such table");
    let token = lines["meta"]["next_token"].as_str().unwrap();
    assert_eq!(get(&fly, &format!("/api/v1/apps/shop/logs?next_token={token}")).good()["data"], json!([]));
}

#[test]
fn what_crashes_restarts_until_it_may_no_more() {
    let fly = start();
    let exit = Exit { code: 137, after: Duration::from_secs(1), oom: true };
    fly.with(|world| {
        let behaviour = Behaviour { exit: Some(exit), ..Behaviour::default() };
        world.programs.push(Program { image: Some("crash".to_owned()), behaviour, ..Program::default() });
    });
    let config = json!({ "image": "crash", "restart": { "policy": "on-failure", "max_retries": 2 } });
    let id = machine(&fly, &json!({ "config": config }));
    wait(&fly, &id, "state=stopped").good();
    let events = get(&fly, &path(&id, "/events")).good();
    let exits: Vec<_> = events.as_array().unwrap().iter().filter(|event| event["type"] == "exit").collect();
    let told: Vec<_> = exits
        .iter()
        .map(|exit| (exit["request"]["restart_count"].clone(), exit["request"]["exit_event"]["restarting"].clone()))
        .collect();
    assert_eq!(told, [(json!(2), json!(false)), (json!(2), json!(true)), (json!(1), json!(true))], "the newest first");
    assert_eq!(exits[0]["request"]["exit_event"]["oom_killed"], true);
}

#[test]
fn checks_pass_late_or_never() {
    let fly = start();
    fly.with(|world| {
        for (image, checks) in [("late", Checks::After(Duration::from_secs(30))), ("never", Checks::Never)] {
            let behaviour = Behaviour { checks, ..Behaviour::default() };
            world.programs.push(Program { image: Some(image.to_owned()), behaviour, ..Program::default() });
        }
    });
    let config = |image| json!({ "config": { "image": image, "checks": { "up": { "type": "tcp", "port": 1 } } } });
    let (late, never) = (machine(&fly, &config("late")), machine(&fly, &config("never")));
    wait(&fly, &never, "").good();
    let status = |id: &str| get(&fly, &path(id, "")).good()["checks"][0]["status"].clone();
    fly.clock().advance(Duration::from_secs(20));
    assert_eq!((status(&late), status(&never)), (json!("critical"), json!("critical")));
    fly.clock().advance(Duration::from_secs(20));
    assert_eq!((status(&late), status(&never)), (json!("passing"), json!("critical")));
}

/// superfly/flyctl #4878: after an image that can't be pulled, the former version runs, and is started.
#[test]
fn an_image_that_cant_be_pulled_is_silently_reverted() {
    let fly = start();
    let id = machine(&fly, &json!({}));
    wait(&fly, &id, "").good();
    let old = get(&fly, &path(&id, "")).good();
    fly.with(|world| world.conditions.unpullable_images.insert("broken".to_owned()));
    let new = post(&fly, &path(&id, ""), &json!({ "config": { "image": "broken" } })).good();
    assert_ne!(new["instance_id"], old["instance_id"]);
    wait(&fly, &id, "state=started").good();
    let now = get(&fly, &path(&id, "")).good();
    assert_eq!((&now["instance_id"], &now["image_ref"]), (&old["instance_id"], &old["image_ref"]));
    let version = new["instance_id"].as_str().unwrap();
    assert_eq!(wait(&fly, &id, &format!("state=started&version={version}&timeout=5")).status, 408);

    let id = machine(&fly, &json!({ "config": { "image": "broken" } }));
    wait(&fly, &id, "state=failed").good();
}

#[test]
fn places_names_and_sizes_are_looked_at() {
    let fly = start();
    let create = |body: Value| post(&fly, "/v1/apps/shop/machines", &body);
    let image = json!({ "image": "nginx" });
    fly.with(|world| world.conditions.full_regions.insert("fra".to_owned()));
    let answer = create(json!({ "region": "fra", "config": image }));
    assert_eq!((answer.status, &answer.json()["status"]), (422, &json!("insufficient_capacity")));
    assert_eq!(create(json!({ "region": "fra,ams", "config": image })).good()["region"], "ams");
    assert!(create(json!({ "region": "xxx", "config": image })).refused(400).contains("target region xxx not found"));
    let id = create(json!({ "region": "ams", "name": "one", "config": image })).good()["id"].clone();
    let message = create(json!({ "region": "ams", "name": "one", "config": image })).refused(409);
    let id = id.as_str().unwrap();
    assert_eq!(
        message,
        format!("already_exists: unique machine name violation, machine ID {id} already exists with name \"one\"")
    );
    let guest = json!({ "cpu_kind": "shared", "cpus": 1, "memory_mb": 128 });
    let message = create(json!({ "region": "ams", "config": { "image": "nginx", "guest": guest } })).refused(422);
    assert!(message.contains("minimum required 256 MiB"), "{message}");
    fly.with(|world| world.conditions.machine_limit = Some(2));
    let message = create(json!({ "region": "ams", "config": image })).refused(422);
    assert_eq!(message, "Your organization has reached its machine limit. Please contact billing@fly.io");
    fly.with(|world| world.conditions.missing_images.insert("gone".to_owned()));
    let message = create(json!({ "config": { "image": "gone:1" } })).refused(400);
    assert!(message.contains("MANIFEST_UNKNOWN"), "{message}");
}

#[test]
fn labels_change_without_a_new_version() {
    let fly = start();
    let id = machine(&fly, &json!({ "config": { "image": "nginx", "metadata": { "a": "1" } } }));
    let version = get(&fly, &path(&id, "")).good()["instance_id"].clone();
    post(&fly, &path(&id, "/metadata/b"), &json!({ "value": "2" })).good();
    assert_eq!(get(&fly, &path(&id, "/metadata")).good(), json!({ "a": "1", "b": "2" }));
    let merge = |version: &Value| {
        let body = json!({ "metadata": { "a": null, "c": "3" }, "machine_version": version });
        call(&fly, "PATCH", &path(&id, "/metadata"), &body)
    };
    assert_eq!(merge(&json!("01JOLD")).status, 412);
    assert_eq!(merge(&version).status, 204);
    call(&fly, "DELETE", &path(&id, "/metadata/b"), &Value::Null).good();
    assert_eq!(get(&fly, &path(&id, "")).good()["config"]["metadata"], json!({ "c": "3" }));
    assert_eq!(get(&fly, &path(&id, "")).good()["instance_id"], version);
    assert_eq!(get(&fly, "/v1/apps/shop/machines?metadata.c=3").good().as_array().unwrap().len(), 1);
    assert_eq!(get(&fly, "/v1/apps/shop/machines?metadata.c=4").good(), json!([]));
}

#[test]
fn a_host_that_does_not_answer_leaves_part_of_the_config() {
    let fly = start();
    let id = machine(&fly, &json!({ "config": { "image": "nginx", "env": { "A": "1" } } }));
    fly.with(|world| world.conditions.unreachable.insert(id.clone()));
    let seen = get(&fly, &path(&id, "")).good();
    assert_eq!((&seen["host_status"], seen.get("config")), (&json!("unreachable"), None));
    assert_eq!(seen["incomplete_config"]["image"], "nginx");
    assert!(seen["incomplete_config"].get("env").is_none());
}

/// <https://fly.io/docs/reference/fly-proxy-autostop-autostart/>: as many as `min_machines_running` go on in the primary
/// region; elsewhere all may stop. What must not stop by itself does not, and what must not start by itself neither.
#[test]
fn machines_that_nobody_asks_stop_and_start_again() {
    let fly = start();
    let create = |region: &str, autostop: &str, autostart: bool| {
        let service = json!({
            "protocol": "tcp", "internal_port": 8080, "autostop": autostop, "autostart": autostart,
            "min_machines_running": 1, "ports": [{ "port": 80 }],
        });
        let env = json!({ "PRIMARY_REGION": "fra" });
        let config = json!({ "image": "nginx", "env": env, "services": [service] });
        machine(&fly, &json!({ "region": region, "config": config }))
    };
    let (_kept, here, there) =
        (create("fra", "stop", true), create("fra", "stop", true), create("ams", "suspend", true));
    fly.clock().advance(Duration::from_secs(60));
    let states = || {
        fly.clock().advance(Duration::from_secs(60));
        let count = |state: &str| fly.machines("shop").iter().filter(|machine| machine["state"] == state).count();
        (count("started"), count("stopped"), count("suspended"))
    };
    fly.with(|world| world.fall_idle("shop"));
    assert_eq!(states(), (1, 1, 1));
    for id in [here, there] {
        call(&fly, "DELETE", &path(&id, "?force=true"), &Value::Null).good();
    }
    let running = fly.with(|world| world.visit("shop")).unwrap();
    call(&fly, "POST", &path(&running, "/stop"), &json!({})).good();
    assert_eq!(states(), (0, 1, 0));
    assert_eq!(fly.with(|world| world.visit("shop")), Ok(running.clone()));
    assert_eq!(states(), (1, 0, 0));
    call(&fly, "DELETE", &path(&running, "?force=true"), &Value::Null).good();

    let stays = create("fra", "off", false);
    assert_eq!(states(), (1, 0, 0));
    fly.with(|world| world.fall_idle("shop"));
    assert_eq!(states(), (1, 0, 0));
    call(&fly, "POST", &path(&stays, "/stop"), &json!({})).good();
    assert_eq!(states(), (0, 1, 0));
    assert_eq!(fly.with(|world| world.visit("shop")), Err("no machine runs, and none may be started".to_owned()));
}
