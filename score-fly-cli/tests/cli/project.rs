//! Projects: what is remembered from run to run, and what is provisioned.

use serde_json::{Value, json};

use crate::sandbox::{Sandbox, WEB};

/// Two workloads that share a cache; the second one has one of its own as well.
const ONE: &str = "\
apiVersion: score.dev/v1b1
metadata: {name: one}
containers:
  main:
    image: nginx
    variables: {CACHE: '${resources.cache.host}:${resources.cache.password}'}
resources:
  cache: {type: redis, id: main}
";
const TWO: &str = "\
apiVersion: score.dev/v1b1
metadata: {name: two}
containers:
  main:
    image: nginx
    variables: {SHARED: '${resources.shared.host}', OWN: '${resources.own.host}'}
resources:
  shared: {type: redis, id: main}
  own: {type: redis}
";

/// A provisioner in the protocol of score-flyio. It writes down its calls, and answers a host that
/// is named after the resource's id, a secret, and how often it was called.
const REDIS: &str = r#"
request=$(cat)
id=$(echo "$request" | sed 's/.*"resource_id":"\([^"]*\)".*/\1/')
calls=$(echo "$request" | sed -n 's/.*"state":{"calls":\([0-9]*\)}.*/\1/p')
echo "$SCORE_PROVISIONER_MODE $1 $id" >> calls.log
echo "{\"state\": {\"calls\": $((calls + 1))}, \"values\": {\"host\": \"$id.internal\"}, \"secrets\": {\"password\": \"hunter2-secret\"}}"
"#;

fn project<const N: usize>(files: [(&str, &str); N]) -> Sandbox {
    let sandbox = Sandbox::new(files);
    sandbox.run(&["init", "--fly-app-prefix", "ex-", "--no-sample"]).ends_with(0);
    sandbox
}

fn with_redis<const N: usize>(files: [(&str, &str); N]) -> Sandbox {
    let sandbox = project(files);
    sandbox.write("redis.sh", REDIS);
    let arguments = ["--cmd-binary", "sh", "--cmd-args", "redis.sh,$SCORE_PROVISIONER_MODE"];
    sandbox.run(&[&["provisioners", "add", "my-redis", "redis"], &arguments[..]].concat()).ends_with(0);
    sandbox
}

fn state(sandbox: &Sandbox) -> Value {
    serde_yaml::from_str(&sandbox.read(".score-fly/state.yaml")).unwrap()
}

/// The calls of the provisioner, sorted, since independent ones come in any order.
fn calls(sandbox: &Sandbox) -> Vec<String> {
    let mut calls: Vec<String> = sandbox.read("calls.log").lines().map(str::to_owned).collect();
    calls.sort();
    sandbox.write("calls.log", "");
    calls
}

#[test]
fn init_is_safe_to_run_again() {
    let sandbox = Sandbox::new([]);
    let run = sandbox.run(&["init", "--fly-app-prefix", "ex-"]).ends_with(0);
    assert_eq!(run.stderr, "wrote .score-fly/state.yaml\nwrote score.yaml\n");
    sandbox.run(&["check", "score.yaml"]).ends_with(0);
    sandbox.write("score.yaml", "ours");
    let files = sandbox.files();
    sandbox.run(&["init"]).ends_with(0);
    sandbox.run(&["init", "--fly-app-prefix", "ex-"]).ends_with(0);
    let run = sandbox.run(&["init", "--fly-app-prefix", "other-"]).ends_with(1);
    assert_eq!(run.stderr, "error: the prefix of this project is `ex-`, which can't be changed\n");
    let mut after = sandbox.files();
    // It holds the process that was there last.
    after.insert(".score-fly/lock".to_owned(), files[".score-fly/lock"].clone());
    assert_eq!(after, files);
}

#[test]
fn init_takes_the_name_of_the_folder() {
    let sandbox = Sandbox::new([("My Shop_2/README", "")]);
    let output = sandbox.command(&["init"]).current_dir(sandbox.path().join("My Shop_2")).output().unwrap();
    let told = String::from_utf8(output.stderr).unwrap();
    assert!(output.status.success() && told.contains("apps of this project are called my-shop-2-NAME"), "{told}");
    assert!(sandbox.read("My Shop_2/.score-fly/state.yaml").contains("app_prefix: my-shop-2-\n"));
}

