//! A call: what is sent, where, and how often it may be.

use std::fmt::Write as _;
use std::time::Duration;

use score_fly_core::secret::Secret;
use serde::Serialize;
use serde_json::Value;

use crate::limit::Rate;

/// Which of Fly's servers.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Server {
    Machines,
    /// GraphQL and logs.
    Web,
    Rest,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Method {
    Get,
    Post,
    Put,
    Patch,
    Delete,
}

impl Method {
    pub(crate) fn name(self) -> &'static str {
        match self {
            Self::Get => "GET",
            Self::Post => "POST",
            Self::Put => "PUT",
            Self::Patch => "PATCH",
            Self::Delete => "DELETE",
        }
    }
}

/// Whether a call may be made again when nobody knows whether it was worked on.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Repeat {
    /// It changes nothing, or the same way each time.
    Freely,
    /// Likewise, but that time ran out is an answer.
    UnlessTimedOut,
    /// It takes something away: if it is not found the second time, the first time has done it.
    UntilGone,
    /// It makes something, or does something each time.
    Never,
}

/// A call.
#[derive(Debug)]
pub(crate) struct Call {
    /// What it does, for messages: `update machine 3287eeeb342085 of app shop`.
    pub(crate) action: String,
    pub(crate) server: Server,
    pub(crate) method: Method,
    pub(crate) path: String,
    pub(crate) nonce: Option<Secret<String>>,
    pub(crate) body: Option<Body>,
    pub(crate) repeat: Repeat,
    /// The action and the machine or app whose limit it counts for.
    pub(crate) limit: Option<(&'static str, String, Rate)>,
    /// How long an answer may take, in real time.
    pub(crate) timeout: Duration,
    query: bool,
}

/// How long an answer may take that needs no work.
const USUAL: Duration = Duration::from_secs(30);

impl Call {
    fn new(server: Server, method: Method, path: String, action: String) -> Self {
        let repeat = match method {
            Method::Get | Method::Put | Method::Patch => Repeat::Freely,
            Method::Delete => Repeat::UntilGone,
            Method::Post => Repeat::Never,
        };
        Self {
            action,
            server,
            method,
            path,
            nonce: None,
            body: None,
            repeat,
            limit: None,
            timeout: USUAL,
            query: false,
        }
    }

    /// A call of the Machines API, whose limit is counted by this name and id.
    pub(crate) fn machines(method: Method, path: String, limit: (&'static str, &str), action: String) -> Self {
        let (name, id) = limit;
        Self { limit: Some((name, id.to_owned(), Rate::USUAL)), ..Self::new(Server::Machines, method, path, action) }
    }

    /// A call of the REST part of api.fly.io.
    pub(crate) fn rest(method: Method, path: String, action: String) -> Self {
        Self::new(Server::Rest, method, path, action)
    }

    pub(crate) fn web(method: Method, path: String, action: String) -> Self {
        Self::new(Server::Web, method, path, action)
    }

    pub(crate) fn rate(mut self, rate: Rate) -> Self {
        if let Some((.., limit)) = &mut self.limit {
            *limit = rate;
        }
        self
    }

    pub(crate) fn repeat(self, repeat: Repeat) -> Self {
        Self { repeat, ..self }
    }

    pub(crate) fn timeout(self, timeout: Duration) -> Self {
        Self { timeout, ..self }
    }

    pub(crate) fn nonce(self, nonce: Option<&Secret<String>>) -> Self {
        Self { nonce: nonce.cloned(), ..self }
    }

    pub(crate) fn body(self, body: Body) -> Self {
        Self { body: Some(body), ..self }
    }

    /// Adds a parameter.
    pub(crate) fn param(mut self, name: &str, value: &str) -> Self {
        self.path.push(if self.query { '&' } else { '?' });
        self.query = true;
        self.path.push_str(&encode(name));
        self.path.push('=');
        self.path.push_str(&encode(value));
        self
    }

    /// Adds a parameter if there is a value.
    pub(crate) fn maybe(self, name: &str, value: Option<&str>) -> Self {
        match value {
            Some(value) => self.param(name, value),
            None => self,
        }
    }

    /// Adds a parameter if it is set.
    pub(crate) fn flag(self, name: &str, value: bool) -> Self {
        if value { self.param(name, "true") } else { self }
    }
}

/// Percent-encodes what stands for itself neither in a path nor in a query.
pub(crate) fn encode(text: &str) -> String {
    let mut encoded = String::with_capacity(text.len());
    for byte in text.bytes() {
        if byte.is_ascii_alphanumeric() || b"-._~".contains(&byte) {
            encoded.push(char::from(byte));
        } else {
            let _ = write!(encoded, "%{byte:02X}");
        }
    }
    encoded
}

/// What is sent. Secrets are kept apart, and put in their places only on the wire.
#[derive(Debug)]
pub(crate) struct Body {
    pub(crate) shown: Value,
    hidden: Vec<(Vec<String>, Secret<String>)>,
}

/// What stands in the place of a secret.
pub(crate) const HIDDEN: &str = "…";

impl Body {
    /// A body without secrets.
    pub(crate) fn of(value: &impl Serialize) -> Self {
        // Only maps whose keys are no texts can't be written, and there are none.
        Self { shown: serde_json::to_value(value).unwrap_or_default(), hidden: Vec::new() }
    }

