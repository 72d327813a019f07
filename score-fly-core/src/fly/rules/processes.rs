//! `[processes]`, and what says to which of them it belongs.

use super::facts::{Facts, each};
use super::messages;
use crate::diagnostic::{Diagnostic, Diagnostics};
use crate::fly::config::Config;
use crate::fly::{names, shlex};
use crate::pointer::Path;
use crate::prelude::*;

pub(super) fn commands(facts: &Facts<'_>, report: &mut Diagnostics) {
    let at = Path::ROOT.key("processes");
    for (name, command) in &facts.config.processes {
        command_line(facts, command, &at.key(name), report);
    }
}

/// A command that flyctl splits into words. They are run as they are, by no shell.
pub(super) fn command_line(facts: &Facts<'_>, command: &str, at: &Path<'_>, report: &mut Diagnostics) {
    let Some(words) = shlex::split(command) else {
        return report.push(messages::command(at));
    };
    if !runs_in_shell(facts.config)
        && let Some(word) = for_shell(&words)
    {
        report.push(messages::needs_shell(at, word));
    }
}

/// Whether the image, or what starts it, may hand the words to a shell: those of buildpacks do.
fn runs_in_shell(config: &Config) -> bool {
    let build = config.build.as_ref();
    let entrypoint = config.experimental.as_ref().and_then(|section| section.entrypoint.as_deref());
    build.is_some_and(|build| build.builder.is_some() || build.builtin.is_some() || !build.buildpacks.is_empty())
        || entrypoint.is_some_and(|words| words.iter().any(|word| word.starts_with('-') && word.ends_with('c')))
}

/// What a command says to a shell, if there is no shell in it.
fn for_shell(words: &[String]) -> Option<&str> {
    const OPERATORS: [&str; 9] = ["&&", "||", "|", ";", "&", ">", ">>", "<", "2>&1"];
    const EXPAND: [&str; 7] = ["sh", "bash", "zsh", "ash", "dash", "fish", "envsubst"];
    const BUILT_IN: [&str; 5] = ["cd", "export", "source", ".", "ulimit"];
    let (first, rest) = words.split_first()?;
    let is_assignment = first.split_once('=').is_some_and(|(name, _)| names::is_identifier(name));
    if is_assignment || BUILT_IN.contains(&first.as_str()) {
        return Some(first);
    }
    // `find` has an end of a command of its own.
    let has_ends = words.iter().any(|word| word.starts_with("-exec") || word == "-ok");
    let operator = |word: &&String| {
        let ends = word.ends_with(';') && !word.contains(' ');
        (OPERATORS.contains(&word.as_str()) || ends) && !(has_ends && ends)
    };
    if let Some(operator) = words.iter().find(operator) {
        return Some(operator);
    }
    // What stands after `sh -c` is for the shell.
    let expands = |word: &String| EXPAND.contains(&word.rsplit('/').next().unwrap_or_default());
    let variable = |word: &&String| {
        let name = word.split_once('$').map(|(_, name)| name.trim_start_matches('{'));
        name.is_some_and(|name| name.starts_with(|c: char| c.is_ascii_uppercase() || matches!(c, '_' | '(')))
    };
    rest.iter().find(variable).filter(|_| !words.iter().any(expands)).map(String::as_str)
}

/// Once there are process groups, flyctl wants every service to say whose it is.
pub(super) fn services(facts: &Facts<'_>, report: &mut Diagnostics) {
    let config = facts.config;
    let mut rule = |at: &Path<'_>, processes: &[String]| {
        if processes.is_empty() && !config.processes.is_empty() {
            report.push(messages::service_without_processes(&at.key("processes"), &shown(config)));
        }
        unknown(facts, at, processes, report, messages::unknown_group);
    };
    if let Some(service) = &config.http_service {
        rule(&Path::ROOT.key("http_service"), &service.processes);
    }
    each("services", &config.services, |at, service| rule(at, &service.processes));
}

pub(super) fn restart(facts: &Facts<'_>, report: &mut Diagnostics) {
    each("restart", &facts.config.restart, |at, restart| {
        unknown(facts, at, &restart.processes, report, messages::unknown_group);
    });
}

/// Elsewhere flyctl says nothing, and applies the section to no group.
pub(super) fn others(facts: &Facts<'_>, report: &mut Diagnostics) {
    let config = facts.config;
    let mut rule = |at: &Path<'_>, processes: &[String]| {
        unknown(facts, at, processes, report, messages::unmatched_group);
    };
    each("mounts", &config.mounts, |at, mount| rule(at, &mount.processes));
    each("vm", &config.vm, |at, vm| rule(at, &vm.processes));
    each("metrics", &config.metrics, |at, metric| rule(at, &metric.processes));
    let at = Path::ROOT.key("checks");
    for (name, check) in &config.checks {
        rule(&at.key(name), &check.processes);
    }
}

/// Of several groups, what names none belongs to the default one only.
pub(super) fn implicit(facts: &Facts<'_>, report: &mut Diagnostics) {
    let config = facts.config;
    if config.processes.len() < 2 {
        return;
    }
    let default = config.default_process_group();
    let mut rule = |at: &Path<'_>, processes: &[String]| {
        if processes.is_empty() {
            report.push(messages::only_default_group(at, default));
        }
    };
    each("mounts", &config.mounts, |at, mount| rule(at, &mount.processes));
    each("restart", &config.restart, |at, restart| rule(at, &restart.processes));
    each("metrics", &config.metrics, |at, metric| rule(at, &metric.processes));
    let at = Path::ROOT.key("checks");
    for (name, check) in &config.checks {
        rule(&at.key(name), &check.processes);
    }
}

/// Reports the groups that do not exist.
fn unknown(
    facts: &Facts<'_>,
    at: &Path<'_>,
    processes: &[String],
    report: &mut Diagnostics,
    message: fn(&Path<'_>, &str, &[&str]) -> Diagnostic,
) {
    let at = at.key("processes");
    for (index, process) in processes.iter().enumerate() {
        if !facts.config.has_process_group(process) {
            report.push(message(&at.index(index), process, &shown(facts.config)));
        }
    }
}

/// The groups that a message looks at: nobody reads a longer list.
fn shown(config: &Config) -> Vec<&str> {
    let mut groups = config.process_groups();
    groups.truncate(50);
    groups
}
