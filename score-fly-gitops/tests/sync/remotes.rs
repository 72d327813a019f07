//! Repositories on other machines: who may have them, and what happens if they can't be had.

use std::fs;
use std::io;
use std::net::TcpListener;
use std::os::fd::OwnedFd;
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};
use std::thread;

use score_fly_gitops::sync::{Options, State};
use score_fly_gitops::{Begin, Reference, Repository};

use crate::http::{Server, basic};
use crate::world::{PROJECT, World, app, entry, states};

/// With characters that an address can't hold as they are.
const TOKEN: &str = "hu/sh@1";
const CODED: &str = "hu%2Fsh%401";

fn begin(url: &str) -> Begin {
    Begin::Repository {
        repository: Repository { url: url.to_owned(), reference: Reference::Branch("main".into()) },
        path: String::new(),
    }
}

fn log_in(world: &mut World, server: &Server, password: &str) {
    let lines = format!("https://else:where@example.com\nhttp://bot:{password}@127.0.0.1:{}", server.port);
    world.variables.push(("SCORE_FLY_GIT_CREDENTIALS".into(), lines.into()));
}

/// The contents of all files in a folder and below it.
fn contents(folder: &Path) -> Vec<(PathBuf, Vec<u8>)> {
    let mut found = Vec::new();
    let mut open = vec![folder.to_owned()];
    while let Some(folder) = open.pop() {
        for entry in fs::read_dir(folder).unwrap().map(Result::unwrap) {
            if entry.file_type().unwrap().is_dir() {
                open.push(entry.path());
            } else {
                found.push((entry.path(), fs::read(entry.path()).unwrap()));
            }
        }
    }
    found
}

fn holds(text: &[u8], what: &str) -> bool {
    text.windows(what.len()).any(|part| part == what.as_bytes())
}

#[test]
fn a_token_is_told_to_the_server_and_to_nobody_else() {
    let mut world = World::new(&[("project.yaml", PROJECT), ("a/app.yaml", &app("a-1"))]);
    world.commit("tree");
    let server = Server::start(world.folder.path(), &format!("bot:{TOKEN}"));
    let begin = begin(&server.url("tree"));

    let report = world.run(&begin, &Options::default());
    assert!(!report.whole && report.apps.is_empty(), "{report:?}");
    assert_eq!(server.heard(), [""; 0], "nobody told it anything");

    log_in(&mut world, &server, CODED);
    // Git writes there what it starts, with all arguments.
    let trace = world.folder.path().join("trace");
    world.variables.push(("GIT_TRACE".into(), trace.clone().into()));
    let report = world.run(&begin, &Options::default());
    assert_eq!(states(&report), [("a-1", State::Deployed)], "{report:?}");
    assert!(server.heard().iter().all(|said| *said == basic(&format!("bot:{TOKEN}"))), "{:?}", server.heard());

    let trace = fs::read(trace).unwrap();
    assert!(holds(&trace, "git-remote-http") || holds(&trace, "git remote-http"), "the arguments are there");
    let encoded = basic(&format!("bot:{TOKEN}")).replace("Basic ", "");
    for (path, text) in contents(world.folder.path()) {
        for form in [TOKEN, CODED, &encoded, "else:where"] {
            assert!(!holds(&text, form), "{form} is in {}", path.display());
        }
    }
    let calls = format!("{:?}", world.fly.calls());
    assert!(!calls.contains(TOKEN) && !calls.contains(CODED));
}

