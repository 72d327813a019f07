//! Trees, from their files to their apps.

use std::collections::BTreeSet;

use score_fly_core::diagnostic::{Severity, Sources};
use score_fly_core::source::PositionEncoding;
use score_fly_core::{Code, Diagnostics, Source};
use score_fly_gitops::{AppSource, Files, Forest, Need, Place, Reference, Repository, Tree, import_flycd, load};
use serde_json::{Value, json};

fn files(all: &[(&str, &str)]) -> Files {
    let mut files = Files::default();
    files.folders.insert(String::new());
    for (path, text) in all {
        files.files.insert((*path).to_owned(), Ok((*text).to_owned()));
        let folders = path.match_indices('/').map(|(end, _)| path[..end].to_owned());
        files.folders.extend(folders);
    }
    files
}

fn tree(all: &[(&str, &str)]) -> Tree {
    load(&Forest { trees: [(Place::Here, Ok(files(all)))].into(), ..Forest::default() }, "")
}

fn config(tree: &Tree, app: &str) -> Value {
    let app = tree.app(app).unwrap_or_else(|| panic!("no {app}: {}", all(tree)));
    serde_json::from_str(&app.config()).unwrap()
}

/// Everything that was found, a line for each.
fn all(tree: &Tree) -> String {
    let mut found = tree.diagnostics.clone();
    tree.apps.iter().for_each(|app| found.extend(app.diagnostics.clone()));
    tree.broken.iter().for_each(|broken| found.extend(broken.diagnostics.clone()));
    lines(&found, &tree.texts)
}

fn lines(found: &Diagnostics, texts: &[Source]) -> String {
    let sources = Sources::new(texts, PositionEncoding::Utf32);
    let mut lines: Vec<String> = sources
        .views(found)
        .iter()
        .map(|view| {
            let place = view.location.as_ref().map(|at| format!("{}:{}", at.source, at.start.line));
            format!("{} {}: {}", place.unwrap_or_default(), view.code, view.message)
        })
        .collect();
    lines.sort();
    lines.join("\n")
}

fn notes(tree: &Tree, code: Code) -> usize {
    let apps = tree.apps.iter().flat_map(|app| app.diagnostics.iter());
    apps.chain(tree.diagnostics.iter()).filter(|found| found.code == code).count()
}

#[test]
fn maps_are_merged_and_the_rest_is_replaced() {
    let tree = tree(&[
        (
            "project.yaml",
            "project: all\ndefaults:\n  primary_region: ams\n  env: {A: outer, B: outer, C: outer}\n  kill_signal: SIGINT\n\
             overrides:\n  env: {Z: over}\n",
        ),
        ("shop/app.yaml", "app: shop\nbuild: {image: nginx}\nenv: {B: app, C: null, Z: app}\nkill_signal: null\n"),
    ]);
    assert_eq!(
        config(&tree, "shop"),
        json!({"app": "shop", "primary_region": "ams", "build": {"image": "nginx"},
               "env": {"A": "outer", "B": "app", "Z": "over"}})
    );
    assert!(tree.is_whole(), "{}", all(&tree));
    let shown = tree.app("shop").unwrap().with_origins();
    assert!(shown.contains("  A: \"outer\"  # project.yaml:4\n"), "{shown}");
    assert!(shown.contains("  B: \"app\"  # shop/app.yaml:3\n"), "{shown}");
    assert!(shown.contains("  Z: \"over\"  # project.yaml:7\n"), "{shown}");
}

#[test]
fn an_inner_project_wins_except_over_what_is_final() {
    let tree = tree(&[
        ("project.yaml", "project: outer\noverrides: {primary_region: ams, env: {A: outer}}\nfinal: {env: {F: outer}}"),
        ("in/project.yaml", "project: inner\noverrides: {primary_region: fra}\nfinal: {env: {F: inner, G: inner}}"),
        (
            "in/shop/app.toml",
            "app = \"shop\"\nprimary_region = \"lhr\"\n[build]\nimage = \"nginx\"\n[env]\nF = \"app\"\n",
        ),
    ]);
    let got = config(&tree, "shop");
    assert_eq!(got["primary_region"], "fra");
    assert_eq!(got["env"], json!({"A": "outer", "F": "outer", "G": "inner"}));
    assert_eq!(tree.app("shop").unwrap().projects, ["outer", "inner"]);
}

