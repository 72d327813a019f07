//! Previews: the same apps under other names, for a while.

use serde_json::{Value, json};

use crate::sandbox::WEB;
use crate::world::{Run, World};

const API: &str = "\
apiVersion: score.dev/v1b1
metadata: {name: api}
containers:
  main:
    image: acme/api:1
    variables: {WEB: '${resources.web.hostname}', HOST: '${resources.db.host}'}
resources:
  web: {type: service}
  db: {type: postgres}
";

const FILES: [&str; 2] = ["api.yaml", "web.yaml"];

/// A project whose databases leave a line behind when they are made, and when they are taken down.
fn project() -> World {
    let web = WEB.to_owned() + "service: {ports: {web: {port: 80}}}\n";
    let world = World::new([("web.yaml", &web), ("api.yaml", API)]);
    world.done(&["init", "--fly-app-prefix", "acme-"]);
    world.sandbox.write(
        "db.sh",
        "cat > /dev/null; echo \"$SCORE_PROVISIONER_MODE\" >> calls; echo '{\"values\": {\"host\": \"db.internal\"}}'",
    );
    world.done(&["provisioners", "add", "db", "postgres", "--cmd-binary", "sh", "--cmd-args", "db.sh"]);
    world
}

fn up(world: &World, more: &[&str]) -> Run {
    world.done(&[&["preview", "up", "--name", "pr-12", "--smoke-checks=false", "--ha=false"], more].concat())
}

fn label(world: &World, app: &str, key: &str) -> Value {
    world.fly.machines(app)[0]["config"]["metadata"][key].clone()
}

#[test]
fn a_project_has_previews_of_their_own() {
    let world = project();
    world.done(&[&["deploy", "--smoke-checks=false", "--ha=false"], &FILES[..]].concat());
    let before = world.versions("acme-web");
    up(&world, &["--owner", "jo"]);
    for app in ["acme-pr-12-web", "acme-pr-12-api"] {
        assert_eq!(label(&world, app, "score_fly_preview"), json!("pr-12"), "{app}");
        assert_eq!(label(&world, app, "score_fly_owner"), json!("jo"));
        let expires = label(&world, app, "score_fly_expires");
        assert!(expires.as_str().is_some_and(|time| time.ends_with('Z')), "{expires}");
    }
    let env = world.fly.machines("acme-pr-12-api")[0]["config"]["env"].clone();
    assert_eq!(env["WEB"], json!("acme-pr-12-web.internal"));
    assert_eq!(world.sandbox.read("calls"), "provision\nprovision\n", "it has a database of its own");
    assert!(label(&world, "acme-web", "score_fly_preview").is_null());

    // Its time is extended without a restart.
    let expires = label(&world, "acme-pr-12-web", "score_fly_expires");
    let versions = world.versions("acme-pr-12-web");
    up(&world, &["--owner", "jo", "--lasts", "96h", "web.yaml"]);
    assert_ne!(label(&world, "acme-pr-12-web", "score_fly_expires"), expires);
    assert_eq!(world.versions("acme-pr-12-web"), versions);

    let run = world.run(&["preview", "down", "--name", "pr-12"]);
    assert_eq!(run.code, Some(1), "nobody confirmed it: {}", run.stderr);
    world.done(&["preview", "down", "--name", "pr-12", "--yes"]);
    for app in ["acme-pr-12-web", "acme-pr-12-api"] {
        assert!(world.fly.app(app).is_null(), "{app}");
    }
    assert_eq!(world.sandbox.read("calls"), "provision\nprovision\nprovision\ndeprovision\n");
    assert!(!world.sandbox.path().join(".score-fly/envs/pr-12").exists());
    assert_eq!(world.versions("acme-web"), before);
    world.done(&["status"]);
}

#[test]
fn files_have_previews_without_a_project() {
    let world = World::new([("web.yaml", WEB), ("fly.toml", "app = 'shop'\n[build]\nimage = 'nginx'\n")]);
    up(&world, &["web.yaml", "fly.toml"]);
    assert_eq!(label(&world, "pr-12-web", "score_fly_preview"), json!("pr-12"));
    assert_eq!(label(&world, "pr-12-shop", "score_fly_preview"), json!("pr-12"));

    // An app that only has the name of a preview's is none.
    world.done(&["deploy", "fly.toml", "--app", "pr-13-shop", "--smoke-checks=false", "--ha=false"]);
    let run = world.run(&["preview", "down", "--name", "pr-13", "fly.toml", "--yes"]);
    assert_eq!(run.code, Some(1), "{}", run.stderr);
    assert!(run.stderr.contains("app pr-13-shop stays: its machines do not say that it belongs to the preview pr-13"));
    assert!(world.fly.app("pr-13-shop").is_object());

    world.done(&["preview", "down", "--name", "pr-12", "fly.toml", "--yes"]);
    assert!(world.fly.app("pr-12-shop").is_null() && world.fly.app("pr-12-web").is_object());
}

#[test]
fn previews_whose_time_is_over_are_pruned() {
    let world = project();
    up(&world, &[&["--lasts", "0s"], &FILES[..]].concat());
    world.done(&["preview", "up", "--name", "pr-13", "--smoke-checks=false", "--ha=false", "web.yaml"]);
    world.done(&["deploy", "--smoke-checks=false", "--ha=false", "web.yaml"]);
    let run = world.done(&["preview", "prune", "--yes"]);
    assert!(run.stderr.contains("destroyed app acme-pr-12-web") && !run.stderr.contains("pr-13"), "{}", run.stderr);
    for (app, is_there) in
        [("acme-pr-12-web", false), ("acme-pr-12-api", false), ("acme-pr-13-web", true), ("acme-web", true)]
    {
        assert_eq!(world.fly.app(app).is_object(), is_there, "{app}");
    }
    assert!(!world.sandbox.path().join(".score-fly/envs/pr-12").exists());
    assert!(world.sandbox.read("calls").contains("deprovision"));
    assert_eq!(world.done(&["preview", "prune", "--yes"]).stderr, "");
}
