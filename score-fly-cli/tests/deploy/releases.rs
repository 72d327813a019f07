//! Releases: their versions, who made them, which machines have them, and going back to one.

use std::fs;

use fake_fly::{Behaviour, Checks, Fault, Program};
use serde_json::{Value, json};

use crate::first::SHOP;
use crate::world::{Run, World};

/// A project in a repository, in which git knows who works.
fn world(toml: &str) -> World {
    let world = World::new([("fly.toml", toml), (".gitignore", "/.score-fly\n/.fly\n")]);
    world.fly.with(|world| {
        for person in ["ann", "bob", "cleo"] {
            world.add_person(&format!("token-of-{person}"), &format!("{person}@example.com"));
        }
    });
    git(&world, &["init", "--quiet", "--initial-branch", "main"]);
    git(&world, &["config", "user.email", "ann@example.com"]);
    git(&world, &["config", "user.name", "Ann"]);
    git(&world, &["remote", "add", "origin", "https://ann:hunter2@example.com/acme/shop.git"]);
    world.done(&["init", "--fly-app-prefix", "x-", "--no-sample"]);
    world
}

fn git(world: &World, arguments: &[&str]) -> String {
    let output = std::process::Command::new("git")
        .args(arguments)
        .current_dir(world.sandbox.path())
        .env("GIT_CONFIG_GLOBAL", "/dev/null")
        .output()
        .expect("git is there");
    assert!(output.status.success(), "{arguments:?}: {}", String::from_utf8_lossy(&output.stderr));
    String::from_utf8(output.stdout).expect("text").trim().to_owned()
}

/// Commits everything, and gives the commit.
fn commit(world: &World, message: &str) -> String {
    git(world, &["add", "--all"]);
    git(world, &["commit", "--quiet", "--allow-empty", "--message", message]);
    git(world, &["rev-parse", "HEAD"])
}

/// A run of somebody.
fn run_as(world: &World, person: &str, arguments: &[&str]) -> Run {
    let mut command = world.command(arguments);
    command.env("FLY_API_TOKEN", format!("token-of-{person}"));
    crate::world::finish(command.spawn().expect("the binary starts"))
}

#[track_caller]
fn done_as(world: &World, person: &str, arguments: &[&str]) -> Run {
    let run = run_as(world, person, arguments);
    assert_eq!(run.code, Some(0), "{}\n{}", run.stdout, run.stderr);
    run
}

/// What the commands say of the releases of an app.
#[track_caller]
fn releases(world: &World) -> Vec<Value> {
    let known = world.done(&["releases", "shop", "--json"]).json();
    known["releases"].as_array().expect("a list").clone()
}

fn env(world: &World) -> Vec<Value> {
    world.fly.machines("shop").iter().map(|machine| machine["config"]["env"]["LOG_LEVEL"].clone()).collect()
}

fn images(world: &World) -> Vec<Value> {
    let machines = world.fly.machines("shop");
    machines.iter().map(|machine| machine["config"]["image"].clone()).collect()
}

/// Whether all machines have the image `nginx:1.N`.
fn all_have_image(world: &World, number: usize) -> bool {
    images(world).iter().all(|image| is_image(image, number))
}

/// Whether it is that image, by whatever registry and digest.
fn is_image(image: &Value, number: usize) -> bool {
    let name = image.as_str().and_then(|image| image.split('@').next()).unwrap_or_default();
    name.split('/').next_back() == Some(&format!("nginx:1.{number}"))
}

/// Version N has the log level `level-N` and the image `nginx:1.N`.
fn toml(number: usize) -> String {
    SHOP.replace("LOG_LEVEL = \"info\"", &format!("LOG_LEVEL = \"level-{number}\""))
        .replace("nginx:1.27", &format!("nginx:1.{number}"))
}

