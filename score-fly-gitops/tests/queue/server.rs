//! The same with a real Postgres: `cargo xtask test gitops`.

use std::fs;
use std::os::unix::fs::{MetadataExt as _, chown};
use std::os::unix::process::CommandExt as _;
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};

use score_fly_gitops::queue::{Place, open};

use crate::{cases, killed};

/// A server of one's own, without a port: it listens on a socket in a folder.
struct Server {
    folder: tempfile::TempDir,
    user: Option<u32>,
}

impl Server {
    fn start() -> Self {
        let folder = tempfile::tempdir().unwrap();
        // It does not run for root.
        let is_root = fs::metadata(folder.path()).unwrap().uid() == 0;
        let server = Self { folder, user: is_root.then_some(65_534) };
        if let Some(user) = server.user {
            chown(server.folder.path(), Some(user), Some(user)).unwrap();
        }
        let data = server.path("data");
        server.run("initdb", &["--pgdata", &data, "--username", "me", "--auth", "trust", "--no-sync"]);
        server.restart("start");
        server
    }

    /// `start`, `restart` or `stop`.
    fn restart(&self, what: &str) {
        let options = format!("-c listen_addresses='' -c unix_socket_directories='{}'", self.folder.path().display());
        let (data, log) = (self.path("data"), self.path("log"));
        let arguments = ["--pgdata", &data, "--log", &log, "--wait", "--mode", "immediate", "--options", &options];
        let mut all = vec![what];
        all.extend(arguments);
        self.run("pg_ctl", &all);
    }

    /// The address of a new database.
    fn database(&self, name: &str) -> String {
        self.run("createdb", &["--host", &self.path(""), "--username", "me", name]);
        format!("postgres://me@/{name}?host={}", self.path("").replace('/', "%2F"))
    }

    fn path(&self, name: &str) -> String {
        self.folder.path().join(name).to_str().unwrap().trim_end_matches('/').to_owned()
    }

    fn run(&self, name: &str, arguments: &[&str]) {
        let mut command = Command::new(program(name));
        command.args(arguments).current_dir(self.folder.path()).stdin(Stdio::null());
        if let Some(user) = self.user {
            command.uid(user).gid(user);
        }
        // What it starts in the background would keep a pipe open.
        let said = fs::File::create(self.folder.path().join("said")).unwrap();
        command.stdout(said.try_clone().unwrap()).stderr(said);
        let status = command.status().unwrap();
        assert!(status.success(), "{name}: {}", fs::read_to_string(self.folder.path().join("said")).unwrap());
    }
}

impl Drop for Server {
    fn drop(&mut self) {
        self.restart("stop");
    }
}

/// Debian has them in a folder of their version.
fn program(name: &str) -> PathBuf {
    let versions = fs::read_dir("/usr/lib/postgresql").into_iter().flatten().flatten();
    let mut folders: Vec<PathBuf> = versions.map(|version| version.path().join("bin")).collect();
    folders.sort();
    let path = std::env::var_os("PATH").unwrap_or_default();
    folders.extend(std::env::split_paths(&path));
    folders
        .iter()
        .map(|folder| folder.join(name))
        .find(|path: &PathBuf| Path::is_file(path))
        .expect("Postgres is there")
}

fn place(address: &str) -> Place {
    address.parse().unwrap()
}

#[test]
#[ignore = "it needs Postgres"]
fn in_postgres() {
    let server = Server::start();
    let mut count = 0;
    cases::all(&mut || {
        count += 1;
        place(&server.database(&format!("jobs{count}")))
    });
}

#[test]
#[ignore = "it needs Postgres"]
fn with_postgres_none_is_lost() {
    let server = Server::start();
    let address = server.database("jobs");
    let folder = tempfile::tempdir().unwrap();
    killed::none_is_lost(&place(&address), &address, folder.path());
}

#[test]
#[ignore = "it needs Postgres"]
fn a_server_that_was_away_is_found_again() {
    use std::time::Duration;

    let server = Server::start();
    let mut queue = open(&place(&server.database("jobs"))).unwrap();
    queue.enqueue("shop", "1", Duration::ZERO).unwrap();
    server.restart("restart");
    // The first call after that may be the one that finds out.
    let job = queue.claim("a", Duration::from_secs(60)).or_else(|_| queue.claim("a", Duration::from_secs(60)));
    assert_eq!(job.unwrap().unwrap().key, "shop");
}

#[test]
#[ignore = "it needs Postgres"]
fn several_may_begin_at_once() {
    let server = Server::start();
    let place = place(&server.database("jobs"));
    std::thread::scope(|scope| {
        for _ in 0..8 {
            scope.spawn(|| open(&place).map(drop).unwrap());
        }
    });
}

#[test]
#[ignore = "it needs Postgres"]
fn passwords_are_not_said() {
    let server = Server::start();
    let socket = server.path("").replace('/', "%2F");
    let said = open(&place(&format!("postgres://me:hush@/none?host={socket}"))).err().unwrap().to_string();
    assert_eq!(said, "the database of jobs can't be reached: db error: FATAL: database \"none\" does not exist");
    let said = open(&place("postgres://me:hush@localhost/x?port=nine")).err().unwrap().to_string();
    assert!(said.starts_with("the address of the database is wrong: ") && !said.contains("hush"), "{said}");
}
