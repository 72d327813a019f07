//! What goes wrong, and what stands where then.

use std::io::{Read as _, Write as _};
use std::net::TcpStream;
use std::time::Duration;

use fake_fly::{Behaviour, Checks, Effect, Exit, Fault, Program};
use serde_json::{Value, json};

use crate::first::SHOP;
use crate::world::World;

/// An app that is deployed, and whose file asks for another image now.
fn changed() -> World {
    let world = World::new([("fly.toml", SHOP)]);
    world.done(&["deploy"]);
    world.sandbox.write("fly.toml", SHOP.replace("nginx:1.27", "nginx:1.28"));
    world.fly.forget_calls();
    world
}

fn images(world: &World) -> Vec<Value> {
    world.fly.machines("shop").iter().map(|machine| machine["config"]["image"].clone()).collect()
}

/// Programs with this image behave like that.
fn behave(world: &World, image: &str, behaviour: Behaviour) {
    let program = Program { image: Some(image.to_owned()), behaviour, ..Program::default() };
    world.fly.with(|world| world.programs.push(program));
}

#[test]
fn checks_that_never_pass_are_undone() {
    let world = changed();
    let before = images(&world);
    behave(&world, "nginx:1.28", Behaviour { checks: Checks::Never, ..Behaviour::default() });
    let run = world.run(&["deploy", "--wait-timeout", "2s", "--max-unavailable", "1"]);
    assert_eq!(run.code, Some(1), "{}", run.stderr);
    assert!(run.stderr.contains("does not pass its checks after"), "{}", run.stderr);
    assert!(run.stderr.contains("1 given back what they had"), "{}", run.stderr);
    assert_eq!(images(&world), before);
    assert_eq!(world.fly.counts()["machines.update"], 2, "one is changed and changed back, and the other one is not");
    assert_eq!(world.fly.releases("shop")[0]["status"], json!("failed"));
    assert!(world.fly.leases().is_empty());
    let plan = world.run(&["plan", "--exit-code"]);
    assert_eq!(plan.code, Some(2), "{}", plan.stdout);
}

#[test]
fn what_failed_stays_if_it_shall() {
    let world = changed();
    behave(&world, "nginx:1.28", Behaviour { checks: Checks::Never, ..Behaviour::default() });
    let run = world.run(&["deploy", "--wait-timeout", "1s", "--max-unavailable", "1", "--on-failure", "stop"]);
    assert_eq!(run.code, Some(1), "{}", run.stderr);
    assert!(run.stderr.contains("1 not working"), "{}", run.stderr);
    let new = images(&world).iter().filter(|image| image.as_str().unwrap().contains("1.28")).count();
    assert_eq!(new, 1);
}

#[test]
fn a_pull_that_is_silently_reverted_is_a_failure() {
    let world = changed();
    let before = images(&world);
    world.fly.with(|world| world.conditions.unpullable_images.insert("nginx:1.28".to_owned()));
    let run = world.run(&["deploy", "--wait-timeout", "30s"]);
    assert_eq!(run.code, Some(1), "{}", run.stderr);
    assert!(run.stderr.contains("went back to"), "{}", run.stderr);
    assert_eq!(images(&world), before);
}

#[test]
fn a_release_command_that_fails_changes_nothing() {
    let world = changed();
    let before = world.fly.machines("shop");
    let toml = SHOP.replace("nginx:1.27", "nginx:1.28") + "\n[deploy]\nrelease_command = \"migrate --all\"\n";
    world.sandbox.write("fly.toml", toml);
    let exit = Some(Exit { code: 3, after: Duration::from_millis(20), oom: false });
    let prints = vec!["no such table".to_owned()];
    let behaviour = Behaviour { exit, prints, ..Behaviour::default() };
    let program = Program { env: Some("RELEASE_COMMAND".to_owned()), behaviour, ..Program::default() };
    world.fly.with(|world| world.programs.push(program));
    let run = world.run(&["deploy"]);
    assert_eq!(run.code, Some(1), "{}", run.stderr);
    assert!(run.stderr.contains("the release command ended with exit code 3"), "{}", run.stderr);
    assert!(run.stderr.contains("no such table"), "{}", run.stderr);
    let without_lease = |machines: Vec<Value>| -> Vec<Value> {
        machines.into_iter().map(|machine| json!([machine["id"], machine["instance_id"]])).collect()
    };
    assert_eq!(without_lease(world.fly.machines("shop")), without_lease(before));
    assert!(world.fly.leases().is_empty());

    world.fly.with(|world| world.programs.clear());
    let run = world.done(&["deploy"]);
    assert!(run.stderr.contains("running the release command: migrate --all"), "{}", run.stderr);
    assert_eq!(world.fly.machines("shop").len(), 2);
}

