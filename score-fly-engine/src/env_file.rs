//! Files of environment variables, as Docker Compose and many others read them.

use std::collections::BTreeMap;

use score_fly_core::diagnostic::Outcome;
use score_fly_core::pointer::Path;
use score_fly_core::source::Span;
use score_fly_core::{Code, Diagnostic, Diagnostics, Source};

/// How many lines are told that are wrong.
const WRONG_LINES: usize = 100;

/// Reads lines of the form `NAME=value`, with `export` before them or not. Empty lines and those
/// that start with `#` don't count.
///
/// A value in single quotes is taken as it stands; in double quotes, `\n`, `\r`, `\t`, `\"` and
/// `\\` stand for what they do elsewhere. Without quotes it ends before a `#` that follows a space.
/// Nothing is put in for `$`.
///
/// There is always a value; lines of another form are missing from it. Diagnostics are located, and
/// don't show the lines, since there may be secrets in them.
pub fn read(source: &Source) -> Outcome<BTreeMap<String, String>> {
    let mut variables = BTreeMap::new();
    let mut diagnostics = Diagnostics::new();
    let mut end = 0;
    for whole in source.text.split_inclusive('\n') {
        end += whole.len();
        let line = whole.trim_start_matches('\u{feff}').trim_start();
        let start = end - line.len();
        let line = line.trim_end();
        if line.is_empty() || line.starts_with('#') {
            continue;
        }
        match variable(line) {
            Ok((name, value)) => {
                variables.insert(name.to_owned(), value);
            }
            // More than that tells nobody more, and each takes as long as the file is.
            Err(_) if diagnostics.len() >= WRONG_LINES => {}
            Err(unclosed) => {
                let line = Span::from(start..start + line.len());
                diagnostics.push(invalid_line(unclosed).in_source(source, line));
            }
        }
    }
    Outcome::new(variables, diagnostics)
}

/// A line that is no variable, perhaps for want of the quote at its end.
fn invalid_line(unclosed: bool) -> Diagnostic {
    let (message, help) = if unclosed {
        ("the quote of the value is not closed", "close it in the line where it opens")
    } else {
        ("this is not of the form `NAME=value`", "write one variable to a line, or `#` before a remark")
    };
    Diagnostic::new(Code::InvalidEnvFile, &Path::ROOT, message).with_help(help)
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
    use score_fly_core::Source;
    use score_fly_core::diagnostic::Sources;
    use score_fly_core::source::PositionEncoding;

    use super::read;

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
            let (variables, found) = read(&Source::new(".env", line)).into_parts();
            assert!(found.is_empty(), "{line}: {found:?}");
            let variables = variables.unwrap_or_default();
            assert_eq!(variables.into_iter().collect::<Vec<_>>(), [("A".to_owned(), value.to_owned())], "{line}");
        }
        let (variables, found) = read(&Source::new(".env", "\n  # nothing\n")).into_parts();
        assert!(variables.is_some_and(|variables| variables.is_empty()) && found.is_empty());
    }

    #[test]
    fn says_which_lines_are_wrong() {
        let text = "A=1\nhunter2\n  =b\n\nA B=c\r\nA='b\nA=\"b\\";
        let source = Source::new(".env", text);
        let (variables, found) = read(&source).into_parts();
        let found = Sources::new([&source], PositionEncoding::Utf32).views(&found);
        let found: Vec<String> = found
            .iter()
            .map(|found| {
                let place = found.location.as_ref().expect("a place");
                let unclosed = found.message.contains("quote");
                format!(
                    "{}:{}-{}{}",
                    place.start.line,
                    place.start.column,
                    place.end.column,
                    if unclosed { " quote" } else { "" }
                )
            })
            .collect();
        assert_eq!(found, ["2:1-8", "3:3-5", "5:1-6", "6:1-5 quote", "7:1-6 quote"]);
        assert_eq!(variables.expect("variables").len(), 1, "the others are there");
    }
}
