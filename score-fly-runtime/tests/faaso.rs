//! FaaSO's runtimes and examples: they load as they are, and can be made ours.

use std::path::Path;

use score_fly_runtime::{File, Files, Function, Runtime, build, faaso, scaffold};

mod support;
use support::{context, files, mistakes, text, told};

/// The files of a folder.
#[expect(clippy::disallowed_methods, reason = "fixtures are files")]
fn read(path: &str) -> Files {
    fn walk(folder: &Path, root: &Path, files: &mut Files) {
        for entry in std::fs::read_dir(folder).expect("a folder") {
            let path = entry.expect("an entry").path();
            if path.is_dir() {
                walk(&path, root, files);
            } else {
                let name = path.strip_prefix(root).expect("below").to_str().expect("text").replace('\\', "/");
                files.insert(name, std::fs::read(&path).expect("a file")).expect("a path");
            }
        }
    }
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/faaso").join(path);
    let mut files = Files::new(path);
    walk(&folder, &folder, &mut files);
    files
}

fn runtime(name: &str) -> Runtime {
    let (runtime, found) = Runtime::read(&read(&format!("runtimes/{name}"))).into_result().expect("it loads");
    assert!(found.is_empty(), "{found:?}");
    runtime
}

#[test]
fn all_runtimes_load_with_what_faaso_promises() {
    for (name, description) in [
        ("express", "Functions in JavaScript, on Express"),
        ("flask", "Functions in Python, on Flask"),
        ("kemal", "Functions in Crystal, on Kemal"),
    ] {
        let runtime = runtime(name);
        assert_eq!((runtime.name.as_str(), runtime.description.as_str()), (name, description));
        assert_eq!((runtime.contract.port, runtime.contract.health.as_str()), (3000, "/ping"));
    }
}

/// What FaaSO's `export` gives: by hand, from the template and the example's options.
#[test]
fn all_examples_build() {
    for name in faaso::RUNTIMES {
        for example in ["hello", "historico"] {
            let files = read(&format!("examples/{name}/{example}"));
            let (context, found) = context("folder", &files, Some(&runtime(name))).into_result().expect("it builds");
            assert!(found.is_empty(), "{found:?}");
            let dockerfile = text(&context, "Dockerfile");
            assert!(dockerfile.contains(
                "\nHEALTHCHECK --interval=1m --timeout=2s --start-period=2s --retries=3  CMD curl --fail \
                 http://localhost:3000/ping || exit 1\n"
            ));
            assert!(dockerfile.contains(" curl \n"), "{dockerfile}");
            assert!(context.contains("funko.yml") && context.contains("README.md"));
            assert!(text(&context, "score.yaml").contains(&format!("\n  name: {example}\n")));
            assert!(text(&context, "score.yaml").contains("path: /ping\n        port: 3000\n"));
        }
    }
    let express =
        context("x", &read("examples/express/hello"), Some(&runtime("express"))).into_result().expect("it builds").0;
    let copied = "\nCOPY --from=build /home/app/node_modules node_modules\n";
    assert!(text(&express, "Dockerfile").contains(copied), "{}", text(&express, "Dockerfile"));
    // Files that do not end in .j2 are left as they are, as FaaSO does.
    let flask =
        context("x", &read("examples/flask/hello"), Some(&runtime("flask"))).into_result().expect("it builds").0;
    assert!(text(&flask, "main.py").contains("Flask({{name}})"));
}

#[test]
fn packages_are_joined_with_and_without_brackets() {
    let mut files = read("examples/kemal/hello");
    let funko = text(&files, "funko.yml").replace("ship_packages: []", "ship_packages: [fish, git]");
    files.insert("funko.yml", funko).expect("a path");
    let context = context("x", &files, Some(&runtime("kemal"))).into_result().expect("it builds").0;
    let dockerfile = text(&context, "Dockerfile");
    assert!(dockerfile.contains("zlib-dev fish git \n") && dockerfile.contains("curl fish git\n"), "{dockerfile}");
}

#[test]
fn what_is_hidden_is_left_out_as_faaso_does() {
    let mut files = read("examples/flask/hello");
    files.insert(".env", "x").expect("a path");
    files.insert("a/.keep", "x").expect("a path");
    let context = context("x", &files, Some(&runtime("flask"))).into_result().expect("it builds").0;
    assert!(!context.contains(".env") && context.contains("a/.keep"));
}

#[test]
fn options_are_texts_and_lists_of_texts() {
    let funko = "name: hello\nruntime: flask\noptions:\n  ship_packages: [a, 1]\n  workers: 3\n  debug: true\n";
    let files = files("hello", &[("funko.yml", funko)]);
    assert_eq!(
        mistakes(context("x", &files, Some(&runtime("flask"))), &[&files]),
        [
            "hello/funko.yml:4:22 invalid-option: this must be a string, but is a number; put it in quotes",
            "hello/funko.yml:5:12 invalid-option: this must be a string or a list of strings, but is a number; put it in quotes",
            "hello/funko.yml:6:10 invalid-option: this must be a string or a list of strings, but is a boolean; put it in quotes",
        ]
    );
}

