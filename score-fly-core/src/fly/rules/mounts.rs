//! `[[mounts]]`.

use core::ops::RangeInclusive;

use super::facts::{Facts, each, within};
use super::messages;
use crate::diagnostic::Diagnostics;
use crate::fly::{limits, names, size};
use crate::pointer::Path;

pub(super) fn one_for_each_machine(facts: &Facts<'_>, report: &mut Diagnostics) {
    let config = facts.config;
    let several = config.processes.len() > 1;
    let mounts = config.mounts.iter().enumerate().map(|(index, mount)| (mount.processes.as_slice(), index));
    let list = Path::ROOT.key("mounts");
    for (group, mounts) in config.by_process_group(mounts) {
        let Some((first, others)) = mounts.split_first() else { continue };
        for other in others {
            report.push(messages::second_mount(&list.index(*other), several.then_some(group), &list.index(*first)));
        }
    }
}

pub(super) fn volumes(facts: &Facts<'_>, report: &mut Diagnostics) {
    each("mounts", &facts.config.mounts, |at, mount| {
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

pub(super) fn sizes(facts: &Facts<'_>, report: &mut Diagnostics) {
    each("mounts", &facts.config.mounts, |at, mount| {
        if let Some(size) = mount.initial_size.as_deref().filter(|size| !is_size(size, &limits::VOLUME_SIZE)) {
            report.push(messages::volume_size(&at.key("initial_size"), size, &limits::VOLUME_SIZE));
        }
        if let Some(days) = mount.snapshot_retention {
            within(&at.key("snapshot_retention"), days, &limits::SNAPSHOT_RETENTION, report);
        }
    });
}

/// If one of the three keys is there, flyctl wants the first two.
pub(super) fn auto_extend(facts: &Facts<'_>, report: &mut Diagnostics) {
    each("mounts", &facts.config.mounts, |at, mount| {
        let threshold = mount.auto_extend_size_threshold;
        let increment = mount.auto_extend_size_increment.as_deref();
        let limit = mount.auto_extend_size_limit.as_deref();
        if threshold.is_none() && increment.is_none() && limit.is_none() {
            return;
        }
        let key = at.key("auto_extend_size_threshold");
        match threshold {
            None => report.push(messages::missing(&key, "auto_extend_size_threshold = 80")),
            Some(percent) => within(&key, percent, &limits::VOLUME_THRESHOLD, report),
        }
        let key = at.key("auto_extend_size_increment");
        match increment {
            None => report.push(messages::missing(&key, "auto_extend_size_increment = \"5GB\"")),
            Some(size) if !is_size(size, &limits::VOLUME_INCREMENT) => {
                report.push(messages::volume_size(&key, size, &limits::VOLUME_INCREMENT));
            }
            Some(_) => {}
        }
        if let Some(size) = limit.filter(|size| *size != "0" && !is_size(size, &limits::VOLUME_SIZE)) {
            report.push(messages::volume_size(&at.key("auto_extend_size_limit"), size, &limits::VOLUME_SIZE));
        }
    });
}

fn is_size(text: &str, range: &RangeInclusive<u16>) -> bool {
    size::gigabytes(text).and_then(|size| u16::try_from(size).ok()).is_some_and(|size| range.contains(&size))
}