/// However a repository gets lost: it is told, all else goes on, and nothing is taken away.
#[test]
fn a_repository_that_can_not_be_had_stops_nothing_else() {
    let shared = |url: &str| format!("project: shared\nsource: {{git: '{url}', branch: main}}\n");
    let mut world = World::new(&[("project.yaml", PROJECT), ("own/app.yaml", &app("own-1"))]);
    for (folder, name, text) in [("shared", "web/app.yaml", app("shared-1")), ("files", "page.html", "one".into())] {
        let path = world.folder.path().join(folder).join(name);
        fs::create_dir_all(path.parent().unwrap()).unwrap();
        fs::write(path, text).unwrap();
        world.commit(folder);
    }
    let server = Server::start(world.folder.path(), "bot:first");
    let from_files = format!(
        "{}files: [{{guest_path: /page.html, local_path: page.html}}]\ngitops: {{source: {{git: '{}', branch: main}}}}\n",
        app("files-1"),
        server.url("files")
    );
    world.write(&[
        ("there/project.yaml", &shared(&server.url("shared"))),
        ("files/app.yaml", &from_files),
        ("goes/app.yaml", &app("goes-1")),
    ]);
    let prune = Options { prune: true, ..Options::default() };
    log_in(&mut world, &server, "first");
    let report = world.sync(&prune);
    let all = [("files-1", State::Deployed), ("goes-1", State::Deployed), ("own-1", State::Deployed)];
    assert_eq!(states(&report), [all[0], all[1], all[2], ("shared-1", State::Deployed)], "{report:?}");

    // There is always something that would be taken away, and something that is to be done.
    world.remove("goes/app.yaml");
    let moved = |from: &str, to: &str| {
        let folder = world.folder.path();
        fs::rename(folder.join(from), folder.join(to)).unwrap();
    };
    for (round, (breaks, mends, why)) in [
        (
            (&|| server.change_login("bot:second")) as &dyn Fn(),
            (&|| server.change_login("bot:first")) as &dyn Fn(),
            "has it expired?",
        ),
        (
            &|| ["shared", "files"].iter().for_each(|name| moved(name, &format!("{name}-gone"))),
            &|| ["shared", "files"].iter().for_each(|name| moved(&format!("{name}-gone"), name)),
            "not found",
        ),
    ]
    .into_iter()
    .enumerate()
    {
        breaks();
        world.write(&[("own/app.yaml", &format!("{}env: {{ROUND: '{round}'}}\n", app("own-1")))]);
        let report = world.sync(&prune);
        assert_eq!(states(&report), [("files-1", State::Failed), ("own-1", State::Deployed)], "{report:?}");
        let said = entry(&report, "files-1").details.join("\n");
        assert!(said.contains(why) && !said.contains("first"), "{said}");
        assert!(!report.whole && report.not_pruned.is_some(), "{report:?}");
        for app in ["goes-1", "shared-1", "files-1"] {
            assert!(!world.fly.app(app).is_null(), "{app}: {report:?}");
        }
        mends();
    }

    // A commit that deletes everything, of one that others stand beside.
    world.git("shared", &["rm", "-r", "--quiet", "."]);
    world.commit("shared");
    let report = world.sync(&prune);
    assert_eq!(states(&report), [("files-1", State::InSync), ("own-1", State::InSync)], "{report:?}");
    assert!(report.not_pruned.as_ref().is_some_and(|why| why.contains("no app left in the project `shared`")));
    assert!(!world.fly.app("shared-1").is_null() && !world.fly.app("goes-1").is_null());

    // History that is made anew; then nothing is missing, and what was taken out goes.
    world.git("shared", &["checkout", "--quiet", "--orphan", "again"]);
    fs::create_dir_all(world.folder.path().join("shared/web")).unwrap();
    fs::write(world.folder.path().join("shared/web/app.yaml"), app("shared-1") + "env: {NEW: '1'}\n").unwrap();
    world.commit("shared");
    world.git("shared", &["branch", "--force", "main", "again"]);
    let report = world.sync(&prune);
    assert_eq!(
        states(&report),
        [
            ("files-1", State::InSync),
            ("goes-1", State::Destroyed),
            ("own-1", State::InSync),
            ("shared-1", State::Deployed)
        ],
        "{report:?}"
    );
    assert!(!report.has_failures());
}

#[test]
fn what_git_wants_to_know_is_said() {
    let mut world = World::new(&[]);
    let server = Server::start(world.folder.path(), "bot:first");
    let text = format!("{}gitops: {{source: {{git: '{}'}}}}\n", app("a-1"), server.url("tree"));
    world.write(&[("project.yaml", PROJECT), ("a/app.yaml", &text)]);
    let said = |world: &World| entry(&world.sync(&Options::default()), "a-1").details.join("\n");
    let host = format!("127.0.0.1:{}", server.port);
    let nobody = format!("{host} wants to know who is there, and SCORE_FLY_GIT_CREDENTIALS has no line for it");
    assert!(said(&world).contains(&nobody), "{}", said(&world));
    log_in(&mut world, &server, "other");
    let other = format!("{host} does not take what SCORE_FLY_GIT_CREDENTIALS has for it: has it expired?");
    assert!(said(&world).contains(&other), "{}", said(&world));
}

