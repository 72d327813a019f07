//! Keys of the whole app, and small sections.

use super::{Scope, each};
use crate::diagnostic::Diagnostics;
use crate::fly::check::messages;
use crate::fly::config::{Experimental, RestartPolicy};
use crate::fly::names::{self, MAX_KILL_TIMEOUT, SIGNALS};
use crate::fly::{Duration, shlex};
use crate::pointer::Path;
use crate::prelude::*;

/// How many `[[statics]]` Fly takes.
const MAX_STATICS: usize = 10;

pub(super) fn app_name(scope: &Scope<'_>, report: &mut Diagnostics) {
    if let Some(app) = scope.config.app.as_deref().filter(|app| !names::is_app_name(app)) {
        report.push(messages::app_name(&Path::ROOT.key("app"), app));
    }
}

pub(super) fn region(scope: &Scope<'_>, report: &mut Diagnostics) {
    if let Some(region) = scope.config.primary_region.as_deref().filter(|region| !names::is_region(region)) {
        let help = "the code of a region is three lower-case letters, such as `ams`";
        report.push(messages::value(&Path::ROOT.key("primary_region"), region, help));
    }
}

pub(super) fn kill_signal(scope: &Scope<'_>, report: &mut Diagnostics) {
    if let Some(signal) = scope.config.kill_signal.as_deref().filter(|signal| !SIGNALS.contains(signal)) {
        report.push(messages::word(&Path::ROOT.key("kill_signal"), signal, &SIGNALS));
    }
}

pub(super) fn kill_timeout(scope: &Scope<'_>, report: &mut Diagnostics) {
    if let Some(timeout) = scope.config.kill_timeout.filter(|timeout| *timeout > MAX_KILL_TIMEOUT) {
        let range = (Duration::from_secs(0), MAX_KILL_TIMEOUT);
        report.push(messages::out_of_range(&Path::ROOT.key("kill_timeout"), timeout, range));
    }
}

pub(super) fn console_command(scope: &Scope<'_>, report: &mut Diagnostics) {
    if let Some(command) = &scope.config.console_command
        && shlex::split(command).is_none()
    {
        report.push(messages::command(&Path::ROOT.key("console_command")));
    }
}

pub(super) fn experimental(scope: &Scope<'_>, report: &mut Diagnostics) {
    let Some(Experimental { cmd, entrypoint, exec, auto_rollback, enable_consul, enable_etcd, .. }) =
        &scope.config.experimental
    else {
        return;
    };
    let at = Path::ROOT.key("experimental");
    for (key, flag) in
        [("auto_rollback", auto_rollback), ("enable_consul", enable_consul), ("enable_etcd", enable_etcd)]
    {
        if flag.is_some() {
            report.push(messages::unread(&at.key(key)));
        }
    }
    let given = |list: &Option<Vec<String>>| list.as_ref().is_some_and(|list| !list.is_empty());
    let processes = &scope.config.processes;
    if given(exec) {
        for (key, list) in [("entrypoint", entrypoint), ("cmd", cmd)] {
            if given(list) {
                report.push(
                    messages::ineffective(&at.key(key), "`exec` replaces it")
                        .with_related(&at.key("exec"), "this is used"),
                );
            }
        }
    } else if given(cmd) && !processes.is_empty() && processes.values().all(|command| !command.is_empty()) {
        report.push(messages::ineffective(&at.key("cmd"), "each process group has a command of its own"));
    }
}

pub(super) fn restart(scope: &Scope<'_>, report: &mut Diagnostics) {
    each("restart", &scope.config.restart, |at, restart| {
        if restart.policy.is_none() {
            report.push(messages::missing(&at.key("policy"), "policy = \"on-failure\""));
        }
        if restart.retries.is_some() && restart.policy.is_some_and(|policy| policy != RestartPolicy::OnFailure) {
            report.push(messages::ineffective(&at.key("retries"), "it is for the policy `on-failure`"));
        }
    });
}

pub(super) fn statics(scope: &Scope<'_>, report: &mut Diagnostics) {
    each("statics", &scope.config.statics, |at, section| {
        if section.guest_path.is_none() {
            report.push(messages::missing(&at.key("guest_path"), "guest_path = \"/app/public\""));
        }
        if section.url_prefix.is_none() {
            report.push(messages::missing(&at.key("url_prefix"), "url_prefix = \"/public\""));
        }
    });
    if let Some((_, rest)) = scope.config.statics.split_at_checked(MAX_STATICS).filter(|(_, rest)| !rest.is_empty()) {
        report.push(messages::too_many_statics(&Path::ROOT.key("statics").index(MAX_STATICS), MAX_STATICS, rest.len()));
    }
}

/// flyctl sends one entry for each process group.
pub(super) fn metrics(scope: &Scope<'_>, report: &mut Diagnostics) {
    let config = scope.config;
    for group in config.process_groups() {
        let mut taken = false;
        each("metrics", &config.metrics, |at, metric| {
            if config.belongs(&metric.processes, group) {
                if taken {
                    report.push(messages::second_metrics(at, group));
                }
                taken = true;
            }
        });
    }
}
