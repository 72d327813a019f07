//! Writing SQL: names and texts that end where they should, and bytes as texts.

/// A name.
pub(super) fn identifier(name: &str) -> String {
    format!("\"{}\"", name.replace('"', "\"\""))
}

/// A text, in the form in which a backslash is one.
pub(super) fn literal(text: &str) -> String {
    format!("'{}'", text.replace('\'', "''"))
}

/// Bytes as a text that needs no quoting.
pub(super) fn hex(bytes: &[u8]) -> String {
    let digit = |four: u8| char::from_digit(four.into(), 16).unwrap_or_default();
    bytes.iter().flat_map(|byte| [digit(byte >> 4), digit(byte & 15)]).collect()
}

#[cfg(test)]
mod tests {
    use super::{identifier, literal};

    /// <https://www.postgresql.org/docs/17/sql-syntax-lexical.html>, 4.1.1 and 4.1.2.1.
    #[test]
    fn what_would_end_them_is_doubled() {
        assert_eq!(identifier(r#"a"; DROP DATABASE "b"#), r#""a""; DROP DATABASE ""b""#);
        assert_eq!(literal(r"it's \ fine"), r"'it''s \ fine'");
    }
}
