//! fly-go: `flaps/flaps_volumes.go`; <https://fly.io/docs/machines/api/volumes-resource/>.

use serde_json::{Value, json};

use super::{Context, Route, flaps, ok};
use crate::config::GUEST;
use crate::http::Answer;
use crate::refusal::{Result, invalid};
use crate::shape::Shape::{Bool, Count, Object, OneOf, Text};
use crate::shape::{Shape, may, must};
use crate::world::{NewVolume, RETENTIONS};

const CREATE: Shape = Object(&[
    must("name", Text),
    may("region", Text),
    may("size_gb", Count),
    may("encrypted", Bool),
    may("require_unique_zone", Bool),
    may("unique_zone_app_wide", Bool),
    may("snapshot_retention", Count),
    may("auto_backup_enabled", Bool),
    may("fstype", OneOf(&["ext4", "raw", ""])),
    may("snapshot_id", Text),
    may("source_volume_id", Text),
    may("compute", GUEST),
    may("compute_image", Text),
    may("machines_only", Bool),
]);

pub(super) const ROUTES: &[Route] = &[
    flaps("GET", "/v1/apps/{app}/volumes", "volumes.list", list).query(&["summary"]),
    flaps("POST", "/v1/apps/{app}/volumes", "volumes.create", create).must(CREATE),
    flaps("GET", "/v1/apps/{app}/volumes/{id}", "volumes.get", get),
    flaps("PUT", "/v1/apps/{app}/volumes/{id}", "volumes.update", update)
        .must(Object(&[may("snapshot_retention", Count), may("auto_backup_enabled", Bool)])),
    flaps("DELETE", "/v1/apps/{app}/volumes/{id}", "volumes.delete", delete),
    flaps("PUT", "/v1/apps/{app}/volumes/{id}/extend", "volumes.extend", extend)
        .must(Object(&[must("size_gb", Count)])),
    flaps("GET", "/v1/apps/{app}/volumes/{id}/snapshots", "snapshots.list", snapshots),
    flaps("POST", "/v1/apps/{app}/volumes/{id}/snapshots", "snapshots.create", create_snapshot),
];

fn list(context: &Context<'_>) -> Result<Answer> {
    let turn = context.turn();
    let app = turn.world.app(context.app())?;
    ok(&app.volumes.values().map(|volume| turn.world.volume_json(volume)).collect())
}

fn create(context: &Context<'_>) -> Result<Answer> {
    let mut turn = context.turn();
    let flag = |key: &str, otherwise| context.body.get(key).and_then(Value::as_bool).unwrap_or(otherwise);
    let some = |key: &str| Some(context.text(key)).filter(|text| !text.is_empty()).map(str::to_owned);
    let (source, snapshot) = (some("source_volume_id"), some("snapshot_id"));
    let new = NewVolume {
        name: context.text("name"),
        region: context.text("region"),
        size_gb: context.count("size_gb"),
        encrypted: flag("encrypted", true),
        unique_zone: flag("require_unique_zone", true),
        fstype: context.text("fstype"),
        snapshot_retention: context.count("snapshot_retention"),
        auto_backup: flag("auto_backup_enabled", true),
        source: source.as_deref(),
        snapshot: snapshot.as_deref(),
    };
    let volume = turn.world.create_volume(context.app(), &new)?;
    ok(&turn.world.volume_json(&volume))
}

fn get(context: &Context<'_>) -> Result<Answer> {
    let mut turn = context.turn();
    let volume = turn.world.volume_mut(context.app(), context.id())?.clone();
    ok(&turn.world.volume_json(&volume))
}

fn update(context: &Context<'_>) -> Result<Answer> {
    let mut turn = context.turn();
    let volume = turn.world.volume_mut(context.app(), context.id())?;
    if let Some(days) = context.count("snapshot_retention") {
        if !RETENTIONS.contains(&days) {
            return Err(invalid("invalid_argument: snapshot_retention must be between 1 and 60"));
        }
        volume.snapshot_retention = days;
    }
    if let Some(enabled) = context.body.get("auto_backup_enabled").and_then(Value::as_bool) {
        volume.auto_backup = enabled;
    }
    let volume = volume.clone();
    ok(&turn.world.volume_json(&volume))
}

fn delete(context: &Context<'_>) -> Result<Answer> {
    let mut turn = context.turn();
    let volume = turn.world.delete_volume(context.app(), context.id())?;
    ok(&turn.world.volume_json(&volume))
}

fn extend(context: &Context<'_>) -> Result<Answer> {
    let mut turn = context.turn();
    let size = context.count("size_gb").unwrap_or_default();
    let needs_restart = turn.world.extend_volume(context.app(), context.id(), size)?;
    let volume = turn.world.volume_mut(context.app(), context.id())?.clone();
    ok(&json!({ "volume": turn.world.volume_json(&volume), "needs_restart": needs_restart }))
}

/// fly-go: `VolumeSnapshot`.
fn snapshots(context: &Context<'_>) -> Result<Answer> {
    let mut turn = context.turn();
    let volume = turn.world.volume_mut(context.app(), context.id())?;
    let snapshots = volume.snapshots.iter().map(|(id, at)| {
        json!({
            "id": id, "size": 1024, "volume_size": volume.size_gb << 30, "digest": "9f",
            "created_at": at.to_string(), "status": "created", "retention_days": volume.snapshot_retention,
        })
    });
    ok(&snapshots.collect())
}

fn create_snapshot(context: &Context<'_>) -> Result<Answer> {
    let mut turn = context.turn();
    let (id, at) = (format!("vs_{}", turn.world.hex(16)), turn.world.now);
    turn.world.volume_mut(context.app(), context.id())?.snapshots.push((id, at));
    Ok(Answer::empty(200))
}
