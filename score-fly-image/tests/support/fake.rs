//! A registry in memory, after the distribution specification (v1.1, "Endpoints"), which can be told to
//! misbehave in the ways that registries do.

use std::collections::BTreeMap;
use std::net::SocketAddr;
use std::sync::{Arc, Mutex, MutexGuard};

use score_fly_image::Digest;
use serde_json::{Value, json};

use super::http::{Body, Request, Response, serve};

/// What was asked of a registry.
#[derive(Debug, Clone)]
pub(crate) struct Seen {
    pub(crate) request: Request,
    /// The bytes of the body that arrived.
    pub(crate) bytes: u64,
    pub(crate) status: u16,
}

/// What a registry does instead of what it should.
pub(crate) enum Misdeed {
    /// Answers this, without reading the body.
    Answer(Response),
    /// Reads the body and answers this.
    After(Response),
    /// Cuts the connection after so many bytes of the body; what arrived is kept.
    Cut(u64),
    /// Does what it should, and cuts the connection instead of saying so.
    Silent,
    /// Waits for ever.
    Hang,
}

type Mischief = dyn Fn(&Request, usize) -> Option<Misdeed> + Send + Sync;

/// How a registry differs from others.
pub(crate) struct Ways {
    /// What to do instead, by the request and how often the same method and path was asked for before.
    pub(crate) mischief: Box<Mischief>,
    /// `user:password`, if it wants Basic.
    pub(crate) basic: Option<String>,
    /// The tokens that are good now, with the address of their server, if it wants Bearer.
    pub(crate) bearer: Option<(String, Arc<Mutex<Vec<String>>>)>,
    /// What is in front of the path in a `Location`: nothing, an address, or `relative`.
    pub(crate) location: String,
    /// Whether it knows how far an upload got.
    pub(crate) resumes: bool,
    /// Whether it mounts.
    pub(crate) mounts: bool,
    /// Whether anybody may read, and only who writes needs a login.
    pub(crate) open_for_reading: bool,
}

impl Default for Ways {
    fn default() -> Self {
        Self {
            mischief: Box::new(|_, _| None),
            basic: None,
            bearer: None,
            location: String::new(),
            resumes: true,
            mounts: true,
            open_for_reading: false,
        }
    }
}

#[derive(Default)]
pub(crate) struct State {
    pub(crate) blobs: BTreeMap<(String, String), Vec<u8>>,
    pub(crate) manifests: BTreeMap<(String, String), (String, Vec<u8>)>,
    pub(crate) uploads: BTreeMap<String, Vec<u8>>,
    pub(crate) seen: Vec<Seen>,
    next: u32,
}

/// A registry.
#[derive(Clone)]
pub(crate) struct Fake {
    pub(crate) address: SocketAddr,
    state: Arc<Mutex<State>>,
}

impl Fake {
    pub(crate) fn start(ways: Ways) -> Self {
        Self::with_state(ways, Arc::default())
    }

    /// Another address of the same registry, with ways of its own.
    pub(crate) fn also_at(&self, ways: Ways) -> Self {
        Self::with_state(ways, Arc::clone(&self.state))
    }

    fn with_state(ways: Ways, state: Arc<Mutex<State>>) -> Self {
        let shared = Arc::clone(&state);
        let counts = Mutex::new(BTreeMap::<String, usize>::new());
        let address = serve(move |request, body| {
            // The ids of uploads don't matter to whoever counts.
            let place = request.path.split("/uploads/").next().unwrap_or_default();
            let count = {
                let mut counts = counts.lock().unwrap();
                let count = counts.entry(format!("{} {place}", request.method)).or_default();
                *count += 1;
                *count - 1
            };
            let mut bytes = Vec::new();
            let response = answer(&ways, &shared, request, body, &mut bytes, count);
            let status = response.as_ref().map_or(0, |response| response.status);
            let seen = Seen { request: request.clone(), bytes: bytes.len() as u64, status };
            shared.lock().unwrap().seen.push(seen);
            response
        });
        Self { address, state }
    }

