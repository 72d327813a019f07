//! Stages that need nothing but Rust.

use crate::shell::{Result, cargo, fresh, program, root, run};

/// The crates that are published.
const PUBLISHED: [&str; 7] = [
    "score-fly-core",
    "score-fly-runtime",
    "score-fly-api",
    "score-fly-engine",
    "score-fly-image",
    "score-fly-gitops",
    "score-fly-cli",
];

pub(crate) fn format() -> Result {
    run(&mut cargo(["fmt", "--all", "--check"]))
}

/// With all features, and the command with as few as it can have, which is up to those who embed it.
pub(crate) fn lint() -> Result {
    run(&mut cargo(["clippy", "--workspace", "--all-targets", "--all-features", "--", "-D", "warnings"]))?;
    let few = ["clippy", "--package", "score-fly-engine", "--package", "score-fly-cli", "--no-default-features"];
    run(cargo(few).args(["--", "-D", "warnings"]))
}

/// `--no-fail-fast`, so that one run shows all that is wrong.
pub(crate) fn test() -> Result {
    run(&mut cargo(["test", "--workspace", "--no-fail-fast"]))
}

/// The tests that need a registry and tools of others, with the example that one of them kills.
pub(crate) fn images() -> Result {
    run(&mut cargo(["build", "--package", "score-fly-image", "--example", "push"]))?;
    run(&mut cargo(["test", "--package", "score-fly-image", "--test", "servers", "--", "--ignored"]))
}

/// The tests of trees that need servers: of git, and of a database.
pub(crate) fn gitops() -> Result {
    let tests =
        ["test", "--package", "score-fly-gitops", "--features", "postgres", "--test", "queue", "--test", "sync"];
    run(cargo(tests).args(["--", "--ignored"]))
}

/// Feeds the targets of `fuzz`, all for two minutes in sum unless the arguments say something else.
pub(crate) fn fuzz(arguments: &[String]) -> Result {
    let run_fuzz = ["run", "--quiet", "--package", "score-fly-fuzz", "--"];
    run(cargo(run_fuzz).args(arguments))
}

pub(crate) fn doc() -> Result {
    run(cargo(["doc", "--workspace", "--no-deps", "--all-features"]).env("RUSTDOCFLAGS", "-D warnings"))
}

/// Builds the command, and with it the other crates, from the packaged files alone, so a file that an upload
/// would lack is noticed.
///
/// When cargo checks a package that needs another one, it unpacks that once and takes it again the
/// next time, although it has changed. So they are unpacked here.
pub(crate) fn package() -> Result {
    let mut package = cargo(["package", "--quiet", "--allow-dirty", "--no-verify", "--target-dir", "target"]);
    for name in PUBLISHED {
        package.args(["--package", name]);
    }
    run(&mut package)?;
    let unpacked = fresh(&root().join("target/unpacked"))?;
    let folder = |name: &str| format!("{name}-{}", env!("CARGO_PKG_VERSION"));
    for name in PUBLISHED {
        let archive = format!("target/package/{}.crate", folder(name));
        run(program("tar", ["--extract", "--gzip", "--file", &archive, "--directory"]).arg(&unpacked))?;
    }
    // Whether they build shows without making code of all that they need, which takes much longer.
    let mut build = cargo(["check", "--quiet", "--target-dir", "target"]);
    for name in PUBLISHED {
        let path = unpacked.join(folder(name)).display().to_string();
        build.arg("--config").arg(format!("patch.crates-io.{name}.path={path:?}"));
    }
    run(build.arg("--manifest-path").arg(unpacked.join(folder("score-fly-cli")).join("Cargo.toml")))
}

/// Times the core's stages.
pub(crate) fn bench() -> Result {
    run(&mut cargo(["bench", "--package", "score-fly-core"]))
}
