//! HTTP/1.1 on plain threads: one for each connection. What blocks (waiting for a state, stopping a
//! leased machine) simply blocks its thread.

use std::io::{self, ErrorKind, Read, Write};
use std::net::{Ipv4Addr, Shutdown, SocketAddr, TcpListener, TcpStream};
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Arc, Mutex, PoisonError};
use std::thread::{self, JoinHandle};

use serde_json::Value;

/// The largest head and body of a request that are read.
const HEAD_LIMIT: usize = 64 * 1024;
const BODY_LIMIT: usize = 16 * 1024 * 1024;

/// A request, read whole.
#[derive(Debug, Clone)]
pub(crate) struct Request {
    pub(crate) method: String,
    /// Without the query, still percent-encoded.
    pub(crate) path: String,
    /// Decoded, in the order of the URL.
    pub(crate) query: Vec<(String, String)>,
    /// Names in lower case.
    pub(crate) headers: Vec<(String, String)>,
    pub(crate) body: Vec<u8>,
}

impl Request {
    pub(crate) fn header(&self, name: &str) -> Option<&str> {
        self.headers.iter().find(|(key, _)| key == name).map(|(_, value)| value.as_str())
    }
}

/// What is answered.
#[derive(Debug, Clone)]
pub(crate) struct Answer {
    pub(crate) status: u16,
    pub(crate) headers: Vec<(&'static str, String)>,
    pub(crate) content_type: &'static str,
    pub(crate) body: Vec<u8>,
}

impl Answer {
    pub(crate) fn json(status: u16, body: &Value) -> Self {
        Self { status, headers: Vec::new(), content_type: "application/json", body: body.to_string().into_bytes() }
    }

    pub(crate) fn text(status: u16, body: &str) -> Self {
        Self { status, headers: Vec::new(), content_type: "text/plain", body: body.as_bytes().to_vec() }
    }

    pub(crate) fn empty(status: u16) -> Self {
        Self::text(status, "")
    }
}

/// What happens to a request's connection.
pub(crate) enum Reply {
    Send(Answer),
    /// Nothing is said, and the connection is closed.
    HangUp,
}

/// What handles requests. `sent` is called when the answer is on its way.
pub(crate) trait Handler: Send + Sync + 'static {
    fn handle(&self, request: Request) -> Reply;
    fn sent(&self);
}

/// A server on a loopback port, until it is dropped.
#[derive(Debug)]
pub(crate) struct Server {
    pub(crate) address: SocketAddr,
    shared: Arc<Connections>,
    accepting: Option<JoinHandle<()>>,
}

#[derive(Debug, Default)]
struct Connections {
    stopped: AtomicBool,
    open: Mutex<Vec<(u64, TcpStream)>>,
}

impl Connections {
    fn with<T>(&self, work: impl FnOnce(&mut Vec<(u64, TcpStream)>) -> T) -> T {
        work(&mut self.open.lock().unwrap_or_else(PoisonError::into_inner))
    }
}

impl Server {
    /// Listens on this port of 127.0.0.1; on any free one if it is 0.
    pub(crate) fn start(port: u16, handler: Arc<impl Handler>) -> io::Result<Self> {
        let listener = TcpListener::bind((Ipv4Addr::LOCALHOST, port))?;
        let address = listener.local_addr()?;
        let shared = Arc::new(Connections::default());
        let connections = Arc::clone(&shared);
        let accepting = thread::spawn(move || accept(&listener, &connections, &handler));
        Ok(Self { address, shared, accepting: Some(accepting) })
    }
}

impl Drop for Server {
    fn drop(&mut self) {
        self.shared.stopped.store(true, Ordering::SeqCst);
        // Wakes the thread that accepts.
        let _ = TcpStream::connect(self.address);
        if let Some(accepting) = self.accepting.take() {
            let _ = accepting.join();
        }
        self.shared.with(|open| open.drain(..).for_each(|(_, stream)| drop(stream.shutdown(Shutdown::Both))));
    }
}

