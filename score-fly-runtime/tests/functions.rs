//! Functions of the built-in runtimes, from nothing to a fly.toml; and what goes wrong on the way.

use score_fly_core::resolve::Given;
use score_fly_core::{Input, Source, convert};
use score_fly_runtime::{File, Function, Runtime, build, scaffold};

mod support;
use support::{builtin, context, files, mistakes, new, text, told};

#[test]
fn there_are_no_remarks_about_built_in_runtimes() {
    let names: Vec<&str> = Runtime::builtins().collect();
    assert_eq!(names, ["axum", "express", "flask", "static"]);
    for name in names {
        let runtime = builtin(name);
        assert_eq!(runtime.name, name);
        assert!(runtime.check().is_empty(), "{:?}", runtime.check());
        assert!(runtime.options.options().all(|option| option.description.is_some() && option.default.is_some()));
    }
}

#[test]
fn a_new_function_has_what_its_user_owns() {
    for (runtime, own) in
        [("axum", "src/lib.rs"), ("express", "function.js"), ("flask", "function.py"), ("static", "public/index.html")]
    {
        let files = new("hello", runtime);
        for path in [own, "README.md", "function.yaml", "score.yaml"] {
            assert!(files.contains(path), "{runtime} has no {path}");
        }
        assert!(text(&files, own).contains("hello"), "{runtime}");
        assert!(!files.contains("Dockerfile"));
        assert!(text(&files, "function.yaml").contains(&format!("\nruntime: {runtime}\n")));
    }
}

#[test]
fn the_same_bytes_come_of_two_builds() {
    for runtime in Runtime::builtins() {
        let make =
            || context("hello", &new("hello", runtime), Some(&builtin(runtime))).into_result().expect("no mistakes").0;
        let (one, two) = (make(), make());
        assert_eq!(one, two);
        assert!(one.contains("Dockerfile") && one.contains(".dockerignore"));
    }
}

/// By hand, from docs/mapping.md: two ports with one target are one service, the readiness probe is its
/// check, and what the annotations say of its machines stands in it.
#[test]
fn it_is_an_ordinary_workload_that_scales_to_zero() {
    for runtime in Runtime::builtins() {
        let context =
            context("hello", &new("hello", runtime), Some(&builtin(runtime))).into_result().expect("no mistakes").0;
        let source = Source::new("score.yaml", text(&context, "score.yaml"));
        let options = score_fly_core::convert::Options::default();
        let (app, found) =
            convert(Input::new(&source), &Given::default(), &options).into_result().expect("it converts");
        assert!(found.is_empty(), "{found:?}");
        let service = &app.config.services[0];
        assert_eq!(app.config.services.len(), 1);
        let fly = score_fly_core::fly::emit(&app.config);
        assert_eq!(service.internal_port, Some(builtin(runtime).contract.port));
        for line in [
            "app = \"hello\"",
            "kill_signal = \"SIGTERM\"",
            "dockerfile = \"Dockerfile\"",
            "auto_stop_machines = \"stop\"",
            "auto_start_machines = true",
            "min_machines_running = 0",
            "force_https = true",
            "path = \"/health\"",
        ] {
            assert!(fly.lines().any(|written| written == line), "no {line} in\n{fly}");
        }
    }
}

#[test]
fn options_and_names_come_into_the_context() {
    let mut files = new("hello", "flask");
    let options = "runtime: flask\noptions:\n  workers: 3\n  module: app\n  packages: [libpq5=17.*]\n";
    files.insert("function.yaml", options).expect("a path");
    let context = context("other", &files, Some(&builtin("flask"))).into_result().expect("no mistakes").0;
    assert!(text(&context, "gunicorn.conf.py").contains("\nworkers = 3\nthreads = 8\n"));
    assert!(text(&context, "wsgi.py").contains("\nfrom app import app\n"));
    assert!(text(&context, "Dockerfile").contains("--no-install-recommends 'libpq5=17.*' \\\n"));
    // The Score file says the name, whatever the folder is called.
    assert!(text(&context, "score.yaml").contains("\n  name: hello\n"));
}

