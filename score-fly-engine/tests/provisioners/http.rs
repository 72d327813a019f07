//! Servers, good and bad.

use std::net::TcpListener;
use std::time::{Duration, Instant};

use score_fly_core::secret::Secret;
use score_fly_engine::provisioner::{Answer, Http, Kind, Mode, Timeout};
use serde_json::{Value, json};

use crate::server::{Reply, Server};
use crate::support::{GUID, answer, call, error, map, provision, redis, values};

fn at(url: &str) -> Kind {
    Kind::Http(Http { url: url.to_owned(), timeout: None })
}

fn answering(replies: Vec<Reply>) -> (Kind, Server) {
    let server = Server::start(replies);
    (at(&server.url()), server)
}

fn good() -> Reply {
    Reply::json(200, &json!({"values": {"host": "h"}, "secrets": {"password": "p"}, "state": {"a": 1}}))
}

#[test]
fn posts_to_provision() {
    let (kind, server) = answering(vec![good()]);
    let answered = answer(kind, &redis());
    assert_eq!(answered.values, Some(values(json!({"host": "h"}))));
    assert_eq!(answered.secrets["password"], Secret::new(json!("p")));
    assert_eq!(answered.state, Some(map(json!({"a": 1}))));
    let [request] = server.received().try_into().expect("one request");
    assert_eq!(request.line, "POST /provision HTTP/1.1");
    assert_eq!(request.header("Content-Type"), Some("application/json"));
    let told: Value = serde_json::from_str(&request.body).expect("JSON");
    let expected = json!({
        "resource_uid": GUID,
        "resource_type": "redis",
        "resource_class": "default",
        "resource_id": "main-cache",
        "resource_params": {"size": 3},
        "resource_metadata": {},
        "state": {},
        "shared": {},
    });
    assert_eq!(told, expected);
}

#[test]
fn deletes_to_take_down() {
    for reply in [Reply::text(204, ""), Reply::text(200, ""), Reply::json(200, &json!({}))] {
        let (kind, server) = answering(vec![reply]);
        let (result, _) = call(kind, Mode::Deprovision, &redis());
        assert_eq!(result.expect("an answer"), Answer::default());
        let [request] = server.received().try_into().expect("one request");
        assert_eq!(request.line, "DELETE /provision HTTP/1.1");
        assert!(request.body.contains(GUID));
    }
}

#[test]
fn an_empty_answer_makes_nothing() {
    let (kind, _server) = answering(vec![Reply::text(200, "")]);
    assert_eq!(error(kind, &redis()), "the provisioner answered nothing, where one JSON object is expected");
}

#[test]
fn a_failure_says_what_the_server_says_of_it() {
    for (reply, message) in [
        (
            Reply::json(500, &json!({"message": "out of disks"})),
            "the provisioner answered with status 500: out of disks",
        ),
        (Reply::json(422, &json!({"error": "no such size"})), "the provisioner answered with status 422: no such size"),
        (Reply::text(500, "out of disks\n at line 3"), "the provisioner answered with status 500: out of disks"),
        (Reply::text(500, "\u{1b}[31mred"), "the provisioner answered with status 500: [31mred"),
        (Reply::text(500, "<html>oops</html>"), "the provisioner answered with status 500"),
        (Reply::json(500, &json!({"detail": "hunter2"})), "the provisioner answered with status 500"),
        (Reply::text(404, ""), "the provisioner answered with status 404"),
    ] {
        let (kind, server) = answering(vec![reply]);
        assert_eq!(error(kind, &redis()), message);
        assert_eq!(server.received().len(), 1, "it is not repeated");
    }
}

#[test]
fn a_failure_keeps_what_was_answered() {
    let (kind, _server) = answering(vec![Reply::json(500, &json!({"state": {"half": true}}))]);
    let failure = provision(kind, &redis()).expect_err("a failure");
    assert_eq!(failure.answer.and_then(|answer| answer.state), Some(map(json!({"half": true}))));
    let (kind, _server) = answering(vec![Reply::text(500, "")]);
    assert!(provision(kind, &redis()).expect_err("a failure").answer.is_none());
}

#[test]
fn a_server_that_failed_is_asked_again_the_next_time() {
    let (kind, _server) = answering(vec![Reply::text(500, "not yet"), good()]);
    assert_eq!(error(kind.clone(), &redis()), "the provisioner answered with status 500: not yet");
    assert_eq!(answer(kind, &redis()).values, Some(values(json!({"host": "h"}))));
}

