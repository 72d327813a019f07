//! Encryption to age recipients.

use std::fmt;
use std::io::{self, Read as _, Write as _};
use std::str::FromStr;

use age::armor::{ArmoredReader, ArmoredWriter, Format};
use age::{DecryptError, Decryptor, EncryptError, Encryptor, x25519};
use serde::{Deserialize, Serialize};

/// The environment variable that may hold identities, in the form of an identity file. Programs
/// that score-fly starts don't get it.
pub const IDENTITY_VARIABLE: &str = "SCORE_FLY_IDENTITY";

/// Whoever may read what is encrypted: a public key, `age1…`.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(into = "String", try_from = "String")]
pub struct Recipient(x25519::Recipient);

/// A text that is no recipient.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error(
    "it has to be a public key of age, `age1…`, as `age-keygen` prints it; never its private key, `AGE-SECRET-KEY-1…`"
)]
pub struct InvalidRecipient;

impl FromStr for Recipient {
    type Err = InvalidRecipient;

    fn from_str(text: &str) -> Result<Self, InvalidRecipient> {
        text.parse().map(Self).map_err(|_| InvalidRecipient)
    }
}

impl fmt::Display for Recipient {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.0.fmt(f)
    }
}

impl TryFrom<String> for Recipient {
    type Error = InvalidRecipient;

    fn try_from(text: String) -> Result<Self, InvalidRecipient> {
        text.parse()
    }
}

impl From<Recipient> for String {
    fn from(recipient: Recipient) -> Self {
        recipient.to_string()
    }
}

/// Private keys, each of which reads what is encrypted to its recipient.
#[derive(Clone, Default)]
pub struct Identities(Vec<x25519::Identity>);

/// A text that is no identity file. What stands in it is not told: it may be a secret.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum InvalidIdentity {
    /// A line is neither an identity nor a comment.
    #[error(
        "line {0} is no identity of age: score-fly reads `AGE-SECRET-KEY-1…`, and neither SSH keys, nor plugins, nor keys that are encrypted themselves"
    )]
    Line(usize),
    /// There is nothing in it.
    #[error("there is no identity of age in it")]
    Empty,
}

impl Identities {
    /// Adds the identities of an identity file: one in each line, where lines that start with `#`
    /// are comments.
    ///
    /// # Errors
    /// If there is none, or anything else.
    pub fn read(&mut self, text: &str) -> Result<(), InvalidIdentity> {
        let before = self.0.len();
        for (index, line) in text.lines().enumerate() {
            let line = line.trim();
            if !line.is_empty() && !line.starts_with('#') {
                self.0.push(line.parse().map_err(|_| InvalidIdentity::Line(index + 1))?);
            }
        }
        if self.0.len() == before { Err(InvalidIdentity::Empty) } else { Ok(()) }
    }

    /// Whether there is none.
    pub fn is_empty(&self) -> bool {
        self.0.is_empty()
    }
}

impl fmt::Debug for Identities {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "Identities({}, …)", self.0.len())
    }
}

/// Why something can't be decrypted.
#[derive(Debug)]
pub(crate) enum Undecryptable {
    /// It is encrypted to others.
    NoMatch,
    /// It is not what was encrypted.
    Damaged(String),
    /// It was encrypted for another part in clear than the one beside it.
    Unrelated,
}

impl From<DecryptError> for Undecryptable {
    fn from(error: DecryptError) -> Self {
        match error {
            DecryptError::NoMatchingKeys => Self::NoMatch,
            other => Self::Damaged(other.to_string()),
        }
    }
}

/// Encrypts to all of `recipients`, which must not be empty, in the armored form of age.
pub(crate) fn encrypt(recipients: &[Recipient], plain: &[u8]) -> io::Result<String> {
    let encryptor = Encryptor::with_recipients(recipients.iter().map(|recipient| &recipient.0 as _));
    let encryptor = encryptor.map_err(|error| match error {
        EncryptError::Io(error) => error,
        other => io::Error::other(other.to_string()),
    })?;
    let mut armored = Vec::new();
    let mut writer = encryptor.wrap_output(ArmoredWriter::wrap_output(&mut armored, Format::AsciiArmor)?)?;
    writer.write_all(plain)?;
    writer.finish()?.finish()?;
    String::from_utf8(armored).map_err(io::Error::other)
}

/// Decrypts what [`encrypt`] made.
pub(crate) fn decrypt(identities: &Identities, armored: &str) -> Result<Vec<u8>, Undecryptable> {
    let decryptor = Decryptor::new_buffered(ArmoredReader::new(armored.as_bytes()))?;
    let mut reader = decryptor.decrypt(identities.0.iter().map(|identity| identity as _))?;
    let mut plain = Vec::new();
    reader.read_to_end(&mut plain).map_err(|error| Undecryptable::Damaged(error.to_string()))?;
    Ok(plain)
}
