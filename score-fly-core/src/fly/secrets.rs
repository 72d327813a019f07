//! The text that `fly secrets import` reads back exactly.
//!
//! That command has no escapes. It reads one line after another and ends each at a line feed; a
//! carriage return before it is dropped. A value is cut at its first `#` if an even number of `"`
//! stands before that, and loses one pair of quotes around it. `"""` opens a value over several
//! lines, which the next line that ends in `"""` closes. A line of more than 65,535 bytes silently
//! ends the reading. (Source: flyctl's parser of secrets.)

#[cfg(test)]
mod tests;

use super::names;
use crate::map::SortedMap;
use crate::prelude::*;
use crate::secret::Secret;

/// Why `fly secrets import` can't read a secret back as it is.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum Unencodable {
    /// Fly takes only identifiers.
    #[error("its name is not an identifier")]
    Name,
    /// The rest of the file would be lost.
    #[error("a line of it is longer than 65,535 bytes")]
    LongLine,
    /// It would be taken for a comment.
    #[error("its first line has a `#` after an odd number of double quotes")]
    Comment,
    /// It would be taken for the end of the value.
    #[error("a line before its last one ends in three double quotes")]
    Quotes,
    /// It would be dropped.
    #[error("a line before its last one ends in a carriage return")]
    CarriageReturn,
}

/// The longest line that `fly secrets import` reads, in bytes without the line feed.
const MAX_LINE: usize = 65_535;

/// Whether [`encode`] can write a secret so that `fly secrets import` reads it back exactly.
///
/// # Errors
/// Why it can't.
pub fn encodable(name: &str, value: &Secret<String>) -> Result<(), Unencodable> {
    encode_one(name, value.expose()).map(|_| ())
}

/// The text for `fly secrets import`, in the order of names.
///
/// Secrets that it can't carry are left out; [`convert`](crate::convert::convert) has reported them.
pub fn encode(secrets: &SortedMap<String, Secret<String>>) -> String {
    secrets.iter().filter_map(|(name, value)| encode_one(name, value.expose()).ok()).collect()
}

/// One secret as the lines that stand for it.
fn encode_one(name: &str, value: &str) -> Result<String, Unencodable> {
    if !names::is_identifier(name) {
        return Err(Unencodable::Name);
    }
    let text = match value.split_once('\n') {
        // The quotes around a value count, so three of them keep the `#` that a single one loses.
        None if cut_between_triple_quotes(value) => format!("{name}='{value}'\n"),
        None => format!("{name}=\"\"\"{value}\"\"\"\n"),
        Some((first, _)) => {
            if cut_between_triple_quotes(first) {
                return Err(Unencodable::Comment);
            }
            let (before_last, _) = value.rsplit_once('\n').unwrap_or_default();
            for line in before_last.split('\n') {
                if line.ends_with("\"\"\"") {
                    return Err(Unencodable::Quotes);
                }
                if line.ends_with('\r') {
                    return Err(Unencodable::CarriageReturn);
                }
            }
            format!("{name}=\"\"\"{value}\"\"\"\n")
        }
    };
    if text.split('\n').any(|line| line.len() > MAX_LINE) { Err(Unencodable::LongLine) } else { Ok(text) }
}

/// Whether a line that follows `"""` would be cut at its first `#`.
fn cut_between_triple_quotes(line: &str) -> bool {
    line.split_once('#').is_some_and(|(before, _)| before.matches('"').count() % 2 == 1)
}
