//! From a request to its answer: faults, limits, tokens, strictness, and then the call itself.

use std::sync::Arc;

use serde_json::Value;

use crate::api::{self, Body, Context, Route};
use crate::faults::Effect;
use crate::http::{Answer, Handler, Reply, Request};
use crate::log::Call;
use crate::refusal::{Refusal, Result};
use crate::shared::Shared;
use crate::world::{Access, hash};

/// The fake as a handler of requests.
pub(crate) struct Service {
    pub(crate) shared: Arc<Shared>,
}

impl Handler for Service {
    fn handle(&self, request: Request) -> Reply {
        self.shared.begin();
        let reply = self.reply(&request);
        if matches!(reply, Reply::HangUp) {
            self.shared.end();
        }
        reply
    }

    fn sent(&self) {
        self.shared.end();
    }
}

impl Service {
    fn reply(&self, request: &Request) -> Reply {
        let (route, parts) = match api::find(&request.method, &request.path) {
            Ok(found) => found,
            Err(status) => return Reply::Send(self.finish(None, unknown(status, request))),
        };
        if route.name.starts_with("fake.") {
            return Reply::Send(self.run(route, parts, request).unwrap_or_else(|refusal| refusal.answer()));
        }
        let Some((call, effect)) = self.note(route, &parts, request) else { return Reply::HangUp };
        self.pause(effect.as_ref());
        let refused = match &effect {
            Some(Effect::HangUp | Effect::Kill) => return Reply::HangUp,
            Some(Effect::Refuse { status, message, code }) => Some(fault_answer(*status, message, code.as_deref())),
            _ => None,
        };
        let answer = refused.unwrap_or_else(|| {
            let answer = self.check_limit(route, &parts).and_then(|()| self.run(route, parts, request));
            answer.unwrap_or_else(|refusal| refusal.answer())
        });
        match effect {
            Some(Effect::CommitThenHangUp | Effect::CommitThenKill) => Reply::HangUp,
            Some(Effect::CommitThen { status, message }) => {
                Reply::Send(self.finish(Some(call), fault_answer(status, &message, None)))
            }
            _ => Reply::Send(self.finish(Some(call), answer)),
        }
    }

    /// Writes a call into the log, and says what goes wrong with it. Nothing if nobody is heard.
    fn note(&self, route: &Route, parts: &[(&str, String)], request: &Request) -> Option<(usize, Option<Effect>)> {
        let part = |name: &str| parts.iter().find(|(key, _)| *key == name).map(|(_, value)| value.clone());
        let body: Value = serde_json::from_slice(&request.body).unwrap_or_default();
        let query: Vec<_> = request.query.iter().map(|(key, value)| format!("{key}={value}")).collect();
        let named = |key: &str| body.get(key).and_then(Value::as_str).map(str::to_owned);
        let graphql = (route.name == "graphql").then(|| api::graphql_call(&body)).flatten();
        let mut turn = self.shared.turn();
        let call = Call {
            name: graphql.unwrap_or_else(|| route.name.to_owned()),
            method: request.method.clone(),
            path: if query.is_empty() { request.path.clone() } else { format!("{}?{}", request.path, query.join("&")) },
            app: part("app").or_else(|| named("app_name")),
            id: part("id"),
            nonce: request.header("fly-machine-lease-nonce").map(str::to_owned),
            body,
            status: None,
            at: turn.world.now,
        };
        if turn.faults.deaf {
            return None;
        }
        let effect = turn.faults.next(&call);
        if matches!(effect, Some(Effect::Kill | Effect::CommitThenKill)) {
            turn.faults.deaf = true;
        }
        Some((turn.calls.push(call), effect))
    }

    /// Answers take their time.
    fn pause(&self, effect: Option<&Effect>) {
        let mut turn = self.shared.turn();
        let mut time = turn.world.timings.latency;
        if let Some(Effect::Delay { millis }) = effect {
            time += std::time::Duration::from_millis(*millis);
        }
        if !time.is_zero() {
            let until = turn.world.now + time;
            turn.wait_for::<()>(until, |_| None);
        }
    }

    fn check_limit(&self, route: &Route, parts: &[(&str, String)]) -> Result<()> {
        let Some(rate) = route.rate else { return Ok(()) };
        // That of the machine; that of the app where there is none.
        let by_id = route.path.contains("/machines/{id}") || route.path.contains("/postgres/{id}");
        let key = if by_id { "id" } else { "app" };
        let id = parts.iter().find(|(name, _)| *name == key).map_or("", |(_, value)| value.as_str());
        let mut turn = self.shared.turn();
        let now = turn.world.now;
        if turn.world.conditions.rate_limits && !turn.limits.allow(route.name, id, rate, now) {
            return Err(Refusal::new(429, "rate limit exceeded"));
        }
        Ok(())
    }

