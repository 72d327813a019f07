//! A controller, as forges, people and programs see it.

use std::ffi::OsString;
use std::fs;
use std::io::{Read as _, Write as _};
use std::net::{SocketAddr, TcpListener, TcpStream};
use std::process::Command;
use std::sync::Arc;
use std::sync::mpsc::sync_channel;
use std::thread::{self, JoinHandle};
use std::time::{Duration, Instant};

use fake_fly::{FakeFly, Pace};
use hmac::{Hmac, KeyInit as _, Mac as _};
use score_fly_core::diagnostic::Levels;
use score_fly_engine::ops::Context;
use score_fly_engine::session::FlyOptions;
use score_fly_engine::{CancelToken, Environment, Root};
use score_fly_gitops::queue::Place;
use score_fly_gitops::serve::{
    NOTIFY_URL, Options, Retries, SLACK_URL, Said, TOKEN, WEBHOOK_SECRET, repository, serve,
};
use score_fly_gitops::{Begin, Cache, sync};
use serde_json::Value;
use sha2::Sha256;
use tempfile::TempDir;

use clock::FakeClock;

#[path = "../../score-fly-api/tests/support/clock.rs"]
mod clock;

/// A repository with a tree, a Fly, and a controller between them.
struct World {
    fly: Arc<FakeFly>,
    folder: TempDir,
    options: sync::Options,
    variables: Vec<(OsString, OsString)>,
}

struct Controller<'w> {
    world: &'w World,
    address: SocketAddr,
    cancel: CancelToken,
    thread: Option<JoinHandle<()>>,
}

impl World {
    fn new(files: &[(&str, &str)]) -> Self {
        let fly = Arc::new(FakeFly::start(Pace::Skipping));
        fly.with(|world| world.conditions.rate_limits = false);
        let mut variables: Vec<(OsString, OsString)> =
            fly.env().into_iter().map(|(name, value)| (name.into(), value.into())).collect();
        variables.push(("PATH".into(), std::env::var_os("PATH").unwrap()));
        variables.push((WEBHOOK_SECRET.into(), "old s3cret".into()));
        variables.push((TOKEN.into(), "let-me-in".into()));
        let world = Self { fly, folder: tempfile::tempdir().unwrap(), options: sync::Options::default(), variables };
        world.commit(files);
        world
    }

    /// Writes files into the tree, where an empty text means that there is to be none, and commits that.
    fn commit(&self, files: &[(&str, &str)]) {
        let tree = self.folder.path().join("tree");
        for (path, text) in files {
            let path = tree.join(path);
            fs::create_dir_all(path.parent().unwrap()).unwrap();
            if text.is_empty() { fs::remove_file(path).unwrap() } else { fs::write(path, text).unwrap() }
        }
        self.git(&["init", "--quiet"]);
        self.git(&["add", "--all"]);
        self.git(&["commit", "--quiet", "--allow-empty", "--message", "x"]);
    }

    fn git(&self, arguments: &[&str]) {
        let who = ["-c", "user.name=T", "-c", "user.email=t@example.com", "-c", "init.defaultBranch=main"];
        let tree = self.folder.path().join("tree");
        let output = Command::new("git").args(who).args(arguments).current_dir(tree).output().unwrap();
        assert!(output.status.success(), "{}", String::from_utf8_lossy(&output.stderr));
    }

    fn url(&self) -> String {
        format!("file://{}", self.folder.path().join("tree").display())
    }

    /// Starts a controller that looks only when it is asked.
    fn start(&self) -> Controller<'_> {
        let (listening, address) = sync_channel(1);
        let cancel = CancelToken::new();
        let (root, clock, ends) = (self.folder.path().to_owned(), FakeClock(self.fly.clock()), cancel.clone());
        let (variables, fly) =
            (self.variables.clone(), FlyOptions { clock: Some(Arc::new(clock)), ..FlyOptions::default() });
        let options = Options {
            begin: Begin::Repository { repository: repository(&self.url(), Some("main")), path: String::new() },
            address: "127.0.0.1:0".parse().unwrap(),
            every: Duration::from_secs(3600),
            database: Place::File(root.join("jobs.db")),
            at_once: 4,
            retries: Retries { most: 3, first: Duration::from_millis(20) },
            sync: sync::Options { fly, ..self.options.clone() },
        };
        let thread = thread::spawn(move || {
            let environment = Environment::new(variables);
            let (root, levels) = (Root::new(root), Levels::default());
            let context =
                Context { root: &root, environment: &environment, observer: &(), levels: &levels, cancel: &ends };
            let cache = Cache::new(root.path().join("cache"), &environment, &ends);
            let said = |said: &Said<'_>| match said {
                Said::Listening(address) => listening.send(*address).unwrap(),
                other => println!("{other:?}"),
            };
            serve(&context, &cache, &options, &said).unwrap();
        });
        let address = address.recv().unwrap();
        Controller { world: self, address, cancel, thread: Some(thread) }
    }

    fn level(&self, app: &str) -> Value {
        self.fly.machines(app)[0]["config"]["env"]["LEVEL"].clone()
    }
}

