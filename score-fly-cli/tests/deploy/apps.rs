//! Apps, secrets, status and logs.

use fake_fly::{FakeFly, Fault};
use serde_json::json;

use crate::sandbox::WEB;
use crate::world::World;

const SECRET: &str = "hunter22-secret";

#[test]
fn an_app_is_created_and_destroyed() {
    let world = World::new([("fly.toml", "app = \"shop\"\n")]);
    let run = world.done(&["apps", "create", "shop"]);
    assert_eq!(run.stderr, "created app shop in organization personal\n");
    assert_eq!(world.fly.app("shop")["organization"]["slug"], json!("personal"));

    let run = world.run(&["destroy"]);
    assert_eq!(run.code, Some(1), "nobody can type");
    assert!(run.stderr.contains("app shop stays, since nobody confirmed that it goes"), "{}", run.stderr);
    assert!(world.fly.app("shop").is_object());
    let run = world.done(&["destroy", "--yes"]);
    assert!(run.stderr.ends_with("destroyed app shop\n"), "{}", run.stderr);
    assert!(world.fly.app("shop").is_null());

    let run = world.run(&["destroy", "--yes", "-a", "shop"]);
    assert_eq!(run.code, Some(1));
    assert!(run.stderr.contains("can't read app shop"), "{}", run.stderr);
}

#[test]
fn what_is_lost_is_named() {
    let world = World::new([]);
    world.done(&["apps", "create", "shop", "--org", "personal"]);
    world.with_input(&["secrets", "set", "KEY=-", "-a", "shop"], SECRET);
    let run = world.run(&["destroy", "-a", "shop"]);
    assert!(run.stderr.starts_with("app shop of organization personal will be lost, with\n  secret: KEY\n"), "{run:?}");
}

#[test]
fn the_organization_is_the_only_one_or_must_be_named() {
    let world = World::new([]);
    world.fly.with(|world| world.add_org("acme", false));
    let run = world.run(&["apps", "create", "shop"]);
    assert_eq!(run.code, Some(1));
    let expected = "nothing says which organization the app is for; there are acme, personal: name it with --org, or \
                    set FLY_ORG";
    assert!(run.stderr.contains(expected), "{}", run.stderr);
    world.done(&["apps", "create", "shop", "--org", "acme"]);
    assert_eq!(world.fly.app("shop")["organization"]["slug"], json!("acme"));
}

#[test]
fn tokens_are_looked_for_where_flyctl_looks() {
    let world = World::new([]);
    let mut command = world.command(&["apps", "create", "shop"]);
    let run = crate::world::finish(command.env_remove("FLY_API_TOKEN").spawn().unwrap());
    assert_eq!(run.code, Some(1));
    assert!(run.stderr.contains("there is no token for Fly: set FLY_API_TOKEN, or log in with `fly auth login`"));
    world.sandbox.write(".fly/config.yml", format!("access_token: {}\n", FakeFly::TOKEN));
    let mut command = world.command(&["apps", "create", "shop"]);
    let run = crate::world::finish(command.env_remove("FLY_API_TOKEN").spawn().unwrap());
    assert_eq!(run.code, Some(0), "{}", run.stderr);
    let mut command = world.command(&["status", "-a", "shop", "-vv"]);
    let run = crate::world::finish(command.env("FLY_API_TOKEN", "wrong-token").spawn().unwrap());
    assert_eq!(run.code, Some(1));
    assert!(run.stderr.contains("the token is wrong or expired; log in with `fly auth login`"), "{}", run.stderr);
    assert!(!run.stderr.contains("wrong-token"), "{}", run.stderr);
}

#[test]
fn a_name_that_is_taken_is_told() {
    let world = World::new([]);
    world.fly.fault(Fault::refuse("apps.create", 422, "Validation failed: Name has already been taken"));
    let run = world.run(&["apps", "create", "shop"]);
    assert_eq!(run.code, Some(1));
    assert!(run.stderr.contains("somebody has an app of that name"), "{}", run.stderr);
}

