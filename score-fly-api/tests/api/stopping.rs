//! Being told to stop, in the middle of everything.

use std::thread;
use std::time::{Duration, Instant};

use fake_fly::{Effect, FakeFly, Fault, Pace};
use score_fly_api::Kind;
use score_fly_api::machines::{Wait, WaitState};

use crate::common::{client, launch, seconds, start, started};

/// Long enough for a request to arrive.
const A_MOMENT: Duration = Duration::from_millis(100);

#[test]
fn waits_end_at_once_and_leases_are_given_back() {
    let world = start();
    let machines: Vec<_> = (0..8).map(|_| started(&world.client)).collect();
    let app = world.client.app("shop");
    let leases: Vec<_> =
        machines.iter().map(|machine| app.machine(&machine.id).acquire_lease(seconds(600), "").unwrap()).collect();
    world.fly.clock().set_pace(Pace::Manual);
    let (other, _) = client(&world.fly, FakeFly::TOKEN);
    thread::scope(|scope| {
        let waiting: Vec<_> = machines
            .iter()
            .map(|machine| scope.spawn(move || app.machine(&machine.id).wait(&Wait::state(WaitState::Stopped))))
            .collect();
        thread::sleep(A_MOMENT);
        let began = Instant::now();
        world.client.stop();
        for waiting in waiting {
            assert_eq!(*waiting.join().unwrap().unwrap_err().kind(), Kind::Stopped);
        }
        assert!(began.elapsed() < Duration::from_secs(2), "it took {:?}", began.elapsed());
    });
    assert!(world.client.is_stopped());
    assert_eq!(*app.get().unwrap_err().kind(), Kind::Stopped);
    let cleanup = world.client.cleanup();
    for (machine, lease) in machines.iter().zip(&leases) {
        cleanup.app("shop").machine(&machine.id).release_lease(&lease.nonce).unwrap();
    }
    assert!(world.fly.leases().is_empty());
    assert!(!other.is_stopped() && !cleanup.is_stopped());
    other.app("shop").get().unwrap();
    cleanup.stop();
    assert_eq!(*cleanup.app("shop").get().unwrap_err().kind(), Kind::Stopped);
}

#[test]
fn pauses_end_at_once() {
    let fly = FakeFly::start(Pace::Manual);
    let (client, _) = client(&fly, FakeFly::TOKEN);
    thread::scope(|scope| {
        let sleeping = scope.spawn(|| client.sleep(seconds(60)));
        let limited = scope.spawn(|| (0..5).find_map(|_| client.list_apps("personal").err()));
        thread::sleep(A_MOMENT);
        assert!(!sleeping.is_finished() && !limited.is_finished());
        client.stop();
        assert_eq!(*sleeping.join().unwrap().unwrap_err().kind(), Kind::Stopped);
        assert_eq!(*limited.join().unwrap().unwrap().kind(), Kind::Stopped);
    });
}

/// Nobody knows whether a change that was cut off was made.
#[test]
fn what_was_cut_off_may_have_happened() {
    let world = start();
    world.fly.clock().set_pace(Pace::Manual);
    world.fly.fault(Fault::on("machines.create", Effect::Delay { millis: 1000 }));
    let error = thread::scope(|scope| {
        let creating = scope.spawn(|| world.client.app("shop").create_machine(&launch()));
        thread::sleep(A_MOMENT);
        world.client.stop();
        creating.join().unwrap().unwrap_err()
    });
    assert!(*error.kind() == Kind::Stopped && error.may_have_happened());
    assert_eq!(world.fly.machines("shop").len(), 0);
    world.fly.clock().advance(seconds(1));
    thread::sleep(A_MOMENT);
    assert_eq!(world.fly.machines("shop").len(), 1);
}
