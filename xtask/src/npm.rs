//! The npm package: built, packed, installed, and tested as its users have it.

use std::fs;
use std::path::{Path, PathBuf};
use std::process::Command;

use crate::shell::{Result, cargo, fresh, only_file, output, program, root, run};
use crate::wasm::Toolchain;

/// What Rust's WebAssembly uses beyond the first version of it; browsers have had all of it since 2022.
const FEATURES: [&str; 6] = [
    "--enable-bulk-memory",
    "--enable-multivalue",
    "--enable-mutable-globals",
    "--enable-nontrapping-float-to-int",
    "--enable-reference-types",
    "--enable-sign-ext",
];

/// Builds the package's `dist` and packs it into `target/npm`.
pub(crate) fn package() -> Result {
    let package = root().join("score-fly-wasm");
    install(&package)?;
    let dist = fresh(&package.join("dist"))?;
    webassembly("score-fly-wasm", &dist, "score_fly.wasm", "glue.js")?;
    webassembly("score-fly-wasm-deploy", &dist, "score_fly_deploy.wasm", "deploy-glue.js")?;
    run(&mut program("node", ["score-fly-wasm/scripts/dist.js"]))?;
    fs::copy(root().join("LICENSE"), package.join("LICENSE"))?;
    run(npm(["pack", "--silent", "--pack-destination"], &package).arg(fresh(&root().join("target/npm"))?))
}

/// Builds what the playground is made of: the package, and the WebAssembly of functions, which is in no package.
pub(crate) fn parts() -> Result {
    package()?;
    let dist = fresh(&root().join("score-fly-wasm/functions/dist"))?;
    webassembly("score-fly-wasm-functions", &dist, "functions.wasm", "glue.js")?;
    check_size(&dist.join("functions.wasm"), LARGEST_FUNCTIONS)
}

/// Builds a crate into a folder, as `name` and the JavaScript that calls it.
fn webassembly(krate: &str, dist: &Path, name: &str, caller: &str) -> Result {
    let glue = fresh(&root().join("target/npm-glue"))?;
    let wasm = Toolchain::get()?.build_package(krate, "wasm")?;
    run(cargo(["run", "--quiet", "--package", "xtask", "--features", "wasm", "--", "bindgen"]).args([&wasm, &glue]))?;
    run(npx("wasm-opt", &root().join("score-fly-wasm"))
        .args(FEATURES)
        // At the addresses below 1 KiB there is only the end of the stack; all else lies above 1 MiB.
        .args(["--gufa-optimizing", "-Oz", "--converge", "--low-memory-unused", "-o"])
        .arg(dist.join(name))
        .arg(glue.join("glue_bg.wasm")))?;
    fs::copy(glue.join("glue.js"), dist.join(caller))?;
    Ok(())
}

/// Tests the packed package from a folder of its own, in Node and in Chromium.
pub(crate) fn test() -> Result {
    package()?;
    let package = root().join("score-fly-wasm");
    run(&mut program("node", ["score-fly-wasm/scripts/types.js", "--check"]))?;
    check_size(&package.join("dist/score_fly.wasm"), LARGEST)?;
    check_size(&package.join("dist/score_fly_deploy.wasm"), LARGEST_DEPLOY)?;

    let consumer = fresh(&root().join("target/npm-consumer"))?;
    for entry in fs::read_dir(package.join("tests"))? {
        let path = entry?.path();
        if path.is_file() {
            fs::copy(&path, consumer.join(path.file_name().unwrap_or_default()))?;
        }
    }
    let tarball = only_file(&root().join("target/npm"), ".tgz")?;
    install(&consumer)?;
    run(npm(["install", "--no-save", "--no-audit", "--no-fund", "--silent"], &consumer).arg(&tarball))?;
    run(&mut npx("tsc", &consumer))?;
    // Where there are neither browsers nor Node.
    run(npx("tsc", &consumer).args(["--project", "tsconfig.plain.json"]))?;
    run(program("node", ["readme.js"]).arg(package.join("README.md")).current_dir(&consumer))?;
    run(program("node", ["--test"]).current_dir(&consumer).env("FIXTURES", root().join("fixtures")))
}

/// Tests the playground in Chromium.
pub(crate) fn test_playground() -> Result {
    parts()?;
    let playground = root().join("score-fly-wasm/playground");
    install(&playground)?;
    run(&mut npm(["run", "--silent", "check"], &playground))?;
    run(&mut npm(["test", "--silent"], &playground))
}

/// Builds the playground and serves it until it is stopped.
pub(crate) fn playground() -> Result {
    parts()?;
    let playground = root().join("score-fly-wasm/playground");
    install(&playground)?;
    run(&mut npm(["run", "--silent", "build"], &playground))?;
    run(npx("vite", &playground).args(["preview", "--open"]))
}

/// Writes the TypeScript types anew.
pub(crate) fn write_types() -> Result {
    run(&mut program("node", ["score-fly-wasm/scripts/types.js"]))
}

/// Size is a feature: the most that the WebAssembly may have in bytes, as it is, with gzip and with brotli.
const LARGEST: [u64; 3] = [860_000, 382_000, 314_000];

/// The same for planning a deploy: fly.toml, machine configs, and the plan.
const LARGEST_DEPLOY: [u64; 3] = [650_000, 284_000, 236_000];

/// The same for functions: templates, the reading of Score files, and the runtimes' own files.
const LARGEST_FUNCTIONS: [u64; 3] = [860_000, 380_000, 310_000];

/// Node compresses as servers do.
const SIZES: &str = "const { brotliCompressSync, gzipSync } = require('node:zlib');
const wasm = require('node:fs').readFileSync(process.argv[1]);
console.log(wasm.length, gzipSync(wasm, { level: 9 }).length, brotliCompressSync(wasm).length);";

fn check_size(wasm: &Path, largest: [u64; 3]) -> Result {
    let sizes = output(program("node", ["-e", SIZES]).arg(wasm))?;
    let sizes = sizes.split_whitespace().map(str::parse).collect::<std::result::Result<Vec<u64>, _>>()?;
    let name = wasm.file_name().unwrap_or_default().to_string_lossy();
    println!("{name}, as it is, with gzip and with brotli: {sizes:?} bytes");
    if sizes.len() != largest.len() || sizes.iter().zip(largest).any(|(size, largest)| *size > largest) {
        return Err(format!("at most {largest:?}").into());
    }
    Ok(())
}

/// Installs what a folder's package-lock.json says.
pub(crate) fn install(folder: &Path) -> Result {
    run(&mut npm(["ci", "--no-audit", "--no-fund", "--silent"], folder))
}

pub(crate) fn npm<const N: usize>(arguments: [&str; N], folder: &Path) -> Command {
    let mut command = program("npm", arguments);
    command.current_dir(folder);
    command
}

/// A program that a folder's packages brought along.
fn npx(name: &str, folder: &Path) -> Command {
    let path: PathBuf = folder.join("node_modules/.bin").join(name);
    let mut command = program(&path.to_string_lossy(), []);
    command.current_dir(folder);
    command
}
