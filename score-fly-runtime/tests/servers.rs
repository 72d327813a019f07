//! Each built-in runtime as its users have it: a new function is built, its server is started from the context by
//! the command of its Dockerfile, answers, reads its secrets, and stops when it is told to.
//!
//! These take minutes, and packages from registries: `cargo xtask test functions` runs them, and gives them the
//! programs that they need.
#![expect(clippy::disallowed_methods, clippy::disallowed_types, reason = "servers are started and talked to")]
#![cfg(unix)]

use std::fs;
use std::io::{Read as _, Write as _};
use std::net::{TcpListener, TcpStream};
use std::os::unix::fs::PermissionsExt as _;
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Stdio};
use std::thread::sleep;
use std::time::{Duration, Instant};

use score_fly_runtime::Files;

mod support;
use support::{builtin, context, new, text};

/// An empty folder for the test of a runtime.
fn fresh(name: &str) -> PathBuf {
    let folder = Path::new(env!("CARGO_TARGET_TMPDIR")).join(name);
    let _ = fs::remove_dir_all(&folder);
    fs::create_dir_all(&folder).expect("a folder");
    folder
}

/// Writes a context, and gives its folder.
fn write(files: &Files, folder: &Path) -> PathBuf {
    let context = folder.join("context");
    for (path, file) in files.iter() {
        let path = context.join(path);
        fs::create_dir_all(path.parent().expect("a folder")).expect("a folder");
        fs::write(&path, &file.content).expect("a file");
        let mode = if file.executable { 0o755 } else { 0o644 };
        fs::set_permissions(&path, fs::Permissions::from_mode(mode)).expect("a mode");
    }
    context
}

/// A program that the stage gives.
fn given(name: &str) -> PathBuf {
    std::env::var_os(name).unwrap_or_else(|| panic!("{name} is not set: `cargo xtask test functions` sets it")).into()
}

fn run(command: &mut Command) {
    let status = command.stdin(Stdio::null()).status().unwrap_or_else(|error| panic!("{command:?}: {error}"));
    assert!(status.success(), "{command:?}: {status}");
}

/// A server that was started as its Dockerfile says.
struct Server {
    child: Child,
    port: u16,
}

impl Server {
    /// Starts it in a context, with the programs of `path` before all others.
    fn start(context: &Path, path: &Path, secrets: &Path) -> Self {
        let dockerfile = fs::read_to_string(context.join("Dockerfile")).expect("a Dockerfile");
        let last = dockerfile.lines().last().and_then(|line| line.strip_prefix("CMD ")).expect("it ends with CMD");
        let words: Vec<String> = serde_json::from_str(last).expect("a list of words");
        let programs = format!("{}:{}", path.display(), std::env::var("PATH").expect("PATH"));
        let port = TcpListener::bind("127.0.0.1:0").expect("a port").local_addr().expect("an address").port();
        // As `env` does, so that the program is looked for where the server's own are.
        let mut command = Command::new("env");
        command.args(&words).current_dir(context).stdin(Stdio::null());
        command.env("PATH", programs).env("PORT", port.to_string()).env("SECRETS", secrets);
        let mut server = Self { child: command.spawn().expect("it starts"), port };
        let start = Instant::now();
        while TcpStream::connect(("127.0.0.1", port)).is_err() {
            assert!(start.elapsed() < Duration::from_secs(60), "the server does not listen");
            assert_eq!(server.child.try_wait().expect("a status"), None, "the server ended");
            sleep(Duration::from_millis(50));
        }
        server
    }

    /// The status and the body of an answer.
    fn get(&self, path: &str, header: &str) -> (u16, String) {
        get(self.port, path, header)
    }

    fn signal(&self, signal: &str) {
        run(Command::new("kill").arg(format!("-{signal}")).arg(self.child.id().to_string()));
    }

    /// Waits until it has ended well, and nobody listens any more.
    fn wait(mut self) {
        let start = Instant::now();
        let status = loop {
            if let Some(status) = self.child.try_wait().expect("a status") {
                break status;
            }
            assert!(start.elapsed() < Duration::from_secs(10), "the server goes on");
            sleep(Duration::from_millis(20));
        };
        assert!(status.success(), "{status}");
        assert!(TcpStream::connect(("127.0.0.1", self.port)).is_err());
    }

