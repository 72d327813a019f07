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
    sandbox.run(&["resources", "deprovision", "--yes", "db.default#web.db"]).ends_with(0);
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
        &["resources", "prune", "--yes"],
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

/// The paths that a run would write, each of which it reads as well.
#[test]
fn what_a_run_reads_is_not_written_over() {
    let score = "\
apiVersion: score.dev/v1b1
metadata: {name: web}
containers:
  main:
    image: nginx
    variables: {PASSWORD: '${resources.db.password}'}
    files: {/etc/a: {source: a.txt}}
resources: {db: {type: db}}
";
    let outputs = "db: {secrets: {password: hunter2}}\n";
    let new = || Sandbox::new([("score.yaml", score), ("out.yaml", outputs), ("a.txt", "a ${resources.db.password}")]);
    for target in ["score.yaml", "out.yaml", "a.txt", "fly_web.toml", "./x/../score.yaml"] {
        let sandbox = new();
        fs::create_dir(sandbox.path().join("x")).unwrap();
        let before = sandbox.files();
        let run =
            sandbox.run(&["generate", "score.yaml", "--outputs", "out.yaml", "--secrets-file", target]).ends_with(1);
        let says = if target == "fly_web.toml" { "would be written twice" } else { "is read in this run" };
        assert!(run.stderr.contains(says) && run.stderr.contains("nothing is written"), "{target}: {}", run.stderr);
        assert_eq!(sandbox.files(), before, "{target}");
    }
    // A file that is mounted, where the workload's own fly.toml goes.
    let sandbox = new();
    sandbox.write("score.yaml", score.replace("a.txt", "fly_web.toml"));
    sandbox.write("fly_web.toml", "precious");
    sandbox.run(&["generate", "score.yaml", "--outputs", "out.yaml"]).ends_with(1);
    assert_eq!(sandbox.read("fly_web.toml"), "precious");
    // By way of a link.
    let sandbox = new();
    symlink("score.yaml", sandbox.path().join("link")).unwrap();
    sandbox.run(&["generate", "score.yaml", "--outputs", "out.yaml", "--secrets-file", "link"]).ends_with(1);
    assert_eq!(sandbox.read("score.yaml"), score);
    // In a project, before anybody is called.
    let sandbox = project("echo called > called; echo '{}'", WITH_DB);
    sandbox.run(&["generate", "score.yaml", "--secrets-file", "score.yaml"]).ends_with(1);
    assert!(!sandbox.path().join("called").exists() && sandbox.read("score.yaml") == WITH_DB);
    let sandbox = Sandbox::new([("fly.toml", "app = 'x'\n[build]\nimage = 'nginx'\n")]);
    let run = sandbox.run(&["import", "fly.toml", "-o", "fly.toml", "--force"]).ends_with(1);
    assert!(run.stderr.contains("`fly.toml` is read in this run"), "{}", run.stderr);
    assert!(sandbox.read("fly.toml").starts_with("app = 'x'"));
}

