//! States of earlier versions. Those in `state/` were written by the score-fly of their time, each with the
//! journal of a run that was killed.

use std::fs;
use std::path::Path;

use score_fly_core::resource::Uid;
use score_fly_engine::encryption::Identities;
use score_fly_engine::provisioner::Kind;
use score_fly_engine::store::{Store, Waiting};
use score_fly_engine::{CancelToken, FileStore, Project, State, Wait};
use serde_json::json;
use tempfile::TempDir;

/// A project with the state of a folder in `state/`.
fn project(name: &str) -> (TempDir, FileStore) {
    let root = tempfile::tempdir().unwrap();
    let folder = root.path().join(".score-fly");
    fs::create_dir(&folder).unwrap();
    for file in ["state.yaml", "journal.jsonl"] {
        fs::copy(fixture(name, file), folder.join(file)).unwrap();
    }
    let store = FileStore::new(root.path());
    (root, store)
}

fn fixture(name: &str, file: &str) -> String {
    format!("{}/tests/state/{name}/{file}", env!("CARGO_MANIFEST_DIR"))
}

fn open(store: &FileStore, identities: &Identities) -> Project {
    let waiting = Waiting { wait: Wait::Never, cancel: &CancelToken::new(), told: &|_| {} };
    Project::open(store, identities, waiting).unwrap()
}

fn written(root: &Path) -> String {
    assert!(!root.join(".score-fly/journal.jsonl").exists());
    fs::read_to_string(root.join(".score-fly/state.yaml")).unwrap()
}

/// What was made, as the program and the templates that made it answered.
fn check(state: &State) {
    assert_eq!(state.app_prefix, "acme-");
    let ids: Vec<&str> = state.provisioners.iter().map(|one| one.id.as_str()).take(5).collect();
    assert_eq!(ids, ["databases", "mail", "caches", "template://acme/postgres", "cmd://sh#queue"]);
    assert_eq!(state.provisioners.iter().filter(|one| matches!(one.kind, Kind::Builtin(_))).count(), 6);
    let spec = &state.workloads["api"].spec;
    assert_eq!(state.workloads["api"].file, Path::new("api.yaml"));
    assert_eq!(spec.containers["main"].image, "registry.example.com/api:1.4");
    assert_eq!(spec.resources.len(), 5);

    let cache = &state.resources[&"redis.small#api.cache".parse::<Uid>().unwrap()];
    assert_eq!(cache.guid, "a9b3d1a8-36cf-4e56-adc0-bbf86832e2ac");
    assert_eq!(json!(cache.params), json!({"from": "db.example.com", "size": 3}));
    assert_eq!(json!(cache.outputs), json!({"host": "redis-7.example.com", "port": 6379}));
    assert_eq!(json!(cache.secret_outputs), json!(["password"]));
    assert_eq!(json!(cache.needs), json!(["postgres.default#shared"]));
    assert_eq!(cache.provisioner.as_deref(), Some("caches"));
    let orphans: Vec<String> = state.orphans().iter().map(ToString::to_string).collect();
    assert_eq!(orphans, ["dns.default#worker.site", "redis.small#worker.cache", "smtp.default#worker.mail"]);
}

/// What may be secret, in a state that is not encrypted or was decrypted.
fn check_hidden(state: &State) {
    let cache = &state.resources[&"redis.small#api.cache".parse::<Uid>().unwrap()];
    assert_eq!(json!(cache.state), json!({"server": 7, "made": {"at": ["x", null, 1.5]}}));
    assert_eq!(json!(state.shared_state), json!({"next": 8}));
    let Kind::Http(http) = &state.provisioner("databases").unwrap().kind else { panic!("it is a server") };
    assert_eq!(http.url, "https://user:hunter2@provisioner.example.com/databases");
    let Kind::Static(mail) = &state.provisioner("mail").unwrap().kind else { panic!("it is static") };
    assert_eq!(mail.secrets["password"].expose(), &json!("correct horse"));
}

#[test]
fn version_1_is_read_and_written() {
    let (root, store) = project("v1");
    check(&Project::read(&store).unwrap());
    let project = open(&store, &Identities::default());
    check(&project.state);
    check_hidden(&project.state);
    drop(project);
    // The journal has nothing that the state did not have.
    assert_eq!(written(root.path()), fs::read_to_string(fixture("v1", "state.yaml")).unwrap());
}

#[test]
fn version_1_is_decrypted_and_encrypted() {
    let (root, store) = project("v1-encrypted");
    check(&Project::read(&store).unwrap());
    let mut identities = Identities::default();
    identities.read(&fs::read_to_string(fixture("v1-encrypted", "key.txt")).unwrap()).unwrap();
    let project = open(&store, &identities);
    check(&project.state);
    check_hidden(&project.state);
    let state = project.state.clone();
    drop(project);
    let text = written(root.path());
    assert!(!text.contains("hunter2") && !text.contains("correct horse"), "{text}");
    assert_eq!(open(&store, &identities).state, state);
}

/// As a journal says it that was left by a run in which something changed.
#[test]
fn what_a_journal_says_counts() {
    let (root, store) = project("v1");
    let line = "{\"uid\":\"redis.small#worker.cache\",\"resource\":null,\"shared\":{\"next\":null,\"last\":1}}\n";
    fs::write(root.path().join(".score-fly/journal.jsonl"), line).unwrap();
    let listed = Project::read(&store).unwrap();
    let state = open(&store, &Identities::default()).state.clone();
    assert_eq!(listed, state);
    assert_eq!(json!(state.shared_state), json!({"last": 1}));
    assert!(!written(root.path()).contains("worker.cache"));
}

#[test]
fn what_was_half_written_is_removed() {
    let (root, store) = project("v1");
    let folder = root.path().join(".score-fly");
    for name in ["state.yaml.new", ".score-fly-a1B2c3.tmp"] {
        fs::write(folder.join(name), "version: 1\napp_pre").unwrap();
    }
    drop(open(&store, &Identities::default()));
    let mut names: Vec<_> = fs::read_dir(&folder).unwrap().map(|entry| entry.unwrap().file_name()).collect();
    names.sort();
    assert_eq!(names, [".gitignore", "lock", "state.yaml"]);
}

#[test]
fn a_wait_can_be_cancelled() {
    let (_root, store) = project("v1");
    let _held = open(&store, &Identities::default());
    let cancel = CancelToken::new();
    let told = |holder: &str| {
        assert_eq!(holder, std::process::id().to_string());
        cancel.cancel();
    };
    let waiting = Waiting { wait: Wait::UntilFree, cancel: &cancel, told: &told };
    let error = store.open(waiting).unwrap_err();
    assert_eq!(error.to_string(), "interrupted while another run of score-fly was at work in this project");
}
