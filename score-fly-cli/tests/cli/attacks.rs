//! What hostile or unlucky surroundings must not do: lose what was made.

use std::fs::{self, OpenOptions};
use std::os::unix::fs::{PermissionsExt as _, symlink};
use std::process::{Command, Stdio};
use std::thread;
use std::time::{Duration, Instant};

use serde_json::{Value, json};

use crate::sandbox::{Sandbox, WEB};

/// A workload with a resource of type `db`.
const WITH_DB: &str = "\
apiVersion: score.dev/v1b1
metadata: {name: web}
containers:
  main: {image: nginx, variables: {DB: '${resources.db.host}'}}
resources:
  db: {type: db}
";

/// A project with a provisioner for `db`, which runs `script`.
fn project(script: &str, score: &str) -> Sandbox {
    let sandbox = Sandbox::new([("score.yaml", score), ("db.sh", script)]);
    sandbox.run(&["init", "--fly-app-prefix", "ex-", "--no-sample"]).ends_with(0);
    sandbox.run(&["provisioners", "add", "db", "db", "--cmd-binary", "sh", "--cmd-args", "db.sh"]).ends_with(0);
    sandbox
}

fn state(sandbox: &Sandbox) -> Value {
    serde_yaml::from_str(&sandbox.read(".score-fly/state.yaml")).expect("a state that can be read")
}

fn db(sandbox: &Sandbox) -> Value {
    state(sandbox)["resources"]["db.default#web.db"].clone()
}

/// So many lists in each other.
fn nested(levels: usize) -> String {
    format!("{}1{}", "[".repeat(levels), "]".repeat(levels))
}

