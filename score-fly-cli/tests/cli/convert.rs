use std::io::Read as _;
use std::process::Stdio;

use crate::sandbox::{BROKEN, OUTPUTS, SECRET, Sandbox, WEB, WITH_SECRET};

#[test]
fn prints_fly_toml_and_nothing_else() {
    let sandbox = Sandbox::new([("score.yaml", WEB)]);
    let run = sandbox.run(&["convert", "score.yaml"]).ends_with(0);
    assert!(run.stdout.starts_with("app = 'web'\n") || run.stdout.starts_with("app = \"web\"\n"), "{}", run.stdout);
    assert!(run.stdout.contains("nginx:1.27"), "{}", run.stdout);
    assert_eq!(run.stderr, "");
    assert_eq!(sandbox.names(), ["score.yaml"]);
}

#[test]
fn reads_standard_input() {
    let sandbox = Sandbox::new([("score.yaml", WEB)]);
    let file = sandbox.run(&["convert", "score.yaml"]).ends_with(0);
    let stdin = sandbox.run_with_stdin(&["convert", "-"], WEB).ends_with(0);
    assert_eq!(stdin.stdout, file.stdout);
}

#[test]
fn standard_input_is_read_once() {
    let sandbox = Sandbox::new([]);
    let run = sandbox.run_with_stdin(&["convert", "-", "--outputs", "-"], WEB).ends_with(1);
    assert_eq!(run.stderr, "error: `-` stands for standard input, which can be read only once\n");
}

#[test]
fn prints_nothing_for_a_faulty_file() {
    let sandbox = Sandbox::new([("score.yaml", BROKEN)]);
    let run = sandbox.run(&["convert", "score.yaml"]).ends_with(2);
    assert_eq!(run.stdout, "");
    assert!(run.stderr.contains("error[missing-field]"), "{}", run.stderr);
    assert!(run.stderr.contains("--> score.yaml:5:3"), "{}", run.stderr);
    assert!(run.stderr.ends_with("1 error\n"), "{}", run.stderr);
}

#[test]
fn says_why_a_file_cannot_be_read() {
    let sandbox = Sandbox::new([]);
    let run = sandbox.run(&["convert", "nowhere.yaml"]).ends_with(1);
    assert_eq!(
        run.stderr,
        "error[unreadable-file]: cannot read `nowhere.yaml`: No such file or directory\n\n1 error\n"
    );
}

#[test]
fn applies_overrides_in_order() {
    let sandbox = Sandbox::new([
        ("score.yaml", WEB),
        ("a.yaml", "containers: {main: {image: from-a}}"),
        ("b.yaml", "containers: {main: {image: from-b, variables: {FROM: b}}}"),
    ]);
    let files = ["convert", "score.yaml", "--overrides-file", "a.yaml", "--overrides-file", "b.yaml"];
    let run = sandbox.run(&files).ends_with(0);
    assert!(run.stdout.contains("from-b") && run.stdout.contains("FROM"), "{}", run.stdout);

    let property = ["--override-property", "containers.main.image=from-flag"];
    let run = sandbox.run(&[&files[..], &property].concat()).ends_with(0);
    assert!(run.stdout.contains("from-flag") && run.stdout.contains("FROM"), "{}", run.stdout);
}

#[test]
fn names_the_flag_that_is_wrong() {
    let sandbox = Sandbox::new([("score.yaml", WEB)]);
    let run = sandbox.run(&["convert", "score.yaml", "--override-property", "containers.main.image={"]).ends_with(2);
    assert!(run.stderr.contains("--> --override-property containers.main.image:1:"), "{}", run.stderr);
}

#[test]
fn an_image_replaces_the_dot() {
    let sandbox = Sandbox::new([("score.yaml", &WEB.replace("nginx:1.27", "."))]);
    for flag in ["--image", "-i"] {
        let run = sandbox.run(&["convert", "score.yaml", flag, "mine:2"]).ends_with(0);
        assert!(run.stdout.contains("mine:2"), "{}", run.stdout);
    }
}

