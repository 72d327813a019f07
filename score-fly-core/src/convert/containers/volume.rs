//! The volumes of a machine with containers.

use crate::convert::parts::{AppParts, Task};
use crate::convert::{messages, mounts};
use crate::diagnostic::Diagnostics;
use crate::pointer::Path;
use crate::prelude::*;

/// Adds the volumes, which are the machine's: containers that mount the same one must mount it at the
/// same path. That there can be only one is for Fly's rules to say.
pub(super) fn convert(tasks: &[Task<'_>], at: &Path<'_>, app: &mut AppParts, diagnostics: &mut Diagnostics) {
    let mut owners: Vec<&str> = Vec::new();
    for Task { name, container, annotations, .. } in tasks {
        let at_container = at.key(name);
        for mount in mounts::convert(container, annotations, &at_container, diagnostics) {
            let mounts = &mut app.config.mounts;
            let same = mounts.iter().zip(&owners).find(|(other, owner)| other.source == mount.source && *owner != name);
            match same {
                None => {
                    mounts.push(mount);
                    owners.push(name);
                }
                Some((other, owner)) if other.destination != mount.destination => {
                    let at_owner = at.key(owner);
                    let (at, first) = (at_container.key("volumes"), at_owner.key("volumes"));
                    diagnostics.push(messages::volume_at_two_targets(&at, &first));
                }
                Some(_) => {}
            }
        }
    }
    if let Some(owner) = owners.first().filter(|_| tasks.len() > 1) {
        diagnostics.push(messages::volume_in_containers(&at.key(owner).key("volumes")));
    }
}
