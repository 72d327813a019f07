//! Every situation that a deploy may end in: one clear message, what stands where, what to do next, and the exit code.
//! fly-api.md 1.3, 5.5 and 6.3.

use std::time::Duration;

use fake_fly::{Access, Behaviour, Checks, Effect, Exit, Fault, Program};

use crate::first::SHOP;
use crate::world::{Run, World, finish};

/// A situation.
struct Situation {
    name: &'static str,
    /// Whether the app is deployed already, and its file asks for another image now.
    again: bool,
    begins: fn(&World),
    /// Flags of `deploy`.
    flags: &'static [&'static str],
    /// Variables of the environment.
    env: &'static [(&'static str, &'static str)],
    /// What is said.
    says: &'static [&'static str],
}

/// The rest is as usual.
const USUAL: Situation = Situation { name: "", again: false, begins: |_| {}, flags: &[], env: &[], says: &[] };

/// A volume, for a file of fly.toml.
const MOUNT: &str = "\n[[mounts]]\nsource = 'data'\ndestination = '/data'\n";

fn program(world: &World, image: &str, behaviour: Behaviour) {
    let program = Program { image: Some(image.to_owned()), behaviour, ..Program::default() };
    world.fly.with(|world| world.programs.push(program));
}

fn refuse(world: &World, call: &str, status: u16, message: &str) {
    world.fly.fault(Fault::refuse(call, status, message).times(u32::MAX));
}

/// A file with something more.
fn file(world: &World, more: &str) {
    world.sandbox.write("fly.toml", SHOP.replace("nginx:1.27", "nginx:1.28") + more);
}

