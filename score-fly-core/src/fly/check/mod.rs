//! What is wrong with a fly.toml that flyctl can read: what `fly config validate --strict` finds, and
//! what only a deploy would show.

mod build;
mod checks;
mod env;
mod files;
mod machine;
pub(crate) mod messages;
mod mounts;
mod processes;
mod services;
mod settings;
mod vm;

use alloc::collections::BTreeMap;

use super::{Config, File, read};
use crate::diagnostic::{Diagnostics, Outcome};
use crate::pointer::Path;
use crate::prelude::*;
use crate::source::Source;

/// The content of local files by the paths that fly.toml has for them; `None` for those that do not
/// exist. What is not listed is taken to exist.
pub type LocalFiles = BTreeMap<String, Option<Vec<u8>>>;

/// Finds the mistakes in a fly.toml.
///
/// There is a value if the text is well-formed.
pub fn check(source: &Source, files: &LocalFiles) -> Outcome<File> {
    read::with_file(source, |file| {
        let mut diagnostics = Diagnostics::new();
        let scope = Scope { config: &file.config, files };
        for rule in RULES {
            rule(&scope, &mut diagnostics);
        }
        Outcome::new(file, diagnostics)
    })
}

/// The local files that a configuration names: files to put into the machine or one of its containers,
/// the Dockerfile, and the machine config.
///
/// A machine config in a file of its own names further files: `known` is where its content is looked
/// for, so whoever reads files asks again once it is there.
///
/// flyctl looks for the Dockerfile from fly.toml's folder, and for all others from the directory in
/// which it runs.
pub fn local_files(config: &Config, known: &LocalFiles) -> Vec<String> {
    let dockerfile = config.build.as_ref().and_then(|build| build.dockerfile.as_deref());
    let dockerfile = dockerfile.filter(|path| !build::is_url(path));
    let machine_config = match machine::written(config).0 {
        Written::File(path) => Some(path),
        Written::Absent | Written::Inline(_) | Written::Unusable => None,
    };
    let files = config.files.iter().filter_map(|file| file.local_path.as_deref());
    let named = files.chain(dockerfile).chain(machine_config).map(str::to_owned);
    let mut paths: Vec<String> = named.chain(machine::local_files(config, known)).collect();
    paths.retain(|path| !path.is_empty());
    paths.sort_unstable();
    paths.dedup();
    paths
}

pub(super) use machine::{Written, written as machine_config_written};
pub(super) use vm::machine as vm_fault;

/// What rules look at.
struct Scope<'s> {
    config: &'s Config,
    files: &'s LocalFiles,
}

impl Scope<'_> {
    /// Whether the caller looked for a local file, and did not find it.
    fn is_missing(&self, path: &str) -> bool {
        self.files.get(path).is_some_and(Option::is_none)
    }
}

type Rule = fn(&Scope<'_>, &mut Diagnostics);

const RULES: &[Rule] = &[
    settings::app_name,
    settings::region,
    settings::kill_signal,
    settings::kill_timeout,
    settings::console_command,
    settings::experimental,
    settings::restart,
    settings::statics,
    settings::metrics,
    build::source,
    build::dockerfile,
    build::compression,
    build::strategy,
    build::max_unavailable,
    build::commands,
    build::release_machine,
    env::names,
    env::plaintext_secrets,
    processes::commands,
    processes::services,
    processes::restart,
    processes::others,
    processes::implicit,
    vm::machines,
    vm::repeated,
    mounts::one_for_each_machine,
    mounts::volumes,
    mounts::sizes,
    mounts::auto_extend,
    services::required,
    services::duplicates,
    services::external_ports,
    services::ports,
    services::udp,
    services::options,
    services::concurrency,
    checks::of_services,
    checks::top_level,
    files::sources,
    files::guest_paths,
    files::processes,
    machine::config,
];

/// Runs `rule` on each element of the list under a key.
fn each<'c, T>(key: &str, items: &'c [T], mut rule: impl FnMut(&Path<'_>, &'c T)) {
    let at = Path::ROOT.key(key);
    for (index, item) in items.iter().enumerate() {
        rule(&at.index(index), item);
    }
}

#[cfg(test)]
mod tests;
