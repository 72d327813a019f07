//! [FaaSO](https://github.com/ralsina/faaso)'s runtimes and functions, as they are and as ours.
//!
//! A runtime of FaaSO's has no description of its own but the first line of its README. Its server
//! listens on port 3000 and answers at `/ping`; its options are texts and lists of texts, without a
//! schema; and its templates may give filters arguments without brackets.

pub(crate) mod brackets;
mod import;
pub(crate) mod names;

pub use import::{import_function, import_runtime};
pub use names::RUNTIMES;

use crate::files::Files;
use crate::function::FUNKO;
use crate::runtime::{Contract, Origin, Runtime};
use crate::schema::Schema;
use crate::template::SUFFIX;

const TEMPLATE: &str = "template/";

/// Whether files are those of one of FaaSO's runtimes.
pub fn is_runtime(files: &Files) -> bool {
    let funko = format!("{TEMPLATE}{FUNKO}");
    files.contains(&funko) || files.contains(&format!("{funko}{SUFFIX}"))
}

/// Whether files are those of one of FaaSO's functions.
pub fn is_function(files: &Files) -> bool {
    files.contains(FUNKO)
}

/// One of FaaSO's runtimes, which is called as its folder.
pub(crate) fn runtime(files: &Files) -> Runtime {
    let folder = files.root().trim_end_matches('/').rsplit('/').next().unwrap_or_default();
    Runtime {
        name: if folder.is_empty() { "faaso" } else { folder }.to_owned(),
        description: description(files),
        contract: contract(),
        options: Schema::default(),
        ignore: Vec::new(),
        origin: Origin::Faaso,
        template: files.below("template"),
        build: files.filtered(|path| !path.starts_with(TEMPLATE)),
    }
}

/// What all of FaaSO's runtimes keep to. Its flask is served by uWSGI, for which SIGTERM means to start anew.
fn contract() -> Contract {
    Contract { port: 3000, health: "/ping".to_owned(), user: "app".to_owned(), stop_signal: "SIGINT".to_owned() }
}

/// The first line of the README that says anything.
fn description(files: &Files) -> String {
    let text = files.text("README.md").and_then(|text| text.into_parts().0);
    let lines = text.iter().flat_map(|source| source.text.lines());
    let first = lines.map(|line| line.trim_start_matches('#').trim()).find(|line| !line.is_empty());
    first.unwrap_or("a runtime of FaaSO's").to_owned()
}
