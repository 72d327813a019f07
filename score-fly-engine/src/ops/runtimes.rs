//! Runtimes of functions: which there are, and what is to be known about one.

use std::path::Path;

use score_fly_runtime::Runtime;

use super::context::Context;
use super::functions::{fetch, note, place};
use super::report::Report;

/// The runtimes that are built in, in the order of their names.
pub fn list() -> Vec<Runtime> {
    Runtime::builtins().filter_map(|name| Runtime::builtin(name).into_parts().0).collect()
}

/// A runtime that is called so: one that is built in, or in a folder or a repository.
pub fn show(context: &Context<'_>, runtime: &str) -> Report<Runtime> {
    run(context, runtime, false)
}

/// The same, after everything was looked at that can be without a function: all templates are filled, for one
/// that sets no options.
pub fn check(context: &Context<'_>, runtime: &str) -> Report<Runtime> {
    run(context, runtime, true)
}

fn run(context: &Context<'_>, runtime: &str, check: bool) -> Report<Runtime> {
    let mut log = context.log();
    let reference = log.take(place(runtime));
    let fetched = reference.and_then(|reference| fetch(context, &reference, Path::new(""), None, &mut log));
    let runtime = fetched.map(|fetched| {
        if check {
            note(&fetched.runtime.check(), &[&fetched.files], &mut log);
        }
        fetched.runtime
    });
    log.report(runtime)
}