#[test]
fn init_wants_a_prefix_that_fly_takes() {
    let sandbox = Sandbox::new([]);
    for prefix in ["My-", "-x", "a_b"] {
        let run = sandbox.run(&["init", &format!("--fly-app-prefix={prefix}")]).ends_with(1);
        assert!(run.stderr.contains(&format!("`{prefix}` can't begin an app's name")), "{}", run.stderr);
    }
    assert!(sandbox.names().is_empty());
    for none in [&["--file", ""][..], &["--file="]] {
        sandbox.run(&[&["init", "--fly-app-prefix", ""], none].concat()).ends_with(0);
        assert!(!sandbox.names().contains(&"score.yaml".to_owned()));
    }
}

#[cfg(unix)]
#[test]
fn state_is_for_its_owner() {
    use std::os::unix::fs::PermissionsExt as _;

    let sandbox = project([("score.yaml", WEB)]);
    for _ in 0..2 {
        let mode = std::fs::metadata(sandbox.path().join(".score-fly/state.yaml")).unwrap().permissions().mode();
        assert_eq!(mode & 0o777, 0o600);
        sandbox.run(&["generate", "score.yaml"]).ends_with(0);
    }
}

#[test]
fn generate_adds_to_the_project() {
    let sandbox = project([("a.yaml", WEB), ("b.yaml", &WEB.replace("web", "other"))]);
    let run = sandbox.run(&["generate"]).ends_with(1);
    assert_eq!(run.stderr, "error: there is no workload in this project yet: name a Score file\n");
    sandbox.run(&["generate", "a.yaml"]).ends_with(0);
    let run = sandbox.run(&["generate", "b.yaml"]).ends_with(0);
    assert_eq!(run.stderr, "wrote fly_other.toml\nwrote fly_web.toml\n");
    assert!(sandbox.read("fly_web.toml").contains("ex-web"));

    let run = sandbox.run(&["workloads", "list"]).ends_with(0);
    assert_eq!(run.stdout, "NAME   APP       FILE\nother  ex-other  b.yaml\nweb    ex-web    a.yaml\n");

    // A file of the same workload takes the place of the other one.
    sandbox.write("c.yaml", WEB.replace("1.27", "1.28"));
    sandbox.run(&["generate", "c.yaml"]).ends_with(0);
    assert!(sandbox.read("fly_web.toml").contains("nginx:1.28"));

    // All files are written anew from what is remembered.
    let files = sandbox.files();
    for name in ["fly_web.toml", "fly_other.toml"] {
        std::fs::remove_file(sandbox.path().join(name)).unwrap();
    }
    sandbox.run(&["generate"]).ends_with(0);
    let mut after = sandbox.files();
    after.insert(".score-fly/lock".to_owned(), files[".score-fly/lock"].clone());
    assert_eq!(after, files);
}

#[test]
fn what_flags_did_is_remembered() {
    let score = WEB.replace("nginx:1.27", ".").replace("web", "app") + "    files: {/etc/x: {source: x.conf}}\n";
    let sandbox = project([("a.yaml", WEB), ("sub/app.yaml", &score), ("sub/x.conf", "x")]);
    let flags = ["--image", "registry/app:1", "--override-property", "containers.main.variables.KEY=v"];
    sandbox.run(&[&["generate", "sub/app.yaml"], &flags[..]].concat()).ends_with(0);
    let first = sandbox.read("fly_app.toml");
    assert!(
        first.contains("registry/app:1") && first.contains("KEY = \"v\"") && first.contains("sub/x.conf"),
        "{first}"
    );
    sandbox.run(&["generate", "a.yaml", "--image", "another"]).ends_with(0);
    assert_eq!(sandbox.read("fly_app.toml"), first);
}

#[test]
fn a_faulty_file_leaves_the_project_as_it_is() {
    let sandbox = with_redis([("one.yaml", ONE), ("two.yaml", TWO)]);
    let before = state(&sandbox);
    let broken = ONE.replace("image: nginx", "imagine: nginx");
    sandbox.write("one.yaml", broken);
    let run = sandbox.run(&["generate", "one.yaml", "two.yaml"]).ends_with(2);
    assert!(run.stderr.contains("one.yaml:5"), "{}", run.stderr);
    assert_eq!(state(&sandbox), before);
    assert!(!sandbox.names().contains(&"calls.log".to_owned()));
}