#[test]
fn lists_meet_as_it_is_said() {
    let defaults =
        "defaults:\n  processes_x: [a]\n  metrics: [{port: 1, path: /a}, {port: 2, path: /b}]\n  statics_x: [s]\n";
    let lists = "lists: {processes_x: append, metrics: {merge: port}}\n";
    let tree = tree(&[
        ("project.yaml", &format!("project: all\n{defaults}{lists}")),
        (
            "shop/app.yaml",
            "app: shop\nprocesses_x: [a, b]\nmetrics: [{port: 2, path: /new}, {port: 3, path: /c}]\nstatics_x: [t]\n",
        ),
        (
            "own/app.yaml",
            "app: own\nprocesses_x: [b]\nstatics_x: [t]\ngitops: {lists: {processes_x: replace, statics_x: append}}\n",
        ),
    ]);
    let shop = config(&tree, "shop");
    assert_eq!(shop["processes_x"], json!(["a", "b"]));
    assert_eq!(
        shop["metrics"],
        json!([{"port": 1, "path": "/a"}, {"port": 2, "path": "/new"}, {"port": 3, "path": "/c"}])
    );
    assert_eq!(shop["statics_x"], json!(["t"]));
    let own = config(&tree, "own");
    assert_eq!((&own["processes_x"], &own["statics_x"]), (&json!(["b"]), &json!(["s", "t"])));
}

/// FlyCD's own example, rewritten: a project in a folder named `projects`, one that leads elsewhere, an app of a
/// repository, and one with a Dockerfile.
const FLYCD: &[(&str, &str)] = &[
    (
        "projects/example/project.yaml",
        "project: example\nsource: {type: local, path: apps}\ncommon:\n  app_defaults:\n    env: {FROM: defaults, LEVEL: info}\n    \
         extra: [one, two]\n  app_overrides:\n    env: {LEVEL: debug}\n  substitutions:\n    REGION_HERE: ams\n",
    ),
    (
        "projects/example/apps/git/app.yaml",
        "app: from-git\nprimary_region: REGION_HERE\nsource:\n  type: git\n  repo: https://example.com/app\n  path: web\n  ref: {tag: v1, \
         branch: main}\nextra: [two, three]\nenv: {FROM: null}\nextra_regions: [fra]\nmachines: {count: 2, ram_mb: 512}\n\
         secrets: [{name: TOKEN}, {name: KEY, type: raw, raw: hush}]\nnetwork: {ips: [{v: v6}, {v: v4, shared: true}]}\n\
         deploy_params: [--now]\nvolumes: [{name: data, size_gb: 10, count: 1}]\n",
    ),
    ("projects/example/apps/local/app.yaml", "app: local\nprimary_region: fra\nsource: {type: local}\norg: acme\n"),
    ("elsewhere/app.yaml", "app: not-reached\n"),
];

#[test]
fn trees_of_flycd_load_by_its_rules() {
    let tree = tree(FLYCD);
    assert!(tree.is_whole(), "{}", all(&tree));
    let names: Vec<_> = tree.apps.iter().map(|app| app.name.as_str()).collect();
    assert_eq!(names, ["from-git", "local"], "only `projects` is looked into where there is one");
    assert_eq!(
        config(&tree, "from-git"),
        json!({"app": "from-git", "primary_region": "ams", "env": {"FROM": "defaults", "LEVEL": "debug"},
               "extra": ["one", "two", "three"], "vm": [{"memory": "512mb"}]})
    );
    let app = tree.app("from-git").unwrap();
    assert_eq!(
        app.settings.source,
        AppSource::Git {
            repository: Repository { url: "https://example.com/app".into(), reference: Reference::Tag("v1".into()) },
            path: "web".into()
        }
    );
    let settings = serde_json::to_value(&app.settings).unwrap();
    assert_eq!(settings["scale"]["regions"], json!({"ams": 2, "fra": 2}));
    assert_eq!(settings["secrets"], json!({"KEY": {"value": "…"}, "TOKEN": {"env": "TOKEN"}}));
    assert_eq!(settings["addresses"], json!(["v6", "shared_v4"]));
    assert_eq!(settings["volumeSizeGb"], 10);
    assert_eq!(tree.app("local").unwrap().settings.organization.as_deref(), Some("acme"));
    // Appended list, null, path, raw secret, deploy_params, machines.
    assert_eq!(notes(&tree, Code::FlycdDifference), 6, "{}", all(&tree));
    assert!(!format!("{app:?}{:?}", app.settings).contains("hush"));
    assert!(!app.with_origins().contains("hush"));
}

