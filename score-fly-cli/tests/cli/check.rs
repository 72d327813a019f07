use crate::sandbox::{BROKEN, OUTPUTS, Sandbox, WEB, WITH_SECRET};

#[test]
fn a_correct_file_needs_neither_outputs_nor_files() {
    let score = WITH_SECRET.replace("image: nginx:1.27", "image: nginx:1.27\n    files: {/a: {source: nowhere}}");
    let sandbox = Sandbox::new([("score.yaml", &score)]);
    let run = sandbox.run(&["check", "score.yaml"]).ends_with(0);
    assert_eq!(run.stdout, "");
    assert_eq!(run.stderr, "checked 1 file: no errors\n");
    assert_eq!(sandbox.names(), ["score.yaml"]);
}

#[test]
fn uses_outputs_that_are_there() {
    let sandbox = Sandbox::new([("score.yaml", &WITH_SECRET.replace("db.host", "db.hots")), ("outputs.yaml", OUTPUTS)]);
    let run = sandbox.run(&["check", "score.yaml", "--outputs", "outputs.yaml"]).ends_with(2);
    assert!(run.stdout.contains("error[unknown-output]"), "{}", run.stdout);
}

#[test]
fn diagnostics_are_the_data() {
    let sandbox = Sandbox::new([("a.yaml", BROKEN), ("b.yaml", WEB), ("c.yaml", BROKEN)]);
    let run = sandbox.run(&["check", "a.yaml", "b.yaml", "c.yaml"]).ends_with(2);
    assert!(run.stdout.contains("a.yaml:5:3") && run.stdout.contains("c.yaml:5:3"), "{}", run.stdout);
    assert!(run.stdout.ends_with("2 errors\n"), "{}", run.stdout);
    assert_eq!(run.stderr, "");
    assert_eq!(sandbox.names(), ["a.yaml", "b.yaml", "c.yaml"]);
}

#[test]
fn counts_files() {
    let sandbox = Sandbox::new([("a.yaml", WEB), ("b.yaml", WEB)]);
    let run = sandbox.run(&["check", "a.yaml", "b.yaml"]).ends_with(0);
    assert_eq!(run.stderr, "checked 2 files: no errors\n");
    let run = sandbox.run(&["check", "a.yaml", "b.yaml", "-q"]).ends_with(0);
    assert_eq!(run.stderr, "");
}

#[test]
fn goes_on_after_a_file_that_cannot_be_read() {
    let sandbox = Sandbox::new([("b.yaml", BROKEN)]);
    let run = sandbox.run(&["check", "a.yaml", "b.yaml"]).ends_with(1);
    assert_eq!(run.stderr, "");
    let start = "error[unreadable-file]: cannot read `a.yaml`: No such file or directory\n";
    assert!(run.stdout.starts_with(start), "{}", run.stdout);
    assert!(run.stdout.contains("b.yaml:5:3"), "{}", run.stdout);
}

#[test]
fn flags_for_one_file_are_refused_for_several() {
    let sandbox = Sandbox::new([("a.yaml", WEB), ("b.yaml", WEB)]);
    let run = sandbox.run(&["check", "a.yaml", "b.yaml", "--image", "x"]).ends_with(1);
    assert!(run.stderr.starts_with("error: --image is meant for one Score file"), "{}", run.stderr);
}

#[test]
fn codes_are_silenced_and_denied() {
    let sandbox = Sandbox::new([("fly.toml", "app = \"web\"\nprimary_region = \"sea\"\n")]);
    sandbox.run(&["check", "fly.toml"]).ends_with(0);
    let run = sandbox.run(&["check", "--deny-warnings", "fly.toml"]).ends_with(2);
    assert!(run.stdout.starts_with("error[retired-region]"), "{}", run.stdout);
    sandbox.run(&["--deny", "retired-region", "check", "fly.toml"]).ends_with(2);
    let run = sandbox.run(&["check", "--allow", "retired-region", "--deny-warnings", "fly.toml"]).ends_with(0);
    assert_eq!((run.stdout.as_str(), run.stderr.as_str()), ("", "checked 1 file: no errors\n"));
    let run = sandbox.run(&["check", "--allow", "retired-regoin", "fly.toml"]).ends_with(1);
    assert!(run.stderr.contains("did you mean `retired-region`?"), "{}", run.stderr);
}

#[test]
fn annotations_are_listed() {
    let run = Sandbox::new([]).run(&["explain", "--annotations"]).ends_with(0);
    assert!(run.stdout.contains("fly.score.dev/primary-region\n  sets "), "{}", run.stdout);
}

#[test]
fn versions_are_shown_and_compared() {
    let sandbox = Sandbox::new([]);
    let run = sandbox.run(&["version"]).ends_with(0);
    assert_eq!(run.stdout, sandbox.run(&["--version"]).ends_with(0).stdout);
    sandbox.run(&["check-version", ">= 0.0.1"]).ends_with(0);
    let run = sandbox.run(&["check-version", ">= 0.0.1, < 0.0.2"]).ends_with(1);
    assert!(run.stderr.contains("< 0.0.2 is wanted"), "{}", run.stderr);
    sandbox.run(&["check-version", "newest"]).ends_with(1);
}
