//! The client: sending calls, with tokens, limits, repetitions and an end on request.

use std::fmt;
use std::io;
use std::sync::atomic::{AtomicU64, Ordering};
use std::sync::{Arc, Mutex, PoisonError};
use std::time::{Duration, Instant};

use serde::de::DeserializeOwned;
use ureq::http::Response;
use ureq::tls::{RootCerts, TlsConfig};
use ureq::{Agent, Body as Incoming};

use crate::call::{Body, Call, HIDDEN, Method, Repeat, Server};
use crate::classify;
use crate::clock::{Clock, Stop, SystemClock};
use crate::error::{Error, Kind};
use crate::hosts::Hosts;
use crate::limit::Limits;
use crate::token::Token;
use crate::trace::{Event, Observer, Reason};

/// What a client can be told.
#[derive(Clone)]
pub struct Options {
    /// Where Fly's APIs are.
    pub hosts: Hosts,
    /// How the client presents itself.
    pub user_agent: String,
    /// Whether it stays below Fly's rate limits by itself.
    pub keep_limits: bool,
    /// How often and when calls are repeated.
    pub retries: Retries,
    /// Its clock.
    pub clock: Arc<dyn Clock>,
    /// Who is told of every request and answer.
    pub observer: Option<Arc<dyn Observer>>,
}

/// How often and when calls are repeated that may be.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Retries {
    /// How often a call is made at most.
    pub attempts: u32,
    /// How long to wait before the second time; each further one waits twice as long. It is somewhat less
    /// in fact, and not the same for all, so that clients do not come back all at once.
    pub first_pause: Duration,
    /// How long to wait at most.
    pub longest_pause: Duration,
}

impl Default for Retries {
    fn default() -> Self {
        Self { attempts: 6, first_pause: Duration::from_millis(250), longest_pause: Duration::from_secs(5) }
    }
}

impl Default for Options {
    fn default() -> Self {
        Self {
            hosts: Hosts::default(),
            user_agent: concat!("score-fly/", env!("CARGO_PKG_VERSION")).to_owned(),
            keep_limits: true,
            retries: Retries::default(),
            clock: Arc::new(SystemClock::new()),
            observer: None,
        }
    }
}

impl fmt::Debug for Options {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Options").field("hosts", &self.hosts).finish_non_exhaustive()
    }
}

/// A client of Fly's APIs. Clones are one and the same.
#[derive(Debug, Clone)]
pub struct Client {
    shared: Arc<Shared>,
    lane: Arc<Lane>,
    cleanup: Arc<Lane>,
}

struct Shared {
    token: Token,
    options: Options,
    limits: Mutex<Limits>,
    calls: AtomicU64,
    /// State of a generator of numbers for pauses.
    random: AtomicU64,
}

impl fmt::Debug for Shared {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        fmt::Debug::fmt(&self.options, f)
    }
}

/// Connections that are ended together.
#[derive(Debug)]
struct Lane {
    agent: Agent,
    stop: Stop,
}

/// The largest answer that is read. The list of all machines of a large app is some megabytes.
const ANSWER_LIMIT: u64 = 64 * 1024 * 1024;

/// How long a secret is at least to be looked for in messages.
const SHORTEST: usize = 4;

/// How long a server may want to be left alone.
const LONGEST_WISH: Duration = Duration::from_secs(60);

/// After how long a server that does not take a connection is given up.
const CONNECT: Duration = Duration::from_secs(10);

/// As many machines are worked on at once at most; each wants a connection that stays.
const CONNECTIONS: usize = 32;

impl Lane {
    fn new(options: &Options) -> Arc<Self> {
        let config = Agent::config_builder()
            .http_status_as_error(false)
            .max_redirects(0)
            .max_redirects_will_error(false)
            .timeout_connect(Some(CONNECT))
            .timeout_resolve(Some(CONNECT))
            .max_idle_connections(CONNECTIONS)
            .max_idle_connections_per_host(CONNECTIONS)
            .input_buffer_size(16 * 1024)
            .output_buffer_size(16 * 1024)
            .tls_config(TlsConfig::builder().root_certs(RootCerts::PlatformVerifier).build())
            .user_agent(&options.user_agent);
        let hosts = [&options.hosts.machines, &options.hosts.web, &options.hosts.rest];
        let is_local =
            hosts.iter().all(|host| host.starts_with("http://127.0.0.1") || host.starts_with("http://localhost"));
        // Nobody means a proxy for what is on this machine.
        let config = if is_local { config.proxy(None) } else { config };
        Arc::new(Self { agent: config.build().into(), stop: Stop::default() })
    }
}

