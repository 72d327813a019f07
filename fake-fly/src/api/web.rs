//! The REST part of api.fly.io: superfly/flyctl: `internal/uiex`; fly-go: `resource_logs.go`. And what
//! flyctl reports to, which is thrown away.

use serde_json::{Value, json};

use super::{Context, Route, ok, web};
use crate::http::Answer;
use crate::refusal::{Result, invalid, not_found};
use crate::shape::Shape::{Any, Count, Object, OneOf, Text};
use crate::shape::{Shape, TEXTS, may, must};
use crate::world::{Org, Release, World};

const RELEASE: Shape = Object(&[
    must("app_name", Text),
    may("build_id", Count),
    may("definition", Any),
    may("image", Text),
    may("strategy", OneOf(&["ROLLING", "IMMEDIATE", "CANARY", "BLUEGREEN", "ROLLING_ONE", "SIMPLE", ""])),
]);

const CHANGE: Shape =
    Object(&[must("status", OneOf(&["running", "complete", "failed", "interrupted"])), may("metadata", Any)]);

const BUILD: Shape = Object(&[
    must("app_name", Text),
    may("builder_type", Text),
    may("machine_id", Text),
    may("strategies_available", TEXTS),
]);

const BUILT: Shape = Object(&[
    must("build_id", Count),
    may("app_name", Text),
    may("machine_id", Text),
    may("status", Text),
    may("strategies_attempted", Any),
    may("builder_meta", Any),
    may("final_image", Any),
    may("timings", Any),
    may("logs", Text),
]);

pub(super) const ROUTES: &[Route] = &[
    web("POST", "/api/v1/releases", "releases.create", create_release).must(RELEASE),
    web("PATCH", "/api/v1/releases/{id}", "releases.update", update_release).must(CHANGE),
    web("GET", "/api/v1/releases/all_current", "releases.all_current", all_current),
    web("GET", "/api/v1/apps/{app}/releases", "releases.list", releases).query(&["limit"]),
    web("GET", "/api/v1/apps/{app}/releases/current", "releases.current", current_release),
    web("GET", "/api/v1/apps/{app}/logs", "logs.list", logs).query(&["next_token", "instance", "region"]),
    web("GET", "/api/v1/organizations", "organizations.list", organizations).query(&["admin"]),
    web("GET", "/api/v1/organizations/{org}", "organizations.get", organization),
    web("POST", "/api/v1/builds", "builds.create", create_build).must(BUILD),
    web("POST", "/api/v1/builds/finish", "builds.finish", finish_build).must(BUILT),
    web("POST", "/metrics_post", "side.metrics", ignored).may(Any).open(),
    web("POST", "/metrics", "side.metrics_v1", ignored).may(Any).open(),
    web("POST", "/events", "side.events", ignored).may(Any).open(),
    web("POST", "/api/v1/events", "side.api_events", ignored).may(Any).open(),
];

fn ignored(_: &Context<'_>) -> Result<Answer> {
    ok(&json!({}))
}

/// The app's versions count from 1.
fn create_release(context: &Context<'_>) -> Result<Answer> {
    let mut turn = context.turn();
    let (id, created_at) = (format!("rel{}", turn.world.hex(12)), turn.world.now);
    context.check_app(turn.world.app(context.text("app_name"))?)?;
    let app = turn.world.app_mut(context.text("app_name"))?;
    let release = Release {
        id,
        version: app.releases.last().map_or(0, |release| release.version) + 1,
        status: "pending".to_owned(),
        strategy: context.text("strategy").to_owned(),
        user: context.user.clone(),
        image: context.text("image").to_owned(),
        definition: context.body.get("definition").cloned().unwrap_or_default(),
        metadata: Value::Null,
        created_at,
    };
    let json = release.json();
    app.releases.push(release);
    ok(&json!({ "release": json }))
}

/// The release itself, without an envelope.
fn update_release(context: &Context<'_>) -> Result<Answer> {
    let mut turn = context.turn();
    let apps = turn.world.apps.values_mut();
    let mut all = apps.flat_map(|app| app.releases.iter_mut());
    let release = all.find(|release| release.id == context.id()).ok_or_else(|| not_found("release not found"))?;
    context.text("status").clone_into(&mut release.status);
    if let Some(metadata) = context.body.get("metadata").filter(|metadata| !metadata.is_null()) {
        release.metadata = metadata.clone();
    }
    ok(&release.json())
}

