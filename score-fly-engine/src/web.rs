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
