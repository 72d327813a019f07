//! Functions: from `new` to a fly.toml, runtimes from folders and git, and what goes wrong on the way.

use std::fs;
use std::path::Path;
use std::process::Command;

use crate::sandbox::Sandbox;

/// A runtime of somebody's own.
const RUNTIME: [(&str, &str); 3] = [
    (
        "go/runtime.yaml",
        "name: go\ndescription: Go with net/http\ncontract: {port: 9000, health: /up, user: 1000}\n\
         options:\n  properties:\n    tags: {type: array, items: {type: string}, default: []}\n",
    ),
    ("go/build/Dockerfile.j2", "FROM scratch\nLABEL tags={{ options.tags | join(\",\") | shell }}\nUSER {{ user }}\n"),
    ("go/template/main.go.j2", "package main // {{ name }}\n"),
];

#[test]
fn a_function_becomes_an_app_that_scales_to_zero() {
    for runtime in ["axum", "express", "flask", "static"] {
        let sandbox = Sandbox::new([]);
        let run = sandbox.run(&["new", "-r", runtime, "hello"]).ends_with(0);
        assert_eq!(run.stderr, "wrote hello\nhello/README.md says what to do next\n");
        let run = sandbox.run(&["build", "hello"]).ends_with(0);
        assert_eq!(run.stderr, "wrote fly_hello_context\n");
        let toml = sandbox.run(&["convert", "fly_hello_context/score.yaml"]).ends_with(0).stdout;
        for line in ["auto_stop_machines = \"stop\"", "min_machines_running = 0", "internal_port = 8080"] {
            assert!(toml.lines().any(|written| written == line), "{toml}");
        }

        // The same bytes again, wherever they go.
        let first = sandbox.files();
        let run = sandbox.run(&["export", "hello", "--output", "a/b"]).ends_with(0);
        assert_eq!(run.stderr, "wrote a/b\n");
        let all = sandbox.files();
        for (path, content) in first {
            if let Some(path) = path.strip_prefix("fly_hello_context/") {
                assert_eq!(all.get(&format!("a/b/{path}")), Some(&content), "{path}");
            }
        }
        let run = sandbox.run(&["build", "hello"]).ends_with(0);
        assert_eq!(run.stderr, "fly_hello_context is as it was\n");
    }
}

#[test]
fn a_secret_file_becomes_a_secret_of_the_app() {
    let sandbox = Sandbox::new([]);
    sandbox.run(&["new", "-r", "flask", "hello"]).ends_with(0);
    let score = sandbox.read("hello/score.yaml");
    let files = "    image: .\n    files:\n      /secrets/greeting:\n        content: ${resources.secrets.GREETING}\n";
    let score =
        score.replace("    image: .\n", files) + "resources:\n  secrets:\n    type: environment\n    class: secret\n";
    sandbox.write("hello/score.yaml", score);
    sandbox.run(&["build", "hello", "-o", "."]).ends_with(1);
    sandbox.run(&["build", "hello", "-o", "context"]).ends_with(0);
    sandbox.run(&["init", "--fly-app-prefix", "acme-", "--no-sample"]).ends_with(0);
    let run = sandbox.run_with_env(&["generate", "context/score.yaml"], "GREETING", "Good morning").ends_with(0);
    assert!(!run.stderr.contains("Good morning"));
    let toml = sandbox.read("fly_hello.toml");
    assert!(toml.contains("guest_path = \"/secrets/greeting\"\nsecret_name = "), "{toml}");
    assert!(toml.contains("dockerfile = \"context/Dockerfile\""), "{toml}");
    // In base64, as Fly wants the secrets of files.
    assert!(sandbox.read("fly_hello.env").contains("R29vZCBtb3JuaW5n"));
}