/// Deploys the versions 1.1.0 to 1.N.0, and gives their commits.
fn deploy_all(world: &World, count: usize) -> Vec<String> {
    let people = ["ann", "bob", "cleo"];
    let mut commits = Vec::new();
    for number in 1..=count {
        world.sandbox.write("fly.toml", toml(number));
        commits.push(commit(world, &format!("Level {number}")));
        let (version, note) = (format!("1.{number}.0"), format!("Level {number}, please"));
        let person = people[number % people.len()];
        done_as(world, person, &["deploy", "--version", &version, "--note", &note, "--strategy", "immediate"]);
    }
    commits
}

fn forget_ledger(world: &World) {
    fs::remove_dir_all(world.sandbox.path().join(".score-fly/releases")).expect("there is a ledger");
}

/// What Fly remembers of releases can't be had: neither way to ask, nor what machines were.
fn hide_history(world: &World, times: u32) {
    for call in ["graphql.app", "releases.list", "machines.versions"] {
        let times = if call == "graphql.app" { times } else { u32::MAX };
        world.fly.fault(Fault::refuse(call, 403, "not today").times(times));
    }
}

#[test]
fn ten_releases_by_three_people_are_listed_from_anywhere() {
    let world = world(SHOP);
    let commits = deploy_all(&world, 10);
    let table = world.done(&["releases", "shop"]).stdout;
    assert!(table.contains("1.10.0") && table.contains("bob@example.com"), "{table}");
    let check = |known: &[Value], places: &[&str]| {
        assert_eq!(known.len(), 10, "{known:#?}");
        for (release, number) in known.iter().zip((1..=10_usize).rev()) {
            assert_eq!(release["number"], json!(number), "{release:#}");
            assert_eq!(release["stamp"]["version"], json!(format!("1.{number}.0")), "{release:#}");
            assert_eq!(release["stamp"]["revision"], json!(commits[number - 1]), "{release:#}");
            assert_eq!(release["stamp"]["source"], json!("https://example.com/acme/shop.git"), "{release:#}");
            assert_eq!(release["stamp"]["note"], json!(format!("Level {number}, please")), "{release:#}");
            let person = ["ann", "bob", "cleo"][number % 3];
            assert_eq!(release["user"], json!(format!("{person}@example.com")), "{release:#}");
            assert_eq!(release["status"], json!("complete"), "{release:#}");
            assert_eq!(release["strategy"], json!("IMMEDIATE"), "{release:#}");
            assert!(is_image(&release["image"], number), "{release:#}");
            assert_eq!(release["knownFrom"], json!(places), "{release:#}");
            let count = release["machines"].as_array().unwrap().len();
            assert_eq!(count, if number == 10 { 2 } else { 0 }, "{release:#}");
        }
    };
    check(&releases(&world), &["fly", "machines", "ledger"]);

    // From the ledger, and the labels that machines have now.
    hide_history(&world, u32::MAX);
    let run = world.done(&["releases", "shop", "--json"]);
    assert!(run.stderr.contains("Fly does not tell its releases"), "{}", run.stderr);
    let known = run.json()["releases"].as_array().unwrap().clone();
    assert_eq!(known[0]["knownFrom"], json!(["machines", "ledger"]));
    let mut known = known;
    known[0]["knownFrom"] = json!(["ledger"]);
    check(&known, &["ledger"]);
    world.fly.heal();

    // From Fly alone.
    forget_ledger(&world);
    check(&releases(&world), &["fly", "machines"]);
}

