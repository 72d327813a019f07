use std::fs;

use crate::sandbox::{BROKEN, OUTPUTS, SECRET, Sandbox, WEB, WITH_SECRET};

const EXPANDED: &str = "\
apiVersion: score.dev/v1b1
metadata:
  name: web
containers:
  main:
    image: .
    files:
      /etc/motd: {content: hello}
      /etc/app.conf: {source: app.conf}
";

fn toml(sandbox: &Sandbox, path: &str) -> toml_edit::DocumentMut {
    sandbox.read(path).parse().unwrap()
}

#[test]
fn writes_next_to_where_it_runs() {
    let sandbox = Sandbox::new([("score.yaml", WEB)]);
    let run = sandbox.run(&["generate", "score.yaml"]).ends_with(0);
    assert_eq!(run.stdout, "");
    assert_eq!(run.stderr, "wrote fly_web.toml\n");
    assert_eq!(sandbox.names(), ["fly_web.toml", "score.yaml"]);
    let written = sandbox.read("fly_web.toml");
    let (mark, rest) = written.split_once('\n').unwrap();
    assert!(mark.starts_with("# Made by score-fly (sha256:"), "{mark}");
    assert_eq!(rest, sandbox.run(&["convert", "score.yaml"]).stdout);
}

#[test]
fn is_silent_if_asked_to() {
    let sandbox = Sandbox::new([("score.yaml", WEB)]);
    let run = sandbox.run(&["generate", "score.yaml", "--quiet"]).ends_with(0);
    assert_eq!((run.stdout.as_str(), run.stderr.as_str()), ("", ""));
}

#[test]
fn names_the_next_commands_if_asked_to() {
    let sandbox = Sandbox::new([("score.yaml", WITH_SECRET), ("outputs.yaml", OUTPUTS)]);
    let run = sandbox
        .run(&["generate", "score.yaml", "--outputs", "outputs.yaml", "-v", "--output-folder", "my out"])
        .ends_with(0);
    let next = "next:\n  fly apps create api\n  fly secrets import --stage -a api < 'my out/fly_api.env'\n  \
                fly deploy -c 'my out/fly_api.toml'\n";
    assert!(run.stderr.ends_with(next), "{}", run.stderr);
    assert!(run.stderr.starts_with("read outputs.yaml\nread score.yaml\n"), "{}", run.stderr);
}

#[test]
fn secrets_go_into_a_file_of_their_own() {
    let sandbox = Sandbox::new([("score.yaml", WITH_SECRET), ("outputs.yaml", OUTPUTS)]);
    let run = sandbox.run(&["generate", "score.yaml", "--outputs", "outputs.yaml", "-v"]).ends_with(0);
    assert!(!run.stdout.contains(SECRET) && !run.stderr.contains(SECRET));
    assert_eq!(sandbox.names(), ["fly_api.env", "fly_api.toml", "outputs.yaml", "score.yaml"]);
    assert_eq!(sandbox.read("fly_api.env"), "DB_PASSWORD=\"\"\"hunter2-secret\"\"\"\n");
    assert!(!sandbox.read("fly_api.toml").contains(SECRET));
    #[cfg(unix)]
    {
        use std::os::unix::fs::PermissionsExt as _;
        let mode = |name| fs::metadata(sandbox.path().join(name)).unwrap().permissions().mode() & 0o777;
        assert_eq!(mode("fly_api.env"), 0o600);
        assert_eq!(mode("fly_api.toml"), mode("score.yaml"));
    }
}

#[test]
fn a_secrets_file_that_is_of_no_use_stays_and_is_named() {
    let sandbox = Sandbox::new([("score.yaml", WEB), ("fly_web.env", "OLD=1\n")]);
    let run = sandbox.run(&["generate", "score.yaml"]).ends_with(0);
    assert_eq!(run.stderr, "wrote fly_web.toml\nfly_web.env is of no use any more: the workload has no secrets\n");
    assert_eq!(sandbox.read("fly_web.env"), "OLD=1\n");
}

#[test]
fn secrets_go_where_they_are_sent() {
    let sandbox = Sandbox::new([("score.yaml", WITH_SECRET), ("outputs.yaml", OUTPUTS), ("web.yaml", WEB)]);
    let generate = ["generate", "score.yaml", "--outputs", "outputs.yaml", "--secrets-file"];

    sandbox.run(&[&generate[..], &["vault/mine.env"]].concat()).ends_with(0);
    assert!(sandbox.read("vault/mine.env").contains(SECRET));
    assert!(!sandbox.names().contains(&"fly_api.env".to_owned()));

    let run = sandbox.run(&[&generate[..], &["-"]].concat()).ends_with(0);
    assert_eq!(run.stdout, sandbox.read("vault/mine.env"));
    assert!(!run.stderr.contains(SECRET));

    // Whoever names a file gets one, so that a script finds it.
    sandbox.run(&["generate", "web.yaml", "--secrets-file", "vault/mine.env"]).ends_with(0);
    assert_eq!(sandbox.read("vault/mine.env"), "");
}