const SITUATIONS: &[Situation] = &[
    Situation {
        name: "a bad or expired token",
        env: &[("FLY_API_TOKEN", "wrong")],
        says: &["the token is wrong or expired", "log in with `fly auth login`, or set FLY_API_TOKEN"],
        ..USUAL
    },
    Situation {
        name: "no token",
        env: &[("FLY_API_TOKEN", "")],
        says: &["there is no token for Fly: set FLY_API_TOKEN, or log in with `fly auth login`"],
        ..USUAL
    },
    Situation {
        name: "a deploy token that can't create apps",
        begins: |world| world.fly.with(|world| world.add_token("deploy", Access::App("other".to_owned()))),
        env: &[("FLY_API_TOKEN", "deploy"), ("FLY_ORG", "personal")],
        says: &["a deploy token of one app can't create apps", "`fly tokens create org`"],
        ..USUAL
    },
    Situation {
        name: "a name that others have",
        begins: |world| world.fly.with(|world| world.add_foreign_app("shop")),
        says: &["app shop", "the app is somebody else's"],
        ..USUAL
    },
    Situation {
        name: "a name that others take at the same time",
        begins: |world| refuse(world, "apps.create", 422, "Validation failed: Name has already been taken"),
        says: &["Name has already been taken", "names are unique at Fly; choose another one"],
        ..USUAL
    },
    Situation {
        name: "no more apps",
        begins: |world| world.fly.with(|world| world.conditions.app_limit = Some(0)),
        says: &["the maximum number of apps", "the organization may have no more"],
        ..USUAL
    },
    Situation {
        name: "no more machines",
        begins: |world| world.fly.with(|world| world.conditions.machine_limit = Some(1)),
        says: &["has reached its machine limit", "the organization may have no more", "1 created"],
        ..USUAL
    },
    Situation {
        name: "a payment that is missing",
        begins: |world| refuse(world, "machines.create", 422, "We need your payment method to continue"),
        says: &["payment method", "Fly's billing wants something"],
        ..USUAL
    },
    Situation {
        name: "a governor's word",
        again: true,
        begins: |world| refuse(world, "machines.update", 403, "governor policy blocked start"),
        says: &["governor policy blocked start", "https://fly.io/dashboard"],
        ..USUAL
    },
    Situation {
        name: "no room in the region",
        begins: |world| {
            world.fly.with(|world| world.conditions.full_regions.insert("fra".to_owned()));
        },
        says: &["there would be room in", "choose another one, or a smaller size"],
        ..USUAL
    },
    Situation {
        name: "no room on the volume's host",
        again: true,
        begins: |world| {
            let id = world.fly.machines("shop")[0]["id"].as_str().unwrap().to_owned();
            world.fly.with(|world| world.conditions.full_hosts.insert(id));
            let message = "insufficient resources to create new machine with existing volume id vol_1";
            refuse(world, "machines.create", 412, message);
        },
        says: &["insufficient resources", "take a smaller size, or fork the volume to another host"],
        ..USUAL
    },
    Situation {
        name: "a volume in another region",
        begins: |world| {
            let message = "invalid_argument: volume vol_1 is in region ams, not in fra";
            refuse(world, "machines.create", 400, message);
        },
        says: &["volume vol_1 is in region ams, not in fra"],
        ..USUAL
    },
    Situation {
        name: "a volume that another machine has",
        begins: |world| refuse(world, "machines.create", 409, "volume vol_1 is already claimed by machine 3287"),
        says: &[
            "already claimed by machine 3287",
            "wait until that machine is gone, or let the plan take another volume",
        ],
        ..USUAL
    },
    Situation {
        name: "a lease that somebody holds",
        again: true,
        begins: |world| {
            let held = "machine ID 3287 lease currently held by ab12@tokens.fly.io, expires at 2026-08-21T10:00:13Z";
            refuse(world, "leases.acquire", 409, held);
        },
        flags: &["--no-wait"],
        says: &[
            "held by ab12@tokens.fly.io, expires at 2026-08-21T10:00:13Z",
            "somebody else is at work on it",
            "2 not touched",
        ],
        ..USUAL
    },
    Situation {
        name: "a machine that somebody else changes",
        again: true,
        begins: |world| refuse(world, "machines.update", 412, "failed_precondition: machine version does not match"),
        says: &["machine version does not match", "somebody else has changed it meanwhile; run it again"],
        ..USUAL
    },
    Situation {
        name: "an image that is not there",
        again: true,
        begins: |world| {
            world.fly.with(|world| world.conditions.missing_images.insert("nginx:1.28".to_owned()));
        },
        says: &["Fly finds no image", "nginx:1.28", "push it first, or look at its name"],
        ..USUAL
    },
    Situation {
        name: "an image that can't be pulled",
        again: true,
        begins: |world| {
            world.fly.with(|world| world.conditions.unpullable_images.insert("nginx:1.28".to_owned()));
        },
        says: &[
            "went back to",
            "and does not run registry-1.docker.io/library/nginx:1.28",
            "score-fly logs -a shop --machine",
        ],
        ..USUAL
    },
    Situation {
        name: "a release command that fails",
        again: true,
        begins: |world| {
            file(world, "[deploy]\nrelease_command = 'migrate'\n");
            let exit = Some(Exit { code: 3, after: Duration::from_millis(20), oom: false });
            program(
                world,
                "nginx:1.28",
                Behaviour { exit, prints: vec!["no table".to_owned()], ..Behaviour::default() },
            );
        },
        says: &["the release command ended with exit code 3", "no machine of the app was changed", "| no table"],
        ..USUAL
    },
    Situation {
        name: "a release command that does not end",
        again: true,
        begins: |world| {
            file(world, "[deploy]\nrelease_command = 'migrate'\n");
            program(world, "nginx:1.28", Behaviour::default());
        },
        flags: &["--release-command-timeout", "1s"],
        says: &["the release command did not end in time", "no machine of the app was changed"],
        ..USUAL
    },
    Situation {
        name: "checks that never pass",
        again: true,
        begins: |world| program(world, "nginx:1.28", Behaviour { checks: Checks::Never, ..Behaviour::default() }),
        flags: &["--wait-timeout", "1s"],
        says: &["does not pass its checks after", "connection refused", "1 given back what they had, 1 not touched"],
        ..USUAL
    },
    Situation {
        name: "a crash loop",
        again: true,
        begins: |world| {
            let exit = Some(Exit { code: 7, after: Duration::from_millis(20), oom: false });
            let prints = vec!["panic: no config".to_owned()];
            program(world, "nginx:1.28", Behaviour { exit, prints, checks: Checks::Never, ..Behaviour::default() });
        },
        flags: &["--wait-timeout", "20s"],
        says: &["exit code 7", "| panic: no config", "given back what they had"],
        ..USUAL
    },
    Situation {
        name: "a host that is down",
        again: true,
        begins: |world| {
            let id = world.fly.machines("shop")[0]["id"].as_str().unwrap().to_owned();
            world.fly.with(|world| world.conditions.unreachable.insert(id));
            refuse(world, "machines.create", 422, "could not find a candidate host");
        },
        says: &["could not find a candidate host", "there is no room in that region"],
        ..USUAL
    },
    Situation {
        name: "a token that expires in the middle",
        again: true,
        begins: |world| refuse(world, "machines.update", 401, "unauthorized"),
        says: &["the token is wrong or expired", "2 not touched"],
        ..USUAL
    },
    Situation {
        name: "several organizations, and none named",
        begins: |world| world.fly.with(|world| world.add_org("acme", false)),
        says: &["name it with --org, or set FLY_ORG"],
        ..USUAL
    },
    Situation {
        name: "a name that Fly does not take",
        begins: |world| {
            let rule = "Validation failed: Name under 63 chars using numbers, lowercase letters and dashes";
            refuse(world, "apps.create", 422, rule);
        },
        says: &["Name under 63 chars", "change what it speaks of, and run it again"],
        ..USUAL
    },
    Situation {
        name: "an address that is not given",
        begins: |world| refuse(world, "ips.assign", 422, "We need your payment method to continue"),
        says: &["payment method", "Fly's billing wants something"],
        ..USUAL
    },
    Situation {
        name: "no more private addresses",
        begins: |world| refuse(world, "machines.create", 409, "aborted: insufficient IPs available"),
        says: &["insufficient IPs available", "choose another one, or a smaller size"],
        ..USUAL
    },
    Situation {
        name: "no room for a volume",
        begins: |world| {
            file(world, MOUNT);
            refuse(world, "volumes.create", 422, "could not find a candidate host");
        },
        says: &["could not find a candidate host", "there would be room in"],
        ..USUAL
    },
    Situation {
        name: "a host without room for a machine with a volume",
        begins: |world| {
            world.sandbox.write("fly.toml", SHOP.to_owned() + MOUNT);
            world.done(&["deploy"]);
            file(world, MOUNT);
            let id = world.fly.machines("shop")[0]["id"].as_str().unwrap().to_owned();
            world.fly.with(|world| world.conditions.full_hosts.insert(id));
        },
        says: &["could not reserve resource for machine", "fork the volume to another host", "1 not touched"],
        ..USUAL
    },
    Situation {
        name: "a size that Fly does not take",
        again: true,
        begins: |world| {
            refuse(world, "machines.update", 422, "invalid config.guest.memory_mb, minimum required 256 MiB");
        },
        says: &["minimum required 256 MiB", "change what it speaks of, and run it again", "2 not touched"],
        ..USUAL
    },
    Situation {
        name: "a region that there is not",
        begins: |world| refuse(world, "machines.create", 400, "invalid_argument: target region xyz not found"),
        says: &["target region xyz not found", "name one of the regions"],
        ..USUAL
    },
    Situation {
        name: "a name that another machine has",
        begins: |world| {
            let taken = "already_exists: unique machine name violation, machine ID 3287 already exists with name \"a\"";
            refuse(world, "machines.create", 409, taken);
        },
        says: &["already exists with name", "destroy the machine of that name"],
        ..USUAL
    },
    Situation {
        name: "an organization that may not have twice as many machines",
        again: true,
        begins: |world| world.fly.with(|world| world.conditions.bluegreen = false),
        flags: &["--strategy", "bluegreen"],
        says: &["no room for a second machine beside each", "take --strategy rolling", "2 not touched"],
        ..USUAL
    },
    Situation {
        name: "a strategy that volumes can't have",
        begins: |world| {
            world.sandbox.write("fly.toml", SHOP.to_owned() + MOUNT);
            world.done(&["deploy"]);
            file(world, MOUNT);
        },
        flags: &["--strategy", "bluegreen"],
        says: &["strategy `bluegreen` needs a second machine beside each", "take the strategy `rolling`"],
        ..USUAL
    },
    Situation {
        name: "a server that fails in the middle",
        again: true,
        begins: |world| refuse(world, "machines.update", 500, "internal server error"),
        says: &["internal server error", "https://status.flyio.net", "2 not touched"],
        ..USUAL
    },
    Situation {
        name: "too many requests",
        again: true,
        begins: |world| refuse(world, "machines.list", 429, "rate limit exceeded"),
        says: &["rate limit exceeded", "try again in a minute"],
        ..USUAL
    },
    Situation {
        name: "servers in trouble",
        again: true,
        begins: |world| refuse(world, "machines.list", 503, "no healthy upstream"),
        says: &["no healthy upstream", "https://status.flyio.net"],
        ..USUAL
    },
    Situation {
        name: "no network",
        again: true,
        begins: |world| world.fly.fault(Fault::on("*", Effect::HangUp).times(u32::MAX)),
        says: &["look at the network, and run it again"],
        ..USUAL
    },
    Situation {
        name: "no network in the middle",
        again: true,
        begins: |world| world.fly.fault(Fault::on("*", Effect::HangUp).skip(12).times(u32::MAX)),
        says: &["look at the network, and run it again", "1 in a state that nobody knows"],
        ..USUAL
    },
];