    /// Tells it to stop while it answers, and holds it to finishing that.
    fn stop_while_it_answers(self) {
        let port = self.port;
        let answer = std::thread::spawn(move || get(port, "/slow", ""));
        sleep(Duration::from_millis(500));
        self.signal("TERM");
        assert_eq!(answer.join().expect("an answer"), (200, "done".to_owned()));
        self.wait();
    }
}

/// A test that fails leaves no server behind.
impl Drop for Server {
    fn drop(&mut self) {
        if matches!(self.child.try_wait(), Ok(None)) {
            let _ = self.child.kill();
            let _ = self.child.wait();
        }
    }
}

fn get(port: u16, path: &str, header: &str) -> (u16, String) {
    let mut stream = TcpStream::connect(("127.0.0.1", port)).expect("it listens");
    stream.set_read_timeout(Some(Duration::from_secs(20))).expect("a timeout");
    write!(stream, "GET {path} HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\n{header}\r\n").expect("a request");
    let mut answer = String::new();
    stream.read_to_string(&mut answer).expect("an answer");
    let (head, body) = answer.split_once("\r\n\r\n").expect("a head");
    let status = head.split(' ').nth(1).and_then(|status| status.parse().ok()).expect("a status");
    (status, body.trim_end().to_owned())
}

/// A function that answers slowly too, built; with the folder of its secrets.
fn function(runtime: &str, file: &str, change: impl Fn(String) -> String) -> (PathBuf, PathBuf) {
    let folder = fresh(runtime);
    let mut files = new("hello", runtime);
    let changed = change(text(&files, file));
    files.insert(file, changed).expect("a path");
    let context = context("hello", &files, Some(&builtin(runtime))).into_result().expect("no mistakes").0;
    let secrets = folder.join("secrets");
    fs::create_dir_all(&secrets).expect("a folder");
    (write(&context, &folder), secrets)
}

/// What is true of every server whose function says hello.
fn says_hello(context: &Path, path: &Path, secrets: &Path) {
    let server = Server::start(context, path, secrets);
    assert_eq!(server.get("/health", ""), (200, "ok".to_owned()));
    assert_eq!(server.get("/", ""), (200, "Hello from hello!".to_owned()));
    fs::write(secrets.join("greeting"), "Good morning\n").expect("a secret");
    assert_eq!(server.get("/", ""), (200, "Good morning from hello!".to_owned()));
    assert_eq!(server.get("/nowhere", "").0, 404);
    server.stop_while_it_answers();
}

#[test]
#[ignore = "run by `cargo xtask test functions`"]
fn express() {
    let slow =
        "app.get(\"/slow\", (_, response) => setTimeout(() => response.send(\"done\"), 1500));\n\nexport default";
    let (context, secrets) = function("express", "function.js", |text| text.replace("export default", slow));
    run(Command::new("npm").args(["ci", "--omit=dev", "--no-audit", "--no-fund", "--silent"]).current_dir(&context));
    says_hello(&context, Path::new("/"), &secrets);
}

#[test]
#[ignore = "run by `cargo xtask test functions`"]
fn flask() {
    let slow = "\n\n@app.get(\"/slow\")\ndef slow():\n    import time\n\n    time.sleep(1.5)\n    return \"done\"\n";
    let (context, secrets) = function("flask", "function.py", |text| text + slow);
    let venv = context.with_file_name("venv");
    run(Command::new("python3").args(["-m", "venv"]).arg(&venv));
    for file in ["server-requirements.txt", "requirements.txt"] {
        let mut pip = Command::new(venv.join("bin/pip"));
        pip.args(["install", "--quiet", "--disable-pip-version-check", "--require-hashes", "--requirement", file]);
        run(pip.current_dir(&context));
    }
    says_hello(&context, &venv.join("bin"), &secrets);
}

