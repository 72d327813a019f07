//! How machines are replaced, call by call.

use fake_fly::{Behaviour, Checks, Fault, Program};
use score_fly_core::fly::config::Strategy;
use score_fly_engine::deploy::{Stands, Trouble};

use crate::world::{World, shop};

/// superfly/flyctl: `strategy_bluegreen.go`; reference of the order: create all, wait, uncordon, cordon, stop, destroy.
#[test]
fn bluegreen_goes_as_flyctl_does() {
    let world = World::new();
    world.deployed(&shop("1"), 2, Strategy::Rolling);
    world.fly.forget_calls();
    let deployed = world.deployed(&shop("2"), 2, Strategy::BlueGreen);
    let started = ("registry.fly.io/shop:2".to_owned(), "started".to_owned(), false);
    assert_eq!(world.machines(), vec![started; 2]);
    let count = |stands| deployed.machines.iter().filter(|machine| machine.stands == stands).count();
    assert_eq!((count(Stands::Created), count(Stands::Destroyed)), (2, 2));
    let order = ["machines.create", "machines.uncordon", "machines.cordon", "machines.stop", "machines.delete"];
    let calls = world.fly.calls();
    let mut seen: Vec<&str> = calls.iter().map(|call| call.name.as_str()).filter(|name| order.contains(name)).collect();
    seen.dedup();
    // Of two machines that go at the same time, one may be gone before the other one has stopped.
    let first = |name: &str| seen.iter().position(|seen| *seen == name).unwrap();
    assert_eq!(seen[..3], order[..3]);
    assert!(first("machines.stop") < first("machines.delete"));
    let created = calls.iter().filter(|call| call.name == "machines.create");
    assert!(created.clone().all(|call| call.body["skip_service_registration"] == true));
    world.fly.clock().advance(std::time::Duration::from_secs(5));
    assert!(world.fly.leases().is_empty());
    let (_, _, plan) = world.decide(&shop("2"), 2, &crate::world::settings(&shop("2"), Strategy::Rolling)).unwrap();
    assert!(plan.is_empty(), "{plan}");
}

#[test]
fn green_machines_that_fail_go_and_blue_ones_stay() {
    let world = World::new();
    world.deployed(&shop("1"), 2, Strategy::Rolling);
    let behaviour = Behaviour { checks: Checks::Never, ..Behaviour::default() };
    let program = Program { image: Some("shop:2".to_owned()), behaviour, ..Program::default() };
    world.fly.with(|world| world.programs.push(program));
    let failed = world.deploy(&shop("2"), 2, Strategy::BlueGreen).unwrap().unwrap_err();
    assert!(matches!(failed.trouble, Trouble::Sick { .. }), "{}", failed.trouble);
    let started = ("registry.fly.io/shop:1".to_owned(), "started".to_owned(), false);
    assert_eq!(world.machines(), vec![started; 2]);
}

/// superfly/flyctl: `machines_deploymachinesapp.go`: one goes ahead, and then a third of them at a time.
#[test]
fn rolling_changes_as_many_at_once_as_may_be_away() {
    let world = World::new();
    world.deployed(&shop("1"), 7, Strategy::Rolling);
    world.fly.forget_calls();
    world.deployed(&shop("2"), 7, Strategy::Rolling);
    let calls = world.fly.calls();
    let updates: Vec<_> = calls.iter().filter(|call| call.name == "machines.update").map(|call| call.at).collect();
    assert_eq!(updates.len(), 7);
    // ceil(0.33 * 7) = 3 at once, after the first one.
    assert!(updates[1] > updates[0]);
    assert!(calls.iter().filter(|call| call.name == "machines.update").all(|call| {
        call.nonce.is_some() && call.body["current_version"].is_string() && call.body["region"] == "fra"
    }));
    let waits = calls.iter().filter(|call| call.name == "machines.wait");
    assert!(waits.clone().all(|call| call.path.contains("version=")), "they are of a version");
    assert!(world.fly.leases().is_empty());
}

