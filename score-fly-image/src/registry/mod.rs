//! A client for the few requests of the distribution specification that a push needs.

mod answer;
mod login;
mod url;
mod wire;

use std::collections::BTreeMap;
use std::io::Read;
use std::sync::{Mutex, PoisonError};
use std::time::{Duration, Instant};

use ureq::http::header::{ACCEPT, AUTHORIZATION, CONTENT_LENGTH, CONTENT_RANGE, CONTENT_TYPE, HeaderName};
use ureq::http::{Method, Request};

use crate::image::manifest::{DOCKER_MANIFEST, OCI_MANIFEST};
use crate::observe::{Event, Observer};
use crate::registry::answer::{Answer, Peer, Refusal};
use crate::registry::login::Login;
use crate::registry::wire::Wire;
use crate::{Credentials, Digest, Error, Reference, Retries, Stop};

pub(crate) use answer::Trouble;

/// A repository of a registry, as seen by one push.
pub(crate) struct Registry<'a> {
    wire: Wire<'a>,
    login: Login,
    retries: Retries,
    observer: &'a dyn Observer,
    stop: &'a Stop<'a>,
    /// What is known of blobs: whether they are there.
    known: Mutex<BTreeMap<Digest, bool>>,
}

/// A request whose body can be sent again.
#[derive(Clone, Copy)]
struct Call<'c> {
    /// What it is for, to end the sentence "the registry failed to …".
    act: &'static str,
    method: &'c Method,
    url: &'c str,
    headers: &'c [(HeaderName, String)],
    body: Option<&'c [u8]>,
    /// Another repository that a mount takes a blob from.
    from: Option<&'c str>,
}

/// An upload that goes on at this address.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Session {
    url: String,
}

/// What came of asking for an upload.
pub(crate) enum Begun {
    /// The blob was mounted, and no upload is needed.
    Mounted,
    Open(Session),
}

const SECOND: Duration = Duration::from_secs(1);

/// How often an answer may lead elsewhere.
const REDIRECTS: usize = 5;

/// How often a request may get a new token. One is enough for a token that is over; registries of several
/// servers may learn late of a new one.
const RENEWALS: usize = 2;

impl<'a> Registry<'a> {
    /// A client, which has not yet asked for anything.
    pub(crate) fn new(
        to: &'a Reference,
        credentials: Option<&'a Credentials>,
        retries: Retries,
        observer: &'a dyn Observer,
        stop: &'a Stop<'a>,
    ) -> Result<Self, Error> {
        if credentials.is_some() && to.is_exposed() {
            return Err(Error::Exposed { registry: to.registry().to_owned() });
        }
        let peer = Peer { to, base: to.base(), credentials };
        Ok(Self {
            wire: Wire::new(peer, stop),
            login: Login::default(),
            retries,
            observer,
            stop,
            known: Mutex::default(),
        })
    }

    /// Breaks all connections, so that whoever waits for one goes on.
    pub(crate) fn shut_down(&self) {
        self.wire.shut_down();
    }

    /// Gets to know the registry: whether it is one, and how to log in.
    pub(crate) fn greet(&self) -> Result<(), Error> {
        let url = format!("{}/v2/", self.peer().base);
        let call = Call { act: "answer", method: &Method::GET, url: &url, headers: &[], body: None, from: None };
        let answer = self.retry(call.act, || {
            let answer = self.once(&call, None)?;
            if answer.is_passing() { Err(self.peer().trouble(call.act, &answer)) } else { Ok(answer) }
        })?;
        match answer.status {
            200..=299 => Ok(()),
            // Who asks for a login elsewhere is somebody else.
            300..=399 => Err(self.peer().protocol("it leads elsewhere: give the address that it leads to")),
            401 => self.login.challenged(&self.wire, &answer),
            404 => Err(self.peer().protocol("there is nothing at `/v2/`")),
            _ => Err(self.peer().error(call.act, &answer)),
        }
    }

    /// Whether the repository has a blob. Each is asked for once.
    pub(crate) fn has(&self, digest: &Digest) -> Result<bool, Error> {
        let known = || self.known.lock().unwrap_or_else(PoisonError::into_inner);
        if let Some(there) = known().get(digest).copied() {
            return Ok(there);
        }
        let url = self.url(&format!("blobs/{digest}"));
        let call = Call { act: "find a layer", method: &Method::HEAD, url: &url, headers: &[], body: None, from: None };
        let answer = self.call(&call)?;
        let there = match answer.status {
            200..=299 => true,
            404 => false,
            // It led to where the content is, and some storage shows that only to who asks for all of it.
            400..=499 if answer.elsewhere => true,
            _ => return Err(self.peer().error(call.act, &answer)),
        };
        known().insert(*digest, there);
        Ok(there)
    }

