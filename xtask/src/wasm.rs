//! Building for WebAssembly, with whichever toolchain is at hand.

use std::path::{Path, PathBuf};
use std::process::Command;

use crate::shell::{Result, cargo, output, program, root, run};

pub(crate) const TARGET: &str = "wasm32-unknown-unknown";

/// Debian's packages with the sources of Rust's standard library, and a linker.
const DEBIAN_PACKAGES: [&str; 4] = ["rustc-web", "rust-web-src", "libstd-rust-web-dev", "lld-22"];

/// Proves that the core needs no operating system.
pub(crate) fn core() -> Result {
    run(Toolchain::install()?.build().args(["--package", "score-fly-core", "--all-features"]))
}

/// What builds for WebAssembly.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Toolchain {
    /// The Rust that runs this, which has the target.
    Rustup,
    /// Debian's compiler, which builds the standard library from source.
    Debian,
}

impl Toolchain {
    /// Finds a toolchain, and installs one if there is none: by rustup, else (where its downloads
    /// are out of reach) from Debian's packages.
    pub(crate) fn install() -> Result<Self> {
        if has_target()? {
            return Ok(Self::Rustup);
        }
        match run(&mut program("rustup", ["target", "add", TARGET])) {
            Ok(()) => return Ok(Self::Rustup),
            Err(error) => println!("{error}; trying Debian's packages"),
        }
        if !Path::new("/usr/bin/wasm-ld-22").exists() || !Path::new("/usr/bin/rustc").exists() {
            run(&mut program("apt-get", ["update", "--quiet"]))?;
            run(program("apt-get", ["install", "--yes", "--quiet", "--no-install-recommends"]).args(DEBIAN_PACKAGES))?;
        }
        Ok(Self::Debian)
    }

    /// Builds a crate and gives the file that comes of it.
    pub(crate) fn build_package(self, package: &str, profile: &str) -> Result<PathBuf> {
        run(self.build().args(["--package", package, "--profile", profile]))?;
        let folder = match self {
            Self::Rustup => target_folder(),
            Self::Debian => root().join("target/debian"),
        };
        Ok(folder.join(TARGET).join(profile).join(package.replace('-', "_")).with_extension("wasm"))
    }

    /// `cargo build` for WebAssembly. Debian's compiler gets a target folder of its own, since it
    /// would build everything else anew as well.
    pub(crate) fn build(self) -> Command {
        let mut command = cargo(["build", "--target", TARGET]);
        if self == Self::Debian {
            command
                .args(["-Zbuild-std=std,panic_abort", "--target-dir", "target/debian"])
                .env("RUSTC_BOOTSTRAP", "1")
                .env("RUSTC", "/usr/bin/rustc")
                .env("CARGO_TARGET_WASM32_UNKNOWN_UNKNOWN_LINKER", "wasm-ld-22");
        }
        command
    }
}

fn has_target() -> Result<bool> {
    let folder = output(&mut program("rustc", ["--print", "target-libdir", "--target", TARGET]))?;
    Ok(Path::new(folder.trim()).exists())
}

/// Where cargo puts what it builds.
fn target_folder() -> PathBuf {
    std::env::var_os("CARGO_TARGET_DIR").map_or_else(|| root().join("target"), PathBuf::from)
}