#[test]
#[ignore = "run by `cargo xtask test functions`"]
fn axum() {
    let slow = "async fn slow() -> &'static str {\n    tokio::time::sleep(std::time::Duration::from_millis(1500)).await;\n    \"done\"\n}\n\nasync fn hello";
    let (context, secrets) = function("axum", "src/lib.rs", |text| {
        text.replace("get(hello))", "get(hello)).route(\"/slow\", get(slow))").replace("async fn hello", slow)
    });
    // The user adds what the user needs.
    let manifest = context.join("Cargo.toml");
    let text = fs::read_to_string(&manifest).expect("a manifest").replace("\"signal\"", "\"signal\", \"time\"");
    fs::write(&manifest, text).expect("a manifest");
    // Kept from run to run, and on its own.
    let target = Path::new(env!("CARGO_TARGET_TMPDIR")).join("axum-target");
    let mut cargo = Command::new(std::env::var("CARGO").unwrap_or_else(|_| "cargo".to_owned()));
    cargo.args(["build", "--quiet", "--locked", "--bin", "function", "--config", "profile.dev.debug=false"]);
    run(cargo.arg("--target-dir").arg(&target).current_dir(&context));
    says_hello(&context, &target.join("debug"), &secrets);
}

#[test]
#[ignore = "run by `cargo xtask test functions`"]
fn static_pages() {
    let caddy = given("CADDY");
    let path = caddy.parent().expect("a folder");
    let (open, secrets) = function("static", "public/index.html", |text| text);
    fs::write(open.join("public/404.html"), "lost").expect("a page");
    let server = Server::start(&open, path, &secrets);
    assert_eq!(server.get("/health", ""), (200, "ok".to_owned()));
    assert!(server.get("/", "").1.contains("<h1>Hello from hello!</h1>"));
    assert_eq!(server.get("/nowhere", ""), (404, "lost".to_owned()));
    assert_eq!(server.get("/../Caddyfile", "").0, 404);
    server.signal("TERM");
    server.wait();

    // Only for the users in the secret file, and one page for all paths.
    let hash = Command::new(&caddy).args(["hash-password", "--plaintext", "correct horse"]).output().expect("a hash");
    let hash = String::from_utf8(hash.stdout).expect("text");
    fs::write(secrets.join("users"), format!("jo {hash}")).expect("a secret");
    let options = "runtime: static\noptions: {users: true, singlePage: true}\n".to_owned();
    let (closed, _) = function("static", "function.yaml", |_| options.clone());
    fs::create_dir_all(&secrets).expect("a folder");
    fs::write(secrets.join("users"), format!("jo {hash}")).expect("a secret");
    let server = Server::start(&closed, path, &secrets);
    assert_eq!(server.get("/health", ""), (200, "ok".to_owned()));
    assert_eq!(server.get("/", "").0, 401);
    // `jo:correct horse` in base64.
    let (status, body) = server.get("/some/path", "Authorization: Basic am86Y29ycmVjdCBob3JzZQ==\r\n");
    assert!(status == 200 && body.contains("<h1>Hello from hello!</h1>"), "{status} {body}");
    server.signal("TERM");
    server.wait();
}

/// With all options that add instructions, and with none.
#[test]
#[ignore = "run by `cargo xtask test functions`"]
fn a_linter_has_no_remarks_about_dockerfiles() {
    let hadolint = given("HADOLINT");
    for (runtime, options) in [
        ("axum", "packages: [libpq5=17.*]\n  buildPackages: [libpq-dev=17.*]"),
        ("express", "packages: ['ffmpeg=7:7.1.*']\n  buildPackages: [python3=3.13.*, make=4.4.*]"),
        ("flask", "packages: [libpq5=17.*]\n  buildPackages: ['gcc=4:14.2.*']"),
        ("static", "folder: site"),
    ] {
        for options in ["{}", &format!("\n  {options}")] {
            let function_yaml = format!("runtime: {runtime}\noptions: {options}\n");
            let mut files = new("hello", runtime);
            files.insert("function.yaml", function_yaml).expect("a path");
            let context = context("hello", &files, Some(&builtin(runtime))).into_result().expect("no mistakes").0;
            let folder = write(&context, &fresh(&format!("lint-{runtime}")));
            run(Command::new(&hadolint).args(["--failure-threshold", "style"]).arg(folder.join("Dockerfile")));
        }
    }
}
