//! Volumes. <https://fly.io/docs/machines/api/volumes-resource/>; fly-go: `flaps/flaps_volumes.go`.

use serde::{Deserialize, Serialize};
use serde_json::Value;

use crate::apps::AppCalls;
use crate::call::{Body, Call, Method, Repeat, encode};
use crate::error::Error;
use crate::json::{or_default, time};
use crate::machines::HostStatus;
use crate::time::Timestamp;

/// A volume: it lies on one host, which decides where its machine is.
#[derive(Debug, Clone, PartialEq, Eq, Default, Deserialize)]
#[serde(default)]
#[non_exhaustive]
pub struct Volume {
    /// Its id, such as `vol_4xk`.
    pub id: String,
    /// Its name, which several may have.
    #[serde(deserialize_with = "or_default")]
    pub name: String,
    /// What it does.
    #[serde(deserialize_with = "or_default")]
    pub state: String,
    /// Its size in gigabytes.
    #[serde(deserialize_with = "or_default")]
    pub size_gb: u64,
    /// Its region.
    #[serde(deserialize_with = "or_default")]
    pub region: String,
    /// Its part of the region.
    #[serde(deserialize_with = "or_default")]
    pub zone: String,
    /// Whether it is encrypted.
    #[serde(deserialize_with = "or_default")]
    pub encrypted: bool,
    /// The machine that has it.
    #[serde(deserialize_with = "or_default")]
    pub attached_machine_id: Option<String>,
    /// When it was created.
    #[serde(deserialize_with = "time")]
    pub created_at: Option<Timestamp>,
    /// Its file system.
    #[serde(deserialize_with = "or_default")]
    pub fstype: String,
    /// For how many days its snapshots are kept.
    #[serde(deserialize_with = "or_default")]
    pub snapshot_retention: Option<u64>,
    /// Whether a snapshot is taken each day.
    #[serde(deserialize_with = "or_default")]
    pub auto_backup_enabled: bool,
    /// Whether its host answers.
    #[serde(deserialize_with = "or_default")]
    pub host_status: HostStatus,
    /// How many bytes are used.
    #[serde(deserialize_with = "or_default")]
    pub bytes_used: u64,
    /// How many bytes there are.
    #[serde(deserialize_with = "or_default")]
    pub bytes_total: u64,
    /// Its app, in lists of more than one.
    #[serde(deserialize_with = "or_default")]
    pub app_name: String,
}

/// fly-go: `flaps/flaps_volumes.go`, `destroyedVolumeStates`.
const GONE: [&str; 5] = ["scheduling_destroy", "fork_cleanup", "waiting_for_detach", "pending_destroy", "destroying"];

impl Volume {
    /// Whether it is about to be gone.
    pub fn is_gone(&self) -> bool {
        GONE.contains(&self.state.as_str())
    }

    /// Whether a machine can take it.
    pub fn is_free(&self) -> bool {
        self.attached_machine_id.is_none() && !self.is_gone() && self.host_status == HostStatus::Ok
    }
}

/// A new volume.
#[derive(Debug, Clone, PartialEq, Eq, Default, Serialize)]
pub struct NewVolume {
    /// Its name: lowercase letters, digits and underscores, at most 30.
    pub name: String,
    /// Where. It stays there.
    pub region: String,
    /// Its size in gigabytes; 3 with none, or that of what it is a copy of.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub size_gb: Option<u64>,
    /// Whether it is encrypted; it is with none.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub encrypted: Option<bool>,
    /// Whether it must be on another host than volumes of the same name; with none, it must.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub require_unique_zone: Option<bool>,
    /// For how many days its snapshots are kept: 1 to 60.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub snapshot_retention: Option<u64>,
    /// Whether a snapshot is taken each day; it is with none.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub auto_backup_enabled: Option<bool>,
    /// `ext4` or `raw`.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub fstype: Option<String>,
    /// The snapshot that it starts with.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub snapshot_id: Option<String>,
    /// The volume that it is a copy of.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub source_volume_id: Option<String>,
    /// The size of the machine that will have it: it is put where that fits.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub compute: Option<Value>,
    /// The image of that machine.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub compute_image: Option<String>,
}

/// A volume that has grown.
#[derive(Debug, Clone, PartialEq, Eq, Default, Deserialize)]
#[serde(default)]
#[non_exhaustive]
pub struct Extended {
    /// The volume.
    #[serde(deserialize_with = "or_default")]
    pub volume: Volume,
    /// Whether its machine sees that only after a restart.
    #[serde(deserialize_with = "or_default")]
    pub needs_restart: bool,
}