#[test]
fn an_option_that_is_missing_is_told_where_the_template_uses_it() {
    let files = files("hello", &[("funko.yml", "name: hello\nruntime: kemal\n")]);
    let source = read("runtimes/kemal");
    let told = mistakes(context("x", &files, Some(&runtime("kemal"))), &[&source, &files]);
    assert!(
        told[0].starts_with("runtimes/kemal/Dockerfile.j2:2:63 template-failed: `options.ship_packages` is not there"),
        "{told:?}"
    );
}

#[test]
fn a_function_without_a_runtime_brings_its_own_dockerfile() {
    let funko = "name: Hello\nruntime: null\n";
    let bare = files("hello", &[("funko.yml", funko)]);
    let told = mistakes(context("x", &bare, None), &[&bare]);
    assert!(told[0].starts_with("invalid-function: there is no Dockerfile in `hello`"), "{told:?}");
    let own = files("hello", &[("funko.yml", funko), ("Dockerfile", "FROM scratch\n")]);
    let context = context("x", &own, None).into_result().expect("it is enough").0;
    assert_eq!(text(&context, "Dockerfile"), "FROM scratch\n");
}

#[test]
fn new_functions_of_its_runtimes_build() {
    for name in faaso::RUNTIMES {
        let runtime = runtime(name);
        let files = scaffold("hello", &runtime, "../faaso/runtimes/x", None).into_result().expect("no mistakes").0;
        assert!(!files.contains("funko.yml"));
        assert!(text(&files, "function.yaml").contains("\nruntime: ../faaso/runtimes/x\noptions:\n  "));
        let context = context("hello", &files, Some(&runtime)).into_result().expect("it builds").0;
        assert!(text(&context, "Dockerfile").contains("\nUSER app\n"));
    }
}

#[test]
fn imported_runtimes_are_ours_and_make_the_same() {
    for name in faaso::RUNTIMES {
        let source = read(&format!("runtimes/{name}"));
        let (imported, found) = faaso::import_runtime(&source).into_result().expect("it is imported");
        let told = told(&found, &[]);
        assert_eq!(told.len(), 2, "{told:?}");
        assert!(
            told[0].contains("Fly does not run the `HEALTHCHECK`")
                && told[1].contains("here they stop when nobody asks")
        );
        assert!(
            imported.contains("runtime.yaml")
                && imported.contains("README.md")
                && imported.contains("build/Dockerfile.j2")
        );
        assert!(text(&imported, "build/Dockerfile.j2").contains("| join( \" \")"));

        let ours = Runtime::read(&imported).into_result().unwrap_or_else(|found| panic!("{found:?}")).0;
        assert!(ours.check().is_empty(), "{:?}", ours.check());
        assert_eq!(ours.contract, runtime(name).contract);
        assert!(ours.options.options().all(|option| option.default.is_some()));
        let files = read(&format!("examples/{name}/hello"));
        let of = |runtime| context("x", &files, Some(runtime)).into_result().expect("it builds").0;
        let (theirs, ours) = (of(&runtime(name)), of(&ours));
        assert_eq!(text(&ours, "Dockerfile"), text(&theirs, "Dockerfile"));
        assert_eq!(text(&ours, "score.yaml"), text(&theirs, "score.yaml"));
    }
}

#[test]
fn imported_functions_say_where_their_secrets_come_from() {
    let source = read("examples/kemal/historico");
    let reference = "https://github.com/ralsina/faaso#main:runtimes/kemal";
    let (files, found) = faaso::import_function(&source, Some(reference), None).into_result().expect("it is imported");
    assert_eq!(told(&found, &[]).len(), 2);
    assert!(!files.contains("funko.yml") && files.contains("funko.cr"));
    let score = text(&files, "score.yaml");
    assert!(score.contains(
        "    files:
      /secrets/pass:
        content: ${resources.secrets.pass}
      /secrets/user:
        content: ${resources.secrets.user}
"
    ));
    let score = score_fly_core::Source::new("score.yaml", score);
    score_fly_core::load(score_fly_core::Input::new(&score)).into_result().expect("a Score file");

    let yaml = Function::source(&files).into_result().expect("function.yaml").0;
    let function = Function::read(&yaml).into_result().expect("no mistakes").0;
    assert_eq!(function.runtime.as_ref().map(ToString::to_string).as_deref(), Some(reference));
    let built = build("x", &files, &function, Some(&runtime("kemal"))).into_result().expect("it builds").0;
    let as_it_was = context("x", &source, Some(&runtime("kemal"))).into_result().expect("it builds").0;
    assert_eq!(text(&built, "Dockerfile"), text(&as_it_was, "Dockerfile"));
}

#[test]
fn imported_names_are_in_lower_case() {
    let own = files("hello", &[("funko.yml", "name: Hello\n"), ("Dockerfile", "FROM scratch\n")]);
    let (files, found) = faaso::import_function(&own, None, None).into_result().expect("it is imported");
    assert!(told(&found, &[])[0].contains("the function `Hello` is called `hello`"));
    assert!(text(&files, "score.yaml").contains("\n  name: hello\n"));
    assert_eq!(files.get("Dockerfile"), Some(&File::from("FROM scratch\n")));
}
