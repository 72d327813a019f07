//! Commands on files of Fly's.

use serde_json::Value;

use crate::sandbox::{Sandbox, WEB};

const SHOP: &str = "\
# Our shop.
app = \"shop\"
kill_timeout = 30 # seconds

[env]
API_KEY = \"hunter2\"

[http_service]
internal_port = 8080

[[vm]]
memory = \"512Mi\" # enough
";

#[test]
fn both_kinds_of_files_are_checked() {
    let json = r#"{"app": "shop", "vm": [{"cpus": 3, "memory": "1gb"}]}"#;
    let yaml = "app: shop\nkill_signal: sigterm\n";
    let score = WEB.replace("main:", "web:");
    let files = [
        ("score.yaml", WEB),
        ("fly.toml", SHOP),
        ("fly.json", json),
        ("fly.prod.yaml", yaml),
        ("fly-score.yaml", &score),
    ];
    let sandbox = Sandbox::new(files);
    let names = files.map(|(name, _)| name);
    let run = sandbox.run(&[&["check", "--diagnostics", "plain"], &names[..]].concat()).ends_with(2);
    let places: Vec<&str> =
        run.stdout.lines().filter_map(|line| line.split_once(": ")).map(|(place, _)| place).collect();
    let places: Vec<&str> = places.into_iter().filter(|place| place.contains(':')).collect();
    assert_eq!(
        places,
        ["fly.toml:3:16", "fly.toml:6:1", "fly.toml:12:10", "fly.json:1:33", "fly.prod.yaml:2:14"],
        "{}",
        run.stdout
    );
}

#[test]
fn no_line_with_a_secret_is_shown() {
    for text in [
        SHOP.to_owned(),
        SHOP.replace("API_KEY = \"hunter2\"", "CACHE = \"redis://:hunter2@cache\""),
        "env = { API_KEY = \"hunter2\", \"a-b\" = \"\" }\n".to_owned(),
    ] {
        let sandbox = Sandbox::new([("fly.toml", &text)]);
        let run = sandbox.run(&["check", "fly.toml"]);
        assert!(run.stdout.contains("plaintext-secret") && !run.stdout.contains("hunter2"), "{}", run.stdout);
    }
}

#[test]
fn no_line_of_a_score_file_with_a_secret_is_shown() {
    let score = WEB.replace("image:", "variables: { CACHE: \"redis://:hunter2@cache\" }\n    image:");
    let sandbox = Sandbox::new([("score.yaml", score.as_str())]);
    let run = sandbox.run(&["check", "score.yaml"]).ends_with(0);
    assert!(run.stdout.contains("plaintext-secret") && !run.stdout.contains("hunter2"), "{}", run.stdout);
}

#[test]
fn local_files_are_looked_for_here_and_beside_fly_toml() {
    let toml = "app = \"shop\"\n[build]\ndockerfile = \"Dockerfile\"\n\
                [[files]]\nguest_path = \"/a\"\nlocal_path = \"a.txt\"\n\
                [[files]]\nguest_path = \"/b\"\nlocal_path = \"b.txt\"\n";
    let sandbox = Sandbox::new([("shop/fly.toml", toml), ("a.txt", "A"), ("shop/b.txt", "B"), ("Dockerfile", "")]);
    let run = sandbox.run(&["check", "shop/fly.toml"]).ends_with(2);
    assert!(
        run.stdout.contains("there is no file `Dockerfile`") && run.stdout.ends_with("1 error\n"),
        "{}",
        run.stdout
    );
    sandbox.write("shop/Dockerfile", "");
    sandbox.run(&["check", "shop/fly.toml"]).ends_with(0);
    let run = sandbox.run(&["machine", "shop/fly.toml"]).ends_with(0);
    let machine: Value = serde_json::from_str(&run.stdout).unwrap();
    // `A` and `B` in base64.
    assert_eq!(
        (&machine["files"][0]["raw_value"], &machine["files"][1]["raw_value"]),
        (&"QQ==".into(), &"Qg==".into())
    );
}

