//! What is not a machine: apps, volumes, secrets, addresses, certificates, placement, Managed Postgres.

use std::time::Duration;

use crate::common::{call, get, machine, post, send, shop, wait};
use fake_fly::{Access, FakeFly, Pace};
use serde_json::{Value, json};

fn start() -> FakeFly {
    let fly = FakeFly::start(Pace::Skipping);
    shop(&fly);
    fly
}

fn as_other(fly: &FakeFly, token: &str, method: &str, path: &str, body: &Value) -> u16 {
    let token = format!("FlyV1 {token}");
    let headers = [("authorization", token.as_str()), ("content-type", "application/json")];
    let body = if body.is_null() { String::new() } else { body.to_string() };
    send(fly, method, path, &headers, &body).unwrap().status
}

#[test]
fn apps_are_made_seen_and_deleted() {
    let fly = start();
    fly.with(|world| {
        world.add_org("acme", false);
        world.add_foreign_app("theirs");
    });
    let answer = post(&fly, "/v1/apps?wait=true", &json!({ "name": "blog", "org_slug": "acme", "network": "" }));
    assert_eq!(answer.status, 201);
    let app = answer.json();
    assert_eq!((&app["name"], &app["status"], &app["network"]), (&json!("blog"), &json!("pending"), &json!("default")));
    assert_eq!(app["organization"]["slug"], "acme");
    assert_eq!(app["cname_target"], format!("{}.blog.fly.dev", app["id"].as_str().unwrap()));
    assert!(i32::try_from(app["internal_numeric_id"].as_i64().unwrap()).is_ok());

    for name in ["blog", "theirs"] {
        let answer = post(&fly, "/v1/apps", &json!({ "name": name, "org_slug": "acme" }));
        let body = answer.json();
        assert_eq!(answer.status, 422);
        assert_eq!(body, json!({ "error": "Validation failed: Name has already been taken", "status": "name_taken" }));
    }
    for name in ["Blog", "a_b", &"a".repeat(63)] {
        let message = post(&fly, "/v1/apps", &json!({ "name": name, "org_slug": "acme" })).refused(422);
        assert_eq!(message, "Validation failed: Name under 63 chars using numbers, lowercase letters and dashes");
    }
    assert_eq!(get(&fly, "/v1/apps/blog").status, 200);
    assert_eq!(get(&fly, "/v1/apps/theirs").refused(403), "unauthorized");
    assert_eq!(get(&fly, "/v1/apps/free").refused(404), "app not found");
    assert_eq!(get(&fly, "/v1/apps?org_slug=acme").good()["total_apps"], 1);

    let answer = call(&fly, "DELETE", "/v1/apps/blog", &Value::Null);
    assert_eq!((answer.status, answer.text.as_str()), (202, ""));
    assert_eq!(get(&fly, "/v1/apps/blog").status, 404);
}

#[test]
fn tokens_may_do_what_they_are_for() {
    let fly = start();
    fly.with(|world| {
        world.add_org("acme", false);
        world.add_token("acmes", Access::Organization("acme".to_owned()));
    });
    let token = post(&fly, "/v1/apps/shop/deploy_token", &json!({ "expiry": "1h" })).good()["token"].clone();
    let token = token.as_str().unwrap();
    let new = json!({ "name": "new", "org_slug": "personal" });
    assert_eq!(as_other(&fly, token, "GET", "/v1/apps/shop", &Value::Null), 200);
    assert_eq!(as_other(&fly, token, "POST", "/v1/apps", &new), 403);
    assert_eq!(as_other(&fly, token, "DELETE", "/v1/apps/shop", &Value::Null), 403);
    assert_eq!(as_other(&fly, "acmes", "GET", "/v1/apps/shop", &Value::Null), 403);
    assert_eq!(as_other(&fly, "acmes", "POST", "/v1/apps", &json!({ "name": "new", "org_slug": "acme" })), 201);
    assert_eq!(as_other(&fly, "nobody", "GET", "/v1/apps/shop", &Value::Null), 401);
    assert_eq!(send(&fly, "GET", "/v1/apps/shop", &[], "").unwrap().status, 401);
    assert_eq!(get(&fly, "/v1/tokens/current").good()["tokens"][0]["org_slug"], "acme");
}

