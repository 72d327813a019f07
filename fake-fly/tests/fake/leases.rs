//! Leases, as others measured them against the live service: what is refused, and what is kept waiting.

use std::thread;
use std::time::Duration;

use crate::common::{call, get, machine, post, shop, wait, with_nonce};
use fake_fly::{FakeFly, Pace};
use serde_json::{Value, json};

fn start() -> (FakeFly, String) {
    let fly = FakeFly::start(Pace::Manual);
    shop(&fly);
    let id = machine(&fly, &json!({}));
    fly.clock().advance(Duration::from_secs(5));
    (fly, format!("/v1/apps/shop/machines/{id}"))
}

/// Long enough for a request to arrive and wait.
fn a_moment() {
    thread::sleep(Duration::from_millis(60));
}

#[test]
fn a_lease_is_taken_renewed_and_given_back() {
    let (fly, machine) = start();
    let lease = format!("{machine}/lease");
    assert_eq!(get(&fly, &lease).refused(404), "lease not found");
    let answer = post(&fly, &format!("{lease}?ttl=13"), &Value::Null);
    assert_eq!(answer.status, 201);
    let taken = answer.json();
    assert_eq!(taken["status"], "success");
    let nonce = taken["data"]["nonce"].as_str().unwrap();
    assert_eq!(taken["data"]["expires_at"], 1_787_306_405 + 13);
    assert!(taken["data"]["owner"].as_str().unwrap().ends_with("@tokens.fly.io"));
    assert!(get(&fly, &lease).good()["data"].get("nonce").is_none());

    fly.clock().advance(Duration::from_secs(4));
    let renewed = with_nonce(&fly, "POST", &format!("{lease}?ttl=13"), &Value::Null, nonce).good();
    assert_eq!(renewed["data"]["nonce"], nonce);
    assert_eq!(renewed["data"]["expires_at"], 1_787_306_409 + 13);
    assert_eq!(with_nonce(&fly, "DELETE", &lease, &Value::Null, "other").status, 404);
    let given = with_nonce(&fly, "DELETE", &lease, &Value::Null, nonce).good();
    assert_eq!(given, json!({ "status": "success", "data": { "ok": true } }));
    assert_eq!(fly.leases(), Vec::<String>::new());
}

#[test]
fn others_may_not_update_or_start_and_take_no_lease() {
    let (fly, machine) = start();
    let nonce = post(&fly, &format!("{machine}/lease"), &json!({ "ttl": 13 })).good()["data"]["nonce"].clone();
    let nonce = nonce.as_str().unwrap();
    let update = json!({ "lease_ttl": 13, "config": { "image": "nginx:2" } });
    for (path, body) in [("", &update), ("/start", &Value::Null), ("/lease", &Value::Null), ("/restart", &Value::Null)]
    {
        let message = post(&fly, &format!("{machine}{path}"), body).refused(409);
        assert!(message.contains("lease currently held by "), "{message}");
        assert!(message.ends_with("@tokens.fly.io, expires at 2026-08-21T10:00:18Z"), "{message}");
    }
    // Whoever has the lease may, and it stays.
    with_nonce(&fly, "POST", &machine, &update, nonce).good();
    assert_eq!(fly.leases().len(), 1);
    // Reading and waiting are free, and so are labels.
    get(&fly, &machine).good();
    post(&fly, &format!("{machine}/metadata/a"), &json!({ "value": "1" })).good();
    fly.clock().advance(Duration::from_secs(13));
    post(&fly, &machine, &update).good();
}

#[test]
fn stopping_and_deleting_wait_until_the_lease_expires() {
    for (method, path, state) in [("POST", "/stop", "stopping"), ("DELETE", "?force=true", "destroying")] {
        let (fly, machine) = start();
        post(&fly, &format!("{machine}/lease?ttl=13"), &Value::Null).good();
        thread::scope(|scope| {
            let waiting = scope.spawn(|| call(&fly, method, &format!("{machine}{path}"), &Value::Null));
            a_moment();
            fly.clock().advance(Duration::from_secs(12));
            a_moment();
            assert!(!waiting.is_finished());
            assert_eq!(get(&fly, &machine).good()["state"], "started");
            fly.clock().advance(Duration::from_secs(1));
            waiting.join().unwrap().good();
        });
        assert_eq!(get(&fly, &machine).good()["state"], state);
    }
}

#[test]
fn with_the_nonce_nothing_waits() {
    let (fly, machine) = start();
    let nonce = post(&fly, &format!("{machine}/lease?ttl=13"), &Value::Null).good()["data"]["nonce"].clone();
    with_nonce(&fly, "POST", &format!("{machine}/stop"), &json!({}), nonce.as_str().unwrap()).good();
    with_nonce(&fly, "DELETE", &format!("{machine}?kill=true"), &Value::Null, nonce.as_str().unwrap()).good();
}

/// A machine that is created with a lease belongs to who created it.
#[test]
fn creation_can_take_a_lease() {
    let (fly, _) = start();
    let body = json!({ "lease_ttl": 300, "config": { "image": "nginx" } });
    let made = post(&fly, "/v1/apps/shop/machines", &body).good();
    let machine = format!("/v1/apps/shop/machines/{}", made["id"].as_str().unwrap());
    fly.clock().advance(Duration::from_secs(299));
    assert_eq!(post(&fly, &machine, &json!({ "config": { "image": "nginx" } })).status, 409);
    with_nonce(&fly, "POST", &machine, &json!({ "config": { "image": "nginx" } }), made["nonce"].as_str().unwrap())
        .good();
}

#[test]
fn renewing_what_has_expired_is_refused() {
    let (fly, machine) = start();
    let nonce = post(&fly, &format!("{machine}/lease?ttl=13"), &Value::Null).good()["data"]["nonce"].clone();
    fly.clock().advance(Duration::from_secs(14));
    let answer = with_nonce(&fly, "POST", &format!("{machine}/lease?ttl=13"), &Value::Null, nonce.as_str().unwrap());
    assert_eq!(answer.refused(404), "lease not found");
}

#[test]
fn clocks_skip_what_everybody_waits_for() {
    let fly = FakeFly::start(Pace::Skipping);
    shop(&fly);
    let id = machine(&fly, &json!({}));
    let (began, start) = (std::time::Instant::now(), fly.clock().now());
    thread::scope(|scope| {
        let sleeper = scope.spawn(|| {
            let start = fly.clock().now();
            for _ in 0..10 {
                fly.clock().sleep(Duration::from_secs(4));
            }
            fly.clock().now().since(start)
        });
        assert_eq!(wait(&fly, &id, "state=stopped&timeout=60").status, 408);
        assert_eq!(fly.clock().now().since(start).as_secs() / 60, 1);
        assert_eq!(sleeper.join().unwrap(), Duration::from_secs(40));
    });
    assert!(began.elapsed() < Duration::from_secs(30), "a minute took {:?}", began.elapsed());
}
