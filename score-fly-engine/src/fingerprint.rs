//! What tells whether a secret is still the one that was sent, without keeping its value.

use std::fmt;

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use hmac::{Hmac, KeyInit as _, Mac as _};
use score_fly_core::secret::Secret;
use serde::{Deserialize, Deserializer, Serialize, Serializer, de};
use sha2::Sha256;

/// The key of a project's fingerprints. Without it, nobody can try out which value has a fingerprint.
#[derive(Clone, PartialEq, Eq)]
pub struct FingerprintKey([u8; 32]);

impl FingerprintKey {
    /// A new one, unless the system has no random numbers to give: fingerprints can be done without.
    pub fn random() -> Option<Self> {
        let mut bytes = [0; 32];
        getrandom::fill(&mut bytes).ok().map(|()| Self(bytes))
    }

    /// The fingerprint of a secret of an app: HMAC-SHA-256 of both names and the value. The same value has another
    /// one under another name, so it does not show where a value is used twice.
    pub fn of(&self, app: &str, name: &str, value: &Secret<String>) -> String {
        let Ok(mut mac) = Hmac::<Sha256>::new_from_slice(&self.0) else { return String::new() };
        for part in [app, name] {
            mac.update(part.as_bytes());
            // Neither name can have it, so no two triples are one text.
            mac.update(&[0]);
        }
        mac.update(value.expose().as_bytes());
        STANDARD.encode(mac.finalize().into_bytes())
    }
}

impl fmt::Debug for FingerprintKey {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("FingerprintKey(…)")
    }
}

impl Serialize for FingerprintKey {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.serialize_str(&STANDARD.encode(self.0))
    }
}

impl<'de> Deserialize<'de> for FingerprintKey {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        // What serde would say by itself may quote it.
        let invalid = || de::Error::custom("a key has 32 bytes, in base64");
        let text = String::deserialize(deserializer)?;
        let bytes = STANDARD.decode(text).map_err(|_| invalid())?;
        bytes.try_into().map(Self).map_err(|_| invalid())
    }
}

#[cfg(test)]
mod tests {
    use score_fly_core::secret::Secret;

    use super::FingerprintKey;

    #[test]
    fn is_the_hmac_of_names_and_value() {
        let key = FingerprintKey([7; 32]);
        let fingerprint = key.of("shop", "PASSWORD", &Secret::new("hunter2".to_owned()));
        // printf 'shop\0PASSWORD\0hunter2' | openssl dgst -sha256 -mac HMAC -macopt hexkey:0707… -binary | base64
        assert_eq!(fingerprint, "+BwKQ2ZS6VI4BhbbZ7344BMOTyvrTeXLrd0kZFmvoWM=");
        for (app, name, value) in [("sho", "pPASSWORD", "hunter2"), ("shop", "PASSWORD", "hunter3")] {
            assert_ne!(key.of(app, name, &Secret::new(value.to_owned())), fingerprint);
        }
    }

    #[test]
    fn a_key_is_not_shown_and_reads_back() {
        let key = FingerprintKey::random().expect("random numbers");
        assert_eq!(format!("{key:?}"), "FingerprintKey(…)");
        let text = serde_json::to_string(&key).expect("a string");
        assert_eq!(serde_json::from_str::<FingerprintKey>(&text).expect("a key"), key);
        assert!(serde_json::from_str::<FingerprintKey>("\"AAAA\"").is_err());
    }
}