#[test]
fn volumes_are_where_their_machine_is() {
    let fly = start();
    let body = json!({
        "name": "data", "region": "fra", "size_gb": 1, "encrypted": true, "require_unique_zone": true,
        "compute": { "cpu_kind": "shared", "cpus": 1, "memory_mb": 256 },
    });
    let volume = post(&fly, "/v1/apps/shop/volumes", &body).good();
    for (key, value) in [
        ("name", json!("data")),
        ("state", json!("created")),
        ("size_gb", json!(1)),
        ("region", json!("fra")),
        ("encrypted", json!(true)),
        ("attached_machine_id", Value::Null),
        ("fstype", json!("ext4")),
        ("snapshot_retention", json!(5)),
        ("auto_backup_enabled", json!(true)),
        ("host_status", json!("ok")),
        ("created_at", json!("2026-08-21T10:00:00Z")),
    ] {
        assert_eq!(volume[key], value, "{key}");
    }
    let id = volume["id"].as_str().unwrap();
    assert!(id.starts_with("vol_"));
    let other = post(&fly, "/v1/apps/shop/volumes", &body).good();
    assert_ne!(other["zone"], volume["zone"]);
    assert_eq!(post(&fly, "/v1/apps/shop/volumes", &json!({ "name": "more" })).good()["size_gb"], 3);

    let config = json!({ "image": "nginx", "mounts": [{ "volume": id, "path": "/data" }] });
    let create = |region: &str| post(&fly, "/v1/apps/shop/machines", &json!({ "region": region, "config": config }));
    assert!(create("ams").refused(400).contains("is in region fra"));
    let machine = create("fra").good()["id"].as_str().unwrap().to_owned();
    assert!(create("fra").refused(412).contains(&format!("already claimed by machine {machine}")));

    let without = json!({ "config": { "image": "nginx" } });
    wait(&fly, &machine, "").good();
    let message = post(&fly, &format!("/v1/apps/shop/machines/{machine}"), &without).refused(400);
    assert!(message.contains("volumes of a machine can't be changed"), "{message}");

    let path = format!("/v1/apps/shop/volumes/{id}");
    let grown = call(&fly, "PUT", &format!("{path}/extend"), &json!({ "size_gb": 2 })).good();
    assert_eq!((&grown["volume"]["size_gb"], &grown["needs_restart"]), (&json!(2), &json!(true)));
    assert_eq!(call(&fly, "PUT", &format!("{path}/extend"), &json!({ "size_gb": 1 })).status, 400);
    assert_eq!(call(&fly, "DELETE", &path, &Value::Null).status, 412);
    call(&fly, "DELETE", &format!("/v1/apps/shop/machines/{machine}?force=true"), &Value::Null).good();
    wait(&fly, &machine, "state=destroyed").good();
    assert_eq!(call(&fly, "DELETE", &path, &Value::Null).status, 412, "it is held for some seconds more");
    fly.clock().advance(Duration::from_secs(3));
    call(&fly, "DELETE", &path, &Value::Null).good();
    assert_eq!(get(&fly, &path).status, 404);
}

