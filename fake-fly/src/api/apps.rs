//! fly-go: `flaps/flaps_apps.go`; <https://fly.io/docs/machines/api/apps-resource/>.

use serde_json::json;

use super::{Context, Route, flaps, ok};
use crate::http::Answer;
use crate::limits::Rate;
use crate::refusal::{Result, invalid};
use crate::shape::Shape::{Bool, Object, Text};
use crate::shape::{Shape, may};
use crate::world::Access;

/// `app_name` is what older pages call the name.
const CREATE: Shape = Object(&[
    may("name", Text),
    may("app_name", Text),
    may("org_slug", Text),
    may("network", Text),
    may("app_role_id", Text),
    may("enable_subdomains", Bool),
    may("idempotency_key", Text),
]);

pub(super) const ROUTES: &[Route] = &[
    flaps("POST", "/v1/apps", "apps.create", create).query(&["wait"]).must(CREATE),
    flaps("GET", "/v1/apps", "apps.list", list).query(&["org_slug", "app_role"]),
    flaps("GET", "/v1/apps/{app}", "apps.get", get),
    flaps("DELETE", "/v1/apps/{app}", "apps.delete", delete).query(&["force"]).rate(Rate::DELETE_APP),
    flaps("POST", "/v1/apps/{app}/deploy_token", "apps.deploy_token", deploy_token).may(Object(&[may("expiry", Text)])),
];

fn create(context: &Context<'_>) -> Result<Answer> {
    let name = if context.text("name").is_empty() { context.text("app_name") } else { context.text("name") };
    let org = context.text("org_slug");
    if name.is_empty() || org.is_empty() {
        return Err(invalid("invalid_argument: name and org_slug are required"));
    }
    context.check_org(org)?;
    let mut turn = context.turn();
    let world = &mut turn.world;
    world.create_app(name, org, context.text("network"), Some(context.text("app_role_id")))?;
    let app = world.apps.get(name).map(|app| world.app_json(app));
    Ok(Answer::json(201, &app.unwrap_or_default()))
}

fn list(context: &Context<'_>) -> Result<Answer> {
    let Some(org) = context.param("org_slug") else {
        return Err(invalid("invalid_argument: org_slug is required"));
    };
    context.check_org(org)?;
    let turn = context.turn();
    let role = context.param("app_role");
    let apps = turn.world.apps.values().filter(|app| app.org == org);
    let apps = apps.filter(|app| role.is_none_or(|role| app.role.as_deref() == Some(role)));
    let apps: Vec<_> = apps.map(|app| turn.world.app_json(app)).collect();
    ok(&json!({ "total_apps": apps.len(), "apps": apps }))
}

fn get(context: &Context<'_>) -> Result<Answer> {
    let turn = context.turn();
    ok(&turn.world.app_json(turn.world.app(context.app())?))
}

/// Its machines go with it.
fn delete(context: &Context<'_>) -> Result<Answer> {
    let mut turn = context.turn();
    let world = &mut turn.world;
    let app = world.app(context.app())?;
    context.check_org(&app.org)?;
    world.apps.remove(context.app());
    Ok(Answer::empty(202))
}

fn deploy_token(context: &Context<'_>) -> Result<Answer> {
    let mut turn = context.turn();
    let world = &mut turn.world;
    context.check_org(&world.app(context.app())?.org)?;
    let token = format!("fake-deploy-{}", world.hex(16));
    world.add_token(&token, Access::App(context.app().to_owned()));
    ok(&json!({ "token": token }))
}
