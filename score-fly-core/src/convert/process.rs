//! `[experimental]`: what the machine runs.

use crate::fly::config::Experimental;
use crate::score::Container;

/// `command` replaces the image's ENTRYPOINT and `args` its CMD.
///
/// On Fly an image keeps its CMD when only its ENTRYPOINT is replaced, so that a `command` alone
/// would get arguments that nobody meant for it: `exec` replaces both. An empty list counts as
/// absent, as in Kubernetes.
pub(super) fn convert(container: &Container) -> Option<Experimental> {
    let list = |list: &Option<Vec<String>>| list.clone().filter(|list| !list.is_empty());
    match (list(&container.args), list(&container.command)) {
        (None, None) => None,
        (None, command) => Some(Experimental { exec: command, ..Experimental::default() }),
        (cmd, entrypoint) => Some(Experimental { cmd, entrypoint, ..Experimental::default() }),
    }
}

/// Whether a command line has any words, in flyctl's reading: quotes and backslashes as in a shell,
/// comments from `#` at the start of a word, and nothing else. `None` if a quote or an escape has
/// no end.
pub(super) fn has_words(line: &str) -> Option<bool> {
    let mut any = false;
    let mut in_word = false;
    let mut chars = line.chars();
    while let Some(c) = chars.next() {
        match c {
            ' ' | '\t' | '\r' | '\n' => in_word = false,
            '#' if !in_word => drop(chars.find(|c| *c == '\n')),
            _ => {
                in_word = true;
                match c {
                    '\\' => drop(chars.next()?),
                    '\'' => drop(chars.find(|c| *c == '\'')?),
                    '"' => skip_quoted(&mut chars)?,
                    _ => {}
                }
            }
        }
        any |= in_word;
    }
    Some(any)
}

/// Skips what stands before the closing double quote, and the quote.
fn skip_quoted(chars: &mut std::str::Chars<'_>) -> Option<()> {
    loop {
        match chars.next()? {
            '"' => return Some(()),
            '\\' => drop(chars.next()?),
            _ => {}
        }
    }
}

#[cfg(test)]
mod tests {
    use super::has_words;

    #[test]
    fn reads_command_lines_as_flyctl_does() {
        for line in
            ["bin/migrate", "sh -c 'a b'", r#"sh -c "a \" b""#, r"a\ b", "a#b", "''", "# c\nmigrate", "a 'it'\\''s'"]
        {
            assert_eq!(has_words(line), Some(true), "{line}");
        }
        for line in ["", "  ", "# only a comment", " \t# \"comment"] {
            assert_eq!(has_words(line), Some(false), "{line}");
        }
        for line in ["it's", "sh -c \"a", "a\\", r#"a "\""#] {
            assert_eq!(has_words(line), None, "{line}");
        }
    }
}
