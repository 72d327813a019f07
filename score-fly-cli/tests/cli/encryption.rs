//! Projects whose secrets are encrypted.

use age::secrecy::ExposeSecret as _;
use age::x25519::Identity;
use serde_json::{Value, json};

use crate::sandbox::Sandbox;

const SCORE: &str = "\
apiVersion: score.dev/v1b1
metadata: {name: web}
containers:
  main:
    image: nginx
    variables: {CACHE: '${resources.cache.host}:${resources.cache.password}', KEY: '${resources.fixed.key}'}
resources:
  cache: {type: redis}
  fixed: {type: fixed}
";

/// Each kind of secret that a provisioner may answer, and what it was told.
const REDIS: &str = r#"
cat >> requests.log; echo >> requests.log; env >> env.log
echo '{"state": {"s": "hunter-state"}, "shared": {"t": "hunter-shared"}, "values": {"host": "h"}, "secrets": {"password": "hunter-secret"}}'
"#;

struct Key {
    public: String,
    file: String,
}

fn key() -> Key {
    let identity = Identity::generate();
    let public = identity.to_public().to_string();
    Key { file: format!("# public key: {public}\n{}\n", identity.to_string().expose_secret()), public }
}

/// A project that is encrypted to the first key, whose identity file is `one.key`.
fn project() -> (Sandbox, Key, Key) {
    let (one, two) = (key(), key());
    let sandbox = Sandbox::new([
        ("score.yaml", SCORE),
        ("redis.sh", REDIS),
        ("one.key", &one.file),
        ("two.key", &two.file),
        ("requests.log", ""),
    ]);
    sandbox.run(&["init", "--fly-app-prefix", "ex-", "--no-sample", "--encrypt-to", &one.public]).ends_with(0);
    let add = ["provisioners", "add", "--identity", "one.key"];
    sandbox.run(&[&add[..], &["cache", "redis", "--cmd-binary", "sh", "--cmd-args", "redis.sh"]].concat()).ends_with(0);
    let outputs = r#"{"values": {"plain": 1}, "secrets": {"key": "hunter-static"}}"#;
    sandbox.run(&[&add[..], &["fixed", "fixed", "--static-json", outputs]].concat()).ends_with(0);
    let url = "http://user:hunter-url@localhost:9/path?token=hunter-token";
    sandbox.run(&[&add[..], &["server", "server", "--http-url", url]].concat()).ends_with(0);
    (sandbox, one, two)
}

/// Fails if a secret stands anywhere in the project's folder.
#[track_caller]
fn nothing_is_clear(sandbox: &Sandbox) {
    for (name, content) in sandbox.files() {
        let text = String::from_utf8(content).unwrap();
        assert!(!name.starts_with(".score-fly") || !text.contains("hunter"), "{name}:\n{text}");
    }
}

fn state(sandbox: &Sandbox) -> Value {
    serde_yaml::from_str(&sandbox.read(".score-fly/state.yaml")).unwrap()
}

fn requests(sandbox: &Sandbox) -> Vec<Value> {
    let requests = sandbox.read("requests.log").lines().map(|line| serde_json::from_str(line).unwrap()).collect();
    sandbox.write("requests.log", "");
    requests
}

#[test]
fn secrets_are_remembered_and_never_clear() {
    let (sandbox, ..) = project();
    nothing_is_clear(&sandbox);
    let with = |arguments: &[&str]| sandbox.run(&[arguments, &["--identity", "one.key"]].concat());
    with(&["generate", "score.yaml"]).ends_with(0);
    nothing_is_clear(&sandbox);
    let env = sandbox.read("fly_web.env");
    assert!(env.contains("h:hunter-secret") && env.contains("hunter-static"), "{env}");
    assert_eq!(requests(&sandbox)[0]["state"], json!({}));

    with(&["generate"]).ends_with(0);
    let told = &requests(&sandbox)[0];
    assert_eq!((&told["state"], &told["shared"]), (&json!({"s": "hunter-state"}), &json!({"t": "hunter-shared"})));
    // What is kept need not be asked for.
    sandbox.write("fly_web.env", "");
    with(&["generate", "--only-new"]).ends_with(0);
    assert_eq!(sandbox.read("fly_web.env"), env);
    let run = with(&["resources", "get-outputs", "redis.default#web.cache", "--reveal"]).ends_with(0);
    assert_eq!(serde_json::from_str::<Value>(&run.stdout).unwrap(), json!({"host": "h", "password": "hunter-secret"}));
    assert!(requests(&sandbox).is_empty());
}

