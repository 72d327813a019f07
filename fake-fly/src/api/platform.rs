//! fly-go: `flaps/flaps_platform.go`, and the inventory of an organization.

use serde_json::{Value, json};

use super::{Context, Route, flaps, ok};
use crate::config::GUEST;
use crate::http::Answer;
use crate::refusal::{Refusal, Result, not_found};
use crate::shape::Shape::{Any, Count, Object, Text};
use crate::shape::{Shape, may, must};
use crate::world::{NEAREST, Phase, REGIONS};

const PLACEMENT: Shape = Object(&[
    must("org_slug", Text),
    may("region", Text),
    may("count", Count),
    may("compute", GUEST),
    may("volume_name", Text),
    may("volume_size_bytes", Count),
    may("weights", Any),
]);

pub(super) const ROUTES: &[Route] = &[
    flaps("GET", "/v1/platform/regions", "platform.regions", regions).query(&[
        "size",
        "cpu_kind",
        "memory_mb",
        "cpus",
        "gpus",
        "gpu_kind",
    ]),
    flaps("POST", "/v1/platform/placements", "platform.placements", placements).must(PLACEMENT),
    flaps("GET", "/v1/orgs/{org}/machines", "orgs.machines", machines).query(&[
        "cursor",
        "updated_after",
        "limit",
        "include_deleted",
        "region",
        "state",
    ]),
    flaps("GET", "/v1/orgs/{org}/volumes", "orgs.volumes", volumes).query(&["cursor", "limit", "region", "state"]),
];

/// How many machines fit where there is room.
const ROOM: u64 = 120;

fn regions(context: &Context<'_>) -> Result<Answer> {
    let turn = context.turn();
    let full = &turn.world.conditions.full_regions;
    let regions = REGIONS.iter().map(|region| {
        json!({
            "code": region.code,
            "name": region.name,
            "latitude": region.latitude,
            "longitude": region.longitude,
            "gateway_available": true,
            "requires_paid_plan": false,
            "deprecated": false,
            "geo_region": region.geo,
            "mpg_available": region.postgres,
            "capacity": if full.contains(region.code) { 0 } else { ROOM },
        })
    });
    ok(&json!({ "nearest": NEAREST, "regions": regions.collect::<Vec<_>>() }))
}

/// What would fit; nothing is reserved. A count of 0 asks for the limit.
fn placements(context: &Context<'_>) -> Result<Answer> {
    context.check_org(context.text("org_slug"))?;
    let turn = context.turn();
    let wanted = Some(context.text("region")).filter(|region| !region.is_empty()).unwrap_or("any");
    let count = context.count("count").filter(|count| *count > 0).unwrap_or(ROOM);
    let mut regions = Vec::new();
    for word in wanted.split(',') {
        match turn.world.place(word.trim()) {
            Ok(region) => regions.push(json!({ "region": region, "count": count, "concurrency": 4 })),
            Err(refusal) if refusal.status == 422 => {}
            Err(refusal) => return Err(refusal),
        }
    }
    if regions.is_empty() {
        return Err(Refusal::new(422, "insufficient capacity in the regions asked for").code("insufficient_capacity"));
    }
    ok(&json!({ "regions": regions }))
}

fn machines(context: &Context<'_>) -> Result<Answer> {
    let turn = context.turn();
    check(context, &turn)?;
    let states = context.param("state").map(|states| states.split(',').collect::<Vec<_>>());
    let mut all = Vec::new();
    for app in turn.world.apps.values().filter(|app| app.org == context.part("org")) {
        for machine in app.machines.values() {
            let is_wanted = (context.flag("include_deleted") || machine.phase != Phase::Destroyed)
                && context.param("region").is_none_or(|region| region == machine.region)
                && states.as_ref().is_none_or(|states| states.contains(&machine.phase.name()));
            if is_wanted {
                all.push(with_app(turn.world.machine_json(app, machine), &app.name));
            }
        }
    }
    page(context, "machines", &all)
}

fn volumes(context: &Context<'_>) -> Result<Answer> {
    let turn = context.turn();
    check(context, &turn)?;
    let apps = turn.world.apps.values().filter(|app| app.org == context.part("org"));
    let all: Vec<_> = apps
        .flat_map(|app| app.volumes.values().map(|volume| with_app(turn.world.volume_json(volume), &app.name)))
        .filter(|volume| context.param("region").is_none_or(|region| volume["region"] == region))
        .collect();
    page(context, "volumes", &all)
}

fn check(context: &Context<'_>, turn: &super::Turn<'_>) -> Result<()> {
    if !turn.world.orgs.contains_key(context.part("org")) {
        return Err(not_found("organization not found"));
    }
    context.check_org(context.part("org"))
}

fn with_app(mut json: Value, app: &str) -> Value {
    if let Some(object) = json.as_object_mut() {
        object.insert("app_name".to_owned(), json!(app));
    }
    json
}

/// Part of a long list. The cursor is the number of what came before.
fn page(context: &Context<'_>, name: &str, all: &[Value]) -> Result<Answer> {
    let start = context.param("cursor").and_then(|cursor| cursor.parse().ok()).unwrap_or(0);
    let limit = context.param("limit").and_then(|limit| limit.parse().ok()).unwrap_or(1000_usize).clamp(1, 1000);
    let items: Vec<_> = all.iter().skip(start).take(limit).cloned().collect();
    let next = start + items.len();
    let cursor = if next < all.len() { json!(next.to_string()) } else { Value::Null };
    ok(&json!({ name: items, "next_cursor": cursor, "error_regions": [], "last_machine_id": Value::Null }))
}
