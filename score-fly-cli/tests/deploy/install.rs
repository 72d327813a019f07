//! `gitops install`, and the controller that it installs, from two apps in a folder to the first push.

use std::fs;
use std::io::{BufRead as _, BufReader, Read as _, Write as _};
use std::net::TcpStream;
use std::path::Path;
use std::process::{Child, Command};
use std::thread;
use std::time::{Duration, Instant};

use serde_json::Value;

use crate::http::Server;
use crate::world::{Run, World, finish};

const PROJECT: &str = "project: all\ndefaults: {primary_region: ams, build: {image: nginx}, env: {LEVEL: info}}\n";

fn git(folder: &Path, arguments: &[&str]) {
    let who = ["-c", "user.name=T", "-c", "user.email=t@example.com", "-c", "init.defaultBranch=main"];
    let done = Command::new("git").args(who).args(arguments).current_dir(folder).output().expect("git is there");
    assert!(done.status.success(), "{}", String::from_utf8_lossy(&done.stderr));
}

fn install(world: &World, image: &str, variables: &[(&str, &str)]) -> Run {
    let arguments =
        ["gitops", "install", "tree", "--app", "control", "--region", "ams", "--image", image, "--every", "1h"];
    finish(world.command(&arguments).envs(variables.iter().copied()).spawn().expect("it starts"))
}

/// What stands behind a word.
fn said(run: &Run, word: &str) -> String {
    let line = run.stdout.lines().find_map(|line| line.strip_prefix(word));
    line.unwrap_or_else(|| panic!("no {word}: {}\n{}", run.stdout, run.stderr)).trim().to_owned()
}

/// A controller, which ends with the test.
struct Running(Child);

impl Drop for Running {
    fn drop(&mut self) {
        let _ = self.0.kill();
        let _ = self.0.wait();
    }
}

/// What Fly would run: the command of the machine, with its variables and its secrets.
fn start(world: &World) -> (Running, String) {
    let config = world.fly.machines("control")[0]["config"].clone();
    assert_eq!(config["init"]["entrypoint"], serde_json::json!(["score-fly"]));
    let words = config["init"]["cmd"].as_array().expect("words").iter().map(|word| word.as_str().expect("text"));
    // Here, there is no proxy in front of it, and no volume.
    let words: Vec<&str> = words.map(|word| if word == "0.0.0.0:8080" { "127.0.0.1:0" } else { word }).collect();
    let mut command = world.command(&words);
    let data = world.sandbox.path().join("data");
    fs::create_dir_all(&data).expect("it can be made");
    for (name, value) in config["env"].as_object().expect("variables") {
        let value = value.as_str().expect("text").replace("/data", data.to_str().expect("text"));
        command.env(name, value);
    }
    command.envs(world.fly.secrets("control"));
    let mut child = command.spawn().expect("it starts");
    let mut stderr = BufReader::new(child.stderr.take().expect("a pipe"));
    let mut said = String::new();
    while !said.contains("listening on") {
        assert!(stderr.read_line(&mut said).expect("text") > 0, "it ended: {said}");
    }
    thread::spawn(move || stderr.read_to_end(&mut Vec::new()));
    let address = said.rsplit_once("http://").expect("an address").1.trim().to_owned();
    (Running(child), address)
}

fn ask(address: &str, request: &str, headers: &str, body: &str) -> String {
    let mut stream = TcpStream::connect(address).expect("it listens");
    let length = body.len();
    write!(
        stream,
        "{request} HTTP/1.1\r\nHost: here\r\nConnection: close\r\nContent-Length: {length}\r\n{headers}\r\n\r\n{body}"
    )
    .expect("it reads");
    let mut answer = String::new();
    stream.read_to_string(&mut answer).expect("it answers");
    answer
}

/// Waits until both apps have this in their environment.
fn until(world: &World, level: &str) {
    let start = Instant::now();
    let has = |app: &str| {
        let machines = world.fly.machines(app);
        !machines.is_empty() && machines.iter().all(|machine| machine["config"]["env"]["LEVEL"] == level)
    };
    while !(has("one-app") && has("two-app")) {
        assert!(start.elapsed() < Duration::from_secs(120), "the apps do not follow");
        thread::sleep(Duration::from_millis(50));
    }
}