fn accept(listener: &TcpListener, connections: &Arc<Connections>, handler: &Arc<impl Handler>) {
    for (number, stream) in (0..).zip(listener.incoming()) {
        if connections.stopped.load(Ordering::SeqCst) {
            return;
        }
        let Ok(stream) = stream else { continue };
        let Ok(copy) = stream.try_clone() else { continue };
        connections.with(|open| open.push((number, copy)));
        let (connections, handler) = (Arc::clone(connections), Arc::clone(handler));
        thread::spawn(move || {
            // A client that goes away in the middle is no concern of the server's.
            let _ = converse(&stream, handler.as_ref());
            let _ = stream.shutdown(Shutdown::Both);
            connections.with(|open| open.retain(|(other, _)| *other != number));
        });
    }
}

/// Answers the requests of one connection.
fn converse(stream: &TcpStream, handler: &impl Handler) -> io::Result<()> {
    stream.set_nodelay(true)?;
    let mut pending = Vec::new();
    while let Some((request, close)) = read_request(stream, &mut pending)? {
        match handler.handle(request) {
            Reply::HangUp => return Ok(()),
            Reply::Send(answer) => {
                let written = write_answer(stream, &answer);
                handler.sent();
                written?;
            }
        }
        if close {
            return Ok(());
        }
    }
    Ok(())
}

fn write_answer(mut stream: &TcpStream, answer: &Answer) -> io::Result<()> {
    let mut bytes = Vec::with_capacity(256 + answer.body.len());
    write!(bytes, "HTTP/1.1 {} {}\r\n", answer.status, reason(answer.status))?;
    for (name, value) in &answer.headers {
        write!(bytes, "{name}: {value}\r\n")?;
    }
    // 204 has no body, and says nothing of one.
    if answer.status == 204 {
        bytes.extend_from_slice(b"\r\n");
    } else {
        let length = answer.body.len();
        write!(bytes, "content-type: {}\r\ncontent-length: {length}\r\n\r\n", answer.content_type)?;
        bytes.extend_from_slice(&answer.body);
    }
    stream.write_all(&bytes)
}

/// The next request, and whether it is the last; nothing if the client is done.
fn read_request(mut stream: &TcpStream, pending: &mut Vec<u8>) -> io::Result<Option<(Request, bool)>> {
    let (length, mut request, framing) = loop {
        if let Some(head) = parse_head(pending)? {
            break head;
        }
        if pending.len() > HEAD_LIMIT {
            return Err(broken("the head is too large"));
        }
        if !fill(stream, pending)? {
            return if pending.is_empty() { Ok(None) } else { Err(ErrorKind::UnexpectedEof.into()) };
        }
    };
    pending.drain(..length);
    if framing.expects_continue && pending.is_empty() {
        stream.write_all(b"HTTP/1.1 100 Continue\r\n\r\n")?;
    }
    request.body = if framing.chunked { read_chunks(stream, pending)? } else { take(stream, pending, framing.length)? };
    Ok(Some((request, framing.close)))
}

/// How long a request's body is, and what comes after it.
struct Framing {
    length: usize,
    chunked: bool,
    expects_continue: bool,
    close: bool,
}

/// The head of a request, if it is there whole, and its length.
fn parse_head(bytes: &[u8]) -> io::Result<Option<(usize, Request, Framing)>> {
    let mut headers = [httparse::EMPTY_HEADER; 64];
    let mut head = httparse::Request::new(&mut headers);
    let httparse::Status::Complete(length) = head.parse(bytes).map_err(|error| broken(&error.to_string()))? else {
        return Ok(None);
    };
    let target = head.path.unwrap_or("/");
    let (path, query) = target.split_once('?').unwrap_or((target, ""));
    let headers = head
        .headers
        .iter()
        .map(|header| (header.name.to_ascii_lowercase(), String::from_utf8_lossy(header.value).trim().to_owned()));
    let request = Request {
        method: head.method.unwrap_or_default().to_owned(),
        path: path.to_owned(),
        query: query_pairs(query),
        headers: headers.collect(),
        body: Vec::new(),
    };
    let says = |name: &str, word: &str| request.header(name).is_some_and(|value| value.eq_ignore_ascii_case(word));
    let length_of_body = request.header("content-length").map_or(Ok(0), str::parse);
    let framing = Framing {
        length: length_of_body.map_err(|_| broken("the content-length is no number"))?,
        chunked: says("transfer-encoding", "chunked"),
        expects_continue: says("expect", "100-continue"),
        close: says("connection", "close") || head.version == Some(0),
    };
    Ok(Some((length, request, framing)))
}