/// A snapshot of a volume.
#[derive(Debug, Clone, PartialEq, Eq, Default, Deserialize)]
#[serde(default)]
#[non_exhaustive]
pub struct Snapshot {
    /// Its id.
    #[serde(deserialize_with = "or_default")]
    pub id: String,
    /// Its size in bytes.
    #[serde(deserialize_with = "or_default")]
    pub size: u64,
    /// The size of its volume in bytes.
    #[serde(deserialize_with = "or_default")]
    pub volume_size: u64,
    /// Whether it is there.
    #[serde(deserialize_with = "or_default")]
    pub status: String,
    /// When it was taken.
    #[serde(deserialize_with = "time")]
    pub created_at: Option<Timestamp>,
    /// For how many days it is kept.
    #[serde(deserialize_with = "or_default")]
    pub retention_days: Option<u64>,
}

impl AppCalls<'_> {
    /// The volumes of the app, with those that are about to be gone.
    ///
    /// # Errors
    ///
    /// If the call fails.
    pub fn volumes(&self) -> Result<Vec<Volume>, Error> {
        let call = self.call(Method::Get, "/volumes", "volumes.list", "list the volumes");
        self.client.send::<Option<Vec<Volume>>>(&call).map(Option::unwrap_or_default)
    }

    /// Creates a volume. If the answer gets lost, nobody knows whether there is one; they have no labels to
    /// find them by, so compare [`AppCalls::volumes`] before and after.
    ///
    /// # Errors
    ///
    /// [`Kind::Capacity`](crate::Kind::Capacity) if the region is full.
    pub fn create_volume(&self, new: &NewVolume) -> Result<Volume, Error> {
        let call = self.call(Method::Post, "/volumes", "volumes.create", &format!("create volume {}", new.name));
        self.client.send(&call.body(Body::of(new)))
    }

    fn volume_call(&self, method: Method, id: &str, rest: &str, limit: &'static str, what: &str) -> Call {
        self.call(method, &format!("/volumes/{}{rest}", encode(id)), limit, &format!("{what} volume {id}"))
    }

    /// Reads a volume.
    ///
    /// # Errors
    ///
    /// [`Kind::NotFound`](crate::Kind::NotFound) if there is none.
    pub fn volume(&self, id: &str) -> Result<Volume, Error> {
        self.client.send(&self.volume_call(Method::Get, id, "", "volumes.get", "read"))
    }

    /// Says for how many days its snapshots are kept, and whether one is taken each day.
    ///
    /// # Errors
    ///
    /// If the call fails.
    pub fn update_volume(
        &self,
        id: &str,
        snapshot_retention: Option<u64>,
        auto_backup_enabled: Option<bool>,
    ) -> Result<Volume, Error> {
        #[derive(Serialize)]
        struct Change {
            #[serde(skip_serializing_if = "Option::is_none")]
            snapshot_retention: Option<u64>,
            #[serde(skip_serializing_if = "Option::is_none")]
            auto_backup_enabled: Option<bool>,
        }
        let change = Change { snapshot_retention, auto_backup_enabled };
        self.client.send(&self.volume_call(Method::Put, id, "", "volumes.update", "change").body(Body::of(&change)))
    }

    /// Makes a volume larger. It can't get smaller.
    ///
    /// # Errors
    ///
    /// If the call fails.
    pub fn extend_volume(&self, id: &str, size_gb: u64) -> Result<Extended, Error> {
        let body = Body::of(&serde_json::json!({ "size_gb": size_gb }));
        self.client.send(&self.volume_call(Method::Put, id, "/extend", "volumes.extend", "extend").body(body))
    }

    /// Deletes a volume, with what is on it.
    ///
    /// # Errors
    ///
    /// [`Kind::VolumeInUse`](crate::Kind::VolumeInUse) if a machine has it, which may last for some seconds
    /// after that is gone.
    pub fn delete_volume(&self, id: &str) -> Result<(), Error> {
        self.client.send_only(&self.volume_call(Method::Delete, id, "", "volumes.delete", "delete"))
    }

    /// The snapshots of a volume.
    ///
    /// # Errors
    ///
    /// If the call fails.
    pub fn snapshots(&self, id: &str) -> Result<Vec<Snapshot>, Error> {
        let call = self.volume_call(Method::Get, id, "/snapshots", "snapshots.list", "list the snapshots of");
        self.client.send::<Option<Vec<Snapshot>>>(&call).map(Option::unwrap_or_default)
    }

    /// Takes a snapshot of a volume.
    ///
    /// # Errors
    ///
    /// If the call fails.
    pub fn create_snapshot(&self, id: &str) -> Result<(), Error> {
        let call = self.volume_call(Method::Post, id, "/snapshots", "snapshots.create", "take a snapshot of");
        self.client.send_only(&call.repeat(Repeat::Freely))
    }
}