#[test]
fn from_a_folder_with_two_apps_to_a_controller_that_answers_the_first_push() {
    // With a check, nobody has to watch for ten seconds whether a machine crashes.
    let check = "{method: GET, path: /, interval: 2s, timeout: 1s, grace_period: 1s}";
    let app = |name: &str| {
        format!("app: {name}\nhttp_service: {{internal_port: 80, force_https: true, checks: [{check}]}}\n")
    };
    let (one, two) = (app("one-app"), app("two-app"));
    let world = World::new([
        ("tree/project.yaml", PROJECT),
        ("tree/one/app.yaml", &one),
        ("tree/two/app.yaml", &two),
        ("forge/README", "What is pushed comes here.\n"),
    ]);
    let (tree, forge) = (world.sandbox.path().join("tree"), world.sandbox.path().join("forge"));
    git(&forge, &["init", "--quiet"]);
    git(&forge, &["config", "receive.denyCurrentBranch", "ignore"]);
    let server = Server::start(world.sandbox.path(), "me:hush-git");
    let url = server.url("forge");
    git(&tree, &["init", "--quiet"]);
    git(&tree, &["remote", "add", "origin", &url]);
    let push = || {
        git(&tree, &["add", "--all"]);
        git(&tree, &["commit", "--quiet", "--message", "x"]);
        git(&tree, &["push", "--quiet", "../forge", "HEAD:main"]);
    };
    push();

    let credentials = format!("http://me:hush-git@127.0.0.1:{}", server.port);
    let run = install(&world, "registry.example/score-fly:1", &[("SCORE_FLY_GIT_CREDENTIALS", &credentials)]);
    assert_eq!(run.code, Some(0), "{}\n{}", run.stdout, run.stderr);
    assert!(run.stdout.starts_with(&format!("https://control.fly.dev follows {url}\n")), "{}", run.stdout);
    assert_eq!(said(&run, "webhook  "), "https://control.fly.dev/hooks/github");
    let (secret, token) = (said(&run, "secret   "), said(&run, "token    "));
    for shown in [&run.stdout, &run.stderr] {
        assert!(!shown.contains("hush-git") && !shown.contains(fake_fly::FakeFly::TOKEN), "{shown}");
    }
    assert!(!run.stderr.contains(&secret) && !run.stderr.contains(&token), "{}", run.stderr);

    let (controller, address) = start(&world);
    until(&world, "info");
    fs::write(tree.join("project.yaml"), PROJECT.replace("info", "debug")).expect("it can be written");
    push();
    let body = format!("{{\"ref\":\"refs/heads/main\",\"project\":{{\"git_http_url\":\"{url}\"}}}}");
    let headers = |secret: &str| format!("X-Gitlab-Event: Push Hook\r\nX-Gitlab-Token: {secret}");
    let answer = ask(&address, "POST /hooks/gitlab", &headers("forged"), &body);
    assert!(answer.starts_with("HTTP/1.1 401 "), "{answer}");
    let answer = ask(&address, "POST /hooks/gitlab", &headers(&secret), &body);
    assert!(answer.starts_with("HTTP/1.1 202 "), "{answer}");
    until(&world, "debug");
    let answer = ask(&address, "GET /api/apps", &format!("Authorization: Bearer {token}"), "");
    let data: Value = serde_json::from_str(answer.split_once("\r\n\r\n").expect("a body").1).expect("JSON");
    assert_eq!(data["apps"].as_array().map(Vec::len), Some(2), "{data:#}");
    drop(controller);

    // Again: another image, and nothing that is secret is told or changed.
    let before = world.fly.secrets("control");
    let run = install(&world, "registry.example/score-fly:2", &[]);
    assert_eq!(run.code, Some(0), "{}\n{}", run.stdout, run.stderr);
    assert_eq!(run.stdout, format!("https://control.fly.dev follows {url}\n"));
    assert_eq!(world.fly.secrets("control"), before);
}
