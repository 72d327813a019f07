//! Where provisioner files come from.

use std::path::Path;
use std::time::Duration;

use ureq::Agent;

use super::call::Surroundings;
use super::git;
use super::kind::Provisioner;
use super::local::{from_path, read_all};
use crate::environment::Environment;
use crate::faults::{Faults, unreadable};
use crate::system::words;
use crate::web;

/// How long a web server may take.
const WEB_TIME: Duration = Duration::from_secs(30);

/// Fetches provisioners: from a path or `file://`; all files `*.provisioners.yaml` in a folder, in
/// the order of their names' bytes; `-`, standard input; `http://` and `https://`; or a file or
/// folder in a git repository, `git-https://host/repository.git/path` or `git-ssh://…`, at its head.
///
/// # Errors
/// If nothing can be read there, or it is no provisioner file.
pub fn fetch(uri: &str, surroundings: Surroundings<'_>) -> Result<Vec<Provisioner>, Faults> {
    match uri.split_once("://") {
        None if uri == "-" => from_stdin(surroundings.environment),
        None => from_path(&surroundings.root.at(&surroundings.environment.at_home(uri)), uri),
        Some(("file", path)) => from_path(&surroundings.root.at(Path::new(path)), uri),
        Some(("http", rest)) if !is_local(rest) => {
            let reason = "what comes over `http://` can be changed by anybody on the way, and it says what is run here";
            Err(unreadable(&web::printable(uri), reason)
                .with_help("give an `https://` address, or download the file")
                .into())
        }
        Some(("http" | "https", _)) => from_web(uri),
        Some(("git-https", rest)) => git::fetch("https", rest, surroundings),
        Some(("git-ssh", rest)) => git::fetch("ssh", rest, surroundings),
        Some((scheme, _)) => {
            let known = "provisioner files come from a path, a folder, `-` (standard input), `https://`, \
                         `git-https://` or `git-ssh://`";
            let shown = format!("{scheme}://…");
            Err(unreadable(&shown, "this kind of address is not known").with_help(known).into())
        }
    }
}

/// Whether an address, without its scheme, is one of this machine.
fn is_local(rest: &str) -> bool {
    let server = rest.split(['/', '?', '#']).next().unwrap_or_default();
    let server = server.rsplit_once('@').map_or(server, |(_, server)| server);
    let host = server.strip_prefix("[::1]").map_or_else(|| server.split(':').next().unwrap_or_default(), |_| "::1");
    host == "localhost" || host.parse::<std::net::IpAddr>().is_ok_and(|address| address.is_loopback())
}

fn from_stdin(environment: &Environment) -> Result<Vec<Provisioner>, Faults> {
    let input = environment.standard_input().map_err(|error| unreadable("-", &words(&error)))?;
    let provisioners = read_all(input, "-")?;
    if provisioners.is_empty() { Err(unreadable("-", "standard input is empty").into()) } else { Ok(provisioners) }
}

fn from_web(uri: &str) -> Result<Vec<Provisioner>, Faults> {
    let shown = web::printable(uri);
    let config = Agent::config_builder()
        .http_status_as_error(false)
        // Nobody on the way may turn it into something that others can change.
        .https_only(uri.starts_with("https://"))
        .timeout_global(Some(WEB_TIME))
        .tls_config(web::tls())
        .user_agent(web::USER_AGENT)
        .build();
    let agent: Agent = config.into();
    let response = agent.get(uri).call().map_err(|error| unreadable(&shown, &web::reason(&error)))?;
    if response.status() != 200 {
        let status = response.status().as_u16();
        return Err(unreadable(&shown, &format!("the server answered with status {status}")).into());
    }
    read_all(response.into_body().into_reader(), &shown)
}
