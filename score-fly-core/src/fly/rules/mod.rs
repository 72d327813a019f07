//! Fly's rules: what is wrong with a configuration that flyctl can read. One function for each rule.

mod build;
mod checks;
mod env;
mod facts;
mod files;
mod machine;
pub(crate) mod messages;
mod mounts;
mod processes;
mod services;
mod settings;
mod vm;

use self::facts::Facts;
use super::config::Config;
use crate::diagnostic::Diagnostics;
use crate::local::LocalFiles;

/// Finds the mistakes in a configuration: what `fly config validate --strict` finds, and what only a
/// deploy would show.
///
/// Pointers are those of fly.toml in the form that [`emit`](super::emit) writes.
pub fn check(config: &Config, files: &LocalFiles) -> Diagnostics {
    let mut diagnostics = Diagnostics::new();
    let facts = Facts { config, files };
    for rule in RULES {
        rule(&facts, &mut diagnostics);
    }
    diagnostics
}

type Rule = fn(&Facts<'_>, &mut Diagnostics);

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
    services::https,
    services::auto_start,
    services::port_variable,
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

#[cfg(test)]
mod tests;