    pub(crate) fn state(&self) -> MutexGuard<'_, State> {
        self.state.lock().unwrap()
    }

    /// The name of a repository, as a destination.
    pub(crate) fn at(&self, rest: &str) -> String {
        format!("{}/{rest}", self.address)
    }

    /// What was asked so far, as `METHOD path`, and forgets it.
    pub(crate) fn take_seen(&self) -> Vec<Seen> {
        std::mem::take(&mut self.state().seen)
    }

    pub(crate) fn manifest(&self, repository: &str, reference: &str) -> Option<(String, Value)> {
        let state = self.state();
        let (media_type, bytes) = state.manifests.get(&(repository.to_owned(), reference.to_owned()))?;
        Some((media_type.clone(), serde_json::from_slice(bytes).unwrap()))
    }

    pub(crate) fn blob(&self, repository: &str, digest: &str) -> Option<Vec<u8>> {
        self.state().blobs.get(&(repository.to_owned(), digest.to_owned())).cloned()
    }
}

fn error(status: u16, code: &str, detail: &str) -> Response {
    let errors = json!({"errors": [{"code": code, "message": format!("about {code}"), "detail": detail}]});
    Response::new(status).header("Content-Type", "application/json").body(errors.to_string())
}

fn answer(
    ways: &Ways,
    state: &Mutex<State>,
    request: &Request,
    body: &mut Body<'_>,
    bytes: &mut Vec<u8>,
    count: usize,
) -> Option<Response> {
    if let Some(refused) = refuse(ways, request) {
        // Like docker-registry, which closes the connection on what it has not read.
        return Some(refused);
    }
    let misdeed = (ways.mischief)(request, count);
    match misdeed {
        Some(Misdeed::Answer(response)) => return Some(response),
        Some(Misdeed::Hang) => loop {
            std::thread::park();
        },
        Some(Misdeed::Cut(limit)) => {
            let _ = body.read(limit, bytes);
            keep(state, request, bytes);
            return None;
        }
        Some(Misdeed::After(response)) => {
            body.read(u64::MAX, bytes).ok()?;
            return Some(response);
        }
        Some(Misdeed::Silent) | None => {}
    }
    let whole = body.read(u64::MAX, bytes);
    if !matches!(whole, Ok(true)) {
        keep(state, request, bytes);
        return None;
    }
    let response = act(ways, &mut state.lock().unwrap(), request, bytes);
    (!matches!(misdeed, Some(Misdeed::Silent))).then_some(response)
}

fn upload_id(request: &Request) -> Option<String> {
    request.path.split("/blobs/uploads/").nth(1).map(str::to_owned).filter(|id| !id.is_empty())
}

/// Keeps what arrived of an upload that was cut.
fn keep(state: &Mutex<State>, request: &Request, bytes: &[u8]) {
    if let Some(id) = upload_id(request)
        && let Some(upload) = state.lock().unwrap().uploads.get_mut(&id)
    {
        upload.extend(bytes);
    }
}

