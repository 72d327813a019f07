//! Projects: their workloads, their resources, and the secrets that they remember.

use fake_fly::Fault;
use serde_json::{Value, json};

use crate::world::World;

/// A workload that needs `resources`, with these variables.
fn workload(name: &str, variables: &str, resources: &str) -> String {
    format!(
        "apiVersion: score.dev/v1b1\nmetadata:\n  name: {name}\n  annotations: {{fly.score.dev/ha: \"false\"}}\n\
         containers:\n  main:\n    image: acme/{name}:1\n    variables: {variables}\n\
         service: {{ports: {{web: {{port: 80, targetPort: 8080}}}}}}\nresources: {resources}\n"
    )
}

/// A shop of three workloads: `web` needs `api`, which needs `db`. Beside them is one that nobody needs.
fn shop() -> World {
    let api = workload(
        "api",
        "{DB: '${resources.store.hostname}', KEY: '${resources.env.API_KEY}'}",
        "{store: {type: service, id: db}, env: {type: environment, class: secret}}",
    );
    let world = World::new([
        ("web.yaml", &workload("web", "{API: '${resources.api.hostname}'}", "{api: {type: service}}")),
        ("api.yaml", &api),
        ("db.yaml", &workload("db", "{}", "{}")),
        ("other.yaml", &workload("other", "{}", "{}")),
    ]);
    world.done(&["init", "--fly-app-prefix", "acme-"]);
    world
}

const FILES: [&str; 4] = ["web.yaml", "api.yaml", "db.yaml", "other.yaml"];

/// A run with a secret in the environment.
fn run(world: &World, key: &str, arguments: &[&str]) -> crate::world::Run {
    let mut command = world.command(arguments);
    command.env("API_KEY", key);
    crate::world::finish(command.spawn().expect("the binary starts"))
}

fn deploy(world: &World, key: &str, more: &[&str]) -> crate::world::Run {
    run(world, key, &[&["deploy", "--smoke-checks=false"], more].concat())
}

/// The apps in the order in which they got their first machines.
fn order(world: &World) -> Vec<String> {
    let created = world.fly.calls().into_iter().filter(|call| call.name == "machines.create");
    created.filter_map(|call| call.app).collect()
}

fn env(world: &World, app: &str) -> Value {
    world.fly.machines(app)[0]["config"]["env"].clone()
}

#[test]
fn all_apps_of_a_project_are_deployed_in_the_order_of_their_needs() {
    let world = shop();
    let files = [&["plan"], &FILES[..]].concat();
    let plan = run(&world, "k1", &files);
    assert_eq!(plan.code, Some(0), "{}", plan.stderr);
    let apps: Vec<&str> = plan.stdout.lines().filter(|line| line.starts_with("acme-")).collect();
    assert_eq!(apps, ["acme-db:", "acme-api:", "acme-other:", "acme-web:"], "{}", plan.stdout);
    assert!(world.fly.app("acme-db").is_null());
    let state = world.sandbox.read(".score-fly/state.yaml");
    assert!(state.contains("workloads: {}") && !state.contains("fingerprint"), "a plan keeps nothing: {state}");

    let first = deploy(&world, "k1", &FILES);
    assert_eq!(first.code, Some(0), "{}", first.stderr);
    assert!(first.stderr.ends_with("4 of 4 apps are as they are to be\n"), "{}", first.stderr);
    let order = order(&world);
    let place = |app: &str| order.iter().position(|other| other == app).expect("it has a machine");
    assert!(place("acme-db") < place("acme-api") && place("acme-api") < place("acme-web"), "{order:?}");
    assert_eq!(env(&world, "acme-web")["API"], json!("acme-api.internal"));
    assert_eq!(world.fly.secrets("acme-api")["KEY"], "k1");

    // Without files, it is all workloads as they are recorded.
    let again = deploy(&world, "k1", &["--json", "--jobs", "1"]);
    assert_eq!(again.code, Some(0), "{}", again.stderr);
    let apps = again.json()["apps"].as_array().cloned().unwrap_or_default();
    let told: Vec<_> = apps.iter().map(|app| (app["app"].as_str(), &app["failure"], &app["machines"])).collect();
    let (none, machines) = (Value::Null, json!([]));
    let expected = ["acme-db", "acme-api", "acme-other", "acme-web"].map(|app| (Some(app), &none, &machines));
    assert_eq!(told, expected);

    // Only what is named, with what it knows of the others.
    world
        .sandbox
        .write("web.yaml", workload("web", "{API: '${resources.api.hostname}', A: b}", "{api: {type: service}}"));
    world.fly.forget_calls();
    let one = deploy(&world, "k1", &["web.yaml"]);
    assert_eq!(one.code, Some(0), "{}", one.stderr);
    assert_eq!(world.fly.counts()["machines.update"], 1);
    assert_eq!(env(&world, "acme-web")["A"], json!("b"));
}

#[test]
fn the_apps_of_a_project_are_looked_at_and_destroyed() {
    let world = shop();
    assert_eq!(deploy(&world, "k1", &FILES).code, Some(0));
    world.done(&["destroy", "--yes", "-a", "acme-web"]);
    let status = world.done(&["status"]);
    let apps: Vec<&str> = status.stdout.lines().filter(|line| line.starts_with("acme-")).collect();
    let expected = ["api", "db", "other"].map(|name| format!("acme-{name} (deployed), organization personal"));
    assert_eq!(apps, [&expected[0], &expected[1], &expected[2], "acme-web (not deployed)"].map(AsRef::<str>::as_ref));
    assert_eq!(world.run(&["status", "-a", "acme-web"]).code, Some(1), "one that is named has to be there");

    let gone = world.done(&["destroy", "--yes"]);
    assert!(gone.stderr.contains("there is no app acme-web"), "{}", gone.stderr);
    for app in ["acme-api", "acme-db", "acme-other"] {
        assert!(world.fly.app(app).is_null(), "{}", gone.stderr);
    }
    // All of it comes back, with all secrets.
    assert_eq!(deploy(&world, "k1", &[]).code, Some(0));
    assert_eq!(world.fly.secrets("acme-api")["KEY"], "k1");
}