fn try_out(situation: &Situation) -> Result<(), String> {
    let world = World::new([("fly.toml", SHOP)]);
    if situation.again {
        world.done(&["deploy"]);
        file(&world, "");
    }
    (situation.begins)(&world);
    let mut command = world.command(&["deploy"]);
    command.args(situation.flags).envs(situation.env.iter().copied());
    let Run { code, stdout, stderr } = finish(command.spawn().expect("the binary starts"));
    let errors = stderr.lines().filter(|line| line.starts_with("error")).count();
    let missing: Vec<&&str> = situation.says.iter().filter(|said| !stderr.contains(**said)).collect();
    let is_right = code == Some(1) && errors == 1 && missing.is_empty() && !stderr.contains("panicked");
    if !is_right {
        let name = situation.name;
        return Err(format!("{name}: exit code {code:?}, {errors} errors, missing {missing:?}\n{stdout}{stderr}"));
    }
    // It can be run again as soon as that is over.
    world.fly.heal();
    world.fly.with(|world| {
        world.programs.clear();
        world.conditions.unreachable.clear();
        world.conditions.full_hosts.clear();
    });
    if !world.fly.leases().is_empty() && situation.name != "no network in the middle" {
        return Err(format!("{}: leases are held: {:?}", situation.name, world.fly.leases()));
    }
    Ok(())
}