#[test]
fn shared_resources_are_made_once() {
    let sandbox = with_redis([("one.yaml", ONE), ("two.yaml", TWO)]);
    let run = sandbox.run(&["generate", "one.yaml", "two.yaml"]).ends_with(0);
    assert!(!run.stderr.contains("hunter2"), "{}", run.stderr);
    assert_eq!(calls(&sandbox), ["provision provision main", "provision provision two.own"]);
    assert!(sandbox.read("fly_two.toml").contains("SHARED = \"main.internal\""));
    assert!(sandbox.read("fly_two.toml").contains("OWN = \"two.own.internal\""));
    assert_eq!(sandbox.read("fly_one.env"), "CACHE=\"\"\"main.internal:hunter2-secret\"\"\"\n");

    let state = state(&sandbox);
    let shared = &state["resources"]["redis.default#main"];
    assert_eq!(shared["provisioner"], "my-redis");
    assert_eq!(shared["state"], json!({"calls": 1}));
    assert_eq!(shared["outputs"], json!({"host": "main.internal"}));
    assert_eq!(shared["secret_outputs"], json!(["password"]));
    assert!(!sandbox.read(".score-fly/state.yaml").contains("hunter2"));

    // By default, provisioners are called every time, with what they answered before.
    sandbox.run(&["generate"]).ends_with(0);
    assert_eq!(calls(&sandbox).len(), 2);
    let again = self::state(&sandbox);
    assert_eq!(again["resources"]["redis.default#main"]["state"], json!({"calls": 2}));
    assert_eq!(again["resources"]["redis.default#main"]["guid"], shared["guid"]);
}

#[test]
fn only_new_calls_for_what_is_not_known() {
    let sandbox = with_redis([("one.yaml", ONE), ("two.yaml", TWO)]);
    sandbox.run(&["generate", "two.yaml"]).ends_with(0);
    calls(&sandbox);
    sandbox.run(&["generate", "--only-new"]).ends_with(0);
    assert!(calls(&sandbox).is_empty());

    // A secret is not kept, so it has to be asked for.
    sandbox.run(&["generate", "one.yaml", "--only-new"]).ends_with(0);
    assert_eq!(calls(&sandbox), ["provision provision main"]);

    // So is what may depend on other params.
    sandbox.write("two.yaml", TWO.replace("own: {type: redis}", "own: {type: redis, params: {size: 2}}"));
    sandbox.run(&["generate", "two.yaml", "--only-new"]).ends_with(0);
    assert_eq!(calls(&sandbox), ["provision provision main", "provision provision two.own"]);
}

#[test]
fn orphans_are_reported_until_they_are_pruned() {
    let sandbox = with_redis([("one.yaml", ONE), ("two.yaml", TWO)]);
    sandbox.run(&["generate", "one.yaml", "two.yaml"]).ends_with(0);
    let orphaned = "redis.default#two.own is used by no workload any more: `score-fly resources prune` takes it down\n";
    let run = sandbox.run(&["resources", "prune", "--yes"]).ends_with(0);
    assert_eq!(run.stderr, "there is nothing to take down\n");
    sandbox.write("fly_two.env", "A=b\n");
    let run = sandbox.run(&["workloads", "remove", "two"]).ends_with(0);
    let left = "fly_two.toml is still there\nfly_two.env, with secrets in it, is still there\n";
    assert_eq!(run.stderr, format!("removed the workload two\n{left}{orphaned}"));
    for _ in 0..2 {
        let run = sandbox.run(&["generate"]).ends_with(0);
        assert!(run.stderr.ends_with(orphaned), "{}", run.stderr);
    }
    calls(&sandbox);
    let run = sandbox.run(&["resources", "list"]).ends_with(0);
    let lines: Vec<&str> = run.stdout.lines().collect();
    assert_eq!(
        lines,
        [
            "UID                    STATUS       PROVISIONER  OUTPUTS",
            "redis.default#main     provisioned  my-redis     host, password",
            "redis.default#two.own  orphaned     my-redis     host, password",
        ]
    );
    let run = sandbox.run(&["resources", "prune", "--yes"]).ends_with(0);
    assert_eq!(run.stderr, "took down redis.default#two.own\n");
    assert_eq!(calls(&sandbox), ["deprovision deprovision two.own"]);
    let run = sandbox.run(&["generate"]).ends_with(0);
    assert!(!run.stderr.contains("no workload"), "{}", run.stderr);
}

