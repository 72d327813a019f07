//! Deploys that are killed before and after every call, and then run again: the end is the same.

use std::env;
use std::time::Duration;

use fake_fly::{Effect, Fault};
use score_fly_core::fly::config::Strategy;

use crate::world::{LEASE, World, settings, shop, store};

/// With this variable, every call is tried; without it, some.
const ALL: &str = "SCORE_FLY_CHAOS";

/// How many calls are tried for each effect, unless it is all of them.
const SOME: usize = 7;

/// A deploy from one state to another.
struct Case {
    before: Option<(String, u32)>,
    after: String,
    scale: u32,
    strategy: Strategy,
    volumes: usize,
    /// How many machines of other groups there are in the end.
    others: usize,
}

impl Case {
    fn world(&self) -> World {
        let world = World::new();
        if let Some((toml, scale)) = &self.before {
            world.deployed(toml, *scale, Strategy::Rolling);
        }
        world.fly.forget_calls();
        world
    }

    /// Everything is as it would be if nobody had been killed.
    fn check(&self, world: &World, when: &str) {
        // What is being destroyed is gone in a moment, with its lease.
        world.fly.clock().advance(Duration::from_secs(5));
        let expected = ("registry.fly.io/shop:2".to_owned(), "started".to_owned(), false);
        assert_eq!(world.machines(), vec![expected; self.scale as usize + self.others], "{when}");
        assert_eq!(world.fly.addresses("shop").len(), 2, "{when}");
        assert_eq!(world.fly.volumes("shop").len(), self.volumes, "{when}");
        assert!(world.fly.leases().is_empty(), "{when}");
        let settings = settings(&self.after, self.strategy);
        let (_, _, plan) = world.decide(&self.after, self.scale, &settings).unwrap();
        assert!(plan.is_empty(), "{when}: {plan}");
    }

    fn run(&self) {
        let world = self.world();
        world.deployed(&self.after, self.scale, self.strategy);
        self.check(&world, "undisturbed");
        let calls = world.fly.calls().len();
        let step = if env::var_os(ALL).is_some() { 1 } else { calls.div_ceil(SOME) };
        for effect in [Effect::Kill, Effect::CommitThenKill] {
            for skip in (0..calls).step_by(step) {
                let when = format!("{effect:?} at call {skip} of {calls}");
                let world = self.world();
                world.fly.fault(Fault::on("*", effect.clone()).skip(u32::try_from(skip).unwrap()));
                let _ = world.deploy(&self.after, self.scale, self.strategy);
                world.fly.heal();
                // Whoever was killed gives no leases back.
                world.fly.clock().advance(LEASE + Duration::from_secs(1));
                let again = world.deploy(&self.after, self.scale, self.strategy).expect("Fly answers");
                if let Err(failed) = again {
                    panic!("{when}: {}", failed.trouble);
                }
                self.check(&world, &when);
            }
        }
    }
}

#[test]
fn of_a_first_deploy() {
    Case { before: None, after: shop("2"), scale: 2, strategy: Strategy::Rolling, volumes: 0, others: 0 }.run();
}

#[test]
fn of_a_first_deploy_with_volumes() {
    Case { before: None, after: store("2"), scale: 2, strategy: Strategy::Rolling, volumes: 2, others: 0 }.run();
}

#[test]
fn of_a_rolling_deploy_that_grows() {
    let before = Some((shop("1"), 2));
    Case { before, after: shop("2"), scale: 3, strategy: Strategy::Rolling, volumes: 0, others: 0 }.run();
}

#[test]
fn of_a_rolling_deploy_that_shrinks() {
    let before = Some((shop("1"), 3));
    Case { before, after: shop("2"), scale: 2, strategy: Strategy::Rolling, volumes: 0, others: 0 }.run();
}

#[test]
fn of_a_canary() {
    let before = Some((shop("1"), 2));
    Case { before, after: shop("2"), scale: 2, strategy: Strategy::Canary, volumes: 0, others: 0 }.run();
}

#[test]
fn of_a_bluegreen_deploy() {
    let before = Some((shop("1"), 2));
    Case { before, after: shop("2"), scale: 2, strategy: Strategy::BlueGreen, volumes: 0, others: 0 }.run();
}

#[test]
fn of_an_immediate_deploy() {
    let before = Some((shop("1"), 3));
    Case { before, after: shop("2"), scale: 3, strategy: Strategy::Immediate, volumes: 0, others: 0 }.run();
}

#[test]
fn of_a_release_command_and_machine_checks() {
    let before = Some((shop("1"), 2));
    let checks = "[[http_service.machine_checks]]\ncommand = ['ask']\n[deploy]\nrelease_command = 'migrate'\n";
    let after = shop("2") + checks;
    Case { before, after, scale: 2, strategy: Strategy::Rolling, volumes: 0, others: 0 }.run();
}

#[test]
fn of_groups_that_come_and_go() {
    let of = |version: &str, group: &str| {
        shop(version).replace("[http_service]", &format!("[processes]\napp = ''\n{group} = 'work'\n[http_service]"))
            + "[[services]]\ninternal_port = 9000\nprocesses = ['"
            + group
            + "']\n"
    };
    let before = Some((of("1", "old"), 2));
    let after = of("2", "young");
    Case { before, after, scale: 2, strategy: Strategy::Rolling, volumes: 0, others: 2 }.run();
}
