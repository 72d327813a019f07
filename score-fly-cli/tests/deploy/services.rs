//! What built-in provisioners make at Fly, and take down.

use std::env;
use std::time::Duration;

use fake_fly::{Effect, Fault};
use score_fly_api::machines::{ConfigJson, Launch};
use score_fly_api::{Client, Hosts, Options, Token};
use serde_json::Value;

use crate::world::{Run, World, finish};

/// With this variable, runs are killed at every call; without it, at some.
const ALL: &str = "SCORE_FLY_CHAOS";

/// How many calls are tried for each effect, unless it is all of them.
const SOME: usize = 4;

/// A built-in provisioner, and how a workload uses what it makes.
#[derive(Clone, Copy)]
struct Service {
    builtin: &'static str,
    resource_type: &'static str,
    variables: &'static str,
}

const SQL: &str = "      URL: postgres://${resources.store.username}:${resources.store.password}@${resources.store.host}:\
                   ${resources.store.port}/${resources.store.name}\n";

const INSTANCE: Service = Service { builtin: "postgres-instance", resource_type: "postgres-instance", variables: SQL };
const DATABASE: Service = Service { builtin: "postgres", resource_type: "postgres", variables: SQL };
const MANAGED: Service = Service { builtin: "managed-postgres", resource_type: "postgres", variables: SQL };
const REDIS: Service = Service {
    builtin: "redis",
    resource_type: "redis",
    variables: "      URL: redis://${resources.store.username}:${resources.store.password}@${resources.store.host}:\
                ${resources.store.port}\n",
};
const BUCKET: Service = Service {
    builtin: "s3",
    resource_type: "s3",
    variables: "      BUCKET: ${resources.store.bucket}\n      AT: ${resources.store.endpoint}\n      \
                KEY: ${resources.store.access_key_id}\n      SECRET: ${resources.store.secret_key}\n",
};

impl Service {
    fn workload(self, name: &str) -> String {
        let Self { resource_type, variables, .. } = self;
        format!(
            "apiVersion: score.dev/v1b1\nmetadata:\n  name: {name}\ncontainers:\n  main:\n    image: \
             ghcr.io/acme/{name}:1\n    variables:\n{variables}resources:\n  store:\n    type: {resource_type}\n"
        )
    }

    /// A project with one workload, and the provisioner.
    fn project(self) -> World {
        let world = World::new([]);
        world.fly.with(|world| {
            world.timings.add_on = Duration::ZERO;
            world.timings.cluster = Duration::ZERO;
        });
        world.sandbox.write("shop.yaml", self.workload("shop"));
        world.done(&["init", "--no-sample", "--fly-app-prefix", "acme-"]);
        world.done(&["provisioners", "add", "store", self.resource_type, "--builtin", self.builtin]);
        world
    }

    fn uid(self) -> String {
        format!("{}.default#shop.store", self.resource_type)
    }

    /// All outputs, with the secrets.
    fn outputs(self, world: &World) -> Value {
        world.done(&["resources", "get-outputs", "--reveal", &self.uid()]).json()
    }

    /// Kills runs at calls to Fly, and runs them again: there is one of each thing, and after the end nothing.
    fn survives_kills(self) {
        let uid = self.uid();
        let end = ["resources", "deprovision", "--yes", &uid];
        let world = self.project();
        world.fly.forget_calls();
        world.done(&GENERATE);
        world.done(&end);
        assert_eq!(there(&world), [""; 0], "{uid}");
        let calls = world.fly.calls().len();
        let step = if env::var_os(ALL).is_some() { 1 } else { calls.div_ceil(SOME) };
        for effect in [Effect::Kill, Effect::CommitThenKill] {
            for skip in (0..calls).step_by(step) {
                let when = format!("{uid}: {effect:?} at call {skip} of {calls}");
                let world = self.project();
                world.fly.fault(Fault::on("*", effect.clone()).skip(u32::try_from(skip).unwrap()));
                let killed = until_deaf(&world, &GENERATE);
                if killed {
                    world.done(&GENERATE);
                }
                assert_eq!(there(&world).len(), 1, "{when}: {:?}", there(&world));
                assert!(world.sandbox.read("fly_shop.env").contains('='), "{when}");
                if until_deaf(&world, &end) {
                    world.done(&end);
                } else {
                    assert!(killed, "{when}: nothing was cut off");
                }
                assert_eq!(there(&world), [""; 0], "{when}");
            }
        }
    }
}

