//! The volume of a machine with containers.

use crate::convert::{AppParts, messages};
use crate::convert::{Scope, mounts};
use crate::diagnostic::Diagnostics;
use crate::fly::config::Mount;
use crate::pointer::Path;

/// Adds the volume, which is the machine's: of containers that mount one, all must mean the same
/// volume at the same path.
pub(super) fn convert(scopes: &[Scope<'_>], at: &Path<'_>, app: &mut AppParts, diagnostics: &mut Diagnostics) {
    let mut first: Option<(&str, Mount)> = None;
    for Scope { name, container, resolved, annotations, .. } in scopes {
        let at_container = at.key(name);
        let at_volumes = at_container.key("volumes");
        for mount in mounts::convert(container, resolved, annotations, &at_container, diagnostics) {
            match &first {
                None => {
                    app.config.mounts.push(mount.clone());
                    first = Some((name, mount));
                }
                // Of one container, it has been reported.
                Some((owner, _)) if owner == name => {}
                Some((owner, other)) => {
                    let at_first = at.key(owner);
                    if mount.source != other.source {
                        diagnostics.push(messages::too_many_volumes(&at_volumes, &at_first.key("volumes")));
                    } else if mount.destination != other.destination {
                        let at_first = at_first.key("volumes");
                        diagnostics.push(messages::volume_at_two_targets(&at_volumes, &at_first));
                    }
                }
            }
        }
    }
    if let Some((owner, _)) = first.filter(|_| scopes.len() > 1) {
        diagnostics.push(messages::volume_in_containers(&at.key(owner).key("volumes")));
    }
}
