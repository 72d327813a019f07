//! Rate limits, and how clients stay below them.

use std::sync::Arc;
use std::thread;

use fake_fly::FakeFly;
use score_fly_api::machines::MachineFilter;
use score_fly_api::{Client, Hosts, Kind, Options, Retries, Token};

use crate::clock::FakeClock;
use crate::common::{seconds, start, started};

fn refused(fly: &FakeFly) -> usize {
    fly.calls().iter().filter(|call| call.status == Some(429)).count()
}

#[test]
fn limits_are_kept_by_waiting() {
    let world = start();
    let app = world.client.app("shop");
    let began = world.client.now();
    for _ in 0..10 {
        app.machines(&MachineFilter::default()).unwrap();
    }
    let took = world.client.now() - began;
    assert!(took >= seconds(7) && took < seconds(9), "three at once, and then one a second: {took:?}");
    assert_eq!((refused(&world.fly), world.seen.count("to stay below the rate limit")), (0, 7));
}

#[test]
fn reading_a_machine_may_be_more_often() {
    let world = start();
    let machine = started(&world.client);
    let app = world.client.app("shop");
    world.client.sleep(seconds(10)).unwrap();
    let began = world.client.now();
    thread::scope(|scope| {
        for _ in 0..4 {
            scope.spawn(|| (0..10).for_each(|_| drop(app.machine(&machine.id).get().unwrap())));
        }
    });
    let took = world.client.now() - began;
    assert!(took >= seconds(6) && took < seconds(8), "ten at once, and then five a second: {took:?}");
    assert_eq!(refused(&world.fly), 0);
}

/// Somebody else uses the same limit, so requests are refused: they are made again.
#[test]
fn what_is_refused_is_tried_again() {
    let world = start();
    let options = |attempts| Options {
        hosts: Hosts::all_at(&world.fly.url()),
        keep_limits: false,
        clock: Arc::new(FakeClock(world.fly.clock())),
        retries: Retries { attempts, ..Retries::default() },
        ..Options::default()
    };
    let token = || Token::parse(FakeFly::TOKEN).unwrap();
    let client = Client::new(token(), options(6));
    for _ in 0..6 {
        client.app("shop").machines(&MachineFilter::default()).unwrap();
    }
    assert!(refused(&world.fly) >= 3);
    let client = Client::new(token(), options(1));
    let error = (0..4).find_map(|_| client.app("shop").machines(&MachineFilter::default()).err()).unwrap();
    assert_eq!(*error.kind(), Kind::RateLimited);
    // What makes something, too: it was not done.
    for _ in 0..6 {
        world.client.app("shop").create_machine(&crate::common::launch()).unwrap();
    }
    assert_eq!(world.fly.machines("shop").len(), 6);
}
