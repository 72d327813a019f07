//! What each flag of a deploy comes to, told by what stands at Fly then.

use std::collections::BTreeMap;
use std::time::Duration;

use fake_fly::{Behaviour, Checks, Program};
use serde_json::{Value, json};

use crate::first::SHOP;
use crate::sandbox::WEB;
use crate::world::World;

/// Two process groups, of which one serves.
const GROUPS: &str = "\
app = 'shop'
primary_region = 'fra'
[build]
image = 'nginx:1.27'
[processes]
app = ''
worker = 'work'
[http_service]
internal_port = 80
processes = ['app']
[[http_service.checks]]
path = '/up'
interval = '1s'
";

/// What is deployed at first: one machine in `ams`, and two in `fra`.
fn spread() -> World {
    let world = World::new([("fly.toml", SHOP)]);
    world.done(&["deploy", "--scale", "ams=1,fra=2"]);
    assert_eq!(counted(&world, "region"), BTreeMap::from([("ams".to_owned(), 1), ("fra".to_owned(), 2)]));
    world
}

/// From now on the file asks for this image.
fn ask_for(world: &World, toml: &str, image: &str) {
    world.sandbox.write("fly.toml", toml.replace("nginx:1.27", image));
    world.fly.forget_calls();
}

fn text(machine: &Value, pointer: &str) -> String {
    machine.pointer(pointer).and_then(Value::as_str).unwrap_or_default().to_owned()
}

/// How many machines there are of each value of a field.
fn counted(world: &World, key: &str) -> BTreeMap<String, usize> {
    let mut counts = BTreeMap::new();
    for machine in world.staying("shop") {
        *counts.entry(text(&machine, &format!("/{key}"))).or_default() += 1;
    }
    counts
}

/// The machines that run this image, as what stands at another place in them.
fn running(world: &World, image: &str, pointer: &str) -> Vec<String> {
    let machines = world.staying("shop").into_iter();
    let mut found: Vec<String> = machines
        .filter(|machine| text(machine, "/config/image").contains(image))
        .map(|machine| text(&machine, pointer))
        .collect();
    found.sort();
    found
}

/// A program with this image behaves like that.
fn behave(world: &World, image: &str, behaviour: Behaviour) {
    let program = Program { image: Some(image.to_owned()), behaviour, ..Program::default() };
    world.fly.with(|world| world.programs.push(program));
}

#[test]
fn regions_narrow_a_deploy() {
    let world = spread();
    ask_for(&world, SHOP, "nginx:1.28");
    world.done(&["deploy", "--only-regions", "ams,lhr"]);
    assert_eq!(running(&world, "nginx:1.28", "/region"), ["ams"]);
    ask_for(&world, SHOP, "nginx:1.29");
    world.done(&["deploy", "--exclude-regions", "ams"]);
    assert_eq!(running(&world, "nginx:1.28", "/region"), ["ams"]);
    assert_eq!(running(&world, "nginx:1.29", "/region"), ["fra", "fra"]);
    // As flyctl calls it.
    world.done(&["deploy", "--regions", "ams"]);
    assert_eq!(running(&world, "nginx:1.29", "/region"), ["ams", "fra", "fra"]);
    let run = world.run(&["deploy", "--only-regions", "Amsterdam"]);
    assert_eq!(run.code, Some(1), "{}", run.stderr);
    assert!(run.stderr.contains("give regions by their codes"), "{}", run.stderr);
}

#[test]
fn process_groups_narrow_a_deploy() {
    let world = World::new([("fly.toml", GROUPS)]);
    world.done(&["deploy", "--smoke-checks=false"]);
    let group = "/config/metadata/fly_process_group";
    assert_eq!(running(&world, "nginx:1.27", group), ["app", "app", "worker", "worker"]);
    ask_for(&world, GROUPS, "nginx:1.28");
    world.done(&["deploy", "--process-groups", "app"]);
    assert_eq!(running(&world, "nginx:1.28", group), ["app", "app"]);
    world.done(&["deploy", "--process-groups", "worker,app", "--smoke-checks=false"]);
    assert_eq!(running(&world, "nginx:1.28", group), ["app", "app", "worker", "worker"]);
    let run = world.run(&["deploy", "--process-groups", "web"]);
    assert_eq!(run.code, Some(2), "{}", run.stderr);
    assert!(run.stderr.contains("there is no process group `web`"), "{}", run.stderr);
    assert!(run.stderr.contains("there are `app`, `worker`"), "{}", run.stderr);
}

