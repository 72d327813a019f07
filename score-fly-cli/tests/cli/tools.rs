use std::fs;
use std::io::Write as _;
use std::process::{Command, Stdio};

use serde_json::Value;

use crate::sandbox::{Sandbox, WEB};

#[test]
fn explains_every_code() {
    let sandbox = Sandbox::new([]);
    let list = sandbox.run(&["explain"]).ends_with(0).stdout;
    assert_eq!(list.lines().count(), score_fly_core::Code::ALL.len());
    for line in list.lines() {
        let code = line.split(' ').next().unwrap();
        let page = sandbox.run(&["explain", code]).ends_with(0).stdout;
        assert!(page.contains(code) && page.ends_with('\n'), "{page}");
    }
}

#[test]
fn an_unknown_code_suggests_the_nearest() {
    let sandbox = Sandbox::new([]);
    let run = sandbox.run(&["explain", "mising-field"]).ends_with(1);
    assert!(run.stderr.contains("did you mean `missing-field`?"), "{}", run.stderr);
    let run = sandbox.run(&["explain", "quite-something-else"]).ends_with(1);
    assert!(run.stderr.contains("`score-fly explain` lists all of them"), "{}", run.stderr);
}

#[test]
fn prints_schemas() {
    let sandbox = Sandbox::new([]);
    let schema = |arguments: &[&str]| -> Value {
        serde_json::from_str(&sandbox.run(&[&["schema"], arguments].concat()).ends_with(0).stdout).unwrap()
    };
    assert_eq!(schema(&[]), schema(&["score"]));
    assert_eq!(schema(&["score"])["properties"]["apiVersion"]["type"], "string");
    for (argument, title) in [
        ("request", "Request"),
        ("convert-response", "ConvertResponse"),
        ("check-response", "CheckResponse"),
        ("requirements-response", "RequirementsResponse"),
    ] {
        let schema = schema(&[argument]);
        assert_eq!(schema["title"], title);
        assert_eq!(schema["$ref"], format!("#/$defs/{title}"));
        assert!(schema["$defs"][title].is_object(), "{title}");
    }
}

#[test]
fn completes() {
    let sandbox = Sandbox::new([]);
    for shell in ["bash", "zsh", "fish", "powershell"] {
        let script = sandbox.run(&["completion", shell]).ends_with(0).stdout;
        for word in ["score-fly", "generate", "override-property"] {
            assert!(script.contains(word), "{shell}: {word}");
        }
    }
}

#[cfg(unix)]
#[test]
fn bash_accepts_the_completion_script() {
    let script = Sandbox::new([]).run(&["completion", "bash"]).ends_with(0).stdout;
    let mut bash = Command::new("bash").arg("-n").stdin(Stdio::piped()).spawn().unwrap();
    bash.stdin.take().unwrap().write_all(script.as_bytes()).unwrap();
    assert!(bash.wait().unwrap().success());
}

#[test]
fn tells_its_version() {
    let sandbox = Sandbox::new([]);
    for arguments in [&["--version"][..], &["-V"], &["generate", "--version"]] {
        let run = sandbox.run(arguments).ends_with(0);
        assert!(run.stdout.ends_with(&format!(" {}\n", env!("CARGO_PKG_VERSION"))), "{}", run.stdout);
    }
}

#[test]
fn a_wrong_command_line_is_1() {
    let sandbox = Sandbox::new([("score.yaml", WEB)]);
    for arguments in [
        &[][..],
        &["no-such-command"],
        &["convert"],
        &["generate"],
        &["check"],
        &["convert", "score.yaml", "--no-such-flag"],
        &["convert", "score.yaml", "--diagnostics", "morse"],
        &["convert", "score.yaml", "-v", "-q"],
        &["completion", "no-such-shell"],
    ] {
        let run = sandbox.run(arguments).ends_with(1);
        assert_eq!(run.stdout, "", "{arguments:?}");
        assert!(!run.stderr.is_empty(), "{arguments:?}");
    }
}

#[test]
fn help_is_0() {
    let sandbox = Sandbox::new([]);
    for arguments in [&["--help"][..], &["help", "convert"], &["check", "-h"]] {
        assert!(sandbox.run(arguments).ends_with(0).stdout.contains("Usage: score-fly"));
    }
}

#[test]
fn a_standard_output_that_is_full_is_an_error() {
    // Only Linux has a device that is always full.
    let Ok(full) = fs::OpenOptions::new().write(true).open("/dev/full") else { return };
    let sandbox = Sandbox::new([("score.yaml", WEB)]);
    let output = sandbox.command(&["convert", "score.yaml"]).stdout(full).output().unwrap();
    assert_eq!(output.status.code(), Some(1));
    let stderr = String::from_utf8(output.stderr).unwrap();
    assert!(stderr.starts_with("error: cannot write to standard output: "), "{stderr}");
}