/// An identity is no business of provisioners and workloads.
#[test]
fn identities_may_stand_in_the_environment_and_stay_there() {
    let (sandbox, one, _) = project();
    sandbox.run_with_env(&["generate", "score.yaml"], "SCORE_FLY_IDENTITY", &one.file).ends_with(0);
    assert!(!sandbox.read("env.log").contains("IDENTITY"));
    let peek = SCORE.replace("type: redis", "type: environment").replace("cache.host", "cache.SCORE_FLY_IDENTITY");
    sandbox.write("score.yaml", peek.replace("cache.password", "cache.PATH"));
    let run = sandbox.run_with_env(&["generate", "score.yaml"], "SCORE_FLY_IDENTITY", &one.file).ends_with(2);
    assert!(run.stderr.contains("SCORE_FLY_IDENTITY") && !run.stderr.contains("AGE-SECRET"), "{}", run.stderr);
}

#[test]
fn without_the_identity_there_are_lists_and_nothing_else() {
    let (sandbox, one, _) = project();
    sandbox.run(&["generate", "score.yaml", "--identity", "one.key"]).ends_with(0);
    let before = sandbox.read(".score-fly/state.yaml");
    let run = sandbox.run(&["resources", "list"]).ends_with(0);
    assert!(run.stdout.contains("redis.default#web.cache  provisioned  cache        host, password"), "{}", run.stdout);
    let run = sandbox.run(&["provisioners", "list"]).ends_with(0);
    assert!(run.stdout.contains("static, 2 outputs") && run.stdout.contains("http://localhost:9"), "{}", run.stdout);
    sandbox.run(&["workloads", "list"]).ends_with(0);
    let run = sandbox.run(&["resources", "get-outputs", "redis.default#web.cache"]).ends_with(0);
    assert!(run.stdout.contains("********"), "{}", run.stdout);

    let changes: [&[&str]; 6] = [
        &["generate", "score.yaml"],
        &["resources", "get-outputs", "redis.default#web.cache", "--reveal"],
        &["resources", "prune", "--yes"],
        &["workloads", "remove", "web"],
        &["provisioners", "add", "x", "redis", "--static-json", "{}"],
        &["init", "--encrypt-to", &one.public],
    ];
    for arguments in changes {
        let run = sandbox.run(arguments).ends_with(1);
        let says = format!(
            "error[missing-identity]: the secrets in `.score-fly/state.yaml` are encrypted\n |\n = help: give an \
             identity that can decrypt them; they are encrypted to `{}` (--identity names a file with one, or it stands \
             in SCORE_FLY_IDENTITY)\n\n1 error\n",
            one.public
        );
        assert_eq!(run.stderr, says, "{arguments:?}");
        let run = sandbox.run(&[arguments, &["--identity", "two.key"]].concat()).ends_with(1);
        assert!(run.stderr.contains("can't be decrypted by the identity that is given"), "{}", run.stderr);
        assert_eq!(sandbox.read(".score-fly/state.yaml"), before);
    }
    for (text, says) in [
        ("one.key", "`bad.key`: line 1 is no identity of age"),
        ("# nothing\n", "`bad.key`: there is no identity of age in it"),
    ] {
        sandbox.write("bad.key", text);
        let run = sandbox.run(&["generate", "--identity", "bad.key"]).ends_with(1);
        assert!(run.stderr.contains(says), "{}", run.stderr);
    }
    let run = sandbox.run(&["generate", "--identity", "no.key"]).ends_with(1);
    assert!(run.stderr.contains("cannot read `no.key`"), "{}", run.stderr);
}

#[test]
fn recipients_can_be_exchanged() {
    let (sandbox, one, two) = project();
    let generate = |key: &str| sandbox.run(&["generate", "score.yaml", "--identity", key]);
    generate("one.key").ends_with(0);
    let encrypt_to = |recipients: &[&str], key: &str| {
        let recipients: Vec<&str> = recipients.iter().flat_map(|recipient| ["--encrypt-to", *recipient]).collect();
        sandbox.run(&[&["init", "--no-sample", "--identity", key], &recipients[..]].concat()).ends_with(0)
    };
    let run = encrypt_to(&[&one.public, &two.public], "one.key");
    assert_eq!(run.stderr, "encrypted the secrets in .score-fly/state.yaml\n");
    generate("one.key").ends_with(0);
    generate("two.key").ends_with(0);
    // What stays as it is isn't written.
    let before = sandbox.read(".score-fly/state.yaml");
    encrypt_to(&[&one.public, &two.public], "one.key");
    encrypt_to(&[], "one.key");
    assert_eq!(sandbox.read(".score-fly/state.yaml"), before);
    encrypt_to(&[&two.public], "two.key");
    generate("one.key").ends_with(1);
    requests(&sandbox);
    generate("two.key").ends_with(0);
    assert_eq!(requests(&sandbox)[0]["state"], json!({"s": "hunter-state"}));
}