#[test]
fn each_ends_in_one_clear_message() {
    let wrong: Vec<String> = std::thread::scope(|scope| {
        let tried: Vec<_> = SITUATIONS.iter().map(|situation| scope.spawn(|| try_out(situation))).collect();
        tried.into_iter().filter_map(|tried| tried.join().expect("no panic").err()).collect()
    });
    assert!(wrong.is_empty(), "{}", wrong.join("\n\n"));
}

/// The most memory that it ever had, in KiB.
#[cfg(target_os = "linux")]
fn peak(pid: u32) -> Option<u64> {
    let status = std::fs::read_to_string(format!("/proc/{pid}/status")).ok()?;
    let line = status.lines().find_map(|line| line.strip_prefix("VmHWM:"))?;
    line.trim().strip_suffix(" kB")?.parse().ok()
}

/// `cargo test -p score-fly-cli --test deploy -- --ignored`
#[cfg(target_os = "linux")]
#[test]
#[ignore = "Fly's rate limits make a hundred machines take minutes"]
fn a_hundred_machines_take_little_memory() {
    let world = World::new([("fly.toml", SHOP)]);
    world.done(&["deploy", "--scale", "100", "--detach"]);
    world.sandbox.write("fly.toml", SHOP.replace("nginx:1.27", "nginx:1.28"));
    let mut child = world.command(&["deploy"]).spawn().expect("the binary starts");
    let mut most = 0;
    while child.try_wait().expect("it can be asked").is_none() {
        most = most.max(peak(child.id()).unwrap_or_default());
        std::thread::sleep(Duration::from_millis(20));
    }
    let run = finish(child);
    assert_eq!(run.code, Some(0), "{}", run.stderr);
    let machines = world.staying("shop");
    assert_eq!(machines.len(), 100);
    let is_new = |machine: &serde_json::Value| machine["config"]["image"].as_str().unwrap().contains("nginx:1.28");
    assert!(machines.iter().all(is_new));
    println!("{} MiB", most / 1024);
    assert!((1..=60 * 1024).contains(&most), "{most} KiB");
}
