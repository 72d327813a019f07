//! Keys of the whole app, and small sections.

use super::facts::{Facts, each, within};
use super::messages;
use crate::diagnostic::Diagnostics;
use crate::fly::config::{Experimental, RestartPolicy};
use crate::fly::messages::former_key;
use crate::fly::names::{self, SIGNALS};
use crate::fly::{limits, shlex};
use crate::pointer::Path;
use crate::prelude::*;

pub(super) fn app_name(facts: &Facts<'_>, report: &mut Diagnostics) {
    if let Some(app) = facts.config.app.as_deref().filter(|app| !app.is_empty() && !names::is_app_name(app)) {
        report.push(messages::app_name(&Path::ROOT.key("app"), app));
    }
}

pub(super) fn region(facts: &Facts<'_>, report: &mut Diagnostics) {
    let at = Path::ROOT.key("primary_region");
    match facts.config.primary_region.as_deref() {
        None | Some("") => {}
        Some(region) if !names::is_region(region) => {
            let help = "the code of a region is three lower-case letters, such as `ams`";
            report.push(messages::value(&at, region, help));
        }
        Some(region) if !limits::REGIONS.contains(&region) => report.push(messages::retired_region(&at, region)),
        Some(_) => {}
    }
}

pub(super) fn kill_signal(facts: &Facts<'_>, report: &mut Diagnostics) {
    if let Some(signal) = facts.config.kill_signal.as_deref().filter(|signal| !SIGNALS.contains(signal)) {
        report.push(messages::word(&Path::ROOT.key("kill_signal"), signal, &SIGNALS));
    }
}

pub(super) fn kill_timeout(facts: &Facts<'_>, report: &mut Diagnostics) {
    if let Some(timeout) = facts.config.kill_timeout {
        within(&Path::ROOT.key("kill_timeout"), timeout, &limits::KILL_TIMEOUT, report);
    }
}

pub(super) fn console_command(facts: &Facts<'_>, report: &mut Diagnostics) {
    if let Some(command) = &facts.config.console_command
        && shlex::split(command).is_none()
    {
        report.push(messages::command(&Path::ROOT.key("console_command")));
    }
}

pub(super) fn experimental(facts: &Facts<'_>, report: &mut Diagnostics) {
    let Some(Experimental { cmd, entrypoint, exec, auto_rollback, enable_consul, enable_etcd, .. }) =
        &facts.config.experimental
    else {
        return;
    };
    let at = Path::ROOT.key("experimental");
    for (key, flag) in
        [("auto_rollback", auto_rollback), ("enable_consul", enable_consul), ("enable_etcd", enable_etcd)]
    {
        if flag.is_some() {
            report.push(former_key(&at.key(key), key));
        }
    }
    let given = |list: &Option<Vec<String>>| list.as_ref().is_some_and(|list| !list.is_empty());
    let processes = &facts.config.processes;
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

pub(super) fn restart(facts: &Facts<'_>, report: &mut Diagnostics) {
    each("restart", &facts.config.restart, |at, restart| {
        if restart.policy.is_none() {
            report.push(messages::missing(&at.key("policy"), "policy = \"on-failure\""));
        }
        if restart.retries.is_some() && restart.policy.is_some_and(|policy| policy != RestartPolicy::OnFailure) {
            report.push(messages::ineffective(&at.key("retries"), "it is for the policy `on-failure`"));
        }
    });
}

pub(super) fn statics(facts: &Facts<'_>, report: &mut Diagnostics) {
    each("statics", &facts.config.statics, |at, section| {
        if section.guest_path.is_none() {
            report.push(messages::missing(&at.key("guest_path"), "guest_path = \"/app/public\""));
        }
        if section.url_prefix.is_none() {
            report.push(messages::missing(&at.key("url_prefix"), "url_prefix = \"/public\""));
        }
    });
    if let Some((_, rest)) = facts.config.statics.split_at_checked(limits::STATICS).filter(|(_, rest)| !rest.is_empty())
    {
        report.push(messages::too_many_statics(
            &Path::ROOT.key("statics").index(limits::STATICS),
            limits::STATICS,
            rest.len(),
        ));
    }
}

/// flyctl sends one entry for each process group.
pub(super) fn metrics(facts: &Facts<'_>, report: &mut Diagnostics) {
    let config = facts.config;
    let metrics = config.metrics.iter().enumerate().map(|(index, metric)| (metric.processes.as_slice(), index));
    let list = Path::ROOT.key("metrics");
    for (group, metrics) in config.by_process_group(metrics) {
        for index in metrics.into_iter().skip(1) {
            report.push(messages::second_metrics(&list.index(index), group));
        }
    }
}