#[test]
fn a_project_can_be_encrypted_later() {
    let key = key();
    let sandbox = Sandbox::new([("score.yaml", SCORE), ("redis.sh", REDIS), ("one.key", &key.file)]);
    sandbox.run(&["init", "--fly-app-prefix", "ex-", "--no-sample"]).ends_with(0);
    sandbox.run(&["provisioners", "add", "x", "redis", "--cmd-binary", "sh", "--cmd-args", "redis.sh"]).ends_with(0);
    sandbox.run(&["provisioners", "add", "y", "fixed", "--static-json", r#"{"key": "k"}"#]).ends_with(0);
    sandbox.run(&["generate", "score.yaml"]).ends_with(0);
    assert!(sandbox.read(".score-fly/state.yaml").contains("hunter-state"));
    sandbox.run(&["init", "--no-sample", "--encrypt-to", &key.public]).ends_with(0);
    nothing_is_clear(&sandbox);
    requests(&sandbox);
    sandbox.run(&["generate", "--identity", "one.key"]).ends_with(0);
    assert_eq!(requests(&sandbox)[0]["state"], json!({"s": "hunter-state"}));

    // Whoever begins a project need not be one of those who go on with it.
    let sandbox =
        Sandbox::new([("more.provisioners.yaml", "- {uri: 'static://x', type: x, secrets: {key: hunter}}\n")]);
    let init = ["init", "--fly-app-prefix", "ex-", "--no-sample", "--encrypt-to", &key.public];
    sandbox.run(&[&init[..], &["--provisioners", "more.provisioners.yaml"]].concat()).ends_with(0);
    nothing_is_clear(&sandbox);

    let run = Sandbox::new([]).run(&["init", "--fly-app-prefix", "ex-", "--encrypt-to", "age1nobody"]).ends_with(1);
    assert!(run.stderr.contains("a public key of age, `age1…`"), "{}", run.stderr);
}

/// What is written down while provisioners are at work is as secret as the rest.
#[test]
fn the_journal_is_encrypted_too() {
    let (sandbox, ..) = project();
    // The second resource waits for the first one, and then for ever.
    sandbox.write(
        "score.yaml",
        "apiVersion: score.dev/v1b1\nmetadata: {name: web}\ncontainers: {main: {image: nginx}}\nresources:\n  \
         cache: {type: redis}\n  last: {type: hang, params: {host: '${resources.cache.host}'}}\n",
    );
    let add = ["provisioners", "add", "hang", "hang", "--cmd-binary", "sleep", "--cmd-args", "5"];
    sandbox.run(&[&add[..], &["--identity", "one.key"]].concat()).ends_with(0);
    let mut run = sandbox.command(&["generate", "score.yaml", "--identity", "one.key"]).spawn().unwrap();
    let journal = sandbox.path().join(".score-fly/journal.jsonl");
    let start = std::time::Instant::now();
    while !std::fs::read_to_string(&journal).is_ok_and(|text| text.ends_with('\n')) {
        assert!(start.elapsed().as_secs() < 30, "there is no journal");
    }
    run.kill().unwrap();
    run.wait().unwrap();
    nothing_is_clear(&sandbox);

    // Looking at it needs no identity, and taking it up does.
    let listed = sandbox.run(&["resources", "list"]).ends_with(0);
    assert!(listed.stdout.contains("redis.default#web.cache  provisioned"), "{}", listed.stdout);
    sandbox.run(&["resources", "prune", "--yes"]).ends_with(1);
    sandbox.run(&["resources", "prune", "--yes", "--identity", "two.key"]).ends_with(1);
    requests(&sandbox);
    sandbox.run(&["workloads", "remove", "web", "--identity", "one.key"]).ends_with(0);
    nothing_is_clear(&sandbox);
    sandbox.write("hang.sh", "echo {}");
    let add = ["provisioners", "add", "hang", "hang", "--cmd-binary", "sh", "--cmd-args", "hang.sh"];
    sandbox.run(&[&add[..], &["--identity", "one.key"]].concat()).ends_with(0);
    sandbox.run(&["resources", "prune", "--yes", "--identity", "one.key"]).ends_with(0);
    assert_eq!(requests(&sandbox).last().unwrap()["state"], json!({"s": "hunter-state"}));
}

#[test]
fn a_part_that_is_missing_or_changed_is_noticed() {
    let (sandbox, ..) = project();
    sandbox.run(&["generate", "score.yaml", "--identity", "one.key"]).ends_with(0);
    let whole = sandbox.read(".score-fly/state.yaml");
    let mut without = state(&sandbox);
    without.as_object_mut().unwrap().remove("sealed");
    let sealed = state(&sandbox)["sealed"].as_str().unwrap().to_owned();
    let line = sealed.lines().nth(8).unwrap().to_owned();
    let flipped: String = line.chars().map(|c| if c == 'A' { 'B' } else { 'A' }).collect();
    for changed in [serde_yaml::to_string(&without).unwrap(), whole.replace(&line, &flipped), whole.replace(&line, "")]
    {
        sandbox.write(".score-fly/state.yaml", &changed);
        let run = sandbox.run(&["generate", "--identity", "one.key"]).ends_with(1);
        assert!(run.stderr.contains("is damaged"), "{}", run.stderr);
        assert_eq!(sandbox.read(".score-fly/state.yaml"), changed);
    }
}