#[test]
fn mends_what_is_certain() {
    let sandbox = Sandbox::new([("fly.toml", &format!("{SHOP}cpus = 3\n"))]);
    let run = sandbox.run(&["check", "--fix", "fly.toml"]).ends_with(2);
    let mended = SHOP.replace("= 30", "= \"30s\"").replace("512Mi", "512mb");
    assert_eq!(sandbox.read("fly.toml"), format!("{mended}cpus = 3\n"));
    assert_eq!(run.stderr.lines().count(), 2, "{}", run.stderr);
    assert!(run.stderr.starts_with("mended fly.toml:3: "), "{}", run.stderr);
    assert!(run.stdout.contains("error[invalid-guest]"), "{}", run.stdout);

    let sandbox = Sandbox::new([("fly.toml", SHOP), ("score.yaml", WEB)]);
    let run = sandbox.run(&["check", "--fix", "fly.toml", "score.yaml"]).ends_with(0);
    assert!(run.stderr.ends_with("checked 2 files: no errors\n"), "{}", run.stderr);
    assert_eq!(sandbox.read("fly.toml"), mended);
    assert_eq!(sandbox.read("score.yaml"), WEB);
    let run = sandbox.run(&["check", "--fix", "fly.toml"]).ends_with(0);
    assert_eq!(run.stderr, "checked 1 file: no errors\n");
}

#[test]
fn what_was_mended_is_data_too() {
    let sandbox = Sandbox::new([("fly.toml", SHOP)]);
    let run = sandbox.run(&["check", "--fix", "fly.toml", "--diagnostics", "json"]).ends_with(0);
    let document: Value = serde_json::from_str(&run.stdout).unwrap();
    let codes = |list: &Value| list.as_array().unwrap().iter().map(|found| found["code"].clone()).collect::<Vec<_>>();
    assert_eq!(codes(&document["mended"]), ["implied-unit", "invalid-guest"]);
    assert_eq!(document["mended"][1]["location"]["start"]["line"], 12);
    assert_eq!(codes(&document["diagnostics"]), ["plaintext-secret"]);
    assert_eq!(run.stderr, "");
}

#[test]
fn lines_with_secrets_are_never_shown() {
    for (env, code) in [
        ("API_KEY = ['hunter2']\nA = ['shown']\n", "env-not-text"),
        ("A = ['shown', \"\"] # \nPASSWORD = { a = 'hunter2' }\n", "env-not-text"),
        ("\"MY-SECRET\" = 'hunter2'\n1 = 'shown'\n", "invalid-variable-name"),
        ("A_KEY = 'hunter2\n", "invalid-fly-config"),
        ("A_KEY = 'hunter2'\nA_KEY = 'hunter2'\n", "invalid-fly-config"),
    ] {
        let text = format!("app = 'web'\n[env]\n{env}");
        let sandbox = Sandbox::new([("fly.toml", text.as_str())]);
        for command in [&["check", "fly.toml"][..], &["check", "--fix", "fly.toml"], &["machine"], &["import"]] {
            let run = sandbox.run(command);
            let told = if command[0] == "check" { &run.stdout } else { &run.stderr };
            assert!(!told.contains("hunter2"), "{command:?} {env}: {told}");
            if command[0] == "check" {
                assert!(told.contains(code) && told.contains("fly.toml:"), "{told}");
                assert_eq!(told.contains("shown"), env.contains("shown"), "{told}");
            }
        }
    }
}

#[test]
fn score_files_have_no_fixes() {
    let sandbox = Sandbox::new([("score.yaml", WEB)]);
    let run = sandbox.run(&["check", "--fix", "score.yaml"]).ends_with(1);
    assert_eq!(run.stderr, "error: --fix mends fly.toml files, and none is given\n");
}

#[test]
fn flags_for_score_files_are_refused() {
    let sandbox = Sandbox::new([("fly.toml", SHOP)]);
    let run = sandbox.run(&["check", "fly.toml", "--image", "nginx"]).ends_with(1);
    assert_eq!(run.stderr, "error: --image is meant for a Score file, and `fly.toml` is one of Fly's\n");
}