/// Runs something, and kills it as soon as nobody hears it any more. Says whether that was so.
fn until_deaf(world: &World, arguments: &[&str]) -> bool {
    let mut child = world.command(arguments).spawn().expect("the binary starts");
    loop {
        if world.fly.is_deaf() {
            let _ = child.kill();
            let _ = child.wait();
            world.fly.heal();
            return true;
        }
        if child.try_wait().expect("it can be asked").is_some() {
            let Run { code, stderr, .. } = finish(child);
            assert_eq!(code, Some(0), "{stderr}");
            return false;
        }
        std::thread::sleep(Duration::from_millis(2));
    }
}

/// What there is at Fly: apps, add-ons and clusters.
fn there(world: &World) -> Vec<String> {
    let mut all = world.fly.apps();
    all.extend(world.fly.add_ons());
    all.extend(world.fly.clusters());
    all
}

/// A secret is nowhere where it may be seen: not on a command line at Fly, not in the state, not in what is printed.
#[track_caller]
fn is_kept(world: &World, uid: &str, secret: &str) {
    assert!(secret.len() > 10, "{secret}");
    let executed = world.fly.with(|world| world.executed.clone());
    assert!(executed.iter().all(|(_, command)| !command.contains(secret)), "{executed:?}");
    let shown = world.done(&["resources", "get-outputs", uid]);
    assert!(!shown.stdout.contains(secret) && !shown.stderr.contains(secret), "{}", shown.stdout);
}

const GENERATE: [&str; 2] = ["generate", "shop.yaml"];

/// flyctl's cluster: fly-api.md 8.1.
#[test]
fn a_postgres_server_of_ones_own() {
    let service = INSTANCE;
    let world = service.project();
    world.done(&GENERATE);
    let apps = world.fly.apps();
    let [app] = apps.as_slice() else { panic!("{apps:?}") };
    assert!(app.starts_with("acme-shop-store-"), "{app}");
    let secrets = world.fly.secrets(app);
    let names: Vec<&str> = secrets.keys().map(String::as_str).collect();
    assert_eq!(names, ["FLY_CONSUL_URL", "OPERATOR_PASSWORD", "REPL_PASSWORD", "SSH_CERT", "SSH_KEY", "SU_PASSWORD"]);
    let password = &secrets["OPERATOR_PASSWORD"];
    let outputs = service.outputs(&world);
    assert_eq!(
        outputs,
        serde_json::json!({
            "host": format!("{app}.flycast"), "port": "5432", "username": "postgres", "name": "postgres",
            "database": "postgres", "password": password,
        })
    );
    let url = format!("URL=\"\"\"postgres://postgres:{password}@{app}.flycast:5432/postgres\"\"\"");
    assert!(world.sandbox.read("fly_shop.env").contains(&url), "{}", world.sandbox.read("fly_shop.env"));
    is_kept(&world, &service.uid(), password);
    assert!(!world.sandbox.read(".score-fly/state.yaml").contains(password.as_str()));

    let machine = &world.fly.machines(app)[0];
    let config = &machine["config"];
    assert_eq!(config["checks"]["role"]["path"], "/flycheck/role");
    assert_eq!(config["services"][0]["ports"][0]["handlers"], serde_json::json!(["pg_tls"]));
    assert_eq!(config["mounts"][0]["path"], "/data");
    assert_eq!(world.fly.volumes(app)[0]["name"], "pg_data");
    assert!(world.fly.addresses(app)[0]["ip"].as_str().unwrap().starts_with("fdaa:"));

    // Nothing is made twice, and when nobody uses it any more, it goes.
    world.fly.forget_calls();
    world.done(&GENERATE);
    let counts = world.fly.counts();
    for made in ["apps.create", "machines.create", "volumes.create", "ips.assign", "secrets.set"] {
        assert!(!counts.contains_key(made), "{counts:?}");
    }
    world.done(&["workloads", "remove", "shop"]);
    world.done(&["resources", "prune", "--yes"]);
    assert_eq!(there(&world), [""; 0]);
}

