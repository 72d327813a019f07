//! What flyctl is called with, by a program that stands in for it and writes down its arguments and its standard input.
#![cfg(unix)]

use std::fs::{self, Permissions};
use std::os::unix::fs::PermissionsExt as _;

use crate::sandbox::{OUTPUTS, SECRET, WEB, WITH_SECRET};
use crate::world::{Run, World, finish};

/// It writes `argument argument < input` in a line for each call; of the config of a build, it keeps a copy. No app is
/// there, and what an app of the name `broken` asks for fails.
const STAND_IN: &str = r#"#!/bin/sh
input=$(cat)
line=
for argument; do line="$line$argument "; done
printf '%s< %s\n' "$line" "$input" >> "$CALLS"
while [ $# -gt 0 ]; do
  case "$1" in
    status) exit 1 ;;
    broken) echo 'no such thing' >&2; exit 3 ;;
    -c) cp "$2" "$CALLS.toml" ;;
  esac
  shift
done
echo 'flyctl is at work'
"#;

fn world<const N: usize>(files: [(&str, &str); N]) -> World {
    let world = World::new(files);
    world.sandbox.write("bin/flyctl", STAND_IN);
    fs::set_permissions(world.sandbox.path().join("bin/flyctl"), Permissions::from_mode(0o755)).expect("it is ours");
    world
}

fn run(world: &World, arguments: &[&str]) -> Run {
    let mut command = world.command(arguments);
    let path = std::env::var("PATH").unwrap_or_default();
    command.env("PATH", format!("{}/bin:{path}", world.sandbox.path().display()));
    command.env("CALLS", world.sandbox.path().join("calls"));
    finish(command.spawn().expect("the binary starts"))
}

/// The calls, with paths from the folder.
fn calls(world: &World) -> Vec<String> {
    let folder = fs::canonicalize(world.sandbox.path()).expect("a folder");
    let text = world.sandbox.read("calls");
    let text = text.replace(&format!("{}/", folder.display()), "");
    let text = text.replace(&format!("{}/", world.sandbox.path().display()), "");
    text.lines().map(str::to_owned).collect()
}

#[test]
fn generate_hands_over_what_it_has_written() {
    let world = world([("api.yaml", WITH_SECRET), ("web.yaml", WEB), ("outputs.yaml", OUTPUTS)]);
    let run = run(
        &world,
        &["generate", "--outputs", "outputs.yaml", "api.yaml", "web.yaml", "--deploy", "--deploy-arg=--remote-only"],
    );
    assert_eq!(run.code, Some(0), "{}", run.stderr);
    let expected = [
        "status --json -a api < ",
        "apps create api < ",
        &format!("secrets import --stage -a api < DB_PASSWORD=\"\"\"{SECRET}\"\"\""),
        "deploy -c fly_api.toml -a api --remote-only < ",
        "status --json -a web < ",
        "apps create web < ",
        "deploy -c fly_web.toml -a web --remote-only < ",
    ];
    assert_eq!(calls(&world), expected);
    assert!(run.stderr.contains("api: flyctl is at work") && !run.stderr.contains(SECRET), "{}", run.stderr);
}