#[test]
fn what_was_not_worked_on_is_repeated_with_the_same_key() {
    let (kind, server) = answering(vec![Reply::text(503, "starting"), Reply::text(502, ""), good()]);
    answer(kind, &redis());
    let requests = server.received();
    let keys: Vec<Option<&str>> = requests.iter().map(|request| request.header("Idempotency-Key")).collect();
    assert_eq!(keys.len(), 3);
    assert!(keys[0].is_some_and(|key| !key.is_empty()) && keys[0] == keys[1] && keys[1] == keys[2]);
    assert!(requests.iter().all(|request| request.body == requests[0].body));
}

#[test]
fn another_call_has_another_key() {
    let (kind, server) = answering(vec![good()]);
    answer(kind.clone(), &redis());
    answer(kind, &redis());
    let requests = server.received();
    assert_ne!(requests[0].header("Idempotency-Key"), requests[1].header("Idempotency-Key"));
}

#[test]
fn repeating_ends() {
    let (kind, server) = answering(vec![Reply::text(503, "starting")]);
    assert_eq!(error(kind, &redis()), "the provisioner answered with status 503: starting");
    assert_eq!(server.received().len(), 4);
}

#[test]
fn a_server_that_is_not_there() {
    let closed = TcpListener::bind("127.0.0.1:0").and_then(|listener| listener.local_addr()).expect("an address");
    // A password stands in the address, and is not to be seen.
    let message = error(at(&format!("http://me:hunter2@{closed}/x?token=hunter2")), &redis());
    assert_eq!(message, format!("the provisioner at `http://{closed}` can't be reached: Connection refused"));
    for url in ["redis", "", "http://", "ftp://host/"] {
        let message = error(at(url), &redis());
        assert!(message.starts_with("the provisioner's URL can't be read"), "{url}: {message}");
    }
}

#[test]
fn a_server_that_hangs() {
    let server = Server::start(vec![Reply::Hang]);
    let started = Instant::now();
    let kind = Kind::Http(Http { url: server.url(), timeout: Some(Timeout::from_millis(300)) });
    assert_eq!(error(kind, &redis()), "the provisioner did not answer within 300ms");
    assert!(started.elapsed() < Duration::from_secs(5));
    assert_eq!(server.received().len(), 1, "it may have been worked on, and is not repeated");
}

#[test]
fn garbage() {
    let (kind, _server) = answering(vec![Reply::Bytes(b"SSH-2.0-OpenSSH\r\n\r\n")]);
    let message = error(kind, &redis());
    assert!(message.starts_with("the provisioner at `http://127.0.0.1:"), "{message}");
    let (kind, _server) = answering(vec![Reply::text(200, "hunter2")]);
    assert_eq!(
        error(kind, &redis()),
        "the provisioner's answer is not of the form that answers have: no JSON in line 1, column 1"
    );
}

#[test]
fn an_answer_without_end_is_cut_off() {
    let (kind, _server) = answering(vec![Reply::Flood]);
    assert_eq!(error(kind, &redis()), "the provisioner answered more than 1048576 bytes");
}

#[test]
fn another_server_is_told_nothing() {
    let other = Server::start(vec![good()]);
    for status in [307, 308] {
        let (kind, _server) = answering(vec![Reply::redirect(status, &other.url())]);
        assert_eq!(
            error(kind, &redis()),
            "the provisioner redirects to another server, at `127.0.0.1`, which is told nothing: give the URL that it redirects to, if that is meant"
        );
    }
    for status in [301, 302, 303] {
        let (kind, _server) = answering(vec![Reply::redirect(status, &other.url())]);
        let message = error(kind, &redis());
        assert!(message.contains(&format!("with status {status}, which repeats no request")), "{message}");
    }
    assert!(other.received().is_empty());
}

#[test]
fn a_server_may_point_within_itself() {
    for (mode, method) in [(Mode::Provision, "POST"), (Mode::Deprovision, "DELETE")] {
        let server =
            Server::answering(
                |_, request| {
                    if request.line.contains("/v2?x=1 ") { good() } else { Reply::redirect(307, "/v2?x=1") }
                },
            );
        call(at(&server.url()), mode, &redis()).0.expect("an answer");
        let requests = server.received();
        let lines: Vec<&str> = requests.iter().map(|request| request.line.as_str()).collect();
        assert_eq!(lines, [format!("{method} /provision HTTP/1.1"), format!("{method} /v2?x=1 HTTP/1.1")]);
        assert_eq!(requests[0].body, requests[1].body);
    }
    let server = Server::start(vec![Reply::redirect(308, "/provision")]);
    assert!(error(at(&server.url()), &redis()).starts_with("the provisioner redirects more than 3 times"));
}
