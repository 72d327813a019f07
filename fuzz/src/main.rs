//! Feeds score-fly with texts that nobody would write: fixtures that are mutated again and again, on stable Rust.
//!
//! `score-fly-fuzz [--seconds N] [TARGET]...` runs targets one after the other, each in a process of its own with
//! bounds on time and memory. An input that panics, takes too long or too much, or breaks a property is kept in
//! `target/fuzz`, and `score-fly-fuzz --input FILE TARGET` runs it again.

mod mutate;
mod secrets;
mod seeds;
mod targets;

use std::fs;
use std::path::{Path, PathBuf};
use std::process::{Command, ExitCode, Stdio};
use std::time::{Duration, Instant};

use crate::mutate::Mutator;
use crate::targets::{TARGETS, Target};

/// How long one input may take.
const TIME: Duration = Duration::from_secs(2);

/// How much memory the process of a target may have, in KiB: 200 MiB for an input, on top of what it has anyway.
const MEMORY: u64 = 400 << 10;

fn main() -> ExitCode {
    let mut arguments: Vec<String> = std::env::args().skip(1).collect();
    let mut value = |name: &str| {
        let at = arguments.iter().position(|argument| argument == name)?;
        arguments.remove(at);
        (at < arguments.len()).then(|| arguments.remove(at))
    };
    let seconds = value("--seconds").and_then(|seconds| seconds.parse().ok()).unwrap_or(8);
    let seed = value("--seed").and_then(|seed| seed.parse().ok()).unwrap_or(1);
    let (child, input) = (value("--child"), value("--input"));
    if let Some(unknown) = arguments.iter().find(|name| target(name).is_none()) {
        let known: Vec<&str> = TARGETS.iter().map(|target| target.name).collect();
        eprintln!("there is no target `{unknown}`, only {}", known.join(", "));
        return ExitCode::FAILURE;
    }
    if let (Some(file), Some(target)) = (&input, arguments.first().and_then(|name| target(name))) {
        let text = fs::read(file).map(|bytes| String::from_utf8_lossy(&bytes).into_owned());
        return match text.map_err(|error| error.to_string()).and_then(|text| (target.run)(&text)) {
            Ok(()) => ExitCode::SUCCESS,
            Err(problem) => fail(&problem),
        };
    }
    if let Some(target) = child.as_deref().and_then(target) {
        return run(target, Duration::from_secs(seconds), seed);
    }
    let chosen = TARGETS.iter().filter(|one| arguments.is_empty() || arguments.iter().any(|name| name == one.name));
    let failed = chosen.filter(|target| !watch(target, seconds, seed)).count();
    if failed == 0 { ExitCode::SUCCESS } else { fail(&format!("{failed} targets have findings")) }
}

fn fail(problem: &str) -> ExitCode {
    eprintln!("{problem}");
    ExitCode::FAILURE
}

fn target(name: &str) -> Option<&'static Target> {
    TARGETS.iter().find(|target| target.name == name)
}

/// Where the input is kept that a target works on.
fn current(target: &Target) -> PathBuf {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("../target/fuzz");
    let _ = fs::create_dir_all(&folder);
    folder.join(format!("{}.input", target.name))
}

/// Runs a target in a process of its own. Says whether it found nothing.
fn watch(target: &Target, seconds: u64, seed: u64) -> bool {
    let limited = format!("ulimit -v {MEMORY}; exec \"$0\" --child {} --seconds {seconds} --seed {seed}", target.name);
    let program = std::env::current_exe().unwrap_or_default();
    let started = Command::new("sh").args(["-c", &limited]).arg(program).stdin(Stdio::null()).spawn();
    let Ok(mut child) = started else { return false };
    let until = Instant::now() + Duration::from_secs(seconds) + TIME * 10;
    let status = loop {
        match child.try_wait() {
            Ok(Some(status)) => break status.to_string(),
            Ok(None) if Instant::now() < until => std::thread::sleep(Duration::from_millis(50)),
            _ => {
                let _ = child.kill();
                let _ = child.wait();
                break "no end".to_owned();
            }
        }
    };
    if status == "exit status: 0" {
        return true;
    }
    let kept = current(target).with_extension("found");
    let _ = fs::copy(current(target), &kept);
    eprintln!("{}: {status}; the input is in {}", target.name, kept.display());
    false
}

/// How long this thread has been at work, so that a busy machine makes nothing slow.
fn busy() -> Duration {
    let text = fs::read_to_string("/proc/thread-self/schedstat").unwrap_or_default();
    Duration::from_nanos(text.split_whitespace().next().and_then(|time| time.parse().ok()).unwrap_or_default())
}

/// Mutates and runs, until the time is over or something is found.
fn run(target: &Target, time: Duration, seed: u64) -> ExitCode {
    let seeds = (target.seeds)();
    let mut mutator = Mutator::new(seeds, seed);
    let file = current(target);
    let (start, mut count, mut slowest) = (Instant::now(), 0_u64, Duration::ZERO);
    while start.elapsed() < time {
        let text = mutator.next();
        // If this process dies, somebody has to know of what.
        let _ = fs::write(&file, &text);
        let begin = busy();
        let result = (target.run)(&text);
        let took = busy().saturating_sub(begin);
        slowest = slowest.max(took);
        count += 1;
        if let Err(problem) = result {
            return fail(&format!("{}: {problem}", target.name));
        }
        if took > TIME {
            return fail(&format!("{}: it takes {took:?}", target.name));
        }
    }
    println!("{:12} {count:8} inputs, the slowest in {slowest:.1?}", target.name);
    ExitCode::SUCCESS
}
