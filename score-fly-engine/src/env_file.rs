//! Files of environment variables, as Docker Compose and many others read them.

use std::collections::BTreeMap;

/// A line that is no variable. It does not show the line, since there may be a secret in it.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("{}", if *unclosed { "the quote of the value is not closed" } else { "this is not of the form `NAME=value`" })]
pub struct InvalidLine {
    /// The line, counted from 1.
    pub line: usize,
    /// Whether it lacks the quote at its end.
    pub unclosed: bool,
}

/// Reads lines of the form `NAME=value`, with `export` before them or not. Empty lines and those
/// that start with `#` don't count.
///
/// A value in single quotes is taken as it stands; in double quotes, `\n`, `\r`, `\t`, `\"` and
/// `\\` stand for what they do elsewhere. Without quotes it ends before a `#` that follows a space.
/// Nothing is put in for `$`.
///
/// # Errors
/// All lines that are of another form.
pub fn read(text: &str) -> Result<BTreeMap<String, String>, Vec<InvalidLine>> {
    let mut variables = BTreeMap::new();
    let mut invalid = Vec::new();
    for (index, line) in text.trim_start_matches('\u{feff}').lines().enumerate() {
        let line = line.trim();
        if line.is_empty() || line.starts_with('#') {
            continue;
        }
        match variable(line) {
            Ok((name, value)) => {
                variables.insert(name.to_owned(), value);
            }
            Err(unclosed) => invalid.push(InvalidLine { line: index + 1, unclosed }),
        }
    }
    if invalid.is_empty() { Ok(variables) } else { Err(invalid) }
}

/// The variable of a line; if it has none, whether that is for want of a quote.
fn variable(line: &str) -> Result<(&str, String), bool> {
    let line = line.strip_prefix("export ").unwrap_or(line);
    let (name, written) = line.split_once('=').ok_or(false)?;
    let name = name.trim();
    if name.is_empty() || name.contains(char::is_whitespace) {
        return Err(false);
    }
    Ok((name, value(written.trim()).ok_or(true)?))
}

/// The value that is written so; nothing if a quote is not closed.
fn value(written: &str) -> Option<String> {
    if let Some(quoted) = written.strip_prefix('\'') {
        return quoted.split_once('\'').map(|(value, _)| value.to_owned());
    }
    let Some(quoted) = written.strip_prefix('"') else {
        let end = written.find(" #").unwrap_or(written.len());
        let value = if written.starts_with('#') { "" } else { written.get(..end).unwrap_or_default() };
        return Some(value.trim_end().to_owned());
    };
    let mut value = String::new();
    let mut rest = quoted.chars();
    loop {
        match rest.next()? {
            '"' => return Some(value),
            '\\' => match rest.next()? {
                'n' => value.push('\n'),
                'r' => value.push('\r'),
                't' => value.push('\t'),
                quoted @ ('"' | '\\') => value.push(quoted),
                other => value.extend(['\\', other]),
            },
            other => value.push(other),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::{InvalidLine, read};

    #[test]
    fn reads_what_others_read() {
        for (line, value) in [
            ("A=b", "b"),
            ("A=", ""),
            ("export A = b c ", "b c"),
            ("A=b # a remark", "b"),
            ("A=b#c", "b#c"),
            ("A=# a remark", ""),
            ("A='b # c $D \\n' # a remark", "b # c $D \\n"),
            (r#"A="b\n\"c\" \\ \d # e""#, "b\n\"c\" \\ \\d # e"),
            ("A=b=c", "b=c"),
            ("A=$B", "$B"),
            ("\u{feff}A=b\r", "b"),
            ("A=1\nA=2", "2"),
        ] {
            let variables = read(line).unwrap_or_else(|error| panic!("{line}: {error:?}"));
            assert_eq!(variables.into_iter().collect::<Vec<_>>(), [("A".to_owned(), value.to_owned())], "{line}");
        }
        assert!(read("\n  # nothing\n").is_ok_and(|variables| variables.is_empty()));
    }

    #[test]
    fn says_which_lines_are_wrong() {
        let text = "A=1\nhunter2\n=b\n\nA B=c\nA='b\nA=\"b\\";
        let expected = [(2, false), (3, false), (5, false), (6, true), (7, true)];
        assert_eq!(read(text), Err(expected.map(|(line, unclosed)| InvalidLine { line, unclosed }).to_vec()));
    }
}
