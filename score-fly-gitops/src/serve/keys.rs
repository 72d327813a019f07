//! Secrets: what webhooks are signed with, and what lets people in.

use std::fmt;

use hmac::{Hmac, KeyInit as _, Mac as _};
use score_fly_core::secret::Secret;
use score_fly_engine::Environment;
use sha2::Sha256;

/// The variable with what webhooks are signed with; several, with spaces between them, while one is exchanged.
pub const WEBHOOK_SECRET: &str = "SCORE_FLY_WEBHOOK_SECRET";

/// The variable with what whoever reads the page has to know; several, likewise.
pub const TOKEN: &str = "SCORE_FLY_GITOPS_TOKEN";

/// Secrets of one kind, of which any will do.
#[derive(Clone, Default)]
pub struct Secrets(Vec<Secret<String>>);

impl Secrets {
    /// Those of a variable, which has spaces between them.
    pub fn of(environment: &Environment, variable: &str) -> Self {
        let text = environment.variable(variable).and_then(|text| text.to_str()).unwrap_or_default();
        Self::new(text.split_whitespace())
    }

    /// These. Empty ones are none.
    pub fn new<'s>(secrets: impl IntoIterator<Item = &'s str>) -> Self {
        let secrets = secrets.into_iter().filter(|secret| !secret.is_empty());
        Self(secrets.map(|secret| Secret::new(secret.to_owned())).collect())
    }

    /// Whether there are none.
    pub fn is_empty(&self) -> bool {
        self.0.is_empty()
    }

    /// One after the other, in the open.
    pub(super) fn iter(&self) -> impl Iterator<Item = &str> {
        self.0.iter().map(|secret| secret.expose().as_str())
    }

    /// Whether a text is one of them.
    pub(super) fn contain(&self, text: &str) -> bool {
        self.iter().any(|secret| is_same(secret, text))
    }
}

impl fmt::Debug for Secrets {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{} secrets", self.0.len())
    }
}

/// HMAC-SHA-256 over parts that follow each other.
pub(super) fn hmac(key: &[u8], parts: &[&[u8]]) -> Vec<u8> {
    mac(key, parts).map(|mac| mac.finalize().into_bytes().to_vec()).unwrap_or_default()
}

/// Whether that is the HMAC of parts that follow each other, in a time that says nothing about where it differs.
pub(super) fn is_hmac(key: &[u8], parts: &[&[u8]], signature: &[u8]) -> bool {
    !key.is_empty() && mac(key, parts).is_some_and(|mac| mac.verify_slice(signature).is_ok())
}

/// Whether two texts are the same, in a time that says nothing about where they differ.
pub(super) fn is_same(one: &str, other: &str) -> bool {
    let key = b"score-fly gitops";
    is_hmac(key, &[one.as_bytes()], &hmac(key, &[other.as_bytes()]))
}

fn mac(key: &[u8], parts: &[&[u8]]) -> Option<Hmac<Sha256>> {
    // A key may have any length.
    let mut mac = Hmac::<Sha256>::new_from_slice(key).ok()?;
    for part in parts {
        mac.update(part);
    }
    Some(mac)
}

/// Bytes as hexadecimal digits.
pub(super) fn hex(bytes: &[u8]) -> String {
    use fmt::Write as _;
    bytes.iter().fold(String::new(), |mut hex, byte| {
        let _ = write!(hex, "{byte:02x}");
        hex
    })
}
