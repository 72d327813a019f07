//! Command lines, split into words as flyctl splits them.

use core::str::Chars;

use crate::prelude::*;

/// The words of a command line: quotes and backslashes as in a shell, comments from `#` at the start
/// of a word, and nothing else. `None` if a quote or an escape has no end.
pub(crate) fn split(line: &str) -> Option<Vec<String>> {
    let mut words = Vec::new();
    let mut word: Option<String> = None;
    let mut chars = line.chars();
    while let Some(c) = chars.next() {
        match c {
            ' ' | '\t' | '\r' | '\n' => words.extend(word.take()),
            '#' if word.is_none() => drop(chars.find(|c| *c == '\n')),
            _ => {
                let word = word.get_or_insert_default();
                match c {
                    '\\' => word.push(chars.next()?),
                    '\'' => quoted(&mut chars, '\'', word)?,
                    '"' => quoted(&mut chars, '"', word)?,
                    _ => word.push(c),
                }
            }
        }
    }
    words.extend(word);
    Some(words)
}

/// A command line that [`split`] makes these words of: what is more than letters, digits and harmless signs
/// stands in single quotes, in which nothing has a meaning.
pub(crate) fn join(words: &[&str]) -> String {
    let mut line = String::new();
    for word in words {
        if !line.is_empty() {
            line.push(' ');
        }
        let harmless = |c: char| c.is_ascii_alphanumeric() || "_-./:=@%+,".contains(c);
        if !word.is_empty() && word.chars().all(harmless) {
            line.push_str(word);
        } else {
            line.push('\'');
            line.push_str(&word.replace('\'', r"'\''"));
            line.push('\'');
        }
    }
    line
}

/// Adds what stands before the closing quote. A backslash escapes in double quotes only.
fn quoted(chars: &mut Chars<'_>, quote: char, word: &mut String) -> Option<()> {
    loop {
        match chars.next()? {
            c if c == quote => return Some(()),
            '\\' if quote == '"' => word.push(chars.next()?),
            c => word.push(c),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::{join, split};

    #[test]
    fn reads_command_lines_as_flyctl_does() {
        let cases: [(&str, &[&str]); 14] = [
            ("bin/migrate", &["bin/migrate"]),
            ("sh -c 'a b'", &["sh", "-c", "a b"]),
            (r#"sh -c "a \" b""#, &["sh", "-c", "a \" b"]),
            (r"a\ b c", &["a b", "c"]),
            ("a#b #c", &["a#b"]),
            ("''", &[""]),
            ("# c\nmigrate", &["migrate"]),
            (r"'it'\''s'", &["it's"]),
            (r"'a\n' \n", &[r"a\n", "n"]),
            ("a\"b c\"d", &["ab cd"]),
            ("", &[]),
            ("  ", &[]),
            ("# only a comment", &[]),
            (" \t# \"comment", &[]),
        ];
        for (line, words) in cases {
            assert_eq!(split(line).unwrap(), words, "{line}");
        }
        for line in ["it's", "sh -c \"a", "a\\", r#"a "\""#] {
            assert_eq!(split(line), None, "{line}");
        }
    }

    #[test]
    fn joined_words_are_split_as_they_were() {
        let cases: [(&[&str], &str); 7] = [
            (&["bin/web", "--port=80", "a@b:1,2%+"], "bin/web --port=80 a@b:1,2%+"),
            (&["sh", "-c", "a && b"], "sh -c 'a && b'"),
            (&["it's", "#1"], r"'it'\''s' '#1'"),
            (&["", "\"x\"", r"a\b"], r#"'' '"x"' 'a\b'"#),
            (&["$PORT", "a\nb\t"], "'$PORT' 'a\nb\t'"),
            (&["ü"], "'ü'"),
            (&[], ""),
        ];
        for (words, line) in cases {
            assert_eq!(join(words), line);
            assert_eq!(split(line).unwrap(), words, "{line}");
        }
    }
}