/// Whatever a secret took part in stays one.
#[test]
fn a_secret_param_stays_a_secret() {
    let score = "\
apiVersion: score.dev/v1b1
metadata: {name: web}
containers:
  main: {image: nginx, variables: {A: '${resources.filled.a}'}}
resources:
  pw: {type: pw}
  filled: {type: filled, params: {p: '${resources.pw.password}'}}
  data: {type: volume, params: {size: '${resources.pw.password}'}}
";
    let sandbox = Sandbox::new([("score.yaml", score)]);
    sandbox.write("p.provisioners.yaml", "- {uri: 'template://filled', type: filled, outputs: 'a: {{ Params.p }}'}\n");
    let init = ["init", "--fly-app-prefix", "ex-", "--no-sample", "--provisioners", "p.provisioners.yaml"];
    sandbox.run(&init).ends_with(0);
    let secret = r#"{"secrets": {"password": "hunter2-secret"}}"#;
    sandbox.run(&["provisioners", "add", "pw", "pw", "--static-json", secret]).ends_with(0);
    let run = sandbox.run(&["generate", "score.yaml"]).ends_with(0);
    assert!(!run.stderr.contains("hunter2"));
    assert!(!sandbox.read("fly_web.toml").contains("hunter2"));
    assert!(sandbox.read("fly_web.env").contains("hunter2-secret"));
    for uid in ["filled.default#web.filled", "volume.default#web.data"] {
        let run = sandbox.run(&["resources", "get-outputs", uid]).ends_with(0);
        assert!(!run.stdout.contains("hunter2") && run.stdout.contains("****"), "{}", run.stdout);
        let kept = state(&sandbox)["resources"][uid].to_string();
        assert!(!kept.contains("hunter2"), "{kept}");
    }
    // And in a message about it.
    let asks = score
        .replace("type: filled, params: {p: ", "type: service-port, params: {port: 1, workload: ")
        .replace(".a}", ".port}");
    sandbox.write("score.yaml", asks);
    let run = sandbox.run(&["generate", "score.yaml"]).ends_with(2);
    assert!(run.stderr.contains("in which there are secrets") && !run.stderr.contains("hunter2"), "{}", run.stderr);
}

#[test]
fn secrets_are_not_quoted() {
    // What `check` hides, `--update` hides.
    let toml = "app = 'x'\n[env]\ndb_password = 'hunter2' bogus\n";
    let sandbox = Sandbox::new([("score.yaml", WEB), ("fly_web.toml", toml)]);
    for arguments in [&["generate", "--update", "score.yaml"][..], &["check", "fly_web.toml"]] {
        let run = sandbox.run(arguments).ends_with(2);
        assert!(
            !format!("{}{}", run.stdout, run.stderr).contains("hunter2"),
            "{arguments:?}: {}{}",
            run.stdout,
            run.stderr
        );
    }
    // Lines inside a secret, and below its name.
    for toml in ["[env]\nSECRET = \"\"\"\nhunter2 \\z\n\"\"\"\n", "[env]\nAPI_KEY = [\n  'hunter2' 'x',\n]\n"] {
        sandbox.write("fly.toml", toml);
        let run = sandbox.run(&["check", "fly.toml"]).ends_with(2);
        assert!(!format!("{}{}", run.stdout, run.stderr).contains("hunter2"), "{}{}", run.stdout, run.stderr);
    }
    let key = "AGE-SECRET-KEY-1JNEEF9NEAZU2Z8KL9TQWTHAZAHW8U4LEAAEMWRFRRN5C6P0W64VQ5E7D3L";
    let run = sandbox.run(&["init", "--fly-app-prefix", "ex-", "--encrypt-to", key]).ends_with(1);
    assert!(run.stderr.contains("public key of age") && !run.stderr.contains("JNEEF9"), "{}", run.stderr);
}

/// A git of ours writes down what it is started with.
#[test]
fn credentials_of_repositories_are_no_arguments() {
    let sandbox = Sandbox::new([("bin/git", "#!/bin/sh\necho \"$@\" >> ../args\n")]);
    let script = "#!/bin/sh\necho \"$@\" >> \"$LOG\"\neval \"g() ${GIT_CONFIG_VALUE_1#!f()}\" 2>/dev/null; \
                  sh -c \"${GIT_CONFIG_VALUE_1#!} get\" >> \"$LOG.answer\"\nexit 1\n";
    sandbox.write("bin/git", script);
    fs::set_permissions(sandbox.path().join("bin/git"), fs::Permissions::from_mode(0o755)).unwrap();
    let path = format!("{}:{}", sandbox.path().join("bin").display(), std::env::var("PATH").unwrap());
    let mut command = sandbox.command(&[
        "init",
        "--fly-app-prefix",
        "ex-",
        "--no-sample",
        "--provisioners",
        "git-https://me:hunter%402@host.invalid/a.git/b",
    ]);
    command.env("PATH", path).env("LOG", sandbox.path().join("log"));
    assert_eq!(command.output().unwrap().status.code(), Some(1));
    let arguments = sandbox.read("log");
    assert!(arguments.contains("https://host.invalid/a.git") && !arguments.contains("hunter"), "{arguments}");
    assert_eq!(sandbox.read("log.answer"), "username=me\npassword=hunter@2\n");
}

