//! Where provisioner files come from.

use std::fs::{self, File};
use std::io::{self, IsTerminal as _, Read};
use std::path::Path;
use std::time::Duration;

use ureq::Agent;

use super::{InvalidEntry, Provisioner, git, read_file};
use crate::cancel::CancelToken;
use crate::system::{at_home, words};
use crate::web;

/// Why no provisioners came from an address.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum FetchError {
    /// The address is of a kind that is not known.
    #[error(
        "`{scheme}://` is not known: provisioner files come from a path, a folder, `-` (standard input), `https://`, `git-https://` or `git-ssh://`"
    )]
    UnknownScheme {
        /// How it starts.
        scheme: String,
    },
    /// It can't be read.
    #[error("cannot read `{from}`: {reason}")]
    Read {
        /// The file, folder or server.
        from: String,
        /// Why.
        reason: String,
    },
    /// There is none in a folder.
    #[error("there is no file `*.provisioners.yaml` in `{folder}`")]
    EmptyFolder {
        /// The folder.
        folder: String,
    },
    /// Git failed.
    #[error("git can't fetch `{repository}`: {reason}")]
    Git {
        /// The repository.
        repository: String,
        /// Why.
        reason: String,
    },
    /// What came is not right.
    #[error("{}", lines(problems))]
    Invalid {
        /// All that is wrong.
        problems: Vec<InvalidEntry>,
    },
}

fn lines(problems: &[InvalidEntry]) -> String {
    let lines: Vec<String> = problems.iter().map(InvalidEntry::to_string).collect();
    lines.join("\n")
}

/// How much is read of one file, in bytes.
const LIMIT: u64 = 1 << 20;

/// How long a web server may take.
const WEB_TIME: Duration = Duration::from_secs(30);

/// Fetches provisioners: from a path or `file://`; all files `*.provisioners.yaml` in a folder, in
/// the order of their names' bytes; `-`, standard input; `http://` and `https://`; or a file or
/// folder in a git repository, `git-https://host/repository.git/path` or `git-ssh://…`, at its head.
/// `cancel` ends the git that is at work.
///
/// # Errors
/// If nothing can be read there, or it is no provisioner file.
pub fn fetch(uri: &str, cancel: &CancelToken) -> Result<Vec<Provisioner>, FetchError> {
    match uri.split_once("://") {
        None if uri == "-" => from_stdin(),
        None => from_path(&at_home(uri), uri),
        Some(("file", path)) => from_path(Path::new(path), uri),
        Some(("http" | "https", _)) => from_web(uri),
        Some(("git-https", rest)) => git::fetch("https", rest, cancel),
        Some(("git-ssh", rest)) => git::fetch("ssh", rest, cancel),
        Some((scheme, _)) => Err(FetchError::UnknownScheme { scheme: scheme.to_owned() }),
    }
}

/// A file, or all provisioner files of a folder. `shown` is how to call it.
pub(super) fn from_path(path: &Path, shown: &str) -> Result<Vec<Provisioner>, FetchError> {
    let failed = |error: io::Error| FetchError::Read { from: shown.to_owned(), reason: words(&error) };
    if !fs::metadata(path).map_err(failed)?.is_dir() {
        return read_all(File::open(path).map_err(failed)?, shown);
    }
    let entries = fs::read_dir(path).and_then(Iterator::collect::<io::Result<Vec<_>>>).map_err(failed)?;
    let mut names: Vec<_> = entries.into_iter().map(|entry| entry.file_name()).collect();
    names.retain(|name| name.as_encoded_bytes().ends_with(b".provisioners.yaml"));
    names.sort();
    if names.is_empty() {
        return Err(FetchError::EmptyFolder { folder: shown.to_owned() });
    }
    let mut provisioners = Vec::new();
    let mut problems = Vec::new();
    for name in names {
        let shown = Path::new(shown).join(&name).display().to_string();
        match from_path(&path.join(name), &shown) {
            Ok(found) => provisioners.extend(found),
            Err(FetchError::Invalid { problems: found }) => problems.extend(found),
            Err(error) => return Err(error),
        }
    }
    if problems.is_empty() { Ok(provisioners) } else { Err(FetchError::Invalid { problems }) }
}

fn from_stdin() -> Result<Vec<Provisioner>, FetchError> {
    let failed = |reason: &str| FetchError::Read { from: "-".to_owned(), reason: reason.to_owned() };
    let stdin = io::stdin();
    if stdin.is_terminal() {
        return Err(failed("standard input is a terminal: pipe a file into it"));
    }
    let provisioners = read_all(stdin.lock(), "-")?;
    if provisioners.is_empty() { Err(failed("standard input is empty")) } else { Ok(provisioners) }
}

fn from_web(uri: &str) -> Result<Vec<Provisioner>, FetchError> {
    let shown = web::printable(uri);
    let failed = |reason: String| FetchError::Read { from: shown.clone(), reason };
    let config = Agent::config_builder()
        .http_status_as_error(false)
        // Nobody on the way may turn it into something that others can change.
        .https_only(uri.starts_with("https://"))
        .timeout_global(Some(WEB_TIME))
        .tls_config(web::tls())
        .user_agent(web::USER_AGENT)
        .build();
    let agent: Agent = config.into();
    let response = agent.get(uri).call().map_err(|error| failed(web::reason(&error)))?;
    if response.status() != 200 {
        return Err(failed(format!("the server answered with status {}", response.status().as_u16())));
    }
    read_all(response.into_body().into_reader(), &shown)
}

fn read_all(from: impl Read, shown: &str) -> Result<Vec<Provisioner>, FetchError> {
    let failed = |reason: String| FetchError::Read { from: shown.to_owned(), reason };
    let mut text = String::new();
    from.take(LIMIT + 1).read_to_string(&mut text).map_err(|error| match error.kind() {
        io::ErrorKind::InvalidData => failed("it is not text in UTF-8".to_owned()),
        _ => failed(words(&error)),
    })?;
    if text.len() as u64 > LIMIT {
        return Err(failed(format!("it is larger than {LIMIT} bytes")));
    }
    read_file(&text, shown).map_err(|problems| FetchError::Invalid { problems })
}
