//! Hashes by which a later deploy sees what an earlier one left.

use serde::Serialize;
use sha2::{Digest, Sha256};

use super::observed::ObservedSecret;
use crate::prelude::*;

/// The form of what is hashed. Hashes of another form say nothing.
const FORM: &str = "1";

/// Whether two hashes can be compared at all.
pub(super) fn is_of_this_form(hash: &str) -> bool {
    hash.split_once('.').is_some_and(|(form, _)| form == FORM)
}

/// The hash of the secrets that an app has, in the form in which
/// [`label::SECRETS`](super::label::SECRETS) holds it. It tells that they
/// are others, and nothing about what they are.
pub fn secrets_hash(secrets: &[ObservedSecret]) -> String {
    let mut pairs: Vec<(&str, &str)> =
        secrets.iter().map(|secret| (secret.name.as_str(), secret.digest.as_str())).collect();
    pairs.sort_unstable();
    hash(&pairs)
}

/// The first 128 bits of the SHA-256 of a value as JSON, whose keys are in an order that only depends on the value.
pub(super) fn hash(value: &impl Serialize) -> String {
    let json = serde_json::to_string(value).unwrap_or_default();
    let digit = |four: u8| char::from_digit(four.into(), 16).unwrap_or_default();
    let hex: String =
        Sha256::digest(json).iter().take(16).flat_map(|byte| [digit(byte >> 4), digit(byte & 15)]).collect();
    format!("{FORM}.{hex}")
}
