//! fly-go: `flaps/flaps_machines.go`, `AcquireLease` and what follows it.

use std::time::Duration;

use serde_json::{Value, json};

use super::{Context, Route, flaps, ok};
use crate::http::Answer;
use crate::refusal::{Result, invalid, not_found};
use crate::shape::Shape::{Count, Object, Text};
use crate::shape::may;
use crate::world::{Lease, Machine};

pub(super) const ROUTES: &[Route] = &[
    flaps("POST", "/v1/apps/{app}/machines/{id}/lease", "leases.acquire", acquire)
        .query(&["ttl"])
        .may(Object(&[may("ttl", Count), may("description", Text)])),
    flaps("GET", "/v1/apps/{app}/machines/{id}/lease", "leases.get", get),
    flaps("DELETE", "/v1/apps/{app}/machines/{id}/lease", "leases.release", release),
];

/// <https://fly.io/docs/machines/api/machines-resource/>, "Machine leases".
const USUAL: u64 = 60;

/// With the nonce of a lease, it is renewed. fly-go wants the envelope.
fn acquire(context: &Context<'_>) -> Result<Answer> {
    let ttl = match context.param("ttl").map(str::parse::<u64>) {
        Some(Err(_)) => return Err(invalid("invalid_argument: ttl must be a number of seconds")),
        Some(Ok(ttl)) => Some(ttl),
        None => context.count("ttl"),
    };
    let ttl = Duration::from_secs(ttl.filter(|ttl| *ttl > 0).unwrap_or(USUAL));
    let mut turn = context.turn();
    let (app, id, description) = (context.app(), context.id(), context.text("description"));
    let lease = turn.world.lease(app, id, context.nonce(), ttl, &context.owner, description)?;
    let machine = turn.world.machine(app, id)?;
    Ok(Answer::json(201, &envelope(&lease, machine, true)))
}

fn envelope(lease: &Lease, machine: &Machine, with_nonce: bool) -> Value {
    let mut data = json!({
        "expires_at": lease.expires.seconds(),
        "owner": lease.owner,
        "description": lease.description,
        "version": machine.version.id,
    });
    if let (true, Some(object)) = (with_nonce, data.as_object_mut()) {
        object.insert("nonce".to_owned(), json!(lease.nonce));
    }
    json!({ "status": "success", "data": data })
}

fn get(context: &Context<'_>) -> Result<Answer> {
    let turn = context.turn();
    let machine = turn.world.machine(context.app(), context.id())?;
    let lease = machine.lease(turn.world.now).ok_or_else(|| not_found("lease not found"))?;
    ok(&envelope(lease, machine, false))
}

fn release(context: &Context<'_>) -> Result<Answer> {
    let mut turn = context.turn();
    let now = turn.world.now;
    let machine = turn.world.machine_mut(context.app(), context.id())?;
    let Some(nonce) = context.nonce() else { return Err(invalid("invalid_argument: lease nonce is required")) };
    if machine.lease(now).is_none_or(|lease| lease.nonce != nonce) {
        return Err(not_found("lease not found"));
    }
    machine.lease = None;
    ok(&json!({ "status": "success", "data": { "ok": true } }))
}
