//! Functions are deployed as any workload is, and run only while somebody asks for something.

use std::thread::sleep;
use std::time::{Duration, Instant};

use crate::world::World;

/// Waits until all machines of the app are in one of these states.
#[track_caller]
fn all_come_to_be(world: &World, states: &[&str]) {
    let start = Instant::now();
    loop {
        let machines = world.fly.machines("hello");
        let now: Vec<_> = machines.iter().map(|machine| machine["state"].as_str().unwrap_or_default()).collect();
        if now == states {
            return;
        }
        assert!(start.elapsed() < Duration::from_secs(30), "{now:?}");
        sleep(Duration::from_millis(5));
    }
}

#[test]
fn a_function_scales_to_zero_and_back() {
    let world = World::new([]);
    world.done(&["new", "--runtime", "flask", "hello"]);
    world.done(&["build", "hello"]);
    let deploy = ["deploy", "fly_hello_context/score.yaml", "--image", "ghcr.io/acme/hello:1", "--ha", "false"];
    world.done(&deploy);
    let machines = world.fly.machines("hello");
    assert_eq!(machines.len(), 1);
    let service = &machines[0]["config"]["services"][0];
    assert_eq!(service["internal_port"], 8080);
    assert_eq!(service["autostart"], true);
    assert_eq!(service["checks"][0]["path"], "/health");
    all_come_to_be(&world, &["started"]);

    world.fly.with(|fly| fly.fall_idle("hello"));
    all_come_to_be(&world, &["stopped"]);
    let again = world.done(&deploy);
    assert!(again.stderr.contains("Nothing to do"), "{}", again.stderr);
    all_come_to_be(&world, &["stopped"]);

    let visited = world.fly.with(|fly| fly.visit("hello"));
    assert_eq!(visited.as_deref(), Ok(machines[0]["id"].as_str().unwrap_or_default()));
    all_come_to_be(&world, &["started"]);
}