#[test]
fn no_depth_makes_a_state_that_cannot_be_read() {
    for levels in [60, 63, 64, 65, 100, 118, 119, 120, 121, 122, 123, 124, 125, 126, 127] {
        let deep = nested(levels);
        for place in ["params", "metadata"] {
            let value = format!("{{type: db, {place}: {{a: {deep}}}}}");
            let sandbox = project(r#"echo '{"values": {"host": "h"}}'"#, &WITH_DB.replace("{type: db}", &value));
            let run = sandbox.run(&["generate", "score.yaml"]);
            assert_eq!(run.code, if levels <= 60 { 0 } else { 2 }, "{levels} {place}: {}", run.stderr);
            assert!(run.code == 0 || run.stderr.contains("score.yaml"), "{}", run.stderr);
            sandbox.run(&["resources", "list"]).ends_with(0);
        }
        for key in ["values", "secrets", "state", "shared"] {
            let answer =
                format!("{{\"state\": {{\"id\": 7}}, \"values\": {{\"host\": \"h\"}}, \"{key}\": {{\"a\": {deep}}}}}");
            let answer = if key == "state" { answer.replacen("\"state\": {\"id\": 7}, ", "", 1) } else { answer };
            let answer =
                if key == "values" { answer.replacen("\"values\": {\"host\": \"h\"}, ", "", 1) } else { answer };
            let sandbox =
                project(&format!("echo '{answer}'"), &WITH_DB.replace("variables: {DB: '${resources.db.host}'}", ""));
            let run = sandbox.run(&["generate", "score.yaml"]);
            assert_eq!(run.code, if levels <= 63 { 0 } else { 2 }, "{levels} {key}: {}", run.stderr);
            // What fits is kept.
            if key != "state" && levels < 124 {
                assert_eq!(db(&sandbox)["state"]["id"], 7, "{levels} {key}: {}", run.stderr);
            }
            sandbox.run(&["generate"]);
            sandbox.run(&["resources", "list"]).ends_with(0);
        }
    }
}

#[test]
fn a_state_of_score_flyio_that_is_too_deep_is_not_taken_over() {
    let state = format!("app_prefix: ex-\nresources:\n  a.default#b: {{guid: g, state: {{x: {}}}}}\n", nested(100));
    let sandbox = Sandbox::new([(".score-flyio/state.yaml", state.as_str())]);
    let run = sandbox.run(&["init", "--import", "--no-sample"]).ends_with(1);
    assert!(
        run.stderr.contains("a value of the resource `a.default#b` is nested more than 64 levels deep"),
        "{}",
        run.stderr
    );
    assert!(!sandbox.path().join(".score-fly/state.yaml").exists());
}

#[test]
fn a_provisioner_is_replaced_only_by_one_that_can_take_down() {
    let sandbox = project(r#"echo '{"values": {"host": "h"}, "state": {"id": 7}}'"#, WITH_DB);
    sandbox.run(&["generate", "score.yaml"]).ends_with(0);
    let before = sandbox.read(".score-fly/state.yaml");
    sandbox.write("new.provisioners.yaml", "- {uri: 'template://db', type: db, outputs: 'host: h'}\n");
    let says = "`db.default#web.db` was made by the provisioner `db` that is there";
    // A server that has never heard of it, and the same program for resources of another type.
    for arguments in [
        &["provisioners", "add", "db", "db", "--http-url", "http://127.0.0.1:9"][..],
        &["provisioners", "add", "db", "other", "--cmd-binary", "sh", "--cmd-args", "db.sh"],
    ] {
        let run = sandbox.run(arguments).ends_with(1);
        assert!(run.stderr.contains(says), "{}", run.stderr);
    }
    assert_eq!(sandbox.read(".score-fly/state.yaml"), before);
    // Another program of that kind is told what the old one answered.
    sandbox.write("new.sh", "cat > told; echo '{}'");
    sandbox.run(&["provisioners", "add", "db", "db", "--cmd-binary", "sh", "--cmd-args", "new.sh"]).ends_with(0);
    sandbox.run(&["resources", "deprovision", "db.default#web.db"]).ends_with(0);
    let told: Value = serde_json::from_str(&sandbox.read("told")).unwrap();
    assert_eq!(told["state"], json!({"id": 7}));
}

#[test]
fn a_fetched_provisioner_does_not_orphan_what_another_one_made() {
    let entry = "- {uri: 'cmd://./db.sh', type: db}\n";
    let sandbox = Sandbox::new([("score.yaml", WITH_DB), ("a.provisioners.yaml", entry)]);
    sandbox.write(
        "db.sh",
        "#!/bin/sh\necho '{\"resource_outputs\": {\"host\": \"h\"}, \"resource_state\": {\"id\": 7}}'\n",
    );
    fs::set_permissions(sandbox.path().join("db.sh"), fs::Permissions::from_mode(0o755)).unwrap();
    sandbox
        .run(&["init", "--fly-app-prefix", "ex-", "--no-sample", "--provisioners", "a.provisioners.yaml"])
        .ends_with(0);
    sandbox.run(&["generate", "score.yaml"]).ends_with(0);
    let before = sandbox.read(".score-fly/state.yaml");
    sandbox.write("b.provisioners.yaml", entry.replace("type: db", "type: other"));
    let run = sandbox.run(&["init", "--no-sample", "--provisioners", "b.provisioners.yaml"]).ends_with(1);
    assert!(run.stderr.contains("could not take that down: give the new one another id"), "{}", run.stderr);
    assert_eq!(sandbox.read(".score-fly/state.yaml"), before);
}

#[test]
fn what_was_printed_in_full_is_kept() {
    let answer = r#"echo '{"state": {"id": 7}}'"#;
    for (name, script, says) in [
        ("a timeout", format!("{answer}\nexec sleep 60"), "did not answer within 1s"),
        (
            "a timeout, and deaf",
            format!("trap '' TERM\n{answer}\nwhile :; do sleep 0.1; done"),
            "did not answer within 1s",
        ),
        ("too much", format!("{answer}\nhead -c 3000000 /dev/zero"), "answered more than 1048576 bytes"),
        ("too much at the end", format!("{answer}\nhead -c 1100000 /dev/zero\nexit 0"), "more than 1048576 bytes"),
    ] {
        let sandbox = project(&script, WITH_DB);
        let add = ["provisioners", "add", "db", "db", "--cmd-binary", "sh", "--cmd-args", "db.sh", "--timeout", "1s"];
        sandbox.run(&add).ends_with(0);
        let run = sandbox.run(&["generate", "score.yaml"]).ends_with(2);
        assert!(run.stderr.contains(says), "{name}: {}", run.stderr);
        assert_eq!(db(&sandbox)["state"], json!({"id": 7}), "{name}");
        assert_eq!(db(&sandbox)["pending"], true, "{name}");
    }
}

#[test]
fn what_was_printed_before_a_signal_is_kept() {
    let sandbox =
        project("trap '' TERM\necho '{\"state\": {\"id\": 7}}'\necho > ready\nwhile :; do sleep 0.1; done", WITH_DB);
    let mut run = sandbox.command(&["generate", "score.yaml"]).stderr(Stdio::null()).spawn().unwrap();
    wait_for(|| sandbox.path().join("ready").exists());
    assert!(Command::new("kill").args(["-TERM", &run.id().to_string()]).status().unwrap().success());
    assert_eq!(run.wait().unwrap().code(), Some(143));
    assert_eq!(db(&sandbox)["state"], json!({"id": 7}));
}

fn wait_for(mut condition: impl FnMut() -> bool) {
    let start = Instant::now();
    while !condition() {
        assert!(start.elapsed() < Duration::from_secs(30));
        thread::sleep(Duration::from_millis(5));
    }
}

/// A child that the provisioner leaves behind goes on printing.
#[test]
fn a_chatty_child_does_not_hold_a_run() {
    let script =
        "(while :; do echo noise >&2; sleep 0.1; done) & echo $! > pid\necho '{\"values\": {\"host\": \"h\"}}'";
    let sandbox = project(script, WITH_DB);
    let start = Instant::now();
    sandbox.run(&["-q", "generate", "score.yaml"]).ends_with(0);
    let took = start.elapsed();
    Command::new("kill").arg(sandbox.read("pid").trim()).status().unwrap();
    assert!(took < Duration::from_secs(10), "{took:?}");
}

#[test]
fn a_project_that_cannot_be_reached_is_not_taken_for_none() {
    // Only the journal is left.
    let sandbox = project("echo '{}'", WEB);
    fs::remove_file(sandbox.path().join(".score-fly/state.yaml")).unwrap();
    sandbox.write(".score-fly/journal.jsonl", "{\"uid\":\"db.default#web.db\",\"resource\":null}\n");
    let files = sandbox.files();
    for arguments in [
        &["generate", "score.yaml"][..],
        &["init", "--fly-app-prefix", "new-", "--no-sample"],
        &["resources", "list"],
        &["resources", "prune"],
    ] {
        let run = sandbox.run(arguments).ends_with(1);
        assert!(
            run.stderr.contains("`.score-fly/journal.jsonl`, which an interrupted run has left, is"),
            "{}",
            run.stderr
        );
        assert_eq!(sandbox.files(), files, "{arguments:?}");
    }
    // A link that leads nowhere, for the folder and for the state.
    for link in [".score-fly", ".score-fly/state.yaml"] {
        let sandbox = Sandbox::new([("score.yaml", WEB)]);
        let path = sandbox.path().join(link);
        fs::create_dir_all(path.parent().unwrap()).unwrap();
        symlink("/no/such/place", path).unwrap();
        for arguments in [&["generate", "score.yaml"][..], &["init", "--fly-app-prefix", "new-", "--no-sample"]] {
            let run = sandbox.run(arguments).ends_with(1);
            assert!(run.stderr.contains(&format!("cannot read `{link}`")), "{link}: {}", run.stderr);
            assert!(!sandbox.path().join("fly_web.toml").exists());
        }
    }
}

#[test]
fn planted_links_are_not_followed() {
    for name in ["lock", "state.yaml.new", "journal.jsonl"] {
        let sandbox = project(r#"echo '{"values": {"host": "h"}, "state": {"id": 7}}'"#, WITH_DB);
        sandbox.write("victim", "precious");
        let path = sandbox.path().join(".score-fly").join(name);
        let _ = fs::remove_file(&path);
        symlink(sandbox.path().join("victim"), &path).unwrap();
        sandbox.run(&["generate", "score.yaml"]);
        sandbox.run(&["init", "--no-sample"]);
        assert_eq!(sandbox.read("victim"), "precious", "{name}");
    }
}

#[test]
fn what_the_project_writes_is_its_owners() {
    let sandbox = project("echo '{}'", WEB);
    for name in ["lock", "state.yaml"] {
        let path = sandbox.path().join(".score-fly").join(name);
        fs::set_permissions(&path, fs::Permissions::from_mode(0o666)).unwrap();
    }
    sandbox.run(&["generate", "score.yaml"]).ends_with(0);
    for name in ["lock", "state.yaml"] {
        let mode = fs::metadata(sandbox.path().join(".score-fly").join(name)).unwrap().permissions().mode();
        assert_eq!(mode & 0o777, 0o600, "{name}");
    }
}

#[test]
fn output_that_is_lost_is_no_success() {
    let sandbox = Sandbox::new([("score.yaml", WEB), ("fly.toml", "app = 'x'\nbogus = 1\nprimary_region = 7\n")]);
    for arguments in [
        &["--help"][..],
        &["--version"],
        &["check", "fly.toml"],
        &["convert", "score.yaml"],
        &["explain", "invalid-yaml"],
        &["completion", "bash"],
    ] {
        let full = OpenOptions::new().write(true).open("/dev/full").unwrap();
        let output = sandbox.command(arguments).stdout(full).output().unwrap();
        let said = String::from_utf8(output.stderr).unwrap();
        assert_eq!(output.status.code(), Some(1), "{arguments:?}: {said}");
        assert!(said.contains("cannot write to standard output: No space left on device"), "{arguments:?}: {said}");
    }
}
