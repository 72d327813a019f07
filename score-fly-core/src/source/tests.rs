use super::*;
use crate::diagnostic::Code;

#[test]
fn positions_in_all_encodings() {
    // Bytes: é 2, 😀 4. UTF-16: é 1, 😀 2.
    let text = "é😀x\r\nb😀\n";
    for (offset, line, columns, offsets) in [
        (0, 1, [1, 1, 1], [0, 0, 0]),
        (2, 1, [3, 2, 2], [2, 1, 1]),
        (6, 1, [7, 4, 3], [6, 3, 2]),
        (7, 1, [8, 5, 4], [7, 4, 3]),
        (9, 2, [1, 1, 1], [9, 6, 5]),
        (10, 2, [2, 2, 2], [10, 7, 6]),
        (14, 2, [6, 4, 3], [14, 9, 7]),
        (15, 3, [1, 1, 1], [15, 10, 8]),
        // Inside a character, and past the end.
        (1, 1, [1, 1, 1], [0, 0, 0]),
        (12, 2, [2, 2, 2], [10, 7, 6]),
        (99, 3, [1, 1, 1], [15, 10, 8]),
    ] {
        let encodings = [PositionEncoding::Utf8, PositionEncoding::Utf16, PositionEncoding::Utf32];
        for ((encoding, column), expected) in encodings.into_iter().zip(columns).zip(offsets) {
            let position = Position { line, column, offset: expected };
            assert_eq!(Position::of(text, offset, encoding), position, "byte {offset} in {encoding:?}");
        }
    }
}

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

#[test]
fn prepared_positions_are_those_of_counting() {
    // One line that is longer than several steps, characters that lie across steps, and many lines.
    let text = format!("{}\n{}\r\n{}", "é😀x".repeat(300), "😀".repeat(257), "ab\n".repeat(300));
    for encoding in [PositionEncoding::Utf8, PositionEncoding::Utf16, PositionEncoding::Utf32] {
        let positions = Positions::new(&text, encoding);
        for offset in 0..u32::try_from(text.len()).expect("a short text") + 3 {
            assert_eq!(positions.of(offset), Position::of(&text, offset, encoding), "byte {offset} in {encoding:?}");
        }
    }
}