#[test]
fn which_machine_has_which_release_is_seen_after_half_a_deploy() {
    let world = world(SHOP);
    deploy_all(&world, 2);
    world.sandbox.write("fly.toml", toml(3));
    commit(&world, "Level 3");
    let behaviour = Behaviour { checks: Checks::Never, ..Behaviour::default() };
    let program = Program { image: Some("nginx:1.3".to_owned()), behaviour, ..Program::default() };
    world.fly.with(|world| world.programs.push(program));
    let arguments = ["deploy", "--version", "1.3.0", "--wait-timeout", "1s", "--max-unavailable", "1"];
    let run = world.run(&[&arguments[..], &["--on-failure", "stop"]].concat());
    assert_eq!(run.code, Some(1), "{}", run.stderr);
    let known = releases(&world);
    assert_eq!((&known[0]["stamp"]["version"], &known[0]["status"]), (&json!("1.3.0"), &json!("failed")));
    assert_eq!((&known[1]["stamp"]["version"], &known[1]["status"]), (&json!("1.2.0"), &json!("complete")));
    let new = known[0]["machines"].as_array().unwrap();
    let old = known[1]["machines"].as_array().unwrap();
    assert_eq!((new.len(), old.len()), (1, 1), "{known:#?}");
    for machine in world.fly.machines("shop") {
        let has_new = is_image(&machine["config"]["image"], 3);
        assert_eq!(new.contains(&machine["id"]), has_new);
        assert_eq!(old.contains(&machine["id"]), !has_new);
    }
    let status = world.done(&["status", "-a", "shop"]);
    assert!(status.stdout.contains("3 (1.3.0)") && status.stdout.contains("2 (1.2.0)"), "{}", status.stdout);

    // What failed is no version that is taken: it is mended, and deployed again.
    world.sandbox.write("fly.toml", toml(4));
    world.done(&["deploy", "--version", "1.3.1", "--strategy", "immediate"]);
    assert!(all_have_image(&world, 4), "{:?}", images(&world));
}

#[test]
fn going_back_brings_image_and_configuration() {
    let world = world(SHOP);
    let commits = deploy_all(&world, 4);
    // By number, by version and by commit; and without a name, to the one before.
    for (to, number) in [("2", 2), ("1.3.0", 3), ("v1.1.0", 1), (&commits[2][..8], 3)] {
        let shown = world.done(&["rollback", "shop", "--to", to, "--dry-run"]);
        assert!(shown.stdout.contains(&format!("back to release {number} (1.{number}.0)")), "{}", shown.stdout);
        assert!(shown.stdout.contains(&format!("-> \"level-{number}\"")), "{}", shown.stdout);
        let versions = world.versions("shop");
        let refused = world.run(&["rollback", "shop", "--to", to]);
        assert_eq!(refused.code, Some(1), "{}", refused.stderr);
        assert!(refused.stderr.contains("nobody confirmed that it goes back; --yes confirms it"), "{}", refused.stderr);
        assert_eq!(world.versions("shop"), versions);

        world.done(&["rollback", "shop", "--to", to, "--yes"]);
        assert!(env(&world).iter().all(|level| *level == json!(format!("level-{number}"))), "{:?}", env(&world));
        assert!(all_have_image(&world, number), "{:?}", images(&world));
        let newest = &releases(&world)[0];
        assert_eq!(newest["stamp"]["version"], json!(format!("1.{number}.0")));
        assert_eq!(newest["stamp"]["revision"], json!(commits[number - 1]));
        assert!(newest["stamp"]["backTo"].is_string(), "{newest:#}");
        assert_eq!(newest["machines"].as_array().unwrap().len(), 2, "{newest:#}");
        let fly = &world.fly.releases("shop")[0];
        assert_eq!(fly["status"], json!("complete"));
    }
    let table = world.done(&["releases", "shop"]).stdout;
    assert!(table.contains("back to 2"), "{table}");
    let plan = world.run(&["plan", "--exit-code"]);
    assert_eq!(plan.code, Some(2), "fly.toml says something else: {}", plan.stdout);
}

#[test]
fn the_image_alone_comes_back_where_that_is_asked_for() {
    let world = world(SHOP);
    deploy_all(&world, 3);
    let shown = world.done(&["rollback", "shop", "--image-only", "--dry-run"]);
    assert!(shown.stdout.contains("from release 3 (1.3.0) back to the image of release 2 (1.2.0)"), "{}", shown.stdout);
    world.done(&["rollback", "shop", "--image-only", "--yes", "--note", "1.3 leaks"]);
    assert!(env(&world).iter().all(|level| *level == json!("level-3")), "{:?}", env(&world));
    assert!(all_have_image(&world, 2), "{:?}", images(&world));
    let newest = &releases(&world)[0];
    assert_eq!((&newest["stamp"]["backTo"], &newest["stamp"]["note"]), (&json!("2"), &json!("1.3 leaks")));
}