#[cfg(unix)]
#[test]
fn secrets_may_go_into_a_pipe() {
    let sandbox = Sandbox::new([("score.yaml", WITH_SECRET), ("outputs.yaml", OUTPUTS)]);
    let arguments = ["generate", "score.yaml", "--outputs", "outputs.yaml", "--secrets-file", "/dev/stdout"];
    let run = sandbox.run(&arguments).ends_with(0);
    assert!(run.stdout.contains(SECRET), "{}", run.stdout);
}

#[test]
fn side_files_go_next_to_fly_toml() {
    let sandbox = Sandbox::new([("app/score.yaml", EXPANDED), ("app/app.conf", "name = ${metadata.name}\n")]);
    let run = sandbox.run(&["generate", "app/score.yaml", "--output-folder", "out/deep"]).ends_with(0);
    assert!(run.stderr.ends_with("wrote out/deep/fly_web.toml\n"), "{}", run.stderr);
    let toml = toml(&sandbox, "out/deep/fly_web.toml");
    let mut contents = Vec::new();
    for file in toml["files"].as_array_of_tables().unwrap() {
        // flyctl reads it from where it runs, which is where we ran.
        let path = file["local_path"].as_str().unwrap();
        assert!(path.starts_with("out/deep/fly_web_files/"), "{path}");
        contents.push(sandbox.read(path));
    }
    contents.sort();
    assert_eq!(contents, ["hello", "name = web\n"]);
    // flyctl reads it from the folder of fly.toml.
    assert_eq!(toml["build"]["dockerfile"].as_str(), Some("../../app/Dockerfile"));
}

#[test]
fn paths_in_full_are_related_to_where_it_runs() {
    let sandbox = Sandbox::new([("app/score.yaml", EXPANDED), ("app/app.conf", "plain\n"), ("out/keep", "")]);
    let full = |path: &str| sandbox.path().join(path).to_str().unwrap().to_owned();
    sandbox.run(&["generate", &full("app/score.yaml"), "--output-folder", &full("out")]).ends_with(0);
    let full_paths = sandbox.read("out/fly_web.toml");
    sandbox.run(&["generate", "app/score.yaml", "--output-folder", "out"]).ends_with(0);
    assert_eq!(full_paths, sandbox.read("out/fly_web.toml"));
    assert!(full_paths.contains("app/app.conf"), "{full_paths}");
}

#[test]
fn files_can_stand_in_fly_toml() {
    let sandbox = Sandbox::new([("score.yaml", EXPANDED), ("app.conf", "name = ${metadata.name}\n")]);
    sandbox.run(&["generate", "score.yaml", "--inline-files"]).ends_with(0);
    assert_eq!(sandbox.names(), ["app.conf", "fly_web.toml", "score.yaml"]);
    assert!(sandbox.read("fly_web.toml").contains("raw_value"));
}

#[test]
fn an_update_keeps_what_score_does_not_speak_of() {
    let sandbox =
        Sandbox::new([("score.yaml", WEB), ("fly_web.toml", "# ours\napp = \"old\"\nconsole_command = \"sh\"\n")]);
    sandbox.run(&["generate", "score.yaml", "--update"]).ends_with(0);
    let updated = sandbox.read("fly_web.toml");
    assert!(updated.starts_with("# ours\n") && updated.contains("console_command"), "{updated}");
    assert!(updated.contains("nginx:1.27") && !updated.contains("old"), "{updated}");

    sandbox.run(&["generate", "score.yaml", "--force"]).ends_with(0);
    assert!(!sandbox.read("fly_web.toml").contains("ours"));

    fs::remove_file(sandbox.path().join("fly_web.toml")).unwrap();
    sandbox.run(&["generate", "score.yaml", "--update"]).ends_with(0);
    assert!(sandbox.read("fly_web.toml").contains("nginx:1.27"));
}

