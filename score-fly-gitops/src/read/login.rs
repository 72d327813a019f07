//! What git logs in with.

use std::ffi::OsStr;
use std::io::{self, Write as _};

use score_fly_engine::Environment;
use tempfile::{NamedTempFile, TempPath};

/// The variable with users and passwords: lines such as `https://user:token@host`.
const CREDENTIALS: &str = "SCORE_FLY_GIT_CREDENTIALS";
/// The variable with a private key for ssh.
const KEY: &str = "SCORE_FLY_GIT_SSH_KEY";
/// The variable with the keys of servers, as lines of `known_hosts`.
const HOSTS: &str = "SCORE_FLY_GIT_KNOWN_HOSTS";
/// The one by which git is told how to call ssh.
const COMMAND: &str = "GIT_SSH_COMMAND";

/// What git sees and logs in with.
#[derive(Debug)]
pub(super) struct Login {
    environment: Environment,
    /// Why there is no key, if there should be one.
    broken: Option<String>,
    /// What ssh takes from files only. Nobody else may read them, and they go with this.
    _files: Vec<TempPath>,
}

impl Login {
    pub(super) fn new(environment: &Environment) -> Self {
        let mut files = Vec::new();
        let (environment, broken) = match with_key(environment, &mut files) {
            Ok(environment) => (environment, None),
            Err(error) => (environment.clone(), Some(format!("the key for ssh can't be kept in a file: {error}"))),
        };
        Self { environment, broken, _files: files }
    }

    /// What git sees.
    pub(super) fn environment(&self) -> &Environment {
        &self.environment
    }

    /// The address of a repository with what to log in with, if there is any for its server.
    ///
    /// # Errors
    /// If the key for ssh can't be used, and is needed.
    pub(super) fn address(&self, url: &str) -> Result<String, String> {
        let Some((scheme, rest)) = url.split_once("://").filter(|(scheme, _)| matches!(*scheme, "http" | "https"))
        else {
            return self.broken.as_ref().filter(|_| !url.starts_with("file:")).cloned().map_or(Ok(url.to_owned()), Err);
        };
        Ok(self.user(scheme, server(rest)).map_or_else(|| url.to_owned(), |user| format!("{scheme}://{user}@{rest}")))
    }

    /// The user and the password for a server.
    fn user(&self, scheme: &str, host: &str) -> Option<&str> {
        let known = self.environment.variable(CREDENTIALS).and_then(OsStr::to_str).unwrap_or_default();
        known.split_whitespace().find_map(|line| {
            let (known_scheme, authority) = line.split_once("://")?;
            let (user, server) = authority.trim_end_matches('/').rsplit_once('@')?;
            (known_scheme == scheme && server == host).then_some(user)
        })
    }
}

/// What git says, without users and passwords, and what that means here.
pub(super) fn explain(said: &str, url: &str) -> String {
    let said = hide(said);
    let host = url.split_once("://").map_or(url, |(_, rest)| server(rest));
    if said.contains("could not read Username") {
        return format!("{host} wants to know who is there, and {CREDENTIALS} has no line for it");
    }
    if said.contains("Authentication failed") {
        return format!("{host} does not take what {CREDENTIALS} has for it: has it expired?");
    }
    if said.contains("Host key verification failed") || said.contains("host key is known for") {
        return format!("{host} is not known: put its key, as `ssh-keyscan` shows it, into {HOSTS}");
    }
    said
}

/// The server, with its port, of an address without its scheme.
fn server(rest: &str) -> &str {
    rest.split('/').next().unwrap_or_default()
}

/// With a key and the servers' keys for ssh, where there are any.
fn with_key(environment: &Environment, files: &mut Vec<TempPath>) -> io::Result<Environment> {
    let text = |name: &str| environment.variable(name).and_then(OsStr::to_str).filter(|text| !text.trim().is_empty());
    let (key, hosts) = (text(KEY), text(HOSTS));
    if key.is_none() && hosts.is_none() {
        return Ok(environment.clone());
    }
    let mut command = text(COMMAND).unwrap_or("ssh -oBatchMode=yes").to_owned();
    if let Some(key) = key {
        command = format!("{command} -oIdentitiesOnly=yes -i {}", kept(key, files)?);
    }
    if let Some(hosts) = hosts {
        command = format!("{command} -oStrictHostKeyChecking=yes -oUserKnownHostsFile={}", kept(hosts, files)?);
    }
    Ok(environment.clone().with_variable(COMMAND, command))
}

/// Keeps a text in a file, and gives its path for a shell.
fn kept(text: &str, files: &mut Vec<TempPath>) -> io::Result<String> {
    // Only its owner may read it.
    let mut file = NamedTempFile::with_prefix("score-fly-")?;
    // What is pasted has lost its last line break, or has those of Windows; ssh wants what it wrote.
    file.write_all(format!("{}\n", text.trim().replace("\r\n", "\n")).as_bytes())?;
    let path = file.into_temp_path();
    let quoted = format!("'{}'", path.to_string_lossy().replace('\'', r"'\''"));
    files.push(path);
    Ok(quoted)
}

/// Takes users and passwords out of addresses.
fn hide(text: &str) -> String {
    let mut shown = String::new();
    let mut rest = text;
    while let Some(at) = rest.find("://") {
        let (before, after) = rest.split_at(at + 3);
        shown.push_str(before);
        let end = after.find(|c: char| c == '/' || c.is_whitespace() || c == '\'').unwrap_or(after.len());
        let (authority, tail) = after.split_at(end);
        shown.push_str(authority.rsplit_once('@').map_or(authority, |(_, host)| host));
        rest = tail;
    }
    shown + rest
}

#[cfg(test)]
mod tests {
    use super::hide;

    #[test]
    fn passwords_are_not_shown() {
        let said = "fatal: unable to access 'https://me:hush@example.com/x/': no; see http://you@host";
        assert_eq!(hide(said), "fatal: unable to access 'https://example.com/x/': no; see http://host");
    }
}