#[test]
fn prints_the_machine_of_a_group() {
    let toml = "[env]\nB = \"1\"\nA = \"2\"\n[processes]\nweb = \"serve\"\nworker = \"work --all\"\n";
    let sandbox = Sandbox::new([("fly.toml", toml)]);
    let machine = |run: crate::sandbox::Run| -> Value { serde_json::from_str(&run.ends_with(0).stdout).unwrap() };
    assert_eq!(machine(sandbox.run(&["machine"]))["init"]["cmd"], serde_json::json!(["serve"]));
    let worker = machine(sandbox.run(&["machine", "fly.toml", "--group", "worker"]));
    assert_eq!(worker["init"]["cmd"], serde_json::json!(["work", "--all"]));
    assert_eq!(worker["env"], serde_json::json!({ "A": "2", "B": "1", "FLY_PROCESS_GROUP": "worker" }));
    let run = sandbox.run(&["machine", "--group", "wroker"]).ends_with(2);
    assert!(run.stderr.contains("error[unknown-process-group]"), "{}", run.stderr);
    assert_eq!(run.stdout, "");
}

#[test]
fn prints_the_machine_of_a_workload_in_containers() {
    let score = format!("{WEB}    files: {{ /a: {{ source: a.txt, mode: '0644' }}, /b: {{ content: two }} }}\n");
    let sandbox = Sandbox::new([("score.yaml", score.as_str()), ("a.txt", "one")]);
    sandbox.run(&["generate", "score.yaml"]).ends_with(0);
    let machine: Value = serde_json::from_str(&sandbox.run(&["machine", "fly_web.toml"]).ends_with(0).stdout).unwrap();
    // base64 of `one` and `two`
    assert_eq!(
        machine["containers"][0]["files"],
        serde_json::json!([
            { "guest_path": "/a", "raw_value": "b25l", "mode": 420 },
            { "guest_path": "/b", "raw_value": "dHdv" },
        ])
    );
    std::fs::remove_file(sandbox.path().join("a.txt")).unwrap();
    let run = sandbox.run(&["check", "fly_web.toml", "--diagnostics", "plain"]).ends_with(2);
    assert!(run.stdout.starts_with("fly_web.toml:3:18: error[missing-source-file]"), "{}", run.stdout);
}

#[test]
fn imports_a_fly_toml() {
    let sandbox =
        Sandbox::new([("fly.toml", "app = \"shop\"\nconsole_command = \"sh\"\n[build]\nimage = \"nginx\"\n")]);
    let run = sandbox.run(&["import"]).ends_with(0);
    let expected = "\
apiVersion: score.dev/v1b1
metadata:
  name: shop
  annotations:
    fly.score.dev/config: |
      console_command = \"sh\"
containers:
  main:
    image: nginx
";
    assert_eq!(run.stdout, expected);
    assert!(run.stderr.contains("note[kept-as-config]"), "{}", run.stderr);
    let run = sandbox.run_with_stdin(&["convert", "-"], &run.stdout).ends_with(0);
    assert_eq!(run.stdout, "app = \"shop\"\nconsole_command = \"sh\"\n\n[build]\nimage = \"nginx\"\n");
}

#[test]
fn an_import_replaces_no_file_unasked() {
    let sandbox = Sandbox::new([("fly.toml", "app = \"shop\"\n"), ("score.yaml", WEB)]);
    let run = sandbox.run(&["import", "-o", "score.yaml"]).ends_with(1);
    assert_eq!(run.stderr, "error: `score.yaml` is there already: --force replaces it\n");
    assert_eq!(sandbox.read("score.yaml"), WEB);
    let run = sandbox.run(&["import", "-o", "score.yaml", "--force"]).ends_with(0);
    assert_eq!((run.stdout.as_str(), run.stderr.as_str()), ("", "wrote score.yaml\n"));
    assert!(sandbox.read("score.yaml").contains("  name: shop\n"));
    sandbox.run(&["import", "-o", "new/score.yaml"]).ends_with(0);
    assert_eq!(sandbox.read("new/score.yaml"), sandbox.read("score.yaml"));
}

#[test]
fn nothing_comes_of_a_fly_toml_with_mistakes() {
    let sandbox = Sandbox::new([("fly.toml", "app = 5\n")]);
    let run = sandbox.run(&["import", "-o", "score.yaml"]).ends_with(2);
    assert!(run.stderr.contains("error[invalid-fly-config]"), "{}", run.stderr);
    assert_eq!(sandbox.names(), ["fly.toml"]);
}