/// The newest first.
fn releases(context: &Context<'_>) -> Result<Answer> {
    let turn = context.turn();
    let limit = match context.param("limit").map(str::parse::<usize>) {
        None => 25,
        Some(Ok(limit)) => limit,
        Some(Err(_)) => return Err(invalid("limit must be a number")),
    };
    let releases = turn.world.app(context.app())?.releases.iter().rev().take(limit);
    ok(&json!({ "releases": releases.map(Release::json).collect::<Vec<_>>() }))
}

fn current_release(context: &Context<'_>) -> Result<Answer> {
    let turn = context.turn();
    let release = turn.world.app(context.app())?.releases.last();
    ok(&release.ok_or_else(|| not_found("no release"))?.json())
}

fn all_current(context: &Context<'_>) -> Result<Answer> {
    let turn = context.turn();
    let newest = turn.world.apps.values().filter_map(|app| Some((app.name.clone(), app.releases.last()?)));
    ok(&newest.map(|(name, release)| (name, json!(release.created_at.to_string()))).collect())
}

/// fly-go: `resource_logs.go` and `LogEntry`. The token is the number of the last line that was seen.
fn logs(context: &Context<'_>) -> Result<Answer> {
    let turn = context.turn();
    let app = turn.world.app(context.app())?;
    let seen = context.param("next_token").and_then(|token| token.parse::<u64>().ok()).unwrap_or(0);
    let lines = app.logs.iter().filter(|line| {
        line.number > seen
            && context.param("instance").is_none_or(|instance| instance == line.machine)
            && context.param("region").is_none_or(|region| region == line.region)
    });
    let lines: Vec<_> = lines.take(100).collect();
    let next = lines.last().map_or(seen, |line| line.number);
    let data = lines.iter().map(|line| {
        json!({
            "id": line.number.to_string(),
            "type": "log",
            "attributes": {
                "timestamp": line.at.to_string(), "message": line.message, "level": "info",
                "instance": line.machine, "region": line.region,
                "meta": { "instance": line.machine, "region": line.region, "event": { "provider": "app" } },
            },
        })
    });
    ok(&json!({ "data": data.collect::<Vec<_>>(), "meta": { "next_token": next.to_string() } }))
}

/// superfly/flyctl: `internal/uiex/organizations.go`.
fn org_json(slug: &str, org: &Org) -> Value {
    json!({
        "id": org.id,
        "internal_numeric_id": org.number,
        "slug": slug,
        "raw_slug": slug,
        "name": org.name,
        "personal": org.personal,
        "paid_plan": true,
        "billable": true,
        "billing_status": "CURRENT",
        "remote_builder_image": "",
        "provisions_beta_extensions": false,
    })
}

fn organizations(context: &Context<'_>) -> Result<Answer> {
    let turn = context.turn();
    let orgs = turn.world.orgs.iter().filter(|(slug, _)| context.check_org(slug).is_ok());
    ok(&json!({ "organizations": orgs.map(|(slug, org)| org_json(slug, org)).collect::<Vec<_>>() }))
}

fn organization(context: &Context<'_>) -> Result<Answer> {
    let turn = context.turn();
    let slug = context.part("org");
    let org = turn.world.orgs.get(slug).ok_or_else(|| not_found("organization not found"))?;
    ok(&json!({ "organization": org_json(slug, org) }))
}

fn build_json(world: &World, id: u64) -> Value {
    json!({ "id": id, "status": world.builds.get(&id), "wallclock_time_ms": 1000 })
}

fn create_build(context: &Context<'_>) -> Result<Answer> {
    let mut turn = context.turn();
    turn.world.app(context.text("app_name"))?;
    let id = turn.world.next();
    turn.world.builds.insert(id, "started".to_owned());
    ok(&build_json(&turn.world, id))
}

fn finish_build(context: &Context<'_>) -> Result<Answer> {
    let mut turn = context.turn();
    let id = context.count("build_id").unwrap_or_default();
    let build = turn.world.builds.get_mut(&id).ok_or_else(|| not_found("build not found"))?;
    context.text("status").clone_into(build);
    ok(&build_json(&turn.world, id))
}