#[test]
fn a_lease_that_somebody_holds_is_told() {
    let world = changed();
    let before = world.fly.machines("shop");
    world.fly.fault(
        Fault::refuse(
            "leases.acquire",
            409,
            "machine ID 3287 lease currently held by ab12@tokens.fly.io, expires at 2026-08-21T10:00:13Z",
        )
        .times(u32::MAX),
    );
    let run = world.run(&["deploy", "--no-wait"]);
    assert_eq!(run.code, Some(1), "{}", run.stderr);
    assert!(run.stderr.contains("lease currently held by ab12@tokens.fly.io"), "{}", run.stderr);
    assert!(run.stderr.contains("somebody else is at work on it"), "{}", run.stderr);
    assert_eq!(world.fly.machines("shop"), before);
}

/// Somebody is at work for eight seconds more: until when is told, and it is waited for.
#[test]
fn a_lease_that_ends_is_waited_for() {
    let world = changed();
    let id = world.fly.machines("shop")[0]["id"].as_str().unwrap().to_owned();
    let body = r#"{"ttl":8,"description":"somebody else"}"#;
    let request = format!(
        "POST /v1/apps/shop/machines/{id}/lease HTTP/1.1\r\nhost: fly\r\nauthorization: Bearer {}\r\ncontent-type: \
         application/json\r\ncontent-length: {}\r\nconnection: close\r\n\r\n{body}",
        fake_fly::FakeFly::TOKEN,
        body.len()
    );
    let mut stream = TcpStream::connect(world.fly.url().trim_start_matches("http://")).expect("it listens");
    stream.write_all(request.as_bytes()).expect("it reads");
    let mut answer = String::new();
    stream.read_to_string(&mut answer).expect("it answers");
    assert!(answer.starts_with("HTTP/1.1 201"), "{answer}");
    let run = world.done(&["deploy"]);
    let said = format!("shop: machine {id} is held by ");
    let line = run.stderr.lines().find(|line| line.starts_with(&said)).unwrap_or_else(|| panic!("{}", run.stderr));
    assert!(line.contains("@tokens.fly.io until 20") && line.ends_with("Z: waiting up to 20 s"), "{line}");
    assert!(images(&world).iter().all(|image| image.as_str().unwrap().contains("1.28")));
}

#[test]
fn a_region_without_room_is_told_with_others() {
    let world = World::new([("fly.toml", SHOP)]);
    world.fly.with(|world| world.conditions.full_regions.insert("fra".to_owned()));
    let run = world.run(&["deploy"]);
    assert_eq!(run.code, Some(1), "{}", run.stderr);
    assert!(run.stderr.contains("there would be room in"), "{}", run.stderr);
    assert!(world.fly.machines("shop").is_empty());
    world.fly.with(|world| world.conditions.full_regions.clear());
    world.done(&["deploy"]);
    assert_eq!((world.fly.machines("shop").len(), world.fly.addresses("shop").len()), (2, 2));
}

#[test]
fn a_crash_loop_is_told_with_what_it_said() {
    let world = World::new([("fly.toml", "app = 'shop'\nprimary_region = 'fra'\n[build]\nimage = 'broken'\n")]);
    let exit = Some(Exit { code: 7, after: Duration::from_millis(20), oom: true });
    behave(&world, "broken", Behaviour { exit, prints: vec!["panic: no config".to_owned()], ..Behaviour::default() });
    let run = world.run(&["deploy", "--ha", "false"]);
    assert_eq!(run.code, Some(1), "{}", run.stderr);
    assert!(run.stderr.contains("exit code 7, since it had too little memory"), "{}", run.stderr);
    assert!(run.stderr.contains("panic: no config"), "{}", run.stderr);
}

#[test]
fn lost_answers_make_no_second_machine() {
    let world = World::new([("fly.toml", SHOP)]);
    world.fly.fault(Fault::commit_then("machines.create", 408, "deadline_exceeded"));
    world.fly.fault(Fault::on("ips.assign", Effect::CommitThenHangUp));
    world.done(&["deploy"]);
    assert_eq!((world.fly.machines("shop").len(), world.fly.addresses("shop").len()), (2, 2));
}

#[test]
fn what_can_not_be_done_is_refused_before_anything_is() {
    let toml = "app = 'shop'\nprimary_region = 'fra'\n[build]\ndockerfile = 'Dockerfile'\n";
    let world = World::new([("fly.toml", toml), ("Dockerfile", "FROM scratch\n")]);
    let run = world.run(&["deploy"]);
    assert_eq!(run.code, Some(1), "{}", run.stderr);
    assert!(run.stderr.contains("name it with --image, bring it along with --image-archive"), "{}", run.stderr);
    assert!(world.fly.app("shop").is_null());
}