#[test]
fn what_is_not_part_of_the_function_stays_out() {
    let mut files = new("hello", "express");
    for path in [
        "node_modules/express/index.js",
        ".git/config",
        "lib/node_modules/x.js",
        "lib/a.js",
        "lib/fly_a.env",
        ".score-fly/state.yaml",
        "fly_hello.toml",
        "fly_hello.env",
        "fly_hello.machine.json",
        "fly_hello_files/etc/a",
        "fly_hello_context/Dockerfile",
    ] {
        files.insert(path, "x").expect("a path");
    }
    let context = context("hello", &files, Some(&builtin("express"))).into_result().expect("no mistakes").0;
    let paths: Vec<&str> = context.iter().map(|(path, _)| path).filter(|path| path.contains('/')).collect();
    assert_eq!(paths, ["lib/a.js", "lib/fly_a.env"]);
    assert!(!context.contains("fly_hello.env") && !context.contains("fly_hello.toml"));
}

#[test]
fn a_program_stays_one() {
    let mut files = new("hello", "static");
    files.insert("run.sh", File { content: b"#!/bin/sh\n".into(), executable: true }).expect("a path");
    let context = context("hello", &files, Some(&builtin("static"))).into_result().expect("no mistakes").0;
    assert!(context.get("run.sh").is_some_and(|file| file.executable));
}

#[test]
fn the_users_file_wins_and_that_is_told() {
    let mut files = new("hello", "static");
    files.insert("Caddyfile", "mine").expect("a path");
    let (context, found) = context("hello", &files, Some(&builtin("static"))).into_result().expect("only a warning");
    assert_eq!(text(&context, "Caddyfile"), "mine");
    let help = "keep it if you mean to go your own way there; else remove or rename it";
    assert_eq!(
        told(&found, &[&files]),
        [format!(
            "file-replaced: `hello/Caddyfile` is used instead of the `Caddyfile` of the runtime `static`; {help}"
        )]
    );
}

#[test]
fn a_file_that_is_in_the_way_is_an_error() {
    let mut files = new("hello", "express");
    files.insert("server.js/index.js", "x").expect("a path");
    let told = mistakes(context("hello", &files, Some(&builtin("express"))), &[&files]);
    let what = "`hello/server.js/index.js` stands in the way of the runtime's `express/build/server.js`";
    assert_eq!(told, [format!("path-conflict: {what}; rename `hello/server.js/index.js`")]);
}

#[test]
fn unknown_runtimes_get_the_nearest_name() {
    let told = |name| mistakes(Runtime::builtin(name), &[]);
    assert_eq!(told("flaks"), ["unknown-runtime: there is no runtime `flaks`; did you mean `flask`?"]);
    let [kemal] = &told("kemal")[..] else { panic!("one") };
    assert!(kemal.contains("it is one of FaaSO's"), "{kemal}");
    let [other] = &told("cobol")[..] else { panic!("one") };
    assert!(other.contains("`axum`, `express`, `flask`, `static`"), "{other}");
}

#[test]
fn a_runtime_that_can_not_be_had_is_marked_where_it_is_written() {
    let told = |reference: &str| {
        let files = files("hello", &[("function.yaml", &format!("runtime: {reference}\n"))]);
        let source = Function::source(&files).into_result().expect("it is there").0;
        let function = Function::read(&source).into_result().expect("no mistakes").0;
        function.builtin().into_result().map(|(runtime, _)| runtime.map(|runtime| runtime.name)).map_err(|found| {
            let [told] = &told(&found, &[&files])[..] else { panic!("one") };
            told.clone()
        })
    };
    assert_eq!(told("flask"), Ok(Some("flask".to_owned())));
    let unknown = "hello/function.yaml:1:10 unknown-runtime: there is no runtime `flaks`; did you mean `flask`?";
    assert_eq!(told("flaks"), Err(unknown.to_owned()));
    for elsewhere in ["./go", "https://h/r#v1:go"] {
        let told = told(elsewhere).expect_err("it is not built in");
        assert!(told.starts_with(&format!("hello/function.yaml:1:10 unknown-runtime: `{elsewhere}` ")), "{told}");
        assert!(told.contains("name one of `axum`, `express`, `flask`, `static`; "), "{told}");
    }
}

