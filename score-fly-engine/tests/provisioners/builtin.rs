//! What needs nothing but the project.

use std::sync::Arc;

use score_fly_core::secret::Secret;
use score_fly_engine::provisioner::{Builtin, Kind, Provisioner, Request};
use serde_json::{Value, json};

use crate::support::{answer, error, request, values};

fn outputs(builtin: Builtin, request: &Request) -> Value {
    let answer = answer(Kind::Builtin(builtin), request);
    assert!(answer.secrets.is_empty() && answer.state.is_none() && answer.shared.is_empty());
    json!(answer.values)
}

fn refusal(builtin: Builtin, request: &Request) -> String {
    error(Kind::Builtin(builtin), request)
}

#[test]
fn there_is_one_for_each_type() {
    let types: Vec<String> = Builtin::provisioners().map(|provisioner| provisioner.selector.kind).collect();
    assert_eq!(types, ["dns", "environment", "route", "service", "service-port", "volume"]);
}

#[test]
fn dns_is_the_host_of_the_app() {
    let request = request("dns.default#shop.host", json!({}));
    let expected = json!({"host": "acme-shop.fly.dev", "url": "https://acme-shop.fly.dev"});
    assert_eq!(outputs(Builtin::Dns, &request), expected);
}

#[test]
fn environment_has_the_variables_that_are_asked_for() {
    let mut request = request("environment.default#shop.env", json!({}));
    assert_eq!(outputs(Builtin::Environment, &request), json!({}));
    request.wanted.insert("REGION".to_owned());
    assert_eq!(outputs(Builtin::Environment, &request), json!({"REGION": "eu"}));
    request.wanted.extend(["HOST", "PORT"].map(str::to_owned));
    assert_eq!(
        refusal(Builtin::Environment, &request),
        "there is no `HOST`, `PORT` in the environment: set it there, or give it with `--env-file`"
    );
}

#[test]
fn environment_of_class_secret_is_secret() {
    let mut request = request("environment.secret#shop.env", json!({}));
    request.wanted.insert("TOKEN".to_owned());
    let answered = answer(Kind::Builtin(Builtin::Environment), &request);
    assert_eq!(answered.values, Some(values(json!({}))));
    assert_eq!(answered.secrets["TOKEN"], Secret::new(json!("t0p")));
}

#[test]
fn service_port_is_the_port_that_the_workload_listens_on() {
    let of = |params: Value| request("service-port.default#worker.dependency", params);
    let expected = json!({"hostname": "acme-shop.internal", "port": 80});
    for port in [json!("web"), json!("8080"), json!(8080)] {
        assert_eq!(outputs(Builtin::ServicePort, &of(json!({"workload": "shop", "port": port}))), expected);
    }
    assert_eq!(outputs(Builtin::ServicePort, &of(json!({"workload": "shop", "port": "admin"})))["port"], 9000);
    for (params, message) in [
        (
            json!({"workload": "sop", "port": "web"}),
            "there is no workload `sop` in this project, only `shop`, `worker`",
        ),
        (
            json!({"workload": "shop", "port": "wbe"}),
            "the service of the workload `shop` has no port `wbe`: only `admin`, `web`",
        ),
        (
            json!({"workload": "worker", "port": 80}),
            "the service of the workload `worker` has no port `80`: it has none",
        ),
        (json!({"workload": "shop"}), "the param `port` has to be the name or the number of a port"),
        (json!({"port": "web"}), "the param `workload` has to name a workload"),
    ] {
        assert_eq!(refusal(Builtin::ServicePort, &of(params)), message);
    }
}

#[test]
fn service_is_named_after_its_workload() {
    let named = |uid: &str| request(uid, json!({}));
    let expected = json!({"name": "acme-worker.internal", "hostname": "acme-worker.internal"});
    assert_eq!(outputs(Builtin::Service, &named("service.default#shop.worker")), expected);
    assert_eq!(outputs(Builtin::Service, &named("service.default#worker")), expected);
    assert_eq!(
        refusal(Builtin::Service, &named("service.default#shop.db")),
        "there is no workload `db` in this project, only `shop`, `worker`"
    );
    let mut request = named("service.default#worker.shop");
    request.source_workload = "worker".to_owned();
    let mut project = (*request.project).clone();
    project.workloads.get_mut("shop").expect("the shop").ports.remove("admin");
    assert_eq!(outputs(Builtin::Service, &request)["port"], Value::Null, "which of the two?");
    request.project = Arc::new(project);
    assert_eq!(outputs(Builtin::Service, &request)["port"], 80);
}

#[test]
fn volume_is_known_by_its_name_and_takes_settings() {
    let volume = |uid: &str, params: Value| outputs(Builtin::Volume, &request(uid, params));
    assert_eq!(volume("volume.default#shop.data", json!({})), json!({"source": "data"}));
    assert_eq!(volume("volume.default#uploads", json!({"size": 10})), json!({"source": "uploads", "size": 10}));
}

#[test]
fn route_is_left_to_the_conversion() {
    assert_eq!(outputs(Builtin::Route, &request("route.default#shop.route", json!({"port": "web"}))), Value::Null);
    let left: Vec<String> = Builtin::provisioners()
        .filter(Provisioner::leaves_it_to_conversion)
        .map(|provisioner| provisioner.selector.kind)
        .collect();
    assert_eq!(left, ["route"]);
}