impl Controller<'_> {
    /// A request. Gives the status and the body.
    fn ask(&self, head: &str, body: &[u8]) -> (u16, String) {
        let (status, _, body) = self.ask_in_full(head, body);
        (status, body)
    }

    fn ask_in_full(&self, head: &str, body: &[u8]) -> (u16, String, String) {
        let mut stream = TcpStream::connect(self.address).unwrap();
        let head = format!("{head}\r\nHost: here\r\nConnection: close\r\nContent-Length: {}\r\n\r\n", body.len());
        stream.write_all(head.as_bytes()).unwrap();
        // Whoever is refused may not be heard to the end.
        let _ = stream.write_all(body);
        let mut answer = Vec::new();
        let _ = stream.read_to_end(&mut answer);
        let answer = String::from_utf8_lossy(&answer).into_owned();
        let (head, body) = answer.split_once("\r\n\r\n").unwrap_or((&answer, ""));
        let status = head.split(' ').nth(1).and_then(|status| status.parse().ok()).unwrap_or_default();
        (status, head.to_owned(), body.to_owned())
    }

    fn get(&self, path: &str) -> (u16, String) {
        self.ask(&format!("GET {path} HTTP/1.1\r\nAuthorization: Bearer let-me-in"), b"")
    }

    fn data(&self) -> Value {
        serde_json::from_str(&self.get("/api/apps").1).unwrap()
    }

    /// Waits until something is so. Gives all that is known then.
    fn until(&self, is_so: impl Fn(&Value) -> bool) -> Value {
        let start = Instant::now();
        loop {
            let data = self.data();
            if is_so(&data) {
                return data;
            }
            assert!(start.elapsed() < Duration::from_secs(60), "{data:#}");
            thread::sleep(Duration::from_millis(20));
        }
    }

    /// Waits until a look has seen what was committed last, and all is done that it has asked for.
    fn settled(&self) -> Value {
        let tree = self.world.folder.path().join("tree");
        let output = Command::new("git").args(["rev-parse", "main"]).current_dir(tree).output().unwrap();
        let commit = String::from_utf8(output.stdout).unwrap();
        self.until(|data| {
            let is_still = |app: &&Value| !["queued", "running", "again"].contains(&app["phase"].as_str().unwrap());
            data["look"]["commit"] == commit.trim() && data["isLooking"] == false && apps(data).iter().all(is_still)
        })
    }

    fn push(&self, id: &str, secret: &str) -> (u16, String) {
        let body = format!("{{\"repository\":\"{}\",\"ref\":\"refs/heads/main\"}}", self.world.url());
        let head = format!(
            "POST /hooks/generic HTTP/1.1\r\nX-Signature: sha256={}\r\nX-Delivery: {id}",
            sign(secret, body.as_bytes())
        );
        self.ask(&head, body.as_bytes())
    }
}

impl Drop for Controller<'_> {
    fn drop(&mut self) {
        self.cancel.cancel();
        let ended = self.thread.take().map(JoinHandle::join);
        assert!(thread::panicking() || ended.is_some_and(|ended| ended.is_ok()));
    }
}

fn sign(secret: &str, body: &[u8]) -> String {
    let mut mac = Hmac::<Sha256>::new_from_slice(secret.as_bytes()).unwrap();
    mac.update(body);
    mac.finalize().into_bytes().iter().fold(String::new(), |hex, byte| hex + &format!("{byte:02x}"))
}

fn apps(data: &Value) -> Vec<&Value> {
    data["apps"].as_array().unwrap().iter().collect()
}

fn app<'d>(data: &'d Value, name: &str) -> &'d Value {
    apps(data).into_iter().find(|app| app["app"] == name).unwrap_or_else(|| panic!("{name}: {data:#}"))
}

fn states(data: &Value) -> Vec<(&str, &str, &str)> {
    apps(data)
        .into_iter()
        .map(|app| (app["app"].as_str().unwrap(), app["state"].as_str().unwrap(), app["phase"].as_str().unwrap()))
        .collect()
}