#[test]
fn what_is_imported_gives_the_same_apps() {
    let ours: Vec<(String, String)> = FLYCD
        .iter()
        .map(|(path, text)| {
            let (imported, _) = import_flycd(&Source::new(*path, *text)).into_parts();
            ((*path).to_owned(), imported.map_or((*text).to_owned(), |imported| imported.text))
        })
        .collect();
    let ours: Vec<(&str, &str)> = ours.iter().map(|(path, text)| (path.as_str(), text.as_str())).collect();
    let (before, after) = (tree(FLYCD), tree(&ours));
    assert!(after.is_whole(), "{}", all(&after));
    for (one, other) in before.apps.iter().zip(&after.apps) {
        assert_eq!(one.config(), other.config());
        assert_eq!(one.settings, other.settings);
    }
    assert_eq!(notes(&after, Code::FlycdDifference), 0, "{}", all(&after));
}

#[test]
fn circles_end() {
    let tree = tree(&[
        ("project.yaml", "project: round\nsource: {type: local, path: .}\n"),
        ("app.yaml", "app: one\nprimary_region: ams\n"),
        ("a/project.yaml", "project: back\nsource: {folder: ..}\n"),
        ("a/app.yaml", "app: two\nprimary_region: ams\n"),
    ]);
    assert!(tree.is_whole(), "{}", all(&tree));
    assert_eq!(tree.apps.len(), 2);
    assert_eq!(tree.app("one").unwrap().projects, ["round", "back"]);
}

#[test]
fn repositories_are_asked_for_one_after_the_other() {
    let repository = |url: &str| Repository { url: url.to_owned(), reference: Reference::Branch("main".into()) };
    let project =
        |name: &str, url: &str| format!("project: {name}\nsource: {{git: {url}, branch: main, path: apps}}\n");
    let mut forest = Forest::default();
    let first = project("one", "https://example.com/one");
    forest.trees.insert(Place::Here, Ok(files(&[("project.yaml", &first), ("z/app.yaml", "app: z\n")])));
    let tree = load(&forest, "");
    assert_eq!(tree.needs, BTreeSet::from([Need::Repository(repository("https://example.com/one"))]));
    assert!(!tree.is_whole() && tree.app("z").is_some());

    let second = project("two", "https://example.com/two");
    let mut one = files(&[("apps/project.yaml", &second), ("apps/a/app.yaml", "app: a\n")]);
    one.name = "one@main".into();
    forest.trees.insert(Place::Git(repository("https://example.com/one")), Ok(one));
    forest.trees.insert(Place::Git(repository("https://example.com/two")), Err("it is gone".into()));
    let tree = load(&forest, "");
    assert!(tree.needs.is_empty() && !tree.is_whole());
    assert_eq!(tree.app("a").unwrap().file, "one@main//apps/a/app.yaml");
    assert_eq!(tree.repositories().len(), 2);
    let message = "one@main//apps/project.yaml:1 invalid-tree: branch main of the repository `https://example.com/two` can't be had: \
                   it is gone";
    assert_eq!(lines(&tree.diagnostics, &tree.texts), message);
}

#[test]
fn a_folder_outside_is_asked_for_only_on_this_machine() {
    let tree = tree(&[("project.yaml", "project: out\nsource: {folder: ../../other}\n")]);
    assert_eq!(tree.needs, BTreeSet::from([Need::Folder("../../other".into())]));

    let repository = Repository { url: "https://example.com/x".into(), reference: Reference::Head };
    let mut forest = Forest::default();
    forest
        .trees
        .insert(Place::Here, Ok(files(&[("project.yaml", "project: a\nsource: {git: 'https://example.com/x'}\n")])));
    let escape = files(&[("project.yaml", "project: out\nsource: {folder: ../../etc}\n")]);
    forest.trees.insert(Place::Git(repository), Ok(escape));
    let tree = load(&forest, "");
    assert!(tree.needs.is_empty());
    assert!(all(&tree).contains("the folder `../../etc` leads out of the repository"), "{}", all(&tree));
}

