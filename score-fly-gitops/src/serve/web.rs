//! What a controller answers.

use std::net::SocketAddr;
use std::sync::Arc;
use std::time::Duration;

use axum::Router;
use axum::body::{Body, Bytes, to_bytes};
use axum::extract::{Path, RawQuery, Request, State};
use axum::http::{HeaderMap, StatusCode, header};
use axum::response::{IntoResponse as _, Response};
use axum::routing::{get, post};
use hyper::server::conn::http1;
use hyper_util::rt::{TokioIo, TokioTimer};
use hyper_util::service::TowerToHyperService;
use tokio::net::TcpListener;
use tokio::sync::Semaphore;
use tokio::time::timeout;

use super::board::{Board, Heard};
use super::clerk::Counter;
use super::hooks::{Refused, Sender, verify};
use super::keys::Secrets;
use super::options::now;
use super::{login, metrics, page};

/// What answers need to know.
#[derive(Debug, Clone)]
pub(super) struct Desk {
    pub(super) board: Arc<Board>,
    pub(super) counter: Counter,
    /// What webhooks are signed with; none is believed without.
    pub(super) secrets: Arc<Secrets>,
    /// What whoever reads the page has to know; nobody may without.
    pub(super) tokens: Arc<Secrets>,
    /// After so long without a look, something is wrong.
    pub(super) patience: Duration,
}

/// GitHub sends no more than 25 MB.
const LARGEST: usize = 25 << 20;

/// A form to log in.
const LARGEST_FORM: usize = 4 << 10;

/// All bodies that are read at once, in KiB: that bounds the memory that strangers can take.
const ROOM: u32 = 64 << 10;

/// How long a head or a body may take to arrive.
const ARRIVES: Duration = Duration::from_secs(10);

/// How long an answer waits for the database. Forges wait ten seconds.
const KEPT: Duration = Duration::from_secs(8);

/// So many are connected at once.
const CONNECTIONS: usize = 1024;

/// The room that is left for bodies.
static BODIES: Semaphore = Semaphore::const_new(ROOM as usize);

/// Serves until the process ends. `listening` is told where.
pub(super) fn serve(desk: Desk, address: SocketAddr, listening: &dyn Fn(SocketAddr)) -> std::io::Result<()> {
    let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build()?;
    runtime.block_on(async {
        let listener = TcpListener::bind(address).await?;
        listening(listener.local_addr()?);
        let service = TowerToHyperService::new(router(desk));
        let connections = Arc::new(Semaphore::new(CONNECTIONS));
        loop {
            let Ok(permit) = Arc::clone(&connections).acquire_owned().await else { return Ok(()) };
            let Ok((stream, _)) = listener.accept().await else {
                // There are no more files to be had, for one: that passes.
                tokio::time::sleep(Duration::from_millis(100)).await;
                continue;
            };
            let service = service.clone();
            tokio::spawn(async move {
                let mut builder = http1::Builder::new();
                builder.timer(TokioTimer::new()).header_read_timeout(ARRIVES).max_buf_size(64 << 10);
                let _ = builder.serve_connection(TokioIo::new(stream), service).await;
                drop(permit);
            });
        }
    })
}

fn router(desk: Desk) -> Router {
    Router::new()
        .route("/", get(html))
        .route("/login", post(log_in))
        .route("/logout", post(log_out))
        .route("/api/apps", get(json))
        .route("/metrics", get(prometheus))
        .route("/healthz", get(healthz))
        .route("/readyz", get(readyz))
        .route("/hooks/{sender}", post(hook))
        .with_state(desk)
}