/// A real sshd, which is started for each caller and needs no rights of its own.
struct Ssh {
    folder: tempfile::TempDir,
    port: u16,
}

const SSHD: &str = "/usr/sbin/sshd";

impl Ssh {
    fn start() -> Self {
        let folder = tempfile::tempdir().unwrap();
        for name in ["host", "user", "stranger"] {
            let path = folder.path().join(name);
            let arguments = ["-q", "-t", "ed25519", "-N", "", "-f"];
            assert!(Command::new("ssh-keygen").args(arguments).arg(path).status().unwrap().success());
        }
        let at = folder.path().display();
        fs::copy(folder.path().join("user.pub"), folder.path().join("allowed")).unwrap();
        let config = format!(
            "HostKey {at}/host\nAuthorizedKeysFile {at}/allowed\nStrictModes no\nUsePAM no\n\
             PasswordAuthentication no\nKbdInteractiveAuthentication no\nPidFile none\n"
        );
        fs::write(folder.path().join("config"), config).unwrap();
        // Where it locks itself up if it is started by root.
        let _ = fs::create_dir_all("/run/sshd");
        let listener = TcpListener::bind("127.0.0.1:0").unwrap();
        let port = listener.local_addr().unwrap().port();
        let config = folder.path().join("config");
        thread::spawn(move || {
            for stream in listener.incoming().map_while(Result::ok) {
                serve(OwnedFd::from(stream), &config).unwrap();
            }
        });
        Self { folder, port }
    }

    fn read(&self, name: &str) -> String {
        fs::read_to_string(self.folder.path().join(name)).unwrap()
    }

    /// A line of `known_hosts`.
    fn known(&self) -> String {
        format!("[127.0.0.1]:{} {}", self.port, self.read("host.pub"))
    }
}

fn serve(stream: OwnedFd, config: &Path) -> io::Result<()> {
    let mut child = Command::new(SSHD)
        .args(["-i", "-e", "-f"])
        .arg(config)
        .stdin(Stdio::from(stream.try_clone()?))
        .stdout(Stdio::from(stream))
        .stderr(Stdio::null())
        .spawn()?;
    thread::spawn(move || child.wait());
    Ok(())
}

#[test]
#[ignore = "it needs sshd"]
fn a_key_for_ssh_comes_by_the_environment() {
    let mut world = World::new(&[("project.yaml", PROJECT), ("a/app.yaml", &app("a-1"))]);
    world.commit("tree");
    let ssh = Ssh::start();
    let user = Command::new("id").arg("-un").output().unwrap().stdout;
    let user = String::from_utf8(user).unwrap();
    let url = format!("ssh://{}@127.0.0.1:{}{}/tree", user.trim(), ssh.port, world.folder.path().display());
    let text = format!("{}gitops: {{source: {{git: '{url}'}}}}\n", app("own-1"));
    world.write(&[("project.yaml", PROJECT), ("own/app.yaml", &text)]);
    world.remove("a/app.yaml");
    let temporary = world.folder.path().join("temporary");
    fs::create_dir(&temporary).unwrap();
    let said = |world: &World| entry(&world.sync(&Options::default()), "own-1").details.join("\n");

    assert!(said(&world).contains("is not known: put its key"), "{}", said(&world));
    world.variables.push(("SCORE_FLY_GIT_KNOWN_HOSTS".into(), ssh.known().into()));
    world.variables.push(("SCORE_FLY_GIT_SSH_KEY".into(), ssh.read("stranger").into()));
    assert!(said(&world).contains("Permission denied"), "{}", said(&world));
    // As a form on a web page would hand it on: without its last line break, and with those of another system.
    let key = ssh.read("user").trim().replace('\n', "\r\n");
    world.variables.push(("SCORE_FLY_GIT_SSH_KEY".into(), key.into()));
    let trace = world.folder.path().join("trace");
    world.variables.push(("GIT_TRACE".into(), trace.clone().into()));
    let report = world.sync(&Options::default());
    assert_eq!(states(&report), [("own-1", State::Deployed)], "{report:?}");

    assert!(holds(&fs::read(&trace).unwrap(), "ssh -oBatchMode=yes"), "the arguments are there");
    let line = ssh.read("user").lines().nth(1).unwrap().to_owned();
    for (path, text) in contents(world.folder.path()) {
        assert!(!holds(&text, &line), "the key is in {}", path.display());
    }
}
