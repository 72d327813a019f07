//! `[[mounts]]`.

use super::{Scope, each};
use crate::diagnostic::Diagnostics;
use crate::fly::check::messages;
use crate::fly::{names, size};

/// The largest volume, in gigabytes.
const MAX_SIZE: u64 = 500;

pub(super) fn one_for_each_machine(scope: &Scope<'_>, report: &mut Diagnostics) {
    let config = scope.config;
    for group in config.process_groups() {
        let mut first = None;
        each("mounts", &config.mounts, |at, mount| {
            if config.belongs(&mount.processes, group) {
                match &first {
                    None => first = Some(at.to_pointer()),
                    Some(first) => report.push(messages::second_mount(at, group, first)),
                }
            }
        });
    }
}

pub(super) fn volumes(scope: &Scope<'_>, report: &mut Diagnostics) {
    each("mounts", &scope.config.mounts, |at, mount| {
        match mount.source.as_deref() {
            None => report.push(messages::missing(&at.key("source"), "source = \"data\"")),
            Some(source) if !names::is_volume_name(source) => {
                report.push(messages::volume_name(&at.key("source"), source));
            }
            Some(_) => {}
        }
        match mount.destination.as_deref() {
            None => report.push(messages::missing(&at.key("destination"), "destination = \"/data\"")),
            Some(path) if !path.starts_with('/') => report.push(messages::relative_path(&at.key("destination"), path)),
            Some(path) if path.bytes().all(|byte| byte == b'/') => {
                report.push(messages::volume_over_root(&at.key("destination")));
            }
            Some(_) => {}
        }
    });
}

pub(super) fn sizes(scope: &Scope<'_>, report: &mut Diagnostics) {
    each("mounts", &scope.config.mounts, |at, mount| {
        if let Some(size) = mount.initial_size.as_deref().filter(|size| !is_size(size, MAX_SIZE)) {
            report.push(messages::volume_size(&at.key("initial_size"), size, MAX_SIZE));
        }
        if let Some(days) = mount.snapshot_retention.filter(|days| !(1..=60).contains(days)) {
            report.push(messages::out_of_range(&at.key("snapshot_retention"), days, (1, 60)));
        }
    });
}

/// If one of the three keys is there, flyctl wants the first two.
pub(super) fn auto_extend(scope: &Scope<'_>, report: &mut Diagnostics) {
    each("mounts", &scope.config.mounts, |at, mount| {
        let threshold = mount.auto_extend_size_threshold;
        let increment = mount.auto_extend_size_increment.as_deref();
        let limit = mount.auto_extend_size_limit.as_deref();
        if threshold.is_none() && increment.is_none() && limit.is_none() {
            return;
        }
        let key = at.key("auto_extend_size_threshold");
        match threshold {
            None => report.push(messages::missing(&key, "auto_extend_size_threshold = 80")),
            Some(percent) if !(50..=99).contains(&percent) => {
                report.push(messages::out_of_range(&key, percent, (50, 99)));
            }
            Some(_) => {}
        }
        let key = at.key("auto_extend_size_increment");
        match increment {
            None => report.push(messages::missing(&key, "auto_extend_size_increment = \"5GB\"")),
            Some(size) if !is_size(size, 100) => report.push(messages::volume_size(&key, size, 100)),
            Some(_) => {}
        }
        if let Some(size) = limit.filter(|size| *size != "0" && !is_size(size, MAX_SIZE)) {
            report.push(messages::volume_size(&at.key("auto_extend_size_limit"), size, MAX_SIZE));
        }
    });
}

/// Whether a size is one gigabyte or more, and at most `most`.
fn is_size(text: &str, most: u64) -> bool {
    size::gigabytes(text).is_some_and(|size| (1..=most).contains(&size))
}
