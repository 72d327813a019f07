//! Provisioners of all kinds, and what becomes of their outputs.

use std::io::{BufRead as _, BufReader, Read as _, Write as _};
use std::net::{TcpListener, TcpStream};
use std::sync::{Arc, Mutex};
use std::thread;

use serde_json::{Value, json};

use crate::sandbox::Sandbox;

/// Two workloads that share a cache; the second has one of its own, and calls the first.
const FRONT: &str = "\
apiVersion: score.dev/v1b1
metadata: {name: front}
containers:
  main:
    image: nginx
    readinessProbe:
      exec:
        command: [curl, -f, http://localhost]
    variables:
      CACHE: 'redis://${resources.cache.username}:${resources.cache.password}@${resources.cache.host}:${resources.cache.port}'
service:
  ports:
    web: {port: 8080, targetPort: 80}
resources:
  cache: {type: redis, id: main-cache}
";
const BACK: &str = "\
apiVersion: score.dev/v1b1
metadata: {name: back}
containers:
  main:
    image: busybox
    variables:
      SHARED: 'redis://${resources.shared.username}:${resources.shared.password}@${resources.shared.host}:${resources.shared.port}'
      OWN: 'redis://${resources.own.host}'
      FRONT: 'http://${resources.front.hostname}:${resources.front.port}'
      MAIL: ${resources.mail.host}
      REGION: ${resources.env.SCORE_FLY_TEST_REGION}
      TOKEN: ${resources.hidden.SCORE_FLY_TEST_TOKEN}
      HOST: ${resources.dns.host}
resources:
  shared: {type: redis, id: main-cache}
  own: {type: redis}
  front: {type: service-port, params: {workload: front, port: web}}
  mail: {type: smtp}
  env: {type: environment}
  hidden: {type: environment, class: secret}
  dns: {type: dns}
";

/// A server that makes caches, and takes them down. It keeps the request lines.
struct Caches {
    url: String,
    requests: Arc<Mutex<Vec<String>>>,
}

impl Caches {
    fn start() -> Self {
        let listener = TcpListener::bind("127.0.0.1:0").unwrap();
        let url = format!("http://{}/caches", listener.local_addr().unwrap());
        let requests: Arc<Mutex<Vec<String>>> = Arc::default();
        let log = Arc::clone(&requests);
        thread::spawn(move || {
            for stream in listener.incoming().map_while(Result::ok) {
                log.lock().unwrap().push(serve(stream));
            }
        });
        Self { url, requests }
    }

    fn requests(&self) -> Vec<String> {
        std::mem::take(&mut self.requests.lock().unwrap())
    }
}

fn serve(mut stream: TcpStream) -> String {
    let mut reader = BufReader::new(&stream);
    let mut lines = (&mut reader).lines().map_while(Result::ok);
    let request = lines.next().unwrap_or_default();
    let headers: Vec<String> = lines.take_while(|line| !line.is_empty()).map(|line| line.to_lowercase()).collect();
    let length = headers.iter().find_map(|line| line.strip_prefix("content-length: ")?.parse().ok()).unwrap_or(0);
    let mut body = String::new();
    reader.take(length).read_to_string(&mut body).unwrap();
    let answer = if request.starts_with("POST") && body.contains(r#""resource_id":"main-cache""#) {
        r#"{"values": {"host": "cache.internal", "port": 6379, "username": "default"}, "secrets": {"password": "hunter2"}}"#
    } else {
        ""
    };
    let length = answer.len();
    write!(stream, "HTTP/1.1 200 OK\r\nConnection: close\r\nContent-Length: {length}\r\n\r\n{answer}").unwrap();
    request
}

fn project() -> (Sandbox, Caches) {
    let sandbox = Sandbox::new([
        ("front.yaml", FRONT),
        ("back.yaml", BACK),
        ("own.sh", "echo \"making $1\" >&2\necho '{\"values\": {\"host\": \"own.internal\"}}'\n"),
        (".env", "SCORE_FLY_TEST_REGION=eu\nSCORE_FLY_TEST_TOKEN='hunter3'\n"),
    ]);
    let caches = Caches::start();
    sandbox.run(&["init", "--fly-app-prefix", "ex-", "--no-sample"]).ends_with(0);
    let add = |arguments: &[&str]| sandbox.run(&[&["provisioners", "add"], arguments].concat()).ends_with(0);
    add(&["own", "redis", "--cmd-binary", "sh", "--cmd-args", "own.sh,$SCORE_PROVISIONER_MODE"]);
    add(&["caches", "redis", "--res-id", "main-cache", "--http-url", &caches.url]);
    add(&["mail", "smtp", "--static-json", r#"{"host": "mail.internal"}"#]);
    (sandbox, caches)
}

#[test]
fn every_kind_makes_what_workloads_share() {
    let (sandbox, caches) = project();
    let run = sandbox.run(&["generate", "front.yaml", "back.yaml", "--env-file", ".env"]).ends_with(0);
    assert!(run.stderr.contains("redis.default#back.own | making provision\n"), "{}", run.stderr);
    assert_eq!(caches.requests(), ["POST /caches HTTP/1.1"], "it is shared, so it is made once");

    let toml = sandbox.read("fly_back.toml");
    for line in [
        "OWN = \"redis://own.internal\"",
        "FRONT = \"http://ex-front.internal:80\"",
        "MAIL = \"mail.internal\"",
        "REGION = \"eu\"",
        "HOST = \"ex-back.fly.dev\"",
    ] {
        assert!(toml.contains(line), "{line} in {toml}");
    }
    let cache = "redis://default:hunter2@cache.internal:6379";
    assert!(sandbox.read("fly_front.env").contains(cache));
    let secrets = sandbox.read("fly_back.env");
    assert!(secrets.contains(cache) && secrets.contains("hunter3"), "{secrets}");
    let machine: Value = serde_json::from_str(&sandbox.read("fly_front.machine.json")).unwrap();
    let probe = &machine["containers"][0]["healthchecks"][0];
    assert_eq!(probe["exec"]["command"], json!(["curl", "-f", "http://localhost"]), "{machine:#}");
    for path in ["fly_front.toml", "fly_front.machine.json", "fly_back.toml", ".score-fly/state.yaml"] {
        assert!(!sandbox.read(path).contains("hunter"), "a secret in {path}");
    }

    for workload in ["front", "back"] {
        sandbox.run(&["workloads", "remove", workload]).ends_with(0);
    }
    let run = sandbox.run(&["resources", "prune", "--yes"]).ends_with(0);
    assert!(run.stderr.contains("redis.default#back.own | making deprovision\n"), "{}", run.stderr);
    assert_eq!(caches.requests(), ["DELETE /caches HTTP/1.1"]);
    assert_eq!(sandbox.run(&["resources", "list", "--format", "json"]).ends_with(0).stdout, "[]\n");
}

#[test]
fn a_variable_that_is_missing_is_named() {
    let (sandbox, _caches) = project();
    let run = sandbox.run(&["generate", "front.yaml", "back.yaml", "--diagnostics", "plain"]).ends_with(2);
    assert!(run.stderr.contains("there is no `SCORE_FLY_TEST_REGION` in the environment"), "{}", run.stderr);
    sandbox.write(".env", "hunter2\nA='b\n");
    let generate = ["generate", "front.yaml", "--env-file", ".env", "--diagnostics"];
    let run = |format: &str| sandbox.run(&[&generate[..], &[format]].concat()).ends_with(2).stderr;
    assert_eq!(
        run("plain"),
        "\
.env:1:1: error[invalid-env-file]: this is not of the form `NAME=value`
help: write one variable to a line, or `#` before a remark
.env:2:1: error[invalid-env-file]: the quote of the value is not closed
help: close it in the line where it opens
"
    );
    let human = run("human");
    assert!(human.contains("error[invalid-env-file]: the quote of the value is not closed\n"), "{human}");
    assert!(human.contains("--> .env:2:1\n") && !human.contains("hunter2"), "{human}");
    let github = run("github");
    let expected = "::error title=score-fly invalid-env-file,file=.env,line=2,endLine=2,col=1,endColumn=5::the quote";
    assert!(github.contains(expected), "{github}");
    let json: serde_json::Value = serde_json::from_str(&run("json")).unwrap();
    assert_eq!(json["failures"], serde_json::json!([]));
    assert_eq!(json["diagnostics"][1]["code"], "invalid-env-file");
    assert_eq!(json["diagnostics"][1]["location"]["start"]["line"], 2);
}

#[test]
fn a_password_that_a_template_makes_up_is_kept() {
    let provisioners = "
- uri: template://redis
  type: redis
  state: 'password: {{ State.password | default(random(20)) }}'
  outputs: '{host: {{ Id }}.internal, port: 6379, username: default}'
  secrets: 'password: {{ State.password }}'
";
    let sandbox = Sandbox::new([("front.yaml", FRONT), ("redis.provisioners.yaml", provisioners)]);
    let init = ["init", "--fly-app-prefix", "ex-", "--no-sample", "--no-default-provisioners", "--provisioners"];
    let run = sandbox.run(&[&init[..], &["redis.provisioners.yaml"]].concat()).ends_with(0);
    assert_eq!(run.stderr, "wrote .score-fly/state.yaml\nadded the provisioner template://redis\n");
    sandbox.run(&["generate", "front.yaml"]).ends_with(0);
    let first = sandbox.read("fly_front.env");
    sandbox.run(&["generate"]).ends_with(0);
    assert_eq!(sandbox.read("fly_front.env"), first);
    let password = first.split_once("default:").and_then(|(_, rest)| rest.split_once('@')).unwrap().0;
    assert_eq!(password.len(), 20, "{first}");
    let listed = sandbox.run(&["provisioners", "list"]).ends_with(0).stdout;
    assert_eq!(listed.lines().count(), 2, "{listed}");

    // Added once more, they take the place of what they were.
    sandbox.run(&["init", "--no-sample", "--provisioners", "redis.provisioners.yaml"]).ends_with(0);
    assert_eq!(sandbox.run(&["provisioners", "list"]).ends_with(0).stdout, listed);
}

#[test]
fn nothing_is_changed_by_provisioners_that_cannot_be_read() {
    let sandbox = Sandbox::new([("a.provisioners.yaml", "- {uri: 'static://a'}\n- 1\n")]);
    let run = ["init", "--fly-app-prefix", "ex-", "--provisioners", "a.provisioners.yaml"];
    let run = sandbox.run(&[&run[..], &["--diagnostics", "plain"]].concat()).ends_with(2);
    assert_eq!(
        run.stderr,
        "\
a.provisioners.yaml:1:3: error[invalid-provisioner]: `type` is missing
help: give the type of the resources that it is for
a.provisioners.yaml:2:3: error[invalid-provisioner]: it is a number, not a mapping
"
    );
    assert_eq!(sandbox.files().len(), 1);
}

/// A list of what it supports is kept to, and all that is wrong is named.
#[test]
fn params_and_outputs_are_held_to_their_lists() {
    let workload = "\
apiVersion: score.dev/v1b1
metadata: {name: shop}
containers:
  main: {image: nginx}
resources:
  db:
    type: postgres
    params:
      extension: pgcrypto
      size: 10
  queue:
    type: amqp
    params:
      nodes: 3
";
    let provisioners = "
- uri: cmd://sh#db
  type: postgres
  args: [db.sh]
  supported_params: [extensions, version]
  expected_outputs: [host, name, port]
- uri: static://queue
  type: amqp
  supported_params: []
";
    let sandbox = Sandbox::new([
        ("shop.yaml", workload),
        ("db.sh", "echo called >> calls.log; echo '{\"resource_outputs\": {\"host\": \"db.internal\"}}'"),
        ("all.provisioners.yaml", provisioners),
    ]);
    let init = ["init", "--fly-app-prefix", "ex-", "--no-sample", "--provisioners", "all.provisioners.yaml"];
    sandbox.run(&init).ends_with(0);
    let run = sandbox.run(&["generate", "shop.yaml", "--diagnostics", "plain"]).ends_with(2);
    assert_eq!(
        run.stderr,
        "shop.yaml:9:7: error[unsupported-param]: the provisioner `cmd://sh#db` does not support the param `extension`\nhelp: did you mean `extensions`?\n\
         shop.yaml:10:7: error[unsupported-param]: the provisioner `cmd://sh#db` does not support the param `size`\nhelp: it supports `extensions`, `version`\n"
    );
    assert!(!sandbox.names().contains(&"calls.log".to_owned()), "it must not be called");

    sandbox.write("shop.yaml", workload.replace("extension:", "extensions:").replace("size:", "version:"));
    let run = sandbox.run(&["generate", "shop.yaml", "--diagnostics", "plain"]).ends_with(2);
    let message = "the provisioner did not answer the outputs `name`, `port`, which are expected of it";
    assert!(run.stderr.contains(message), "{}", run.stderr);
}

/// `~/` is not always expanded by a shell: not in quotes, and not in files.
#[test]
#[cfg(unix)]
fn programs_are_looked_up_before_they_are_added() {
    use std::os::unix::fs::PermissionsExt;

    let sandbox =
        Sandbox::new([("bin/make", "#!/bin/sh\necho '{\"values\": {\"host\": \"h\"}}'\n"), ("score.yaml", FRONT)]);
    std::fs::set_permissions(sandbox.path().join("bin/make"), PermissionsExt::from_mode(0o755)).unwrap();
    sandbox.run(&["init", "--fly-app-prefix", "ex-", "--no-sample"]).ends_with(0);
    let add = |binary: &str| {
        let arguments = ["provisioners", "add", "make", "redis", "--cmd-binary", binary];
        sandbox.run_with_env(&arguments, "HOME", sandbox.path().to_str().unwrap())
    };
    for binary in ["sh", "bin/make", "~/bin/make"] {
        add(binary).ends_with(0);
    }
    for binary in ["no-such-program", "bin/none", "~/none", "bin", ""] {
        let run = add(binary).ends_with(1);
        assert_eq!(run.stderr, format!("error: there is no program `{binary}`\n"));
    }
    sandbox.write(
        "score.yaml",
        FRONT.split("    variables").next().unwrap().to_owned() + "resources: {cache: {type: redis}}\n",
    );
    let home = sandbox.path().to_str().unwrap();
    sandbox.run_with_env(&["generate", "score.yaml"], "HOME", home).ends_with(0);
}

/// What can't be, or can't match any resource, is refused before it is in the way.
#[test]
fn provisioners_that_cannot_be_are_refused() {
    let (sandbox, _caches) = project();
    let before = sandbox.read(".score-fly/state.yaml");
    for (arguments, sentence) in [
        (&["", "redis"][..], "`` can't be a provisioner's id"),
        (&["a b", "redis"], "`a b` can't be a provisioner's id"),
        (&["id", "X Y"], "`X Y` is not a resource type: 2 to 63 characters"),
        (&["id", "redis", "--res-class", "-"], "`-` is not a resource class"),
        (&["id", "redis", "--res-id", "A"], "`A` is not a resource id"),
    ] {
        let run = sandbox.run(&[&["provisioners", "add"], arguments, &["--static-json", "{}"]].concat()).ends_with(1);
        assert!(run.stderr.starts_with(&format!("error: {sentence}")), "{}", run.stderr);
    }
    for (json, sentence) in [
        (r#"{"secrets": "hunter2"}"#, "--static-json: `secrets` must be a mapping, not a string"),
        (r#"["hunter2"]"#, "--static-json is JSON, and no object: write an object of outputs"),
        ("{hunter2", "--static-json is no JSON in line 1, column 2: write an object of outputs"),
    ] {
        let run = sandbox.run(&["provisioners", "add", "id", "redis", "--static-json", json]).ends_with(1);
        assert!(run.stderr.starts_with(&format!("error: {sentence}")), "{}", run.stderr);
        assert!(!run.stderr.contains("hunter2"), "{}", run.stderr);
    }
    assert_eq!(sandbox.read(".score-fly/state.yaml"), before);
    // The id of a resource that has none of its own may be longer than one of its own.
    let id = format!("{}.{}", "w".repeat(63), "r".repeat(63));
    sandbox.run(&["provisioners", "add", "id", "redis", "--res-id", &id, "--static-json", "{}"]).ends_with(0);
}

#[test]
fn params_of_what_is_built_in_are_known() {
    let score = "\
apiVersion: score.dev/v1b1
metadata: {name: shop}
containers:
  main:
    image: nginx
    volumes: {/data: {source: '${resources.data}'}}
resources:
  data:
    type: volume
    params:
      sizes: 10
";
    let sandbox = Sandbox::new([("shop.yaml", score), ("all.provisioners.yaml", "- uri: builtin://volume#own\n")]);
    sandbox.run(&["init", "--fly-app-prefix", "ex-", "--no-sample"]).ends_with(0);
    let error = |id: &str| {
        format!(
            "shop.yaml:11:7: error[unsupported-param]: the provisioner `{id}` does not support the param `sizes`\n\
             help: did you mean `size`?\n"
        )
    };
    let generate = ["generate", "shop.yaml", "--diagnostics", "plain"];
    assert_eq!(sandbox.run(&generate).ends_with(2).stderr, error("builtin://volume"));
    sandbox.run(&["init", "--no-sample", "--provisioners", "all.provisioners.yaml"]).ends_with(0);
    assert_eq!(sandbox.run(&generate).ends_with(2).stderr, error("builtin://volume#own"));
    sandbox.write("shop.yaml", score.replace("sizes", "size"));
    sandbox.run(&generate).ends_with(0);
    assert!(sandbox.read("fly_shop.toml").contains("initial_size = \"10gb\""));
}