#[test]
fn volumes_are_copied_and_kept() {
    let fly = start();
    let first = post(&fly, "/v1/apps/shop/volumes", &json!({ "name": "data", "region": "fra", "size_gb": 4 })).good();
    let id = first["id"].as_str().unwrap();
    let fork = json!({ "name": "data", "region": "fra", "source_volume_id": id, "require_unique_zone": true });
    let fork = post(&fly, "/v1/apps/shop/volumes", &fork).good();
    assert_eq!(fork["size_gb"], 4);
    assert_ne!(fork["zone"], first["zone"]);
    let path = format!("/v1/apps/shop/volumes/{id}");
    post(&fly, &format!("{path}/snapshots"), &Value::Null).good();
    let snapshots = get(&fly, &format!("{path}/snapshots")).good();
    assert_eq!((&snapshots[0]["volume_size"], &snapshots[0]["retention_days"]), (&json!(4_u64 << 30), &json!(5)));
    let body = json!({ "name": "data", "region": "ams", "snapshot_id": snapshots[0]["id"] });
    assert_eq!(post(&fly, "/v1/apps/shop/volumes", &body).good()["size_gb"], 4);
    assert_eq!(call(&fly, "PUT", &path, &json!({ "snapshot_retention": 60 })).good()["snapshot_retention"], 60);
    assert_eq!(call(&fly, "PUT", &path, &json!({ "snapshot_retention": 61 })).status, 400);
}

#[test]
fn secrets_come_in_versions() {
    let fly = start();
    let path = "/v1/apps/shop/secrets";
    let set = post(&fly, path, &json!({ "values": { "A": "1", "B": "2" } })).good();
    assert_eq!(set["version"], 1);
    let changed = post(&fly, path, &json!({ "values": { "A": "3", "B": null } })).good();
    assert_eq!((&changed["version"], changed["secrets"].as_array().unwrap().len()), (&json!(2), 1));
    assert_ne!(changed["secrets"][0]["digest"], set["secrets"][0]["digest"]);
    assert_eq!(changed["secrets"][0]["created_at"], "2026-08-21T10:00:00Z");
    assert_eq!(fly.secrets("shop"), [("A".to_owned(), "3".to_owned())].into());
    let listed = get(&fly, &format!("{path}?show_secrets=true")).good();
    assert!(listed["secrets"][0].get("value").is_none(), "values are only for machines of the app");
    assert_eq!(get(&fly, &format!("{path}?version=2")).status, 200);
    assert_eq!(get(&fly, &format!("{path}?min_version=3")).status, 412);
    assert_eq!(post(&fly, &format!("{path}/C"), &json!({ "value": "x" })).status, 201);
    assert_eq!(call(&fly, "DELETE", &format!("{path}/C"), &Value::Null).good(), json!({ "version": 4 }));

    let create = |version: u64| {
        let body = json!({ "min_secrets_version": version, "config": { "image": "nginx" } });
        post(&fly, "/v1/apps/shop/machines", &body).status
    };
    assert_eq!((create(4), create(5)), (200, 412));
}

#[test]
fn addresses_are_given_and_taken() {
    let fly = start();
    let path = "/v1/apps/shop/ip_assignments";
    let shared = json!({ "type": "shared_v4", "region": "", "org_slug": "", "network": "", "service_name": "" });
    let shared = post(&fly, path, &shared).good();
    assert_eq!((&shared["shared"], &shared["region"]), (&json!(true), &json!("global")));
    let v6 = post(&fly, path, &json!({ "type": "v6" })).good();
    assert_eq!(v6["shared"], false);
    assert!(v6["ip"].as_str().unwrap().contains(':'));
    let private = post(&fly, path, &json!({ "type": "private_v6" })).good();
    assert!(private["ip"].as_str().unwrap().starts_with("fdaa:"));
    assert_eq!(private["network"], json!({ "name": "", "org_slug": "personal" }));
    let pair = post(&fly, path, &json!({ "type": "egress_pair", "region": "fra" })).good()["ip_pair"].clone();
    for version in ["v4", "v6"] {
        let ip = pair[version].as_str().unwrap();
        let egress = get(&fly, path).good()["ips"].as_array().unwrap().iter().find(|other| other["ip"] == ip).cloned();
        assert_eq!(egress.unwrap()["egress"], true);
        call(&fly, "DELETE", &format!("{path}/{ip}"), &Value::Null).good();
    }
    assert_eq!(get(&fly, path).good()["ips"], json!([shared, v6, private]));
    let ip = v6["ip"].as_str().unwrap();
    assert_eq!(call(&fly, "DELETE", &format!("{path}/{ip}"), &Value::Null).status, 204);
    assert_eq!(call(&fly, "DELETE", &format!("{path}/{ip}"), &Value::Null).status, 404);
    assert_eq!(post(&fly, path, &json!({ "type": "v5" })).status, 400);
}

