//! What the workspace is built on: licences, where crates come from, and which are there in several versions.
//!
//! `cargo deny` looks at the same and at advisories as well, but takes longer to build than all checks here to run.

use std::collections::{BTreeMap, BTreeSet};
use std::fs;

use crate::shell::{Result, cargo, output, root};

/// Licences that a crate may have: each of them lets everybody use the whole under Apache-2.0.
const LICENCES: &[&str] = &[
    "0BSD",
    "Apache-2.0",
    "Apache-2.0 WITH LLVM-exception",
    "BSD-2-Clause",
    "BSD-3-Clause",
    "BSL-1.0",
    "CC0-1.0",
    "CDLA-Permissive-2.0",
    "ISC",
    "MIT",
    "MIT-0",
    "Unicode-3.0",
    "Unlicense",
    "Zlib",
    "bzip2-1.0.6",
];

/// Where crates may come from.
const SOURCE: &str = "registry+https://github.com/rust-lang/crates.io-index";

/// Crates that are there in several versions, since others ask for these. One that is here without need is an error, too.
const DOUBLED: &[&str] = &[
    "base64",
    "block-buffer",
    "chacha20",
    "const-oid",
    "cpufeatures",
    "crypto-common",
    "digest",
    "fallible-iterator",
    "getrandom",
    "hashbrown",
    "hmac",
    "hybrid-array",
    "r-efi",
    "rand",
    "rand_core",
    "sha2",
    "syn",
    "thiserror",
    "thiserror-impl",
    "wasi",
    "windows-sys",
];

/// Looks at all crates, with all features and for all systems.
pub(crate) fn check() -> Result {
    let mut problems = licences()?;
    let lock = fs::read_to_string(root().join("Cargo.lock"))?;
    problems.extend(sources(&lock));
    problems.extend(doubled(&lock));
    match advisories() {
        Ok(Some(found)) => problems.extend(found),
        Ok(None) => println!("there is no database of advisories (`cargo audit` brings one): none are looked for"),
        Err(error) => problems.push(error.to_string()),
    }
    if problems.is_empty() {
        return Ok(());
    }
    Err(problems.join("\n").into())
}

fn licences() -> Result<Vec<String>> {
    let arguments = ["tree", "--workspace", "--locked", "--all-features", "--target", "all", "--prefix", "none"];
    let listed = output(cargo(arguments).args(["--format", "{p}\t{l}"]))?;
    let mut problems = BTreeSet::new();
    for line in listed.lines().filter(|line| !line.is_empty()) {
        let (package, licence) = line.split_once('\t').unwrap_or((line, ""));
        let licence = licence.trim_end_matches(" (*)");
        if !is_allowed(licence) {
            problems
                .insert(format!("{package} has the licence `{licence}`, which is not among those that it may have"));
        }
    }
    Ok(problems.into_iter().collect())
}

/// Whether an expression of SPDX leaves a choice that is allowed.
fn is_allowed(expression: &str) -> bool {
    // An old way to write `OR`.
    let expression = expression.replace('/', " OR ").replace(['(', ')'], " ");
    let is_known =
        |licence: &str| LICENCES.contains(&licence.split_whitespace().collect::<Vec<_>>().join(" ").as_str());
    // `AND` binds more tightly; a bracket around an `OR` then only makes this more strict.
    expression.split(" OR ").any(|choice| choice.split(" AND ").all(is_known))
        || expression.split(" AND ").all(|part| part.split(" OR ").any(is_known))
}

/// The packages of a lock file, each as its lines.
fn packages(lock: &str) -> impl Iterator<Item = BTreeMap<&str, &str>> {
    lock.split("[[package]]").skip(1).map(|package| {
        package
            .lines()
            .filter_map(|line| line.split_once(" = "))
            .map(|(key, value)| (key, value.trim_matches('"')))
            .collect()
    })
}

fn sources(lock: &str) -> Vec<String> {
    let from_elsewhere = packages(lock).filter(|package| package.get("source").is_some_and(|source| *source != SOURCE));
    let name = |package: &BTreeMap<&str, &str>| package.get("name").copied().unwrap_or_default().to_owned();
    from_elsewhere.map(|package| format!("{} comes from {}", name(&package), package["source"])).collect()
}

fn doubled(lock: &str) -> Vec<String> {
    let mut versions: BTreeMap<&str, Vec<&str>> = BTreeMap::new();
    for package in packages(lock) {
        if let (Some(name), Some(version)) = (package.get("name"), package.get("version")) {
            versions.entry(name).or_default().push(version);
        }
    }
    versions.retain(|_, versions| versions.len() > 1);
    let news = versions.iter().filter(|(name, _)| !DOUBLED.contains(name)).map(|(name, versions)| {
        format!(
            "{name} is there in the versions {}: take one, or add it to `DOUBLED` in xtask/src/deny.rs",
            versions.join(", ")
        )
    });
    let olds = DOUBLED.iter().filter(|name| !versions.contains_key(**name));
    news.chain(olds.map(|name| format!("{name} is there once: take it out of `DOUBLED` in xtask/src/deny.rs")))
        .collect()
}

/// What is known against crates, where `cargo audit` and its database are there; nothing, where they are not.
fn advisories() -> Result<Option<Vec<String>>> {
    let home = std::env::var_os("CARGO_HOME").map(std::path::PathBuf::from);
    let home = home.or_else(|| std::env::home_dir().map(|home| home.join(".cargo")));
    if !home.is_some_and(|home| home.join("advisory-db").is_dir()) {
        return Ok(None);
    }
    let found = cargo(["audit", "--no-fetch", "--quiet"]).output()?;
    let said = String::from_utf8_lossy(&found.stdout).into_owned() + &String::from_utf8_lossy(&found.stderr);
    match (found.status.success(), said.contains("no such command")) {
        (true, _) => Ok(Some(Vec::new())),
        (false, true) => Ok(None),
        (false, false) => Ok(Some(vec![said])),
    }
}
