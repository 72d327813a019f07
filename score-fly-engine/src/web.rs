//! What all web requests have in common.

use ureq::tls::{RootCerts, TlsConfig};

use crate::system::words;

/// How score-fly presents itself.
pub(crate) const USER_AGENT: &str = concat!("score-fly/", env!("CARGO_PKG_VERSION"));

/// Who is trusted: whom the system trusts, so that a company's own servers can be reached.
pub(crate) fn tls() -> TlsConfig {
    TlsConfig::builder().root_certs(RootCerts::PlatformVerifier).build()
}

/// Why a request failed, in few words and without the address.
pub(crate) fn reason(error: &ureq::Error) -> String {
    match error {
        ureq::Error::Io(error) => words(error),
        ureq::Error::HostNotFound => "there is no such host".to_owned(),
        ureq::Error::Timeout(_) => "it takes too long".to_owned(),
        ureq::Error::BadUri(_) => "it is no address of a server".to_owned(),
        other => other.to_string(),
    }
}

/// An address as it may be printed: without a user and a query, in which there may be secrets.
pub(crate) fn printable(address: &str) -> String {
    let Some((scheme, rest)) = address.split_once("://") else { return address.to_owned() };
    let (server, path) = rest.split_at(rest.find(['/', '?', '#']).unwrap_or(rest.len()));
    let server = server.rsplit_once('@').map_or(server, |(_, server)| server);
    let (before, label) = path.split_at(path.find('#').unwrap_or(path.len()));
    let path = before.split('?').next().unwrap_or_default();
    format!("{scheme}://{server}{path}{label}")
}

#[cfg(test)]
mod tests {
    use super::printable;

    #[test]
    fn prints_no_users_and_no_queries() {
        for (address, printed) in [
            ("https://me:secret@host:80/a/b?token=secret#label", "https://host:80/a/b#label"),
            ("git-ssh://git@host/a.git/b", "git-ssh://host/a.git/b"),
            ("https://host?secret", "https://host"),
            ("https://host/a@b", "https://host/a@b"),
            ("https://a@b@host", "https://host"),
            ("a/b@c?d", "a/b@c?d"),
        ] {
            assert_eq!(printable(address), printed);
        }
    }
}
