//! The Python package: built, installed into a fresh environment, and tested there.

use std::fs;
use std::path::{Path, PathBuf};
use std::process::Command;

use crate::shell::{Result, cargo, fresh, only_file, program, root, run};

/// Builds the wheel into `target/wheels`.
pub(crate) fn wheel() -> Result {
    let wheel = build(&Environment::tools()?, &root().join("score-fly-py"), &fresh(&root().join("target/wheels"))?)?;
    println!("{}", wheel.display());
    Ok(())
}

/// Tests what users install: the wheel that comes out of the source distribution.
pub(crate) fn test() -> Result {
    let tools = Environment::tools()?;
    let folder = fresh(&root().join("target/python"))?;
    run(tools.program("maturin", ["sdist", "--manifest-path", "score-fly-py/Cargo.toml", "--out"]).arg(&folder))?;
    let sdist = only_file(&folder, ".tar.gz")?;
    run(program("tar", ["--extract", "--gzip", "--strip-components=1", "--file"])
        .arg(&sdist)
        .current_dir(fresh(&folder.join("sdist"))?))?;
    let wheel = build(&tools, &folder.join("sdist"), &fresh(&folder.join("wheel"))?)?;

    let users = Environment::create(&folder.join("venv"))?;
    users.pip(["--requirement", "score-fly-py/requirements-dev.txt"])?;
    users.pip([&wheel.to_string_lossy()])?;
    let tests = root().join("score-fly-py");
    run(users.program("pytest", ["--quiet"]).current_dir(&tests))?;
    // Where there is no `python` folder that could be taken for the installed package.
    run(users.program("python", ["-m", "mypy.stubtest", "score_fly._native"]).current_dir(&folder))?;
    run(users
        .program("mypy", ["--strict", "--python-version", "3.10"])
        .args(
            ["tests/consumer.py", "tests/test_api.py", "tests/test_fixtures.py", "benches/bench.py"]
                .map(|file| tests.join(file)),
        )
        .current_dir(&folder))?;
    run(&mut program("python3", ["score-fly-py/scripts/types.py", "--check"]))?;
    compare_stub(&tools, &folder)
}

/// Writes the stub of the native half anew.
pub(crate) fn write_stub() -> Result {
    let folder = fresh(&root().join("target/python-stub"))?;
    let stub = stub(&Environment::tools()?, &folder)?;
    fs::copy(stub, root().join(STUB))?;
    Ok(())
}

/// Conversions per second, against starting the command for each file.
pub(crate) fn bench() -> Result {
    let tools = Environment::tools()?;
    let folder = fresh(&root().join("target/python-bench"))?;
    let wheel = build(&tools, &root().join("score-fly-py"), &fresh(&folder.join("wheel"))?)?;
    let users = Environment::create(&folder.join("venv"))?;
    users.pip([&wheel.to_string_lossy()])?;
    run(&mut cargo(["build", "--quiet", "--release", "--package", "score-fly-cli"]))?;
    run(&mut users.program("python", ["score-fly-py/benches/bench.py", "target/release/score-fly"]))
}

const STUB: &str = "score-fly-py/python/score_fly/_native.pyi";

fn stub(tools: &Environment, folder: &Path) -> Result<PathBuf> {
    run(tools
        .program(
            "maturin",
            ["generate-stubs", "--quiet", "--profile", "dev", "--manifest-path", "score-fly-py/Cargo.toml", "--out"],
        )
        .arg(folder))?;
    Ok(folder.join("score_fly/_native.pyi"))
}

fn compare_stub(tools: &Environment, folder: &Path) -> Result {
    if fs::read(stub(tools, &folder.join("stub"))?)? == fs::read(root().join(STUB))? {
        Ok(())
    } else {
        Err(format!("{STUB} is out of date: run `cargo xtask gen`").into())
    }
}

fn build(tools: &Environment, source: &Path, output: &Path) -> Result<PathBuf> {
    let manifest = if source.join("score-fly-py").exists() { "score-fly-py/Cargo.toml" } else { "Cargo.toml" };
    run(tools
        .program("maturin", ["build", "--quiet", "--manifest-path", manifest, "--target-dir"])
        .arg(root().join("target"))
        .arg("--out")
        .arg(output)
        .current_dir(source))?;
    only_file(output, ".whl")
}

/// A virtual environment.
pub(crate) struct Environment(PathBuf);

impl Environment {
    /// The one with what builds and checks the package; kept from run to run.
    fn tools() -> Result<Self> {
        let tools = Self::at(&root().join("target/python-tools"))?;
        tools.pip(["--requirement", "score-fly-py/requirements-dev.txt"])?;
        Ok(tools)
    }

    /// The one in a folder, which is kept from run to run.
    pub(crate) fn at(folder: &Path) -> Result<Self> {
        if folder.join("bin/python").exists() { Ok(Self(folder.to_owned())) } else { Self::create(folder) }
    }

    fn create(folder: &Path) -> Result<Self> {
        run(program("python3", ["-m", "venv"]).arg(folder))?;
        Ok(Self(folder.to_owned()))
    }

    fn program<const N: usize>(&self, name: &str, arguments: [&str; N]) -> Command {
        let mut command = program(&self.0.join("bin").join(name).to_string_lossy(), arguments);
        // maturin looks for the interpreter of the environment that it runs in.
        command.env("VIRTUAL_ENV", &self.0);
        command
    }

    pub(crate) fn pip<const N: usize>(&self, arguments: [&str; N]) -> Result {
        run(self.program("python", ["-m", "pip", "install", "--quiet", "--disable-pip-version-check"]).args(arguments))
    }
}
