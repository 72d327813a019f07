//! The calls that are served: for each its method, path, parameters and body, and what handles it.

mod admin;
mod apps;
mod certificates;
mod graphql;
mod ips;
mod leases;
mod machines;
mod platform;
mod postgres;
mod secrets;
mod tokens;
mod volumes;
mod wait;
mod web;

use serde_json::{Value, json};

pub(crate) use graphql::call_name as graphql_call;

use crate::http::Answer;
use crate::limits::Rate;
use crate::refusal::{Refusal, Result};
use crate::shape::Shape;
use crate::shared::{Shared, Turn};
use crate::world::{Access, App};

/// A call.
pub(crate) struct Route {
    /// How it is called in faults and in the log.
    pub(crate) name: &'static str,
    pub(crate) method: &'static str,
    /// With the names of variable parts in braces.
    pub(crate) path: &'static str,
    /// The parameters that its URL may have; one that ends in `*` stands for all that begin so.
    pub(crate) query: &'static [&'static str],
    pub(crate) body: Body,
    pub(crate) rate: Option<Rate>,
    /// Whether it needs a token.
    pub(crate) needs_token: bool,
    pub(crate) handle: fn(&Context<'_>) -> Result<Answer>,
}

/// What a request's body is.
pub(crate) enum Body {
    None,
    May(Shape),
    Must(Shape),
}

/// A call of the Machines API.
const fn flaps(method: &'static str, path: &'static str, name: &'static str, handle: Handle) -> Route {
    Route { name, method, path, query: &[], body: Body::None, rate: Some(Rate::USUAL), needs_token: true, handle }
}

/// A call of api.fly.io. No limits are documented for those.
const fn web(method: &'static str, path: &'static str, name: &'static str, handle: Handle) -> Route {
    Route { name, method, path, query: &[], body: Body::None, rate: None, needs_token: true, handle }
}

type Handle = fn(&Context<'_>) -> Result<Answer>;

impl Route {
    const fn query(self, query: &'static [&'static str]) -> Self {
        Self { query, ..self }
    }

    const fn may(self, shape: Shape) -> Self {
        Self { body: Body::May(shape), ..self }
    }

    const fn must(self, shape: Shape) -> Self {
        Self { body: Body::Must(shape), ..self }
    }

    const fn rate(self, rate: Rate) -> Self {
        Self { rate: Some(rate), ..self }
    }

    const fn open(self) -> Self {
        Self { needs_token: false, ..self }
    }

    /// The variable parts of a path, if it is one of this call.
    fn parts(&self, path: &str) -> Option<Parts> {
        let mut parts = Vec::new();
        let (mut wanted, mut given) = (self.path.split('/'), path.trim_end_matches('/').split('/'));
        loop {
            match (wanted.next(), given.next()) {
                (None, None) => return Some(parts),
                (Some(wanted), Some(given)) => match wanted.strip_prefix('{').and_then(|w| w.strip_suffix('}')) {
                    Some(name) if !given.is_empty() => parts.push((name, crate::http::decode(given))),
                    None if wanted == given => {}
                    _ => return None,
                },
                _ => return None,
            }
        }
    }
}

/// All calls.
const TABLES: [&[Route]; 14] = [
    apps::ROUTES,
    machines::ROUTES,
    leases::ROUTES,
    wait::ROUTES,
    volumes::ROUTES,
    secrets::ROUTES,
    ips::ROUTES,
    certificates::ROUTES,
    platform::ROUTES,
    tokens::ROUTES,
    postgres::ROUTES,
    web::ROUTES,
    graphql::ROUTES,
    admin::ROUTES,
];

