//! Apps that change, break, go and come.

use std::collections::BTreeSet;
use std::fs;
use std::process::Command;
use std::time::{Duration, Instant};

use fake_fly::FakeFly;
use score_fly_gitops::sync::{Options, State};
use score_fly_gitops::{Begin, Reference, Repository};
use serde_json::json;

use crate::world::{PROJECT, World, app, entry, states};

#[test]
fn what_changes_is_deployed_and_nothing_else() {
    let world = World::new(&[("project.yaml", PROJECT), ("a/app.yaml", &app("a-1")), ("b/app.yaml", &app("b-1"))]);
    let dry = Options { dry_run: true, ..Options::default() };
    let report = world.sync(&dry);
    assert_eq!(states(&report), [("a-1", State::OutOfSync), ("b-1", State::OutOfSync)], "{report:?}");
    assert!(world.fly.app("a-1").is_null());

    let report = world.sync(&Options::default());
    assert_eq!(states(&report), [("a-1", State::Deployed), ("b-1", State::Deployed)], "{report:?}");
    assert!(world.env_of("a-1", "LEVEL") == "info" && !report.has_failures());

    world.fly.forget_calls();
    let report = world.sync(&Options::default());
    assert_eq!(states(&report), [("a-1", State::InSync), ("b-1", State::InSync)], "{report:?}");
    assert_eq!(world.fly.calls().len(), 2, "{:?}", world.fly.counts());

    // A default of the project, which FlyCD would not notice.
    world.write(&[("project.yaml", &PROJECT.replace("info", "debug"))]);
    world.write(&[("a/app.yaml", &(app("a-1") + "env: {LEVEL: own}\n"))]);
    let report = world.sync(&dry);
    assert_eq!(states(&report), [("a-1", State::OutOfSync), ("b-1", State::OutOfSync)]);
    assert!(entry(&report, "b-1").details.iter().any(|line| line.contains("\"info\" -> \"debug\"")), "{report:?}");
    world.sync(&Options::default());
    assert_eq!((world.env_of("a-1", "LEVEL"), world.env_of("b-1", "LEVEL")), (json!("own"), json!("debug")));
}

#[test]
fn broken_apps_stop_only_those_that_depend_on_them() {
    let world = World::new(&[
        ("project.yaml", PROJECT),
        ("a/app.yaml", &app("good-1")),
        ("b/app.yaml", "app: bad-1\nhttp_service: {internal_port: many}\n"),
        ("c/app.yaml", &(app("after-bad") + "gitops: {depends_on: [bad-1]}\n")),
        ("d/app.yaml", &(app("after-good") + "gitops: {depends_on: [good-1]}\n")),
        ("e/app.yaml", "{\n"),
        ("f/app.yaml", &(app("rests") + "gitops: {suspend: true}\n")),
        ("g/app.yaml", &(app("closed") + "gitops: {windows: [{days: [sun], from: '00:00', to: '01:00'}]}\n")),
        ("h/app.yaml", &(app("no-secret") + "gitops: {secrets: {TOKEN: {env: NOT_THERE}}}\n")),
        ("i/app.yaml", &(app("no-image") + "build: {image: null}\n")),
    ]);
    // A Saturday.
    let report = world.sync(&Options { now: 1_795_262_400, prune: true, ..Options::default() });
    assert_eq!(
        states(&report),
        [
            ("after-bad", State::Skipped),
            ("after-good", State::Deployed),
            ("bad-1", State::Failed),
            ("closed", State::Waiting),
            ("good-1", State::Deployed),
            ("no-image", State::Failed),
            ("no-secret", State::Failed),
            ("rests", State::Suspended),
            ("tree/e/app.yaml", State::Failed),
        ],
        "{report:?}"
    );
    assert!(
        entry(&report, "bad-1").details[0].starts_with("tree/b/app.yaml:2:31: `http_service.internal_port`"),
        "{report:?}"
    );
    assert!(entry(&report, "no-secret").details[0].contains("no variable NOT_THERE"), "{report:?}");
    assert!(report.not_pruned.as_ref().is_some_and(|why| why.contains("not all of the tree can be read")));
    // A Sunday, at half past midnight.
    let report = world.sync(&Options { now: 1_795_262_400 + 45_000, ..Options::default() });
    assert_eq!(entry(&report, "closed").state, State::Deployed);
}