#[test]
fn a_context_in_the_functions_own_folder_is_no_part_of_it() {
    let sandbox = Sandbox::new([]);
    sandbox.run(&["new", "-r", "express", "hello"]).ends_with(0);
    for _ in 0..2 {
        sandbox.run(&["build", "hello", "-o", "hello/context"]).ends_with(0);
    }
    assert!(!sandbox.path().join("hello/context/context").exists());
    let run = sandbox.run(&["build", "hello", "-o", "hello", "--force"]).ends_with(1);
    assert!(run.stderr.contains("where the function or its runtime is"), "{}", run.stderr);
    assert!(sandbox.path().join("hello/function.js").exists());
}

#[test]
fn what_is_there_is_not_replaced_unasked() {
    let sandbox = Sandbox::new([("mine/notes.txt", "mine"), ("hello/x", "x"), ("file", "f")]);
    let before = sandbox.files();
    let run = sandbox.run(&["new", "-r", "flask", "hello"]).ends_with(1);
    assert_eq!(run.stderr, "error: `hello` is there already: choose another name, or remove it first\n");
    sandbox.run(&["new", "-r", "flask", "file/hello"]).ends_with(1);
    assert_eq!(sandbox.files(), before);

    sandbox.run(&["new", "-r", "flask", "fn"]).ends_with(0);
    let run = sandbox.run(&["build", "fn", "-o", "mine"]).ends_with(1);
    assert_eq!(run.stderr, "error: `mine` is there already: --force replaces it\n");
    assert_eq!(sandbox.read("mine/notes.txt"), "mine");
    sandbox.run(&["build", "fn", "-o", "mine", "--force"]).ends_with(0);
    assert!(!sandbox.path().join("mine/notes.txt").exists() && sandbox.path().join("mine/Dockerfile").exists());
}

#[test]
fn mistakes_leave_nothing_half_written() {
    let mut files = RUNTIME.to_vec();
    files.extend([
        ("bad/function.yaml", "runtime: flask\noptions:\n  workers: lots\n"),
        ("own/function.yaml", "runtime: ../go\n"),
        ("none/main.go", "package main\n"),
    ]);
    let sandbox = Sandbox::new([]);
    for (path, text) in files {
        sandbox.write(path, text);
    }
    let before = sandbox.files();
    let told = |arguments: &[&str], code: i32| {
        let run = sandbox.run(&[arguments, &["--diagnostics", "plain"]].concat()).ends_with(code);
        assert_eq!(sandbox.files(), before, "{arguments:?}");
        run.stderr
    };
    let unknown = told(&["new", "-r", "flaks", "x"], 2);
    assert!(unknown.contains("error[unknown-runtime]: there is no runtime `flaks`"), "{unknown}");
    assert!(unknown.contains("did you mean `flask`?"), "{unknown}");
    assert!(told(&["new", "-r", "flask", "My_Function"], 2).contains("write `my-function`"));
    assert!(told(&["new", "-r", "http://h/r", "x"], 1).contains("can be changed on the way"));
    assert!(told(&["new", "-r", "./none", "x"], 2).contains("error[invalid-runtime]: there is no runtime in `./none`"));
    assert!(told(&["new", "-r", "./nothing", "x"], 1).contains("cannot read `./nothing`"));
    assert!(told(&["build", "none"], 2).contains("error[invalid-function]: there is no function in `none`"));
    assert!(told(&["build", "bad"], 2).contains("bad/function.yaml:3:12: error[invalid-option]: "));

    sandbox.write("go/build/Dockerfile.j2", "FROM scratch\nLABEL t={{ options.tag }}\nUSER {{ user }}\n");
    let run = sandbox.run(&["build", "own", "--diagnostics", "plain"]).ends_with(2);
    assert!(
        run.stderr.contains("go/build/Dockerfile.j2:2:12: error[template-failed]: `options.tag` is not there"),
        "{}",
        run.stderr
    );
    assert!(!sandbox.path().join("fly_own_context").exists());
    let run = sandbox.run(&["runtime", "check", "./go", "--diagnostics", "plain"]).ends_with(2);
    assert!(run.stderr.contains("error[template-failed]"), "{}", run.stderr);
}

