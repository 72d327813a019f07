//! Environments of a project, and what a project remembers of overrides.

use serde_json::{Value, json};

use crate::sandbox::{Sandbox, WEB};

const PORT: &str = "
service:
  ports:
    web: {port: 80}
";

/// A project with an environment beside it.
fn staging<const N: usize>(files: [(&str, &str); N]) -> Sandbox {
    let sandbox = Sandbox::new(files);
    sandbox.run(&["init", "--fly-app-prefix", "ex-", "--no-sample"]).ends_with(0);
    let arguments = ["init", "--env", "staging", "--fly-app-prefix", "ex-staging-", "--region", "fra", "--no-sample"];
    let run = sandbox.run(&arguments).ends_with(0);
    assert_eq!(run.stderr, "wrote .score-fly/envs/staging/state.yaml\n");
    sandbox
}

#[test]
fn an_environment_has_all_of_its_own() {
    let sandbox = staging([("score.yaml", WEB)]);
    sandbox.run(&["generate", "score.yaml"]).ends_with(0);
    let run = sandbox.run(&["generate", "--env", "staging", "score.yaml"]).ends_with(0);
    assert_eq!(run.stderr, "wrote staging/fly_web.toml\n");
    let (plain, own) = (sandbox.read("fly_web.toml"), sandbox.read("staging/fly_web.toml"));
    assert!(plain.contains("app = \"ex-web\"\n") && !plain.contains("primary_region"), "{plain}");
    assert!(own.contains("app = \"ex-staging-web\"\nprimary_region = \"fra\"\n"), "{own}");

    // The variable says it as well; set to nothing, it says nothing.
    let list = |env: &str| sandbox.run_with_env(&["workloads", "list"], "SCORE_FLY_ENV", env).ends_with(0).stdout;
    assert_eq!(list("staging"), "NAME  APP             FILE\nweb   ex-staging-web  score.yaml\n");
    assert_eq!(list(""), "NAME  APP     FILE\nweb   ex-web  score.yaml\n");

    // A run names another region for itself.
    sandbox.run(&["generate", "--env", "staging", "--region", "ams"]).ends_with(0);
    assert!(sandbox.read("staging/fly_web.toml").contains("primary_region = \"ams\""));
    sandbox.run(&["generate", "--env", "staging"]).ends_with(0);
    assert_eq!(sandbox.read("staging/fly_web.toml"), own);
    sandbox.run(&["init", "--env", "staging", "--region", "ord", "--no-sample"]).ends_with(0);
    sandbox.run(&["generate", "--env", "staging"]).ends_with(0);
    assert!(sandbox.read("staging/fly_web.toml").contains("primary_region = \"ord\""));
    assert_eq!(sandbox.read("fly_web.toml"), plain);

    let run = sandbox.run(&["workloads", "remove", "web", "--env", "staging"]).ends_with(0);
    assert_eq!(run.stderr, "removed the workload web\nstaging/fly_web.toml is still there\n");
}

#[test]
fn environments_are_listed() {
    let sandbox = Sandbox::new([("score.yaml", WEB)]);
    assert!(sandbox.run(&["env", "list"]).ends_with(1).stderr.contains("no-project"));
    sandbox.run(&["init", "--env", "qa", "--fly-app-prefix", "qa-", "--no-sample"]).ends_with(0);
    sandbox.run(&["generate", "score.yaml", "--env", "qa"]).ends_with(0);
    let run = sandbox.run(&["env", "list"]).ends_with(0);
    assert_eq!(run.stdout, "NAME  APP PREFIX  REGION  WORKLOADS  RESOURCES\nqa    qa-                 1          0\n");
    let arguments = ["init", "--fly-app-prefix", "ex-", "--region", "ams", "--no-sample"];
    sandbox.run(&arguments).ends_with(0);
    let run = sandbox.run(&["env", "list", "-f", "json"]).ends_with(0);
    let all = json!([
        {"Name": null, "AppPrefix": "ex-", "Region": "ams", "Workloads": 0, "Resources": 0},
        {"Name": "qa", "AppPrefix": "qa-", "Region": null, "Workloads": 1, "Resources": 0},
    ]);
    assert_eq!(serde_json::from_str::<Value>(&run.stdout).unwrap(), all);
}

