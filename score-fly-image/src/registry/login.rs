//! Logging in: not at all, by Basic, or by Bearer with a server of tokens.

use std::collections::BTreeMap;
use std::sync::{Mutex, MutexGuard, PoisonError};
use std::time::{Duration, Instant};

use serde::Deserialize;
use ureq::http::Request;
use ureq::http::header::{AUTHORIZATION, WWW_AUTHENTICATE};

use crate::Error;
use crate::reference::is_local;
use crate::registry::answer::{Answer, Trouble};
use crate::registry::url;
use crate::registry::wire::Wire;

/// How the registry wants to know who pushes, as far as it has said so. Threads share it.
#[derive(Default)]
pub(super) struct Login(Mutex<Scheme>);

#[derive(Default)]
enum Scheme {
    /// It does not.
    #[default]
    Open,
    Basic,
    Bearer(Bearer),
}

struct Bearer {
    realm: String,
    service: Option<String>,
    /// Tokens, by the repository that a mount takes from.
    tokens: BTreeMap<Option<String>, Token>,
}

struct Token {
    header: String,
    good_until: Instant,
}

/// What a server of tokens answers, by the specification of Docker's token authentication.
#[derive(Deserialize)]
struct Grant {
    token: Option<String>,
    access_token: Option<String>,
    expires_in: Option<u64>,
}

/// How long a token is good if that is not said, by the specification.
const LIFETIME: u64 = 60;

impl Scheme {
    /// What a registry at `base` asks for.
    fn challenged(answer: &Answer, base: &str) -> Result<Self, String> {
        let headers = answer.headers.get_all(WWW_AUTHENTICATE);
        let challenges: Vec<Challenge> =
            headers.iter().filter_map(|value| value.to_str().ok()).flat_map(parse).collect();
        let find = |scheme: &str| challenges.iter().find(|challenge| challenge.scheme.eq_ignore_ascii_case(scheme));
        if let Some(bearer) = find("Bearer") {
            let realm = bearer.parameters.get("realm").and_then(|realm| url::join(base, realm));
            let realm = realm.ok_or("it wants a token, and does not say from where")?;
            // Credentials go there, so it must be as well protected as the registry itself.
            let host =
                realm.split_once("://").map_or("", |(_, rest)| rest).split(['/', '?']).next().unwrap_or_default();
            let safe = realm.starts_with("https://") || (base.starts_with("http://") && is_local(host));
            if !safe || host.contains('@') {
                return Err("it wants credentials to be sent over a connection without TLS".to_owned());
            }
            let service = bearer.parameters.get("service").cloned();
            return Ok(Self::Bearer(Bearer { realm, service, tokens: BTreeMap::new() }));
        }
        if find("Basic").is_some() {
            return Ok(Self::Basic);
        }
        Err("it wants a login of a kind that is not known".to_owned())
    }
}

impl Login {
    /// Does as the registry asks in its first answer.
    pub(super) fn challenged(&self, wire: &Wire<'_>, answer: &Answer) -> Result<(), Error> {
        *self.scheme() = Scheme::challenged(answer, &wire.peer.base).map_err(|reason| wire.peer.protocol(&reason))?;
        Ok(())
    }

    /// The header that says who pushes.
    pub(super) fn authorization(&self, wire: &Wire<'_>, from: Option<&str>) -> Result<Option<String>, Trouble> {
        let mut scheme = self.scheme();
        match &mut *scheme {
            Scheme::Open => Ok(None),
            Scheme::Basic => Ok(wire.peer.credentials.map(crate::Credentials::basic)),
            Scheme::Bearer(bearer) => {
                let key = from.map(str::to_owned);
                if let Some(token) = bearer.tokens.get(&key).filter(|token| Instant::now() < token.good_until) {
                    return Ok(Some(token.header.clone()));
                }
                let token = bearer.token(wire, from)?;
                let header = token.header.clone();
                bearer.tokens.insert(key, token);
                Ok(Some(header))
            }
        }
    }

    /// After a request was refused for want of a login: sees to it that the next one shows a new
    /// token. If there can't be one, that is the end.
    pub(super) fn again(&self, wire: &Wire<'_>, answer: &Answer, asked: &str) -> Result<(), Error> {
        if !url::same_origin(asked, &wire.peer.base) {
            // Whoever sits elsewhere gets no credentials, whatever they ask for.
            return Err(wire.peer.error("take a layer", answer));
        }
        let mut scheme = self.scheme();
        match &mut *scheme {
            Scheme::Bearer(bearer) => {
                // Another thread may have got a new one in the meantime.
                bearer.tokens.retain(|_, token| Some(&token.header) != answer.login.as_ref());
                Ok(())
            }
            Scheme::Open if wire.peer.credentials.is_some() => {
                // Some registries let anybody knock, and ask only who wants to come in.
                *scheme = Scheme::challenged(answer, &wire.peer.base).map_err(|reason| wire.peer.protocol(&reason))?;
                Ok(())
            }
            // Another thread has found that out since.
            Scheme::Basic if answer.login.is_none() && wire.peer.credentials.is_some() => Ok(()),
            Scheme::Open | Scheme::Basic => Err(wire.peer.error("let in", answer)),
        }
    }

