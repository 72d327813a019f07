//! How long `score-fly generate` takes in projects of 100, 300 and 1,000 workloads with three
//! resources each: the time for each workload should stay the same.
//!
//! `cargo bench -p score-fly-cli --bench project`; numbers after `--` take the place of those above.

use std::fmt::Write as _;
use std::fs;
use std::path::Path;
use std::process::{Command, Stdio};
use std::time::{Duration, Instant};

fn main() {
    // Cargo adds `--bench`.
    let sizes: Vec<usize> = std::env::args().filter_map(|argument| argument.parse().ok()).collect();
    let sizes = if sizes.is_empty() { vec![100, 300, 1000] } else { sizes };
    println!("{:>9}  {:>18}  {:>18}  {:>18}", "workloads", "first run", "again", "--only-new");
    for size in sizes {
        let folder = tempfile::tempdir().expect("a folder");
        let files = prepare(folder.path(), size);
        let named: Vec<&str> = std::iter::once("generate").chain(files.iter().map(String::as_str)).collect();
        let times =
            [&named[..], &["generate"], &["generate", "--only-new"]].map(|arguments| run(folder.path(), arguments));
        let mut line = format!("{size:>9}");
        for time in times {
            let each = time / u32::try_from(size).unwrap_or(u32::MAX);
            write!(line, "  {:>6.2} s ({each:>5.0?})", time.as_secs_f64()).expect("text can be added to");
        }
        println!("{line}");
    }
}

/// A project with a static provisioner and the Score files, whose names come back.
fn prepare(folder: &Path, size: usize) -> Vec<String> {
    run(folder, &["init", "--fly-app-prefix", "x-", "--no-sample"]);
    for kind in ["redis", "dns", "route"] {
        run(folder, &["provisioners", "add", kind, kind, "--static-json", r#"{"host": "h.internal", "port": 6379}"#]);
    }
    let write = |index| {
        let name = format!("w{index}.yaml");
        let score = format!(
            "apiVersion: score.dev/v1b1\nmetadata: {{name: w{index}}}\ncontainers:\n  main:\n    image: nginx\n    \
             variables: {{CACHE: '${{resources.cache.host}}:${{resources.cache.port}}'}}\nresources:\n  \
             cache: {{type: redis}}\n  site: {{type: dns}}\n  door: {{type: route, params: {{host: '${{resources.site.host}}'}}}}\n"
        );
        fs::write(folder.join(&name), score).expect("a Score file can be written");
        name
    };
    (1000..1000 + size).map(write).collect()
}

fn run(folder: &Path, arguments: &[&str]) -> Duration {
    let start = Instant::now();
    let mut command = Command::new(env!("CARGO_BIN_EXE_score-fly"));
    let status = command.args(arguments).current_dir(folder).stderr(Stdio::null()).status().expect("the binary starts");
    assert!(status.success(), "{arguments:?} ended with {status}");
    start.elapsed()
}