    /// Takes note that the repository has a blob now.
    fn arrived(&self, digest: &Digest) {
        self.known.lock().unwrap_or_else(PoisonError::into_inner).insert(*digest, true);
    }

    /// Asks for an upload, or for a blob of another repository.
    pub(crate) fn begin(&self, mount: Option<(&Digest, &str)>) -> Result<Begun, Error> {
        let mut url = self.url("blobs/uploads/");
        if let Some((digest, from)) = mount {
            url = format!("{url}?mount={digest}&from={}", url::encode(from));
        }
        let headers = [(CONTENT_LENGTH, "0".to_owned())];
        let from = mount.map(|(_, from)| from);
        let call =
            Call { act: "begin an upload", method: &Method::POST, url: &url, headers: &headers, body: Some(&[]), from };
        let answer = self.call(&call)?;
        match (answer.status, mount) {
            (201, Some((digest, _))) => {
                self.arrived(digest);
                Ok(Begun::Mounted)
            }
            (202, _) => self.session(&answer, &url).map(Begun::Open),
            _ => Err(self.peer().error(call.act, &answer)),
        }
    }

    /// A fresh upload.
    pub(crate) fn begin_upload(&self) -> Result<Session, Error> {
        match self.begin(None)? {
            Begun::Open(session) => Ok(session),
            Begun::Mounted => Err(self.peer().protocol("it mounted a blob that it was not asked for")),
        }
    }

    /// Sends all of `body` in one request, as it comes. It can't be sent again, so this is not
    /// repeated.
    pub(crate) fn stream(&self, session: &Session, body: &mut dyn Read) -> Result<Session, Trouble> {
        let headers = [(CONTENT_TYPE, OCTETS.to_owned())];
        let act = "take a layer";
        let call = Call { act, method: &Method::PATCH, url: &session.url, headers: &headers, body: None, from: None };
        let answer = self.once(&call, Some(body))?;
        match answer.status {
            202 | 204 => self.session(&answer, &session.url).map_err(Trouble::Final),
            // The body is gone, so another attempt is one of the whole layer.
            300..=399 => Err(Trouble::again("it leads elsewhere")),
            401 => {
                self.login.again(&self.wire, &answer, &session.url).map_err(Trouble::Final)?;
                Err(Trouble::again("the login is over"))
            }
            _ => Err(self.peer().trouble(act, &answer)),
        }
    }

    /// Sends the bytes from `start` on. This is not repeated: what has arrived must be asked for.
    pub(crate) fn piece(&self, session: &Session, start: u64, bytes: &[u8]) -> Result<Session, Trouble> {
        let end = start + bytes.len() as u64;
        let headers = [
            (CONTENT_TYPE, OCTETS.to_owned()),
            (CONTENT_LENGTH, bytes.len().to_string()),
            (CONTENT_RANGE, format!("{start}-{}", end.saturating_sub(1))),
        ];
        let act = "take a layer";
        let call =
            Call { act, method: &Method::PATCH, url: &session.url, headers: &headers, body: Some(bytes), from: None };
        let answer = self.follow(&call)?;
        match answer.status {
            202 | 204 => {}
            // Ranges that don't fit, and uploads that it has forgotten: another attempt may help.
            400 | 404 | 416 => return Err(Trouble::again(&self.peer().words(&answer))),
            _ => return Err(self.peer().trouble(act, &answer)),
        }
        let session = self.session(&answer, &session.url).map_err(Trouble::Final)?;
        match answer.reached() {
            Some(reached) if reached < end && reached > 0 => Err(Trouble::again("it took only a part")),
            _ => Ok(session),
        }
    }

    /// How much of an upload has arrived, if the registry knows, and where it goes on.
    pub(crate) fn reached(&self, session: &Session) -> Option<(u64, Session)> {
        let call = Call {
            act: "say how far it got",
            method: &Method::GET,
            url: &session.url,
            headers: &[],
            body: None,
            from: None,
        };
        let answer = self.follow(&call).ok().filter(|answer| answer.status == 204)?;
        Some((answer.reached()?, self.session(&answer, &session.url).ok()?))
    }