#[test]
fn options_are_held_to_their_schema_where_they_are_written() {
    let text = "runtime: flask
options:
  workers: many
  threads: 1000
  modul: app
  packages: curl
  buildPackages: [gcc, gcc, 3, x]
  timeout: 2.5
";
    let mut files = files("hello", &[("function.yaml", text)]);
    let told = mistakes(context("hello", &files, Some(&builtin("flask"))), &[&files]);
    assert_eq!(
        told,
        [
            "hello/function.yaml:3:12 invalid-option: this must be a whole number from 1 to 64, but is a string",
            "hello/function.yaml:4:12 invalid-option: this is 1000, but must be a whole number from 1 to 256",
            "hello/function.yaml:5:3 invalid-option: the runtime has no option `modul`; did you mean `module`?",
            "hello/function.yaml:6:13 invalid-option: this must be a list, each item of which is a string, but is a string; write `[\"curl\"]`",
            "hello/function.yaml:7:24 invalid-option: `\"gcc\"` stands in the list a second time; remove it",
            "hello/function.yaml:7:29 invalid-option: this must be a string, but is a number; put it in quotes",
            "hello/function.yaml:7:32 invalid-option: this has 1 characters, but must have at least 2",
            "hello/function.yaml:8:12 invalid-option: this must be a whole number from 1 to 3600, but is a number",
        ]
    );
    files.insert("function.yaml", "runtime: flask\noptions: [a]\n").expect("a path");
    let told = mistakes(context("hello", &files, Some(&builtin("flask"))), &[&files]);
    assert_eq!(told, ["hello/function.yaml:2:1 invalid-option: this must be a mapping, but is a list"]);
}

#[test]
fn function_yaml_is_read_whole() {
    let text = "runtme: flask\ncommit: abc\noptions: {}\n";
    let files = files("hello", &[("function.yaml", text)]);
    let told = mistakes(context("hello", &files, None), &[&files]);
    assert_eq!(
        told,
        [
            "hello/function.yaml:1:1 invalid-function: `runtme` is not a key that can stand here; did you mean `runtime`?",
            "hello/function.yaml:1:1 invalid-function: `runtime` is missing; add it, such as `runtime: flask`",
            "hello/function.yaml:2:9 invalid-function: `commit` can't be `abc`; it is a commit's full hash, of 40 or 64 digits",
        ]
    );
    let empty = support::files("hello", &[("main.go", "package main\n")]);
    let told = mistakes(Function::source(&empty), &[&empty]);
    assert!(told[0].starts_with("invalid-function: there is no function in `hello`; "), "{told:?}");
}

#[test]
fn a_commit_is_recorded_without_changing_anything_else() {
    let (old, new) = ("a".repeat(40), "b".repeat(40));
    for (text, wanted) in [
        (
            format!("# Mine\nruntime: x/y # here\ncommit: {old} # then\noptions: {{}}\n"),
            format!("# Mine\nruntime: x/y # here\ncommit: {new} # then\noptions: {{}}\n"),
        ),
        (format!("commit: \"{old}\"\nruntime: x/y"), format!("commit: {new}\nruntime: x/y")),
        (
            "runtime: x/y # here\noptions: {}\n".to_owned(),
            format!("runtime: x/y # here\ncommit: {new}\noptions: {{}}\n"),
        ),
        ("runtime: x/y".to_owned(), format!("runtime: x/y\ncommit: {new}")),
    ] {
        let source = Source::new("function.yaml", text);
        let function = Function::read(&source).into_result().expect("no mistakes").0;
        let changed = function.with_commit(&new).expect("it can be recorded");
        assert_eq!(changed, wanted);
        let source = Source::new("function.yaml", changed);
        assert_eq!(Function::read(&source).into_result().expect("no mistakes").0.commit, Some(new.clone()));
    }
}

#[test]
fn a_moved_runtime_is_told_at_the_recorded_commit() {
    let files = files("hello", &[("function.yaml", &format!("runtime: https://h/r#v1\ncommit: {}\n", "a".repeat(40)))]);
    let source = Function::source(&files).into_result().expect("it is there").0;
    let function = Function::read(&source).into_result().expect("no mistakes").0;
    let [told] = &told(&function.moved(&"b".repeat(40)), &[&files])[..] else { panic!("one") };
    let what = "`https://h/r#v1` is at bbbbbbbbbbbb now, and is taken at aaaaaaaaaaaa";
    assert!(told.starts_with(&format!("hello/function.yaml:2:9 runtime-moved: {what}; ")), "{told}");
}

#[test]
fn names_in_a_funko_are_those_of_faaso() {
    let files = files("hello", &[("funko.yml", "name: hello\nruntime: flask\n")]);
    let source = Function::source(&files).into_result().expect("it is there").0;
    let function = Function::read(&source).into_result().expect("no mistakes").0;
    let told = mistakes(function.reference(None), &[&files]);
    assert!(
        told[0].starts_with("hello/funko.yml:2:10 unknown-runtime: FaaSO's own runtime `flask` is not built in; "),
        "{told:?}"
    );
    let given = function.reference(Some("../flask")).into_result().expect("it is given").0;
    assert_eq!(given.map(|reference| reference.to_string()).as_deref(), Some("../flask"));
}

