//! `[processes]`, and what says to which of them it belongs.

use super::facts::{Facts, each};
use super::messages;
use crate::diagnostic::{Diagnostic, Diagnostics};
use crate::fly::config::Config;
use crate::fly::shlex;
use crate::pointer::Path;
use crate::prelude::*;

pub(super) fn commands(facts: &Facts<'_>, report: &mut Diagnostics) {
    let at = Path::ROOT.key("processes");
    for (name, command) in &facts.config.processes {
        if shlex::split(command).is_none() {
            report.push(messages::command(&at.key(name)));
        }
    }
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