#[test]
fn a_change_by_hand_is_never_lost_in_silence() {
    let sandbox = Sandbox::new([("score.yaml", WEB), ("other.yaml", &WEB.replace("web", "other"))]);
    sandbox.run(&["generate", "score.yaml"]).ends_with(0);
    // What we wrote is ours to replace, also after the Score file changed.
    sandbox.write("score.yaml", WEB.replace("1.27", "1.28"));
    sandbox.run(&["generate", "score.yaml"]).ends_with(0);
    assert!(sandbox.read("fly_web.toml").contains("1.28"));

    let edited = format!("{}# for the sale\nconsole_command = \"sh\"\n", sandbox.read("fly_web.toml"));
    sandbox.write("fly_web.toml", edited.replace("[build]", "console_command = \"sh\"\n\n[build]"));
    let edited = sandbox.read("fly_web.toml");
    // Nothing of the run is written then.
    let before = sandbox.files();
    let run = sandbox.run(&["generate", "score.yaml", "other.yaml"]).ends_with(1);
    let message = "error: `fly_web.toml` is not as score-fly has written it: nothing is written: --update keeps what \
                   others wrote into it, --force replaces it\n";
    assert_eq!(run.stderr, message);
    assert_eq!(sandbox.files(), before);

    sandbox.write("fly_web.toml", edited.replace("# for the sale\nconsole_command = \"sh\"\n", "# for the sale\n"));
    sandbox.run(&["generate", "score.yaml", "other.yaml", "--update"]).ends_with(0);
    let updated = sandbox.read("fly_web.toml");
    assert!(updated.contains("# for the sale") && !updated.contains("# Made by score-fly"), "{updated}");
    // It is still theirs.
    sandbox.run(&["generate", "score.yaml"]).ends_with(1);
    sandbox.run(&["generate", "score.yaml", "--force"]).ends_with(0);
    assert!(!sandbox.read("fly_web.toml").contains("sale"));
    // An update of what is ours stays ours.
    sandbox.run(&["generate", "score.yaml", "--update"]).ends_with(0);
    sandbox.run(&["generate", "score.yaml"]).ends_with(0);
}

#[test]
fn one_workload_goes_into_a_file_that_is_named() {
    let score = format!("{WEB}    files: {{/etc/x: {{content: hi}}}}\n");
    let sandbox = Sandbox::new([("score.yaml", &score), ("b.yaml", &WEB.replace("web", "bee"))]);
    let run = sandbox.run(&["generate", "score.yaml", "-o", "deploy/fly.toml"]).ends_with(0);
    assert_eq!(run.stderr, "wrote deploy/fly_web_files/etc/x\nwrote deploy/fly.toml\n");
    assert!(sandbox.read("deploy/fly.toml").contains("local_path = \"deploy/fly_web_files/etc/x\""));

    let run = sandbox.run(&["generate", "b.yaml", "--output", "-"]).ends_with(0);
    assert_eq!(run.stdout, sandbox.run(&["convert", "b.yaml"]).stdout);
    assert_eq!(run.stderr, "");

    let run = sandbox.run(&["generate", "score.yaml", "b.yaml", "-o", "out.toml"]).ends_with(1);
    assert!(run.stderr.contains("--output is meant for one Score file"), "{}", run.stderr);
    let run = sandbox.run(&["generate", "b.yaml", "-o", "-", "--secrets-file", "-"]).ends_with(1);
    assert!(run.stderr.contains("can't both go to standard output"), "{}", run.stderr);
    let run = sandbox.run(&["generate", "b.yaml", "-o", "deploy"]).ends_with(1);
    assert!(run.stderr.contains("cannot write `deploy`: is a directory"), "{}", run.stderr);
    let run = sandbox.run(&["generate", "score.yaml", "-o", "score.yaml"]).ends_with(1);
    assert!(run.stderr.contains("`score.yaml` is not as score-fly has written it"), "{}", run.stderr);

    // In a project, all workloads are written.
    sandbox.run(&["init", "--fly-app-prefix", "", "--no-sample"]).ends_with(0);
    sandbox.run(&["generate", "b.yaml", "-o", "b.toml"]).ends_with(0);
    let run = sandbox.run(&["generate", "score.yaml", "-o", "b.toml"]).ends_with(1);
    let message = "error: --output is meant for one workload, and this project has 2; --output-folder takes several\n";
    assert_eq!(run.stderr, message);
}

#[test]
fn a_faulty_fly_toml_is_left_alone() {
    let sandbox = Sandbox::new([("score.yaml", WEB), ("fly_web.toml", "app = \n")]);
    let run = sandbox.run(&["generate", "score.yaml", "--update"]).ends_with(2);
    assert!(run.stderr.contains("--> fly_web.toml:1:"), "{}", run.stderr);
    assert_eq!(sandbox.read("fly_web.toml"), "app = \n");
}

#[test]
fn one_faulty_file_does_not_stop_the_others() {
    let sandbox = Sandbox::new([("a.yaml", WEB), ("b.yaml", BROKEN), ("c.yaml", &WEB.replace("web", "third"))]);
    let run = sandbox.run(&["generate", "a.yaml", "b.yaml", "c.yaml"]).ends_with(2);
    assert!(run.stderr.contains("b.yaml:5:3"), "{}", run.stderr);
    assert_eq!(sandbox.names(), ["a.yaml", "b.yaml", "c.yaml", "fly_third.toml", "fly_web.toml"]);

    let run = sandbox.run(&["generate", "a.yaml", "nowhere.yaml", "b.yaml", "c.yaml"]).ends_with(1);
    assert!(run.stderr.contains("error[unreadable-file]: cannot read `nowhere.yaml`"), "{}", run.stderr);
    assert!(run.stderr.contains("wrote fly_third.toml"), "{}", run.stderr);
}

