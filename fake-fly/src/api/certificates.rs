//! fly-go: `flaps/flaps_certificates.go`.

use serde_json::{Value, json};

use super::{Context, Route, flaps, ok};
use crate::http::Answer;
use crate::refusal::{Refusal, Result, not_found};
use crate::shape::Shape::{Object, Text};
use crate::shape::must;
use crate::world::Certificate;

pub(super) const ROUTES: &[Route] = &[
    flaps("GET", "/v1/apps/{app}/certificates", "certificates.list", list).query(&["filter", "cursor", "limit"]),
    flaps("POST", "/v1/apps/{app}/certificates/acme", "certificates.acme", acme)
        .must(Object(&[must("hostname", Text)])),
    flaps("POST", "/v1/apps/{app}/certificates/custom", "certificates.custom", custom).must(Object(&[
        must("hostname", Text),
        must("fullchain", Text),
        must("private_key", Text),
    ])),
    flaps("GET", "/v1/apps/{app}/certificates/{id}", "certificates.get", get),
    flaps("DELETE", "/v1/apps/{app}/certificates/{id}", "certificates.delete", delete),
    flaps("POST", "/v1/apps/{app}/certificates/{id}/check", "certificates.check", get),
    flaps("DELETE", "/v1/apps/{app}/certificates/{id}/acme", "certificates.delete_acme", delete),
    flaps("DELETE", "/v1/apps/{app}/certificates/{id}/custom", "certificates.delete_custom", delete),
];

fn list(context: &Context<'_>) -> Result<Answer> {
    let turn = context.turn();
    let app = turn.world.app(context.app())?;
    let all: Vec<_> = app.certificates.iter().map(|(hostname, certificate)| certificate.json(hostname, app)).collect();
    ok(&json!({ "total_count": all.len(), "certificates": all, "next_cursor": Value::Null }))
}

fn acme(context: &Context<'_>) -> Result<Answer> {
    add(context, true)
}

fn custom(context: &Context<'_>) -> Result<Answer> {
    if !context.text("private_key").contains("PRIVATE KEY") || !context.text("fullchain").contains("CERTIFICATE") {
        return Err(Refusal::new(422, "invalid certificate or private key"));
    }
    add(context, false)
}

fn add(context: &Context<'_>, acme: bool) -> Result<Answer> {
    let hostname = context.text("hostname");
    if !hostname.contains('.') || hostname.contains(['/', ' ']) {
        return Err(Refusal::new(422, "Validation failed: Hostname is invalid"));
    }
    let mut turn = context.turn();
    let created_at = turn.world.now;
    let app = turn.world.app_mut(context.app())?;
    app.certificates.insert(hostname.to_owned(), Certificate { acme, created_at });
    let json = app.certificates.get(hostname).map(|certificate| certificate.json(hostname, app));
    Ok(Answer::json(201, &json.unwrap_or_default()))
}

fn get(context: &Context<'_>) -> Result<Answer> {
    let turn = context.turn();
    let app = turn.world.app(context.app())?;
    let certificate = app.certificates.get(context.id()).ok_or_else(|| not_found("certificate not found"))?;
    ok(&certificate.json(context.id(), app))
}

fn delete(context: &Context<'_>) -> Result<Answer> {
    let mut turn = context.turn();
    let app = turn.world.app_mut(context.app())?;
    app.certificates.remove(context.id()).ok_or_else(|| not_found("certificate not found"))?;
    Ok(Answer::empty(204))
}
