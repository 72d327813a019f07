//! The volumes of a machine with containers.

use crate::convert::parts::{AppParts, Task};
use crate::convert::{messages, mounts};
use crate::diagnostic::Diagnostics;
use crate::map::SortedMap;
use crate::pointer::Path;
use crate::prelude::*;

/// Adds the volumes, which are the machine's: containers that mount the same one must mount it at the
/// same path. That there can be only one is for Fly's rules to say.
pub(super) fn convert(tasks: &[Task<'_>], at: &Path<'_>, app: &mut AppParts, diagnostics: &mut Diagnostics) {
    let mut wanted = Vec::new();
    for Task { name, container, annotations, .. } in tasks {
        let mounts = mounts::convert(container, annotations, &at.key(name), diagnostics);
        wanted.extend(mounts.into_iter().map(|mount| (*name, mount)));
    }
    let mut first: SortedMap<Option<String>, (&str, Option<String>)> = SortedMap::new();
    first.extend(wanted.iter().rev().map(|(name, mount)| (mount.source.clone(), (*name, mount.destination.clone()))));
    if let Some((owner, _)) = wanted.first().filter(|_| tasks.len() > 1) {
        diagnostics.push(messages::volume_in_containers(&at.key(owner).key("volumes")));
    }
    for (name, mount) in wanted {
        match first.get(&mount.source) {
            Some((owner, destination)) if *owner != name => {
                if *destination != mount.destination {
                    let (at_container, at_owner) = (at.key(name), at.key(owner));
                    let (at, first) = (at_container.key("volumes"), at_owner.key("volumes"));
                    diagnostics.push(messages::volume_at_two_targets(&at, &first));
                }
            }
            _ => app.config.mounts.push(mount),
        }
    }
}