    fn run(&self, route: &Route, parts: Vec<(&'static str, String)>, request: &Request) -> Result<Answer> {
        let strict = self.shared.turn().world.conditions.strict;
        let (access, owner, user) = match self.who(request) {
            Some(found) => found,
            None if route.needs_token => return Err(Refusal::new(401, "unauthorized")),
            None => (Access::App(String::new()), String::new(), String::new()),
        };
        if strict {
            check_query(route, request)?;
        }
        let body = read_body(route, request, strict)?;
        let nonce = request.header("fly-machine-lease-nonce").filter(|nonce| !nonce.is_empty()).map(str::to_owned);
        let query = request.query.clone();
        let context = Context { shared: &self.shared, access, owner, user, parts, query, body, nonce };
        let name = context.part("app");
        if !name.is_empty() {
            let turn = self.shared.turn();
            context.check_app(turn.world.app(name)?)?;
        }
        (route.handle)(&context)
    }

    /// Who a token belongs to: as leases name them, and as releases do. fly-go: `tokens/tokens.go`: several, divided by commas, after `Bearer` or
    /// `FlyV1`.
    fn who(&self, request: &Request) -> Option<(Access, String, String)> {
        let header = request.header("authorization")?;
        let text = header.strip_prefix("Bearer ").or_else(|| header.strip_prefix("FlyV1 "))?.trim();
        let text = text.strip_prefix("FlyV1 ").unwrap_or(text);
        let turn = self.shared.turn();
        let mut tokens = text.split(',').map(str::trim);
        let (token, access) = tokens.find_map(|token| turn.world.tokens.get_key_value(token))?;
        let owner = format!("{:012x}@tokens.fly.io", hash(token.as_bytes()) >> 16);
        let user = turn.world.users.get(token).unwrap_or(&owner).clone();
        Some((access.clone(), owner, user))
    }

    /// Each answer has an id, by which Fly's support finds it.
    fn finish(&self, call: Option<usize>, mut answer: Answer) -> Answer {
        let mut turn = self.shared.turn();
        let id = turn.world.ulid();
        if let Some(number) = call {
            turn.calls.answered(number, answer.status);
        }
        answer.headers.push(("fly-request-id", format!("{id}-fra")));
        answer
    }
}

fn unknown(status: u16, request: &Request) -> Answer {
    Refusal::new(status, format!("no such call: {} {}", request.method, request.path)).answer()
}

/// What stands before Fly's API answers in text.
fn fault_answer(status: u16, message: &str, code: Option<&str>) -> Answer {
    if status == 502 || status == 503 {
        return Answer::text(status, message);
    }
    let mut body = serde_json::json!({ "error": message });
    if let (Some(code), Some(object)) = (code, body.as_object_mut()) {
        object.insert("status".to_owned(), code.into());
    }
    Answer::json(status, &body)
}

fn check_query(route: &Route, request: &Request) -> Result<()> {
    let is_known = |key: &str| {
        route.query.iter().any(|known| match known.strip_suffix('*') {
            Some(start) => key.starts_with(start),
            None => *known == key,
        })
    };
    match request.query.iter().find(|(key, _)| !is_known(key)) {
        Some((key, _)) => Err(Refusal::new(400, format!("unknown parameter \"{key}\" of {}", route.name))),
        None => Ok(()),
    }
}

fn read_body(route: &Route, request: &Request, strict: bool) -> Result<Value> {
    let refuse = |status, message: &str| Err(Refusal::new(status, message));
    if request.body.is_empty() {
        return if matches!(route.body, Body::Must(_)) { refuse(400, "a body is required") } else { Ok(Value::Null) };
    }
    let is_json = request.header("content-type").is_some_and(|kind| kind.starts_with("application/json"));
    if strict && !is_json {
        return refuse(415, "the content-type must be application/json");
    }
    let body: Value = match serde_json::from_slice(&request.body) {
        Ok(body) => body,
        Err(error) => return refuse(400, &format!("invalid JSON: {error}")),
    };
    match &route.body {
        Body::May(shape) | Body::Must(shape) if strict => match shape.check(&body, "body") {
            Ok(()) => Ok(body),
            Err(message) => refuse(400, &message),
        },
        Body::None if strict && body.as_object().is_none_or(|object| !object.is_empty()) => {
            refuse(400, &format!("{} takes no body", route.name))
        }
        _ => Ok(body),
    }
}
