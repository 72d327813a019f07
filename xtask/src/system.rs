//! What stages need of the machine beyond Rust, Python and Node.
//!
//! Nothing is installed unless that was asked for (`--install`): a test run that changes the machine
//! of whoever starts it would be a surprise.

use std::path::Path;
use std::process::Command;
use std::sync::Once;

use crate::shell::{Result, program, run};
use crate::{functions, wasm};

/// Something that must be on the machine.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Need {
    name: &'static str,
    is_there: fn() -> bool,
    /// Debian's packages that bring it.
    packages: &'static [&'static str],
    /// A way to get it that is tried before Debian's packages.
    first: Option<fn() -> Result>,
}

/// A browser, for tests of the npm package and the playground.
pub(crate) const CHROMIUM: Need = Need::program("Chromium", || Path::new("/usr/bin/chromium").exists(), &["chromium"]);

/// The server of static pages, for tests of functions.
pub(crate) const CADDY: Need = Need::program("Caddy", || Path::new(functions::CADDY).exists(), &["caddy"]);

/// Debian keeps what `python3 -m venv` needs in a package of its own.
pub(crate) const VENV: Need = Need::program(
    "Python's venv",
    || succeeds(&mut program("python3", ["-c", "import ensurepip, venv"])),
    &["python3-venv"],
);

/// A compiler with the sources of its standard library, and a linker.
pub(crate) const WASM: Need = Need {
    name: "Rust's sources",
    is_there: || wasm::Toolchain::find().is_some(),
    packages: &["rustc-web", "rust-web-src", "libstd-rust-web-dev", "lld-22"],
    first: Some(|| run(&mut program("rustup", ["component", "add", "rust-src"]))),
};

/// What makes, keeps and shows images, for tests of pushing them.
pub(crate) const REGISTRY: Need = Need::program("docker-registry", || found("docker-registry"), &["docker-registry"]);
pub(crate) const HTPASSWD: Need = Need::program("htpasswd", || found("htpasswd"), &["apache2-utils"]);
pub(crate) const OPENSSL: Need = Need::program("openssl", || found("openssl"), &["openssl"]);
pub(crate) const SKOPEO: Need = Need::program("skopeo", || found("skopeo"), &["skopeo"]);
pub(crate) const UMOCI: Need = Need::program("umoci", || found("umoci"), &["umoci"]);
pub(crate) const BUILDAH: Need = Need::program("buildah", || found("buildah"), &["buildah"]);
pub(crate) const PACKERS: Need = Need::program(
    "zstd, xz and bzip2",
    || ["zstd", "xz", "bzip2"].iter().all(|name| found(name)),
    &["zstd", "xz-utils", "bzip2"],
);

/// A database, for tests of jobs that several controllers share. Debian has its programs in a folder of their version.
pub(crate) const POSTGRES: Need =
    Need::program("Postgres", || found("initdb") || Path::new("/usr/lib/postgresql").is_dir(), &["postgresql"]);

/// A server to fetch from by ssh, which tests start for each caller.
pub(crate) const SSHD: Need = Need::program(
    "sshd",
    || Path::new("/usr/sbin/sshd").exists() && found("ssh-keygen"),
    &["openssh-server", "openssh-client"],
);

/// What has the system refuse, for tests of crashes.
pub(crate) const STRACE: Need = Need::program("strace", || found("strace"), &["strace"]);

static UPDATED: Once = Once::new();

impl Need {
    const fn program(name: &'static str, is_there: fn() -> bool, packages: &'static [&'static str]) -> Self {
        Self { name, is_there, packages, first: None }
    }

    /// Installs it if it is missing.
    fn install(self) -> Result {
        if (self.is_there)() {
            return Ok(());
        }
        if let Some(first) = self.first {
            match first() {
                Ok(()) if (self.is_there)() => return Ok(()),
                Ok(()) => {}
                Err(error) => println!("{error}; trying Debian's packages"),
            }
        }
        UPDATED.call_once(|| {
            if let Err(error) = run(&mut apt(&["update", "--quiet"])) {
                println!("{error}; trying with the lists of packages that are there");
            }
        });
        run(apt(&["install", "--yes", "--quiet", "--no-install-recommends"]).args(self.packages))?;
        if (self.is_there)() {
            Ok(())
        } else {
            Err(format!("{} was installed, and is still missing", self.name).into())
        }
    }
}

/// Makes sure that `needs` are there: installs what is missing if that was asked for, and otherwise fails
/// with a list of it.
pub(crate) fn ensure(needs: &[Need], install: bool) -> Result {
    if install {
        return needs.iter().try_for_each(|need| need.install());
    }
    let missing: Vec<&Need> = needs.iter().filter(|need| !(need.is_there)()).collect();
    if missing.is_empty() {
        return Ok(());
    }
    let names: Vec<&str> = missing.iter().map(|need| need.name).collect();
    let packages: Vec<&str> = missing.iter().flat_map(|need| need.packages).copied().collect();
    let advice = "add `--install` to have it installed, or on Debian run";
    Err(format!("missing: {}; {advice} `apt-get install {}`", names.join(", "), packages.join(" ")).into())
}

fn apt(arguments: &[&str]) -> Command {
    let mut command = program("apt-get", []);
    command.args(arguments).env("DEBIAN_FRONTEND", "noninteractive");
    command
}

/// Whether there is such a program.
fn found(name: &str) -> bool {
    let path = std::env::var_os("PATH").unwrap_or_default();
    std::env::split_paths(&path).any(|folder| folder.join(name).is_file())
}

fn succeeds(command: &mut Command) -> bool {
    command.output().is_ok_and(|output| output.status.success())
}
