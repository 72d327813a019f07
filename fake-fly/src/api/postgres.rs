//! Managed Postgres: fly-go: `flaps/flaps_managed_postgres.go`.

use serde_json::{Value, json};

use super::{Context, Route, flaps, ok};
use crate::http::Answer;
use crate::refusal::{Refusal, Result, invalid, not_found};
use crate::shape::Shape::{Bool, Count, Object, OneOf, Or, Text};
use crate::shape::{Shape, may, must};
use crate::world::{Cluster, Event, REGIONS};

const CREATE: Shape = Object(&[
    must("org_slug", Text),
    must("region", Text),
    must("plan", OneOf(&["basic", "starter", "launch", "scale", "Performance"])),
    may("name", Text),
    may("disk_size_gb", Count),
    may("pg_major_version", Or(&Count, &Text)),
    may("pool_mode", OneOf(&["session", "transaction"])),
    may("postgis_enabled", Bool),
]);

const ROLE: Shape = OneOf(&["schema_admin", "writer", "reader"]);

pub(super) const ROUTES: &[Route] = &[
    flaps("GET", "/v1/postgres", "postgres.list", list).query(&["org_slug", "include_deleted"]),
    flaps("POST", "/v1/postgres", "postgres.create", create).must(CREATE),
    flaps("GET", "/v1/postgres/{id}", "postgres.get", get),
    flaps("DELETE", "/v1/postgres/{id}", "postgres.delete", delete),
    flaps("GET", "/v1/postgres/{id}/users", "postgres.users", users),
    flaps("POST", "/v1/postgres/{id}/users", "postgres.create_user", create_user)
        .must(Object(&[must("username", Text), must("role", ROLE)])),
    flaps("DELETE", "/v1/postgres/{id}/users/{user}", "postgres.delete_user", delete_user),
    flaps("GET", "/v1/postgres/{id}/users/{user}/credentials", "postgres.credentials", credentials),
    flaps("POST", "/v1/postgres/{id}/users/{user}/rotate_password", "postgres.rotate_password", rotate)
        .may(Object(&[may("kill_sessions", Bool)])),
    flaps("GET", "/v1/postgres/{id}/databases", "postgres.databases", databases),
    flaps("POST", "/v1/postgres/{id}/databases", "postgres.create_database", create_database)
        .must(Object(&[must("name", Text)])),
    flaps("DELETE", "/v1/postgres/{id}/databases/{name}", "postgres.delete_database", delete_database),
    flaps("GET", "/v1/postgres/{id}/attachments", "postgres.attachments", attachments),
    flaps("POST", "/v1/postgres/{id}/attachments", "postgres.attach", attach).must(Object(&[must("app_name", Text)])),
    flaps("DELETE", "/v1/postgres/{id}/attachments/{name}", "postgres.detach", detach),
];

fn list(context: &Context<'_>) -> Result<Answer> {
    let org = context.param("org_slug").ok_or_else(|| invalid("org_slug is required"))?;
    context.check_org(org)?;
    let turn = context.turn();
    let clusters = turn.world.clusters.values().filter(|cluster| cluster.org == org);
    let clusters = clusters.filter(|cluster| context.flag("include_deleted") || cluster.status != "deleted");
    ok(&json!({ "data": clusters.map(Cluster::json).collect::<Vec<_>>() }))
}

fn create(context: &Context<'_>) -> Result<Answer> {
    let org = context.text("org_slug");
    context.check_org(org)?;
    let region = context.text("region");
    if !REGIONS.iter().any(|known| known.code == region && known.postgres) {
        return Err(Refusal::new(422, format!("region {region} has no Managed Postgres")));
    }
    let version = context.body.get("pg_major_version");
    let major_version = version.and_then(|v| v.as_u64().or_else(|| v.as_str()?.parse().ok())).unwrap_or(16);
    if ![16, 17].contains(&major_version) {
        return Err(Refusal::new(422, "pg_major_version must be 16 or 17"));
    }
    let mut turn = context.turn();
    let world = &mut turn.world;
    if !world.orgs.contains_key(org) {
        return Err(not_found("organization not found"));
    }
    let (id, password) = (world.hex(16), world.hex(16));
    let name =
        Some(context.text("name")).filter(|name| !name.is_empty()).map_or_else(|| format!("db-{id}"), str::to_owned);
    let cluster = Cluster {
        id: id.clone(),
        name,
        org: org.to_owned(),
        region: region.to_owned(),
        plan: context.text("plan").to_owned(),
        disk_size_gb: context.count("disk_size_gb").unwrap_or(10),
        major_version,
        postgis: context.is_set("postgis_enabled"),
        status: "creating".to_owned(),
        created_at: world.now,
        users: [("fly-user".to_owned(), ("schema_admin".to_owned(), password))].into(),
        databases: vec!["fly-db".to_owned()],
        attachments: [].into(),
    };
    let json = cluster.json();
    world.clusters.insert(id.clone(), cluster);
    let after = world.timings.cluster;
    world.schedule(after, Event::ClusterReady(id));
    Ok(Answer::json(201, &json!({ "data": json })))
}