#[test]
fn secrets_are_masked_until_they_are_revealed() {
    let sandbox = with_redis([("one.yaml", ONE)]);
    sandbox.run(&["generate", "one.yaml"]).ends_with(0);
    let uid = "redis.default#main";
    for arguments in [&["resources", "list", "--format", "json"][..], &["resources", "get-outputs", uid]] {
        let run = sandbox.run(arguments).ends_with(0);
        assert!(!run.stdout.contains("hunter2") && run.stdout.contains("********"), "{}", run.stdout);
    }
    let run = sandbox.run(&["resources", "get-outputs", uid, "--reveal"]).ends_with(0);
    let outputs: Value = serde_json::from_str(&run.stdout).unwrap();
    assert_eq!(outputs, json!({"host": "main.internal", "password": "hunter2-secret"}));
    let run = sandbox.run(&["resources", "get-outputs", uid, "--format", "yaml"]).ends_with(0);
    assert_eq!(run.stdout, "host: main.internal\npassword: '********'\n");
    let run = sandbox.run(&["resources", "get-outputs", "redis.default#nobody"]).ends_with(1);
    assert!(run.stderr.contains("there is no resource `redis.default#nobody`"), "{}", run.stderr);
}

#[test]
fn outputs_that_are_given_need_no_provisioner() {
    let sandbox = project([("one.yaml", ONE), ("outputs.yaml", "redis.default#main: {host: h, password: p}\n")]);
    let run = sandbox.run(&["generate", "one.yaml"]).ends_with(2);
    assert!(run.stderr.contains("error[no-provisioner]") && run.stderr.contains("one.yaml:8"), "{}", run.stderr);
    sandbox.run(&["generate", "one.yaml", "--outputs", "outputs.yaml"]).ends_with(0);
    assert!(sandbox.read("fly_one.toml").contains("CACHE = \"h:p\""));
    assert_eq!(state(&sandbox)["resources"], json!({}));
}

#[test]
fn conflicts_name_both_places() {
    let with_params =
        |score: &str, size: u8| score.replace("id: main}", &format!("id: main, params: {{size: {size}}}}}"));
    let sandbox = with_redis([("one.yaml", &with_params(ONE, 1)), ("two.yaml", &with_params(TWO, 2))]);
    let run = sandbox.run(&["generate", "one.yaml", "two.yaml", "--diagnostics", "json"]).ends_with(2);
    let document: Value = serde_json::from_str(&run.stderr).unwrap();
    let conflict = &document["diagnostics"][0];
    assert_eq!(conflict["code"], "conflicting-resource");
    assert_eq!(conflict["location"]["source"], "two.yaml");
    assert_eq!(conflict["related"][0]["location"]["source"], "one.yaml");
    assert!(!sandbox.names().contains(&"calls.log".to_owned()));
}

#[test]
fn params_are_filled_before_provisioners_are_called() {
    let score = "\
apiVersion: score.dev/v1b1
metadata: {name: web}
containers:
  main: {image: nginx, variables: {URL: '${resources.url.host}'}}
resources:
  cache: {type: redis}
  url: {type: url, params: {host: '${resources.cache.host}', key: '${resources.cache.password}', app: '${metadata.name}'}}
";
    let sandbox = with_redis([
        ("score.yaml", score),
        ("url.sh", "tee request.json >/dev/null; echo '{\"values\": {\"host\": \"x\"}}'"),
    ]);
    sandbox.run(&["provisioners", "add", "url", "url", "--cmd-binary", "sh", "--cmd-args", "url.sh"]).ends_with(0);
    sandbox.run(&["generate", "score.yaml"]).ends_with(0);
    let request: Value = serde_json::from_str(&sandbox.read("request.json")).unwrap();
    let params = json!({"host": "web.cache.internal", "key": "hunter2-secret", "app": "web"});
    assert_eq!(request["resource_params"], params);
    // A secret took part in them, so they are not kept.
    assert!(!sandbox.read(".score-fly/state.yaml").contains("hunter2"));
}

