//! fly-go: `flaps/flaps_secrets.go`.

use serde_json::{Value, json};

use super::{Context, Route, flaps, ok};
use crate::http::Answer;
use crate::refusal::{Result, invalid, not_found, precondition};
use crate::shape::Shape::{Map, Object, Text};
use crate::shape::must;
use crate::world::Secrets;

/// One source calls the least version `min_version`, and the other `version`.
const LEAST: &[&str] = &["min_version", "version", "show_secrets"];

pub(super) const ROUTES: &[Route] = &[
    flaps("GET", "/v1/apps/{app}/secrets", "secrets.list", list).query(LEAST),
    flaps("POST", "/v1/apps/{app}/secrets", "secrets.set", set).must(Object(&[must("values", Map(&Text))])),
    flaps("GET", "/v1/apps/{app}/secrets/{id}", "secrets.get", get).query(LEAST),
    flaps("POST", "/v1/apps/{app}/secrets/{id}", "secrets.set_one", set_one).must(Object(&[must("value", Text)])),
    flaps("DELETE", "/v1/apps/{app}/secrets/{id}", "secrets.delete", delete),
];

/// Values are shown only inside machines, so never here.
fn list(context: &Context<'_>) -> Result<Answer> {
    let turn = context.turn();
    let secrets = &turn.world.app(context.app())?.secrets;
    check_least(context, secrets)?;
    ok(&json!({ "secrets": secrets.list() }))
}

fn check_least(context: &Context<'_>, secrets: &Secrets) -> Result<()> {
    let least = context.param("min_version").or_else(|| context.param("version"));
    let least = least.map_or(Ok(0), str::parse::<u64>);
    let least = least.map_err(|_| invalid("invalid_argument: the version must be a number"))?;
    if least > secrets.version {
        return Err(precondition(&format!("secrets are at version {}", secrets.version)));
    }
    Ok(())
}

/// All of them in one version. `null` removes.
fn set(context: &Context<'_>) -> Result<Answer> {
    let mut turn = context.turn();
    let now = turn.world.now;
    let secrets = &mut turn.world.app_mut(context.app())?.secrets;
    let values = context.body.get("values").and_then(Value::as_object).into_iter().flatten();
    let values: Vec<_> = values.map(|(name, value)| (name.clone(), value.as_str().map(str::to_owned))).collect();
    if let Some((name, _)) = values.iter().find(|(name, _)| !is_name(name)) {
        return Err(invalid(format!("invalid_argument: {name} is no name for a secret")));
    }
    secrets.change(values, now);
    ok(&json!({ "secrets": secrets.list(), "version": secrets.version }))
}

fn is_name(name: &str) -> bool {
    !name.is_empty() && name.chars().all(|c| c.is_ascii_alphanumeric() || matches!(c, '_' | '.' | '-'))
}

fn entry(secrets: &Secrets, name: &str) -> Result<Value> {
    let entry = secrets.entries.get(name).ok_or_else(|| not_found("secret not found"))?;
    Ok(Secrets::entry(name, entry))
}

fn get(context: &Context<'_>) -> Result<Answer> {
    let turn = context.turn();
    let secrets = &turn.world.app(context.app())?.secrets;
    check_least(context, secrets)?;
    ok(&entry(secrets, context.id())?)
}

fn set_one(context: &Context<'_>) -> Result<Answer> {
    let mut turn = context.turn();
    let now = turn.world.now;
    let secrets = &mut turn.world.app_mut(context.app())?.secrets;
    secrets.change([(context.id().to_owned(), Some(context.text("value").to_owned()))], now);
    let mut json = entry(secrets, context.id())?;
    if let Some(object) = json.as_object_mut() {
        object.insert("version".to_owned(), json!(secrets.version));
    }
    Ok(Answer::json(201, &json))
}

fn delete(context: &Context<'_>) -> Result<Answer> {
    let mut turn = context.turn();
    let now = turn.world.now;
    let secrets = &mut turn.world.app_mut(context.app())?.secrets;
    entry(secrets, context.id())?;
    secrets.change([(context.id().to_owned(), None)], now);
    ok(&json!({ "version": secrets.version }))
}
