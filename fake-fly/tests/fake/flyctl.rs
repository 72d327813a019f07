//! What flyctl asks when it deploys, call by call, in its words: superfly/flyctl: `internal/command/deploy`,
//! `internal/uiex`; fly-go: `flaps`, `resource_apps.go`. Nothing of it may be refused, and each answer has
//! what flyctl looks at.

use std::time::Duration;

use fake_fly::{FakeFly, Pace};
use serde_json::{Value, json};

use crate::common::{call, get, post, shop, with_nonce};

fn start() -> FakeFly {
    let fly = FakeFly::start(Pace::Skipping);
    shop(&fly);
    fly
}

fn patch(fly: &FakeFly, release: &Value, status: &str) {
    let path = format!("/api/v1/releases/{}", release["id"].as_str().unwrap());
    let metadata = json!({ "post_deployment_info": { "flyctl_version": "0.3.1", "error": "" } });
    call(fly, "PATCH", &path, &json!({ "status": status, "metadata": metadata })).good();
}

#[track_caller]
fn ask(fly: &FakeFly, query: &str, variables: &Value) -> Value {
    let answer = post(fly, "/graphql", &json!({ "query": query, "variables": variables })).good();
    assert!(answer.get("errors").is_none(), "{answer}");
    answer["data"].clone()
}

/// A machine config as fly-go writes it for a web service.
fn config(image: &str, release: &Value, group: &str) -> Value {
    json!({
        "env": { "FLY_PROCESS_GROUP": group, "PRIMARY_REGION": "fra" },
        "init": {},
        "guest": { "cpu_kind": "shared", "cpus": 1, "memory_mb": 256 },
        "metadata": {
            "fly_flyctl_version": "0.3.1", "fly_platform_version": "v2", "fly_process_group": group,
            "fly_release_id": release["id"], "fly_release_version": release["version"].to_string(),
        },
        "services": [{
            "protocol": "tcp", "internal_port": 8080, "autostop": true, "autostart": true, "min_machines_running": 0,
            "ports": [
                { "port": 80, "handlers": ["http"], "force_https": true },
                { "port": 443, "handlers": ["http", "tls"] },
            ],
            "checks": [{ "type": "http", "interval": "15s", "timeout": "2s", "grace_period": "5s", "method": "get", "path": "/up" }],
            "force_instance_key": null,
        }],
        "checks": { "alive": { "port": 8080, "type": "tcp", "interval": "15s", "timeout": "10s", "grace_period": "30s" } },
        "image": image,
        "restart": {},
    })
}

/// Steps 2 and 3: the app, its organization, and the image.
fn resolve_image(fly: &FakeFly, reference: &str) -> String {
    assert!(get(fly, "/v1/apps/shop").good()["internal_numeric_id"].is_i64());
    assert_eq!(get(fly, "/api/v1/organizations/personal").good()["organization"]["slug"], "personal");
    let build =
        json!({ "app_name": "shop", "builder_type": "remote", "strategies_available": ["Remote Image Reference"] });
    let build = post(fly, "/api/v1/builds", &build).good();
    let query = "query ($appName: String!, $imageRef: String!) { app(name: $appName) { id image(ref: $imageRef) { id \
                 digest ref compressedSize: compressedSizeFull manifest } } }";
    let image = ask(fly, query, &json!({ "appName": "shop", "imageRef": reference }))["app"]["image"].clone();
    assert!(image["compressedSize"].as_str().unwrap().parse::<u64>().is_ok());
    let finish = json!({
        "build_id": build["id"], "app_name": "shop", "machine_id": "", "status": "completed",
        "strategies_attempted": [{ "error": "", "note": "", "result": "success", "strategy": "Remote Image Reference" }],
        "builder_meta": { "builder_type": "remote", "buildkit_enabled": false, "docker_version": "", "platform": "",
            "remote_app_name": "", "remote_machine_id": "" },
        "final_image": { "id": image["id"], "size_bytes": 1, "tag": reference },
        "timings": { "build_and_push_ms": 0, "build_ms": 0, "builder_init_ms": 0, "context_build_ms": 0,
            "image_build_ms": 0, "push_ms": 0 },
        "logs": "",
    });
    assert_eq!(post(fly, "/api/v1/builds/finish", &finish).status, 200);
    image["ref"].as_str().unwrap().to_owned()
}

