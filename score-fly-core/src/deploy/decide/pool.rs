//! Volumes that nobody mounts.

use crate::deploy::observed::{Observed, ObservedVolume};
use crate::deploy::policy::Policy;
use crate::prelude::*;

/// Volumes that nobody mounts.
pub(super) struct Pool<'a>(Vec<&'a ObservedVolume>);

impl<'a> Pool<'a> {
    pub(super) fn of(observed: &'a Observed, policy: &Policy) -> Self {
        let is_free = |volume: &&ObservedVolume| {
            volume.attached_machine_id.as_deref().unwrap_or_default().is_empty() && is_usable(volume, policy)
        };
        let mut free: Vec<&ObservedVolume> = observed.volumes.iter().filter(is_free).collect();
        free.sort_by(|a, b| a.id.cmp(&b.id));
        Self(free)
    }

    /// All of them, in the order of their ids.
    pub(super) fn all(&self) -> &[&'a ObservedVolume] {
        &self.0
    }

    /// Adds one that becomes free.
    pub(super) fn add(&mut self, volume: Option<&'a ObservedVolume>) {
        self.0.extend(volume);
        self.0.sort_by(|a, b| a.id.cmp(&b.id));
    }

    /// Takes out one of that name in that region.
    pub(super) fn take(&mut self, name: &str, region: &str) -> Option<&'a ObservedVolume> {
        let position = self.0.iter().position(|volume| volume.name == name && volume.region == region)?;
        Some(self.0.remove(position))
    }
}

/// Whether a machine can mount it.
pub(super) fn is_usable(volume: &ObservedVolume, policy: &Policy) -> bool {
    volume.host_status.is_ok() && is_there(volume) && !policy.lose.volumes.contains(&volume.id)
}

/// Whether it is not about to go; flyctl does not show those either.
pub(super) fn is_there(volume: &ObservedVolume) -> bool {
    let going = ["scheduling_destroy", "fork_cleanup", "waiting_for_detach", "pending_destroy", "destroying"];
    !going.contains(&volume.state.as_str())
}