#[test]
fn what_can_not_come_back_is_said_before() {
    let with_volume =
        format!("{SHOP}\n[[mounts]]\nsource = \"data\"\ndestination = \"/data\"\ninitial_size = \"1gb\"\n");
    let world = world(&with_volume);
    commit(&world, "First");
    let set = |value: &str| world.with_input(&["secrets", "set", "-a", "shop", "TOKEN=-"], value);
    world.done(&["deploy", "--version", "1.0.0"]);
    assert_eq!(set("one").code, Some(0));
    world.done(&["deploy", "--version", "1.0.0"]);
    let grown = with_volume.replace("1gb", "3gb").replace("info", "debug");
    world.sandbox.write("fly.toml", &grown);
    commit(&world, "Second");
    world.done(&["deploy", "--version", "1.1.0"]);
    assert_eq!(set("two").code, Some(0));
    world.with_input(&["secrets", "set", "-a", "shop", "OTHER=-"], "three");

    let volume = world.fly.volumes("shop")[0]["id"].as_str().unwrap().to_owned();
    let size = format!("volume data ({volume}) has 3 GB now and had 1 GB then");
    let ledger = world.done(&["rollback", "shop", "--to", "2", "--dry-run"]);
    assert!(ledger.stdout.contains(&size), "{}", ledger.stdout);
    assert!(ledger.stdout.contains("OTHER is new, TOKEN has another value"), "{}", ledger.stdout);
    assert!(!ledger.stdout.contains("two"), "no value is shown");
    // As text, before it is asked.
    let asked = world.run(&["rollback", "shop", "--to", "2"]);
    assert_eq!(asked.code, Some(1));
    assert!(asked.stderr.contains(&size) && asked.stderr.contains("OTHER is new"), "{}", asked.stderr);

    forget_ledger(&world);
    let fly = world.done(&["rollback", "shop", "--to", "2", "--dry-run"]);
    assert!(fly.stdout.contains(&size), "{}", fly.stdout);
    assert!(fly.stdout.contains("secrets were changed since"), "{}", fly.stdout);
    world.done(&["rollback", "shop", "--to", "2", "--yes"]);
    assert_eq!(env(&world), [json!("info")]);
    assert_eq!(world.fly.volumes("shop")[0]["size_gb"], json!(3));

    // An image that is gone is said before anything else is done.
    world.fly.with(|world| world.conditions.missing_images.insert("nginx:1.27".to_owned()));
    world.fly.forget_calls();
    let gone = world.run(&["rollback", "shop", "--to", "2", "--yes"]);
    assert_eq!(gone.code, Some(1), "{}", gone.stderr);
    assert!(
        gone.stderr.contains("is not in its registry any more: registry-1.docker.io/library/nginx:1.27@"),
        "{}",
        gone.stderr
    );
    assert!(!world.fly.counts().contains_key("machines.update"), "{:?}", world.fly.counts());
}

#[test]
fn a_rollback_that_fails_is_undone() {
    let world = world(SHOP);
    deploy_all(&world, 2);
    let behaviour = Behaviour { checks: Checks::Never, ..Behaviour::default() };
    let program = Program { image: Some("nginx:1.1".to_owned()), behaviour, ..Program::default() };
    world.fly.with(|world| world.programs.push(program));
    let run = world.run(&["rollback", "shop", "--yes", "--wait-timeout", "1s"]);
    assert_eq!(run.code, Some(1), "{}", run.stderr);
    assert!(env(&world).iter().all(|level| *level == json!("level-2")), "{:?}", env(&world));
    let known = releases(&world);
    assert_eq!((&known[0]["status"], &known[0]["stamp"]["backTo"]), (&json!("failed"), &json!("1")));
    assert_eq!(known[1]["machines"].as_array().unwrap().len(), 2, "{known:#?}");
    assert!(world.fly.leases().is_empty());
}