#[test]
fn only_apps_of_the_tree_are_pruned_and_only_if_asked() {
    let world = World::new(&[
        ("project.yaml", PROJECT),
        ("a/app.yaml", &app("stays-1")),
        ("b/app.yaml", &app("goes-1")),
        ("c/app.yaml", &(app("data-1") + "mounts: [{source: data, destination: /data}]\n")),
    ]);
    world.sync(&Options::default());
    world.remove("b/app.yaml");
    world.remove("c/app.yaml");
    let report = world.sync(&Options::default());
    assert_eq!(states(&report), [("stays-1", State::InSync)], "nothing is said where nothing was asked");
    let report = world.sync(&Options { dry_run: true, ..Options::default() });
    assert_eq!(entry(&report, "goes-1").state, State::Surplus);
    let prune = Options { prune: true, ..Options::default() };
    // Another tree's apps are none of its business.
    let report = world.sync(&Options { name: Some("other".into()), thorough: true, ..prune.clone() });
    assert!(!world.fly.app("goes-1").is_null(), "{report:?}");
    // The label names the other tree now; the apps that are gone from it still name the first one.
    let report = world.sync(&prune);
    assert_eq!(entry(&report, "goes-1").state, State::Destroyed, "{report:?}");
    assert_eq!(entry(&report, "data-1").state, State::Surplus, "what has volumes stays");
    assert!(world.fly.app("goes-1").is_null() && !world.fly.app("data-1").is_null());

    world.remove("a/app.yaml");
    let report = world.sync(&prune);
    assert!(report.not_pruned.as_ref().is_some_and(|why| why.contains("no app left")), "{report:?}");
    assert!(!world.fly.app("stays-1").is_null());
}

#[test]
fn what_somebody_changes_at_fly_is_seen() {
    let world = World::new(&[("project.yaml", PROJECT), ("a/app.yaml", &app("a-1"))]);
    world.sync(&Options::default());
    let id = world.fly.machines("a-1")[0]["id"].as_str().unwrap().to_owned();
    let mut config = world.fly.machines("a-1")[0]["config"].clone();
    config["env"]["LEVEL"] = json!("by hand");
    let token = FakeFly::TOKEN;
    let url = format!("{}/v1/apps/a-1/machines/{id}", world.fly.url());
    let body = json!({"config": config}).to_string();
    let authorization = format!("Authorization: Bearer {token}");
    let done = Command::new("curl")
        .args(["-sf", "-X", "POST", "-H", "Content-Type: application/json", "-H", &authorization, "-d", &body, &url])
        .status();
    assert!(done.is_ok_and(|status| status.success()), "curl is there");
    world.fly.clock().advance(Duration::from_secs(60));
    let report = world.sync(&Options { keep_drift: true, ..Options::default() });
    assert_eq!((entry(&report, "a-1").state, entry(&report, "a-1").drifted), (State::OutOfSync, true), "{report:?}");
    let report = world.sync(&Options::default());
    assert_eq!(entry(&report, "a-1").state, State::Deployed, "{report:?}");
    assert!(world.fly.machines("a-1").iter().all(|machine| machine["config"]["env"]["LEVEL"] == "info"));
}

#[test]
fn secrets_are_sent_and_a_change_of_one_is_noticed() {
    let text = app("a-1") + "gitops: {secrets: {TOKEN: {env: MY_TOKEN}}}\n";
    let mut world = World::new(&[("project.yaml", PROJECT), ("a/app.yaml", &text)]);
    world.variables.push(("MY_TOKEN".into(), "hush-1".into()));
    let report = world.sync(&Options::default());
    assert_eq!(entry(&report, "a-1").state, State::Deployed, "{report:?}");
    assert_eq!(world.fly.secrets("a-1")["TOKEN"], "hush-1");
    assert!(!serde_json::to_string(&report).unwrap().contains("hush"));
    world.fly.forget_calls();
    assert_eq!(entry(&world.sync(&Options::default()), "a-1").state, State::InSync);
    assert_eq!(world.fly.calls().len(), 1, "{:?}", world.fly.counts());
    world.variables.push(("MY_TOKEN".into(), "hush-2".into()));
    let report = world.sync(&Options::default());
    assert_eq!(entry(&report, "a-1").state, State::Deployed, "{report:?}");
    assert_eq!(world.fly.secrets("a-1")["TOKEN"], "hush-2");
}

#[test]
fn a_tree_in_a_repository_is_followed() {
    let world = World::new(&[
        ("project.yaml", PROJECT),
        ("a/app.yaml", &(app("a-1") + "files: [{guest_path: /etc/motd, local_path: motd.txt}]\n")),
        ("a/motd.txt", "Open all night.\n"),
    ]);
    world.commit("tree");
    let url = format!("file://{}", world.folder.path().join("tree").display());
    let repository = Repository { url, reference: Reference::Branch("main".into()) };
    let begin = Begin::Repository { repository: repository.clone(), path: String::new() };
    let report = world.run(&begin, &Options::default());
    assert_eq!(states(&report), [("a-1", State::Deployed)], "{report:?}");
    assert_eq!(world.fly.machines("a-1")[0]["config"]["files"][0]["guest_path"], "/etc/motd");

    // A file that an app brings along is a part of it; another commit by itself is nothing.
    world.commit("tree");
    assert_eq!(states(&world.run(&begin, &Options::default())), [("a-1", State::InSync)]);
    world.write(&[("a/motd.txt", "Closed.\n")]);
    world.commit("tree");
    assert_eq!(states(&world.run(&begin, &Options::default())), [("a-1", State::Deployed)]);

    // History that is made anew, and a commit that deletes everything.
    world.write(&[("a/app.yaml", &(app("a-1") + "env: {NEW: '1'}\n"))]);
    world.git("tree", &["checkout", "--quiet", "--orphan", "again"]);
    world.commit("tree");
    world.git("tree", &["branch", "--force", "main", "again"]);
    assert_eq!(states(&world.run(&begin, &Options::default())), [("a-1", State::Deployed)]);
    world.git("tree", &["rm", "-r", "--quiet", "."]);
    world.commit("tree");
    world.git("tree", &["branch", "--force", "main", "again"]);
    let report = world.run(&begin, &Options { prune: true, ..Options::default() });
    assert!(report.apps.is_empty() && report.not_pruned.is_some(), "{report:?}");
    assert!(!world.fly.app("a-1").is_null());

    // A repository that is gone.
    let gone = Repository { url: "file:///nowhere/at/all".into(), reference: Reference::Head };
    let report = world.run(&Begin::Repository { repository: gone, path: String::new() }, &Options::default());
    assert!(!report.whole && report.has_failures());
}

