//! A client of a few lines, so that the fake is not tested with what is tested with it.

use std::io::{Read, Write};
use std::net::TcpStream;

use fake_fly::FakeFly;
use serde_json::Value;

/// An answer.
#[derive(Debug)]
pub(crate) struct Answer {
    pub(crate) status: u16,
    pub(crate) head: String,
    pub(crate) text: String,
}

impl Answer {
    pub(crate) fn json(&self) -> Value {
        serde_json::from_str(&self.text).unwrap_or_else(|_| panic!("no JSON: {} {}", self.status, self.text))
    }

    /// The body of an answer that must be good.
    #[track_caller]
    pub(crate) fn good(self) -> Value {
        assert!((200..300).contains(&self.status), "{} {}", self.status, self.text);
        if self.text.is_empty() { Value::Null } else { self.json() }
    }

    /// The message of an answer that must have this status.
    #[track_caller]
    pub(crate) fn refused(self, status: u16) -> String {
        assert_eq!(self.status, status, "{}", self.text);
        self.json()["error"].as_str().unwrap_or_default().to_owned()
    }
}

/// Sends a request with these headers, and reads what is answered until the connection is closed.
/// Nothing if that is nothing.
pub(crate) fn send(fly: &FakeFly, method: &str, path: &str, headers: &[(&str, &str)], body: &str) -> Option<Answer> {
    let address = fly.url();
    let address = address.trim_start_matches("http://");
    let mut stream = TcpStream::connect(address).unwrap();
    let lines: Vec<_> = headers.iter().map(|(name, value)| format!("{name}: {value}\r\n")).collect();
    let length = if body.is_empty() { String::new() } else { format!("content-length: {}\r\n", body.len()) };
    let start = format!("{method} {path} HTTP/1.1\r\nhost: {address}\r\nconnection: close\r\n");
    let request = format!("{start}{}{length}\r\n{body}", lines.concat());
    stream.write_all(request.as_bytes()).unwrap();
    let mut text = String::new();
    let _ = stream.read_to_string(&mut text);
    let (head, body) = text.split_once("\r\n\r\n")?;
    let status = head.split(' ').nth(1)?.parse().ok()?;
    Some(Answer { status, head: head.to_owned(), text: body.to_owned() })
}

/// Calls with the usual headers.
pub(crate) fn call(fly: &FakeFly, method: &str, path: &str, body: &Value) -> Answer {
    with_nonce(fly, method, path, body, "")
}

/// Calls with a lease.
pub(crate) fn with_nonce(fly: &FakeFly, method: &str, path: &str, body: &Value, nonce: &str) -> Answer {
    let body = if body.is_null() { String::new() } else { body.to_string() };
    let headers = [
        ("authorization", "Bearer test-token"),
        ("content-type", "application/json"),
        ("fly-machine-lease-nonce", nonce),
    ];
    send(fly, method, path, &headers, &body).expect("an answer")
}

pub(crate) fn get(fly: &FakeFly, path: &str) -> Answer {
    call(fly, "GET", path, &Value::Null)
}

pub(crate) fn post(fly: &FakeFly, path: &str, body: &Value) -> Answer {
    call(fly, "POST", path, body)
}

/// The app `shop`.
pub(crate) fn shop(fly: &FakeFly) {
    post(fly, "/v1/apps", &serde_json::json!({ "name": "shop", "org_slug": "personal" })).good();
    fly.with(|world| world.conditions.rate_limits = false);
}

/// A machine of it, and its id.
pub(crate) fn machine(fly: &FakeFly, more: &Value) -> String {
    let mut body = serde_json::json!({ "region": "fra", "config": { "image": "nginx" } });
    body.as_object_mut().unwrap().extend(more.as_object().cloned().unwrap_or_default());
    post(fly, "/v1/apps/shop/machines", &body).good()["id"].as_str().unwrap().to_owned()
}

/// Waits for a state.
pub(crate) fn wait(fly: &FakeFly, id: &str, query: &str) -> Answer {
    get(fly, &format!("/v1/apps/shop/machines/{id}/wait?{query}"))
}