/// The variable parts of a path, by name.
pub(crate) type Parts = Vec<(&'static str, String)>;

/// The call of a method and path, with the variable parts of the path. The status says what is wrong.
pub(crate) fn find(method: &str, path: &str) -> std::result::Result<(&'static Route, Parts), u16> {
    let routes = TABLES.iter().copied().flatten();
    let mut matching = routes.filter_map(|route| Some((route, route.parts(path)?))).peekable();
    if matching.peek().is_none() {
        return Err(404);
    }
    matching.find(|(route, _)| route.method == method).ok_or(405)
}

/// The names of all calls, with their methods and paths.
pub(crate) fn names() -> impl Iterator<Item = (&'static str, &'static str, &'static str)> {
    TABLES.iter().copied().flatten().map(|route| (route.name, route.method, route.path))
}

/// What a call has to work with.
pub(crate) struct Context<'c> {
    pub(crate) shared: &'c Shared,
    pub(crate) access: Access,
    /// Who asks, as leases name them.
    pub(crate) owner: String,
    /// Who asks, as releases name them.
    pub(crate) user: String,
    pub(crate) parts: Parts,
    pub(crate) query: Vec<(String, String)>,
    pub(crate) body: Value,
    pub(crate) nonce: Option<String>,
}

impl Context<'_> {
    fn turn(&self) -> Turn<'_> {
        self.shared.turn()
    }

    /// A variable part of the path.
    pub(crate) fn part(&self, name: &str) -> &str {
        self.parts.iter().find(|(key, _)| *key == name).map_or("", |(_, value)| value)
    }

    fn app(&self) -> &str {
        self.part("app")
    }

    fn id(&self) -> &str {
        self.part("id")
    }

    fn nonce(&self) -> Option<&str> {
        self.nonce.as_deref()
    }

    /// A parameter, if it is there and not empty.
    fn param(&self, name: &str) -> Option<&str> {
        self.query
            .iter()
            .find(|(key, _)| key == name)
            .map(|(_, value)| value.as_str())
            .filter(|value| !value.is_empty())
    }

    fn flag(&self, name: &str) -> bool {
        self.param(name) == Some("true")
    }

    /// A text of the body; the empty one if it is not there.
    fn text(&self, key: &str) -> &str {
        self.body.get(key).and_then(Value::as_str).unwrap_or_default()
    }

    fn count(&self, key: &str) -> Option<u64> {
        self.body.get(key).and_then(Value::as_u64)
    }

    fn is_set(&self, key: &str) -> bool {
        self.body.get(key).and_then(Value::as_bool).unwrap_or_default()
    }

    /// Whether it is for the caller to change what belongs to this organization.
    fn check_org(&self, org: &str) -> Result<()> {
        match &self.access {
            Access::Everything => Ok(()),
            Access::Organization(own) if own == org => Ok(()),
            _ => Err(Refusal::new(403, "unauthorized")),
        }
    }

    /// Whether this app is for the caller.
    pub(crate) fn check_app(&self, app: &App) -> Result<()> {
        match &self.access {
            Access::App(own) if *own == app.name => Ok(()),
            Access::App(_) => Err(Refusal::new(403, "unauthorized")),
            _ => self.check_org(&app.org),
        }
    }
}

#[allow(clippy::unnecessary_wraps, reason = "handlers end with it")]
fn ok(body: &Value) -> Result<Answer> {
    Ok(Answer::json(200, body))
}

/// fly-go: `flaps_machines.go`; most changes of a machine are answered like this.
fn done() -> Result<Answer> {
    ok(&json!({ "ok": true }))
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeSet;

    use super::{find, names};

    #[test]
    fn each_call_has_its_name_and_is_found() {
        let mut seen = BTreeSet::new();
        for (name, method, path) in names() {
            assert!(seen.insert(name), "{name} is there twice");
            let path = path.replace(['{', '}'], "");
            assert_eq!(find(method, &path).map(|(route, _)| route.name), Ok(name), "{path}");
        }
        assert_eq!(find("POST", "/v1/apps/shop/certificates").map(|_| ()), Err(405));
        assert_eq!(find("GET", "/v1/nothing").map(|_| ()), Err(404));
        assert_eq!(find("GET", "/v1/apps//machines").map(|_| ()), Err(404));
    }
}
