//! From the bytes of a file to its text.

use super::messages;
use crate::diagnostic::{Diagnostics, Outcome};
use crate::prelude::*;
use crate::source::{Position, PositionEncoding, Source, Span};

impl Source {
    /// A source from the bytes of a file: UTF-8, or UTF-16 with a byte order mark, which does not
    /// become part of the text.
    ///
    /// There is always a value. If the bytes are neither, which is an error, it has U+FFFD for
    /// those that stand for no character.
    pub fn from_bytes(name: impl Into<String>, bytes: Vec<u8>) -> Outcome<Self> {
        let (text, fault) = match bytes.as_slice() {
            [0xff, 0xfe, rest @ ..] => from_utf16(rest, u16::from_le_bytes),
            [0xfe, 0xff, rest @ ..] => from_utf16(rest, u16::from_be_bytes),
            [0xef, 0xbb, 0xbf, rest @ ..] => from_utf8(rest.to_vec()),
            _ => from_utf8(bytes),
        };
        let source = Self::new(name, text);
        let found = fault.map(|Fault { offset, encoding }| {
            let at = Position::of(&source.text, offset, PositionEncoding::Utf32);
            let span = Span { start: offset, end: offset };
            messages::invalid_encoding(encoding, at).in_source(&source, span)
        });
        let diagnostics: Diagnostics = found.into_iter().collect();
        Outcome::new(source, diagnostics)
    }
}

/// Bytes that are not text.
struct Fault {
    /// Where the first of them stands in the text.
    offset: u32,
    encoding: &'static str,
}

impl Fault {
    fn new(offset: usize, encoding: &'static str) -> Self {
        Self { offset: u32::try_from(offset).unwrap_or(u32::MAX), encoding }
    }
}

fn from_utf8(bytes: Vec<u8>) -> (String, Option<Fault>) {
    match String::from_utf8(bytes) {
        Ok(text) => (text, None),
        Err(error) => {
            let fault = Fault::new(error.utf8_error().valid_up_to(), "UTF-8");
            (String::from_utf8_lossy(error.as_bytes()).into_owned(), Some(fault))
        }
    }
}

fn from_utf16(bytes: &[u8], unit: fn([u8; 2]) -> u16) -> (String, Option<Fault>) {
    let (pairs, odd) = bytes.as_chunks();
    let mut text = String::with_capacity(bytes.len() / 2);
    let mut fault = None;
    for character in char::decode_utf16(pairs.iter().map(|pair| unit(*pair))) {
        if character.is_err() && fault.is_none() {
            fault = Some(Fault::new(text.len(), "UTF-16"));
        }
        text.push(character.unwrap_or(char::REPLACEMENT_CHARACTER));
    }
    if !odd.is_empty() && fault.is_none() {
        fault = Some(Fault::new(text.len(), "UTF-16"));
    }
    (text, fault)
}

#[cfg(test)]
mod tests {
    use crate::diagnostic::Code;
    use crate::prelude::*;
    use crate::source::Source;

    fn decoded(bytes: &[u8]) -> Result<String, (Code, String, u32)> {
        match Source::from_bytes("s", bytes.to_vec()).into_result() {
            Ok((source, _)) => Ok(source.text),
            Err(diagnostics) => {
                let found = diagnostics.iter().next().expect("a diagnostic");
                Err((found.code, found.message.clone(), found.location.as_ref().expect("a place").span.start))
            }
        }
    }

    #[test]
    fn bytes_are_decoded() {
        assert_eq!(decoded(b""), Ok(String::new()));
        assert_eq!(decoded("a: é😀\r\n".as_bytes()), Ok("a: é😀\r\n".to_owned()));
        assert_eq!(decoded(b"\xef\xbb\xbfa: 1"), Ok("a: 1".to_owned()));
        assert_eq!(decoded(b"\xff\xfea\0:\0\xe9\0\x3d\xd8\0\xde"), Ok("a:é😀".to_owned()));
        assert_eq!(decoded(b"\xfe\xff\0a\0:\0\xe9\xd8\x3d\xde\0"), Ok("a:é😀".to_owned()));
        assert_eq!(decoded(b"\xff\xfe"), Ok(String::new()));
    }

    #[test]
    fn what_is_not_text_is_reported_with_its_place() {
        let invalid = |encoding: &str, line: u32, column: u32, offset: u32| {
            let message = format!("the bytes at line {line}, column {column} are not {encoding} text");
            Err((Code::InvalidEncoding, message, offset))
        };
        assert_eq!(decoded(b"a: \xc3\xa9\nb: \xe9\n"), invalid("UTF-8", 2, 4, 9));
        assert_eq!(decoded(b"\xff"), invalid("UTF-8", 1, 1, 0));
        assert_eq!(decoded(b"ok\xf0\x9f\x98"), invalid("UTF-8", 1, 3, 2));
        // Half a character, and half a surrogate pair.
        assert_eq!(decoded(b"\xff\xfea\0b"), invalid("UTF-16", 1, 2, 1));
        assert_eq!(decoded(b"\xfe\xff\0\n\xd8\x3d"), invalid("UTF-16", 2, 1, 1));
    }
}
