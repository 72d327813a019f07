//! What tells one wanted app from another, so that one that is deployed already costs a single look.

use std::collections::BTreeMap;
use std::fmt::Write as _;

use score_fly_engine::Environment;
use serde_json::json;
use sha2::{Digest, Sha256};

use super::prepare::Prepared;
use crate::app::App;

/// The form of what is hashed. Another form is another hash.
const FORM: u32 = 1;

/// The variable with a key for the fingerprints of secrets.
const KEY: &str = "SCORE_FLY_GITOPS_KEY";

/// What tells an app from any other that it could be: its configuration, its files, the section `gitops`, the commit of
/// its source, and its secrets. Nothing if there are secrets and no key for them: whoever sees a plain hash of a short
/// secret could find it by trying.
pub(super) fn of(app: &App, prepared: &Prepared, environment: &Environment) -> Option<String> {
    let mut secrets = BTreeMap::new();
    if !prepared.secrets.is_empty() {
        let key = key(environment)?;
        for (name, value) in &prepared.secrets {
            secrets.insert(name, keyed(&key, value.expose()));
        }
    }
    let files: BTreeMap<&String, String> = prepared.files.iter().map(|(path, bytes)| (path, hex(bytes))).collect();
    let whole = json!({
        "form": FORM,
        "config": app.config(),
        "settings": app.settings,
        "files": files,
        "commit": prepared.commit,
        "secrets": secrets,
    });
    Some(hex(whole.to_string().as_bytes()))
}

fn key(environment: &Environment) -> Option<Vec<u8>> {
    let known = [KEY, "FLY_ACCESS_TOKEN", "FLY_API_TOKEN"].into_iter().find_map(|name| environment.variable(name));
    let known = known.and_then(std::ffi::OsStr::to_str).filter(|key| !key.is_empty())?;
    Some(Sha256::digest(format!("score-fly gitops {FORM}\n{known}")).to_vec())
}

/// A hash that nobody can try out who does not know the key: HMAC-SHA-256, as RFC 2104 has it.
fn keyed(key: &[u8], text: &str) -> String {
    let mut block = [0_u8; 64];
    for (to, from) in block.iter_mut().zip(key) {
        *to = *from;
    }
    let inner = Sha256::new().chain_update(block.map(|byte| byte ^ 0x36)).chain_update(text).finalize();
    let outer = Sha256::new().chain_update(block.map(|byte| byte ^ 0x5c)).chain_update(inner).finalize();
    to_hex(&outer)
}

fn hex(bytes: &[u8]) -> String {
    to_hex(&Sha256::digest(bytes))
}

fn to_hex(digest: &[u8]) -> String {
    digest.iter().take(16).fold(String::new(), |mut hex, byte| {
        let _ = write!(hex, "{byte:02x}");
        hex
    })
}

#[cfg(test)]
mod tests {
    /// RFC 4231, test case 2.
    #[test]
    fn keyed_hashes_are_those_of_the_standard() {
        assert_eq!(super::keyed(b"Jefe", "what do ya want for nothing?"), "5bdcc146bf60754e6a042426089575c7");
    }
}