fn refuse(ways: &Ways, request: &Request) -> Option<Response> {
    let given = request.header("authorization");
    if ways.open_for_reading && ["GET", "HEAD"].contains(&request.method.as_str()) {
        return None;
    }
    if let Some(basic) = &ways.basic {
        use base64::Engine as _;
        let expected = format!("Basic {}", base64::prelude::BASE64_STANDARD.encode(basic));
        if given != Some(&expected) {
            return Some(error(401, "UNAUTHORIZED", "").header("WWW-Authenticate", r#"Basic realm="here""#));
        }
    }
    if let Some((realm, good)) = &ways.bearer {
        let token = given.and_then(|given| given.strip_prefix("Bearer "));
        if !token.is_some_and(|token| good.lock().unwrap().iter().any(|good| good == token)) {
            let challenge = format!(r#"Bearer realm="{realm}",service="fake",scope="whatever""#);
            return Some(error(401, "UNAUTHORIZED", "").header("WWW-Authenticate", challenge));
        }
    }
    None
}

fn act(ways: &Ways, state: &mut State, request: &Request, body: &[u8]) -> Response {
    if request.path == "/v2/" {
        return Response::new(200);
    }
    let parts: Vec<&str> = request.path.trim_start_matches("/v2/").split('/').collect();
    let at = parts.iter().position(|part| ["blobs", "manifests"].contains(part)).expect("a path of the specification");
    let repository = parts[..at].join("/");
    let location = |path: String| match ways.location.as_str() {
        "relative" => path.rsplit_once('/').unwrap().1.to_owned(),
        before => format!("{before}{path}"),
    };
    match (request.method.as_str(), &parts[at..]) {
        ("HEAD" | "GET", ["blobs", "uploads", id]) => match state.uploads.get(*id) {
            Some(upload) if ways.resumes => Response::new(204)
                .header("Location", location(format!("/v2/{repository}/blobs/uploads/{id}?state=a%3Db")))
                .header("Range", format!("0-{}", upload.len().saturating_sub(1))),
            _ => error(404, "BLOB_UPLOAD_UNKNOWN", ""),
        },
        ("HEAD" | "GET", ["blobs", digest]) => match state.blobs.get(&(repository, (*digest).to_owned())) {
            Some(blob) => Response::new(200).header("Docker-Content-Digest", digest).body(blob.clone()),
            None => error(404, "BLOB_UNKNOWN", ""),
        },
        ("POST", ["blobs", "uploads", ""]) => {
            if let (Some(digest), Some(from), true) = (request.query("mount"), request.query("from"), ways.mounts)
                && let Some(blob) = state.blobs.get(&(from.to_owned(), digest.to_owned())).cloned()
            {
                state.blobs.insert((repository.clone(), digest.to_owned()), blob);
                return Response::new(201).header("Location", format!("/v2/{repository}/blobs/{digest}"));
            }
            state.next += 1;
            let id = format!("upload-{}", state.next);
            state.uploads.insert(id.clone(), Vec::new());
            let mut place = location(format!("/v2/{repository}/blobs/uploads/{id}"));
            if ways.location != "relative" {
                place += "?state=a%3Db";
            }
            Response::new(202).header("Location", place).header("Range", "0-0")
        }
        ("PATCH", ["blobs", "uploads", id]) => {
            let Some(upload) = state.uploads.get_mut(*id) else { return error(404, "BLOB_UPLOAD_UNKNOWN", "") };
            if let Some(range) = request.header("content-range") {
                let expected = format!("{}-{}", upload.len(), (upload.len() + body.len()).saturating_sub(1));
                if range != expected {
                    return error(416, "BLOB_UPLOAD_INVALID", "out of order");
                }
            } else if !upload.is_empty() {
                return error(416, "BLOB_UPLOAD_INVALID", "a second whole body");
            }
            upload.extend(body);
            let range = format!("0-{}", upload.len().saturating_sub(1));
            let place = location(format!("/v2/{repository}/blobs/uploads/{id}?state=a%3Db"));
            Response::new(202).header("Location", place).header("Range", range)
        }
        ("PUT", ["blobs", "uploads", id]) => {
            assert!(ways.location == "relative" || request.query("state") == Some("a=b"), "the state is lost");
            let Some(mut upload) = state.uploads.remove(*id) else { return error(404, "BLOB_UPLOAD_UNKNOWN", "") };
            upload.extend(body);
            let digest = request.query("digest").unwrap_or_default().to_owned();
            if Digest::of(&upload).to_string() != digest {
                return error(400, "DIGEST_INVALID", "");
            }
            state.blobs.insert((repository, digest.clone()), upload);
            Response::new(201).header("Docker-Content-Digest", digest)
        }
        ("PUT", ["manifests", reference]) => {
            let manifest: Value = serde_json::from_slice(body).unwrap();
            let media_type = request.header("content-type").unwrap_or_default().to_owned();
            assert_eq!(manifest["mediaType"], json!(media_type));
            for blob in manifest["layers"].as_array().unwrap().iter().chain([&manifest["config"]]) {
                let digest = blob["digest"].as_str().unwrap_or_default().to_owned();
                match state.blobs.get(&(repository.clone(), digest.clone())) {
                    Some(found) => assert_eq!(json!(found.len()), blob["size"]),
                    None => return error(400, "MANIFEST_BLOB_UNKNOWN", &digest),
                }
            }
            let digest = Digest::of(body).to_string();
            for name in [(*reference).to_owned(), digest.clone()] {
                state.manifests.insert((repository.clone(), name), (media_type.clone(), body.to_vec()));
            }
            Response::new(201).header("Docker-Content-Digest", digest)
        }
        ("HEAD" | "GET", ["manifests", reference]) => {
            match state.manifests.get(&(repository, (*reference).to_owned())) {
                Some((media_type, bytes)) => Response::new(200).header("Content-Type", media_type).body(bytes.clone()),
                None => error(404, "MANIFEST_UNKNOWN", ""),
            }
        }
        other => panic!("the specification has no {other:?}"),
    }
}