#[test]
fn mistakes_in_the_score_file_are_told_with_those_in_the_options() {
    let mut files = new("hello", "static");
    files.insert("score.yaml", "apiVersion: score.dev/v1b1\nmetadata: {name: Hello}\n").expect("a path");
    files.insert("function.yaml", "runtime: static\noptions: {users: 1}\n").expect("a path");
    let told = mistakes(context("hello", &files, Some(&builtin("static"))), &[&files]);
    assert!(
        told.iter().any(|line| line.contains("score.yaml:2:18 invalid-name: `Hello` can't be a workload name")),
        "{told:?}"
    );
    assert!(told.iter().any(|line| line.contains("function.yaml:2:18 invalid-option: ")), "{told:?}");
}

#[test]
fn names_of_functions_are_names_of_workloads() {
    let told = mistakes(scaffold("My Function", &builtin("flask"), "flask", None), &[]);
    assert!(
        told[0].starts_with("invalid-name: `My Function` can't be a workload name; write `my-function`: "),
        "{told:?}"
    );
}

/// A runtime of somebody's own.
fn go(dockerfile: &str, manifest: &str) -> score_fly_runtime::Files {
    files(
        "runtimes/go",
        &[
            ("runtime.yaml", manifest),
            ("build/Dockerfile.j2", dockerfile),
            ("template/main.go.j2", "package main // {{ name }}\n"),
        ],
    )
}

const MANIFEST: &str = "name: go
description: Go with net/http
contract: {port: 9000, health: /up, user: 1000, stopSignal: SIGINT}
ignore: [bin]
options:
  required: [module]
  properties:
    module: {type: string, description: The name of the module}
    tags: {type: array, items: {type: string}}
";

#[test]
fn a_runtime_of_ones_own_makes_functions() {
    let source =
        go("FROM scratch\nLABEL m={{ options.module | shell }}\nUSER {{ user }}\nEXPOSE {{ port }}\n", MANIFEST);
    let runtime = Runtime::read(&source).into_result().expect("no mistakes").0;
    assert!(runtime.check().is_empty(), "{:?}", runtime.check());
    let commit = "0123456789abcdef0123456789abcdef01234567";
    let reference = "https://example.com/runtimes.git#v1:go";
    let mut files = scaffold("hello", &runtime, reference, Some(commit)).into_result().expect("no mistakes").0;
    let function = text(&files, "function.yaml");
    assert_eq!(
        function,
        format!(
            "# What this folder is built with: Go with net/http.
runtime: \"{reference}\"
# The commit at which the runtime is taken.
commit: {commit}
options:
  # The name of the module
  module: # needed: a string
  # a list, each item of which is a string
  # tags: # a list, each item of which is a string
"
        )
    );
    assert!(text(&files, "score.yaml").contains("kill-signal: SIGINT"));

    let told = mistakes(context("hello", &files, Some(&runtime)), &[&files]);
    assert_eq!(told.len(), 1, "{told:?}");
    files.insert("function.yaml", function.replace("module: #", "module: hi #")).expect("a path");
    let context = context("hello", &files, Some(&runtime)).into_result().expect("no mistakes").0;
    assert_eq!(text(&context, "Dockerfile"), "FROM scratch\nLABEL m=hi\nUSER 1000\nEXPOSE 9000\n");
    assert!(text(&context, "score.yaml").contains("path: /up\n        port: 9000\n"));
}

#[test]
fn a_template_that_fails_is_told_with_its_place_and_the_missing_name() {
    let source = go("FROM scratch\nLABEL m={{ options.modul }}\nUSER {{ usr }}\n", MANIFEST);
    let runtime = Runtime::read(&source).into_result().expect("no mistakes").0;
    let files = files("hello", &[("function.yaml", "runtime: ../go\noptions: {module: m}\n")]);
    let told = mistakes(context("hello", &files, Some(&runtime)), &[&source, &files]);
    let place = "runtimes/go/build/Dockerfile.j2:2:12";
    assert_eq!(
        told,
        [format!("{place} template-failed: `options.modul` is not there; did you mean `options.module`?")]
    );
}