#[test]
fn provisioners_are_tried_in_their_order() {
    let sandbox = project([("one.yaml", ONE)]);
    let add = |id: &str, host: &str, more: &[&str]| {
        let json = format!("{{\"host\": \"{host}\", \"password\": \"p\"}}");
        sandbox.run(&[&["provisioners", "add", id, "redis", "--static-json", &json], more].concat()).ends_with(0)
    };
    add("all", "a", &[]);
    add("main-only", "b", &["--res-id", "main"]);
    add("other-class", "c", &["--res-class", "big"]);
    sandbox.run(&["generate", "one.yaml"]).ends_with(0);
    assert!(sandbox.read("fly_one.toml").contains("\"b:p\""));
    let run = sandbox.run(&["provisioners", "list"]).ends_with(0);
    let ids: Vec<&str> = run.stdout.lines().skip(1).filter_map(|line| line.split(' ').next()).collect();
    assert_eq!(ids[..3], ["other-class", "main-only", "all"]);
    assert!(ids[3..].iter().all(|id| id.starts_with("builtin://")), "{ids:?}");

    // For the same resources, the new one comes first, and the old one stays.
    let run = add("new", "d", &["--res-id", "main"]);
    assert_eq!(run.stderr, "added the provisioner new\n");
    sandbox.run(&["generate"]).ends_with(0);
    assert!(sandbox.read("fly_one.toml").contains("\"d:p\""));
    sandbox.run(&["provisioners", "remove", "new"]).ends_with(0);
    sandbox.run(&["generate"]).ends_with(0);
    assert!(sandbox.read("fly_one.toml").contains("\"b:p\""));
    let run = add("main-only", "e", &["--res-id", "main"]);
    assert_eq!(run.stderr, "replaced the provisioner main-only\n");
    sandbox.run(&["generate"]).ends_with(0);
    assert!(sandbox.read("fly_one.toml").contains("\"e:p\""));
    sandbox.run(&["resources", "deprovision", "--yes", "redis.default#main"]).ends_with(0);
}

#[test]
fn a_provisioner_stays_while_something_of_it_is_there() {
    let sandbox = with_redis([("one.yaml", ONE)]);
    sandbox.run(&["generate", "one.yaml"]).ends_with(0);
    let run = sandbox.run(&["provisioners", "remove", "my-redis"]).ends_with(1);
    assert!(run.stderr.contains("score-fly resources deprovision 'redis.default#main'"), "{}", run.stderr);

    sandbox.run(&["provisioners", "add", "new", "redis", "--static-json", "{\"host\": \"h\"}"]).ends_with(0);
    let run = sandbox.run(&["generate"]).ends_with(2);
    assert!(run.stderr.contains("error[provisioner-changed]"), "{}", run.stderr);
    sandbox.run(&["resources", "deprovision", "--yes", "redis.default#main"]).ends_with(0);
    sandbox.run(&["provisioners", "remove", "my-redis"]).ends_with(0);
}

