//! What goes wrong at Fly, one thing after the other and two at once, over each strategy: fly-api.md 6.3.

use std::env;
use std::time::Duration;

use fake_fly::{Behaviour, Checks, Effect, Exit, Fault, Program};
use score_fly_core::fly::config::Strategy;

use crate::world::{LEASE, World, settings, shop};

/// With this variable, there are many random pairs; without it, some.
const ALL: &str = "SCORE_FLY_CHAOS";

const STRATEGIES: [Strategy; 4] = [Strategy::Rolling, Strategy::Immediate, Strategy::Canary, Strategy::BlueGreen];

/// Something that goes wrong, and whether a deploy can be done nevertheless, if anybody waits to see it.
struct Trouble {
    name: &'static str,
    begins: fn(&World),
    passes: bool,
}

fn program(world: &World, behaviour: Behaviour) {
    let program = Program { image: Some("shop:2".to_owned()), behaviour, ..Program::default() };
    world.fly.with(|world| world.programs.push(program));
}

const TROUBLES: [Trouble; 16] = [
    Trouble {
        name: "503 once on create",
        begins: |world| world.fly.fault(Fault::refuse("machines.create", 503, "no healthy upstream")),
        passes: true,
    },
    Trouble {
        name: "408 on create, with the machine made",
        begins: |world| world.fly.fault(Fault::commit_then("machines.create", 408, "deadline_exceeded")),
        passes: true,
    },
    Trouble {
        name: "a lost answer to a create",
        begins: |world| world.fly.fault(Fault::on("machines.create", Effect::CommitThenHangUp)),
        passes: true,
    },
    Trouble {
        name: "a lost answer to an update",
        begins: |world| world.fly.fault(Fault::on("machines.update", Effect::CommitThenHangUp)),
        passes: true,
    },
    Trouble {
        name: "409: somebody has a lease for a while",
        begins: |world| {
            let held = "machine ID 1 lease currently held by ab12@tokens.fly.io, expires at 2026-08-21T10:00:13Z";
            world.fly.fault(Fault::refuse("leases.acquire", 409, held).times(2));
        },
        passes: true,
    },
    Trouble {
        name: "409: an update is under way",
        begins: |world| {
            let busy = "aborted: machine is replacing: concurrent update in progress";
            world.fly.fault(Fault::refuse("machines.update", 409, busy));
        },
        passes: true,
    },
    Trouble {
        name: "422: no room for one machine",
        begins: |world| {
            let refuse = Effect::Refuse {
                status: 422,
                message: "could not find a candidate host".to_owned(),
                code: Some("insufficient_capacity".to_owned()),
            };
            world.fly.fault(Fault::on("machines.create", refuse));
        },
        passes: false,
    },
    Trouble {
        name: "an image that is not pulled, and a silent revert",
        begins: |world| {
            world.fly.with(|world| world.conditions.unpullable_images.insert("shop:2".to_owned()));
        },
        passes: false,
    },
    Trouble {
        name: "checks that never pass",
        begins: |world| program(world, Behaviour { checks: Checks::Never, ..Behaviour::default() }),
        passes: false,
    },
    Trouble {
        name: "a crash loop",
        begins: |world| {
            let exit = Some(Exit { code: 1, after: Duration::from_millis(200), oom: false });
            program(world, Behaviour { exit, checks: Checks::Never, ..Behaviour::default() });
        },
        passes: false,
    },
    Trouble {
        name: "a host without room for an update",
        begins: |world| {
            let id = world.fly.machines("shop")[0]["id"].as_str().unwrap().to_owned();
            world.fly.with(|world| world.conditions.full_hosts.insert(id));
        },
        passes: true,
    },
    Trouble {
        name: "404 for a second after a create",
        begins: |world| world.fly.with(|world| world.conditions.fresh_not_found = Duration::from_secs(1)),
        passes: true,
    },
    Trouble {
        name: "429 on reads",
        begins: |world| world.fly.fault(Fault::refuse("machines.get", 429, "rate limit exceeded").times(2)),
        passes: true,
    },
    Trouble {
        name: "a slow wait",
        begins: |world| world.fly.fault(Fault::on("machines.wait", Effect::Delay { millis: 20_000 })),
        passes: true,
    },
    Trouble {
        name: "502 on a wait",
        begins: |world| world.fly.fault(Fault::refuse("machines.wait", 502, "bad gateway")),
        passes: true,
    },
    Trouble {
        name: "releases are not written down",
        begins: |world| world.fly.fault(Fault::refuse("releases.create", 500, "internal server error").times(9)),
        passes: true,
    },
];