const PROJECT: &str = "project: all\ndefaults: {primary_region: ams, build: {image: nginx}, env: {LEVEL: info}}\n";

fn web(name: &str) -> String {
    format!("app: {name}\nhttp_service: {{internal_port: 80}}\n")
}

#[test]
fn a_push_is_rolled_out() {
    let world = World::new(&[("project.yaml", PROJECT), ("a/app.yaml", &web("a-1"))]);
    let controller = world.start();
    let data = controller.settled();
    assert_eq!(states(&data), [("a-1", "deployed", "rests")]);
    assert_eq!((world.level("a-1"), &app(&data, "a-1")["health"]), ("info".into(), &"healthy".into()));

    world.commit(&[("project.yaml", &PROJECT.replace("info", "debug"))]);
    let start = Instant::now();
    assert_eq!(controller.push("1", "s3cret"), (202, "a look at the tree is due\n".to_owned()));
    assert!(start.elapsed() < Duration::from_secs(1));
    let data = controller.settled();
    assert_eq!((world.level("a-1"), data["history"][0]["state"].as_str()), ("debug".into(), Some("deployed")));

    // What came before, what is forged, what is too large, and what nobody knows.
    let metric = |name: &str| {
        let text = controller.get("/metrics").1;
        let line =
            text.lines().find_map(|line| line.strip_prefix(&format!("score_fly_gitops_{name} "))).map(str::to_owned);
        line.unwrap_or_else(|| panic!("{name}: {text}"))
    };
    let looks = metric("looks_total");
    assert_eq!(controller.push("1", "s3cret"), (202, "that came before\n".to_owned()));
    assert_eq!(controller.push("2", "guessed").0, 401);
    assert_eq!(controller.ask("POST /hooks/github HTTP/1.1", &vec![b'x'; 26 << 20]).0, 413);
    assert_eq!(controller.ask("POST /hooks/sourceforge HTTP/1.1", b"{}").0, 404);
    assert_eq!(controller.ask("POST /hooks/github HTTP/1.1", b"{}").0, 401);
    let other = r#"{"repository":"https://example.com/else","ref":"refs/heads/main"}"#;
    let signed = format!("POST /hooks/generic HTTP/1.1\r\nX-Signature: sha256={}", sign("old", other.as_bytes()));
    assert_eq!(controller.ask(&signed, other.as_bytes()), (202, "that does not matter here\n".to_owned()));
    thread::sleep(Duration::from_millis(700));
    assert_eq!(metric("looks_total"), looks, "none of these begins a look");
    for (outcome, count) in
        [("accepted", "1"), ("repeated", "1"), ("refused", "2"), ("too_large", "1"), ("ignored", "1")]
    {
        assert_eq!(metric(&format!("webhooks_total{{outcome=\"{outcome}\"}}")), count, "{outcome}");
    }

    // A mistake is an entry, and what is at Fly stays.
    world.commit(&[("a/app.yaml", "app: a-1\nhttp_service: {internal_port: <many>}\n")]);
    assert_eq!(controller.push("3", "old").0, 202);
    let data = controller.settled();
    assert_eq!(states(&data), [("a-1", "failed", "rests")]);
    assert_eq!(world.level("a-1"), "debug");
    let (status, page) = controller.get("/");
    assert!(status == 200 && page.contains("its files have mistakes") && page.contains("a/app.yaml:2"), "{page}");
    assert!(!page.contains("<many>"));
    assert_eq!(metric("apps{state=\"failed\"}"), "1");
}

#[test]
fn only_whoever_knows_the_token_may_read() {
    let world = World::new(&[("project.yaml", PROJECT)]);
    let controller = world.start();
    controller.settled();
    for path in ["/", "/api/apps", "/metrics"] {
        assert_eq!(controller.get(path).0, 200);
        assert_eq!(controller.ask(&format!("GET {path} HTTP/1.1"), b"").0, 401);
        assert_eq!(controller.ask(&format!("GET {path} HTTP/1.1\r\nAuthorization: Bearer let-me-out"), b"").0, 401);
    }
    assert!(!controller.ask("GET / HTTP/1.1", b"").1.contains("class=list"));
    assert_eq!(controller.ask("GET /healthz HTTP/1.1", b"").0, 200);
    assert_eq!(controller.ask("GET /readyz HTTP/1.1", b"").0, 200);

    let form = "POST /login HTTP/1.1\r\nContent-Type: application/x-www-form-urlencoded\r\nX-Forwarded-Proto: https";
    let (status, head, page) = controller.ask_in_full(form, b"token=let-me-out");
    assert!(status == 401 && !head.contains("set-cookie") && page.contains("not the token"), "{head}");
    let (status, head, _) = controller.ask_in_full(form, b"token=let-me-in");
    let cookie = head.lines().find_map(|line| line.strip_prefix("set-cookie: ")).unwrap();
    assert!(status == 303 && head.contains("\r\nlocation: /\r\n"), "{head}");
    assert!(cookie.contains("HttpOnly") && cookie.contains("SameSite=Strict") && cookie.contains("Secure"), "{cookie}");
    let cookie = cookie.split(';').next().unwrap();
    assert_eq!(controller.ask(&format!("GET / HTTP/1.1\r\nCookie: {cookie}"), b"").0, 200);
    let (_, head, _) = controller.ask_in_full("POST /logout HTTP/1.1", b"");
    assert!(head.contains("Max-Age=0"), "{head}");
}

