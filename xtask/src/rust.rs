//! Stages that need nothing but Rust.

use crate::shell::{Result, cargo, run};

/// The crates that are published.
const PUBLISHED: [&str; 2] = ["score-fly-core", "score-fly-cli"];

pub(crate) fn format() -> Result {
    run(&mut cargo(["fmt", "--all", "--check"]))
}

pub(crate) fn lint() -> Result {
    run(&mut cargo(["clippy", "--workspace", "--all-targets", "--all-features", "--", "-D", "warnings"]))
}

/// `--no-fail-fast`, so that one run shows all that is wrong.
pub(crate) fn test() -> Result {
    run(&mut cargo(["test", "--workspace", "--no-fail-fast"]))
}

pub(crate) fn doc() -> Result {
    run(cargo(["doc", "--workspace", "--no-deps", "--all-features"]).env("RUSTDOCFLAGS", "-D warnings"))
}

/// Builds each crate from its packaged files alone, so a file that an upload would lack is noticed.
pub(crate) fn package() -> Result {
    let mut command = cargo(["package", "--allow-dirty", "--quiet"]);
    for name in PUBLISHED {
        command.args(["--package", name]);
    }
    run(&mut command)
}

/// Times the core's stages.
pub(crate) fn bench() -> Result {
    run(&mut cargo(["bench", "--package", "score-fly-core"]))
}