/// Two machines of the first version, and a second one to deploy.
fn world() -> World {
    let world = World::new();
    world.deployed(&shop("1"), 2, Strategy::Rolling);
    world
}

fn all_run(world: &World, version: &str) -> bool {
    let machines = world.machines();
    machines.len() == 2
        && machines
            .iter()
            .all(|(image, state, cordoned)| image.ends_with(&format!(":{version}")) && state == "started" && !cordoned)
}

/// Deploys while these things go wrong, and once more when they don't: all is as it should be then.
fn deploy(strategy: Strategy, troubles: &[&Trouble]) {
    let names: Vec<&str> = troubles.iter().map(|trouble| trouble.name).collect();
    let when = format!("{strategy:?}: {}", names.join(", and "));
    let world = world();
    for trouble in troubles {
        (trouble.begins)(&world);
    }
    let Some(ended) = world.deploy(&shop("2"), 2, strategy) else { panic!("{when}: no plan") };
    world.fly.clock().advance(Duration::from_secs(5));
    // Nobody waits to see whether machines work.
    let watched = strategy != Strategy::Immediate;
    let passes = troubles.iter().all(|trouble| trouble.passes);
    match ended {
        Ok(_) if watched => assert!(all_run(&world, "2"), "{when}: {:?}", world.machines()),
        Ok(_) => {}
        Err(failed) => {
            assert!(!(passes && troubles.len() == 1), "{when}: {}", failed.trouble);
            // What goes wrong once may go wrong with what takes it back.
            if troubles.len() == 1 && watched {
                assert!(all_run(&world, "1"), "{when}: {}: {:?}", failed.trouble, world.machines());
            }
        }
    }
    // Nobody knows the lease of a machine whose creation was not answered: it runs out.
    let unknown = troubles.iter().any(|trouble| trouble.name.contains("create"));
    assert!(unknown || world.fly.leases().is_empty(), "{when}");
    world.fly.heal();
    world.fly.with(|world| {
        world.conditions.unpullable_images.clear();
        world.conditions.full_hosts.clear();
        world.conditions.fresh_not_found = Duration::ZERO;
        world.programs.clear();
    });
    world.fly.clock().advance(LEASE + Duration::from_secs(1));
    if let Some(Err(failed)) = world.deploy(&shop("2"), 2, Strategy::Rolling) {
        panic!("{when}: again: {}", failed.trouble);
    }
    world.fly.clock().advance(Duration::from_secs(5));
    assert!(all_run(&world, "2"), "{when}: again: {:?}", world.machines());
    assert_eq!(world.fly.addresses("shop").len(), 2, "{when}");
    let settings = settings(&shop("2"), Strategy::Rolling);
    let (_, _, plan) = world.decide(&shop("2"), 2, &settings).unwrap();
    assert!(plan.is_empty(), "{when}: {plan}");
}

fn each_of(strategy: Strategy) {
    for trouble in &TROUBLES {
        deploy(strategy, &[trouble]);
    }
}

#[test]
fn one_by_one_rolling() {
    each_of(Strategy::Rolling);
}

#[test]
fn one_by_one_immediate() {
    each_of(Strategy::Immediate);
}

#[test]
fn one_by_one_canary() {
    each_of(Strategy::Canary);
}

#[test]
fn one_by_one_bluegreen() {
    each_of(Strategy::BlueGreen);
}

#[test]
fn in_random_pairs() {
    let pairs = if env::var_os(ALL).is_some() { 400 } else { 16 };
    // A generator of numbers that are the same each time (splitmix64).
    let mut state: u64 = 14;
    let mut below = |limit: usize| {
        state = state.wrapping_add(0x9e37_79b9_7f4a_7c15);
        let mut z = state;
        z = (z ^ (z >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
        z = (z ^ (z >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
        usize::try_from((z ^ (z >> 31)) % limit as u64).unwrap()
    };
    for _ in 0..pairs {
        let (one, other) = (below(TROUBLES.len()), below(TROUBLES.len()));
        deploy(STRATEGIES[below(STRATEGIES.len())], &[&TROUBLES[one], &TROUBLES[other]]);
    }
}