#[test]
fn a_prefix_makes_the_app() {
    let sandbox = Sandbox::new([("score.yaml", WEB)]);
    let run = sandbox.run(&["convert", "score.yaml", "--fly-app-prefix", "acme-"]).ends_with(0);
    assert!(run.stdout.contains("acme-web"), "{}", run.stdout);
}

#[test]
fn a_region_comes_from_the_flag_or_else_the_environment() {
    let sandbox = Sandbox::new([("score.yaml", WEB)]);
    let line = |run: &str| run.lines().find(|line| line.starts_with("primary_region")).map(str::to_owned);
    let flag = sandbox.run(&["convert", "score.yaml", "--region", "ams"]).ends_with(0);
    assert!(line(&flag.stdout).unwrap().contains("ams"));
    let variable = sandbox.run_with_env(&["convert", "score.yaml"], "FLY_REGION_NAME", "lhr").ends_with(0);
    assert!(line(&variable.stdout).unwrap().contains("lhr"));
    let both = sandbox.run_with_env(&["convert", "score.yaml", "--region", "ams"], "FLY_REGION_NAME", "lhr");
    assert!(line(&both.ends_with(0).stdout).unwrap().contains("ams"));
    let empty = sandbox.run_with_env(&["convert", "score.yaml"], "FLY_REGION_NAME", "").ends_with(0);
    assert_eq!(line(&empty.stdout), None);
}

#[test]
fn names_secrets_without_their_values() {
    let sandbox = Sandbox::new([("score.yaml", WITH_SECRET), ("outputs.yaml", OUTPUTS)]);
    let run = sandbox.run(&["convert", "score.yaml", "--outputs", "outputs.yaml", "-v"]).ends_with(0);
    assert!(run.stdout.contains("db.internal"), "{}", run.stdout);
    assert!(run.stderr.contains("`score-fly generate` writes `DB_PASSWORD`"), "{}", run.stderr);
    assert!(!run.stdout.contains(SECRET) && !run.stderr.contains(SECRET));
}