#[test]
fn secrets_that_are_what_they_were_are_not_sent_again() {
    let world = shop();
    assert_eq!(deploy(&world, "k1", &FILES).code, Some(0));
    let state = world.sandbox.read(".score-fly/state.yaml");
    assert!(state.contains("fingerprint_key") && !state.contains("k1"), "{state}");

    world.fly.forget_calls();
    let plan = run(&world, "k1", &["plan", "--exit-code"]);
    assert_eq!(plan.code, Some(0), "{}{}", plan.stdout, plan.stderr);
    assert_eq!(deploy(&world, "k1", &[]).code, Some(0));
    assert!(!world.fly.counts().contains_key("secrets.set"), "{:?}", world.fly.counts());

    // Another value is seen before anything is sent.
    let plan = run(&world, "k2", &["plan", "--exit-code"]);
    assert_eq!(plan.code, Some(2), "{}{}", plan.stdout, plan.stderr);
    assert!(plan.stdout.contains("KEY") && !plan.stdout.contains("k2"), "{}", plan.stdout);
    assert_eq!(deploy(&world, "k2", &[]).code, Some(0));
    assert_eq!(world.fly.counts()["secrets.set"], 1);
    assert_eq!(world.fly.secrets("acme-api")["KEY"], "k2");

    // Somebody else sets another one.
    world.with_input(&["secrets", "set", "-a", "acme-api", "KEY=-"], "k3");
    world.fly.forget_calls();
    assert_eq!(deploy(&world, "k2", &[]).code, Some(0));
    assert_eq!((world.fly.counts()["secrets.set"], world.fly.secrets("acme-api")["KEY"].as_str()), (1, "k2"));

    // A memory that is lost costs one call, and no restart.
    let state = world.sandbox.read(".score-fly/state.yaml");
    let without = state.lines().filter(|line| !line.contains("fingerprint_key")).collect::<Vec<_>>().join("\n");
    world.sandbox.write(".score-fly/state.yaml", without + "\n");
    world.fly.forget_calls();
    let versions = world.versions("acme-api");
    for sent in [1, 0] {
        assert_eq!(deploy(&world, "k2", &[]).code, Some(0));
        assert_eq!(world.fly.counts().get("secrets.set").copied().unwrap_or_default(), sent);
        world.fly.forget_calls();
    }
    assert_eq!(world.versions("acme-api"), versions);
}

#[test]
fn an_app_that_fails_stops_those_that_need_it_and_nothing_else() {
    let world = shop();
    world.fly.fault(Fault::refuse("machines.create", 422, "no such guest").app("acme-api").times(u32::MAX));
    let failed = deploy(&world, "k1", &[&FILES[..], &["--json"]].concat());
    assert_eq!(failed.code, Some(1), "{}", failed.stderr);
    assert!(failed.stderr.contains("app acme-web is left as it is, since it needs acme-api, and that failed"));
    let summary = "2 of 4 apps are as they are to be; failed: acme-api; left as they are: acme-web\n";
    assert!(failed.stderr.ends_with(summary), "{}", failed.stderr);
    let apps = failed.json()["apps"].as_array().cloned().unwrap_or_default();
    let failing: Vec<_> = apps.iter().filter(|app| !app["failure"].is_null()).map(|app| app["app"].clone()).collect();
    assert_eq!(failing, [json!("acme-api"), json!("acme-web")]);
    assert!(world.fly.app("acme-web").is_null());
    assert_eq!((world.fly.machines("acme-db").len(), world.fly.machines("acme-other").len()), (1, 1));

    world.fly.heal();
    let done = deploy(&world, "k1", &[]);
    assert_eq!(done.code, Some(0), "{}", done.stderr);
    assert_eq!(world.fly.machines("acme-web").len(), 1);
}

#[test]
fn a_plan_shows_what_is_not_made_yet() {
    let world = World::new([(
        "web.yaml",
        &workload("web", "{HOST: '${resources.db.host}', PW: '${resources.db.password}'}", "{db: {type: postgres}}"),
    )]);
    world.done(&["init", "--fly-app-prefix", ""]);
    let answer = r#"{"values": {"host": "db.internal"}, "secrets": {"password": "hunter22"}}"#;
    world.sandbox.write("db.sh", format!("cat > /dev/null; echo called >> calls; echo '{answer}'"));
    world.done(&["provisioners", "add", "db", "postgres", "--cmd-binary", "sh", "--cmd-args", "db.sh"]);
    let plan = world.done(&["plan", "web.yaml"]);
    assert!(plan.stdout.contains("These resources are made first: postgres.default#web.db"), "{}", plan.stdout);
    assert!(!world.sandbox.path().join("calls").exists());
    let deployed = deploy(&world, "", &["web.yaml"]);
    assert_eq!(deployed.code, Some(0), "{}", deployed.stderr);
    assert_eq!(env(&world, "web")["HOST"], json!("db.internal"));
    assert_eq!(world.fly.secrets("web")["PW"], "hunter22");
    // The secret is not kept, so a plan can't know whether it is the same.
    let plan = world.done(&["plan"]);
    assert!(plan.stdout.contains("Nothing to do") && plan.stdout.contains("another value among them: PW"));
    assert_eq!(world.sandbox.read("calls"), "called\n");
}
