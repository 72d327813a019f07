//! What may be long takes no longer than it must: each of these would take minutes if anything looked at
//! everything for everything.

use std::time::{Duration, Instant};

use score_fly_core::Code;

use crate::support::{Try, annotated, workload};

/// How often a code was found; within a time that a busy computer in a debug build needs.
#[track_caller]
fn found(score: String, code: Code) -> usize {
    let start = Instant::now();
    let (_, found) = Try::new(score).run();
    assert!(start.elapsed() < Duration::from_secs(60), "{:?}", start.elapsed());
    found.iter().filter(|found| found.code == code).count()
}

/// One text after another.
fn repeat(count: usize, text: impl Fn(usize) -> String) -> String {
    (0..count).map(text).collect()
}

#[test]
fn ports() {
    let ports = repeat(20_000, |number| {
        format!("    p{number}: {{ port: {}, targetPort: 30000, protocol: UDP }}\n", number + 1)
    });
    let root = format!("service:\n  ports:\n{ports}");
    assert_eq!(found(workload("", &root), Code::UdpPortMismatch), 20_000);
}

#[test]
fn volumes() {
    let volumes: String = repeat(10_000, |number| format!("  /v{number}: {{ source: v{number} }}\n"));
    assert_eq!(found(workload(&format!("volumes:\n{volumes}"), ""), Code::TooManyVolumes), 9_999);
    let many: String =
        repeat(5_000, |number| format!("  c{number}: {{ image: a, volumes: {{ /v: {{ source: v{number} }} }} }}\n"));
    assert_eq!(
        found(workload("", "").replace("containers:\n", &format!("containers:\n{many}")), Code::TooManyVolumes),
        4_999
    );
}

#[test]
fn fragments() {
    let fragment = |toml: String| {
        let lines: String = toml.lines().flat_map(|line| ["  ", line, "\n"]).collect();
        annotated(&format!("fly.score.dev/config: |\n{lines}"), "", "")
    };
    let names: String = repeat(20_000, |number| format!("'a-{number}' = ''\n"));
    assert_eq!(found(fragment(format!("[env]\n{names}")), Code::InvalidVariableName), 20_000);

    let groups: String = repeat(3_000, |number| format!("g{number} = 'a'\n"));
    let mounts: String = repeat(3_000, |number| {
        format!("[[mounts]]\nsource = 'a'\ndestination = '/a'\nprocesses = ['g{number}', 'none{number}']\n")
    });
    assert_eq!(found(fragment(format!("[processes]\n{groups}{mounts}")), Code::IneffectiveProcesses), 3_000);

    let services: String = repeat(5_000, |number| {
        format!(
            "[[services]]\nprotocol = 'tcp'\ninternal_port = {}\nports = [{{ port = {} }}]\n",
            number + 1,
            number / 2 + 1
        )
    });
    assert_eq!(found(fragment(services), Code::PortConflict), 2_500);
}