/// Ctrl-C while a machine is changed: it gets back what it had, and leases are given back.
#[cfg(unix)]
#[test]
fn ctrl_c_takes_back_what_was_begun() {
    let world = changed();
    behave(&world, "nginx:1.28", Behaviour { checks: Checks::Never, ..Behaviour::default() });
    let child = world.command(&["deploy", "--max-unavailable", "1"]).spawn().expect("the binary starts");
    for _ in 0..1000 {
        if world.fly.counts().get("machines.get").is_some_and(|count| *count > 1) {
            break;
        }
        std::thread::sleep(Duration::from_millis(20));
    }
    let began = std::time::Instant::now();
    let sent = std::process::Command::new("kill").args(["-INT", &child.id().to_string()]).status();
    assert!(sent.expect("kill is there").success());
    let run = crate::world::finish(child);
    assert_eq!(run.code, Some(130), "{}", run.stderr);
    assert!(began.elapsed() < Duration::from_secs(20), "{:?}", began.elapsed());
    assert!(run.stderr.contains("it was interrupted; run it again to go on"), "{}", run.stderr);
    assert!(images(&world).iter().all(|image| image == "nginx:1.27"), "{}", run.stderr);
    assert!(world.fly.leases().is_empty());
    assert_eq!(world.fly.releases("shop")[0]["status"], json!("interrupted"));
}

/// A second one does not wait for what the first one began.
#[cfg(unix)]
#[test]
fn a_second_ctrl_c_ends_it_at_once() {
    let world = changed();
    behave(&world, "nginx:1.28", Behaviour { checks: Checks::Never, ..Behaviour::default() });
    // The update that takes back the first one is not answered for long.
    world.fly.fault(Fault::on("machines.update", Effect::Delay { millis: 120_000 }).skip(1));
    let child = world.command(&["deploy", "--max-unavailable", "1"]).spawn().expect("the binary starts");
    let wait_for = |name: &str, least: usize| {
        for _ in 0..1000 {
            if world.fly.counts().get(name).is_some_and(|count| *count >= least) {
                return;
            }
            std::thread::sleep(Duration::from_millis(20));
        }
        panic!("{name} does not come: {:?}", world.fly.counts());
    };
    let interrupt = || {
        let sent = std::process::Command::new("kill").args(["-INT", &child.id().to_string()]).status();
        assert!(sent.expect("kill is there").success());
    };
    wait_for("machines.get", 2);
    interrupt();
    // Wrappers pass on what the terminal has sent to everybody, which is no second one.
    interrupt();
    wait_for("machines.update", 2);
    std::thread::sleep(Duration::from_millis(400));
    let began = std::time::Instant::now();
    interrupt();
    let run = crate::world::finish(child);
    assert_eq!(run.code, Some(130), "{}", run.stderr);
    assert!(began.elapsed() < Duration::from_secs(10), "{:?}", began.elapsed());
    assert!(run.stderr.contains("was not given back what it was made from"), "{}", run.stderr);
    assert!(run.stderr.contains("leases of machines run out by themselves within 13 s"), "{}", run.stderr);
}

/// superfly/flyctl: `machinebasedtest.go`.
#[test]
fn a_machine_check_that_fails_is_undone() {
    let world = changed();
    let before = images(&world);
    let check = "[[http_service.machine_checks]]\ncommand = ['ask', 'it']\nimage = 'curl:8'\n";
    world.sandbox.write("fly.toml", SHOP.replace("nginx:1.27", "nginx:1.28") + check);
    let exit = Some(Exit { code: 22, after: Duration::from_millis(20), oom: false });
    behave(&world, "curl:8", Behaviour { exit, prints: vec!["404 Not Found".to_owned()], ..Behaviour::default() });
    let run = world.run(&["deploy", "--max-unavailable", "1"]);
    assert_eq!(run.code, Some(1), "{}", run.stderr);
    let said = "does not pass the machine check `ask it`, which ended with exit code 22";
    assert!(run.stderr.contains(said) && run.stderr.contains("| 404 Not Found"), "{}", run.stderr);
    assert_eq!(images(&world), before);

    world.fly.with(|world| world.programs.clear());
    world.fly.forget_calls();
    world.done(&["deploy"]);
    assert_eq!(world.staying("shop").len(), 2);
    let calls = world.fly.calls();
    let updated: Vec<&Value> = calls.iter().filter(|call| call.name == "machines.update").map(|c| &c.body).collect();
    let tests: Vec<&Value> = calls.iter().filter(|call| call.name == "machines.create").map(|c| &c.body).collect();
    assert_eq!((updated.len(), tests.len()), (2, 2));
    for test in tests {
        let ip = test.pointer("/config/env/FLY_TEST_MACHINE_IP").unwrap();
        assert!(world.fly.machines("shop").iter().any(|machine| machine["private_ip"] == *ip), "{ip}");
        assert_eq!(test["config"]["init"]["cmd"], json!(["ask", "it"]));
    }
}
