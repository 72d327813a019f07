//! What holds data.

use std::time::Duration;

use score_fly_gitops::sync::{Options, State};

use crate::world::{PROJECT, World, app, entry};

fn names(world: &World) -> Vec<String> {
    let mut names: Vec<String> =
        world.fly.volumes("a-1").iter().map(|volume| volume["name"].as_str().unwrap().to_owned()).collect();
    names.sort();
    names.dedup();
    names
}

fn mounted(world: &World) -> String {
    world.fly.clock().advance(Duration::from_secs(60));
    world.fly.machines("a-1")[0]["config"]["mounts"][0]["name"].as_str().unwrap().to_owned()
}

#[test]
fn volumes_go_only_if_their_names_are_given_and_pruning_is_asked_for() {
    let text =
        |mounts: &str, settings: &str| format!("{}{mounts}gitops: {{scale: {{count: 1}}{settings}}}\n", app("a-1"));
    let one = |name: &str| format!("mounts: [{{source: {name}, destination: /data}}]\n");
    let world = World::new(&[("project.yaml", PROJECT), ("a/app.yaml", &text(&one("old"), ""))]);
    let (plain, prune) = (Options::default(), Options { prune: true, ..Options::default() });
    world.sync(&plain);
    assert_eq!(names(&world), ["old"]);

    // Another volume is to be mounted. What the machine would lose by that must be named, and pruning asked for.
    world.write(&[("a/app.yaml", &text(&one("new"), ""))]);
    let refused = |options: &Options| {
        let report = world.sync(options);
        let entry = entry(&report, "a-1");
        assert!(entry.state == State::Failed && entry.details.join("").contains("mounts volume `old`"), "{report:?}");
        assert_eq!((names(&world), mounted(&world)), (vec!["old".to_owned()], "old".to_owned()), "{report:?}");
    };
    refused(&prune);
    world.write(&[("a/app.yaml", &text(&one("new"), ", allow_delete: [other]"))]);
    refused(&prune);
    world.write(&[("a/app.yaml", &text(&one("new"), ", allow_delete: [old]"))]);
    refused(&plain);
    let report = world.sync(&Options { dry_run: true, ..prune.clone() });
    assert_eq!(entry(&report, "a-1").state, State::OutOfSync, "{report:?}");
    assert_eq!(names(&world), ["old"]);
    let report = world.sync(&prune);
    assert_eq!(entry(&report, "a-1").state, State::Deployed, "{report:?}");
    assert_eq!((names(&world), mounted(&world)), (vec!["new".to_owned()], "new".to_owned()), "{report:?}");
}

#[test]
fn volumes_that_nothing_mounts_stay_unless_they_are_named() {
    let text = |settings: &str| {
        let mounts = "mounts: [{source: data, destination: /data}]\n";
        format!("{}{mounts}gitops: {{scale: {{count: {settings}}}}}\n", app("a-1"))
    };
    let count = |world: &World| {
        // It takes some seconds until a machine is gone.
        world.fly.clock().advance(Duration::from_secs(60));
        (world.fly.machines("a-1").len(), world.fly.volumes("a-1").len())
    };
    let world = World::new(&[("project.yaml", PROJECT), ("a/app.yaml", &text("2"))]);
    let prune = Options { prune: true, ..Options::default() };
    world.sync(&prune);
    assert_eq!(count(&world), (2, 2));
    world.write(&[("a/app.yaml", &text("1"))]);
    let report = world.sync(&prune);
    assert_eq!((entry(&report, "a-1").state, count(&world)), (State::Failed, (2, 2)), "{report:?}");

    // Of two that are called the same, the one stays that is in use.
    world.write(&[("a/app.yaml", &text("1").replace("count: 1}", "count: 1}, allow_delete: [data]"))]);
    let report = world.sync(&prune);
    assert_eq!((entry(&report, "a-1").state, count(&world)), (State::Deployed, (1, 1)), "{report:?}");
    let volume = world.fly.volumes("a-1")[0].clone();
    assert_eq!(volume["attached_machine_id"], world.fly.machines("a-1")[0]["id"]);
    let report = world.sync(&Options { thorough: true, ..prune });
    assert_eq!((entry(&report, "a-1").state, count(&world)), (State::InSync, (1, 1)), "{report:?}");
}