#[test]
fn one_goes_back_by_what_fly_or_the_ledger_alone_knows() {
    let world = world(SHOP);
    deploy_all(&world, 3);
    // One call about releases is refused; others, about images, are not.
    hide_history(&world, 1);
    let run = world.done(&["rollback", "shop", "--to", "1.1.0", "--yes"]);
    assert!(run.stderr.contains("Fly does not tell its releases"), "{}", run.stderr);
    assert!(env(&world).iter().all(|level| *level == json!("level-1")), "{:?}", env(&world));
    world.fly.heal();
    forget_ledger(&world);
    world.done(&["rollback", "shop", "--to", "1.2.0", "--yes"]);
    assert!(env(&world).iter().all(|level| *level == json!("level-2")), "{:?}", env(&world));
    // Only machines know: Fly has no history, and there is no ledger.
    forget_ledger(&world);
    hide_history(&world, 1);
    world.fly.heal();
    for call in ["releases.list", "graphql.app"] {
        world.fly.fault(Fault::refuse(call, 403, "not today"));
    }
    world.done(&["rollback", "shop", "--to", "3", "--yes"]);
    assert!(env(&world).iter().all(|level| *level == json!("level-3")), "{:?}", env(&world));
}

#[test]
fn versions_are_what_they_say() {
    let world = world(SHOP);
    commit(&world, "First");
    for (version, advice) in [("1.4", "give --version 1.4.0"), ("latest", "by the rules of semver.org")] {
        let run = world.run(&["deploy", "--version", version]);
        assert_eq!(run.code, Some(1), "{}", run.stderr);
        assert!(run.stderr.contains("is no version") && run.stderr.contains(advice), "{}", run.stderr);
        assert!(world.fly.app("shop").is_null());
    }
    world.done(&["deploy", "--version", "1.4.0"]);
    world.done(&["deploy", "--version", "1.4.0"]);
    world.sandbox.write("fly.toml", SHOP.replace("info", "debug"));
    let before = world.versions("shop");
    for command in ["deploy", "plan"] {
        let run = world.run(&[command, "--version", "v1.4.0"]);
        assert_eq!(run.code, Some(1), "{}", run.stderr);
        assert!(run.stderr.contains("release 1 (1.4.0) of app shop has version 1.4.0 already"), "{}", run.stderr);
    }
    assert_eq!(world.versions("shop"), before);

    let run = world.run(&["deploy", "--version-from", "git"]);
    assert!(run.stderr.contains("no tag of the repository is a version"), "{}", run.stderr);
    git(&world, &["tag", "v1.5.0"]);
    let run = world.done(&["deploy", "--version-from", "git"]);
    assert!(run.stderr.contains("there are changes that are in no commit"), "{}", run.stderr);
    let head = git(&world, &["rev-parse", "HEAD"]);
    assert_eq!(releases(&world)[0]["stamp"]["version"], json!("1.5.0+dirty"));
    assert_eq!(releases(&world)[0]["stamp"]["revision"], json!(format!("{head}-dirty")));
    let head = commit(&world, "Second");
    let run = world.done(&["deploy", "--version-from", "git"]);
    assert!(!run.stderr.contains("no commit"), "{}", run.stderr);
    let version = format!("1.5.1-dev.1+g{}", &head[..7]);
    assert_eq!(releases(&world)[0]["stamp"]["version"], json!(version));

    let show = world.done(&["release", "show", &version, "-a", "shop"]).stdout;
    assert!(show.contains(&head) && show.contains("\"LOG_LEVEL\": \"debug\""), "{show}");
    let diff = world.done(&["release", "diff", "1.4.0", &version, "-a", "shop"]).stdout;
    assert!(diff.contains("/env/LOG_LEVEL: \"info\" -> \"debug\""), "{diff}");
    let run = world.run(&["release", "show", "2.0.0", "-a", "shop"]);
    assert_eq!(run.code, Some(1));
    assert!(run.stderr.contains("there is no release `2.0.0`; there are"), "{}", run.stderr);
}

