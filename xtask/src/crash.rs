//! Kills runs, and has the system refuse, at every system call that changes something.
//!
//! Each scenario is run once under strace to count such calls, and then again and again: with a kill at the n-th call, or
//! with an error. Whatever happens, the project can be read afterwards, the same command then does its work, and every
//! resource that was made is known by the one guid with which it was made.

use std::collections::{BTreeMap, BTreeSet};
use std::fs;
use std::path::{Path, PathBuf};
use std::process::{Command, Output, Stdio};

use crate::shell::{Result, cargo, fresh, root, run};

/// The system calls that change what is on the disk.
const CALLS: &[&str] = &[
    "openat",
    "write",
    "linkat",
    "rename",
    "renameat",
    "renameat2",
    "unlink",
    "unlinkat",
    "mkdir",
    "mkdirat",
    "rmdir",
    "ftruncate",
    "fchmod",
    "fsync",
    "fdatasync",
];

/// What the system may say.
const ERRORS: &[&str] = &["ENOSPC", "EIO"];

const SCORE: &str = "\
apiVersion: score.dev/v1b1
metadata: {name: web}
containers:
  main: {image: nginx, variables: {ALL: '${resources.last.out}', PASSWORD: '${resources.first.password}'}}
resources:
  first: {type: slow}
  last: {type: slow, params: {from: '${resources.first.out}'}}
";

/// Notes with which guid it was called, and answers it.
const SCRIPT: &str = r#"
guid=$(sed 's/.*"resource_uid":"\([^"]*\)".*/\1/')
echo "$SCORE_PROVISIONER_MODE $guid" >> calls.log
echo "{\"state\": {\"guid\": \"$guid\"}, \"values\": {\"out\": \"x\"}, \"secrets\": {\"password\": \"hunter2\"}}"
"#;

/// A command that is brought to an end.
struct Scenario {
    name: &'static str,
    command: &'static [&'static str],
    /// What is done before.
    before: &'static [&'static [&'static str]],
}

const INIT: &[&str] = &["init", "--fly-app-prefix", "ex-", "--no-sample"];
const ADD: &[&str] = &["provisioners", "add", "slow", "slow", "--cmd-binary", "sh", "--cmd-args", "slow.sh"];
const GENERATE: &[&str] = &["generate", "-j", "1", "score.yaml"];

const SCENARIOS: &[Scenario] = &[
    Scenario { name: "init", command: INIT, before: &[] },
    Scenario { name: "generate", command: GENERATE, before: &[INIT, ADD] },
    Scenario {
        name: "prune",
        command: &["resources", "prune", "--yes"],
        before: &[INIT, ADD, GENERATE, &["workloads", "remove", "web"]],
    },
    Scenario { name: "import", command: &["import", "fly.toml", "-o", "new.yaml", "--force"], before: &[] },
];

/// Runs the scenarios: all calls, or, if `brief`, each seventh one.
pub(crate) fn check(brief: bool) -> Result {
    run(&mut cargo(["build", "--quiet", "--package", "score-fly-cli"]))?;
    let (mut kills, mut faults, mut problems) = (0, 0, Vec::new());
    for scenario in SCENARIOS {
        let counts = scenario.count()?;
        let mut turn = 0_usize;
        for (call, count) in counts {
            for at in 1..=count {
                let kill = std::iter::once("signal=SIGKILL".to_owned());
                for how in kill.chain(ERRORS.iter().map(|error| format!("error={error}"))) {
                    turn += 1;
                    if brief && !turn.is_multiple_of(7) {
                        continue;
                    }
                    if how.starts_with("signal") {
                        kills += 1;
                    } else {
                        faults += 1;
                    }
                    let place = format!("{}: {how} at {call} number {at}", scenario.name);
                    problems.extend(scenario.end(&call, at, &how)?.map(|problem| format!("{place}: {problem}")));
                }
            }
        }
    }
    println!("{kills} kills and {faults} injected errors");
    if problems.is_empty() { Ok(()) } else { Err(problems.join("\n").into()) }
}

impl Scenario {
    /// A folder in which all is done that comes before.
    fn prepare(&self) -> Result<PathBuf> {
        let folder = fresh(&root().join("target/crash"))?;
        fs::write(folder.join("score.yaml"), SCORE)?;
        fs::write(folder.join("slow.sh"), SCRIPT)?;
        fs::write(folder.join("fly.toml"), "app = 'x'\n[build]\nimage = 'nginx'\n")?;
        fs::write(folder.join("calls.log"), "")?;
        for arguments in self.before {
            let done = score_fly(&folder, arguments).output()?;
            if !done.status.success() {
                return Err(format!("{}: {}", self.name, String::from_utf8_lossy(&done.stderr)).into());
            }
        }
        Ok(folder)
    }