    /// With a secret at this place.
    pub(crate) fn hide(mut self, place: &[&str], secret: &Secret<String>) -> Self {
        put(&mut self.shown, place, HIDDEN.into());
        self.hidden.push((place.iter().map(|&key| key.to_owned()).collect(), secret.clone()));
        self
    }

    /// With this value, which may be seen.
    pub(crate) fn set(mut self, key: &str, value: impl Into<Value>) -> Self {
        put(&mut self.shown, &[key], value.into());
        self
    }

    /// What is sent in fact.
    pub(crate) fn wire(&self) -> Secret<Vec<u8>> {
        let mut whole = self.shown.clone();
        for (place, secret) in &self.hidden {
            let place: Vec<_> = place.iter().map(String::as_str).collect();
            put(&mut whole, &place, secret.expose().as_str().into());
        }
        Secret::new(whole.to_string().into_bytes())
    }

    /// What must not be shown, where somebody else repeats it.
    pub(crate) fn secrets(&self) -> impl Iterator<Item = &str> {
        self.hidden.iter().map(|(_, secret)| secret.expose().as_str())
    }
}

/// Puts a value at a place in nested objects and lists, which are there or become objects.
fn put(into: &mut Value, place: &[&str], value: Value) {
    let Some((key, rest)) = place.split_first() else {
        *into = value;
        return;
    };
    let inner = match into {
        Value::Array(items) => key.parse().ok().and_then(|n: usize| items.get_mut(n)),
        other => {
            if !other.is_object() {
                *other = Value::Object(serde_json::Map::new());
            }
            other.as_object_mut().map(|object| object.entry(*key).or_insert(Value::Null))
        }
    };
    if let Some(inner) = inner {
        put(inner, rest, value);
    }
}

#[cfg(test)]
mod tests {
    use score_fly_core::secret::Secret;
    use serde_json::json;

    use super::{Body, Call, Method, encode};

    #[test]
    fn secrets_are_only_on_the_wire() {
        let secret = |text: &str| Secret::new(text.to_owned());
        let body = Body::of(&json!({ "list": ["a", "b"], "values": { "B": null } }))
            .hide(&["values", "A"], &secret("hunter2"))
            .hide(&["list", "1"], &secret("swordfish"));
        assert_eq!(body.shown, json!({ "list": ["a", "…"], "values": { "A": "…", "B": null } }));
        let wire: serde_json::Value = serde_json::from_slice(body.wire().expose()).unwrap();
        assert_eq!(wire, json!({ "list": ["a", "swordfish"], "values": { "A": "hunter2", "B": null } }));
        let debug = format!("{body:?} {:?}", body.wire());
        assert!(!debug.contains("hunter2") && !debug.contains("swordfish"), "{debug}");
        assert_eq!(body.secrets().collect::<Vec<_>>(), ["hunter2", "swordfish"]);
    }

    #[test]
    fn paths_are_encoded() {
        assert_eq!(encode("a b/ä?"), "a%20b%2F%C3%A4%3F");
        let call = Call::rest(Method::Get, "/x".to_owned(), String::new());
        let call = call.param("metadata.a b", "1&2").flag("summary", false).flag("leases", true).maybe("x", None);
        assert_eq!(call.path, "/x?metadata.a%20b=1%262&leases=true");
    }
}
