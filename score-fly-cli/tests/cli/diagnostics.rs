use serde_json::Value;

use crate::sandbox::{BROKEN, Run, Sandbox, WEB};

/// A string with a terminal command in it, as YAML.
const HOSTILE: &str = r#"apiVersion: score.dev/v1b1
metadata:
  name: web
containers:
  main:
    image: nginx
    "\e[31mred\x9b1m": 1
"#;

#[test]
fn human_shows_the_line() {
    let sandbox = Sandbox::new([("score.yaml", &WEB.replace("image:", "imgae:"))]);
    let run = sandbox.run(&["convert", "score.yaml"]).ends_with(2);
    let expected = "\
 --> score.yaml:6:5
  |
6 |     imgae: nginx:1.27
  |     ^^^^^
";
    assert!(run.stderr.contains("error[unknown-field]: "), "{}", run.stderr);
    assert!(run.stderr.contains(expected), "{}", run.stderr);
    assert!(run.stderr.contains("= help: "), "{}", run.stderr);
}

#[test]
fn human_shows_what_is_related() {
    let sandbox = Sandbox::new([("score.yaml", &WEB.replace("    image:", "    image: first\n    image:"))]);
    let run = sandbox.run(&["convert", "score.yaml"]).ends_with(2);
    assert!(run.stderr.contains("error[duplicate-key]"), "{}", run.stderr);
    assert!(run.stderr.contains("6 |     image: first\n  |     -----"), "{}", run.stderr);
    assert!(run.stderr.contains("7 |     image: nginx:1.27\n  |     ^^^^^"), "{}", run.stderr);
}

#[test]
fn human_points_into_a_long_line_without_showing_it() {
    let long = "x".repeat(20_000);
    let score = WEB.replace("    image: nginx:1.27", &format!("    {{image: {long}, bad: 1}}"));
    let sandbox = Sandbox::new([("score.yaml", &score)]);
    let run = sandbox.run(&["convert", "score.yaml"]).ends_with(2);
    assert!(run.stderr.contains("--> score.yaml:6:20015\n"), "{}", run.stderr);
    assert!(!run.stderr.contains("xxx"), "{}", run.stderr);
}

#[test]
fn plain_counts_characters_from_one() {
    let score = WEB.replace("  main:\n    image: nginx:1.27", "  main: {image: x, variables: {A: \"ü😀\"}, bad: 2}");
    let sandbox = Sandbox::new([("score.yaml", &score)]);
    let run = sandbox.run(&["convert", "score.yaml", "--diagnostics", "plain"]).ends_with(2);
    assert!(run.stderr.starts_with("score.yaml:5:42: error[unknown-field]: "), "{}", run.stderr);
    for line in run.stderr.lines().skip(1) {
        assert!(line.starts_with("help: ") || line.contains("note: "), "{line}");
    }
}

#[test]
fn json_is_one_object() {
    let sandbox = Sandbox::new([("a.yaml", BROKEN), ("c.yaml", WEB)]);
    let generate =
        sandbox.run(&["generate", "a.yaml", "nowhere.yaml", "c.yaml", "--diagnostics", "json", "-v"]).ends_with(1);
    assert_eq!(generate.stdout, "");
    let check = sandbox.run(&["--diagnostics", "json", "check", "a.yaml", "nowhere.yaml"]).ends_with(1);
    assert_eq!(check.stderr, "");
    for text in [generate.stderr, check.stdout] {
        let answer: Value = serde_json::from_str(&text).unwrap();
        let diagnostics = answer["diagnostics"].as_array().unwrap();
        assert_eq!(diagnostics.len(), 2, "{text}");
        let found = |code: &str| diagnostics.iter().find(|found| found["code"] == code).unwrap();
        let missing = found("missing-field");
        assert_eq!(missing["pointer"], "/containers/main/image");
        assert_eq!(missing["location"]["source"], "a.yaml");
        assert_eq!(missing["location"]["start"]["line"], 5);
        let unreadable = found("unreadable-file");
        assert_eq!(unreadable["message"], "cannot read `nowhere.yaml`: No such file or directory");
        assert_eq!(unreadable["location"], Value::Null);
        assert_eq!(answer["failures"].as_array().unwrap().len(), 0, "{text}");
    }
}

#[test]
fn json_is_there_even_if_there_is_nothing_to_say() {
    let sandbox = Sandbox::new([("score.yaml", WEB)]);
    let run = sandbox.run(&["check", "score.yaml", "--diagnostics", "json"]).ends_with(0);
    assert_eq!(run.stdout, "{\"diagnostics\":[],\"failures\":[]}\n");
}