fn create_release(fly: &FakeFly, image: &str) -> Value {
    let body = json!({
        "app_name": "shop", "build_id": 1, "definition": { "app": "shop" }, "image": image, "strategy": "ROLLING",
    });
    let release = post(fly, "/api/v1/releases", &body).good()["release"].clone();
    let query = "query ($appName: String!) { app(name: $appName) { egressIpAddresses { nodes { id ip version region updatedAt } } } }";
    ask(fly, query, &json!({ "appName": "shop" }));
    patch(fly, &release, "running");
    release
}

/// After a machine was created or changed: started, no crash, checks, listening, and then it is let go.
fn watch(fly: &FakeFly, id: &str, nonce: &str) {
    let path = format!("/v1/apps/shop/machines/{id}");
    get(fly, &format!("{path}/wait?state=started&timeout=60")).good();
    fly.clock().advance(Duration::from_secs(11));
    let machine = get(fly, &path).good();
    let events = machine["events"].as_array().unwrap();
    let place = |kind: &str| events.iter().position(|event| event["type"] == kind).unwrap();
    assert!(place("start") < place("launch"), "a start that is newer than the launch");
    assert_eq!(machine["host_status"], "ok");
    let checks = machine["checks"].as_array().unwrap();
    assert!(!checks.is_empty() && checks.iter().all(|check| check["status"] == "passing"));
    let sockets = get(fly, &format!("{path}/ps")).good()[0]["listen_sockets"].clone();
    assert_eq!(sockets, json!([{ "proto": "tcp", "address": "[::]:8080" }]));
    with_nonce(fly, "DELETE", &format!("{path}/lease"), &Value::Null, nonce).good();
}

fn first_deploy(fly: &FakeFly) -> Vec<String> {
    let image = resolve_image(fly, "nginx");
    assert_eq!(get(fly, "/v1/apps/shop/machines").good(), json!([]));
    assert_eq!(get(fly, "/v1/apps/shop/machines").good(), json!([]));
    assert_eq!(get(fly, "/v1/apps/shop/ip_assignments").good(), json!({ "ips": [] }));
    for kind in ["v6", "shared_v4"] {
        let body = json!({ "type": kind, "region": "", "org_slug": "", "network": "", "service_name": "" });
        assert!(post(fly, "/v1/apps/shop/ip_assignments", &body).good()["created_at"].is_string());
    }
    let release = create_release(fly, &image);
    let mut ids = Vec::new();
    for _ in 0..2 {
        let body = json!({
            "config": config(&image, &release, "app"), "region": "fra", "skip_secrets": false, "lease_ttl": 300,
        });
        let machine = post(fly, "/v1/apps/shop/machines", &body).good();
        assert!(machine["config"]["checks"]["alive"].is_object(), "else flyctl waits for no checks");
        let id = machine["id"].as_str().unwrap().to_owned();
        watch(fly, &id, machine["nonce"].as_str().unwrap());
        ids.push(id);
    }
    patch(fly, &release, "complete");
    get(fly, "/v1/apps/shop/ip_assignments").good();
    ids
}

#[test]
fn a_first_deploy() {
    let fly = start();
    let ids = first_deploy(&fly);
    assert_eq!((fly.machines("shop").len(), fly.leases().len()), (ids.len(), 0));
    assert_eq!(fly.releases("shop")[0]["status"], "complete");
    assert_eq!(fly.app("shop")["status"], "deployed");
}

