use super::super::sample::Dice;
use super::{Unencodable, encodable, encode};
use crate::map::SortedMap;
use crate::prelude::*;
use crate::secret::Secret;

/// What `fly secrets import` makes of a text: its rules, written down once more from the reader's
/// side. `None` where it crashes.
fn import(text: &str) -> Option<SortedMap<String, String>> {
    let mut secrets = SortedMap::new();
    let mut lines = lines_as_scanned(text).into_iter();
    while let Some(line) = lines.next() {
        if line.starts_with('#') || line.trim().is_empty() {
            continue;
        }
        let (key, value) = line.split_once('=')?;
        let mut value = value.trim_start_matches(' ');
        if let Some(hash) = value.find('#')
            && value[..hash].matches('"').count() % 2 == 0
        {
            value = value[..hash].trim_end();
        }
        let value = if value.len() >= 6 && value.starts_with("\"\"\"") && value.ends_with("\"\"\"") {
            value[3..value.len() - 3].to_owned()
        } else if let Some(first) = value.strip_prefix("\"\"\"") {
            let mut whole = first.to_owned();
            loop {
                // At the end of the input, an open value is lost.
                let Some(line) = lines.next() else { return Some(secrets) };
                whole.push('\n');
                if let Some(last) = line.strip_suffix("\"\"\"") {
                    whole.push_str(last);
                    break whole;
                }
                whole.push_str(line);
            }
        } else if value == "\"" || value == "'" {
            return None;
        } else {
            let unquoted = ['"', '\''].iter().find_map(|quote| value.strip_prefix(*quote)?.strip_suffix(*quote));
            unquoted.unwrap_or(value).to_owned()
        };
        secrets.insert(key.trim().to_owned(), value);
    }
    Some(secrets)
}

/// Lines without their ends, up to the first that is too long for the scanner's buffer of 64 KiB,
/// which must hold the line feed as well.
fn lines_as_scanned(text: &str) -> Vec<&str> {
    let text = text.strip_suffix('\n').unwrap_or(text);
    let lines = text.split('\n').take_while(|line| line.len() < 64 * 1024);
    lines.map(|line| line.strip_suffix('\r').unwrap_or(line)).collect()
}

fn secrets(pairs: &[(&str, &str)]) -> SortedMap<String, Secret<String>> {
    pairs.iter().map(|(name, value)| ((*name).to_owned(), Secret::new((*value).to_owned()))).collect()
}

fn check(value: &str) -> Result<(), Unencodable> {
    encodable("A", &Secret::new(value.to_owned()))
}

#[test]
fn the_reader_reads_as_documented() {
    let text =
        "# comment\n\nA=plain\nB = x # cut\nC='pa#ss'\nD=\"quo#ted\"\nE=\"\"\"\nline\r\nend\"\"\"\nF=\"a\\n\"\r\n";
    let expected = [("A", "plain"), ("B", "x"), ("C", "'pa"), ("D", "quo#ted"), ("E", "\nline\nend"), ("F", "a\\n")];
    let expected = expected.map(|(name, value)| (name.to_owned(), value.to_owned()));
    assert_eq!(import(text), Some(SortedMap::from(expected)));
    assert_eq!(import("A='"), None);
    assert_eq!(import("A"), None);
}

#[test]
fn writes_each_form() {
    assert_eq!(encode(&SortedMap::new()), "");
    assert_eq!(encode(&secrets(&[("B", "2"), ("A", "one two ")])), "A=\"\"\"one two \"\"\"\nB=\"\"\"2\"\"\"\n");
    assert_eq!(encode(&secrets(&[("EMPTY", "")])), "EMPTY=\"\"\"\"\"\"\n");
    assert_eq!(encode(&secrets(&[("A", "pa#ss")])), "A=\"\"\"pa#ss\"\"\"\n");
    assert_eq!(encode(&secrets(&[("A", "pa\"#ss")])), "A='pa\"#ss'\n");
    assert_eq!(encode(&secrets(&[("A", "x\ny\n")])), "A=\"\"\"x\ny\n\"\"\"\n");
}

#[test]
fn says_what_it_cannot_carry() {
    assert_eq!(encodable("A-B", &Secret::new("x".to_owned())), Err(Unencodable::Name));
    assert_eq!(encodable("", &Secret::new("x".to_owned())), Err(Unencodable::Name));
    assert_eq!(check("a\"#b\nc"), Err(Unencodable::Comment));
    assert_eq!(check("a\"\"\"\nc"), Err(Unencodable::Quotes));
    assert_eq!(check("a\nb\"\"\"\nc"), Err(Unencodable::Quotes));
    assert_eq!(check("a\r\nb"), Err(Unencodable::CarriageReturn));
    assert_eq!(check("a\nb\r\nc"), Err(Unencodable::CarriageReturn));
    for fine in
        ["a\"#b", "a#b\nc", "a\nb\"#c", "a\nb\"\"\"", "a\"\"\"", "a\nb\r", "a\rb", "\r", "\n", "\"", "'", "\"\"\""]
    {
        assert_eq!(check(fine), Ok(()), "{fine:?}");
    }
}

#[test]
fn keeps_to_the_longest_line() {
    // `A="""` and `"""` take eight bytes of the line, `A='` and `'` four.
    for (value, fits) in [
        ("x".repeat(65_535 - 8), true),
        ("x".repeat(65_535 - 7), false),
        (format!("\"#{}", "x".repeat(65_535 - 6)), true),
        (format!("\"#{}", "x".repeat(65_535 - 5)), false),
        (format!("a\n{}\nb", "x".repeat(65_535)), true),
        (format!("a\n{}\nb", "x".repeat(65_536)), false),
        (format!("a\n{}", "x".repeat(65_535 - 3)), true),
        (format!("a\n{}", "x".repeat(65_535 - 2)), false),
    ] {
        assert_eq!(check(&value), if fits { Ok(()) } else { Err(Unencodable::LongLine) }, "{}", value.len());
        let text = encode(&secrets(&[("A", &value), ("B", "after")]));
        let expected = if fits { vec![("A", value.as_str()), ("B", "after")] } else { vec![("B", "after")] };
        let expected = expected.into_iter().map(|(name, value)| (name.to_owned(), value.to_owned())).collect();
        assert_eq!(import(&text), Some(expected));
    }
}

#[test]
fn is_read_back_exactly() {
    const PIECES: &[&str] = &[
        "a", " ", "#", "\"", "'", "\"\"\"", "\n", "\r", "\t", "=", "\\", "\\n", "$", "é", "\u{a0}", "\u{feff}",
        "export ",
    ];
    let mut dice = Dice::new(3);
    let mut carried = 0;
    for _ in 0..80_000 {
        let values = [(); 3].map(|()| dice.text(PIECES, 9));
        let given = secrets(&[("A", &values[0]), ("B", &values[1]), ("C", &values[2])]);
        let expected: SortedMap<String, String> = given
            .iter()
            .filter(|(name, value)| encodable(name, value).is_ok())
            .map(|(name, value)| (name.clone(), value.expose().clone()))
            .collect();
        carried += expected.len();
        assert_eq!(import(&encode(&given)), Some(expected), "{values:?}");
    }
    assert!((160_000..240_000).contains(&carried), "{carried}");
}