#[test]
fn another_environment_is_never_taken_instead() {
    let sandbox = Sandbox::new([("score.yaml", WEB)]);
    for env in ["Staging", "a b", "..", "-x"] {
        let run = sandbox.run(&["generate", "score.yaml", &format!("--env={env}")]).ends_with(1);
        assert!(run.stderr.contains("an environment's name may have"), "{}", run.stderr);
    }
    let run = sandbox.run(&["generate", "score.yaml", "--env", "staging"]).ends_with(1);
    let message = "error: there is no environment `staging` in this project: `score-fly init --env staging` makes it\n";
    assert_eq!(run.stderr, message);
    for env in ["prod", "qa"] {
        sandbox.run(&["init", "--env", env, "--fly-app-prefix", "", "--no-sample"]).ends_with(0);
    }
    let before = sandbox.files();
    for arguments in [&["generate", "score.yaml"][..], &["resources", "list"], &["plan", "score.yaml"]] {
        let run = sandbox.run(arguments).ends_with(1);
        let message = "error: this project has environments, and none is named; there are prod, qa: name one with \
                       --env, or set SCORE_FLY_ENV\n";
        assert_eq!(run.stderr, message, "{arguments:?}");
        let run = sandbox.run(&[arguments, &["--env", "pord"]].concat()).ends_with(1);
        assert!(run.stderr.contains("no environment `pord` in this project; there are prod, qa"), "{}", run.stderr);
    }
    assert_eq!(sandbox.files(), before);
}

#[test]
fn init_offers_a_prefix_with_the_environment_in_it() {
    let sandbox = Sandbox::new([("shop/README", "")]);
    let output = sandbox
        .command(&["init", "--env", "staging", "--no-sample"])
        .current_dir(sandbox.path().join("shop"))
        .output()
        .unwrap();
    assert!(output.status.success());
    assert!(sandbox.read("shop/.score-fly/envs/staging/state.yaml").contains("app_prefix: shop-staging-\n"));
}

#[test]
fn overrides_are_remembered_for_each_workload() {
    let sandbox = staging([
        ("web/score.yaml", &(WEB.to_owned() + PORT)),
        ("api/score.yaml", &WEB.replace("web", "api")),
        ("web/staging.yaml", "containers: {main: {image: 'nginx:2'}}"),
        ("api/staging.yaml", "containers: {main: {image: 'nginx:3'}}"),
    ]);
    let generate = ["generate", "--env", "staging"];
    let with = |arguments: &[&str]| sandbox.run(&[&generate, arguments].concat());
    let property = ["--override-property", "containers.main.variables.LEVEL=debug"];
    with(&[&["web/score.yaml", "--overrides-file", "web/staging.yaml"], &property[..]].concat()).ends_with(0);
    with(&["api/score.yaml", "--overrides-file", "api/staging.yaml"]).ends_with(0);
    let first = sandbox.read("staging/fly_web.toml");
    assert!(first.contains("nginx:2") && first.contains("LEVEL = \"debug\""), "{first}");

    // Again without naming them: both files are read anew, however they are written.
    sandbox.write("api/staging.yaml", "containers: {main: {image: 'nginx:4'}}");
    let run = with(&["./web/score.yaml", "api/score.yaml", "-v"]).ends_with(0);
    assert!(run.stderr.contains("read web/staging.yaml\n"), "{}", run.stderr);
    assert_eq!(sandbox.read("staging/fly_web.toml"), first);
    assert!(sandbox.read("staging/fly_api.toml").contains("nginx:4"));

    // And in the project itself there are none.
    sandbox.run(&["generate", "web/score.yaml"]).ends_with(0);
    assert!(sandbox.read("fly_web.toml").contains("nginx:1.27"));

    // A file that was moved is known by its workload's name.
    sandbox.write("moved/score.yaml", WEB);
    with(&["moved/score.yaml"]).ends_with(0);
    assert!(sandbox.read("staging/fly_web.toml").contains("nginx:2"));

    // What can't be read stops the run, and others take its place.
    std::fs::remove_file(sandbox.path().join("web/staging.yaml")).unwrap();
    let before = sandbox.files();
    let run = with(&["moved/score.yaml"]).ends_with(1);
    assert!(run.stderr.contains("cannot read `web/staging.yaml`"), "{}", run.stderr);
    let mut after = sandbox.files();
    after.insert(".score-fly/envs/staging/lock".into(), before[".score-fly/envs/staging/lock"].clone());
    assert_eq!(after, before);
    with(&["moved/score.yaml", "--override-property", "containers.main.image=nginx:5"]).ends_with(0);
    assert!(sandbox.read("staging/fly_web.toml").contains("nginx:5"));
    with(&["moved/score.yaml", "--no-overrides"]).ends_with(0);
    with(&["moved/score.yaml"]).ends_with(0);
    assert!(sandbox.read("staging/fly_web.toml").contains("nginx:1.27"));
}

#[test]
fn a_remembered_override_is_never_written_over() {
    let sandbox = staging([("score.yaml", WEB), ("extra.yaml", "{}")]);
    sandbox.run(&["generate", "score.yaml", "--overrides-file", "extra.yaml"]).ends_with(0);
    let run = sandbox.run(&["generate", "score.yaml", "--secrets-file", "extra.yaml"]).ends_with(1);
    assert!(run.stderr.contains("`extra.yaml` is read in this run, and would be written over"), "{}", run.stderr);
    assert_eq!(sandbox.read("extra.yaml"), "{}");
}
