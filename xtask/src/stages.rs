//! The stages of `cargo xtask test`.

use std::time::{Duration, Instant};

use crate::shell::Result;
use crate::system::{
    BUILDAH, CADDY, CHROMIUM, HTPASSWD, Need, OPENSSL, PACKERS, POSTGRES, REGISTRY, SKOPEO, SSHD, STRACE, UMOCI, VENV,
    WASM, ensure,
};
use crate::{crash, deny, functions, npm, python, rust, wasm};

struct Stage {
    name: &'static str,
    about: &'static str,
    needs: &'static [Need],
    run: fn() -> Result,
}

/// Every stage, in the order in which they run: what fails fast comes first.
const STAGES: &[Stage] = &[
    Stage { name: "format", about: "the code is formatted", needs: &[], run: rust::format },
    Stage { name: "lint", about: "clippy has no remarks", needs: &[], run: rust::lint },
    Stage {
        name: "test",
        about: "the tests of all crates, with the documentation's examples",
        needs: &[],
        run: rust::test,
    },
    Stage { name: "deny", about: "licences, sources and versions of crates", needs: &[], run: deny::check },
    Stage { name: "fuzz", about: "what nobody would write, for two minutes", needs: &[], run: || rust::fuzz(&[]) },
    Stage {
        name: "crash",
        about: "kills and errors at system calls that change something, each seventh one",
        needs: &[STRACE],
        run: || crash::check(true),
    },
    Stage { name: "doc", about: "the API documentation builds without warnings", needs: &[], run: rust::doc },
    Stage {
        name: "wasm",
        about: "the core and the runtimes of functions build for WebAssembly",
        needs: &[WASM],
        run: wasm::core,
    },
    Stage {
        name: "python",
        about: "the Python package, from its source distribution to its users",
        needs: &[VENV],
        run: python::test,
    },
    Stage {
        name: "npm",
        about: "the npm package, packed and installed, in Node and in a browser",
        needs: &[WASM, CHROMIUM],
        run: npm::test,
    },
    Stage {
        name: "playground",
        about: "the playground, in a browser",
        needs: &[WASM, CHROMIUM],
        run: npm::test_playground,
    },
    Stage {
        name: "functions",
        about: "functions of the built-in runtimes, built, served and stopped",
        needs: &[CADDY, VENV],
        run: functions::test,
    },
    Stage {
        name: "images",
        about: "images are pushed to a real registry, and read back by other tools",
        needs: &[REGISTRY, HTPASSWD, OPENSSL, SKOPEO, UMOCI, BUILDAH, PACKERS],
        run: rust::images,
    },
    Stage {
        name: "gitops",
        about: "trees come by ssh, and jobs are kept in a real Postgres while workers are killed",
        needs: &[POSTGRES, SSHD],
        run: rust::gitops,
    },
    Stage {
        name: "package",
        about: "the published crates build from what they would upload",
        needs: &[],
        run: rust::package,
    },
];

/// Prints the stages.
pub(crate) fn list() {
    for Stage { name, about, needs: _, run: _ } in STAGES {
        println!("{name:10} {about}");
    }
}

/// Runs the stages of these names, or all. One that fails does not stop the others, and neither does one that
/// lacks what it needs; `install` gets that first.
pub(crate) fn run(names: &[String], install: bool) -> Result {
    if let Some(unknown) = names.iter().find(|name| STAGES.iter().all(|stage| stage.name != name.as_str())) {
        return Err(format!("there is no stage `{unknown}`; `cargo xtask stages` lists them").into());
    }
    let chosen = STAGES.iter().filter(|stage| names.is_empty() || names.iter().any(|name| name == stage.name));
    let mut ran = Vec::new();
    for stage in chosen {
        println!("\n== {}: {}", stage.name, stage.about);
        let start = Instant::now();
        let result = ensure(stage.needs, install).and_then(|()| (stage.run)());
        if let Err(error) = &result {
            println!("{error}");
        }
        ran.push((stage.name, start.elapsed(), result.is_ok()));
    }
    summarize(&ran)
}

fn summarize(ran: &[(&str, Duration, bool)]) -> Result {
    println!("\n== summary");
    for (name, time, passed) in ran {
        println!("{} {name:10} {:6.1} s", if *passed { "ok    " } else { "FAILED" }, time.as_secs_f64());
    }
    let failed = ran.iter().filter(|(_, _, passed)| !passed).count();
    println!("stages: {} passed; {failed} failed", ran.len() - failed);
    if failed == 0 { Ok(()) } else { Err(format!("{failed} of {} stages failed", ran.len()).into()) }
}