#[test]
fn machines_are_named() {
    let world = spread();
    let ids: Vec<String> = world.staying("shop").iter().map(|machine| text(machine, "/id")).collect();
    ask_for(&world, SHOP, "nginx:1.28");
    world.done(&["deploy", "--only-machines", &ids[1]]);
    assert_eq!(running(&world, "nginx:1.28", "/id"), [ids[1].as_str()]);
    world.done(&["deploy", "--exclude-machines", &ids[2]]);
    assert_eq!(running(&world, "nginx:1.27", "/id"), [ids[2].as_str()]);
    // None is made in the place of one that is not there.
    let run = world.run(&["deploy", "--only-machines", "0123456789abcd"]);
    assert_eq!(run.code, Some(1), "{}", run.stderr);
    assert!(run.stderr.contains("app `shop` has no machine 0123456789abcd"), "{}", run.stderr);
    assert_eq!(world.staying("shop").len(), 3);
}

/// superfly/flyctl: groups without machines get none.
#[test]
fn updates_only_make_and_destroy_nothing() {
    let world = World::new([("fly.toml", SHOP)]);
    world.done(&["deploy"]);
    ask_for(&world, GROUPS, "nginx:1.28");
    world.done(&["deploy", "--update-only"]);
    let counts = world.fly.counts();
    assert_eq!((counts["machines.update"], counts.get("machines.create")), (2, None));
    assert_eq!(running(&world, "nginx:1.28", "/config/metadata/fly_process_group"), ["app", "app"]);
    world.done(&["deploy", "--smoke-checks=false"]);
    assert_eq!(world.staying("shop").len(), 4);
    // Machines of a group that is gone stay as well.
    ask_for(&world, SHOP, "nginx:1.29");
    world.done(&["deploy", "--update-only"]);
    assert_eq!(running(&world, "nginx:1.28", "/config/metadata/fly_process_group"), ["worker", "worker"]);
    world.done(&["deploy"]);
    assert_eq!(running(&world, "nginx:1.28", "/id"), Vec::<String>::new());
}

/// superfly/flyctl: nobody waits for machines, but for the release command.
#[test]
fn whoever_detaches_waits_only_for_the_release_command() {
    let world = World::new([("fly.toml", SHOP)]);
    world.done(&["deploy"]);
    behave(&world, "nginx:1.28", Behaviour { checks: Checks::Never, ..Behaviour::default() });
    let command = format!("{SHOP}\n[deploy]\nrelease_command = 'migrate'\n");
    ask_for(&world, &command, "nginx:1.28");
    let exit = Some(fake_fly::Exit { code: 0, after: Duration::from_millis(20), oom: false });
    let program = Program { env: Some("RELEASE_COMMAND".to_owned()), ..Program::default() };
    let behaviour = Behaviour { exit, ..Behaviour::default() };
    world.fly.with(|world| world.programs.push(Program { behaviour, ..program }));
    world.done(&["deploy", "--detach"]);
    assert_eq!(running(&world, "nginx:1.28", "/config/metadata/fly_process_group"), ["app", "app"]);
    let counts = world.fly.counts();
    assert_eq!((counts["machines.update"], counts["machines.create"], counts.get("machines.ps")), (2, 1, None));
    let calls = world.fly.calls();
    let at = |name: &str| calls.iter().position(|call| call.name == name).expect("it was called");
    let waits = calls.iter().rposition(|call| call.name == "machines.wait").expect("it was called");
    assert!(at("machines.create") < waits && waits < at("machines.update"), "the release command had ended");
    assert_eq!(world.fly.releases("shop")[0]["status"], json!("complete"));
    assert!(world.fly.leases().is_empty());
}

#[test]
fn a_release_command_is_left_out() {
    let world = World::new([("fly.toml", SHOP)]);
    world.done(&["deploy"]);
    ask_for(&world, &format!("{SHOP}\n[deploy]\nrelease_command = 'migrate'\n"), "nginx:1.28");
    let run = world.done(&["deploy", "--skip-release-command"]);
    assert!(!run.stderr.contains("migrate"), "{}", run.stderr);
    assert_eq!(world.fly.counts().get("machines.create"), None);
    assert_eq!(running(&world, "nginx:1.28", "/region"), ["fra", "fra"]);
}

#[test]
fn addresses_are_public_private_or_none() {
    let kinds = |flags: &[&str]| -> Vec<(bool, bool)> {
        let world = World::new([("fly.toml", SHOP)]);
        world.done(&[&["deploy"], flags].concat());
        let of = |address: &Value| {
            let ip = address["ip"].as_str().unwrap_or_default();
            (ip.starts_with("fdaa:"), address["shared"] == json!(true))
        };
        let mut kinds: Vec<_> = world.fly.addresses("shop").iter().map(of).collect();
        kinds.sort_unstable();
        kinds
    };
    assert_eq!(kinds(&[]), [(false, false), (false, true)], "IPv6, and a shared IPv4 address");
    assert_eq!(kinds(&["--no-public-ips"]), []);
    assert_eq!(kinds(&["--flycast"]), [(true, false)]);
    assert_eq!(kinds(&["--address", "v4", "--address", "private_v6"]), [(false, false), (true, false)]);
}

