//! A web server that answers as it is told.

use std::io::{BufRead as _, BufReader, Read as _, Write as _};
use std::net::{TcpListener, TcpStream};
use std::sync::{Arc, Mutex};
use std::thread;
use std::time::Duration;

use serde_json::Value;

/// What a server does with one request.
#[derive(Clone)]
pub(crate) enum Reply {
    /// A status, headers and a body.
    Answer(u16, Vec<(&'static str, String)>, String),
    /// Just these bytes.
    Bytes(&'static [u8]),
    /// Nothing, for a long time.
    Hang,
    /// A body without end.
    Flood,
}

impl Reply {
    pub(crate) fn json(status: u16, body: &Value) -> Self {
        Self::Answer(status, vec![("Content-Type", "application/json".to_owned())], body.to_string())
    }

    pub(crate) fn text(status: u16, body: &str) -> Self {
        Self::Answer(status, vec![], body.to_owned())
    }

    pub(crate) fn redirect(status: u16, to: &str) -> Self {
        Self::Answer(status, vec![("Location", to.to_owned())], String::new())
    }
}

/// A request, as it came.
#[derive(Debug, Clone, Default)]
pub(crate) struct Received {
    pub(crate) line: String,
    pub(crate) headers: Vec<(String, String)>,
    pub(crate) body: String,
}

impl Received {
    pub(crate) fn header(&self, name: &str) -> Option<&str> {
        let found = self.headers.iter().find(|(key, _)| key.eq_ignore_ascii_case(name));
        found.map(|(_, value)| value.as_str())
    }
}

/// A server that has one reply for each request, and the last one for all that follow.
pub(crate) struct Server {
    pub(crate) address: String,
    received: Arc<Mutex<Vec<Received>>>,
}

impl Server {
    pub(crate) fn start(replies: Vec<Reply>) -> Self {
        Self::answering(move |index, _| replies[index.min(replies.len() - 1)].clone())
    }

    pub(crate) fn answering(reply: impl Fn(usize, &Received) -> Reply + Send + 'static) -> Self {
        let listener = TcpListener::bind("127.0.0.1:0").expect("a port");
        let address = listener.local_addr().expect("an address").to_string();
        let received: Arc<Mutex<Vec<Received>>> = Arc::default();
        let log = Arc::clone(&received);
        thread::spawn(move || {
            for (index, stream) in listener.incoming().map_while(Result::ok).enumerate() {
                let request = receive(&stream);
                let reply = reply(index, &request);
                log.lock().expect("no panic").push(request);
                thread::spawn(move || send(stream, reply));
            }
        });
        Self { address, received }
    }

    pub(crate) fn url(&self) -> String {
        format!("http://{}/provision", self.address)
    }

    pub(crate) fn received(&self) -> Vec<Received> {
        self.received.lock().expect("no panic").clone()
    }
}

fn receive(stream: &TcpStream) -> Received {
    let mut reader = BufReader::new(stream);
    let mut lines = (&mut reader).lines().map_while(Result::ok);
    let mut request = Received { line: lines.next().unwrap_or_default(), ..Received::default() };
    for line in lines.take_while(|line| !line.is_empty()) {
        if let Some((name, value)) = line.split_once(':') {
            request.headers.push((name.to_owned(), value.trim().to_owned()));
        }
    }
    let length: u64 = request.header("Content-Length").and_then(|length| length.parse().ok()).unwrap_or(0);
    let _ = reader.take(length).read_to_string(&mut request.body);
    request
}

fn send(mut stream: TcpStream, reply: Reply) {
    // Whoever asked may be gone: that is no mistake of the server.
    let _ = match reply {
        Reply::Answer(status, headers, body) => {
            let mut head =
                format!("HTTP/1.1 {status} Whatever\r\nConnection: close\r\nContent-Length: {}\r\n", body.len());
            for (name, value) in headers {
                head.extend([name, ": ", &value, "\r\n"]);
            }
            stream.write_all(format!("{head}\r\n{body}").as_bytes())
        }
        Reply::Bytes(bytes) => stream.write_all(bytes),
        Reply::Hang => {
            thread::sleep(Duration::from_secs(60));
            Ok(())
        }
        Reply::Flood => {
            let mut written = stream.write_all(b"HTTP/1.1 200 OK\r\nConnection: close\r\n\r\n");
            while written.is_ok() {
                written = stream.write_all(&[b' '; 8192]);
            }
            written
        }
    };
}
