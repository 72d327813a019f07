//! Tokens and secrets are shown nowhere.

use std::collections::BTreeMap;

use fake_fly::Fault;
use score_fly_api::add_ons::NewAddOn;
use score_fly_api::machines::{ConfigJson, Exec, Launch};
use score_fly_api::postgres::NewCluster;
use score_fly_api::{Error, Secret};
use serde_json::json;

use crate::common::{World, launch, seconds, start, started};

const SECRET: &str = "hunter2-\"swordfish\"";

fn secret() -> Secret<String> {
    Secret::new(SECRET.to_owned())
}

/// All that a client lets out: events, errors and the debug forms of what it answers.
fn assert_discreet(world: &World, shown: &[String], hidden: &[&str]) {
    let trace = world.seen.lines();
    assert!(trace.len() > 1);
    for text in trace.iter().chain(shown) {
        for hidden in hidden.iter().chain(&[SECRET, "hunter2", "swordfish", fake_fly::FakeFly::TOKEN]) {
            assert!(!text.contains(hidden), "{hidden} in {text}");
        }
    }
}

fn shown(error: &Error) -> String {
    format!("{error} {error:?}")
}

#[test]
fn secrets_of_apps() {
    let world = start();
    let app = world.client.app("shop");
    let values = BTreeMap::from([("PASSWORD".to_owned(), Some(secret())), ("OLD".to_owned(), None)]);
    let changed = app.set_secrets(&values).unwrap();
    assert_eq!(world.fly.secrets("shop")["PASSWORD"], SECRET);
    // A server that repeats what it refuses.
    world.fly.fault(Fault::refuse(
        "secrets.set",
        422,
        &format!("{SECRET} is too short, said {}", fake_fly::FakeFly::TOKEN),
    ));
    let error = app.set_secrets(&values).unwrap_err();
    assert_eq!(error.message(), "… is too short, said …");
    assert_discreet(&world, &[shown(&error), format!("{values:?} {changed:?}")], &[]);
    let line = world.seen.lines().into_iter().find(|line| line.contains("/secrets")).unwrap();
    assert!(line.ends_with(r#"{"values":{"OLD":null,"PASSWORD":"…"}}"#), "{line}");
}

#[test]
fn commands_and_their_output() {
    let world = start();
    let machine = started(&world.client);
    world.fly.with(|world| {
        let stdout = format!("password is {SECRET}");
        let contains = "psql".to_owned();
        world.conditions.commands.push(fake_fly::CommandResult {
            contains,
            exit_code: 0,
            stdout,
            stderr: String::new(),
        });
    });
    let command = vec![Secret::new("psql".to_owned()), secret()];
    let exec = Exec { command, stdin: Some(secret()), timeout: seconds(5), container: None };
    let output = world.client.app("shop").machine(&machine.id).exec(&exec).unwrap();
    assert!(output.stdout.ends_with(SECRET));
    assert_discreet(&world, &[format!("{exec:?} {output:?}")], &[]);
}

#[test]
fn leases_add_ons_credentials_and_tokens() {
    let world = start();
    let client = &world.client;
    let machine = started(client);
    let app = client.app("shop");
    let lease = app.machine(&machine.id).acquire_lease(seconds(13), "").unwrap();
    app.machine(&machine.id).cordon(Some(&lease.nonce)).unwrap();
    let leased = app.create_machine(&Launch { lease_ttl: Some(13), ..launch() }).unwrap();
    let organization = client.organization("personal").unwrap().id;
    let redis = client.create_add_on(&NewAddOn::redis("cache", &organization, "fra")).unwrap();
    let bucket = client.create_add_on(&NewAddOn::bucket("files", &organization)).unwrap();
    let token = app.create_deploy_token("1h").unwrap();
    let new = NewCluster {
        org_slug: "personal".to_owned(),
        region: "fra".to_owned(),
        plan: "basic".to_owned(),
        ..NewCluster::default()
    };
    let cluster = client.create_postgres_cluster(&new).unwrap();
    client.postgres(&cluster.id).wait_until_ready(seconds(600)).unwrap();
    let credentials = client.postgres(&cluster.id).credentials("fly-user").unwrap();
    let key = Secret::new(format!("-----BEGIN PRIVATE KEY-----{SECRET}"));
    app.import_certificate("a.example.com", "-----BEGIN CERTIFICATE-----", &key).unwrap();
    let hidden = [
        lease.nonce.secret().expose(),
        leased.nonce.as_ref().unwrap().expose(),
        redis.public_url.as_ref().unwrap().expose(),
        bucket.environment["AWS_SECRET_ACCESS_KEY"].expose(),
        token.expose(),
        credentials.password.expose(),
    ];
    let shown =
        format!("{lease:?} {leased:?} {redis:?} {bucket:?} {token:?} {credentials:?} {client:?} {:?}", client.token());
    assert_discreet(&world, &[shown], &hidden.map(String::as_str));
}

/// Files can be large, and their content is nobody's business.
#[test]
fn files_are_left_out() {
    let world = start();
    let raw = "aHVudGVyMg==".repeat(50);
    let config = json!({ "image": "nginx", "files": [{ "guest_path": "/a", "raw_value": raw }] });
    let with_file = Launch { config: ConfigJson::from_json(config.clone()).unwrap(), ..launch() };
    let machine = world.client.app("shop").create_machine(&with_file).unwrap();
    assert_discreet(&world, &[format!("{machine:?} {with_file:?}")], &[raw.as_str()]);
    assert_eq!(world.fly.machines("shop")[0]["config"]["files"], config["files"]);
}

/// Everything that is sent and answered can be followed, with the id of each request.
#[test]
fn what_is_shown() {
    let world = start();
    let error = world.client.app("none").get().unwrap_err();
    let lines = world.seen.lines();
    let [.., request, failure] = lines.as_slice() else { panic!("two lines") };
    assert_eq!(*request, format!("#2 > GET {}/v1/apps/none", world.fly.url()));
    assert!(failure.starts_with("#2 ! in ") && failure.ends_with(&format!(": {error}")), "{failure}");
    assert!(error.to_string().starts_with("can't read app none: app not found (status 404, request 0"), "{error}");
    let answer = lines.iter().find(|line| line.starts_with("#1 < 201")).unwrap();
    assert!(answer.contains(", request 0") && answer.contains(r#"name: "shop""#), "{answer}");
}
