//! What tells one deploy from all others.

use std::fmt;

use score_fly_api::Timestamp;

/// The id of a deploy. Later ones are greater.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub struct DeployId(String);

/// Crockford's digits, as in ULIDs.
const DIGITS: &[u8; 32] = b"0123456789ABCDEFGHJKMNPQRSTVWXYZ";

impl DeployId {
    /// A new one: a ULID, which begins with the time.
    pub fn new() -> Self {
        let time = u128::try_from(Timestamp::now().millis()).unwrap_or_default() & ((1 << 48) - 1);
        let mut random = [0; 16];
        // Without random numbers, the time has to do.
        let _ = getrandom::fill(&mut random);
        let value = time << 80 | u128::from_le_bytes(random) & ((1 << 80) - 1);
        let digit = |place: u32| {
            let index = usize::try_from(value >> (5 * place) & 31).unwrap_or_default();
            DIGITS.get(index).copied().map_or('0', char::from)
        };
        Self((0..26).rev().map(digit).collect())
    }

    /// Its text.
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

impl Default for DeployId {
    fn default() -> Self {
        Self::new()
    }
}

impl fmt::Display for DeployId {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

#[cfg(test)]
mod tests {
    use super::DeployId;

    #[test]
    fn ids_are_ulids() {
        let (one, other) = (DeployId::new(), DeployId::new());
        assert_ne!(one, other);
        assert_eq!(one.as_str().len(), 26);
        // The first digit of 48 bits of milliseconds is 0 until the year 3084.
        assert!(one.as_str().starts_with("01"), "{one}");
    }
}