#[test]
fn apps_wait_for_those_that_come_first() {
    let later = web("b-1") + "gitops: {depends_on: [a-1]}\n";
    let world = World::new(&[
        ("project.yaml", PROJECT),
        ("a/app.yaml", "app: a-1\nbuild: {image: null}\n"),
        ("b/app.yaml", &later),
    ]);
    let controller = world.start();
    let data = controller.settled();
    // What can't be deployed is tried as often as was asked for, and not again until there is a reason.
    assert_eq!(states(&data), [("a-1", "failed", "gaveUp"), ("b-1", "outOfSync", "after")]);
    assert!(world.fly.app("b-1").is_null());
    let failed =
        |data: &Value| data["history"].as_array().unwrap().iter().filter(|one| one["state"] == "failed").count();
    assert_eq!(failed(&data), 1, "{data:#}");
    assert_eq!(controller.push("1", "s3cret").0, 202);
    assert_eq!(states(&controller.settled())[0], ("a-1", "failed", "gaveUp"));

    world.commit(&[("a/app.yaml", &web("a-1"))]);
    assert_eq!(controller.push("2", "s3cret").0, 202);
    let data = controller.until(|data| app(data, "b-1")["state"] == "deployed");
    assert_eq!(app(&data, "a-1")["state"], "deployed");
}

#[test]
fn what_is_not_in_the_tree_any_more_goes_if_asked_and_a_broken_tree_takes_nothing_away() {
    let (a, b, c) = (web("a-1"), web("b-1"), web("c-1"));
    let files = [("project.yaml", PROJECT), ("a/app.yaml", a.as_str()), ("b/app.yaml", &b), ("c/app.yaml", &c)];
    let mut world = World::new(&files);
    world.options.prune = true;
    let controller = world.start();
    controller.settled();
    world.commit(&[("b/app.yaml", ""), ("c/app.yaml", "{")]);
    assert_eq!(controller.push("1", "s3cret").0, 202);
    let data = controller.settled();
    assert!(data["look"]["notPruned"].as_str().is_some_and(|why| why.contains("not all of the tree")), "{data:#}");
    assert!(!world.fly.app("b-1").is_null());
    assert!(controller.get("/").1.contains("Nothing is taken away"));

    world.commit(&[("c/app.yaml", &web("c-1"))]);
    assert_eq!(controller.push("2", "s3cret").0, 202);
    controller.until(|_| world.fly.app("b-1").is_null());
    let data = controller.until(|data| data["history"][0]["state"] == "destroyed");
    assert_eq!((&data["history"][0]["app"], world.fly.app("c-1").is_null()), (&"b-1".into(), false));

    // A repository that is gone is said, and what was known stays.
    fs::rename(world.folder.path().join("tree"), world.folder.path().join("moved")).unwrap();
    assert_eq!(controller.push("3", "s3cret").0, 202);
    let data = controller.until(|data| !data["trouble"].is_null());
    assert!(apps(&data).len() >= 2 && !world.fly.app("a-1").is_null(), "{data:#}");
    assert_eq!(controller.ask("GET /readyz HTTP/1.1", b"").0, 503);
    fs::rename(world.folder.path().join("moved"), world.folder.path().join("tree")).unwrap();
    assert_eq!(controller.push("4", "s3cret").0, 202);
    controller.until(|data| data["trouble"].is_null());
    assert_eq!(controller.ask("GET /readyz HTTP/1.1", b"").0, 200);
}