#[test]
fn a_difference_names_image_values_and_secrets() {
    let world = world(SHOP);
    deploy_all(&world, 1);
    assert_eq!(world.with_input(&["secrets", "set", "-a", "shop", "TOKEN=-"], "one").code, Some(0));
    world.sandbox.write("fly.toml", toml(2) + "\n[deploy]\nmax_unavailable = 1\n");
    commit(&world, "Level 2");
    world.done(&["deploy", "--version", "1.2.0", "--strategy", "immediate"]);
    let diff = world.done(&["release", "diff", "1", "2", "--app", "shop"]).stdout;
    assert!(diff.contains("from release 1 (1.1.0) to release 2 (1.2.0)"), "{diff}");
    assert!(
        diff.contains("image: nginx:1.1@sha256:") && diff.contains("-> registry-1.docker.io/library/nginx:1.2@sha256:"),
        "{diff}"
    );
    assert!(diff.contains("/env/LOG_LEVEL: \"level-1\" -> \"level-2\""), "{diff}");
    assert!(diff.contains("/deploy: (none) -> {\"max_unavailable\":1"), "{diff}");
    assert!(diff.contains("secret TOKEN is new"), "{diff}");
    assert!(!diff.contains("one\n"), "{diff}");
    let same = world.done(&["release", "diff", "2", "1.2.0", "-a", "shop"]).stdout;
    assert!(same.contains("nothing is different"), "{same}");
    let json = world.done(&["release", "diff", "1", "2", "-a", "shop", "--json"]).json();
    assert_eq!(json["secrets"], json!([{ "change": "added", "name": "TOKEN" }]));
}

#[test]
fn the_version_of_a_workload_may_be_its_annotation() {
    let score = "apiVersion: score.dev/v1b1\nmetadata:\n  name: web\n  annotations: {fly.score.dev/version: 2.1.0}\n\
                 containers: {main: {image: nginx}}\n";
    let world = world(SHOP);
    world.sandbox.write("score.yaml", score);
    world.done(&["deploy", "score.yaml", "--version-from", "annotation"]);
    let known = world.done(&["releases", "x-web", "--json"]).json();
    assert_eq!(known["releases"][0]["stamp"]["version"], json!("2.1.0"));
    let run = world.run(&["deploy", "fly.toml", "--version-from", "annotation"]);
    assert_eq!(run.code, Some(1));
    assert!(run.stderr.contains("does not say which version it is"), "{}", run.stderr);
}

#[test]
fn a_release_that_fly_does_not_write_down_is_in_the_ledger() {
    let world = world(SHOP);
    deploy_all(&world, 1);
    world.fly.fault(Fault::refuse("releases.create", 403, "not today").times(u32::MAX));
    world.sandbox.write("fly.toml", toml(2));
    let head = commit(&world, "Level 2");
    let run = world.done(&["deploy", "--version", "1.2.0", "--strategy", "immediate"]);
    assert!(run.stderr.contains("Fly does not write the release down"), "{}", run.stderr);
    world.fly.heal();
    let known = releases(&world);
    assert_eq!(known.len(), 2, "{known:#?}");
    assert_eq!((&known[0]["number"], &known[0]["stamp"]["version"]), (&Value::Null, &json!("1.2.0")));
    assert_eq!(known[0]["stamp"]["revision"], json!(head));
    world.done(&["rollback", "shop", "--yes"]);
    assert!(env(&world).iter().all(|level| *level == json!("level-1")), "{:?}", env(&world));
    world.done(&["rollback", "shop", "--to", "1.2.0", "--yes"]);
    assert!(env(&world).iter().all(|level| *level == json!("level-2")), "{:?}", env(&world));
}
