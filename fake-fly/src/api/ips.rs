//! fly-go: `flaps/flaps_ip_assignments.go`.

use serde_json::json;

use super::{Context, Route, flaps, ok};
use crate::http::Answer;
use crate::refusal::{Result, not_found};
use crate::shape::Shape::{Object, OneOf, Text};
use crate::shape::{Shape, may, must};

const KINDS: &[&str] = &["v4", "v6", "shared_v4", "private_v6", "egress_v4", "egress_v6", "egress_pair"];

const ASSIGN: Shape = Object(&[
    must("type", OneOf(KINDS)),
    may("region", Text),
    may("org_slug", Text),
    may("network", Text),
    may("service_name", Text),
]);

pub(super) const ROUTES: &[Route] = &[
    flaps("GET", "/v1/apps/{app}/ip_assignments", "ips.list", list),
    flaps("POST", "/v1/apps/{app}/ip_assignments", "ips.assign", assign).must(ASSIGN),
    flaps("DELETE", "/v1/apps/{app}/ip_assignments/{id}", "ips.release", release),
];

fn list(context: &Context<'_>) -> Result<Answer> {
    let turn = context.turn();
    let addresses = &turn.world.app(context.app())?.addresses;
    ok(&json!({ "ips": addresses.iter().map(crate::world::Address::json).collect::<Vec<_>>() }))
}

fn assign(context: &Context<'_>) -> Result<Answer> {
    let mut turn = context.turn();
    let (kind, region, service) = (context.text("type"), context.text("region"), context.text("service_name"));
    if kind == "egress_pair" {
        let v4 = turn.world.allocate(context.app(), "egress_v4", region, service)?;
        let v6 = turn.world.allocate(context.app(), "egress_v6", region, service)?;
        return ok(
            &json!({ "ip_pair": { "v4": v4.ip, "v6": v6.ip }, "created_at": v4.created_at.to_string(), "egress": true }),
        );
    }
    ok(&turn.world.allocate(context.app(), kind, region, service)?.json())
}

fn release(context: &Context<'_>) -> Result<Answer> {
    let mut turn = context.turn();
    let addresses = &mut turn.world.app_mut(context.app())?.addresses;
    let place = addresses.iter().position(|address| address.ip == context.id());
    addresses.remove(place.ok_or_else(|| not_found("IP address not found"))?);
    Ok(Answer::empty(204))
}