#[test]
fn what_happens_is_told() {
    let listener = TcpListener::bind("127.0.0.1:0").unwrap();
    let mut world = World::new(&[("project.yaml", PROJECT), ("a/app.yaml", &web("a-1"))]);
    let url = format!("http://{}", listener.local_addr().unwrap());
    world.variables.push((NOTIFY_URL.into(), format!("{url}/plain").into()));
    world.variables.push((SLACK_URL.into(), format!("{url}/slack").into()));
    let controller = world.start();
    let mut heard = Vec::new();
    // The first one is not taken, and comes again.
    for status in ["500 No", "200 OK", "200 OK"] {
        let (mut stream, _) = listener.accept().unwrap();
        let mut request = String::new();
        while !request.contains("\r\n\r\n") || !request.ends_with('}') {
            let mut bytes = [0; 4096];
            let read = stream.read(&mut bytes).unwrap();
            request.push_str(&String::from_utf8_lossy(&bytes[..read]));
        }
        write!(stream, "HTTP/1.1 {status}\r\nContent-Length: 0\r\nConnection: close\r\n\r\n").unwrap();
        heard.push(request);
    }
    let body = heard[1].split_once("\r\n\r\n").unwrap().1;
    assert!(heard[0].starts_with("POST /plain ") && heard[0].ends_with(body), "{heard:?}");
    assert!(
        heard[1].to_lowercase().contains(&format!("x-signature: sha256={}", sign("old", body.as_bytes()))),
        "{heard:?}"
    );
    let body: Value = serde_json::from_str(body).unwrap();
    assert_eq!((&body["event"]["app"], &body["event"]["state"]), (&"a-1".into(), &"deployed".into()));
    assert!(heard[2].starts_with("POST /slack ") && heard[2].contains("*a-1* (deployed)"), "{heard:?}");
    controller.settled();
}

/// A tenth forged, a tenth replayed, some too large: none of the bad is believed, none of the good is lost.
#[test]
fn many_webhooks_at_once_are_one_look_or_a_few() {
    let asked = std::env::var("SCORE_FLY_WEBHOOKS").ok().and_then(|many| many.parse().ok());
    let many: usize = asked.unwrap_or(400);
    let world = World::new(&[("project.yaml", PROJECT), ("a/app.yaml", &web("a-1"))]);
    let controller = world.start();
    controller.settled();
    world.commit(&[("project.yaml", &PROJECT.replace("info", "debug"))]);
    let large = vec![b'x'; 26 << 20];
    let before = memory();
    let start = Instant::now();
    let answers: Vec<(u16, Duration)> = thread::scope(|scope| {
        let ask = |first: usize| {
            let mine = (first..many).step_by(64);
            let one = |n: usize| match n % 10 {
                0 => controller.push(&n.to_string(), "forged").0,
                1 => controller.push("the same", "s3cret").0,
                2 if n % 100 == 2 => controller.ask("POST /hooks/github HTTP/1.1", &large).0,
                _ => controller.push(&n.to_string(), "s3cret").0,
            };
            let timed = |n| {
                let start = Instant::now();
                (one(n), start.elapsed())
            };
            mine.map(timed).collect::<Vec<_>>()
        };
        let threads: Vec<_> = (0..64).map(|first| scope.spawn(move || ask(first))).collect();
        threads.into_iter().flat_map(|thread| thread.join().unwrap()).collect()
    });
    let took = start.elapsed();
    let mut times: Vec<Duration> = answers.iter().filter(|one| one.0 == 202).map(|one| one.1).collect();
    times.sort();
    let (median, slowest) = (times[times.len() / 2], times[times.len() - 1]);
    let count = |status: u16| answers.iter().filter(|answer| answer.0 == status).count();
    println!(
        "{many} webhooks in {took:?}: half within {median:?}, all within {slowest:?}; memory {before} KiB before, {} after",
        memory()
    );
    let large = (0..many).filter(|n| n % 100 == 2).count();
    assert_eq!((count(401), count(413), count(202)), (many / 10, large, many - many / 10 - large), "{answers:?}");
    controller.settled();
    assert_eq!(world.level("a-1"), "debug");
    let (_, metrics) = controller.get("/metrics");
    assert!(metrics.contains(&format!("{{outcome=\"repeated\"}} {}\n", many / 10 - 1)), "{metrics}");
    let looks = metrics.lines().find_map(|line| line.strip_prefix("score_fly_gitops_looks_total ")).unwrap();
    println!("{looks} looks");
    assert!(looks.parse::<usize>().unwrap() < many / 4, "{metrics}");
}

/// What this process has in memory, in KiB.
fn memory() -> u64 {
    let status = fs::read_to_string("/proc/self/status").unwrap_or_default();
    let line = status.lines().find_map(|line| line.strip_prefix("VmRSS:"));
    line.and_then(|line| line.split_whitespace().next()?.parse().ok()).unwrap_or_default()
}