#[test]
fn a_rolling_update_with_a_release_command() {
    let fly = start();
    let ids = first_deploy(&fly);
    let image = resolve_image(&fly, "nginx:2");
    assert_eq!(get(&fly, "/v1/apps/shop/machines").good().as_array().unwrap().len(), 2);
    let release = create_release(&fly, &image);

    let command = json!({
        "config": {
            "env": { "FLY_PROCESS_GROUP": "fly_app_release_command", "RELEASE_COMMAND": "1" },
            "init": { "cmd": ["migrate"] },
            "guest": { "cpu_kind": "shared", "cpus": 2, "memory_mb": 512 },
            "metadata": { "fly_platform_version": "v2", "fly_process_group": "fly_app_release_command" },
            "image": image, "auto_destroy": true, "restart": { "policy": "no" }, "dns": { "skip_registration": true },
        },
        "region": "fra", "skip_launch": true, "skip_secrets": false,
    });
    let machine = post(&fly, "/v1/apps/shop/machines", &command).good();
    let path = format!("/v1/apps/shop/machines/{}", machine["id"].as_str().unwrap());
    let lease = post(&fly, &format!("{path}/lease?ttl=13"), &Value::Null).good()["data"]["nonce"].clone();
    get(&fly, &format!("{path}/wait?state=stopped&timeout=60")).good();
    with_nonce(&fly, "POST", &format!("{path}/lease?ttl=13"), &Value::Null, lease.as_str().unwrap());
    assert_eq!(with_nonce(&fly, "POST", &format!("{path}/start"), &Value::Null, lease.as_str().unwrap()).status, 200);
    get(&fly, &format!("{path}/wait?state=started&timeout=60")).good();
    get(&fly, &format!("{path}/wait?state=destroyed&timeout=60")).good();
    let events = get(&fly, &path).good()["events"].clone();
    let exit = events.as_array().unwrap().iter().find(|event| event["type"] == "exit").unwrap().clone();
    assert_eq!(exit["request"]["MonitorEvent"]["exit_event"]["exit_code"], 0);

    let lease = |id: &str| {
        let answer = post(&fly, &format!("/v1/apps/shop/machines/{id}/lease?ttl=13"), &Value::Null).good();
        assert_eq!(answer["status"], "success");
        answer["data"]["nonce"].as_str().unwrap().to_owned()
    };
    for id in &ids {
        let nonce = lease(id);
        let body = json!({ "config": config(&image, &release, "app"), "region": "fra", "skip_secrets": false });
        let path = format!("/v1/apps/shop/machines/{id}");
        assert_eq!(with_nonce(&fly, "POST", &path, &body, &nonce).good()["state"], "replacing");
        let renewed = with_nonce(&fly, "POST", &format!("{path}/lease?ttl=13"), &Value::Null, &nonce).good();
        assert_eq!(renewed["data"]["nonce"], nonce.as_str());
        get(&fly, &format!("{path}/wait?state=started&timeout=60")).good();
        with_nonce(&fly, "DELETE", &format!("{path}/lease"), &Value::Null, &nonce).good();
    }
    patch(&fly, &release, "complete");
    let machines = fly.machines("shop");
    assert_eq!(machines.len(), 2);
    assert!(machines.iter().all(|machine| machine["config"]["metadata"]["fly_release_version"] == "2"));
}

#[test]
fn a_blue_green_deploy() {
    let fly = start();
    let blue = first_deploy(&fly);
    assert_eq!(
        ask(
            &fly,
            "query($appName: String!) { canPerformBluegreenDeployment(name: $appName) }",
            &json!({ "appName": "shop" })
        )["canPerformBluegreenDeployment"],
        true
    );
    let image = resolve_image(&fly, "nginx:2");
    let release = create_release(&fly, &image);
    let mut green = Vec::new();
    for _ in &blue {
        let body = json!({
            "config": config(&image, &release, "app"), "region": "fra", "skip_service_registration": true,
            "skip_secrets": false, "lease_ttl": 13,
        });
        let machine = post(&fly, "/v1/apps/shop/machines", &body).good();
        assert_eq!(machine["cordoned"], true);
        green.push((machine["id"].as_str().unwrap().to_owned(), machine["nonce"].as_str().unwrap().to_owned()));
    }
    for (id, nonce) in &green {
        let path = format!("/v1/apps/shop/machines/{id}");
        get(&fly, &format!("{path}/wait?state=started&timeout=60")).good();
        with_nonce(&fly, "POST", &format!("{path}/uncordon"), &Value::Null, nonce).good();
    }
    for id in &blue {
        let path = format!("/v1/apps/shop/machines/{id}");
        let tag = json!({ "value": "safe_to_destroy" });
        post(&fly, &format!("{path}/metadata/fly_bluegreen_deployment_tag"), &tag).good();
        post(&fly, &format!("{path}/cordon"), &Value::Null).good();
        post(&fly, &format!("{path}/stop"), &json!({ "id": id, "signal": "SIGTERM" })).good();
        get(&fly, &format!("{path}/wait?state=stopped&timeout=60")).good();
        call(&fly, "DELETE", &format!("{path}?kill=true"), &Value::Null).good();
        get(&fly, &format!("{path}/wait?state=destroyed&timeout=60")).good();
    }
    let left = fly.machines("shop");
    assert_eq!(left.len(), green.len());
    assert!(left.iter().all(|machine| machine["cordoned"] == false));
}

