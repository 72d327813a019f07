//! Programs of others, and a registry of Debian's.

use std::fs;
use std::io::{Read as _, Write as _};
use std::net::{SocketAddr, TcpListener, TcpStream};
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Output, Stdio};
use std::time::{Duration, Instant};

/// The programs that these tests need, and the packages of Debian that have them.
const PROGRAMS: [(&str, &str); 9] = [
    ("docker-registry", "docker-registry"),
    ("htpasswd", "apache2-utils"),
    ("openssl", "openssl"),
    ("skopeo", "skopeo"),
    ("umoci", "umoci"),
    ("buildah", "buildah"),
    ("zstd", "zstd"),
    ("xz", "xz-utils"),
    ("bzip2", "bzip2"),
];

/// Says what is missing, all of it at once.
pub(crate) fn require() {
    let is_there = |name: &str| {
        let path = std::env::var_os("PATH").unwrap_or_default();
        std::env::split_paths(&path).any(|folder| folder.join(name).is_file())
    };
    let missing: Vec<&str> =
        PROGRAMS.iter().filter(|(program, _)| !is_there(program)).map(|(_, package)| *package).collect();
    assert!(missing.is_empty(), "these tests need programs that are not here: apt-get install {}", missing.join(" "));
}

/// Runs a program, which has to succeed. Gives what it prints.
pub(crate) fn run(command: &mut Command) -> Vec<u8> {
    let Output { status, stdout, stderr } = command.output().unwrap_or_else(|error| panic!("{command:?}: {error}"));
    assert!(status.success(), "{command:?}: {}", String::from_utf8_lossy(&stderr));
    stdout
}

pub(crate) fn program<const N: usize>(name: &str, arguments: [&str; N]) -> Command {
    let mut command = Command::new(name);
    command.args(arguments).stdin(Stdio::null());
    command
}

/// How a registry wants to know who pushes.
pub(crate) enum Auth<'a> {
    Basic,
    /// A server of tokens at this address, whose certificate is in this file.
    Bearer(SocketAddr, &'a Path),
}

/// Debian's docker-registry, with a store of its own.
pub(crate) struct Server {
    process: Child,
    pub(crate) address: SocketAddr,
    folder: tempfile::TempDir,
}

pub(crate) const USER: &str = "x";
/// As odd as Fly's tokens.
pub(crate) const PASSWORD: &str = "fm2_lJPECAA,fm2_lJPETr==";

impl Server {
    pub(crate) fn start(auth: &Auth<'_>) -> Self {
        require();
        let folder = tempfile::tempdir().unwrap();
        // Freed for the server; nobody else on this machine asks for this one so soon.
        let address = TcpListener::bind("127.0.0.1:0").unwrap().local_addr().unwrap();
        let path = |name: &str| folder.path().join(name);
        let auth = match auth {
            Auth::Basic => {
                let line = run(&mut program("htpasswd", ["-Bbn", USER, PASSWORD]));
                fs::write(path("htpasswd"), line).unwrap();
                format!("auth:\n  htpasswd:\n    realm: here\n    path: {}\n", path("htpasswd").display())
            }
            Auth::Bearer(realm, certificate) => format!(
                "auth:\n  token:\n    realm: http://{realm}/token\n    service: debian\n    issuer: tests\n    \
                 rootcertbundle: {}\n",
                certificate.display()
            ),
        };
        let config = format!(
            "version: 0.1\nlog:\n  level: info\nstorage:\n  filesystem:\n    rootdirectory: {}\nhttp:\n  addr: {address}\n{auth}",
            path("store").display()
        );
        fs::write(path("config.yml"), config).unwrap();
        let log = fs::File::create(path("log")).unwrap();
        let mut command = program("docker-registry", ["serve"]);
        command.arg(path("config.yml")).stdout(log.try_clone().unwrap()).stderr(log);
        let process = command.spawn().unwrap();
        let server = Self { process, address, folder };
        let start = Instant::now();
        while TcpStream::connect(address).is_err() {
            assert!(start.elapsed() < Duration::from_secs(30), "docker-registry does not start: {}", server.log());
            std::thread::sleep(Duration::from_millis(20));
        }
        server
    }

    pub(crate) fn at(&self, rest: &str) -> String {
        format!("{}/{rest}", self.address)
    }

    pub(crate) fn path(&self, name: &str) -> PathBuf {
        self.folder.path().join(name)
    }

    /// What the server has logged.
    pub(crate) fn log(&self) -> String {
        fs::read_to_string(self.path("log")).unwrap_or_default()
    }

    /// The image at `rest` as skopeo copies it from the registry, into an OCI layout of which nothing is
    /// changed. skopeo checks all digests.
    pub(crate) fn pull(&self, rest: &str) -> PathBuf {
        let to = self.path(&format!("pulled-{}", rest.replace([':', '/', '@'], "-")));
        let _ = fs::remove_dir_all(&to);
        let mut skopeo = program("skopeo", ["copy", "--quiet", "--insecure-policy", "--src-tls-verify=false"]);
        // skopeo takes it as an argument only; the password of this test is no secret.
        skopeo.arg(format!("--src-creds={USER}:{PASSWORD}"));
        run(skopeo.arg(format!("docker://{}", self.at(rest))).arg(format!("dir:{}", to.display())));
        to
    }
}

impl Drop for Server {
    fn drop(&mut self) {
        let _ = self.process.kill();
        let _ = self.process.wait();
    }
}

/// Writes a file, and unpacks it with the program that made its form.
pub(crate) fn pack(name: &str, bytes: &[u8]) -> Vec<u8> {
    let mut command = program(name, ["-c"]);
    let mut child = command.stdin(Stdio::piped()).stdout(Stdio::piped()).spawn().unwrap();
    let (mut input, bytes) = (child.stdin.take().unwrap(), bytes.to_vec());
    let writer = std::thread::spawn(move || input.write_all(&bytes));
    let mut packed = Vec::new();
    child.stdout.take().unwrap().read_to_end(&mut packed).unwrap();
    writer.join().unwrap().unwrap();
    assert!(child.wait().unwrap().success());
    packed
}