    /// How often each call is made.
    fn count(&self) -> Result<BTreeMap<String, usize>> {
        let folder = self.prepare()?;
        let log = folder.join("strace.log");
        traced(&folder, &["-e", &format!("trace={}", CALLS.join(","))], &log, self.command)?;
        let mut counts = BTreeMap::new();
        for line in fs::read_to_string(&log)?.lines() {
            if let Some((call, _)) = line.split_once('(').filter(|(call, _)| CALLS.contains(call)) {
                *counts.entry(call.to_owned()).or_default() += 1;
            }
        }
        Ok(counts)
    }

    /// Brings the command to an end at a call. Gives what is wrong afterwards.
    fn end(&self, call: &str, at: usize, how: &str) -> Result<Option<String>> {
        let folder = self.prepare()?;
        let log = root().join("target/crash.strace");
        let inject = format!("inject={call}:{how}:when={at}");
        let ended = traced(&folder, &["-e", &format!("trace={call}"), "-e", &inject], &log, self.command)?;
        let said = String::from_utf8_lossy(&ended.stderr).into_owned();
        if said.contains("panicked") {
            return Ok(Some(format!("it panics: {said}")));
        }
        // What can't be made is not needed to look at what there is.
        if folder.join(".score-fly/state.yaml").exists() {
            let listed = score_fly(&folder, &["resources", "list"]).output()?;
            if !listed.status.success() {
                return Ok(Some(format!("the project can't be read: {}", String::from_utf8_lossy(&listed.stderr))));
            }
        }
        let lost = lost(&folder)?;
        if !lost.is_empty() {
            return Ok(Some(format!("made, and not known any more: {}", lost.join(", "))));
        }
        let again = score_fly(&folder, self.command).output()?;
        if !again.status.success() {
            return Ok(Some(format!("it does not work afterwards: {}", String::from_utf8_lossy(&again.stderr))));
        }
        let left = unfinished(&folder)?;
        Ok((!left.is_empty()).then(|| format!("it leaves behind {}", left.join(", "))))
    }
}

fn score_fly(folder: &Path, arguments: &[&str]) -> Command {
    let mut command = Command::new(root().join("target/debug/score-fly"));
    command.args(arguments).current_dir(folder).stdin(Stdio::null());
    command
}

/// Runs the main thread of score-fly under strace: with `-j 1`, that is where all is written.
fn traced(folder: &Path, options: &[&str], log: &Path, arguments: &[&str]) -> Result<Output> {
    let mut command = Command::new("strace");
    command.arg("-qq").args(options).arg("-o").arg(log).arg(root().join("target/debug/score-fly")).args(arguments);
    Ok(command.current_dir(folder).stdin(Stdio::null()).output()?)
}

/// The guids with which something was made, was not taken down, and which the project does not have.
fn lost(folder: &Path) -> Result<Vec<String>> {
    let mut made = BTreeSet::new();
    for line in fs::read_to_string(folder.join("calls.log"))?.lines() {
        match line.split_once(' ') {
            Some(("provision", guid)) => drop(made.insert(guid.to_owned())),
            Some(("deprovision", guid)) => drop(made.remove(guid)),
            _ => {}
        }
    }
    let read = |name: &str| fs::read_to_string(folder.join(".score-fly").join(name)).unwrap_or_default();
    let known = read("state.yaml") + &read("journal.jsonl");
    Ok(made.into_iter().filter(|guid| !known.contains(guid)).collect())
}

/// Temporary files in the project's folder, and those anywhere in which there is a secret.
fn unfinished(folder: &Path) -> Result<Vec<String>> {
    let mut left = Vec::new();
    for place in [folder.to_owned(), folder.join(".score-fly")] {
        for entry in fs::read_dir(&place).into_iter().flatten() {
            let path = entry?.path();
            let name = path.file_name().unwrap_or_default().to_string_lossy().into_owned();
            let is_secret = || fs::read_to_string(&path).is_ok_and(|text| text.contains("hunter2"));
            if name.ends_with(".tmp") && (place.ends_with(".score-fly") || is_secret()) {
                left.push(name);
            }
        }
    }
    Ok(left)
}
