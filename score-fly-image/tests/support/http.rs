//! A small HTTP server for tests, on a free port of this machine.

use std::collections::BTreeMap;
use std::io::{self, BufRead as _, BufReader, Read as _, Write as _};
use std::net::{SocketAddr, TcpListener, TcpStream};
use std::sync::Arc;
use std::thread;

/// A request whose body was not read yet.
#[derive(Debug, Clone)]
pub(crate) struct Request {
    pub(crate) method: String,
    pub(crate) path: String,
    pub(crate) query: BTreeMap<String, Vec<String>>,
    /// By their names in lower case.
    pub(crate) headers: BTreeMap<String, String>,
}

impl Request {
    pub(crate) fn header(&self, name: &str) -> Option<&str> {
        self.headers.get(name).map(String::as_str)
    }

    pub(crate) fn query(&self, name: &str) -> Option<&str> {
        self.query.get(name)?.first().map(String::as_str)
    }
}

#[derive(Debug, Clone, Default)]
pub(crate) struct Response {
    pub(crate) status: u16,
    pub(crate) headers: Vec<(String, String)>,
    pub(crate) body: Vec<u8>,
}

impl Response {
    pub(crate) fn new(status: u16) -> Self {
        Self { status, ..Self::default() }
    }

    pub(crate) fn header(mut self, name: &str, value: impl std::fmt::Display) -> Self {
        self.headers.push((name.to_owned(), format!("{value}")));
        self
    }

    pub(crate) fn body(mut self, body: impl Into<Vec<u8>>) -> Self {
        self.body = body.into();
        self
    }
}

/// The body of a request, to be read or not.
pub(crate) struct Body<'s> {
    stream: &'s mut BufReader<TcpStream>,
    kind: Kind,
    /// Whether all of it was read.
    done: bool,
}

#[derive(Clone, Copy)]
enum Kind {
    Length(u64),
    Chunked,
}

impl Body<'_> {
    /// Reads up to `limit` bytes. Says whether that was all.
    pub(crate) fn read(&mut self, limit: u64, into: &mut Vec<u8>) -> io::Result<bool> {
        let mut left = limit;
        if self.done {
            return Ok(true);
        }
        match self.kind {
            Kind::Length(length) => {
                let wanted = length.min(left);
                let read = self.stream.by_ref().take(wanted).read_to_end(into)? as u64;
                if read < wanted {
                    return Err(io::ErrorKind::UnexpectedEof.into());
                }
                self.kind = Kind::Length(length - wanted);
                self.done = wanted == length;
                Ok(self.done)
            }
            Kind::Chunked => loop {
                let mut line = String::new();
                self.stream.read_line(&mut line)?;
                let size = u64::from_str_radix(line.trim(), 16).map_err(|_| io::ErrorKind::UnexpectedEof)?;
                let wanted = size.min(left);
                if (self.stream.by_ref().take(wanted).read_to_end(into)? as u64) < wanted {
                    return Err(io::ErrorKind::UnexpectedEof.into());
                }
                if wanted < size {
                    return Ok(false);
                }
                left -= wanted;
                self.stream.read_line(&mut line)?;
                if size == 0 {
                    self.done = true;
                    return Ok(true);
                }
            },
        }
    }
}

/// Answers requests. Nothing means that the connection is cut.
pub(crate) type Handler = dyn Fn(&Request, &mut Body<'_>) -> Option<Response> + Send + Sync;

/// Serves until the process ends.
pub(crate) fn serve(
    handler: impl Fn(&Request, &mut Body<'_>) -> Option<Response> + Send + Sync + 'static,
) -> SocketAddr {
    let listener = TcpListener::bind("127.0.0.1:0").unwrap();
    let address = listener.local_addr().unwrap();
    let handler: Arc<Handler> = Arc::new(handler);
    thread::spawn(move || {
        for stream in listener.incoming().flatten() {
            let handler = Arc::clone(&handler);
            thread::spawn(move || {
                let mut stream = BufReader::new(stream);
                while let Ok(true) = turn(&mut stream, &*handler) {}
            });
        }
    });
    address
}

/// One request and its answer. Says whether another may follow.
fn turn(stream: &mut BufReader<TcpStream>, handler: &Handler) -> io::Result<bool> {
    let mut line = String::new();
    if stream.read_line(&mut line)? == 0 {
        return Ok(false);
    }
    let mut words = line.split_whitespace();
    let (method, target) = (words.next().unwrap_or_default(), words.next().unwrap_or_default());
    let (path, query) = target.split_once('?').unwrap_or((target, ""));
    let mut request =
        Request { method: method.to_owned(), path: path.to_owned(), query: BTreeMap::new(), headers: BTreeMap::new() };
    for pair in query.split('&').filter(|pair| !pair.is_empty()) {
        let (key, value) = pair.split_once('=').unwrap_or((pair, ""));
        request.query.entry(key.to_owned()).or_default().push(decode(value));
    }
    loop {
        let mut line = String::new();
        stream.read_line(&mut line)?;
        let Some((name, value)) = line.trim().split_once(':') else { break };
        request.headers.insert(name.to_ascii_lowercase(), value.trim().to_owned());
    }
    let kind = match request.header("transfer-encoding") {
        Some(_) => Kind::Chunked,
        None => Kind::Length(request.header("content-length").and_then(|length| length.parse().ok()).unwrap_or(0)),
    };
    let mut body = Body { stream, kind, done: matches!(kind, Kind::Length(0)) };
    let Some(response) = handler(&request, &mut body) else {
        stream.get_ref().shutdown(std::net::Shutdown::Both)?;
        return Ok(false);
    };
    // The connection can be used again only if the body was read.
    let clean = body.done;
    let mut head = format!("HTTP/1.1 {} Because\r\n", response.status);
    for (name, value) in &response.headers {
        head.extend([name, ": ", value, "\r\n"]);
    }
    if !clean {
        head += "Connection: close\r\n";
    }
    if request.method == "HEAD" {
        head += "\r\n";
    } else {
        head.extend(["Content-Length: ", &response.body.len().to_string(), "\r\n\r\n"]);
    }
    let stream = stream.get_mut();
    stream.write_all(head.as_bytes())?;
    if request.method != "HEAD" {
        stream.write_all(&response.body)?;
    }
    Ok(clean)
}

fn decode(text: &str) -> String {
    let mut bytes = Vec::new();
    let mut rest = text.bytes();
    while let Some(byte) = rest.next() {
        match byte {
            b'%' => {
                let digits: String = rest.by_ref().take(2).map(char::from).collect();
                bytes.push(u8::from_str_radix(&digits, 16).unwrap_or(b'?'));
            }
            b'+' => bytes.push(b' '),
            byte => bytes.push(byte),
        }
    }
    String::from_utf8_lossy(&bytes).into_owned()
}
