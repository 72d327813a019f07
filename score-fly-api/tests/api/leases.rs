//! Leases that are held for as long as some work takes.

use std::thread;
use std::time::{Duration, Instant};

use fake_fly::{Fault, Pace};
use score_fly_api::Kind;
use score_fly_api::machines::{Launch, Leases, Machine, Nonce, Term};

use crate::common::{World, client, launch, seconds, start, started};

/// Whoever renews leases is the only one who waits for time to pass here, so it passes once they wait, however slow this
/// machine is: each second only when all that was due in the last one is done.
fn pass(world: &World, seconds: u64) {
    let clock = world.fly.clock();
    for second in 0..=seconds {
        let began = Instant::now();
        while clock.waiting() == 0 {
            assert!(began.elapsed() < Duration::from_secs(60), "nobody waits after {second} s");
            thread::sleep(Duration::from_micros(200));
        }
        if second < seconds {
            clock.advance(Duration::from_secs(1));
        }
    }
}

/// A world in which time only passes when it is told to, with machines that have started.
fn standing(count: usize) -> (World, Vec<Machine>) {
    let world = start();
    let machines = (0..count).map(|_| started(&world.client)).collect();
    world.fly.clock().set_pace(Pace::Manual);
    (world, machines)
}

#[test]
fn leases_are_held_for_as_long_as_it_takes() {
    let (world, machines) = standing(20);
    let leases = Leases::new(&world.client, "shop", "deploy 01JX", Term::default());
    for machine in &machines {
        leases.acquire(&world.client, &machine.id, seconds(0)).unwrap();
    }
    pass(&world, 120);
    assert_eq!((world.fly.leases().len(), leases.machines().len()), (20, 20));
    let id = &machines[0].id;
    let (other, _) = client(&world.fly, fake_fly::FakeFly::TOKEN);
    let error = other.app("shop").machine(id).acquire_lease(seconds(13), "").unwrap_err();
    assert!(matches!(error.kind(), Kind::LeaseHeld(_)));
    let info = other.app("shop").machine(id).lease_info().unwrap().unwrap();
    assert_eq!(info.description, "deploy 01JX");
    world.client.app("shop").machine(id).update(&launch(), leases.nonce(id).as_ref()).unwrap();

    leases.release(id).unwrap();
    leases.release(id).unwrap();
    assert_eq!((world.fly.leases().len(), leases.nonce(id)), (19, None));
    drop(leases);
    assert_eq!(world.fly.leases(), Vec::<String>::new());
    // Every 4 seconds, for two minutes.
    let renewals =
        world.fly.calls().iter().filter(|call| call.name == "leases.acquire" && call.nonce.is_some()).count();
    assert_eq!(renewals, 30 * 20);
}

#[test]
fn they_outlast_the_end_of_work() {
    let (world, machines) = standing(1);
    let machine = &machines[0];
    let leases = Leases::new(&world.client, "shop", "", Term::default());
    leases.acquire(&world.client, &machine.id, seconds(0)).unwrap();
    world.client.stop();
    let cleanup = world.client.cleanup();
    pass(&world, 60);
    assert_eq!(world.fly.leases(), std::slice::from_ref(&machine.id));
    cleanup.app("shop").machine(&machine.id).update(&launch(), leases.nonce(&machine.id).as_ref()).unwrap();
    assert_eq!(*leases.acquire(&world.client, &machine.id, seconds(0)).unwrap_err().kind(), Kind::Stopped);
    leases.release_all().unwrap();
    assert!(world.fly.leases().is_empty());
}

#[test]
fn what_is_lost_is_told() {
    let (world, machines) = standing(2);
    let leases = Leases::new(&world.client, "shop", "", Term::default());
    for machine in &machines {
        leases.acquire(&world.client, &machine.id, seconds(0)).unwrap();
    }
    let (lost, kept) = (&machines[0].id, &machines[1].id);
    world.fly.fault(Fault::refuse("leases.acquire", 404, "lease not found").id(lost));
    // What passes is no loss.
    world.fly.fault(Fault::refuse("leases.acquire", 503, "no healthy upstream").id(kept).times(3));
    pass(&world, 30);
    assert_eq!(*leases.loss(lost).unwrap().kind(), Kind::NotFound);
    assert_eq!((leases.nonce(lost), leases.loss(kept), leases.machines()), (None, None, vec![kept.clone()]));
}

/// A machine that is created with a lease is looked after like the others, until it is gone.
#[test]
fn leases_of_new_machines_are_adopted() {
    let (world, _) = standing(0);
    let app = world.client.app("shop");
    let machine = app.create_machine(&Launch { lease_ttl: Some(13), ..launch() }).unwrap();
    let leases = Leases::new(&world.client, "shop", "", Term::default());
    leases.adopt(&machine.id, Nonce::new(machine.nonce.unwrap()));
    pass(&world, 60);
    assert_eq!(world.fly.leases(), std::slice::from_ref(&machine.id));
    app.machine(&machine.id).delete(true, leases.nonce(&machine.id).as_ref()).unwrap();
    leases.forget(&machine.id);
    assert!(leases.machines().is_empty());
}