#[test]
fn databases_share_a_server_until_the_last_one_goes() {
    let service = DATABASE;
    let world = service.project();
    world.sandbox.write("cart.yaml", service.workload("cart"));
    world.done(&["generate", "shop.yaml", "cart.yaml"]);
    let apps = world.fly.apps();
    let [app] = apps.as_slice() else { panic!("{apps:?}") };
    assert!(app.starts_with("acme-pg-"), "{app}");
    assert_eq!(world.fly.machines(app).len(), 1);
    let databases = world.fly.databases(app);
    assert_eq!(databases.len(), 3, "{databases:?}");
    let outputs = service.outputs(&world);
    let name = outputs["name"].as_str().unwrap();
    let password = outputs["password"].as_str().unwrap();
    assert_eq!(databases[name], (name.to_owned(), password.to_owned()));
    let url = format!("URL=\"\"\"postgres://{name}:{password}@{app}.flycast:5432/{name}\"\"\"");
    assert!(world.sandbox.read("fly_shop.env").contains(&url));
    is_kept(&world, &service.uid(), password);
    assert!(!world.sandbox.read(".score-fly/state.yaml").contains(password));
    assert!(!world.sandbox.read("fly_cart.env").contains(password), "each has one of its own");

    world.done(&["generate", "shop.yaml", "cart.yaml"]);
    assert_eq!(world.fly.databases(app), databases, "the passwords stay");
    world.done(&["resources", "deprovision", "--yes", &service.uid()]);
    assert!(!world.fly.databases(app).contains_key(name));
    assert_eq!(world.fly.databases(app).len(), 2);
    world.done(&["resources", "deprovision", "--yes", "postgres.default#cart.store"]);
    assert_eq!(there(&world), [""; 0]);
}

/// Writing is up to the machine that takes writes, and not to any.
#[test]
fn statements_go_to_the_primary() {
    let world = DATABASE.project();
    world.done(&GENERATE);
    let app = world.fly.apps().remove(0);
    let primary = world.fly.machines(&app)[0]["id"].as_str().unwrap().to_owned();
    let mut replica = world.fly.machines(&app)[0]["config"].clone();
    replica.as_object_mut().unwrap().remove("mounts");
    let options = Options { hosts: Hosts::all_at(&world.fly.url()), ..Options::default() };
    let client = Client::new(Token::parse(fake_fly::FakeFly::TOKEN).expect("a token"), options);
    let config = ConfigJson::from_json(replica).expect("a config");
    let launch = Launch { config, region: "fra".to_owned(), ..Launch::default() };
    client.app(&app).create_machine(&launch).expect("a second machine");
    std::thread::sleep(Duration::from_millis(200));
    assert_eq!(world.fly.machines(&app).len(), 2);
    world.fly.with(|world| world.executed.clear());
    world.done(&GENERATE);
    let executed = world.fly.with(|world| world.executed.clone());
    assert!(!executed.is_empty() && executed.iter().all(|(machine, _)| *machine == primary), "{executed:?}");
}

#[test]
fn managed_postgres_comes_and_goes() {
    let service = MANAGED;
    let world = service.project();
    world.done(&GENERATE);
    assert_eq!(world.fly.clusters().len(), 1);
    let outputs = service.outputs(&world);
    assert_eq!((&outputs["username"], &outputs["name"]), (&"fly-user".into(), &"fly-db".into()));
    assert!(outputs["host"].as_str().unwrap().starts_with("pgbouncer."), "{outputs}");
    let password = outputs["password"].as_str().unwrap();
    assert!(world.sandbox.read("fly_shop.env").contains(&format!("fly-user:{password}@pgbouncer.")));
    is_kept(&world, &service.uid(), password);
    world.done(&GENERATE);
    assert_eq!(world.fly.clusters().len(), 1);
    world.done(&["resources", "deprovision", "--yes", &service.uid()]);
    assert_eq!(there(&world), [""; 0]);
}