#[test]
fn all_mistakes_of_a_runtime_are_told_at_once() {
    let manifest = "name: go lang
description: Go
contract: {port: 0, health: up, user: root, stopSignal: SIGKILL}
ignore: [a/b, 3]
optoins: {}
options:
  type: array
  additionalProperties: false
  propertys: {}
  properties:
    a: {type: strin, pattern: x}
    b: {type: integer, minimum: 3, default: 2}
";
    let source = files("go", &[("runtime.yaml", manifest), ("build/x", "")]);
    let told = mistakes(Runtime::read(&source), &[&source]);
    let wanted = [
        "1:7 invalid-runtime: `name` can't be `go lang`",
        "3:18 invalid-runtime: `port` can't be `0`",
        "3:29 invalid-runtime: `health` can't be `up`",
        "3:39 invalid-runtime: `user` can't be `\"root\"`",
        "3:57 invalid-runtime: `stopSignal` can't be `SIGKILL`",
        "4:10 invalid-runtime: `ignore` can't be `a/b`",
        "4:15 invalid-runtime: this must be a string, but is a number",
        "5:1 invalid-runtime: `optoins` is not a key that can stand here; did you mean `options`?",
        "7:9 invalid-runtime: options are always a mapping",
        "9:3 invalid-runtime: `propertys` is not a keyword of JSON Schema that has a meaning here; did you mean `properties`?",
        "11:15 invalid-runtime: `strin` is not a type of JSON Schema; did you mean `string`?",
        "11:22 invalid-runtime: `pattern` is not a keyword of JSON Schema that has a meaning here",
        "12:45 invalid-runtime: the default is not one that the schema allows: this is 2, but must be a whole number from 3",
    ];
    assert_eq!(told.len(), wanted.len(), "{told:#?}");
    for (told, wanted) in told.iter().zip(wanted) {
        assert!(told.starts_with(&format!("go/runtime.yaml:{wanted}")), "{told}\n{wanted}");
    }
}

#[test]
fn a_runtime_has_a_dockerfile_that_does_not_run_as_root() {
    let bare = files("go", &[("runtime.yaml", MANIFEST), ("build/x", "")]);
    let told = mistakes(Runtime::read(&bare), &[&bare]);
    assert_eq!(told, ["invalid-runtime: the runtime has no Dockerfile; add `go/build/Dockerfile.j2`"]);
    for dockerfile in ["FROM a\n", "FROM a\nUSER 0\n", "FROM a\nUSER {{ user }}\nFROM b\n", "FROM a\nUSER root:root\n"]
    {
        let runtime = Runtime::read(&go(dockerfile, MANIFEST)).into_result().expect("no mistakes").0;
        let [one] = &support::told(&runtime.check(), &[])[..] else { panic!("{dockerfile}") };
        assert!(one.contains("runs as root; end it with `USER 1000`"), "{one}");
    }
}

#[test]
fn files_of_a_runtime_do_not_get_in_each_others_way() {
    let one = files(
        "go",
        &[
            ("runtime.yaml", MANIFEST),
            ("build/Dockerfile", "FROM a\nUSER 1\n"),
            ("build/Dockerfile.j2", "FROM a\nUSER 1\n"),
            ("template/src", ""),
            ("build/src/main.go", ""),
        ],
    );
    let told = mistakes(Runtime::read(&one), &[]);
    assert_eq!(told.len(), 2, "{told:?}");
    assert!(
        told[0].starts_with("path-conflict: `go/build/Dockerfile.j2` is not the only file that becomes `Dockerfile`")
    );
    assert!(told[1].starts_with("path-conflict: `go/build/src/main.go` can't be where it is to be, because of `src`"));
}

#[test]
fn nothing_hostile_makes_it_panic() {
    let texts =
        ["", "\u{feff}", "[", "a: *a", "- 1", "null", "{}", "runtime: [a]", "runtime: {}", "options: 3", "\u{0}"];
    for text in texts {
        for path in ["function.yaml", "funko.yml"] {
            let files = files("x", &[(path, text)]);
            let _ = Function::source(&files).and_then(|source| {
                Function::read(&source).and_then(|function| build("x", &files, &function, Some(&builtin("static"))))
            });
        }
        let _ = Runtime::read(&files("x", &[("runtime.yaml", text)]));
        for template in ["{{", "{% for %}", "{{ name | }}", "{{ 'a' * 99 }}", text] {
            if let Some(runtime) = Runtime::read(&go(template, MANIFEST)).into_parts().0 {
                let _ = runtime.check();
            }
        }
    }
}