    fn scheme(&self) -> MutexGuard<'_, Scheme> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl Bearer {
    /// Asks the server of tokens for one.
    fn token(&self, wire: &Wire<'_>, from: Option<&str>) -> Result<Token, Trouble> {
        let mut query: Vec<(&str, String)> = self.service.iter().map(|service| ("service", service.clone())).collect();
        query.push(("scope", format!("repository:{}:pull,push", wire.peer.repository())));
        query.extend(from.map(|from| ("scope", format!("repository:{from}:pull"))));
        let query: Vec<String> = query.iter().map(|(key, value)| format!("{key}={}", url::encode(value))).collect();
        let joint = if self.realm.contains('?') { '&' } else { '?' };
        let mut request = Request::get(format!("{}{joint}{}", self.realm, query.join("&")));
        if let Some(credentials) = wire.peer.credentials {
            request = request.header(AUTHORIZATION, credentials.basic());
        }
        let answer = wire.send(request, None, None)?;
        match answer.status {
            200 => {}
            400..=499 if !answer.is_passing() => {
                let refused = Answer { status: if answer.status == 403 { 403 } else { 401 }, ..answer };
                return Err(Trouble::Final(wire.peer.error("give a token", &refused)));
            }
            _ => return Err(wire.peer.trouble("give a token", &answer)),
        }
        let grant: Option<Grant> = serde_json::from_slice(&answer.body).ok();
        let lifetime = grant.as_ref().and_then(|grant| grant.expires_in).unwrap_or(LIFETIME);
        let token = grant.and_then(|grant| grant.token.or(grant.access_token)).filter(|token| is_token(token));
        let Some(token) = token else {
            return Err(Trouble::Final(wire.peer.protocol("its server of tokens gives none")));
        };
        // Renewed early, so that none is over when a long request arrives; but used at least once.
        let early = Duration::from_secs(lifetime.min(24 * 3600)).mul_f32(0.7);
        Ok(Token { header: format!("Bearer {token}"), good_until: Instant::now() + early })
    }
}

fn is_token(token: &str) -> bool {
    !token.is_empty() && token.bytes().all(|byte| byte.is_ascii_graphic())
}

/// One of the ways in which a server accepts a login.
#[derive(Debug, PartialEq, Eq)]
struct Challenge {
    scheme: String,
    parameters: BTreeMap<String, String>,
}

/// Reads `Basic realm="a", Bearer realm="b",service="c"`.
fn parse(header: &str) -> Vec<Challenge> {
    let mut challenges: Vec<Challenge> = Vec::new();
    let mut rest = header.trim_start_matches([' ', ',']);
    while !rest.is_empty() {
        let end = rest.find(|c: char| c == '=' || c == ',' || c.is_whitespace()).unwrap_or(rest.len());
        let (word, after) = rest.split_at(end);
        let value = after.trim_start().strip_prefix('=').map(str::trim_start);
        rest = match (value, challenges.last_mut()) {
            (Some(value), Some(challenge)) => {
                let (value, after) = parameter(value);
                challenge.parameters.insert(word.to_ascii_lowercase(), value);
                after
            }
            (Some(value), None) => parameter(value).1,
            (None, _) => {
                challenges.push(Challenge { scheme: word.to_owned(), parameters: BTreeMap::new() });
                after
            }
        };
        // Whatever is not understood is passed over, so that this comes to an end.
        rest = rest.trim_start_matches([' ', ',', '\t', '=']);
    }
    challenges
}

/// A value, which may be quoted, and what follows it.
fn parameter(text: &str) -> (String, &str) {
    let Some(quoted) = text.strip_prefix('"') else {
        let end = text.find([',', ' ']).unwrap_or(text.len());
        let (value, rest) = text.split_at(end);
        return (value.to_owned(), rest);
    };
    let mut value = String::new();
    let mut characters = quoted.char_indices();
    while let Some((at, character)) = characters.next() {
        match character {
            '"' => return (value, quoted.get(at + 1..).unwrap_or_default()),
            '\\' => value.extend(characters.next().map(|(_, escaped)| escaped)),
            _ => value.push(character),
        }
    }
    (value, "")
}

#[cfg(test)]
mod tests {
    use super::{Challenge, parse};

    fn challenge(scheme: &str, parameters: &[(&str, &str)]) -> Challenge {
        let parameters = parameters.iter().map(|(key, value)| ((*key).to_owned(), (*value).to_owned()));
        Challenge { scheme: scheme.to_owned(), parameters: parameters.collect() }
    }

    #[test]
    fn reads_challenges() {
        // The first is the example of Docker's token specification.
        let bearer = r#"Bearer realm="https://auth.docker.io/token",service="registry.docker.io",scope="repository:samalba/my-app:pull,push""#;
        let expected = challenge(
            "Bearer",
            &[
                ("realm", "https://auth.docker.io/token"),
                ("service", "registry.docker.io"),
                ("scope", "repository:samalba/my-app:pull,push"),
            ],
        );
        assert_eq!(parse(bearer), [expected]);
        let both = r#"basic Realm = "a \"b\", c" , BEARER realm=x, service=y"#;
        let bearer = challenge("BEARER", &[("realm", "x"), ("service", "y")]);
        assert_eq!(parse(both), [challenge("basic", &[("realm", "a \"b\", c")]), bearer]);
        assert_eq!(parse("Negotiate, Basic"), [challenge("Negotiate", &[]), challenge("Basic", &[])]);
        for odd in ["", "=", "==,= =", "a=\"", "\"", "Basic realm=\"\\"] {
            let _ = parse(odd);
        }
    }
}