fn read_chunks(stream: &TcpStream, pending: &mut Vec<u8>) -> io::Result<Vec<u8>> {
    let mut body = Vec::new();
    loop {
        match httparse::parse_chunk_size(pending).map_err(|_| broken("a chunk has no size"))? {
            httparse::Status::Partial => {
                if !fill(stream, pending)? {
                    return Err(ErrorKind::UnexpectedEof.into());
                }
            }
            httparse::Status::Complete((head, size)) => {
                pending.drain(..head);
                let size = usize::try_from(size).unwrap_or(usize::MAX);
                body.extend(take(stream, pending, size)?);
                // The line end after the chunk. Trailers are not understood.
                take(stream, pending, 2)?;
                if size == 0 {
                    return Ok(body);
                }
                if body.len() > BODY_LIMIT {
                    return Err(broken("the body is too large"));
                }
            }
        }
    }
}

/// So many bytes.
fn take(stream: &TcpStream, pending: &mut Vec<u8>, length: usize) -> io::Result<Vec<u8>> {
    if length > BODY_LIMIT {
        return Err(broken("the body is too large"));
    }
    while pending.len() < length {
        if !fill(stream, pending)? {
            return Err(ErrorKind::UnexpectedEof.into());
        }
    }
    Ok(pending.drain(..length).collect())
}

/// Reads more; `false` at the end.
fn fill(mut stream: &TcpStream, pending: &mut Vec<u8>) -> io::Result<bool> {
    let mut chunk = [0; 16 * 1024];
    let read = stream.read(&mut chunk)?;
    pending.extend(chunk.iter().take(read));
    Ok(read > 0)
}

fn broken(message: &str) -> io::Error {
    io::Error::new(ErrorKind::InvalidData, message)
}

fn query_pairs(query: &str) -> Vec<(String, String)> {
    let pairs = query.split('&').filter(|pair| !pair.is_empty());
    pairs.map(|pair| pair.split_once('=').unwrap_or((pair, ""))).map(|(k, v)| (decode(k), decode(v))).collect()
}

/// Undoes percent-encoding, and `+` for a space. What is not encoded right stays as it is.
pub(crate) fn decode(text: &str) -> String {
    let mut bytes = Vec::with_capacity(text.len());
    let mut rest = text.as_bytes();
    while let Some((first, after)) = rest.split_first() {
        let hex = after.get(..2).and_then(|hex| std::str::from_utf8(hex).ok());
        match (first, hex.and_then(|hex| u8::from_str_radix(hex, 16).ok())) {
            (b'%', Some(byte)) => {
                bytes.push(byte);
                rest = after.get(2..).unwrap_or_default();
                continue;
            }
            (b'+', _) => bytes.push(b' '),
            _ => bytes.push(*first),
        }
        rest = after;
    }
    String::from_utf8_lossy(&bytes).into_owned()
}

fn reason(status: u16) -> &'static str {
    match status {
        200 => "OK",
        201 => "Created",
        202 => "Accepted",
        204 => "No Content",
        400 => "Bad Request",
        401 => "Unauthorized",
        403 => "Forbidden",
        404 => "Not Found",
        408 => "Request Timeout",
        409 => "Conflict",
        410 => "Gone",
        412 => "Precondition Failed",
        415 => "Unsupported Media Type",
        422 => "Unprocessable Entity",
        429 => "Too Many Requests",
        500 => "Internal Server Error",
        502 => "Bad Gateway",
        503 => "Service Unavailable",
        _ => "Status",
    }
}

#[cfg(test)]
mod tests {
    use super::{decode, query_pairs};

    #[test]
    fn decodes_queries() {
        let pairs = query_pairs("metadata.a%2Fb=1+2&x&=&ttl=13");
        let pairs: Vec<_> = pairs.iter().map(|(key, value)| (key.as_str(), value.as_str())).collect();
        assert_eq!(pairs, [("metadata.a/b", "1 2"), ("x", ""), ("", ""), ("ttl", "13")]);
        assert_eq!(decode("100%"), "100%");
        assert_eq!(decode("%zz%41"), "%zzA");
    }
}