#[test]
fn certificates_are_asked_for_by_hostname() {
    let fly = start();
    let path = "/v1/apps/shop/certificates";
    let answer = post(&fly, &format!("{path}/acme"), &json!({ "hostname": "shop.example.com" }));
    let made = answer.json();
    assert_eq!((answer.status, &made["configured"], &made["acme_requested"]), (201, &json!(false), &json!(true)));
    assert!(made["dns_requirements"]["cname"].as_str().unwrap().ends_with(".shop.fly.dev"));
    assert_eq!(get(&fly, path).good()["total_count"], 1);
    assert_eq!(post(&fly, &format!("{path}/shop.example.com/check"), &Value::Null).good(), made);
    assert_eq!(post(&fly, path, &json!({})).status, 405);
    assert_eq!(call(&fly, "DELETE", &format!("{path}/shop.example.com"), &Value::Null).status, 204);
}

#[test]
fn room_can_be_asked_for() {
    let fly = start();
    fly.with(|world| world.conditions.full_regions.insert("ams".to_owned()));
    let body = json!({ "org_slug": "personal", "region": "fra,ams", "count": 2 });
    let answer = post(&fly, "/v1/platform/placements", &body).good();
    assert_eq!(answer, json!({ "regions": [{ "region": "fra", "count": 2, "concurrency": 4 }] }));
    let regions = get(&fly, "/v1/platform/regions").good();
    assert_eq!(regions["nearest"], "fra");
    let ams = regions["regions"].as_array().unwrap().iter().find(|region| region["code"] == "ams").unwrap();
    assert_eq!(ams["capacity"], 0);
    machine(&fly, &json!({}));
    let all = get(&fly, "/v1/orgs/personal/machines?limit=1").good();
    assert_eq!(all["machines"][0]["app_name"], "shop");
}

#[test]
fn managed_postgres_takes_its_time() {
    let fly = start();
    let body = json!({ "org_slug": "personal", "region": "fra", "plan": "basic", "name": "db", "disk_size_gb": 10 });
    let answer = post(&fly, "/v1/postgres", &body);
    let made = answer.json()["data"].clone();
    assert_eq!((answer.status, &made["status"], &made["plan"]), (201, &json!("creating"), &json!("basic")));
    let path = format!("/v1/postgres/{}", made["id"].as_str().unwrap());
    assert_eq!(get(&fly, &format!("{path}/users/fly-user/credentials")).status, 503);
    fly.clock().advance(Duration::from_secs(60));
    assert_eq!(get(&fly, &path).good()["data"]["status"], "ready");
    let user = json!({ "username": "shop", "role": "writer" });
    assert_eq!(post(&fly, &format!("{path}/users"), &user).good()["data"], user);
    let credentials = get(&fly, &format!("{path}/users/shop/credentials")).good();
    assert_eq!(credentials["data"]["username"], "shop");
    let rotated = post(&fly, &format!("{path}/users/shop/rotate_password"), &Value::Null).good();
    assert_ne!(rotated["data"]["password"], credentials["data"]["password"]);
    assert_eq!(post(&fly, &format!("{path}/attachments"), &json!({ "app_name": "shop" })).status, 201);
    assert_eq!(post(&fly, &format!("{path}/attachments"), &json!({ "app_name": "shop" })).status, 200);
    assert_eq!(call(&fly, "DELETE", &path, &Value::Null).status, 202);
    fly.clock().advance(Duration::from_secs(2));
    assert_eq!(get(&fly, &path).status, 410);
    assert_eq!(
        post(&fly, "/v1/postgres", &json!({ "org_slug": "personal", "region": "nrt", "plan": "basic" })).status,
        422
    );
}