#[test]
fn other_commands() {
    let fly = start();
    first_deploy(&fly);
    let name = json!({ "appName": "shop" });
    let compact = "query ($appName: String!) { appcompact:app(name: $appName) { id internalNumericId name hostname deployed \
                   status appUrl platformVersion organization { id internalNumericId slug paidPlan } postgresAppRole: role \
                   { name } } }";
    assert_eq!(ask(&fly, compact, &name)["appcompact"]["deployed"], true);
    let whole = "query ($appName: String!) { app(name: $appName) { id internalNumericId name hostname deployed status version \
                 appUrl platformVersion currentRelease { evaluationId status inProgress version } config { definition } \
                 organization { id slug paidPlan } services { description protocol internalPort ports { port handlers } } \
                 ipAddresses { nodes { id address type createdAt } } imageDetails { registry repository tag digest version } \
                 machines{ nodes { id name config state region createdAt app { name } ips { nodes { family kind ip maskSize } } \
                 host { id } } } postgresAppRole: role { name } limitedAccessTokens { nodes { id name expiresAt } } } }";
    assert_eq!(ask(&fly, whole, &name)["app"]["machines"]["nodes"].as_array().unwrap().len(), 2);
    let by_slug = "query($slug: String!) { organization(slug: $slug) { id internalNumericId slug name type billable \
                   limitedAccessTokens { nodes { id name expiresAt user { email } } } } }";
    let organization = ask(&fly, by_slug, &json!({ "slug": "personal" }))["organization"].clone();
    assert!(organization["internalNumericId"].is_string());
    let add_ons = "query ListOrganizationAddOns($organizationId: String!, $addOnType: AddOnType!) { organization(slug: \
                   $organizationId) { addOns(type: $addOnType) { nodes { ...AddOnListData } } } } fragment AddOnListData on \
                   AddOn { id name addOnPlan { displayName description } privateIp primaryRegion readRegions options metadata \
                   organization { id slug } app { id name } }";
    ask(&fly, add_ons, &json!({ "organizationId": "personal", "addOnType": "tigris" }));
    let current = "query ($appName: String!) { app(name: $appName) { currentRelease: currentReleaseUnprocessed { id version \
                   description reason status imageRef stable user { id email name } createdAt } } }";
    assert_eq!(ask(&fly, current, &name)["app"]["currentRelease"]["version"], 1);
    let latest = "query LatestImage($appName:String!) { app(name:$appName) { currentReleaseUnprocessed { id version imageRef } } }";
    let body = json!({ "query": latest, "variables": name, "operationName": "LatestImage" });
    assert!(post(&fly, "/graphql", &body).good()["data"]["app"]["currentReleaseUnprocessed"]["imageRef"].is_string());
    let orgs = "query($admin: Boolean!) { organizations(admin: $admin) { nodes { id slug name type paidPlan billable \
                viewerRole internalNumericId } } }";
    ask(&fly, orgs, &json!({ "admin": false }));
    let secrets = post(&fly, "/v1/apps/shop/secrets", &json!({ "values": { "A": "1" } })).good();
    assert_eq!(secrets["version"], 1);
    get(&fly, "/v1/apps/shop/secrets?version=1").good();
    get(&fly, "/v1/apps/shop/volumes").good();
    assert_eq!(call(&fly, "DELETE", "/v1/apps/shop", &Value::Null).status, 202);
}