#[test]
fn later_outputs_win_and_may_come_from_standard_input() {
    let sandbox = Sandbox::new([("score.yaml", WITH_SECRET), ("outputs.yaml", OUTPUTS)]);
    let arguments = ["convert", "score.yaml", "--outputs", "outputs.yaml", "--outputs", "-"];
    let run = sandbox.run_with_stdin(&arguments, r#"{"db": {"host": "later", "password": "open"}}"#).ends_with(0);
    assert!(run.stdout.contains("later") && run.stdout.contains("open"), "{}", run.stdout);
}

#[test]
fn faulty_outputs_are_reported_once_and_not_quoted() {
    let sandbox =
        Sandbox::new([("score.yaml", WITH_SECRET), ("outputs.yaml", "db: {secrets: {password: [hunter2-secret}}\n")]);
    for format in ["human", "plain", "json", "github"] {
        let arguments = ["convert", "score.yaml", "--outputs", "outputs.yaml", "--diagnostics", format];
        let run = sandbox.run(&arguments).ends_with(2);
        assert!(run.stderr.contains("outputs.yaml"), "{}", run.stderr);
        assert!(!run.stderr.contains("missing-resource-outputs"), "{}", run.stderr);
        assert!(!run.stderr.contains(SECRET), "{}", run.stderr);
    }
}

#[test]
fn says_which_resources_need_outputs() {
    let sandbox = Sandbox::new([("score.yaml", WITH_SECRET)]);
    let run = sandbox.run(&["convert", "score.yaml"]).ends_with(2);
    assert!(run.stderr.contains("error[missing-resource-outputs]"), "{}", run.stderr);
}

#[test]
fn mounts_what_lies_next_to_the_score_file() {
    let score = format!("{WEB}    files:\n      /etc/motd: {{source: motd.txt}}\n");
    let sandbox = Sandbox::new([("app/score.yaml", &score), ("app/motd.txt", "hello\n")]);
    let run = sandbox.run(&["convert", "app/score.yaml"]).ends_with(0);
    assert!(run.stdout.contains("app/motd.txt"), "{}", run.stdout);

    let expanded = Sandbox::new([("app/score.yaml", &score), ("app/motd.txt", "I am ${metadata.name}\n")]);
    let run = expanded.run(&["convert", "app/score.yaml"]).ends_with(0);
    assert!(run.stdout.contains("I am web"), "{}", run.stdout);
}

#[test]
fn says_why_a_mounted_file_cannot_be_read() {
    let score = format!("{WEB}    files:\n      /etc/motd: {{source: motd.txt}}\n");
    let sandbox = Sandbox::new([("score.yaml", &score)]);
    let run = sandbox.run(&["convert", "score.yaml"]).ends_with(2);
    assert!(run.stderr.contains("error[missing-source-file]"), "{}", run.stderr);
    assert!(run.stderr.contains("there is no file `motd.txt`"), "{}", run.stderr);

    std::fs::create_dir(sandbox.path().join("motd.txt")).unwrap();
    let run = sandbox.run(&["convert", "score.yaml"]).ends_with(2);
    assert!(run.stderr.contains("it is not a file"), "{}", run.stderr);
}

#[test]
fn starts_from_a_fly_toml() {
    let sandbox =
        Sandbox::new([("score.yaml", WEB), ("deploy/fly.toml", "# ours\napp = \"old\"\nconsole_command = \"sh\"\n")]);
    let before = sandbox.files();
    let run = sandbox.run(&["convert", "score.yaml", "--update", "deploy/fly.toml"]).ends_with(0);
    assert!(run.stdout.starts_with("# ours\n"), "{}", run.stdout);
    assert!(run.stdout.contains("console_command = \"sh\""), "{}", run.stdout);
    assert!(run.stdout.contains("web") && !run.stdout.contains("old"), "{}", run.stdout);
    assert_eq!(sandbox.files(), before);

    let run = sandbox.run(&["convert", "score.yaml", "--update", "nowhere.toml"]).ends_with(1);
    assert_eq!(run.stdout, "");
    assert_eq!(
        run.stderr,
        "error[unreadable-file]: cannot read `nowhere.toml`: No such file or directory\n\n1 error\n"
    );
}

#[test]
fn a_reader_that_leaves_early_is_no_error() {
    let sandbox = Sandbox::new([("score.yaml", WEB)]);
    let mut child = sandbox
        .command(&["convert", "-"])
        .stdin(Stdio::piped())
        .stdout(Stdio::piped())
        .stderr(Stdio::piped())
        .spawn()
        .unwrap();
    // The reader is gone before there is anything to print.
    drop(child.stdout.take());
    std::io::Write::write_all(&mut child.stdin.take().unwrap(), WEB.as_bytes()).unwrap();
    let mut stderr = String::new();
    child.stderr.take().unwrap().read_to_string(&mut stderr).unwrap();
    assert_eq!(child.wait().unwrap().code(), Some(0));
    assert_eq!(stderr, "");
}

/// What is wrong with a flag is said of the flag, and not of a Score file.
#[test]
fn flags_that_cannot_be_are_named() {
    let sandbox = Sandbox::new([("score.yaml", WEB)]);
    let region = "for '--region <REGION>': a region's code has three lower-case letters, such as `ams`";
    let run = sandbox.run(&["convert", "score.yaml", "--region", "Amsterdam"]).ends_with(1);
    assert!(run.stderr.contains(region), "{}", run.stderr);
    let run = sandbox.run_with_env(&["convert", "score.yaml"], "FLY_REGION_NAME", "xx1").ends_with(1);
    assert!(run.stderr.contains(region) && run.stderr.contains("FLY_REGION_NAME"), "{}", run.stderr);
    let run = sandbox.run(&["convert", "score.yaml", "--image", ""]).ends_with(1);
    assert!(run.stderr.contains("for '--image <IMAGE>': give an image"), "{}", run.stderr);
}
