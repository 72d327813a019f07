//! The fake's own calls, for what is not a test in Rust: what goes wrong, how time passes, what was asked.
#![allow(clippy::unnecessary_wraps, reason = "all handlers have the same type")]

use std::time::Duration;

use serde::de::DeserializeOwned;
use serde_json::{Value, json};

use super::{Context, Route, ok, web};
use crate::http::Answer;
use crate::refusal::{Result, invalid};
use crate::shape::Shape::{Any, Count, Object, Text};
use crate::shape::{may, must};
use crate::world::Access;

pub(super) const ROUTES: &[Route] = &[
    web("GET", "/_fake", "fake.help", help).open(),
    web("GET", "/_fake/calls", "fake.calls", calls).open(),
    web("DELETE", "/_fake/calls", "fake.forget_calls", forget_calls).open(),
    web("GET", "/_fake/faults", "fake.faults", faults).open(),
    web("POST", "/_fake/faults", "fake.add_fault", add_fault).must(Any).open(),
    web("DELETE", "/_fake/faults", "fake.clear_faults", clear_faults).open(),
    web("GET", "/_fake/conditions", "fake.conditions", conditions).open(),
    web("PUT", "/_fake/conditions", "fake.set_conditions", set_conditions).must(Any).open(),
    web("GET", "/_fake/timings", "fake.timings", timings).open(),
    web("PUT", "/_fake/timings", "fake.set_timings", set_timings).must(Any).open(),
    web("GET", "/_fake/programs", "fake.programs", programs).open(),
    web("PUT", "/_fake/programs", "fake.set_programs", set_programs).must(Any).open(),
    web("GET", "/_fake/clock", "fake.clock", clock).open(),
    web("POST", "/_fake/clock", "fake.advance", advance).must(Object(&[must("advance_seconds", Count)])).open(),
    web("POST", "/_fake/idle", "fake.idle", idle).must(Object(&[must("app", Text)])).open(),
    web("POST", "/_fake/visit", "fake.visit", visit).must(Object(&[must("app", Text)])).open(),
    web("POST", "/_fake/organizations", "fake.add_org", add_org).must(Object(&[must("slug", Text)])).open(),
    web("POST", "/_fake/tokens", "fake.add_token", add_token)
        .must(Object(&[must("token", Text), may("access", Any)]))
        .open(),
];

fn help(_: &Context<'_>) -> Result<Answer> {
    let calls = super::names().filter(|(name, ..)| !name.starts_with("side."));
    ok(&calls.map(|(name, method, path)| (name.to_owned(), json!(format!("{method} {path}")))).collect())
}

fn calls(context: &Context<'_>) -> Result<Answer> {
    json_of(&context.turn().calls.iter().collect::<Vec<_>>())
}

fn forget_calls(context: &Context<'_>) -> Result<Answer> {
    context.turn().calls.clear();
    Ok(Answer::empty(204))
}

fn json_of(value: &impl serde::Serialize) -> Result<Answer> {
    ok(&serde_json::to_value(value).map_err(|error| invalid(error.to_string()))?)
}

fn read<T: DeserializeOwned>(value: &Value) -> Result<T> {
    serde_json::from_value(value.clone()).map_err(|error| invalid(error.to_string()))
}

/// What is there, with what is given put over it.
fn changed<T: serde::Serialize + DeserializeOwned>(there: &T, given: &Value) -> Result<T> {
    let mut all = serde_json::to_value(there).map_err(|error| invalid(error.to_string()))?;
    match (all.as_object_mut(), given.as_object()) {
        (Some(all), Some(given)) => all.extend(given.clone()),
        _ => return Err(invalid("expected an object")),
    }
    read(&all)
}

fn faults(context: &Context<'_>) -> Result<Answer> {
    json_of(&context.turn().faults.coming())
}

fn add_fault(context: &Context<'_>) -> Result<Answer> {
    let fault = read(&context.body)?;
    context.turn().faults.add(fault);
    Ok(Answer::empty(204))
}

fn clear_faults(context: &Context<'_>) -> Result<Answer> {
    context.turn().faults.clear();
    Ok(Answer::empty(204))
}

fn conditions(context: &Context<'_>) -> Result<Answer> {
    json_of(&context.turn().world.conditions)
}

fn set_conditions(context: &Context<'_>) -> Result<Answer> {
    let mut turn = context.turn();
    turn.world.conditions = changed(&turn.world.conditions, &context.body)?;
    json_of(&turn.world.conditions)
}

fn timings(context: &Context<'_>) -> Result<Answer> {
    json_of(&context.turn().world.timings)
}

fn set_timings(context: &Context<'_>) -> Result<Answer> {
    let mut turn = context.turn();
    turn.world.timings = changed(&turn.world.timings, &context.body)?;
    json_of(&turn.world.timings)
}

fn programs(context: &Context<'_>) -> Result<Answer> {
    json_of(&context.turn().world.programs)
}

fn set_programs(context: &Context<'_>) -> Result<Answer> {
    context.turn().world.programs = read(&context.body)?;
    Ok(Answer::empty(204))
}

fn clock(context: &Context<'_>) -> Result<Answer> {
    ok(&json!({ "now": context.turn().world.now.to_string() }))
}

fn advance(context: &Context<'_>) -> Result<Answer> {
    let time = Duration::from_secs(context.count("advance_seconds").unwrap_or_default());
    let mut turn = context.turn();
    turn.advance(time);
    ok(&json!({ "now": turn.world.now.to_string() }))
}

fn idle(context: &Context<'_>) -> Result<Answer> {
    context.turn().world.fall_idle(context.text("app"));
    Ok(Answer::empty(204))
}

fn visit(context: &Context<'_>) -> Result<Answer> {
    let machine = context.turn().world.serve(context.text("app"))?;
    ok(&json!({ "machine": machine }))
}

fn add_org(context: &Context<'_>) -> Result<Answer> {
    context.turn().world.add_org(context.text("slug"), false);
    Ok(Answer::empty(204))
}

fn add_token(context: &Context<'_>) -> Result<Answer> {
    let access = context.body.get("access").filter(|access| !access.is_null());
    let access = access.map_or(Ok(Access::Everything), read)?;
    context.turn().world.add_token(context.text("token"), access);
    Ok(Answer::empty(204))
}
