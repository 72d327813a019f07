//! `gitops serve`, as it runs somewhere for months: forges call, and now and then it is killed.

use std::fs;
use std::io::{BufRead as _, BufReader, Read as _, Write as _};
use std::net::TcpStream;
use std::process::{Child, Command};
use std::thread;
use std::time::{Duration, Instant};

use serde_json::Value;

use crate::world::World;

/// At first nobody waits for machines.
const PROJECT: &str = "project: all\ndefaults: {primary_region: ams, build: {image: nginx}, env: {LEVEL: info}, deploy: \
                       {strategy: immediate}}\n";

/// How many apps the tree has.
const APPS: usize = 5;

/// A world with a repository that has a tree.
fn world() -> World {
    let world = World::new([("tree/project.yaml", PROJECT)]);
    for n in 0..APPS {
        let text = format!("app: app-{n}\nhttp_service: {{internal_port: 80}}\n");
        write(&world, &format!("{n}/app.yaml"), &text);
    }
    git(&world, &["init", "--quiet"]);
    commit(&world);
    world
}

fn write(world: &World, path: &str, text: &str) {
    let path = world.sandbox.path().join("tree").join(path);
    fs::create_dir_all(path.parent().expect("a folder")).expect("it can be made");
    fs::write(path, text).expect("it can be written");
}

fn git(world: &World, arguments: &[&str]) {
    let who = ["-c", "user.name=T", "-c", "user.email=t@example.com", "-c", "init.defaultBranch=main"];
    let done = Command::new("git").args(who).args(arguments).current_dir(world.sandbox.path().join("tree")).output();
    let done = done.expect("git is there");
    assert!(done.status.success(), "{}", String::from_utf8_lossy(&done.stderr));
}

fn commit(world: &World) {
    git(world, &["add", "--all"]);
    git(world, &["commit", "--quiet", "--message", "x"]);
}

/// The binary, at work.
struct Controller {
    child: Child,
    address: String,
    said: thread::JoinHandle<String>,
}

impl Controller {
    fn start(world: &World) -> Self {
        let arguments =
            ["gitops", "serve", "--repo", "tree", "--branch", "main", "--listen", "127.0.0.1:0", "--every", "1h"];
        let mut command = world.command(&arguments);
        command.env("SCORE_FLY_WEBHOOK_SECRET", "s3cret-hush").env("SCORE_FLY_GITOPS_TOKEN", "let-me-in-hush");
        let mut child = command.spawn().expect("it starts");
        let mut stderr = BufReader::new(child.stderr.take().expect("a pipe"));
        let mut said = String::new();
        while !said.contains("listening on") {
            assert!(stderr.read_line(&mut said).expect("text") > 0, "it ended: {said}");
        }
        let address = said.rsplit_once("http://").expect("an address").1.trim().to_owned();
        let said = thread::spawn(move || {
            let _ = stderr.read_to_string(&mut said);
            said
        });
        Self { child, address, said }
    }

    fn ask(&self, request: &str, body: &str) -> String {
        let mut stream = TcpStream::connect(&self.address).expect("it listens");
        let length = body.len();
        write!(
            stream,
            "{request} HTTP/1.1\r\nHost: here\r\nConnection: close\r\nAuthorization: Bearer let-me-in-hush\r\n\
             X-Gitlab-Event: Push Hook\r\nContent-Length: {length}\r\nX-Gitlab-Token: s3cret-hush\r\n\r\n{body}"
        )
        .expect("it reads");
        let mut answer = String::new();
        stream.read_to_string(&mut answer).expect("it answers");
        answer
    }

    fn push(&self, world: &World) {
        let url = format!("file://{}", world.sandbox.path().canonicalize().expect("a path").join("tree").display());
        let body = format!("{{\"ref\":\"refs/heads/main\",\"project\":{{\"git_http_url\":\"{url}\"}}}}");
        let answer = self.ask("POST /hooks/gitlab", &body);
        assert!(answer.starts_with("HTTP/1.1 202 ") && answer.contains("a look at the tree is due"), "{answer}");
    }

    fn until(&self, is_so: impl Fn(&Value) -> bool) -> Value {
        let start = Instant::now();
        loop {
            let answer = self.ask("GET /api/apps", "");
            let body = answer.split_once("\r\n\r\n").expect("a body").1;
            let data: Value = serde_json::from_str(body).expect("JSON");
            if is_so(&data) {
                return data;
            }
            assert!(start.elapsed() < Duration::from_secs(120), "{data:#}");
            thread::sleep(Duration::from_millis(50));
        }
    }

    fn kill(mut self) {
        self.child.kill().expect("it is there");
        self.child.wait().expect("it ends");
        self.said.join().expect("text");
    }

    /// Ends it in good order. Gives all that it said.
    fn end(mut self) -> String {
        let done = Command::new("kill").args(["-TERM", &self.child.id().to_string()]).status();
        assert!(done.is_ok_and(|status| status.success()), "kill is there");
        let status = self.child.wait().expect("it ends");
        let said = self.said.join().expect("text");
        assert_eq!(status.code(), Some(0), "{said}");
        said
    }
}

fn is_settled(data: &Value) -> bool {
    let apps = data["apps"].as_array().expect("apps");
    let is_good = |app: &Value| ["inSync", "deployed"].contains(&app["state"].as_str().unwrap_or_default());
    apps.len() == APPS && apps.iter().all(|app| is_good(app) && app["phase"] == "rests")
}

fn deployed(world: &World, level: &str) -> usize {
    let is_so = |name: &String| {
        let machines = world.fly.machines(name);
        !machines.is_empty() && machines.iter().all(|machine| machine["config"]["env"]["LEVEL"] == level)
    };
    (0..APPS).map(|n| format!("app-{n}")).filter(is_so).count()
}

#[cfg(unix)]
#[test]
fn a_controller_that_is_killed_goes_on_where_it_was() {
    let world = world();
    let controller = Controller::start(&world);
    controller.until(is_settled);
    assert_eq!(deployed(&world, "info"), APPS);

    // What is asked for while it is under way, and what it has begun, is done by the next one.
    write(&world, "project.yaml", &PROJECT.replace("info", "debug").replace("immediate", "rolling"));
    commit(&world);
    world.fly.with(|world| world.timings.starting = Duration::from_millis(400));
    controller.push(&world);
    controller.until(|data| data["apps"].as_array().expect("apps").iter().any(|app| app["phase"] == "running"));
    thread::sleep(Duration::from_millis(200));
    controller.kill();
    assert!(deployed(&world, "debug") < APPS, "it was killed too late for this test");

    let controller = Controller::start(&world);
    controller.until(|data| is_settled(data) && deployed(&world, "debug") == APPS);
    for n in 0..APPS {
        assert_eq!(world.fly.machines(&format!("app-{n}")).len(), 2, "none too many, and none left over");
    }

    // One that is asked to end does so in good order, and says no secrets.
    let said = controller.end();
    assert!(said.contains("ending") && !said.contains("hush"), "{said}");
    let said = Controller::start(&world).end();
    assert!(!said.contains("another controller"), "{said}");
}

#[test]
fn one_file_is_for_one_controller() {
    let world = world();
    let controller = Controller::start(&world);
    let second = world.run(&["gitops", "serve", "tree", "--listen", "127.0.0.1:0"]);
    assert_eq!(second.code, Some(1), "{}", second.stderr);
    assert!(second.stderr.contains("another controller works with"), "{}", second.stderr);
    assert!(second.stderr.contains("SCORE_FLY_WEBHOOK_SECRET is not set"), "{}", second.stderr);
    controller.kill();
}
