//! Volumes. Each lies on one host, and can be in one machine.

use super::World;
use crate::moment::Moment;
use crate::refusal::{Refusal, Result, invalid, not_found, precondition};

/// A volume.
#[derive(Debug, Clone)]
pub(crate) struct Volume {
    pub(crate) id: String,
    pub(crate) name: String,
    pub(crate) state: &'static str,
    pub(crate) size_gb: u64,
    pub(crate) region: String,
    pub(crate) zone: String,
    pub(crate) encrypted: bool,
    pub(crate) fstype: String,
    pub(crate) snapshot_retention: u64,
    pub(crate) auto_backup: bool,
    pub(crate) attached_to: Option<String>,
    pub(crate) snapshots: Vec<(String, Moment)>,
    pub(crate) created_at: Moment,
}

/// What a volume is made of.
#[derive(Debug)]
pub(crate) struct NewVolume<'r> {
    pub(crate) name: &'r str,
    pub(crate) region: &'r str,
    pub(crate) size_gb: Option<u64>,
    pub(crate) encrypted: bool,
    pub(crate) unique_zone: bool,
    pub(crate) fstype: &'r str,
    pub(crate) snapshot_retention: Option<u64>,
    pub(crate) auto_backup: bool,
    /// The volume of which it is a copy.
    pub(crate) source: Option<&'r str>,
    pub(crate) snapshot: Option<&'r str>,
}

/// <https://fly.io/docs/machines/api/volumes-resource/>: 3 GB unless told otherwise, 500 at most.
const DEFAULT_SIZE: u64 = 3;
const SIZES: std::ops::RangeInclusive<u64> = 1..=500;
const DEFAULT_RETENTION: u64 = 5;
pub(crate) const RETENTIONS: std::ops::RangeInclusive<u64> = 1..=60;

/// How many hosts with room for volumes there are in a region.
const ZONES: usize = 8;

impl World {
    pub(crate) fn create_volume(&mut self, app: &str, new: &NewVolume<'_>) -> Result<Volume> {
        let ok = |c: char| c.is_ascii_lowercase() || c.is_ascii_digit() || c == '_';
        if new.name.is_empty() || new.name.len() > 30 || !new.name.chars().all(ok) {
            return Err(invalid(
                "invalid_argument: volume names are up to 30 lowercase letters, digits and underscores",
            ));
        }
        let region = self.place(new.region)?.to_owned();
        let (id, created_at) = (format!("vol_{}", self.hex(16)), self.now);
        let app = self.app_mut(app)?;
        let source = match (new.source, new.snapshot) {
            (Some(source), _) => Some(app.volumes.get(source).ok_or_else(|| not_found("source volume not found"))?),
            (None, Some(snapshot)) => {
                let is_of = |volume: &&super::Volume| volume.snapshots.iter().any(|(id, _)| id == snapshot);
                Some(app.volumes.values().find(is_of).ok_or_else(|| not_found("snapshot not found"))?)
            }
            (None, None) => None,
        };
        let size_gb = new.size_gb.or(source.map(|volume| volume.size_gb)).unwrap_or(DEFAULT_SIZE);
        if !SIZES.contains(&size_gb) {
            return Err(invalid("invalid_argument: size_gb must be between 1 and 500"));
        }
        if source.is_some_and(|source| size_gb < source.size_gb) {
            return Err(invalid("invalid_argument: size_gb is less than that of the source"));
        }
        if new.snapshot_retention.is_some_and(|days| !RETENTIONS.contains(&days)) {
            return Err(invalid("invalid_argument: snapshot_retention must be between 1 and 60"));
        }
        let taken: Vec<_> =
            app.volumes.values().filter(|v| v.name == new.name && v.region == region).map(|v| v.zone.clone()).collect();
        let zones =
            (0..ZONES).map(|zone| format!("{:04x}", super::hash(format!("{region}{zone}").as_bytes()) & 0xffff));
        let zone = if new.unique_zone {
            let full = || {
                let message = "insufficient resources: no zone left that has no volume of this name";
                Refusal::new(422, message).code("insufficient_capacity")
            };
            zones.into_iter().find(|zone| !taken.contains(zone)).ok_or_else(full)?
        } else {
            zones.into_iter().next().unwrap_or_default()
        };
        let volume = Volume {
            id: id.clone(),
            name: new.name.to_owned(),
            state: "created",
            size_gb,
            region,
            zone,
            encrypted: new.encrypted,
            fstype: if new.fstype.is_empty() { "ext4" } else { new.fstype }.to_owned(),
            snapshot_retention: new.snapshot_retention.unwrap_or(DEFAULT_RETENTION),
            auto_backup: new.auto_backup,
            attached_to: None,
            snapshots: Vec::new(),
            created_at,
        };
        app.volumes.insert(id, volume.clone());
        Ok(volume)
    }

    pub(crate) fn volume_mut(&mut self, app: &str, id: &str) -> Result<&mut Volume> {
        self.app_mut(app)?.volumes.get_mut(id).ok_or_else(|| not_found("volume not found"))
    }

    /// Makes a volume larger; the answer is whether a machine has to restart for it.
    pub(crate) fn extend_volume(&mut self, app: &str, id: &str, size_gb: u64) -> Result<bool> {
        let volume = self.volume_mut(app, id)?;
        if size_gb < volume.size_gb {
            return Err(invalid("invalid_argument: volumes can only grow"));
        }
        if !SIZES.contains(&size_gb) {
            return Err(invalid("invalid_argument: size_gb must be between 1 and 500"));
        }
        volume.size_gb = size_gb;
        Ok(volume.attached_to.is_some())
    }

    pub(crate) fn delete_volume(&mut self, app: &str, id: &str) -> Result<Volume> {
        let volume = self.volume_mut(app, id)?;
        if let Some(machine) = &volume.attached_to {
            return Err(precondition(&format!("volume is currently bound to machine: {machine}")));
        }
        let volume = volume.clone();
        self.app_mut(app)?.volumes.remove(id);
        Ok(Volume { state: "pending_destroy", ..volume })
    }
}
