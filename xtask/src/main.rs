//! Tasks for people who work on score-fly: `cargo xtask <task>`.

#[cfg(feature = "wasm")]
mod bindgen;
mod crash;
mod deny;
mod functions;
mod generate;
mod npm;
mod python;
mod rust;
mod shell;
mod stages;
mod system;
mod wasm;

use std::process::ExitCode;

use crate::system::{STRACE, VENV, WASM, ensure};

fn main() -> ExitCode {
    let (flags, arguments): (Vec<String>, Vec<String>) =
        std::env::args().skip(1).partition(|argument| argument == "--install");
    let install = !flags.is_empty();
    let result = match arguments.split_first() {
        Some((task, names)) if task == "test" => stages::run(names, install),
        Some((task, arguments)) if task == "fuzz" => rust::fuzz(arguments),
        Some((task, [])) if task == "crash" => ensure(&[STRACE], install).and_then(|()| crash::check(false)),
        Some((task, [])) if task == "deny" => deny::check(),
        Some((task, [])) if task == "gen" => ensure(&[VENV], install).and_then(|()| generate::write()),
        Some((task, [])) if task == "wasm" => ensure(&[WASM], install).and_then(|()| npm::parts()),
        Some((task, [])) if task == "playground" => ensure(&[WASM], install).and_then(|()| npm::playground()),
        #[cfg(feature = "wasm")]
        Some((task, [input, output])) if task == "bindgen" => bindgen::run(input.as_ref(), output.as_ref()),
        Some((task, [])) if task == "wheel" => ensure(&[VENV], install).and_then(|()| python::wheel()),
        Some((task, [])) if task == "bench" => {
            ensure(&[VENV], install).and_then(|()| rust::bench()).and_then(|()| python::bench())
        }
        Some((task, [])) if task == "stages" => {
            stages::list();
            Ok(())
        }
        _ => Err(USAGE.into()),
    };
    match result {
        Ok(()) => ExitCode::SUCCESS,
        Err(error) => {
            eprintln!("{error}");
            ExitCode::FAILURE
        }
    }
}

const USAGE: &str = "usage:
  cargo xtask test             run every stage of the checks
  cargo xtask test <stage>...  run only these
  cargo xtask stages           list the stages
  cargo xtask fuzz [--seconds N] [TARGET]...
                               feed targets with mutated inputs, each for so many seconds
  cargo xtask crash            end runs at every system call that changes something
  cargo xtask deny             look at the licences, sources and versions of all crates
  cargo xtask gen              write the generated files anew
  cargo xtask wasm             build the npm package into target/npm, and what else the playground needs
  cargo xtask playground       build the playground and serve it
  cargo xtask wheel            build the Python wheel into target/wheels
  cargo xtask bench            measure the core, and the Python package against the command

System packages that are missing are installed only with `--install`, which each of these takes.";