#[test]
fn redis_comes_and_goes() {
    let service = REDIS;
    let world = service.project();
    world.done(&GENERATE);
    let name = world.fly.add_ons().remove(0);
    let outputs = service.outputs(&world);
    assert_eq!(outputs["host"], format!("fly-{name}.upstash.io"));
    assert_eq!((&outputs["port"], &outputs["username"]), (&"6379".into(), &"default".into()));
    is_kept(&world, &service.uid(), outputs["password"].as_str().unwrap());
    assert!(!world.sandbox.read(".score-fly/state.yaml").contains(outputs["password"].as_str().unwrap()));
    world.done(&["resources", "deprovision", "--yes", &service.uid()]);
    assert_eq!(there(&world), [""; 0]);
}

/// The keys of a bucket are told once.
#[test]
fn a_bucket_keeps_its_keys() {
    let service = BUCKET;
    let world = service.project();
    world.done(&GENERATE);
    let outputs = service.outputs(&world);
    assert_eq!(outputs["bucket"], world.fly.add_ons().remove(0));
    assert_eq!(outputs["endpoint"], "https://fly.storage.tigris.dev");
    let secret = outputs["secret_key"].as_str().unwrap();
    assert!(secret.starts_with("tsec_") && outputs["aws_secret_key"] == secret);
    is_kept(&world, &service.uid(), secret);
    world.done(&GENERATE);
    assert_eq!(service.outputs(&world), outputs);
    world.done(&["resources", "deprovision", "--yes", &service.uid()]);
    assert_eq!(there(&world), [""; 0]);
}

#[test]
fn a_killed_run_leaves_no_postgres_server_behind() {
    INSTANCE.survives_kills();
}

#[test]
fn a_killed_run_leaves_no_database_behind() {
    DATABASE.survives_kills();
}

#[test]
fn a_killed_run_leaves_no_managed_postgres_behind() {
    MANAGED.survives_kills();
}

#[test]
fn a_killed_run_leaves_no_redis_behind() {
    REDIS.survives_kills();
}

#[test]
fn a_killed_run_leaves_no_bucket_behind() {
    BUCKET.survives_kills();
}

#[test]
fn lost_answers_make_nothing_twice() {
    for (service, calls) in [
        (INSTANCE, &["apps.create", "ips.assign", "secrets.set", "volumes.create", "machines.create"][..]),
        (MANAGED, &["postgres.create"]),
        (REDIS, &["graphql.createAddOn"]),
        (BUCKET, &["graphql.createAddOn"]),
    ] {
        for call in calls {
            let world = service.project();
            world.fly.fault(Fault::on(call, Effect::CommitThenHangUp));
            world.done(&GENERATE);
            let made = there(&world);
            assert_eq!(made.len(), 1, "{call}: {made:?}");
            if service.builtin == INSTANCE.builtin {
                let app = &made[0];
                let counts =
                    (world.fly.machines(app).len(), world.fly.volumes(app).len(), world.fly.addresses(app).len());
                assert_eq!(counts, (1, 1, 1), "{call}");
            }
        }
    }
}

#[test]
fn what_fly_refuses_is_told_with_what_to_do() {
    let world = INSTANCE.project();
    world.fly.with(|world| {
        world.add_token("app-token", fake_fly::Access::App("shop".to_owned()));
        world.add_org("acme", false);
    });
    let run = world.run(&GENERATE);
    assert_eq!(run.code, Some(2), "{}", run.stderr);
    assert!(
        run.stderr.contains("give the param `organization`, or set FLY_ORG; there are acme, personal"),
        "{}",
        run.stderr
    );
    let child = world.command(&GENERATE).env("FLY_API_TOKEN", "app-token").env("FLY_ORG", "personal").spawn();
    let run = finish(child.expect("the binary starts"));
    assert_eq!(run.code, Some(2), "{}", run.stderr);
    assert!(run.stderr.contains("a token of the organization can (`fly tokens create org`)"), "{}", run.stderr);
    let child = world.command(&GENERATE).env("FLY_API_TOKEN", "wrong").env("FLY_ORG", "personal").spawn();
    let run = finish(child.expect("the binary starts"));
    assert!(run.stderr.contains("log in with `fly auth login`"), "{}", run.stderr);
    assert_eq!(there(&world), [""; 0]);
    let run = world.run(&["provisioners", "add", "x", "y", "--builtin", "nothing"]);
    assert_eq!(run.code, Some(1), "{}", run.stderr);
    assert!(run.stderr.contains("there is no built-in provisioner `nothing`, only dns"), "{}", run.stderr);
}