/// Takes a webhook. The answer comes once it is kept where a killed process can't lose it.
async fn hook(State(desk): State<Desk>, Path(sender): Path<String>, request: Request) -> Response {
    let Some(sender) = Sender::from_name(&sender) else {
        return (StatusCode::NOT_FOUND, "no such sender is known here\n").into_response();
    };
    let (parts, body) = request.into_parts();
    let headers = parts.headers;
    let body = match read(&headers, body, LARGEST).await {
        Ok(body) => body,
        Err(StatusCode::PAYLOAD_TOO_LARGE) => {
            return refused(&desk, Heard::TooLarge, StatusCode::PAYLOAD_TOO_LARGE, "the body is larger than 25 MiB\n");
        }
        Err(status) => return refused(&desk, Heard::Refused, status, "the body did not arrive\n"),
    };
    let header = |name: &str| headers.get(name).and_then(|value| value.to_str().ok());
    let delivery = match verify(sender, &header, &body, &desk.secrets, now()) {
        Ok(delivery) => delivery,
        Err(Refused::Signature) => {
            let why = "the signature is not one that is known here\n";
            return refused(&desk, Heard::Refused, StatusCode::UNAUTHORIZED, why);
        }
        Err(Refused::Body) => {
            let why = "the body is not what such a sender sends\n";
            return refused(&desk, Heard::Refused, StatusCode::BAD_REQUEST, why);
        }
    };
    drop(body);
    if !desk.board.matters(&delivery) {
        desk.board.count(Heard::Ignored);
        return (StatusCode::ACCEPTED, "that does not matter here\n").into_response();
    }
    let unkept = (StatusCode::SERVICE_UNAVAILABLE, "it could not be kept; send it again\n");
    let Some(heard) = desk.counter.hand_in(sender.name(), delivery.id) else {
        desk.board.count(Heard::Unkept);
        return unkept.into_response();
    };
    match timeout(KEPT, heard).await {
        Ok(Ok(Heard::Wakes)) => (StatusCode::ACCEPTED, "a look at the tree is due\n").into_response(),
        Ok(Ok(Heard::Repeated)) => (StatusCode::ACCEPTED, "that came before\n").into_response(),
        _ => unkept.into_response(),
    }
}

/// Reads a body, once there is room for it.
async fn read(headers: &HeaderMap, body: Body, most: usize) -> Result<Bytes, StatusCode> {
    let said = headers.get(header::CONTENT_LENGTH).and_then(|length| length.to_str().ok()?.parse::<usize>().ok());
    if said.is_some_and(|length| length > most) {
        return Err(StatusCode::PAYLOAD_TOO_LARGE);
    }
    let room = u32::try_from(said.unwrap_or(most).div_ceil(1024)).unwrap_or(ROOM).max(1);
    let reads = async {
        let _room = BODIES.acquire_many(room).await;
        to_bytes(body, most).await
    };
    match timeout(ARRIVES, reads).await {
        Ok(Ok(body)) => Ok(body),
        Ok(Err(error)) if std::error::Error::source(&error).is_some_and(|why| why.to_string().contains("limit")) => {
            Err(StatusCode::PAYLOAD_TOO_LARGE)
        }
        Ok(Err(_)) => Err(StatusCode::BAD_REQUEST),
        Err(_) => Err(StatusCode::REQUEST_TIMEOUT),
    }
}

fn refused(desk: &Desk, heard: Heard, status: StatusCode, why: &'static str) -> Response {
    desk.board.count(heard);
    (status, why).into_response()
}

/// What every page is sent with.
fn as_page(status: StatusCode, text: String) -> Response {
    let headers = [
        (header::CONTENT_TYPE, "text/html; charset=utf-8".to_owned()),
        (header::CONTENT_SECURITY_POLICY, page::policy()),
        (header::CACHE_CONTROL, "no-store".to_owned()),
        (header::REFERRER_POLICY, "no-referrer".to_owned()),
        (header::X_CONTENT_TYPE_OPTIONS, "nosniff".to_owned()),
        (header::X_FRAME_OPTIONS, "DENY".to_owned()),
    ];
    (status, headers, text).into_response()
}