#[test]
fn github_annotates_lines() {
    let sandbox = Sandbox::new([("dir/score.yaml", BROKEN)]);
    let run = sandbox.run(&["check", "dir/score.yaml", "--diagnostics", "github"]).ends_with(2);
    let start = "::error title=score-fly missing-field,file=dir/score.yaml,line=5,endLine=5,col=3,endColumn=7::";
    assert!(run.stdout.starts_with(start), "{}", run.stdout);
    assert_eq!(run.stdout.lines().count(), 1);
}

#[test]
fn quiet_keeps_errors_only() {
    let score = WEB.replace("containers:", "service: {ports: {raw: {port: 5000}}}\ncontainers:");
    let sandbox = Sandbox::new([("score.yaml", &score)]);
    let loud = sandbox.run(&["convert", "score.yaml"]).ends_with(0);
    assert!(loud.stderr.contains("note[needs-dedicated-address]"), "{}", loud.stderr);
    assert!(loud.stderr.ends_with("1 note\n"), "{}", loud.stderr);
    let quiet = sandbox.run(&["convert", "score.yaml", "-q"]).ends_with(0);
    assert_eq!(quiet.stderr, "");
    assert_eq!(quiet.stdout, loud.stdout);
    sandbox.write("score.yaml", BROKEN);
    assert!(sandbox.run(&["-q", "convert", "score.yaml"]).ends_with(2).stderr.contains("missing-field"));
}

#[test]
fn colour_is_for_terminals_and_those_who_ask() {
    let sandbox = Sandbox::new([("score.yaml", BROKEN)]);
    let coloured = |run: Run| run.ends_with(2).stderr.contains('\u{1b}');
    assert!(!coloured(sandbox.run(&["convert", "score.yaml"])));
    assert!(coloured(sandbox.run_with_env(&["convert", "score.yaml"], "CLICOLOR_FORCE", "1")));
    assert!(!coloured(sandbox.run_with_env(&["convert", "score.yaml"], "NO_COLOR", "1")));
    let mut both = sandbox.command(&["convert", "score.yaml"]);
    both.env("CLICOLOR_FORCE", "1").env("NO_COLOR", "1");
    assert!(!both.output().unwrap().stderr.contains(&0x1b));
}

#[test]
fn terminals_get_no_commands_from_files() {
    let sandbox = Sandbox::new([("score.yaml", HOSTILE), ("\u{1b}[2Jname.yaml", "a: \u{1b}[31m\n")]);
    for file in ["score.yaml", "\u{1b}[2Jname.yaml", "\u{1b}[2Jnowhere.yaml"] {
        for format in ["human", "plain"] {
            let run = sandbox.run(&["convert", file, "--diagnostics", format, "-v"]);
            assert_ne!(run.code, 0);
            assert!(!run.stderr.contains(['\u{1b}', '\u{9b}']), "{:?}", run.stderr);
        }
    }
}

#[test]
fn bytes_that_are_no_text_are_a_diagnostic() {
    let sandbox = Sandbox::new([]);
    sandbox.write("score.yaml", b"a: 1\nb: \xff\xfe\xfd\n");
    let run = sandbox.run(&["convert", "score.yaml"]).ends_with(2);
    assert!(
        run.stderr.contains("error[invalid-encoding]") && run.stderr.contains("--> score.yaml:2:4\n"),
        "{}",
        run.stderr
    );
    let plain = sandbox.run(&["convert", "score.yaml", "--diagnostics", "plain"]).ends_with(2);
    assert!(plain.stderr.starts_with("score.yaml:2:4: error[invalid-encoding]: "), "{}", plain.stderr);

    sandbox.write("good.yaml", WEB);
    for flag in ["--overrides-file", "--outputs", "--update"] {
        let run = sandbox.run(&["convert", "good.yaml", flag, "score.yaml"]).ends_with(2);
        assert_eq!(run.stdout, "");
        assert!(run.stderr.contains("error[invalid-encoding]"), "{}", run.stderr);
        assert!(run.stderr.contains("--> score.yaml:2:4\n"), "{}", run.stderr);
    }
}

/// Two overrides for one path have the same name, and only the second one is wrong.
#[test]
fn of_two_overrides_for_one_path_the_right_one_is_shown() {
    let sandbox = Sandbox::new([("score.yaml", WEB)]);
    let run = |format: &str| {
        let arguments = ["check", "score.yaml", "--override-property", "containers.main.args=[\u{e9}\u{e9}\u{e9}]"];
        let more = ["--override-property", "containers.main.args=all", "--diagnostics", format];
        sandbox.run(&[&arguments[..], &more].concat()).ends_with(2).stdout
    };
    let human = run("human");
    assert!(human.contains("1 | containers.main.args=all\n  |                      ^^^"), "{human}");
    assert!(run("plain").starts_with("--override-property containers.main.args:1:22: error[wrong-type]: "));
    assert!(run("github").starts_with("::error title=score-fly wrong-type::"));
    let json: Value = serde_json::from_str(&run("json")).unwrap();
    assert_eq!(json["diagnostics"][0]["location"]["end"]["column"], 25);
}
