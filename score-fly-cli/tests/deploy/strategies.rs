//! How machines are replaced.

use serde_json::json;

use crate::first::SHOP;
use crate::world::World;

/// An app with three machines, whose file asks for another image now.
fn changed() -> World {
    let world = World::new([("fly.toml", SHOP)]);
    world.done(&["deploy", "--scale", "3"]);
    assert_eq!(world.fly.machines("shop").len(), 3);
    world.sandbox.write("fly.toml", SHOP.replace("nginx:1.27", "nginx:1.28"));
    world.fly.forget_calls();
    world
}

#[track_caller]
fn is_deployed(world: &World) {
    let machines = world.staying("shop");
    assert_eq!(machines.len(), 3);
    for machine in &machines {
        assert!(machine["config"]["image"].as_str().unwrap().contains("nginx:1.28"), "{machine}");
        assert_eq!(machine["state"], json!("started"));
        assert_eq!(machine["cordoned"], json!(false));
    }
    assert!(world.fly.leases().iter().all(|id| machines.iter().all(|machine| machine["id"] != id.as_str())));
    let plan = world.run(&["plan", "--exit-code"]);
    assert_eq!(plan.code, Some(0), "{}", plan.stdout);
}

#[test]
fn rolling_and_immediate_change_machines_in_place() {
    for strategy in ["rolling", "immediate"] {
        let world = changed();
        let run = world.done(&["deploy", "--strategy", strategy]);
        if strategy == "immediate" {
            std::thread::sleep(std::time::Duration::from_millis(200));
            assert!(!world.fly.counts().contains_key("machines.wait"), "{}", run.stderr);
        }
        is_deployed(&world);
        let counts = world.fly.counts();
        assert_eq!(counts["machines.update"], 3);
        assert!(!counts.contains_key("machines.create"));
    }
}

#[test]
fn a_canary_goes_ahead_and_goes_away() {
    let world = changed();
    world.done(&["deploy", "--strategy", "canary"]);
    is_deployed(&world);
    let counts = world.fly.counts();
    assert_eq!((counts["machines.create"], counts["machines.delete"], counts["machines.update"]), (1, 1, 3));
}

#[test]
fn a_canary_that_fails_leaves_all_others_alone() {
    let world = changed();
    let before = world.versions("shop");
    let behaviour = fake_fly::Behaviour { checks: fake_fly::Checks::Never, ..Default::default() };
    let program = fake_fly::Program { image: Some("nginx:1.28".to_owned()), behaviour, ..Default::default() };
    world.fly.with(|world| world.programs.push(program));
    let run = world.run(&["deploy", "--strategy", "canary", "--wait-timeout", "1s"]);
    assert_eq!(run.code, Some(1), "{}", run.stderr);
    assert_eq!(world.versions("shop"), before);
}