async fn html(State(desk): State<Desk>, RawQuery(query): RawQuery, headers: HeaderMap) -> Response {
    if !login::may_read(&desk.tokens, &headers, now()) {
        return as_page(StatusCode::UNAUTHORIZED, page::login(desk.tokens.is_empty(), false));
    }
    let filter = page::Filter::of(query.as_deref().unwrap_or_default());
    let text = page::html(&desk.board.now(), now(), &filter);
    as_page(StatusCode::OK, text)
}

async fn log_in(State(desk): State<Desk>, request: Request) -> Response {
    let (parts, body) = request.into_parts();
    let Ok(body) = read(&parts.headers, body, LARGEST_FORM).await else {
        return StatusCode::BAD_REQUEST.into_response();
    };
    let token = form_urlencoded::parse(&body).find(|(name, _)| name == "token").map(|(_, value)| value.into_owned());
    // In front of a controller stands a proxy that says how it was reached.
    let proto = parts.headers.get("x-forwarded-proto").and_then(|value| value.to_str().ok());
    let cookie = login::cookie(&desk.tokens, token.unwrap_or_default().trim(), now(), proto == Some("https"));
    match cookie {
        Some(cookie) => {
            let headers = [(header::SET_COOKIE, cookie), (header::LOCATION, "/".to_owned())];
            (StatusCode::SEE_OTHER, headers).into_response()
        }
        None => {
            // Whoever guesses shall not do so fast.
            tokio::time::sleep(Duration::from_millis(500)).await;
            as_page(StatusCode::UNAUTHORIZED, page::login(desk.tokens.is_empty(), true))
        }
    }
}

async fn log_out() -> Response {
    let headers = [(header::SET_COOKIE, login::no_cookie()), (header::LOCATION, "/".to_owned())];
    (StatusCode::SEE_OTHER, headers).into_response()
}

async fn json(State(desk): State<Desk>, headers: HeaderMap) -> Response {
    reader(&desk, &headers, || {
        let text = format!("{:#}\n", page::data(&desk.board.now()));
        ([(header::CONTENT_TYPE, "application/json"), (header::CACHE_CONTROL, "no-store")], text).into_response()
    })
}

async fn prometheus(State(desk): State<Desk>, headers: HeaderMap) -> Response {
    reader(&desk, &headers, || {
        ([(header::CONTENT_TYPE, "text/plain; version=0.0.4")], metrics::text(&desk.board.now())).into_response()
    })
}

fn reader(desk: &Desk, headers: &HeaderMap, answer: impl FnOnce() -> Response) -> Response {
    if login::may_read(&desk.tokens, headers, now()) {
        return answer();
    }
    let why = if desk.tokens.is_empty() { page::NO_TOKEN } else { "give the token as a bearer token" };
    (StatusCode::UNAUTHORIZED, [(header::WWW_AUTHENTICATE, "Bearer")], format!("{why}\n")).into_response()
}

/// Healthy is whose workers look for something to do.
async fn healthz(State(desk): State<Desk>) -> Response {
    let alive = desk.board.now().alive;
    if alive.is_some_and(|alive| alive.elapsed() > Duration::from_secs(60)) {
        return (StatusCode::SERVICE_UNAVAILABLE, "nobody works\n").into_response();
    }
    "ok\n".into_response()
}

/// Ready is who has looked at the tree, and does so again and again.
async fn readyz(State(desk): State<Desk>) -> Response {
    let board = desk.board.now();
    let at = board.look.as_ref().map(|look| look.at);
    let is_late = at.is_none_or(|at| now().saturating_sub(at) > desk.patience.as_secs());
    let why = match () {
        () if board.broken.is_some() => "the database does not work\n",
        () if board.trouble.is_some() => "the tree can't be looked at\n",
        () if is_late && !board.is_looking => "nobody has looked at the tree for long\n",
        () if at.is_none() => "the first look is not over\n",
        () => return "ok\n".into_response(),
    };
    (StatusCode::SERVICE_UNAVAILABLE, why).into_response()
}
