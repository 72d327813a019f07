//! `[build]` and `[deploy]`.

use super::facts::{Facts, within};
use super::messages;
use super::processes;
use super::vm;
use crate::diagnostic::Diagnostics;
use crate::fly::config::Strategy;
use crate::fly::limits;
use crate::fly::local::dockerfile_path;
use crate::pointer::Path;
use crate::prelude::*;

/// Of several sources of the image flyctl takes the first in this order.
pub(super) fn source(facts: &Facts<'_>, report: &mut Diagnostics) {
    let Some(build) = &facts.config.build else { return };
    let at = Path::ROOT.key("build");
    let sources = [
        ("image", build.image.is_some()),
        ("builder", build.builder.is_some()),
        ("dockerfile", build.dockerfile.is_some()),
        ("builtin", build.builtin.is_some()),
    ];
    let mut given = sources.into_iter().filter(|(_, given)| *given).map(|(key, _)| key);
    if let Some(first) = given.next() {
        for other in given {
            let why = format!("the image comes from `build.{first}`");
            report.push(messages::ineffective(&at.key(other), &why).with_related(&at.key(first), "this is used"));
        }
    }
}

/// flyctl does without an ignore file that is not there.
pub(super) fn dockerfile(facts: &Facts<'_>, report: &mut Diagnostics) {
    if let Some(path) = facts.config.build.as_ref().and_then(dockerfile_path).filter(|path| facts.is_missing(path)) {
        report.push(messages::missing_file(&Path::ROOT.key("build").key("dockerfile"), path, facts.files));
    }
}

pub(super) fn compression(facts: &Facts<'_>, report: &mut Diagnostics) {
    let Some(build) = &facts.config.build else { return };
    let at = Path::ROOT.key("build");
    if let Some(word) = build.compression.as_deref().filter(|word| !matches!(*word, "gzip" | "zstd")) {
        report.push(messages::word(&at.key("compression"), word, &["gzip", "zstd"]));
    }
    if let Some(level) = build.compression_level {
        within(&at.key("compression_level"), level, &limits::COMPRESSION_LEVEL, report);
    }
}

/// A canary and a second set of machines need volumes that are not there, and only checks tell when
/// the second set is ready.
pub(super) fn strategy(facts: &Facts<'_>, report: &mut Diagnostics) {
    let config = facts.config;
    let Some(strategy) = config.deploy.as_ref().and_then(|deploy| deploy.strategy) else { return };
    let deploy = Path::ROOT.key("deploy");
    let at = deploy.key("strategy");
    if matches!(strategy, Strategy::Canary | Strategy::BlueGreen) && !config.mounts.is_empty() {
        report.push(messages::strategy_with_volume(&at, strategy, &Path::ROOT.key("mounts").index(0)));
    } else if strategy == Strategy::BlueGreen && !config.has_checks() {
        report.push(messages::strategy_without_checks(&at, strategy));
    }
}

pub(super) fn max_unavailable(facts: &Facts<'_>, report: &mut Diagnostics) {
    let Some(deploy) = &facts.config.deploy else { return };
    let Some(share) = deploy.max_unavailable else { return };
    let section = Path::ROOT.key("deploy");
    let at = section.key("max_unavailable");
    if share <= 0.0 {
        report.push(messages::value(
            &at,
            &share.to_string(),
            "write a fraction below 1, or a number of machines from 1",
        ));
    } else if matches!(deploy.strategy, Some(Strategy::Immediate | Strategy::BlueGreen)) {
        report.push(messages::ineffective(&at, "it is for the strategies `rolling` and `canary`"));
    }
}

pub(super) fn commands(facts: &Facts<'_>, report: &mut Diagnostics) {
    let Some(deploy) = &facts.config.deploy else { return };
    let at = Path::ROOT.key("deploy");
    for (key, command) in [("release_command", &deploy.release_command), ("seed_command", &deploy.seed_command)] {
        if let Some(command) = command {
            processes::command_line(facts, command, &at.key(key), report);
        }
    }
}

pub(super) fn release_machine(facts: &Facts<'_>, report: &mut Diagnostics) {
    let Some(deploy) = &facts.config.deploy else { return };
    let Some(machine) = &deploy.release_command_vm else { return };
    let section = Path::ROOT.key("deploy");
    let at = section.key("release_command_vm");
    vm::machine(machine, &at, report);
    if deploy.release_command.is_none() {
        report.push(messages::ineffective(&at, "there is no `release_command`"));
    }
}