#[test]
fn secrets_are_set_from_anywhere_but_the_command_line() {
    let world = World::new([("key.pem", "line one\nline two\n"), ("more.env", "A='1 2'\nB=3\n")]);
    world.done(&["apps", "create", "shop"]);
    let mut command =
        world.command(&["secrets", "set", "-vv", "-a", "shop", "TOKEN", "KEY=@key.pem", "--env-file", "more.env"]);
    let run = crate::world::finish(command.env("TOKEN", SECRET).spawn().unwrap());
    assert_eq!(run.code, Some(0), "{}", run.stderr);
    assert!(!run.stderr.contains(SECRET) && !run.stderr.contains("line two"), "{}", run.stderr);
    let secrets = world.fly.secrets("shop");
    let expected = [("A", "1 2"), ("B", "3"), ("KEY", "line one\nline two\n"), ("TOKEN", SECRET)];
    assert_eq!(secrets.iter().map(|(a, b)| (a.as_str(), b.as_str())).collect::<Vec<_>>(), expected);
    assert_eq!(world.fly.counts()["secrets.set"], 1, "all at once");

    let run = world.with_input(&["secrets", "set", "-a", "shop", "TOKEN=-"], "other\n");
    assert_eq!(run.stderr, "changed TOKEN of app shop: machines get that with the next deploy\n");
    assert_eq!(world.fly.secrets("shop")["TOKEN"], "other");
    let run = world.with_input(&["secrets", "set", "-a", "shop", "TOKEN=-"], "other\n");
    assert_eq!(run.stderr, "the secrets of app shop have these values already\n");

    let run = world.run(&["secrets", "set", "-a", "shop", &format!("TOKEN={SECRET}")]);
    assert_eq!(run.code, Some(1));
    assert!(run.stderr.contains("a value on the command line can be seen by other programs"), "{}", run.stderr);

    let listed = world.done(&["secrets", "list", "-a", "shop", "--format", "json"]).json();
    assert_eq!(listed.as_array().unwrap().len(), 4);
    assert_eq!((&listed[0]["name"], &listed[0]["staged"]), (&json!("A"), &json!(true)));

    world.done(&["secrets", "unset", "-a", "shop", "A", "B"]);
    assert_eq!(world.fly.secrets("shop").into_keys().collect::<Vec<_>>(), ["KEY", "TOKEN"]);
    let run = world.run(&["secrets", "unset", "-a", "shop", "A"]);
    assert_eq!(run.code, Some(1));
    assert!(run.stderr.contains("app shop has no secret called A; `score-fly secrets list` shows all of them"));
    let run = world.run(&["secrets", "set", "-a", "shop", "NOT_THERE"]);
    assert!(run.stderr.contains("the environment has no variable NOT_THERE"), "{}", run.stderr);
}

#[test]
fn the_app_is_named_by_files_and_projects_too() {
    let world = World::new([("score.yaml", WEB), ("fly.toml", "app = 'shop'\n")]);
    for app in ["shop", "acme-web"] {
        world.done(&["apps", "create", app]);
    }
    let first = |run: &crate::world::Run| run.stdout.lines().next().unwrap().to_owned();
    assert_eq!(first(&world.done(&["status"])), "shop (pending), organization personal");
    assert_eq!(first(&world.done(&["status", "fly.toml"])), "shop (pending), organization personal");
    let run = world.done(&["status", "score.yaml", "--fly-app-prefix", "acme-"]);
    assert_eq!(first(&run), "acme-web (pending), organization personal");
    assert!(run.stdout.contains("no machines"), "{}", run.stdout);
    world.done(&["init", "--fly-app-prefix", "acme-"]);
    assert_eq!(first(&world.done(&["status", "score.yaml"])), "acme-web (pending), organization personal");
    let plan = world.done(&["plan", "score.yaml"]);
    assert!(plan.stdout.starts_with("acme-web:\n"), "{}", plan.stdout);
    let run = World::new([]).run(&["status"]);
    assert_eq!(run.code, Some(1));
    assert!(run.stderr.contains("nothing says which app is meant: give --app or a file"), "{}", run.stderr);
}