    /// Ends an upload. The registry checks that the digest is right.
    pub(crate) fn commit(&self, session: &Session, digest: &Digest) -> Result<(), Trouble> {
        let url = format!("{}{}digest={digest}", session.url, if session.url.contains('?') { '&' } else { '?' });
        let headers = [(CONTENT_TYPE, OCTETS.to_owned()), (CONTENT_LENGTH, "0".to_owned())];
        let act = "keep a layer";
        let call = Call { act, method: &Method::PUT, url: &url, headers: &headers, body: Some(&[]), from: None };
        let answer = self.call(&call).map_err(Trouble::Final)?;
        match answer.status {
            200..=299 => {
                self.check_echo(&answer, "a layer", digest).map_err(Trouble::Final)?;
                self.arrived(digest);
                Ok(())
            }
            // It may have been kept at an attempt whose answer was lost; or it got damaged on its way.
            400 | 404 | 416 if self.has_now(digest) => Ok(()),
            400 | 404 | 416 => Err(Trouble::again(&self.peer().words(&answer))),
            _ => Err(self.peer().trouble(act, &answer)),
        }
    }

    fn has_now(&self, digest: &Digest) -> bool {
        self.known.lock().unwrap_or_else(PoisonError::into_inner).remove(digest);
        self.has(digest).unwrap_or_default()
    }

    /// Puts a manifest under the tag. Gives its digest.
    pub(crate) fn put_manifest(&self, media_type: &str, bytes: &[u8]) -> Result<Digest, Error> {
        let digest = Digest::of(bytes);
        let url = self.url(&format!("manifests/{}", self.peer().to.tag()));
        let headers = [(CONTENT_TYPE, media_type.to_owned()), (CONTENT_LENGTH, bytes.len().to_string())];
        let act = "take the manifest";
        let call = Call { act, method: &Method::PUT, url: &url, headers: &headers, body: Some(bytes), from: None };
        let answer = self.call(&call)?;
        if !(200..=299).contains(&answer.status) {
            return Err(self.peer().error(act, &answer));
        }
        self.check_echo(&answer, "the manifest", &digest)?;
        Ok(digest)
    }

    /// Waits until the registry finds a manifest: what is new may stay unknown for a while.
    pub(crate) fn await_manifest(&self, digest: &Digest) -> Result<(), Error> {
        let mut left = self.retries.manifest_attempts;
        loop {
            let answer = self.manifest("find the manifest", &Method::HEAD, &digest.to_string())?;
            match answer.status {
                200..=299 => return Ok(()),
                400..=499 if answer.elsewhere && answer.status != 404 => return Ok(()),
                404 if left > 0 => {
                    left -= 1;
                    self.wait("find the manifest", "it is not there yet", self.retries.manifest_wait)?;
                }
                404 => return Err(Error::NotVisible { registry: self.peer().name(), digest: *digest }),
                _ => return Err(self.peer().error("find the manifest", &answer)),
            }
        }
    }

    /// A manifest that the repository has under a tag or digest.
    pub(crate) fn get_manifest(&self, reference: &str) -> Result<Option<Vec<u8>>, Error> {
        let answer = self.manifest("show a manifest", &Method::GET, reference)?;
        Ok((answer.status == 200).then_some(answer.body))
    }

    /// A small blob that the repository has.
    pub(crate) fn get_blob(&self, digest: &Digest) -> Result<Option<Vec<u8>>, Error> {
        let url = self.url(&format!("blobs/{digest}"));
        let act = "show a config";
        let call = Call { act, method: &Method::GET, url: &url, headers: &[], body: None, from: None };
        let answer = self.retry(act, || self.follow(&call))?;
        Ok((answer.status == 200 && Digest::of(&answer.body) == *digest).then_some(answer.body))
    }

    fn manifest(&self, act: &'static str, method: &Method, reference: &str) -> Result<Answer, Error> {
        let url = self.url(&format!("manifests/{reference}"));
        let headers = [(ACCEPT, format!("{DOCKER_MANIFEST}, {OCI_MANIFEST}"))];
        self.call(&Call { act, method, url: &url, headers: &headers, body: None, from: None })
    }