#[test]
fn the_source_of_an_app_may_be_in_another_repository() {
    let world = World::new(&[]);
    let source = world.folder.path().join("source");
    fs::create_dir_all(source.join("web")).unwrap();
    fs::write(source.join("web/page.html"), "one").unwrap();
    world.commit("source");
    let url = format!("file://{}", source.display());
    let text = format!(
        "{}files: [{{guest_path: /page.html, local_path: page.html}}]\ngitops: {{source: {{git: '{url}', path: web, branch: main}}}}\n",
        app("a-1")
    );
    world.write(&[("project.yaml", PROJECT), ("a/app.yaml", &text)]);
    let report = world.sync(&Options::default());
    assert_eq!(states(&report), [("a-1", State::Deployed)], "{report:?}");
    let first = entry(&report, "a-1").commit.clone().unwrap();
    let labels = &world.fly.machines("a-1")[0]["config"]["metadata"];
    assert_eq!((&labels["score_fly_revision"], &labels["score_fly_source"]), (&json!(first), &json!(url)));
    fs::write(source.join("web/page.html"), "two").unwrap();
    world.commit("source");
    let report = world.sync(&Options::default());
    assert_eq!(states(&report), [("a-1", State::Deployed)], "{report:?}");
    assert_ne!(entry(&report, "a-1").commit.as_deref(), Some(first.as_str()));
}

#[test]
fn score_files_are_deployed_with_what_stands_beside_them() {
    let score = "apiVersion: score.dev/v1b1\nmetadata: {name: web}\ncontainers: {main: {image: nginx, variables: {HOST: \
                 '${resources.db.host}'}}}\nresources: {db: {type: postgres}}\n";
    let world = World::new(&[
        ("project.yaml", "project: all\ndefaults: {gitops: {app_prefix: acme-}}\n"),
        ("web/score.yaml", score),
        ("web/gitops.yaml", "outputs: [outputs.yaml]\nscale: {regions: {ams: 1, fra: 1}}\n"),
        ("web/outputs.yaml", "db: {host: db.internal}\n"),
    ]);
    let report = world.sync(&Options::default());
    assert_eq!(states(&report), [("acme-web", State::Deployed)], "{report:?}");
    assert_eq!(world.env_of("acme-web", "HOST"), "db.internal");
    let regions: BTreeSet<String> =
        world.fly.machines("acme-web").iter().map(|machine| machine["region"].as_str().unwrap().to_owned()).collect();
    assert_eq!(regions.len(), 2);
    assert_eq!(states(&world.sync(&Options::default())), [("acme-web", State::InSync)]);
}

/// The figure that is promised: a thousand apps of which nothing is new, in five seconds and with a list for each.
#[test]
fn a_thousand_apps_with_nothing_new_cost_a_look_each() {
    // In a build that is not optimized, deploying them first takes a minute.
    let many = if cfg!(debug_assertions) { 100 } else { 1000 };
    let mut files = vec![("project.yaml".to_owned(), PROJECT.to_owned())];
    files.extend(
        (0..many).map(|n| (format!("{n}/app.yaml"), format!("app: app-{n}\ngitops: {{scale: {{count: 1}}}}\n"))),
    );
    let files: Vec<(&str, &str)> = files.iter().map(|(path, text)| (path.as_str(), text.as_str())).collect();
    let world = World::new(&files);
    let report = world.sync(&Options::default());
    assert_eq!(
        report.count(State::Deployed),
        many,
        "{:?}",
        report.apps.iter().find(|one| one.state != State::Deployed)
    );
    world.fly.forget_calls();
    let start = Instant::now();
    let report = world.sync(&Options::default());
    let took = start.elapsed();
    assert_eq!(report.count(State::InSync), many);
    assert_eq!(world.fly.counts().values().sum::<usize>(), many, "{:?}", world.fly.counts());
    println!("{many} apps with nothing new: {took:?}");
    assert!(took < Duration::from_secs(5) || cfg!(debug_assertions), "{took:?}");
}