#[test]
fn deploys_by_flyctl_have_the_flags_that_it_knows() {
    let world = world([("fly.toml", "app = 'shop'\n[build]\nimage = 'nginx'\n"), ("score.yaml", WEB)]);
    let flags = [
        "deploy",
        "fly.toml",
        "--via=flyctl",
        "--org=acme",
        "--strategy=bluegreen",
        "--max-unavailable=0.5",
        "--wait-timeout=2m",
        "--regions=ams,fra",
        "--ha=false",
        "--no-public-ips",
        "--detach",
        "--skip-release-command",
        "--image-label=v1",
        "--deploy-arg=--verbose",
    ];
    let done = run(&world, &flags);
    assert_eq!(done.code, Some(0), "{}", done.stderr);
    let expected = [
        "status --json -a shop < ",
        "apps create shop --org acme < ",
        "deploy -c fly.toml -a shop --image-label=v1 --strategy=bluegreen --max-unavailable=0.5 --regions=ams,fra \
         --wait-timeout=120s --ha=false --skip-release-command --no-public-ips --detach --verbose < ",
    ];
    assert_eq!(calls(&world), expected);
    assert!(world.fly.calls().is_empty(), "all of it is flyctl's work");

    let refused = run(&world, &["deploy", "score.yaml", "--via=flyctl", "--scale=3"]);
    assert_eq!(refused.code, Some(1));
    assert!(refused.stderr.contains("flyctl has nothing like --scale"), "{}", refused.stderr);
    let refused = run(&world, &["deploy", "score.yaml", "--deploy-arg=-v"]);
    assert!(refused.stderr.contains("give --via flyctl, too"), "{}", refused.stderr);
    let none = world.run(&["deploy", "--via=flyctl"]);
    assert!(none.stderr.contains("flyctl is not installed"), "{}", none.stderr);
}

/// A flyctl that takes what `fly deploy --help` lists, and nothing else.
const STRICT: &str = r#"#!/bin/sh
[ "$1" = deploy ] || exit 0
shift
while [ $# -gt 0 ]; do
  case "$1" in
    -c|-a) shift ;;
    --app=*|--config=*|--env=*|--exclude-machines=*|--exclude-regions=*|--ha=*|--image=*|--image-label=*) ;;
    --lease-timeout=*|--max-concurrent=*|--max-unavailable=*|--only-machines=*|--primary-region=*) ;;
    --process-groups=*|--regions=*|--release-command-timeout=*|--smoke-checks=*|--strategy=*) ;;
    --volume-initial-size=*|--wait-timeout=*) ;;
    --build-only|--detach|--flycast|--local-only|--no-cache|--no-public-ips|--push|--remote-only) ;;
    --skip-release-command|--update-only|--verbose|--yes) ;;
    *) echo "Error: unknown flag: $1" >&2; exit 1 ;;
  esac
  shift
done
echo deployed >> "$CALLS"
"#;

/// Each flag of a deploy is one of flyctl's, or refused; all refusals are told at once.
#[test]
fn each_flag_is_handed_on_or_refused() {
    let world = world([("fly.toml", "app = 'shop'\n[build]\nimage = 'nginx'\n")]);
    world.sandbox.write("bin/flyctl", STRICT);
    let deploy = |flags: &[&str]| run(&world, &[&["deploy", "fly.toml", "--via=flyctl"], flags].concat());
    let all = [
        "--image=nginx:2",
        "--image-label=v1",
        "--region=ams",
        "--strategy=rolling",
        "--max-unavailable=2",
        "--only-regions=ams",
        "--exclude-regions=fra",
        "--process-groups=app",
        "--only-machines=1",
        "--exclude-machines=2",
        "--volume-initial-size=3",
        "--max-concurrent=4",
        "--wait-timeout=90s",
        "--release-command-timeout=1m",
        "--ha=true",
        "--smoke-checks=false",
        "--skip-release-command",
        "--update-only",
        "--flycast",
        "--detach",
    ];
    let done = deploy(&all);
    assert_eq!(done.code, Some(0), "{}", done.stderr);
    assert_eq!(calls(&world), ["deployed"]);

    let none = [
        ("--app=other", "--app"),
        ("--network=n", "--network"),
        ("--scale=3", "--scale"),
        ("--address=v4", "--address"),
        ("--lose-volume=vol_1", "--lose-volume"),
        ("--on-failure=stop", "--on-failure stop"),
        ("--image-archive=image.tar", "--image-archive"),
        ("--json", "--json"),
        ("--no-wait", "--no-wait"),
        ("--version-from=git", "--version"),
        ("--note=new", "--note"),
    ];
    let refused = deploy(&none.map(|(flag, _)| flag));
    assert_eq!(refused.code, Some(1), "{}", refused.stderr);
    let [line] = refused.stderr.lines().collect::<Vec<_>>()[..] else { panic!("{}", refused.stderr) };
    assert!(line.ends_with("leave that out, or leave out --via flyctl"), "{line}");
    for (_, told) in none {
        assert!(line.contains(told), "{told}: {line}");
    }
    assert_eq!(calls(&world), ["deployed"], "nothing more was called");
}