impl Client {
    /// A client that has this token.
    pub fn new(token: Token, options: Options) -> Self {
        let (lane, cleanup) = (Lane::new(&options), Lane::new(&options));
        let shared = Shared {
            token,
            options,
            limits: Mutex::default(),
            calls: AtomicU64::new(0),
            random: AtomicU64::new(getrandom::u64().unwrap_or(1)),
        };
        Self { shared: Arc::new(shared), lane, cleanup }
    }

    /// Ends all calls that are under way, within moments, and all that are made from now on, with
    /// [`Kind::Stopped`]. What [`Client::cleanup`] gives goes on.
    pub fn stop(&self) {
        self.lane.stop.set();
        self.lane.agent.clone().shutdown();
    }

    /// Whether it was told to stop.
    pub fn is_stopped(&self) -> bool {
        self.lane.stop.is_set()
    }

    /// The client for what must still be done after [`Client::stop`], such as giving back leases. It can be
    /// stopped as well.
    pub fn cleanup(&self) -> Self {
        Self { shared: Arc::clone(&self.shared), lane: Arc::clone(&self.cleanup), cleanup: Arc::clone(&self.cleanup) }
    }

    /// Where Fly's APIs are.
    pub fn hosts(&self) -> &Hosts {
        &self.shared.options.hosts
    }

    /// The token. Who pushes images needs it, too.
    pub fn token(&self) -> &Token {
        &self.shared.token
    }

    pub(crate) fn clock(&self) -> &dyn Clock {
        self.shared.options.clock.as_ref()
    }

    /// What time it is on the client's clock, since a moment that stays the same.
    pub fn now(&self) -> Duration {
        self.shared.options.clock.now()
    }

    /// Lets time pass on the client's clock.
    ///
    /// # Errors
    ///
    /// [`Kind::Stopped`], if the client is told to stop.
    pub fn sleep(&self, time: Duration) -> Result<(), Error> {
        if self.shared.options.clock.sleep(time, &self.lane.stop) { Ok(()) } else { Err(stopped()) }
    }

    /// Makes a call, and reads its answer.
    pub(crate) fn send<T: DeserializeOwned + fmt::Debug>(&self, call: &Call) -> Result<T, Error> {
        self.send_reading(call, read_json)
    }

    /// Makes a call whose answer is read in another way.
    pub(crate) fn send_reading<T: fmt::Debug>(
        &self,
        call: &Call,
        read: impl Fn(&str) -> Result<T, Error>,
    ) -> Result<T, Error> {
        self.run(call, read)?
            .ok_or_else(|| Error::new(Kind::NotFound, "it is gone, since a former attempt").during(&call.action, 2))
    }

    /// Makes a call whose answer says nothing.
    pub(crate) fn send_only(&self, call: &Call) -> Result<(), Error> {
        self.run(call, |_| Ok(Nothing)).map(|_| ())
    }

    /// Nothing if it took something away and that was gone when it was repeated.
    fn run<T: fmt::Debug>(&self, call: &Call, read: impl Fn(&str) -> Result<T, Error>) -> Result<Option<T>, Error> {
        let number = self.shared.calls.fetch_add(1, Ordering::Relaxed) + 1;
        let retries = self.shared.options.retries;
        let mut attempt = 0;
        loop {
            attempt += 1;
            self.wait_for_limit(call, number).map_err(|error| error.during(&call.action, attempt))?;
            let began = Instant::now();
            let (error, after) = match self.once(call, number, attempt, &read) {
                Ok(answer) => return Ok(Some(answer)),
                Err(failed) => failed,
            };
            let error = error.during(&call.action, attempt);
            self.tell(&Event::Failure { call: number, error: &error, took: began.elapsed() });
            if attempt > 1 && call.repeat == Repeat::UntilGone && error.is_not_found() {
                return Ok(None);
            }
            if attempt >= retries.attempts || !may_repeat(call, &error) {
                return Err(error);
            }
            let pause = after.map_or_else(|| self.pause(attempt, &error), |after| after.min(LONGEST_WISH));
            self.tell(&Event::Pause { call: number, time: pause, reason: Reason::Retry });
            self.sleep(pause).map_err(|stopped| stopped.during(&call.action, attempt))?;
        }
    }

