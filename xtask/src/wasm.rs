//! Building for WebAssembly, with whichever toolchain is at hand.
//!
//! The standard library is built along with the rest: for size, and without the texts of panics, of
//! which the core has none. That makes the package a sixth smaller than the library that comes with
//! Rust. It takes flags that are not stable yet, and `RUSTC_BOOTSTRAP` to use them all the same; they
//! change nothing in what the code means.

use std::path::{Path, PathBuf};
use std::process::Command;

use crate::shell::{Result, cargo, output, program, root, run};

pub(crate) const TARGET: &str = "wasm32-unknown-unknown";

/// Proves that what is pure needs no operating system.
pub(crate) fn core() -> Result {
    run(Toolchain::get()?.cargo("check").args([
        "--package",
        "score-fly-core",
        "--package",
        "score-fly-runtime",
        "--all-features",
    ]))
}

/// What builds for WebAssembly.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Toolchain {
    /// The Rust that runs this, which has the sources of its standard library.
    Rustup,
    /// Debian's compiler, with the sources of its own.
    Debian,
}

impl Toolchain {
    /// The toolchain of this machine: rustup's if it has sources, else Debian's.
    pub(crate) fn find() -> Option<Self> {
        if has_sources().unwrap_or(false) {
            Some(Self::Rustup)
        } else {
            let debian = ["/usr/bin/rustc", "/usr/bin/wasm-ld-22"];
            debian.iter().all(|file| Path::new(file).exists()).then_some(Self::Debian)
        }
    }

    /// [`find`](Self::find), where one has to be there: see [`system::WASM`](crate::system::WASM).
    pub(crate) fn get() -> Result<Self> {
        Self::find().ok_or_else(|| "there is no toolchain for WebAssembly".into())
    }

    /// Builds a crate and gives the file that comes of it.
    pub(crate) fn build_package(self, package: &str, profile: &str) -> Result<PathBuf> {
        run(self.cargo("build").args(["--package", package, "--profile", profile]))?;
        let folder = match self {
            Self::Rustup => target_folder(),
            Self::Debian => root().join("target/debian"),
        };
        Ok(folder.join(TARGET).join(profile).join(package.replace('-', "_")).with_extension("wasm"))
    }

    /// A command of cargo, for WebAssembly. Debian's compiler gets a target folder of its own, since
    /// it would build everything else anew as well.
    fn cargo(self, command: &str) -> Command {
        let mut command = cargo([command, "--target", TARGET]);
        command
            .args(["-Zbuild-std=std,panic_abort", "-Zbuild-std-features=optimize_for_size"])
            .env("RUSTC_BOOTSTRAP", "1")
            .env("CARGO_TARGET_WASM32_UNKNOWN_UNKNOWN_RUSTFLAGS", "-Zunstable-options -Cpanic=immediate-abort");
        if self == Self::Debian {
            command
                .args(["--target-dir", "target/debian"])
                .env("RUSTC", "/usr/bin/rustc")
                .env("CARGO_TARGET_WASM32_UNKNOWN_UNKNOWN_LINKER", "wasm-ld-22");
        }
        command
    }
}

fn has_sources() -> Result<bool> {
    let sysroot = output(&mut program("rustc", ["--print", "sysroot"]))?;
    Ok(Path::new(sysroot.trim()).join("lib/rustlib/src/rust/library/std/Cargo.toml").exists())
}

/// Where cargo puts what it builds.
fn target_folder() -> PathBuf {
    std::env::var_os("CARGO_TARGET_DIR").map_or_else(|| root().join("target"), PathBuf::from)
}
