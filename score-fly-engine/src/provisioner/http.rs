//! Provisioners that are servers.

use std::thread;
use std::time::{Duration, Instant};

use serde::{Deserialize, Serialize};
use ureq::http::{HeaderMap, Response, StatusCode, Uri, header};
use ureq::{Agent, Body};
use uuid::Uuid;

use super::call::{Call, Mode};
use super::error::{Error, Failure};
use super::protocol::ANSWER_LIMIT;
use super::protocol::Protocol;
use super::request::{Answer, Request};
use super::timeout::Timeout;
use crate::web;

/// A server that takes requests as JSON: a POST makes a resource, and a DELETE takes it down.
#[derive(Debug, Clone, PartialEq, Eq, Default, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Http {
    /// Where: `http://` or `https://`.
    pub url: String,
    /// How long a call may take, repetitions included.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub timeout: Option<Timeout>,
}

/// How long to wait before each repetition of a request that was not worked on.
const PAUSES: [Duration; 3] = [Duration::from_millis(250), Duration::from_secs(1), Duration::from_secs(3)];

/// How often a server may point somewhere else.
const REDIRECTS: usize = 3;

/// What becomes of one request.
enum Attempt {
    Answered(Response<Body>),
    /// It did not reach a server that works on it, so it can be repeated.
    Again(Error),
    Failed(Error),
}

impl Http {
    /// Whether its URL is one of a web server.
    pub fn is_web(&self) -> bool {
        self.uri().is_some()
    }

    fn uri(&self) -> Option<Uri> {
        let uri = self.url.parse::<Uri>().ok()?;
        let is_web = matches!(uri.scheme_str(), Some("http" | "https"));
        (is_web && uri.host().is_some_and(|host| !host.is_empty()) && has_port_if_any(&uri)).then_some(uri)
    }

    /// Asks the server.
    ///
    /// A request is repeated if it could not be sent at all, or if what stands before the server
    /// says that it is not there right now (502, 503 and 504). Since every run provisions every
    /// resource, POST is as repeatable as DELETE here. All repetitions of one call carry the same
    /// `Idempotency-Key`, so that a server can tell them from the next call.
    pub(super) fn call(&self, mode: Mode, request: &Request, call: Call<'_>) -> Result<Answer, Failure> {
        let http = self.clone();
        let body = Protocol::ScoreFlyio.encode(request);
        let answer = call.surroundings.cancel.unless_cancelled(move || http.send(mode, &body));
        answer.unwrap_or_else(|| Err(Error::Interrupted.into()))
    }

    fn send(&self, mode: Mode, body: &[u8]) -> Result<Answer, Failure> {
        let deadline = Instant::now() + self.timeout.unwrap_or_default().time();
        let key = Uuid::new_v4().to_string();
        let mut pauses = PAUSES.into_iter();
        loop {
            let failed = match self.attempt(mode, body, &key, deadline) {
                Attempt::Answered(response) => return self.read(response, mode),
                Attempt::Failed(error) => return Err(error.into()),
                Attempt::Again(error) => error,
            };
            match pauses.next() {
                Some(pause) if Instant::now() + pause < deadline => thread::sleep(pause),
                _ => return Err(failed.into()),
            }
        }
    }

    /// Sends the request, and again where the server points within itself.
    fn attempt(&self, mode: Mode, body: &[u8], key: &str, deadline: Instant) -> Attempt {
        let Some(mut url) = self.uri() else { return Attempt::Failed(Error::InvalidUrl) };
        for _ in 0..=REDIRECTS {
            let agent = agent(deadline.saturating_duration_since(Instant::now()));
            let builder = match mode {
                Mode::Provision => agent.post(&url),
                Mode::Deprovision => agent.delete(&url).force_send_body(),
            };
            let sent = builder
                .header(header::CONTENT_TYPE, "application/json")
                .header(header::ACCEPT, "application/json")
                .header("Idempotency-Key", key)
                .send(body);
            let response = match sent {
                Ok(response) => response,
                Err(error) if never_arrived(&error) => return Attempt::Again(self.error(&error)),
                Err(error) => return Attempt::Failed(self.error(&error)),
            };
            match response.status() {
                StatusCode::BAD_GATEWAY | StatusCode::SERVICE_UNAVAILABLE | StatusCode::GATEWAY_TIMEOUT => {
                    let status = response.status().as_u16();
                    return Attempt::Again(Error::Status { status, message: message(&text(response)) });
                }
                StatusCode::TEMPORARY_REDIRECT | StatusCode::PERMANENT_REDIRECT => {
                    match redirect(&url, response.headers()) {
                        Ok(next) => url = next,
                        Err(error) => return Attempt::Failed(error),
                    }
                }
                status if status.is_redirection() => {
                    let how = format!("with status {}, which repeats no request", status.as_u16());
                    return Attempt::Failed(Error::Redirect { how });
                }
                _ => return Attempt::Answered(response),
            }
        }
        Attempt::Failed(Error::Redirect { how: format!("more than {REDIRECTS} times") })
    }