#[test]
fn a_password_in_an_address_is_not_shown() {
    let sandbox = Sandbox::new([("x/function.yaml", "runtime: https://me:hunter2@h.invalid/r\n")]);
    for arguments in
        [&["new", "-r", "https://me:hunter2@h.invalid/r", "y"][..], &["build", "x", "--diagnostics", "plain"]]
    {
        let run = sandbox.run(arguments);
        assert!(run.code != 0 && !run.stderr.contains("hunter2"), "{}", run.stderr);
        assert!(run.stderr.contains("git knows how to log in"), "{}", run.stderr);
    }
}

#[test]
fn a_runtime_from_a_folder_is_found_from_the_function() {
    let sandbox = Sandbox::new(RUNTIME);
    sandbox.run(&["new", "-r", "./go", "functions/hello"]).ends_with(0);
    assert!(sandbox.read("functions/hello/function.yaml").contains("\nruntime: ../../go\n"));
    sandbox.run(&["build", "functions/hello", "-o", "out"]).ends_with(0);
    assert_eq!(sandbox.read("out/Dockerfile"), "FROM scratch\nLABEL tags=''\nUSER 1000\n");
    // On the command line, it counts from here.
    sandbox.run(&["build", "functions/hello", "-o", "out", "--runtime", "./go"]).ends_with(0);
    let run = sandbox.run(&["runtime", "check", "./go"]).ends_with(0);
    assert_eq!(run.stderr, "checked the runtime go: no errors\n");
    let shown = sandbox.run(&["runtime", "show", "./go"]).ends_with(0).stdout;
    assert!(shown.starts_with("go: Go with net/http\nlistens on port 9000, answers at /up when it is well"), "{shown}");
}

fn git(folder: &Path, arguments: &[&str]) -> String {
    let settings = ["-c", "user.name=Test", "-c", "user.email=test@example.com", "-c", "init.defaultBranch=main"];
    let output = Command::new("git").current_dir(folder).args(settings).args(arguments).output().expect("git");
    assert!(output.status.success(), "{output:?}");
    String::from_utf8(output.stdout).unwrap().trim().to_owned()
}

/// Commits all files, and gives the commit.
fn commit(folder: &Path) -> String {
    git(folder, &["add", "."]);
    git(folder, &["commit", "--quiet", "-m", "Change it"]);
    git(folder, &["rev-parse", "HEAD"])
}

#[test]
fn a_runtime_from_git_is_taken_at_the_recorded_commit() {
    let repository = Sandbox::new(RUNTIME);
    git(repository.path(), &["init", "--quiet"]);
    let first = commit(repository.path());
    let address = format!("file://{}#main:go", repository.path().display());

    let sandbox = Sandbox::new([]);
    sandbox.run(&["new", "-r", &address, "hello"]).ends_with(0);
    assert!(sandbox.read("hello/function.yaml").contains(&format!("\ncommit: {first}\n")));
    let run = sandbox.run(&["build", "hello", "-o", "a"]).ends_with(0);
    assert_eq!(run.stderr, "wrote a\n");

    // The branch moves on, and the function does not.
    repository.write("go/build/Dockerfile.j2", "FROM alpine\nUSER {{ user }}\n");
    let second = commit(repository.path());
    let run = sandbox.run(&["build", "hello", "-o", "b", "--diagnostics", "plain"]).ends_with(0);
    assert!(run.stderr.contains("hello/function.yaml:4:9: warning[runtime-moved]: "), "{}", run.stderr);
    assert_eq!(sandbox.read("b/Dockerfile"), sandbox.read("a/Dockerfile"));
    let run = sandbox.run(&["build", "hello", "-o", "c", "--update-runtime"]).ends_with(0);
    assert_eq!(run.stderr, "recorded the commit of its runtime in hello/function.yaml\nwrote c\n");
    assert_eq!(sandbox.read("c/Dockerfile"), "FROM alpine\nUSER 1000\n");
    assert!(sandbox.read("hello/function.yaml").contains(&format!("\ncommit: {second}\n")));

    // What was never recorded is recorded when it is used.
    sandbox.write("hello/function.yaml", format!("runtime: {address}\n"));
    sandbox.run(&["build", "hello", "-o", "d"]).ends_with(0);
    assert_eq!(sandbox.read("hello/function.yaml"), format!("runtime: {address}\ncommit: {second}\n"));
    let run = sandbox.run(&["build", "hello", "-o", "d"]).ends_with(0);
    assert_eq!(run.stderr, "d is as it was\n");

    let gone = "0123456789".repeat(4);
    sandbox.write("hello/function.yaml", format!("runtime: {address}\ncommit: \"{gone}\"\n"));
    let run = sandbox.run(&["build", "hello", "-o", "e"]).ends_with(1);
    assert!(run.stderr.contains(&format!("the recorded commit {gone} is not to be had")), "{}", run.stderr);
    let run = sandbox.run(&["new", "-r", &address.replace(":go", ":rust"), "other"]).ends_with(1);
    assert!(run.stderr.contains("there is no folder `rust` in "), "{}", run.stderr);
    assert!(!sandbox.path().join("e").exists() && !sandbox.path().join("other").exists());
}

