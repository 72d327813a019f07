//! What a token may do: the "Tokens" of the Machines API's `OpenAPI` document.

use serde_json::{Value, json};

use super::{Context, Route, flaps, ok};
use crate::http::Answer;
use crate::refusal::Result;
use crate::world::Access;

pub(super) const ROUTES: &[Route] = &[flaps("GET", "/v1/tokens/current", "tokens.current", current)];

fn current(context: &Context<'_>) -> Result<Answer> {
    let turn = context.turn();
    let orgs = turn.world.orgs.keys().filter(|org| match &context.access {
        Access::Everything => true,
        Access::Organization(own) => own == *org,
        Access::App(app) => turn.world.apps.get(app).is_some_and(|app| app.org == **org),
    });
    let apps = match &context.access {
        Access::App(app) => json!([app]),
        _ => Value::Null,
    };
    let tokens = orgs.map(|org| {
        json!({
            "token_id": context.owner, "org_slug": org, "organization": org, "apps": apps,
            "user": "me@example.com", "restricted_to_machine": "", "source_machine_id": "",
        })
    });
    ok(&json!({ "tokens": tokens.collect::<Vec<_>>() }))
}