    fn peer(&self) -> &Peer<'a> {
        &self.wire.peer
    }

    fn url(&self, rest: &str) -> String {
        format!("{}/v2/{}/{rest}", self.peer().base, self.peer().to.repository())
    }

    /// Where an upload goes on. The address may be relative, and it may be elsewhere.
    fn session(&self, answer: &Answer, asked: &str) -> Result<Session, Error> {
        let location = answer.header("location").ok_or_else(|| self.peer().protocol("an upload has no address"))?;
        let url = url::join(asked, location).ok_or_else(|| self.peer().protocol("the address of an upload is none"))?;
        self.refuse_downgrade(&url)?;
        Ok(Session { url })
    }

    /// What is to be encrypted stays so.
    fn refuse_downgrade(&self, url: &str) -> Result<(), Error> {
        if self.peer().base.starts_with("https://") && !url.starts_with("https://") {
            return Err(self.peer().protocol("it leads from TLS to a connection without it"));
        }
        Ok(())
    }

    fn check_echo(&self, answer: &Answer, what: &'static str, sent: &Digest) -> Result<(), Error> {
        match answer.header("docker-content-digest") {
            Some(found) if !found.eq_ignore_ascii_case(&sent.to_string()) => {
                let found = self.peer().clean(found.chars().take(100).collect());
                Err(Error::Garbled { registry: self.peer().name(), what, found, sent: *sent })
            }
            _ => Ok(()),
        }
    }

    /// Makes a request, several times if need be.
    fn call(&self, call: &Call<'_>) -> Result<Answer, Error> {
        self.retry(call.act, || {
            let answer = self.follow(call)?;
            if answer.is_passing() { Err(self.peer().trouble(call.act, &answer)) } else { Ok(answer) }
        })
    }

    /// Does something until it works, until it can't, or until it was tried often enough.
    fn retry<T>(&self, act: &'static str, attempt: impl Fn() -> Result<T, Trouble>) -> Result<T, Error> {
        let mut tried = 1;
        loop {
            match attempt() {
                Ok(done) => return Ok(done),
                Err(Trouble::Final(error)) => return Err(error),
                Err(Trouble::Again(refusal)) if tried >= self.retries.attempts => {
                    return Err(self.given_up(act, tried, refusal));
                }
                Err(Trouble::Again(refusal)) => self.back_off(act, tried, &refusal)?,
            }
            tried += 1;
        }
    }

    /// Waits after an attempt that failed; each time for longer, or as long as the registry says.
    pub(crate) fn back_off(&self, act: &'static str, tried: u32, refusal: &Refusal) -> Result<(), Error> {
        let wait = self.retries.wait.saturating_mul(1 << (tried - 1).min(16));
        let wait = refusal.wait.unwrap_or(wait).min(self.retries.longest_wait);
        self.wait(act, &refusal.reason, wait)
    }

    pub(crate) fn given_up(&self, act: &'static str, attempts: u32, refusal: Refusal) -> Error {
        let (registry, answer) = (self.peer().name(), refusal.reason);
        match refusal.status {
            Some(429) => Error::RateLimited { registry, attempts, answer },
            Some(_) => Error::RegistryFailed { registry, attempts, act, answer },
            None => Error::Unreachable { registry, reason: answer },
        }
    }

    pub(crate) fn attempts(&self) -> u32 {
        self.retries.attempts
    }

    fn wait(&self, act: &str, reason: &str, wait: Duration) -> Result<(), Error> {
        self.observer.event(&Event::Retrying { act, reason, wait });
        let end = Instant::now() + wait;
        while !(self.stop)() {
            let left = end.saturating_duration_since(Instant::now());
            if left.is_zero() {
                return Ok(());
            }
            std::thread::sleep(left.min(SECOND / 20));
        }
        Err(Error::Stopped)
    }

    /// Makes a request where it leads to, and again if the login is over.
    fn follow(&self, call: &Call<'_>) -> Result<Answer, Trouble> {
        let mut url = call.url.to_owned();
        let mut renewals = 0;
        for _ in 0..REDIRECTS + RENEWALS {
            let here = Call { url: &url, ..*call };
            let answer = self.once(&here, None)?;
            match answer.status {
                401 if renewals < RENEWALS => {
                    self.login.again(&self.wire, &answer, &url).map_err(Trouble::Final)?;
                    renewals += 1;
                }
                301 | 302 | 307 | 308 => {
                    let location = answer.header("location").and_then(|location| url::join(&url, location));
                    let next =
                        location.ok_or_else(|| Trouble::Final(self.peer().protocol("a redirect leads nowhere")))?;
                    self.refuse_downgrade(&next).map_err(Trouble::Final)?;
                    url = next;
                }
                _ => return Ok(Answer { elsewhere: !url::same_origin(&url, &self.peer().base), ..answer }),
            }
        }
        Err(Trouble::Final(self.peer().protocol("it leads elsewhere again and again")))
    }

    /// Makes a request once. The login is told to the registry's own address, and to no other.
    fn once(&self, call: &Call<'_>, body: Option<&mut dyn Read>) -> Result<Answer, Trouble> {
        let mut request = Request::builder().method(call.method.clone()).uri(call.url);
        for (name, value) in call.headers {
            request = request.header(name, value);
        }
        let authorization = if url::same_origin(call.url, &self.peer().base) {
            self.login.authorization(&self.wire, call.from)?
        } else {
            None
        };
        if let Some(authorization) = &authorization {
            request = request.header(AUTHORIZATION, authorization);
        }
        Ok(Answer { login: authorization, ..self.wire.send(request, call.body, body)? })
    }
}

const OCTETS: &str = "application/octet-stream";