#[test]
fn every_mistake_is_told_where_it_stands() {
    let tree = tree(&[
        (
            "project.yaml",
            "project: -bad-\ndefault: {}\noverrides: 5\nsubstitutions: [{match: '(', with: x}]\nsource: {git: --upload-pack=x}\n",
        ),
        (
            "a/app.yaml",
            "app: a\nhttp_service:\n  internal_port: many\ngitops:\n  sekrets: {}\n  depends_on: [b, gone]\n  windows: [{from: '25:00', to: \
             '08:00'}]\n  scale: {regions: {nowhere: 1}}\n  source: {}\n",
        ),
        ("b/app.yaml", "app: b\ngitops: {depends_on: [a, b]}\n"),
        ("c/app.yaml", "app: [1\n"),
        ("d/app.yaml", "env: {}\n"),
        ("e/app.yaml", "app: b\n"),
        ("f/score.yaml", "apiVersion: score.dev/v1b1\nmetadata: {name: f}\ncontainers: {}\n"),
    ]);
    let expected = "\
a/app.yaml:3 invalid-fly-config: `http_service.internal_port` must be a whole number from 0 to 65535
a/app.yaml:5 invalid-tree: `gitops` has no key `sekrets`
a/app.yaml:6 invalid-tree: there is no app `gone` in this tree
a/app.yaml:7 invalid-tree: `25:00` is no time of the day
a/app.yaml:8 invalid-tree: `nowhere` can't be a region
a/app.yaml:9 invalid-tree: `source` must say one place
b/app.yaml:2 invalid-tree: the app `b` waits for itself, or for others that wait for each other
c/app.yaml:1 invalid-yaml: this `[` is not closed";
    let found = all(&tree);
    for line in expected.lines() {
        assert!(found.contains(line), "no {line} in\n{found}");
    }
    for line in [
        "d/app.yaml:1 invalid-tree: this app has no name",
        "e/app.yaml:1 shadowed-app: the app `b` is there already, in b/app.yaml",
        "project.yaml:1 invalid-tree: `-bad-` can't be the name of a project",
        "project.yaml:2 invalid-tree: a project has no key `default`",
        "project.yaml:3 invalid-tree: `overrides` must be a map, and this is a number",
        "project.yaml:4 invalid-tree: `(` is no regular expression",
        "project.yaml:5 invalid-tree: this can't be the address of a repository",
    ] {
        assert!(found.contains(line), "no {line} in\n{found}");
    }
    assert!(!tree.is_whole());
    assert!(tree.apps.iter().any(|app| app.name == "f" && !app.is_sound()), "{found}");
    let helpless = tree.diagnostics.iter().filter(|one| one.severity == Severity::Error && one.help.is_none());
    assert_eq!(helpless.count(), 0);
}

#[test]
fn score_files_take_what_projects_say_about_their_apps() {
    let score = "apiVersion: score.dev/v1b1\nmetadata: {name: web}\ncontainers: {main: {image: nginx}}\n";
    let tree = tree(&[
        ("project.yaml", "project: all\ndefaults: {gitops: {app_prefix: acme-, organization: acme}, env: {A: b}}\n"),
        ("web/score.yaml", score),
        ("web/gitops.yaml", "suspend: true\n"),
    ]);
    assert!(tree.is_whole(), "{}", all(&tree));
    let app = tree.app("acme-web").unwrap();
    assert!(app.settings.suspend && app.settings.organization.as_deref() == Some("acme"));
}

#[test]
fn substitutions_are_bounded() {
    let text = format!("app: a\nprimary_region: ams\nenv: {{A: '{}'}}\n", "x".repeat(100_000));
    let with = "y".repeat(1000);
    let project = format!("project: p\nsubstitutions: [{{match: x, with: {with}}}]\n");
    let tree = tree(&[("project.yaml", &project), ("a/app.yaml", &text)]);
    assert!(
        all(&tree).contains("makes this file larger than 4 MiB"),
        "{}",
        all(&tree).chars().take(500).collect::<String>()
    );
}