/// Signals at many moments, while a file with secrets is replaced by another one.
#[test]
fn no_signal_leaves_a_secret_in_a_temporary_file() {
    let sandbox = Sandbox::new([("score.yaml", crate::sandbox::WITH_SECRET)]);
    for turn in 0..100_u64 {
        sandbox.write("out.yaml", crate::sandbox::OUTPUTS.replace("hunter2", &format!("hunter{turn}")));
        let mut command = sandbox.command(&["-q", "generate", "score.yaml", "--outputs", "out.yaml"]);
        let mut run = command.stderr(Stdio::null()).spawn().unwrap();
        thread::sleep(Duration::from_micros(turn * 300));
        let signal = ["-INT", "-TERM", "-HUP", "-QUIT"][usize::try_from(turn).unwrap() % 4];
        let _ = Command::new("kill").args([signal, &run.id().to_string()]).stderr(Stdio::null()).status();
        run.wait().unwrap();
    }
    let known = ["fly_api.env", "fly_api.toml", "out.yaml", "score.yaml"];
    assert!(sandbox.names().iter().all(|name| known.contains(&name.as_str())), "{:?}", sandbox.names());
}

#[test]
fn a_merge_of_two_states_is_noticed() {
    let sandbox = project(r#"echo '{"values": {"host": "h"}, "state": {"id": 7}}'"#, WITH_DB);
    let recipient = "age1najcn9jtsdq39q5qw58tyy02h57hjfnquwm3hjtxmnau7ku6p9hqtd2dqx";
    sandbox.write("key", "AGE-SECRET-KEY-1JNEEF9NEAZU2Z8KL9TQWTHAZAHW8U4LEAAEMWRFRRN5C6P0W64VQ5E7D3L\n");
    sandbox.run(&["init", "--no-sample", "--encrypt-to", recipient]).ends_with(0);
    let generate = ["generate", "score.yaml", "--identity", "key"];
    let before = sandbox.read(".score-fly/state.yaml");
    sandbox.run(&generate).ends_with(0);
    let after = sandbox.read(".score-fly/state.yaml");
    let sealed = |text: &str| {
        let at = text.find("sealed:").unwrap();
        text[at..].split("shared_state:").next().unwrap().to_owned()
    };
    // The part in clear is one side's, and the encrypted one the other's.
    let mixed = after.replace(&sealed(&after), &sealed(&before));
    sandbox.write(".score-fly/state.yaml", &mixed);
    let run = sandbox.run(&generate).ends_with(1);
    assert!(run.stderr.contains("does not belong to the rest of it"), "{}", run.stderr);
    assert!(run.stderr.contains("git checkout --ours"), "{}", run.stderr);
    assert_eq!(sandbox.read(".score-fly/state.yaml"), mixed);
    // One of the halves is missing, nobody is left to encrypt to, or only the secrets are others.
    let line = after.lines().find(|line| line.starts_with("sealed_digest: ")).unwrap();
    let unsealed = after.replace(&sealed(&after), "");
    let to_nobody = after.replacen(&format!("encrypt_to:\n- {recipient}\n"), "", 1);
    let other_secrets = after.replace(line, "sealed_digest: 47DEQpj8HBSa+/TImW+5JCeuQeRkm5NMpJWZG3hSuFU=");
    for mixed in [unsealed, to_nobody, other_secrets] {
        assert_ne!(mixed, after);
        sandbox.write(".score-fly/state.yaml", &mixed);
        let run = sandbox.run(&generate).ends_with(1);
        let says = ["does not belong to the rest of it", "belong together, and one of them is missing"];
        assert!(says.iter().any(|says| run.stderr.contains(says)), "{}", run.stderr);
    }
    sandbox.write(".score-fly/state.yaml", &after);
    sandbox.run(&generate).ends_with(0);
}

#[test]
fn hostile_templates_end() {
    for template in [
        format!("{{{{ {}1 }}}}", "-".repeat(100_000)),
        format!("{{{{ {}1 }}}}", "-".repeat(60_000)),
        "{% set a = 'x' %}".to_owned() + &"{% set a = a ~ a %}".repeat(30) + "a: {{ a }}",
        "{% set a = [1] %}{% for i in range(90000) %}{% set a = [a] %}{% endfor %}a: {{ a }}".to_owned(),
        "{% set n = namespace(a=[1]) %}{% for i in range(90000) %}{% set n.a = [n.a] %}{% endfor %}a: {{ n.a }}"
            .to_owned(),
        "{% for i in range(90000) %}{% for j in range(90000) %}{% endfor %}{% endfor %}a: 1".to_owned(),
        "a: {{ ('x' * 90000) | replace('x', 'y' * 90000) }}".to_owned(),
        "{% for i in range(90000) %}{{ 'x' * 90000 }}{% endfor %}".to_owned(),
    ] {
        let sandbox = Sandbox::new([("score.yaml", WITH_DB)]);
        sandbox
            .write("p.provisioners.yaml", format!("- uri: template://db\n  type: db\n  outputs: |\n    {template}\n"));
        let start = Instant::now();
        let limited = |arguments: &str| {
            let script = format!("ulimit -v 1500000; exec \"$0\" {arguments}");
            let mut run = Command::new("sh");
            run.args(["-c", &script, env!("CARGO_BIN_EXE_score-fly")]).current_dir(sandbox.path());
            let output = run.output().unwrap();
            (output.status.code(), String::from_utf8_lossy(&output.stderr).into_owned())
        };
        let shown = &template[..template.len().min(80)];
        let (code, said) = limited("init --fly-app-prefix ex- --no-sample --provisioners p.provisioners.yaml");
        if code == Some(0) {
            let (code, said) = limited("generate score.yaml");
            assert_eq!(code, Some(2), "{shown}: {said}");
        } else {
            assert!(matches!(code, Some(1 | 2)) && said.contains("template"), "{shown}: {said}");
        }
        assert!(start.elapsed() < Duration::from_secs(20), "{shown}");
    }
}

#[test]
fn inputs_are_bounded() {
    let sandbox = Sandbox::new([("score.yaml", WEB)]);
    for (arguments, says) in [
        (&["check", "/dev/zero"][..], "it is larger than 16 MiB"),
        (&["generate", "score.yaml", "--outputs", "/dev/zero"], "it is larger than 16 MiB"),
        (&["machine", "big.toml"], "the text is larger than 1 MiB"),
        (&["generate", "mounting.yaml"], "it is larger than 8 MiB"),
    ] {
        sandbox.write("big.toml", format!("a = [{}]\n", "1,".repeat(2_000_000)));
        sandbox.write("mounting.yaml", WEB.replace("nginx:1.27", "nginx\n    files: {/a: {source: big.bin}}"));
        let big = fs::File::create(sandbox.path().join("big.bin")).unwrap();
        big.set_len(1 << 30).unwrap();
        let start = Instant::now();
        let run = sandbox.run(arguments);
        assert!(run.code == 1 || run.code == 2, "{arguments:?}");
        let said = format!("{}{}", run.stdout, run.stderr);
        assert!(said.contains(says), "{arguments:?}: {said}");
        assert!(start.elapsed() < Duration::from_secs(10), "{arguments:?}");
    }
}

#[test]
fn a_port_that_is_none_is_no_other_port() {
    let sandbox = Sandbox::new([]);
    sandbox.run(&["init", "--fly-app-prefix", "ex-", "--no-sample"]).ends_with(0);
    for url in ["http://u:pw@host:99999/", "http://host:0/", "http://host:x", "http://[::1]:70000/"] {
        let run = sandbox.run(&["provisioners", "add", "p", "tt", "--http-url", url]).ends_with(1);
        assert!(run.stderr.contains("no address of a server") && !run.stderr.contains("pw"), "{url}: {}", run.stderr);
    }
    sandbox.run(&["provisioners", "add", "p", "tt", "--http-url", "http://[::1]:7000/"]).ends_with(0);
}

#[test]
fn every_signal_that_ends_leaves_good_order() {
    for (signal, code) in [("-HUP", 129), ("-QUIT", 131)] {
        let sandbox = project("echo $$ > pid; echo > ready; while :; do sleep 0.1; done", WITH_DB);
        let mut run = sandbox.command(&["generate", "score.yaml"]).stderr(Stdio::null()).spawn().unwrap();
        wait_for(|| sandbox.path().join("ready").exists());
        assert!(Command::new("kill").args([signal, &run.id().to_string()]).status().unwrap().success());
        assert_eq!(run.wait().unwrap().code(), Some(code));
        let alive =
            Command::new("kill").args(["-0", sandbox.read("pid").trim()]).stderr(Stdio::null()).status().unwrap();
        assert!(!alive.success(), "{signal}");
    }
}

/// What git was started for is gone with it.
#[test]
fn an_interrupted_fetch_leaves_no_git_and_no_clone() {
    let sandbox = Sandbox::new([("bin/git", "#!/bin/sh\necho $$ > \"$LOG\"\nwhile :; do sleep 0.1; done\n")]);
    fs::set_permissions(sandbox.path().join("bin/git"), fs::Permissions::from_mode(0o755)).unwrap();
    fs::create_dir(sandbox.path().join("tmp")).unwrap();
    let path = format!("{}:{}", sandbox.path().join("bin").display(), std::env::var("PATH").unwrap());
    let uri = "git-https://host.invalid/a.git/b";
    let mut command = sandbox.command(&["init", "--fly-app-prefix", "ex-", "--no-sample", "--provisioners", uri]);
    command.env("PATH", path).env("LOG", sandbox.path().join("log")).env("TMPDIR", sandbox.path().join("tmp"));
    let mut run = command.stderr(Stdio::null()).spawn().unwrap();
    wait_for(|| sandbox.path().join("log").exists() && sandbox.read("log").ends_with('\n'));
    assert!(Command::new("kill").args(["-INT", &run.id().to_string()]).status().unwrap().success());
    assert_eq!(run.wait().unwrap().code(), Some(130));
    let alive = Command::new("kill").args(["-0", sandbox.read("log").trim()]).stderr(Stdio::null()).status().unwrap();
    assert!(!alive.success());
    assert_eq!(fs::read_dir(sandbox.path().join("tmp")).unwrap().count(), 0);
}

#[cfg(unix)]
#[test]
fn names_of_files_stay_on_their_line() {
    let name = "a\n::error::x\u{1b}[31m.yaml";
    let shown = "a␊::error::x␛[31m.yaml";
    let sandbox = Sandbox::new([(name, WEB), ("broken\n::error::y.yaml", "a: 1")]);
    let folder = "o\n::error::z";
    for format in ["human", "plain", "github"] {
        let arguments = ["generate", name, "-v", "--output-folder", folder, "--diagnostics", format];
        let run = sandbox.run(&arguments).ends_with(0);
        assert!(run.stderr.contains(&format!("read {shown}\nwrote o␊::error::z/fly_web.toml\n")), "{}", run.stderr);
        // A shell reads it back as it is.
        assert!(run.stderr.contains("fly deploy -c $'o\\n::error::z/fly_web.toml'\n"), "{}", run.stderr);
        for arguments in [
            &["check", "broken\n::error::y.yaml"][..],
            &["check", "gone\n::error::y"],
            &["init", "--provisioners", "gone\n::error::y"],
        ] {
            let run = sandbox.run(&[arguments, &["--diagnostics", format]].concat());
            let said = format!("{}{}", run.stdout, run.stderr);
            assert!(run.code > 0 && !said.contains("\n::error::y"), "{said}");
            assert!(said.lines().all(|line| !line.trim_start().starts_with("::error::y")), "{said}");
        }
    }
}

#[test]
fn a_project_of_which_nobody_took_anything_down_says_so() {
    let score = WEB.to_owned() + "resources:\n  own: {type: volume}\n  name: {type: dns}\n";
    let sandbox = Sandbox::new([("score.yaml", &score)]);
    sandbox.run(&["init", "--fly-app-prefix", "", "--no-sample"]).ends_with(0);
    sandbox.run(&["generate", "score.yaml"]).ends_with(0);
    let uids = ["dns.default#web.name", "volume.default#web.own"];
    let run = sandbox.run(&[&["resources", "deprovision", "--yes"], &uids[..]].concat()).ends_with(0);
    assert_eq!(run.stderr, "forgot dns.default#web.name\nforgot volume.default#web.own\n");
}

#[test]
fn any_number_of_jobs_will_do() {
    let resources: Vec<String> = (0..50).map(|index| format!("  r{index}x: {{type: dns}}")).collect();
    let sandbox = Sandbox::new([("score.yaml", &format!("{WEB}resources:\n{}\n", resources.join("\n")))]);
    sandbox.run(&["init", "--fly-app-prefix", "", "--no-sample"]).ends_with(0);
    sandbox.run(&["generate", "score.yaml", "-j", "18446744073709551615"]).ends_with(0);
    let run = sandbox.run(&["generate", "score.yaml", "-j", "0"]).ends_with(1);
    assert!(run.stderr.contains("--jobs"), "{}", run.stderr);
}

#[cfg(unix)]
#[test]
fn mending_keeps_all_names_of_a_file() {
    let sandbox = Sandbox::new([("fly.toml", "app = \"a\"\nkill_timeout = 5\n")]);
    fs::hard_link(sandbox.path().join("fly.toml"), sandbox.path().join("other.toml")).unwrap();
    sandbox.run(&["check", "--fix", "fly.toml"]).ends_with(0);
    assert_eq!(sandbox.read("fly.toml"), "app = \"a\"\nkill_timeout = \"5s\"\n");
    assert_eq!(sandbox.read("other.toml"), sandbox.read("fly.toml"));
}

#[test]
fn a_context_never_takes_the_place_of_a_runtime() {
    let sandbox = Sandbox::new([]);
    sandbox.run(&["new", "-r", "flask", "work/hello"]).ends_with(0);
    let mut folders =
        vec![std::path::PathBuf::from(env!("CARGO_MANIFEST_DIR")).join("../score-fly-runtime/runtimes/flask")];
    let root = folders[0].clone();
    while let Some(folder) = folders.pop() {
        for entry in fs::read_dir(folder).unwrap() {
            let path = entry.unwrap().path();
            let name = format!("runtimes/mine/{}", path.strip_prefix(&root).unwrap().display());
            if path.is_dir() { folders.push(path) } else { sandbox.write(&name, fs::read(path).unwrap()) }
        }
    }
    let before = sandbox.files();
    let build = |output: &str| sandbox.run(&["build", "work/hello", "-r", "./runtimes/mine", "-o", output, "--force"]);
    for output in ["runtimes/mine", "runtimes", "."] {
        let run = build(output).ends_with(1);
        assert!(run.stderr.contains("where the function or its runtime is"), "{}", run.stderr);
        assert_eq!(sandbox.files(), before, "{output}");
    }
    build("context").ends_with(0);
}
