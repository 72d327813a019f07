//! `[[mounts]]`: the volume.

use super::annotations::{Annotations, AutoExtend, Set, VolumeAnnotations};
use super::volumes::{self, plain};
use super::{messages, target};
use crate::diagnostic::Diagnostics;
use crate::fly::config::Mount;
use crate::fly::names;
use crate::map::SortedMap;
use crate::pointer::Path;
use crate::prelude::*;
use crate::resolve::{ResolvedContainer, ResolvedSource};
use crate::score::Volume;

/// A container's volumes.
pub(super) fn convert(
    container: &ResolvedContainer<'_>,
    annotations: &Annotations,
    at: &Path<'_>,
    diagnostics: &mut Diagnostics,
) -> Vec<Mount> {
    let at = at.key("volumes");
    let mut mounts = Vec::new();
    let files: SortedMap<String, &str> =
        container.files.keys().filter_map(|file| Some((target::normalise(file).ok()?, *file))).collect();
    for (written, volume) in &container.volumes {
        let place = at.key(written);
        check_access(volume.written, &place, diagnostics);
        let destination = destination(written, &files, &place, diagnostics);
        let Some(resolved) = &volume.source else { continue };
        let source = source(&resolved.name, &place, diagnostics);
        let mut mount = Mount { source, destination, ..Mount::default() };
        apply_settings(&mut mount, resolved, &place, diagnostics);
        for name in volumes::names(resolved) {
            if let Some(annotations) = annotations.volumes.get(&name) {
                apply_annotations(&mut mount, annotations);
            }
        }
        mounts.push(mount);
    }
    mounts
}

/// Refuses what Fly's volumes can't do: reading only, and mounting a folder of the volume.
fn check_access(volume: &Volume, at: &Path<'_>, diagnostics: &mut Diagnostics) {
    if volume.read_only == Some(true) {
        diagnostics.push(messages::read_only_volume(&at.key("readOnly")));
    }
    if let Some(path) = volume.path.as_deref().filter(|path| !matches!(*path, "" | "/")) {
        diagnostics.push(messages::volume_path(&at.key("path"), path));
    }
}

/// Where it is mounted, which must not be where one of the files is.
fn destination(
    written: &str,
    files: &SortedMap<String, &str>,
    at: &Path<'_>,
    diagnostics: &mut Diagnostics,
) -> Option<String> {
    match target::normalise(written) {
        Ok(path) => {
            if let Some(file) = files.get(&path) {
                diagnostics.push(messages::volume_over_file(at, written, file));
            }
            Some(path)
        }
        Err(fault) => {
            diagnostics.push(messages::invalid_target(at, written, fault));
            None
        }
    }
}

/// The name that Fly takes for a volume: a dash becomes an underscore.
fn source(name: &str, at: &Path<'_>, diagnostics: &mut Diagnostics) -> Option<String> {
    let at = at.key("source");
    let Some(taken) = names::volume_name(name) else {
        diagnostics.push(messages::invalid_volume_name(&at, name));
        return None;
    };
    if taken != name {
        diagnostics.push(messages::volume_renamed(&at, name, &taken));
    }
    Some(taken.into_owned())
}

/// Takes the settings that the outputs of a volume resource have, by the keys of fly.toml and
/// `size`. Whatever else they hold is meant for others.
fn apply_settings(mount: &mut Mount, resolved: &ResolvedSource<'_>, at: &Path<'_>, diagnostics: &mut Diagnostics) {
    let at = at.key("source");
    let mut extend = (None, None, None);
    for (key, value) in &resolved.settings {
        let taken = match key.as_str() {
            "size" => volumes::size(value).map(|size| mount.initial_size = Some(gigabytes_text(size))),
            "snapshot_retention" => volumes::retention(value).map(|days| mount.snapshot_retention = Some(days)),
            "scheduled_snapshots" => value.as_bool().map(|scheduled| mount.scheduled_snapshots = Some(scheduled)),
            "auto_extend_size_threshold" => volumes::threshold(value).map(|percent| extend.0 = Some(percent)),
            "auto_extend_size_increment" => volumes::increment(value).map(|size| extend.1 = Some(size)),
            "auto_extend_size_limit" => volumes::limit(value).map(|size| extend.2 = Some(size)),
            _ => continue,
        };
        if taken.is_none() {
            diagnostics.push(messages::invalid_volume_setting(&at, key, &plain(value)));
        }
    }
    match extend {
        (None, None, None) => {}
        (Some(threshold), Some(increment), limit) => {
            apply_auto_extend(mount, AutoExtend { threshold, increment, limit });
        }
        _ => diagnostics.push(messages::incomplete_auto_extend(&at)),
    }
}

fn apply_annotations(mount: &mut Mount, annotations: &VolumeAnnotations) {
    if let Some(Set { value, .. }) = annotations.size {
        mount.initial_size = Some(gigabytes_text(value));
    }
    if let Some(Set { value, .. }) = annotations.snapshot_retention {
        mount.snapshot_retention = Some(value);
    }
    if let Some(Set { value, .. }) = annotations.auto_extend {
        apply_auto_extend(mount, value);
    }
}

fn apply_auto_extend(mount: &mut Mount, extend: AutoExtend) {
    mount.auto_extend_size_threshold = Some(extend.threshold);
    mount.auto_extend_size_increment = Some(gigabytes_text(extend.increment));
    mount.auto_extend_size_limit = extend.limit.map(gigabytes_text);
}

/// flyctl reads a bare number as gigabytes; with the unit people do too.
fn gigabytes_text(size: u16) -> String {
    format!("{size}gb")
}