/// A provisioner that never made anything stands in nobody's way.
#[test]
fn a_resource_that_was_only_begun_can_be_forgotten() {
    let sandbox = project([("one.yaml", ONE), ("two.yaml", TWO)]);
    let add = |id: &str, flags: &[&str]| {
        sandbox.run(&[&["provisioners", "add", id, "redis"], flags].concat()).ends_with(0);
    };
    // Nothing listens there.
    add("gone", &["--http-url", "http://localhost:1/x"]);
    let run = sandbox.run(&["generate", "one.yaml"]).ends_with(2);
    assert!(run.stderr.contains("can't be reached"), "{}", run.stderr);

    let uid = "redis.default#main";
    let forget = format!("score-fly resources deprovision --forget '{uid}'");
    add("static", &["--static-json", r#"{"host": "h", "password": "p"}"#]);
    let run = sandbox.run(&["generate"]).ends_with(2);
    assert!(run.stderr.contains("was begun with the provisioner `gone`, and now `static`"), "{}", run.stderr);
    assert!(run.stderr.contains(&forget), "{}", run.stderr);
    let run = sandbox.run(&["provisioners", "remove", "gone"]).ends_with(1);
    assert!(run.stderr.contains("was begun with `gone`") && run.stderr.contains(&forget), "{}", run.stderr);
    let run = sandbox.run(&["resources", "deprovision", "--yes", uid]).ends_with(1);
    assert!(run.stderr.contains("deprovision --forget UID"), "{}", run.stderr);

    let other = "redis.default#nobody";
    let run = sandbox.run(&["resources", "deprovision", "--yes", "--forget", uid, other]).ends_with(1);
    assert_eq!(
        run.stderr,
        format!(
            "forgot {uid}: whatever `gone` made for it stays\nerror: there is no resource `{other}` in this project; \
             `score-fly resources list` shows all of them\n"
        )
    );
    sandbox.run(&["provisioners", "remove", "gone"]).ends_with(0);
    sandbox.run(&["generate"]).ends_with(0);
    assert!(sandbox.read("fly_one.toml").contains("h:p"));
}

#[test]
fn what_was_made_is_forgotten_without_a_call() {
    let sandbox = with_redis([("two.yaml", TWO)]);
    sandbox.run(&["generate", "two.yaml"]).ends_with(0);
    calls(&sandbox);
    sandbox
        .run(&["resources", "deprovision", "--yes", "redis.default#main", "redis.default#two.own", "--forget"])
        .ends_with(0);
    assert!(calls(&sandbox).is_empty());
    assert_eq!(state(&sandbox)["resources"], json!({}));
}

/// Who wants JSON, or nothing but errors, still learns what a provisioner says of its failure.
#[test]
fn a_failing_provisioner_is_heard() {
    let sandbox = project([("one.yaml", ONE), ("fail.sh", "echo no quota left >&2; exit 3")]);
    let arguments = ["add", "fail", "redis", "--cmd-binary", "sh", "--cmd-args", "fail.sh"];
    sandbox.run(&[&["provisioners"], &arguments[..]].concat()).ends_with(0);
    let line = "redis.default#main | no quota left\n";
    let generate = |flags: &[&str]| sandbox.run(&[&["generate", "one.yaml"], flags].concat()).ends_with(2).stderr;
    for flags in [&[][..], &["-q"], &["--diagnostics", "plain"], &["--diagnostics", "plain", "-q"]] {
        let said = generate(flags);
        assert_eq!(said.matches(line).count(), 1, "{said}");
    }
    let said = generate(&["--diagnostics", "json"]);
    let document: Value = serde_json::from_str(&said).unwrap();
    assert_eq!(document["said"], json!([{"resource": "redis.default#main", "lines": ["no quota left"]}]));
    assert_eq!(
        sandbox
            .run(&["resources", "deprovision", "--yes", "redis.default#main", "-q"])
            .ends_with(1)
            .stderr
            .lines()
            .next(),
        Some(line.trim_end())
    );

    // One that makes the resource has nothing to add.
    sandbox.write("fail.sh", r#"echo working >&2; echo '{"values": {"host": "h", "password": "p"}}'"#);
    assert_eq!(sandbox.run(&["generate", "-q"]).ends_with(0).stderr, "");
    let run = sandbox.run(&["generate", "--diagnostics", "json"]).ends_with(0);
    assert!(!run.stderr.contains("working"), "{}", run.stderr);
}

#[test]
fn a_workload_from_another_file_is_named() {
    let sandbox = project([("a.yaml", WEB), ("b.yaml", WEB)]);
    sandbox.run(&["generate", "a.yaml"]).ends_with(0);
    let run = sandbox.run(&["generate", "./a.yaml"]).ends_with(0);
    assert_eq!(run.stderr, "wrote fly_web.toml\n");
    let run = sandbox.run(&["generate", "b.yaml"]).ends_with(0);
    assert_eq!(run.stderr, "the workload web comes from b.yaml now, and no longer from ./a.yaml\nwrote fly_web.toml\n");
    let run = sandbox.run(&["generate"]).ends_with(0);
    assert_eq!(run.stderr, "wrote fly_web.toml\n");
}

#[test]
fn a_project_of_score_flyio_is_taken_over() {
    let flyio = "\
workloads:
  one:
    spec: {}
resources:
  redis.default#main:
    guid: 0d0bd2a3-8f3b-4b4f-a5e1-7a4a0f7c7c11
    type: redis
    class: default
    id: main
    metadata: {}
    params: {}
    source_workload: one
    provisioner: my-redis
    state: {calls: 7}
    outputs: {host: old}
shared_state: {seen: true}
app_prefix: old-
provisioners:
  - id: my-redis
    resource_type: redis
    cmd:
      binary: sh
      args: [redis.sh, $SCORE_PROVISIONER_MODE]
";
    let sandbox = Sandbox::new([(".score-flyio/state.yaml", flyio), ("redis.sh", REDIS), ("one.yaml", ONE)]);
    let run = sandbox.run(&["init", "--fly-app-prefix", "new-", "--no-sample"]).ends_with(0);
    assert!(run.stderr.contains("`score-fly init --import`"), "{}", run.stderr);
    let run = sandbox.run(&["init", "--import", "--no-sample"]).ends_with(0);
    assert_eq!(
        run.stderr,
        "took over from .score-flyio/state.yaml: provisioners 1, resources 1\n\
         generate these workloads again from their Score files: one\n"
    );
    // What uses it is not known until then.
    let run = sandbox.run(&["resources", "prune", "--yes"]).ends_with(0);
    assert_eq!(run.stderr, "there is nothing to take down\n");
    assert!(!sandbox.run(&["resources", "list"]).ends_with(0).stdout.contains("orphaned"));
    sandbox.run(&["generate", "one.yaml"]).ends_with(0);
    let state = state(&sandbox);
    let resource = &state["resources"]["redis.default#main"];
    assert_eq!(resource["guid"], "0d0bd2a3-8f3b-4b4f-a5e1-7a4a0f7c7c11");
    assert_eq!(resource["state"], json!({"calls": 8}));
    assert_eq!(state["shared_state"], json!({"seen": true}));
    assert_eq!(sandbox.read(".score-flyio/state.yaml"), flyio);

    // At once, with the prefix that it had.
    let sandbox = Sandbox::new([(".score-flyio/state.yaml", flyio)]);
    sandbox.run(&["init", "--import", "--no-sample"]).ends_with(0);
    assert_eq!(self::state(&sandbox)["app_prefix"], "old-");
}

/// Expected after the layout that score-flyio writes, as it is in `flyio` above.
#[test]
fn what_is_taken_over_is_unused_once_its_workloads_are_there_or_gone() {
    let flyio = "\
workloads:
  one: {spec: {}, file: one.yaml}
  two: {spec: {}, file: two.yaml}
resources:
  redis.default#old:
    {guid: a, type: redis, class: default, id: old, metadata: {}, params: {}, source_workload: two, provisioner: r,
     state: {}, outputs: {}}
shared_state: {}
app_prefix: old-
provisioners:
  - {id: r, resource_type: redis, static: {host: h, password: p}}
";
    let sandbox = Sandbox::new([(".score-flyio/state.yaml", flyio), ("one.yaml", ONE)]);
    sandbox.run(&["init", "--import", "--no-sample"]).ends_with(0);
    let run = sandbox.run(&["generate", "one.yaml"]).ends_with(0);
    assert!(!run.stderr.contains("redis.default#old"), "{}", run.stderr);
    let run = sandbox.run(&["workloads", "remove", "two"]).ends_with(0);
    assert!(run.stderr.contains("redis.default#old is used by no workload any more"), "{}", run.stderr);

    // Nobody is there to say yes.
    let run = sandbox.run(&["resources", "prune"]).ends_with(1);
    assert!(run.stderr.contains("  redis.default#old, made by r\n") && run.stderr.contains("--yes"), "{}", run.stderr);
    assert!(state(&sandbox)["resources"]["redis.default#old"].is_object());
    let run = sandbox.run(&["resources", "deprovision", "redis.default#main"]).ends_with(1);
    assert!(run.stderr.contains("redis.default#main, made by r, used by one\n"), "{}", run.stderr);
    sandbox.run(&["resources", "prune", "--yes"]).ends_with(0);
    assert!(state(&sandbox)["resources"]["redis.default#old"].is_null());
}

#[test]
fn without_a_project_there_is_advice() {
    let sandbox = Sandbox::new([]);
    for arguments in [
        &["generate"][..],
        &["generate", "web.yaml", "--env-file", ".env"],
        &["provisioners", "list"],
        &["resources", "prune", "--yes"],
        &["workloads", "list"],
    ] {
        let run = sandbox.run(arguments).ends_with(1);
        assert!(
            run.stderr.contains("error[no-project]: ") && run.stderr.contains("(`score-fly init`)"),
            "{}",
            run.stderr
        );
    }
    assert!(sandbox.names().is_empty());
}

/// What lies around a resource may change, too.
#[test]
fn only_new_sees_other_provisioners_ports_and_variables() {
    let caller = "\
apiVersion: score.dev/v1b1
metadata: {name: caller}
containers:
  main:
    image: nginx
    variables: {CACHE: '${resources.cache.host}', WEB: '${resources.web.port}', ZONE: '${resources.env.ZONE}'}
resources:
  cache: {type: redis}
  web: {type: service-port, params: {workload: web, port: http}}
  env: {type: environment}
";
    let web = |port: u16| format!("{WEB}service: {{ports: {{http: {{port: {port}}}}}}}\n");
    let sandbox = project([("caller.yaml", caller), ("web.yaml", &web(8080)), (".env", "ZONE=blue\n")]);
    let script = |host: &str| format!("echo '{{\"values\": {{\"host\": \"{host}\"}}}}'");
    let add = |host: &str| {
        let arguments = ["provisioners", "add", "caches", "redis", "--cmd-binary", "sh", "--cmd-args", "-c"];
        sandbox.run(&[&arguments[..], &["--cmd-args", &script(host)]].concat()).ends_with(0);
    };
    let generate = |files: &[&str]| {
        sandbox.run(&[&["generate", "--only-new", "--env-file", ".env"], files].concat()).ends_with(0);
        sandbox.read("fly_caller.toml")
    };
    add("first");
    let toml = generate(&["caller.yaml", "web.yaml"]);
    assert!(toml.contains("[env]\nCACHE = \"first\"\nWEB = \"8080\"\nZONE = \"blue\"\n"), "{toml}");
    add("second");
    sandbox.write("web.yaml", web(9090));
    sandbox.write(".env", "ZONE=green\n");
    let toml = generate(&["web.yaml"]);
    assert!(toml.contains("[env]\nCACHE = \"second\"\nWEB = \"9090\"\nZONE = \"green\"\n"), "{toml}");
}

/// A route is made by the conversion, unless another provisioner is for it.
#[test]
fn routes_open_the_service_unless_something_else_makes_them() {
    let workload = format!(
        "{WEB}service: {{ports: {{http: {{port: 8080}}}}}}\nresources:\n  entry: {{type: route, params: {{port: http, \
         host: '${{resources.dns.host}}'}}}}\n  dns: {{type: dns}}\n"
    );
    let sandbox = project([("web.yaml", &workload)]);
    sandbox.run(&["generate", "web.yaml"]).ends_with(0);
    let ports = |sandbox: &Sandbox| {
        let toml: Vec<String> = sandbox.read("fly_web.toml").lines().map(str::to_owned).collect();
        toml.into_iter().filter(|line| line.starts_with("port = ")).collect::<Vec<_>>()
    };
    assert_eq!(ports(&sandbox), ["port = 80", "port = 443", "port = 8080"]);

    // Nothing is provisioned, and nothing is remembered.
    sandbox.write("web.yaml", workload.replace("port: http,", "port: htpp,"));
    let before = state(&sandbox);
    let run = sandbox.run(&["generate", "web.yaml", "--diagnostics", "plain"]).ends_with(2);
    assert!(run.stderr.contains("error[invalid-route]: the workload's service has no port `htpp`"), "{}", run.stderr);
    assert_eq!(state(&sandbox), before);

    // Others may have rules of their own.
    sandbox.run(&["provisioners", "add", "mine", "route", "--static-json", r#"{"url": "x"}"#]).ends_with(0);
    sandbox.run(&["generate", "web.yaml"]).ends_with(0);
    assert_eq!(ports(&sandbox), ["port = 8080"]);
}

#[test]
fn outputs_are_printed_by_a_template() {
    let sandbox = with_redis([("one.yaml", ONE)]);
    sandbox.run(&["generate", "one.yaml"]).ends_with(0);
    let get =
        |arguments: &[&str]| sandbox.run(&[&["resources", "get-outputs", "redis.default#main"], arguments].concat());
    assert_eq!(get(&["-f", "{{.host}}"]).ends_with(0).stdout, "main.internal");
    // Secrets stay masked here, too.
    assert_eq!(get(&["-f", "{{ .password }}@{{ .host }}"]).ends_with(0).stdout, "********@main.internal");
    let run = get(&["-f", "{{.hsot}}"]).ends_with(1);
    assert_eq!(run.stderr, "error: there is no output `hsot`; there are host, password\n");
    let run = get(&["-f", "{{ upper .host }}"]).ends_with(1);
    assert!(run.stderr.contains("is more than the name of an output"), "{}", run.stderr);
}