/// Does something with the cluster that is meant.
fn with<T>(context: &Context<'_>, work: impl FnOnce(&mut Cluster, String) -> Result<T>) -> Result<T> {
    let mut turn = context.turn();
    let fresh = turn.world.hex(16);
    let cluster = turn.world.clusters.get_mut(context.id()).ok_or_else(|| not_found("cluster not found"))?;
    context.check_org(&cluster.org)?;
    if cluster.status == "deleted" {
        return Err(Refusal::new(410, "cluster was deleted"));
    }
    work(cluster, fresh)
}

fn data(status: u16, data: &Value) -> Answer {
    Answer::json(status, &json!({ "data": data }))
}

fn get(context: &Context<'_>) -> Result<Answer> {
    with(context, |cluster, _| Ok(data(200, &cluster.json())))
}

fn delete(context: &Context<'_>) -> Result<Answer> {
    with(context, |cluster, _| {
        "deleting".clone_into(&mut cluster.status);
        Ok(())
    })?;
    let mut turn = context.turn();
    let after = turn.world.timings.destroying;
    turn.world.schedule(after, Event::ClusterGone(context.id().to_owned()));
    Ok(Answer::empty(202))
}

fn users(context: &Context<'_>) -> Result<Answer> {
    with(context, |cluster, _| {
        let users = cluster.users.iter().map(|(name, (role, _))| json!({ "username": name, "role": role }));
        Ok(data(200, &users.collect()))
    })
}

fn create_user(context: &Context<'_>) -> Result<Answer> {
    with(context, |cluster, password| {
        let (name, role) = (context.text("username").to_owned(), context.text("role").to_owned());
        if cluster.users.contains_key(&name) {
            return Err(Refusal::new(422, "username has already been taken"));
        }
        let json = json!({ "username": name, "role": role });
        cluster.users.insert(name, (role, password));
        Ok(data(201, &json))
    })
}

fn delete_user(context: &Context<'_>) -> Result<Answer> {
    with(context, |cluster, _| {
        cluster.users.remove(context.part("user")).ok_or_else(|| not_found("user not found"))?;
        Ok(Answer::empty(204))
    })
}

fn credentials(context: &Context<'_>) -> Result<Answer> {
    with(context, |cluster, _| {
        if cluster.status != "ready" {
            return Err(Refusal::new(503, "cluster is not ready"));
        }
        let name = context.part("user");
        let (_, password) = cluster.users.get(name).ok_or_else(|| not_found("user not found"))?;
        Ok(data(200, &json!({ "username": name, "password": password })))
    })
}

fn rotate(context: &Context<'_>) -> Result<Answer> {
    with(context, |cluster, fresh| {
        let name = context.part("user");
        let (_, password) = cluster.users.get_mut(name).ok_or_else(|| not_found("user not found"))?;
        *password = fresh;
        Ok(data(200, &json!({ "username": name, "password": password })))
    })
}

fn databases(context: &Context<'_>) -> Result<Answer> {
    with(context, |cluster, _| Ok(data(200, &cluster.databases.iter().map(|name| json!({ "name": name })).collect())))
}

fn create_database(context: &Context<'_>) -> Result<Answer> {
    with(context, |cluster, _| {
        let name = context.text("name").to_owned();
        if cluster.databases.contains(&name) {
            return Err(Refusal::new(422, "name has already been taken"));
        }
        cluster.databases.push(name.clone());
        Ok(data(201, &json!({ "name": name })))
    })
}

fn delete_database(context: &Context<'_>) -> Result<Answer> {
    with(context, |cluster, _| {
        let place = cluster.databases.iter().position(|name| name == context.part("name"));
        cluster.databases.remove(place.ok_or_else(|| not_found("database not found"))?);
        Ok(Answer::empty(204))
    })
}

fn attachment(cluster: &Cluster, app: &str) -> Value {
    let at = cluster.attachments.get(app).map(ToString::to_string);
    json!({ "postgres_cluster_id": cluster.id, "app_name": app, "attached_at": at })
}

fn attachments(context: &Context<'_>) -> Result<Answer> {
    with(context, |cluster, _| Ok(data(200, &cluster.attachments.keys().map(|app| attachment(cluster, app)).collect())))
}

/// Only a record: no secret is set. 201 if it is new, 200 if it was there.
fn attach(context: &Context<'_>) -> Result<Answer> {
    let name = context.text("app_name");
    let now = {
        let turn = context.turn();
        turn.world.app(name)?;
        turn.world.now
    };
    with(context, |cluster, _| {
        let status = if cluster.attachments.contains_key(name) { 200 } else { 201 };
        cluster.attachments.entry(name.to_owned()).or_insert(now);
        Ok(data(status, &attachment(cluster, name)))
    })
}

fn detach(context: &Context<'_>) -> Result<Answer> {
    with(context, |cluster, _| {
        cluster.attachments.remove(context.part("name")).ok_or_else(|| not_found("attachment not found"))?;
        Ok(Answer::empty(204))
    })
}