    /// Reads what was answered: also in a failure there may be an answer to write down.
    fn read(&self, response: Response<Body>, mode: Mode) -> Result<Answer, Failure> {
        let status = response.status();
        let body = match body(response) {
            Ok(body) => body,
            Err(error) if status.is_success() => return Err(self.error(&error).into()),
            Err(_) => Vec::new(),
        };
        let answer = Protocol::ScoreFlyio.decode(&body, mode);
        if status.is_success() {
            return Ok(answer?);
        }
        let error = Error::Status { status: status.as_u16(), message: message(&String::from_utf8_lossy(&body)) };
        // Nothing is no answer, and is not to be written down.
        let answer = answer.ok().filter(|answer| *answer != Answer::default());
        Err(Failure { error, answer: answer.map(Box::new) })
    }

    /// The server as it may be printed: a password can stand in front of its name, and a token
    /// behind it.
    pub(super) fn server(&self) -> String {
        let url = self.url.parse::<Uri>().unwrap_or_default();
        let port = url.port().map(|port| format!(":{port}")).unwrap_or_default();
        format!("{}://{}{port}", url.scheme_str().unwrap_or("http"), url.host().unwrap_or("?"))
    }

    /// Its address, as far as it may be printed.
    pub(super) fn label(&self) -> String {
        web::printable(&self.url)
    }

    fn error(&self, error: &ureq::Error) -> Error {
        match error {
            ureq::Error::Timeout(_) => Error::Timeout { after: self.timeout.unwrap_or_default() },
            ureq::Error::BodyExceedsLimit(_) => Error::TooMuchOutput { limit: ANSWER_LIMIT },
            other => Error::Unreachable { server: self.server(), reason: web::reason(other) },
        }
    }
}

/// A client for one request. It takes what is answered as it is, and goes nowhere else by itself.
fn agent(time: Duration) -> Agent {
    let config = Agent::config_builder()
        .http_status_as_error(false)
        .max_redirects(0)
        .max_redirects_will_error(false)
        // Nothing at all would mean forever.
        .timeout_global(Some(time.max(Duration::from_millis(1))))
        .tls_config(web::tls())
        .user_agent(web::USER_AGENT)
        .build();
    config.into()
}

/// Whether the request was certainly not worked on.
fn never_arrived(error: &ureq::Error) -> bool {
    match error {
        ureq::Error::ConnectionFailed | ureq::Error::Timeout(ureq::Timeout::Connect | ureq::Timeout::Resolve) => true,
        ureq::Error::Io(error) => error.kind() == std::io::ErrorKind::ConnectionRefused,
        _ => false,
    }
}

/// Where a server points to, if that is within itself: what it is told is meant for no other.
fn redirect(from: &Uri, headers: &HeaderMap) -> Result<Uri, Error> {
    let nowhere = || Error::Redirect { how: "to nowhere".to_owned() };
    let location = headers.get(header::LOCATION).and_then(|location| location.to_str().ok());
    let to = location.and_then(|location| location.parse::<Uri>().ok()).ok_or_else(nowhere)?;
    let Some(host) = to.host() else {
        let mut parts = from.clone().into_parts();
        parts.path_and_query = to.into_parts().path_and_query;
        return Uri::from_parts(parts).map_err(|_| nowhere());
    };
    if to.scheme() == from.scheme() && Some(host) == from.host() && port(&to) == port(from) {
        return Ok(to);
    }
    Err(Error::Redirect { how: format!("to another server, at `{host}`, which is told nothing") })
}

/// Whether what stands for a port is one: otherwise the request would go to the usual one.
fn has_port_if_any(url: &Uri) -> bool {
    let authority = url.authority().map(ureq::http::uri::Authority::as_str).unwrap_or_default();
    let server = authority.rsplit_once('@').map_or(authority, |(_, server)| server);
    // The colons of an IPv6 address stand in brackets.
    let after_host = server.rsplit_once(']').map_or(server, |(_, rest)| rest);
    after_host.split_once(':').is_none_or(|(_, port)| port.parse::<u16>().is_ok_and(|port| port != 0))
}

fn port(url: &Uri) -> u16 {
    let usual = if url.scheme_str() == Some("https") { 443 } else { 80 };
    url.port_u16().unwrap_or(usual)
}

fn body(response: Response<Body>) -> Result<Vec<u8>, ureq::Error> {
    response.into_body().into_with_config().limit(ANSWER_LIMIT as u64).read_to_vec()
}

fn text(response: Response<Body>) -> String {
    String::from_utf8_lossy(&body(response).unwrap_or_default()).into_owned()
}

/// What a server says about a failure: a JSON object's `message` or `error`, or the first line of
/// text. Nothing else of what it answers is shown.
fn message(body: &str) -> Option<String> {
    const LENGTH: usize = 200;
    let body = body.trim();
    let said = match serde_json::from_str::<serde_json::Value>(body) {
        Ok(serde_json::Value::Object(object)) => {
            let said = |key: &str| object.get(key).and_then(|value| value.as_str().map(str::to_owned));
            said("message").or_else(|| said("error"))?
        }
        Ok(_) => return None,
        Err(_) if body.starts_with(['<', '{', '[']) => return None,
        Err(_) => body.to_owned(),
    };
    let line = said.lines().next()?.trim();
    let line: String = line.chars().filter(|c| !c.is_control()).take(LENGTH).collect();
    (!line.is_empty()).then_some(line)
}
