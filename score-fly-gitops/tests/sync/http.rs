//! A web server with git's own `http-backend` behind it.

use std::io::{BufRead as _, BufReader, Read as _, Write as _};
use std::net::{TcpListener, TcpStream};
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};
use std::sync::{Arc, Mutex};
use std::{io, thread};

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;

pub(crate) struct Server {
    pub(crate) port: u16,
    state: Arc<Mutex<State>>,
}

struct State {
    folder: PathBuf,
    /// `user:password`, which everybody must know.
    login: String,
    /// What callers said about themselves.
    heard: Vec<String>,
}

impl Server {
    /// Serves the repositories below a folder. It goes with the process.
    pub(crate) fn start(folder: &Path, login: &str) -> Self {
        let listener = TcpListener::bind("127.0.0.1:0").unwrap();
        let port = listener.local_addr().unwrap().port();
        let state = State { folder: folder.to_owned(), login: login.to_owned(), heard: Vec::new() };
        let server = Self { port, state: Arc::new(Mutex::new(state)) };
        let state = Arc::clone(&server.state);
        thread::spawn(move || {
            for stream in listener.incoming().map_while(Result::ok) {
                let state = Arc::clone(&state);
                // A caller that hangs up early is its own business.
                thread::spawn(move || answer(stream, &state));
            }
        });
        server
    }

    /// The address of a repository, by the folder that it was made in.
    pub(crate) fn url(&self, folder: &str) -> String {
        format!("http://127.0.0.1:{}/{folder}/.git", self.port)
    }

    /// From now on, this is what one must know.
    pub(crate) fn change_login(&self, login: &str) {
        login.clone_into(&mut self.state.lock().unwrap().login);
    }

    /// The headers `Authorization` that came, in the order in which they came.
    pub(crate) fn heard(&self) -> Vec<String> {
        self.state.lock().unwrap().heard.clone()
    }
}

/// What a header says that someone gives who knows this.
pub(crate) fn basic(login: &str) -> String {
    format!("Basic {}", STANDARD.encode(login))
}

fn answer(mut stream: TcpStream, state: &Mutex<State>) -> io::Result<()> {
    let mut reader = BufReader::new(stream.try_clone()?);
    let mut line = String::new();
    reader.read_line(&mut line)?;
    let mut words = line.split_whitespace().map(str::to_owned);
    let (method, target) = (words.next().unwrap_or_default(), words.next().unwrap_or_default());
    let mut headers = Vec::new();
    loop {
        let mut line = String::new();
        reader.read_line(&mut line)?;
        match line.trim().split_once(':') {
            Some((name, value)) => headers.push((name.to_ascii_lowercase(), value.trim().to_owned())),
            None => break,
        }
    }
    let header = |wanted: &str| headers.iter().find(|(name, _)| name == wanted).map(|(_, value)| value.clone());
    let length = header("content-length").map_or(0, |length| length.parse().unwrap());
    let mut body = vec![0; length];
    reader.read_exact(&mut body)?;
    let (folder, is_known) = {
        let mut state = state.lock().unwrap();
        let said = header("authorization");
        state.heard.extend(said.clone());
        (state.folder.clone(), said == Some(basic(&state.login)))
    };
    if !is_known {
        let challenge = "HTTP/1.1 401 Unauthorized\r\nWWW-Authenticate: Basic realm=\"git\"\r\n";
        return stream.write_all(format!("{challenge}Content-Length: 0\r\nConnection: close\r\n\r\n").as_bytes());
    }
    let (path, query) = target.split_once('?').unwrap_or((&target, ""));
    // `git help http-backend` says what it is told, and how.
    let mut child = Command::new("git")
        .arg("http-backend")
        .env("GIT_PROJECT_ROOT", folder)
        .env("GIT_HTTP_EXPORT_ALL", "1")
        .env("REMOTE_USER", "somebody")
        .env("REQUEST_METHOD", method)
        .env("PATH_INFO", path)
        .env("QUERY_STRING", query)
        .env("CONTENT_TYPE", header("content-type").unwrap_or_default())
        .env("HTTP_CONTENT_ENCODING", header("content-encoding").unwrap_or_default())
        .env("GIT_PROTOCOL", header("git-protocol").unwrap_or_default())
        .stdin(Stdio::piped())
        .stdout(Stdio::piped())
        .stderr(Stdio::null())
        .spawn()?;
    child.stdin.take().unwrap().write_all(&body)?;
    let output = child.wait_with_output()?.stdout;
    let end = output.windows(4).position(|four| four == b"\r\n\r\n").unwrap_or(output.len());
    let (head, body) = output.split_at(end);
    let head = String::from_utf8_lossy(head);
    let status = head.lines().find_map(|line| line.strip_prefix("Status: ")).unwrap_or("200 OK");
    let mut rest: String =
        head.lines().filter(|line| !line.starts_with("Status: ")).flat_map(|line| [line, "\r\n"]).collect();
    rest += "Connection: close\r\n";
    stream.write_all(format!("HTTP/1.1 {status}\r\n{rest}\r\n").as_bytes())?;
    stream.write_all(body.get(4..).unwrap_or_default())
}