    fn wait_for_limit(&self, call: &Call, number: u64) -> Result<(), Error> {
        if self.is_stopped() {
            return Err(stopped());
        }
        let Some((action, id, rate)) = call.limit.as_ref().filter(|_| self.shared.options.keep_limits) else {
            return Ok(());
        };
        let now = self.now();
        let mut limits = self.shared.limits.lock().unwrap_or_else(PoisonError::into_inner);
        let wait = limits.wait(action, id, *rate, now);
        drop(limits);
        if wait.is_zero() {
            return Ok(());
        }
        self.tell(&Event::Pause { call: number, time: wait, reason: Reason::RateLimit });
        self.sleep(wait)
    }

    /// Sends a request, once. With the error, there may be how long the server wants to be left alone.
    fn once<T: fmt::Debug>(
        &self,
        call: &Call,
        number: u64,
        attempt: u32,
        read: impl Fn(&str) -> Result<T, Error>,
    ) -> Result<T, (Error, Option<Duration>)> {
        let options = &self.shared.options;
        let (host, header) = match call.server {
            Server::Machines => (&options.hosts.machines, self.shared.token.for_machines()),
            Server::Web if call.path.starts_with("/graphql") => (&options.hosts.web, self.shared.token.for_web()),
            Server::Web => (&options.hosts.web, self.shared.token.for_machines()),
            Server::Rest => (&options.hosts.rest, self.shared.token.for_rest()),
        };
        let url = format!("{host}{}", call.path);
        let (method, body) = (call.method.name(), call.body.as_ref().map(|body| &body.shown));
        self.tell(&Event::Request { call: number, attempt, method, url: &url, body });
        let began = Instant::now();
        let response = self.request(call, &url, header.expose()).map_err(|error| (self.lost(&error), None))?;
        let status = response.status().as_u16();
        let header = |name: &str| response.headers().get(name).and_then(|value| value.to_str().ok());
        let request_id = header("fly-request-id").map(str::to_owned);
        let after = header("retry-after").and_then(|seconds| seconds.parse().ok()).map(Duration::from_secs);
        let text = response.into_body().into_with_config().limit(ANSWER_LIMIT).lossy_utf8(true).read_to_string();
        let text = text.map_err(|error| (self.lost(&error).answered(status, request_id.clone()), None))?;
        if !(200..300).contains(&status) {
            let refusal = classify::refusal(status, &text).answered(status, request_id);
            return Err((self.scrub(call, refusal), after));
        }
        let answer = read(&text).map_err(|error| (error.answered(status, request_id.clone()), after))?;
        let request_id = request_id.as_deref();
        self.tell(&Event::Answer { call: number, status, request_id, took: began.elapsed(), body: &answer });
        Ok(answer)
    }

    fn request(&self, call: &Call, url: &str, authorization: &str) -> Result<Response<Incoming>, ureq::Error> {
        let mut builder = ureq::http::Request::builder()
            .method(call.method.name())
            .uri(url)
            .header("authorization", authorization)
            .header("accept", "application/json");
        if let Some(nonce) = &call.nonce {
            builder = builder.header("fly-machine-lease-nonce", nonce.expose());
        }
        let agent = &self.lane.agent;
        match &call.body {
            Some(body) => {
                let request = builder.header("content-type", "application/json").body(body.wire())?;
                let request = request.map(|wire| wire.expose().clone());
                let request = agent.configure_request(request).timeout_global(Some(call.timeout)).build();
                agent.run(request)
            }
            None if matches!(call.method, Method::Get | Method::Delete) => {
                let request = agent.configure_request(builder.body(())?).timeout_global(Some(call.timeout)).build();
                agent.run(request)
            }
            None => {
                let request = builder.body(Vec::new())?;
                agent.run(agent.configure_request(request).timeout_global(Some(call.timeout)).build())
            }
        }
    }

