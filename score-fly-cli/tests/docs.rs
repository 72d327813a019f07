//! The documentation, one test for each page: its examples are run, and its links lead somewhere.
//!
//! On a page, a block with `title=<path>` in its info string is a file (the same as in this repository,
//! if there is one of that name), and a `console` block holds commands after `$ ` with what they print. A page's commands run one after the other in a folder
//! that holds its files; what they print on standard output and standard error is compared exactly.

use std::fs;
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};

use fake_fly::{FakeFly, Pace};
use libtest_mimic::{Arguments, Failed, Trial};
use score_fly_fixtures::markdown::{Block, blocks};

fn main() {
    let root = root();
    let packages =
        ["api", "cli", "core", "engine", "gitops", "image", "py", "wasm"].map(|package| format!("score-fly-{package}"));
    let folders = ["", "fixtures", "docs", "docs/diagnostics"].map(str::to_owned).into_iter().chain(packages);
    let pages: Vec<PathBuf> = folders.flat_map(|folder| pages_in(&root, &folder)).collect();

    let mut trials = Vec::new();
    for page in pages {
        let name = page.display().to_string();
        let text = fs::read_to_string(root.join(&page)).unwrap_or_else(|error| panic!("{name}: {error}"));
        let (linked, from) = (text.clone(), root.join(&page));
        trials.push(Trial::test(format!("links of {name}"), move || check_links(&linked, &from)));
        if cfg!(unix) && blocks(&text).iter().any(|block| block.language == "console") {
            let folder = Path::new(env!("CARGO_TARGET_TMPDIR")).join(name.replace('/', "-"));
            trials.push(Trial::test(format!("examples of {name}"), move || run_examples(&text, &folder)));
        }
    }
    libtest_mimic::run(&Arguments::from_args(), trials).exit();
}

fn root() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("..")
}

fn pages_in(root: &Path, folder: &str) -> Vec<PathBuf> {
    let entries = fs::read_dir(root.join(folder)).unwrap_or_else(|error| panic!("{folder}: {error}"));
    let names = entries.filter_map(Result::ok).map(|entry| Path::new(folder).join(entry.file_name()));
    let mut pages: Vec<PathBuf> = names.filter(|path| path.extension().is_some_and(|end| end == "md")).collect();
    pages.sort();
    pages
}

/// Every relative link leads to a file.
fn check_links(text: &str, page: &Path) -> Result<(), Failed> {
    let folder = page.parent().unwrap_or(page);
    let targets = text.split("](").skip(1).filter_map(|rest| rest.split_once(')')).map(|(target, _)| target);
    let broken: Vec<&str> = targets
        .filter(|target| !target.contains("://") && !target.starts_with('#'))
        .filter(|target| !folder.join(target.split('#').next().unwrap_or(target)).exists())
        .collect();
    if broken.is_empty() { Ok(()) } else { Err(format!("links to nowhere: {broken:?}").into()) }
}

fn run_examples(text: &str, folder: &Path) -> Result<(), Failed> {
    let fly = FakeFly::start(Pace::Real);
    if folder.exists() {
        fs::remove_dir_all(folder)?;
    }
    fs::create_dir_all(folder)?;
    for block in blocks(text) {
        if let Some(path) = block.title {
            if fs::read_to_string(root().join(path)).is_ok_and(|written| written != block.text) {
                return Err(format!("line {}: `{path}` holds something else", block.line).into());
            }
            let path = folder.join(path);
            fs::create_dir_all(path.parent().unwrap_or(folder))?;
            fs::write(path, &block.text)?;
        } else if block.language == "console" {
            run_block(&block, folder, &fly)?;
        }
    }
    Ok(())
}

fn run_block(block: &Block<'_>, folder: &Path, fly: &FakeFly) -> Result<(), Failed> {
    let mut got = String::new();
    let mut folder = folder.to_owned();
    for command in block.text.lines().filter_map(|line| line.strip_prefix("$ ")) {
        got += "$ ";
        got += command;
        got += "\n";
        match command.strip_prefix("cd ").filter(|path| !path.contains(' ')) {
            Some(path) => folder.push(path),
            None => got += &run(command, &folder, fly)?,
        }
    }
    if got == block.text {
        return Ok(());
    }
    Err(format!("line {}\n--- the page says:\n{}--- the commands print:\n{got}", block.line, block.text).into())
}

/// Runs a command with the built `score-fly` and a Fly on this machine, and gives all that it prints.
fn run(command: &str, folder: &Path, fly: &FakeFly) -> Result<String, Failed> {
    let program = Path::new(env!("CARGO_BIN_EXE_score-fly"));
    let mut path = program.parent().unwrap_or(program).as_os_str().to_owned();
    path.push(":/usr/bin:/bin");
    let output = Command::new("sh")
        .args(["-c", &format!("exec 2>&1\n{command}")])
        .current_dir(folder)
        .env("PATH", path)
        // The commit of this repository is no part of what the pages show.
        .env("GIT_CEILING_DIRECTORIES", env!("CARGO_TARGET_TMPDIR"))
        .envs(fly.env())
        .stdin(Stdio::null())
        .output()?;
    Ok(String::from_utf8(output.stdout)?)
}