#[test]
fn what_flyctl_can_not_do_is_told() {
    let world = world([("score.yaml", &WEB.replace("name: web", "name: broken"))]);
    let failed = run(&world, &["generate", "score.yaml", "--deploy"]);
    assert_eq!(failed.code, Some(1), "{}", failed.stderr);
    assert!(failed.stderr.contains("broken: no such thing"), "{}", failed.stderr);
    assert!(failed.stderr.contains("`flyctl apps create broken` ended with exit code 3"), "{}", failed.stderr);
    assert_eq!(calls(&world).len(), 2, "nothing follows");

    // Nothing is handed over of a Score file with errors.
    world.sandbox.write("calls", "");
    world.sandbox.write("score.yaml", WEB.replace("image", "imag"));
    assert_eq!(run(&world, &["generate", "score.yaml", "--deploy"]).code, Some(2));
    assert_eq!(calls(&world), Vec::<String>::new());
}

#[test]
fn a_dockerfile_is_built_by_flyctl_and_deployed_by_us() {
    let score = WEB.replace("nginx:1.27", ".");
    let world = world([("score.yaml", &score), ("Dockerfile", "FROM scratch\n")]);
    let registry = world.fly.env().into_iter().find(|(name, _)| *name == "FLY_REGISTRY_HOST").map(|(_, host)| host);
    let registry = registry.unwrap_or_else(|| "registry.fly.io".to_owned());
    let done = run(&world, &["deploy", "score.yaml", "--image-label=v7", "--smoke-checks=false"]);
    assert_eq!(done.code, Some(0), "{}", done.stderr);
    let calls = calls(&world);
    assert!(calls[0].starts_with("deploy --build-only --push --image-label v7 -a web -c .score-fly-"), "{calls:?}");
    assert!(world.sandbox.read("calls.toml").contains("dockerfile = \"Dockerfile\""));
    assert!(world.sandbox.names().iter().all(|name| !name.starts_with(".score-fly-")), "{:?}", world.sandbox.names());
    let machines = world.fly.machines("web");
    assert!(!machines.is_empty());
    for machine in machines {
        let image = machine["config"]["image"].as_str().expect("an image");
        assert!(image.starts_with(&format!("{registry}/web:v7@sha256:")), "{image}");
    }
    // A preview's image has a tag as well.
    let preview =
        ["preview", "up", "--name=pr-1", "score.yaml", "--image-label=v8", "--smoke-checks=false", "--ha=false"];
    let done = run(&world, &preview);
    assert_eq!(done.code, Some(0), "{}", done.stderr);
    let machine = &world.fly.machines("pr-1-web")[0];
    let image = machine["config"]["image"].as_str().expect("an image");
    assert!(image.starts_with(&format!("{registry}/pr-1-web:v8@sha256:")), "{image}");
    // A build that fails changes nothing.
    world.sandbox.write("bin/flyctl", "#!/bin/sh\nexit 1\n");
    let failed = run(&world, &["deploy", "score.yaml"]);
    assert_eq!(failed.code, Some(1), "{}", failed.stderr);
    assert!(failed.stderr.contains("`flyctl deploy` ended with exit code 1"), "{}", failed.stderr);
}

#[test]
fn another_name_is_the_app_that_is_looked_at() {
    let world = world([("fly.toml", "app = 'shop'\n[build]\nimage = 'nginx'\n")]);
    for _ in 0..2 {
        world.done(&["deploy", "-a", "other", "--smoke-checks=false", "--ha=false"]);
    }
    assert_eq!(world.fly.machines("other").len(), 1);
    assert!(world.fly.app("shop").is_null());
}