    /// What became of a request that was not answered.
    fn lost(&self, error: &ureq::Error) -> Error {
        if self.is_stopped() {
            // It may have arrived before.
            return stopped().unclear(true);
        }
        let message = match error {
            ureq::Error::Timeout(_) => "there was no answer in time".to_owned(),
            ureq::Error::HostNotFound => "there is no such server".to_owned(),
            ureq::Error::Io(error) => format!("the connection failed: {error}"),
            ureq::Error::BodyExceedsLimit(_) => "the answer is too large".to_owned(),
            other => format!("the connection failed: {other}"),
        };
        Error::new(Kind::Network, message).unclear(!never_arrived(error))
    }

    /// A message in which the server repeats a secret, or the token, shall not show it.
    pub(crate) fn scrub(&self, call: &Call, error: Error) -> Error {
        let secrets = call.body.iter().flat_map(Body::secrets);
        let secrets = secrets.chain(call.nonce.iter().map(|nonce| nonce.expose().as_str()));
        let secrets = secrets.chain(self.shared.token.parts().iter().map(String::as_str));
        // What is shorter is part of other words, and says nothing.
        let secrets = secrets.filter(|secret| secret.len() >= SHORTEST);
        secrets.fold(error, |error, secret| error.map_message(|message| message.replace(secret, HIDDEN)))
    }

    fn tell(&self, event: &Event<'_>) {
        if let Some(observer) = &self.shared.options.observer {
            observer.observe(event);
        }
    }

    /// How long to wait after so many attempts.
    fn pause(&self, attempt: u32, error: &Error) -> Duration {
        let retries = self.shared.options.retries;
        let doubled = retries.first_pause.saturating_mul(1 << attempt.saturating_sub(1).min(16));
        let limited = *error.kind() == Kind::RateLimited;
        let whole = if limited { doubled.max(Duration::from_secs(1)) } else { doubled };
        let whole = whole.min(retries.longest_pause);
        // A step of splitmix64: from one number to the next, it looks random enough for this.
        let state = self.shared.random.fetch_add(0x9E37_79B9_7F4A_7C15, Ordering::Relaxed);
        let mixed = (state ^ (state >> 30)).wrapping_mul(0xBF58_476D_1CE4_E5B9);
        let share = u32::try_from(mixed >> 40).unwrap_or_default() % 512;
        whole.mul_f64(1.0 - f64::from(share) / 1024.0)
    }
}

/// The answer of a call that says nothing.
#[derive(Debug)]
struct Nothing;

fn stopped() -> Error {
    Error::new(Kind::Stopped, "it was told to stop")
}

/// Whether a call may be made once more after this failure.
fn may_repeat(call: &Call, error: &Error) -> bool {
    match error.kind() {
        // It was not worked on.
        Kind::RateLimited => true,
        Kind::Network if !error.may_have_happened() => true,
        Kind::Network | Kind::Unavailable => call.repeat != Repeat::Never,
        Kind::TimedOut => !matches!(call.repeat, Repeat::Never | Repeat::UnlessTimedOut),
        _ => false,
    }
}

/// Whether a request certainly did not reach a server.
fn never_arrived(error: &ureq::Error) -> bool {
    match error {
        ureq::Error::ConnectionFailed
        | ureq::Error::HostNotFound
        | ureq::Error::Tls(_)
        | ureq::Error::Timeout(ureq::Timeout::Connect | ureq::Timeout::Resolve) => true,
        ureq::Error::Io(error) => error.kind() == io::ErrorKind::ConnectionRefused,
        _ => false,
    }
}

/// What can't be read is not shown: there may be secrets in it.
pub(crate) fn read_json<T: DeserializeOwned>(text: &str) -> Result<T, Error> {
    serde_json::from_str(text).map_err(|error| {
        let message = format!("the answer is not as expected, at line {}, column {}", error.line(), error.column());
        Error::new(Kind::Answer, message).unclear(true)
    })
}
