//! What goes wrong, what is refused, and what is written down.

use std::time::Duration;

use crate::common::{call, get, machine, post, send, shop};
use fake_fly::{Effect, FakeFly, Fault, Pace};
use serde_json::{Value, json};

fn start() -> FakeFly {
    let fly = FakeFly::start(Pace::Manual);
    shop(&fly);
    fly
}

fn create(fly: &FakeFly) -> Option<u16> {
    let headers = [("authorization", "Bearer test-token"), ("content-type", "application/json")];
    let body = json!({ "config": { "image": "nginx" } }).to_string();
    send(fly, "POST", "/v1/apps/shop/machines", &headers, &body).map(|answer| answer.status)
}

#[test]
fn a_call_is_refused_done_or_cut_off() {
    let fly = start();
    for (fault, status, made) in [
        (Fault::refuse("machines.create", 503, "no healthy upstream"), Some(503), 0),
        (Fault::commit_then("machines.create", 408, "request timed out"), Some(408), 1),
        (Fault::on("machines.create", Effect::HangUp), None, 1),
        (Fault::on("machines.create", Effect::CommitThenHangUp), None, 2),
    ] {
        fly.fault(fault);
        assert_eq!(create(&fly), status);
        assert_eq!(fly.machines("shop").len(), made);
    }
    assert_eq!(create(&fly), Some(200));
}

#[test]
fn faults_are_for_some_calls_only() {
    let fly = start();
    let one = machine(&fly, &json!({}));
    let other = machine(&fly, &json!({}));
    fly.fault(Fault::refuse("machines.get", 500, "broken").id(&other).skip(1).times(2));
    let status = |id: &str| get(&fly, &format!("/v1/apps/shop/machines/{id}")).status;
    assert_eq!([&other, &one, &other, &one, &other, &other].map(|id| status(id)), [200, 200, 500, 200, 500, 200]);
    fly.fault(Fault::refuse("*", 500, "broken").app("blog"));
    assert_eq!(status(&one), 200);
    fly.fault(Fault::refuse("*", 500, "broken").times(u32::MAX));
    assert_eq!((status(&one), status(&one)), (500, 500));
    fly.heal();
    assert_eq!(status(&one), 200);
}

/// As if the client had been killed before or after a call.
#[test]
fn after_a_kill_nobody_is_heard() {
    for (effect, made) in [(Effect::Kill, 0), (Effect::CommitThenKill, 1)] {
        let fly = start();
        fly.fault(Fault::on("machines.create", effect));
        assert_eq!(create(&fly), None);
        assert_eq!(create(&fly), None);
        assert!(fly.is_deaf());
        fly.heal();
        assert_eq!(fly.machines("shop").len(), made);
        assert_eq!(create(&fly), Some(200));
    }
}

#[test]
fn limits_are_kept() {
    let fly = start();
    let id = machine(&fly, &json!({}));
    fly.with(|world| world.conditions.rate_limits = true);
    let status = |path: &str| get(&fly, path).status;
    let path = format!("/v1/apps/shop/machines/{id}");
    assert_eq!((0..11).filter(|_| status(&path) == 200).count(), 10);
    assert_eq!((0..5).filter(|_| status("/v1/apps/shop/machines") == 200).count(), 3);
    fly.clock().advance(Duration::from_secs(1));
    assert_eq!((0..9).filter(|_| status(&path) == 200).count(), 5);
    assert_eq!((status("/v1/apps/shop/machines"), status("/v1/apps/shop/machines")), (200, 429));
    assert_eq!((0..9).filter(|_| status("/api/v1/organizations") == 200).count(), 9, "no limits are known there");
}

#[test]
fn what_fly_would_not_understand_is_refused() {
    let fly = start();
    let image = |more: Value| {
        let mut config = json!({ "image": "nginx" });
        config.as_object_mut().unwrap().extend(more.as_object().unwrap().clone());
        post(&fly, "/v1/apps/shop/machines", &json!({ "config": config }))
    };
    assert_eq!(image(json!({ "colour": "red" })).refused(400), "body.config: unknown field \"colour\"");
    let checks = json!({ "checks": { "a": { "type": "http", "interval": 15, "timeout": "2" } } });
    assert_eq!(
        image(checks).refused(400),
        "body.config.checks.a.timeout: expected a duration such as 10s, but got \"2\""
    );
    assert_eq!(post(&fly, "/v1/apps/shop/machines", &json!({})).refused(400), "body: field \"config\" is required");
    assert_eq!(get(&fly, "/v1/apps/shop/machines?colour=red").status, 400);
    assert_eq!(get(&fly, "/v1/colours").status, 404);
    let headers = [("authorization", "Bearer test-token")];
    assert_eq!(send(&fly, "POST", "/v1/apps", &headers, "{}").unwrap().status, 415);
    fly.with(|world| world.conditions.strict = false);
    assert_eq!(image(json!({ "colour": "red" })).status, 200);
}

#[test]
fn everything_is_written_down() {
    let fly = start();
    let id = machine(&fly, &json!({}));
    let _ = crate::common::with_nonce(
        &fly,
        "DELETE",
        &format!("/v1/apps/shop/machines/{id}?kill=true"),
        &Value::Null,
        "4f1c",
    );
    let calls = fly.calls();
    let last = calls.last().unwrap();
    assert_eq!((last.name.as_str(), last.method.as_str(), last.status), ("machines.delete", "DELETE", Some(200)));
    assert_eq!(
        (last.app.as_deref(), last.id.as_deref(), last.nonce.as_deref()),
        (Some("shop"), Some(id.as_str()), Some("4f1c"))
    );
    assert_eq!(calls[1].body["config"]["image"], "nginx");
    assert_eq!(
        fly.counts(),
        [("apps.create", 1), ("machines.create", 1), ("machines.delete", 1)].map(|(k, v)| (k.to_owned(), v)).into()
    );
    let head = get(&fly, "/v1/apps/shop").head;
    assert!(head.contains("fly-request-id: "), "{head}");
}

#[test]
fn others_than_rust_can_do_it_as_well() {
    let fly = start();
    let fault = json!({ "on": "apps.get", "effect": { "refuse": { "status": 500, "message": "broken" } } });
    assert_eq!(post(&fly, "/_fake/faults", &fault).status, 204);
    assert_eq!(get(&fly, "/_fake/faults").good()[0]["on"], "apps.get");
    assert_eq!(get(&fly, "/v1/apps/shop").refused(500), "broken");
    let answer = call(&fly, "PUT", "/_fake/conditions", &json!({ "full_regions": ["fra"] })).good();
    assert_eq!(answer["strict"], true);
    assert_eq!(call(&fly, "PUT", "/_fake/conditions", &json!({ "weather": "bad" })).status, 400);
    assert_eq!(call(&fly, "PUT", "/_fake/timings", &json!({ "starting": 1 })).good()["starting"], 1);
    let program = json!([{ "image": "bad", "behaviour": { "checks": "never", "exit": { "code": 1, "after": 10 } } }]);
    assert_eq!(call(&fly, "PUT", "/_fake/programs", &program).status, 204);
    assert_eq!(post(&fly, "/_fake/clock", &json!({ "advance_seconds": 60 })).good()["now"], "2026-08-21T10:01:00Z");
    let calls = get(&fly, "/_fake/calls").good();
    assert_eq!(calls.as_array().unwrap().last().unwrap()["name"], "apps.get", "its own calls are not among them");
    assert_eq!(get(&fly, "/_fake").good()["machines.create"], "POST /v1/apps/{app}/machines");
}
