use super::*;

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

#[test]
fn texts_are_told_apart_by_name_and_content() {
    let id = |name: &str, text: &str| Source::new(name, text).id();
    assert_eq!(id("a", "b"), id("a", "b"));
    assert_ne!(id("a", "b"), id("a", "c"));
    assert_ne!(id("a", "b"), id("c", "b"));
    assert_ne!(id("ab", "c"), id("a", "bc"));
}