#[test]
fn an_image_takes_the_place_of_the_one_in_the_file() {
    let world = World::new([("fly.toml", SHOP), ("web.yaml", WEB)]);
    world.done(&["deploy", "--image", "nginx:1.29"]);
    assert_eq!(running(&world, "nginx:1.29", "/region"), ["fra", "fra"]);
    assert_eq!(world.fly.releases("shop")[0]["image_ref"], json!("nginx:1.29"));
    world.done(&["deploy", "web.yaml", "--image", "caddy:2", "--smoke-checks=false", "--ha=false"]);
    assert_eq!(world.fly.machines("web")[0]["config"]["image"], json!("caddy:2"));
}

/// Where machines are to be, by an annotation and by a flag, which comes first.
#[test]
fn machines_are_where_they_are_asked_for() {
    let score = |annotations: &str| {
        let annotated = format!("metadata:\n  name: shop\n  annotations: {{{annotations}}}\n");
        WEB.replace("metadata:\n  name: web\n", &annotated)
    };
    let world = World::new([("score.yaml", &score("fly.score.dev/regions: 'ams=2, fra'"))]);
    let deploy = |flags: &[&str]| {
        world.done(&[&["deploy", "score.yaml", "--smoke-checks=false"], flags].concat());
        let regions = counted(&world, "region");
        regions.into_iter().map(|(region, count)| format!("{region}={count}")).collect::<Vec<_>>()
    };
    assert_eq!(deploy(&[]), ["ams=2", "fra=1"]);
    world.sandbox.write("score.yaml", score("fly.score.dev/regions: 'ams, lhr'"));
    assert_eq!(deploy(&[]), ["ams=1", "lhr=1"]);
    assert_eq!(deploy(&["--scale", "fra=1,lhr=2"]), ["fra=1", "lhr=2"]);
    world.sandbox.write("score.yaml", score("fly.score.dev/count: '2'"));
    assert_eq!(deploy(&[]).len(), 2);
    assert_eq!(counted(&world, "state"), BTreeMap::from([("started".to_owned(), 2)]));
    assert_eq!(deploy(&["--scale", "1"]).len(), 1);
    // Nothing is said, so what is there stays.
    world.sandbox.write("score.yaml", score(""));
    assert_eq!(deploy(&[]).len(), 1);
}

/// superfly/flyctl: one goes ahead; then a count of machines, or a part of those that run, rounded up.
#[test]
fn as_many_are_away_as_may_be() {
    const SLOW: Duration = Duration::from_secs(2);
    let rounds = |limit: &str| {
        let world = World::new([("fly.toml", SHOP)]);
        world.done(&["deploy", "--scale", "4", "--detach"]);
        ask_for(&world, SHOP, "nginx:1.28");
        behave(&world, "nginx:1.28", Behaviour { checks: Checks::After(SLOW), ..Behaviour::default() });
        world.done(&["deploy", "--max-unavailable", limit]);
        let calls = world.fly.calls();
        let at: Vec<_> = calls.iter().filter(|call| call.name == "machines.update").map(|call| call.at).collect();
        assert_eq!(at.len(), 4);
        // Whoever is updated in a later round had to wait until somebody's checks passed.
        at.windows(2).map(|two| two[1].since(two[0]) >= SLOW).collect::<Vec<_>>()
    };
    let (one, half, three) = std::thread::scope(|scope| {
        let [one, half, three] = ["1", "0.5", "3"].map(|limit| scope.spawn(move || rounds(limit)));
        (one.join().unwrap(), half.join().unwrap(), three.join().unwrap())
    });
    assert_eq!(one, [true, true, true]);
    assert_eq!(half, [true, false, true]);
    assert_eq!(three, [true, false, false]);
}

#[test]
fn the_file_says_how_long_to_wait_and_how() {
    let world = World::new([("fly.toml", SHOP)]);
    world.done(&["deploy"]);
    behave(&world, "nginx:1.28", Behaviour { checks: Checks::Never, ..Behaviour::default() });
    let file = format!("{SHOP}\n[deploy]\nwait_timeout = '1s'\nstrategy = 'canary'\n");
    ask_for(&world, &file, "nginx:1.28");
    let run = world.run(&["deploy"]);
    assert_eq!(run.code, Some(1), "{}", run.stderr);
    assert!(run.stderr.contains("does not pass its checks after 1 s"), "{}", run.stderr);
    assert_eq!(world.fly.counts().get("machines.update"), None, "only the canary was tried");
    // What the command line says comes first.
    let run = world.run(&["deploy", "--wait-timeout", "2s", "--strategy", "rolling"]);
    assert!(run.stderr.contains("does not pass its checks after 2 s"), "{}", run.stderr);
    assert!(run.stderr.contains("1 given back what they had"), "{}", run.stderr);
    assert_eq!(running(&world, "nginx:1.28", "/id"), Vec::<String>::new());
}