/// FaaSO's runtimes and examples, which the tests of score-fly-runtime have.
fn faaso() -> String {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("../score-fly-runtime/tests/faaso").display().to_string()
}

#[test]
fn functions_of_faaso_build_as_they_are_and_as_ours() {
    let sandbox = Sandbox::new([]);
    for name in ["express", "flask", "kemal"] {
        let (function, runtime) =
            (format!("{}/examples/{name}/historico", faaso()), format!("{}/runtimes/{name}", faaso()));
        let (as_is, ours, built) = (format!("{name}/as-is"), format!("{name}/ours"), format!("{name}/built"));
        let run = sandbox.run(&["build", &function, "-o", &as_is]).ends_with(2);
        assert!(run.stderr.contains(&format!("FaaSO's own runtime `{name}` is not built in")), "{}", run.stderr);
        sandbox.run(&["build", &function, "-o", &as_is, "--runtime", &runtime]).ends_with(0);
        sandbox.run(&["import", "faaso", &function, "-o", &ours, "--runtime", &runtime]).ends_with(0);
        sandbox.run(&["build", &ours, "-o", &built]).ends_with(0);
        assert_eq!(sandbox.read(&format!("{built}/Dockerfile")), sandbox.read(&format!("{as_is}/Dockerfile")));
        assert!(sandbox.read(&format!("{built}/score.yaml")).contains("/secrets/pass:"));
        let imported = format!("./{name}/runtime");
        sandbox.run(&["import", "faaso", &runtime, "-o", &imported]).ends_with(0);
        sandbox.run(&["runtime", "check", &imported]).ends_with(0);
        sandbox.run(&["new", "-r", &imported, &format!("{name}/hello")]).ends_with(0);
        sandbox.run(&["build", &format!("{name}/hello"), "-o", &format!("{name}/context")]).ends_with(0);
    }
}

#[cfg(unix)]
#[test]
fn programs_stay_programs_and_all_can_be_read() {
    use std::os::unix::fs::PermissionsExt as _;

    let sandbox = Sandbox::new([]);
    sandbox.run(&["new", "-r", "static", "hello"]).ends_with(0);
    sandbox.write("hello/run.sh", "#!/bin/sh\n");
    for (path, mode) in [("hello/run.sh", 0o700), ("hello/public/index.html", 0o600)] {
        fs::set_permissions(sandbox.path().join(path), fs::Permissions::from_mode(mode)).unwrap();
    }
    sandbox.run(&["build", "hello", "-o", "out"]).ends_with(0);
    let mode = |path: &str| fs::metadata(sandbox.path().join(path)).unwrap().permissions().mode() & 0o777;
    assert_eq!((mode("out"), mode("out/run.sh"), mode("out/public/index.html")), (0o755, 0o755, 0o644));
}