/// What a machine needs, against flyctl's per-machine calls: lease, update, wait, get, ps, and giving the lease back. The
/// figures are in docs/deploy.md; those of reads and renewals depend a bit on how fast this machine is.
#[test]
fn twenty_machines_take_no_more_calls_than_with_flyctl() {
    let world = World::new();
    world.deployed(&shop("1"), 20, Strategy::Rolling);
    world.fly.forget_calls();
    let began = world.fly.clock().now();
    world.deployed(&shop("2"), 20, Strategy::Rolling);
    let took = world.fly.clock().now().since(began).as_secs();
    let counts = world.fly.counts();
    let of = |name: &str| counts.get(name).copied().unwrap_or_default();
    let renewals = of("leases.acquire") - 20;
    println!("{took} s, {counts:?}, {renewals} renewals");
    assert_eq!((of("machines.update"), of("leases.release"), of("machines.list")), (20, 20, 1));
    assert!(of("machines.wait") <= 40 && of("machines.get") <= 100 && renewals <= 160, "{counts:?}");
    // flyctl: four times 3.5 s for an update, and ten seconds in which it is watched for crashes.
    assert!(took < 54 && counts.values().sum::<usize>() < 392, "{took} s, {counts:?}");
}

#[test]
fn a_host_without_room_is_left() {
    let world = World::new();
    world.deployed(&shop("1"), 2, Strategy::Rolling);
    let id = world.fly.machines("shop")[0]["id"].as_str().unwrap().to_owned();
    world.fly.with(|world| world.conditions.full_hosts.insert(id.clone()));
    world.deployed(&shop("2"), 2, Strategy::Rolling);
    let started = ("registry.fly.io/shop:2".to_owned(), "started".to_owned(), false);
    assert_eq!(world.machines(), vec![started; 2]);
    assert!(world.fly.machines("shop").iter().all(|machine| machine["id"] != id.as_str()));
}

#[test]
fn somebody_elses_change_is_not_overwritten() {
    let world = World::new();
    world.deployed(&shop("1"), 1, Strategy::Rolling);
    world.fly.fault(Fault::refuse("machines.update", 412, "failed_precondition: machine version does not match"));
    let failed = world.deploy(&shop("2"), 1, Strategy::Rolling).unwrap().unwrap_err();
    assert!(failed.trouble.to_string().contains("machine version does not match"), "{}", failed.trouble);
    assert_eq!(world.machines()[0].0, "registry.fly.io/shop:1");
}

/// superfly/flyctl: `machines_deploymachinesapp.go`: after 15 seconds, and once for each process group.
#[test]
fn nobody_listens_where_the_service_leads_to() {
    let world = World::new();
    let deaf = Behaviour { listens: Some(vec![3000]), ..Behaviour::default() };
    world.fly.with(|world| world.programs.push(Program { behaviour: deaf, ..Program::default() }));
    let deployed = world.deployed(&shop("1"), 2, Strategy::Rolling);
    let said = "listens on [::]:3000 only, so Fly's proxy does not reach it: let it listen on 0.0.0.0:8080, or change \
                `internal_port`";
    assert!(matches!(&deployed.warnings[..], [warning] if warning.ends_with(said)), "{:?}", deployed.warnings);
    assert!((10..=20).contains(&world.fly.counts()["machines.ps"]), "{:?}", world.fly.counts());

    world.fly.with(|world| world.programs.clear());
    world.fly.forget_calls();
    assert_eq!(world.deployed(&shop("2"), 2, Strategy::Rolling).warnings, Vec::<String>::new());
    assert_eq!(world.fly.counts()["machines.ps"], 1);
    // Nobody waits, so nobody looks.
    world.fly.forget_calls();
    world.deployed(&shop("3"), 2, Strategy::Immediate);
    assert_eq!(world.fly.counts().get("machines.ps"), None);
}