#[test]
fn a_faulty_file_keeps_what_is_there() {
    let sandbox = Sandbox::new([("score.yaml", BROKEN), ("fly_broken.toml", "old")]);
    let before = sandbox.files();
    sandbox.run(&["generate", "score.yaml"]).ends_with(2);
    assert_eq!(sandbox.files(), before);
}

#[test]
fn two_workloads_of_one_name_are_not_written() {
    let sandbox = Sandbox::new([("a.yaml", WEB), ("b.yaml", WEB), ("c.yaml", &WEB.replace("web", "third"))]);
    let run = sandbox.run(&["generate", "a.yaml", "b.yaml", "c.yaml"]).ends_with(1);
    let message = "error: the workloads of `a.yaml` and `b.yaml` are both called `web`: nothing is written for them\n";
    assert!(run.stderr.ends_with(message), "{}", run.stderr);
    assert_eq!(sandbox.names(), ["a.yaml", "b.yaml", "c.yaml", "fly_third.toml"]);
}

#[test]
fn flags_for_one_file_are_refused_for_several() {
    let sandbox = Sandbox::new([("a.yaml", WEB), ("b.yaml", &WEB.replace("web", "other")), ("o.yaml", "{}")]);
    for (flag, value) in [
        ("--overrides-file", "o.yaml"),
        ("--override-property", "metadata.name=x"),
        ("--image", "x"),
        ("--secrets-file", "x.env"),
    ] {
        let run = sandbox.run(&["generate", "a.yaml", "b.yaml", flag, value]).ends_with(1);
        let message =
            format!("error: {flag} is meant for one Score file, and several are given: run score-fly once for each\n");
        assert_eq!(run.stderr, message);
    }
    assert_eq!(sandbox.names(), ["a.yaml", "b.yaml", "o.yaml"]);
}

#[test]
fn many_files_give_the_same_output_each_time() {
    let sandbox = Sandbox::new([]);
    let names: Vec<String> = (0..40).map(|index| format!("s{index:02}.yaml")).collect();
    for (index, name) in names.iter().enumerate() {
        let score = if index % 3 == 0 { BROKEN } else { WEB };
        sandbox.write(name, score.replace("name: ", &format!("name: w{index}-")));
    }
    let arguments: Vec<&str> = std::iter::once("generate").chain(names.iter().map(String::as_str)).collect();
    let first = sandbox.run(&arguments).ends_with(2);
    let files = sandbox.files();
    let order: Vec<&str> = first.stderr.lines().filter(|line| line.starts_with("wrote ")).collect();
    let expected: Vec<String> =
        (0..40).filter(|index| index % 3 != 0).map(|index| format!("wrote fly_w{index}-web.toml")).collect();
    assert_eq!(order, expected);
    for _ in 0..3 {
        let again = sandbox.run(&arguments).ends_with(2);
        assert_eq!((again.stdout, again.stderr), (first.stdout.clone(), first.stderr.clone()));
        assert_eq!(sandbox.files(), files);
    }
}

#[cfg(unix)]
#[test]
fn nothing_is_lost_where_nothing_can_be_written() {
    let sandbox = Sandbox::new([("score.yaml", EXPANDED), ("app.conf", "x"), ("fly_web.toml/in-the-way", "")]);
    // A folder in the place of the last file: none of the others may be written either.
    let before = sandbox.files();
    let run = sandbox.run(&["generate", "score.yaml"]).ends_with(1);
    assert_eq!(run.stderr, "error[unwritable-file]: cannot write `fly_web.toml`: is a directory\n\n1 error\n");
    assert_eq!(sandbox.files(), before);

    // A file in the place of a folder.
    let run = sandbox.run(&["generate", "score.yaml", "--output-folder", "score.yaml"]).ends_with(1);
    assert!(run.stderr.starts_with("error[unwritable-file]: cannot write `score.yaml/"), "{}", run.stderr);
    assert_eq!(sandbox.files(), before);
}

#[test]
fn files_are_named_as_the_folder_was_given() {
    let score = format!("{WEB}    files: {{/etc/x: {{content: hi}}}}\n");
    let (sandbox, elsewhere) = (Sandbox::new([("score.yaml", &score)]), Sandbox::new([]));
    for folder in ["out", "./out", elsewhere.path().join("a/b").to_str().unwrap()] {
        let run = sandbox.run(&["generate", "score.yaml", "--output-folder", folder]).ends_with(0);
        assert_eq!(run.stderr, format!("wrote {folder}/fly_web_files/etc/x\nwrote {folder}/fly_web.toml\n"));
    }
}
