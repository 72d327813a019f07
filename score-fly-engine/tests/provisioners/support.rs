//! A request, and how to ask for it.

use std::cell::RefCell;
use std::collections::BTreeMap;
use std::sync::Arc;

use score_fly_core::map::{SortedMap, SortedSet};
use score_fly_core::resource::Selector;
use score_fly_core::score::{Metadata, Port};
use score_fly_core::secret::Sensitive;
use score_fly_engine::provisioner::{
    Answer, Call, Failure, Kind, Mode, Params, ProjectView, Provisioner, Request, Surroundings, WorkloadView,
};
use score_fly_engine::{CancelToken, Environment, Root};
use serde_json::{Map, Value, json};

pub(crate) const GUID: &str = "0b6a4e2c-7f5d-4d3f-9a39-3c1f5b0f6f10";

pub(crate) fn map(value: Value) -> Map<String, Value> {
    let Value::Object(map) = value else { panic!("{value} is no mapping") };
    map
}

pub(crate) fn values(value: Value) -> SortedMap<String, Value> {
    map(value).into_iter().collect()
}

/// A project of the workloads `shop`, with two ports, and `worker`, with none.
pub(crate) fn project() -> ProjectView {
    let port = |port, target_port| Port { port, target_port, protocol: None };
    let workload = |name: &str, ports: Vec<(&str, Port)>| {
        let metadata = Metadata { name: name.to_owned(), ..Metadata::default() };
        let ports = ports.into_iter().map(|(name, port)| (name.to_owned(), port)).collect();
        (name.to_owned(), WorkloadView { metadata, ports })
    };
    ProjectView {
        app_prefix: "acme-".to_owned(),
        workloads: BTreeMap::from([
            workload("shop", vec![("web", port(8080, Some(80))), ("admin", port(9000, None))]),
            workload("worker", vec![]),
        ]),
        environment: BTreeMap::from([("REGION".to_owned(), "eu".to_owned()), ("TOKEN".to_owned(), "t0p".to_owned())]),
    }
}

pub(crate) fn request(uid: &str, params: Value) -> Request {
    Request {
        uid: uid.parse().expect("a uid"),
        guid: GUID.to_owned(),
        params: Params(Sensitive::Public(values(params))),
        metadata: SortedMap::new(),
        source_workload: "shop".to_owned(),
        wanted: SortedSet::new(),
        state: Map::new(),
        outputs: SortedMap::new(),
        shared: Map::new(),
        project: Arc::new(project()),
    }
}

pub(crate) fn redis() -> Request {
    request("redis.default#main-cache", json!({"size": 3}))
}

pub(crate) fn provisioner(kind: Kind) -> Provisioner {
    Provisioner {
        id: "test".to_owned(),
        selector: Selector { kind: "redis".to_owned(), class: None, resource_id: None },
        description: None,
        supported_params: None,
        expected_outputs: None,
        kind,
    }
}

/// Does something in the world of these tests.
pub(crate) fn surrounded<T>(cancel: &CancelToken, next: impl FnOnce(Surroundings<'_>) -> T) -> T {
    let root = Root::new(std::env::current_dir().expect("a folder"));
    let environment = Environment::new(std::env::vars_os());
    next(Surroundings { root: &root, environment: &environment, cancel })
}

/// Calls a provisioner. With the result comes what it said.
pub(crate) fn call(kind: impl Into<Kind>, mode: Mode, request: &Request) -> (Result<Answer, Failure>, Vec<String>) {
    let provisioner = provisioner(kind.into());
    let lines = RefCell::new(Vec::new());
    let said = |line: &str| lines.borrow_mut().push(line.to_owned());
    let result = surrounded(&CancelToken::new(), |surroundings| match mode {
        Mode::Provision => provisioner.provision(request, Call { surroundings, said: &said }),
        Mode::Deprovision => provisioner.deprovision(request, Call { surroundings, said: &said }),
    });
    (result, lines.into_inner())
}

pub(crate) fn provision(kind: impl Into<Kind>, request: &Request) -> Result<Answer, Failure> {
    call(kind, Mode::Provision, request).0
}

pub(crate) fn answer(kind: impl Into<Kind>, request: &Request) -> Answer {
    provision(kind, request).unwrap_or_else(|failure| panic!("{}", failure.error))
}

pub(crate) fn error(kind: impl Into<Kind>, request: &Request) -> String {
    provision(kind, request).expect_err("a failure").error.to_string()
}
