//! Filter arguments without brackets, which Crinja's grammar allows and Jinja's does not.

use std::ops::Range;

use score_fly_core::source::Span;

/// A template in which brackets were put, and the way back.
pub(crate) struct Rewritten {
    /// The template as MiniJinja takes it.
    pub(crate) text: String,
    /// Where in it there is a bracket that was not written.
    inserted: Vec<usize>,
}

impl Rewritten {
    /// A template as it was written.
    pub(crate) fn unchanged(text: &str) -> Self {
        Self { text: text.to_owned(), inserted: Vec::new() }
    }

    /// Where a part of it was written.
    pub(crate) fn original(&self, range: Range<usize>) -> Span {
        let original = |offset: usize| offset - self.inserted.partition_point(|inserted| *inserted < offset);
        (original(range.start)..original(range.end)).into()
    }

    fn push(&mut self, text: &str) {
        self.text.push_str(text);
    }

    fn insert(&mut self, bracket: char) {
        self.inserted.push(self.text.len());
        self.text.push(bracket);
    }
}

/// Writes `| join " "` as `| join(" ")`, and so each filter that a string or a number follows.
pub(crate) fn with_brackets(text: &str) -> Rewritten {
    let mut rewritten = Rewritten { text: String::with_capacity(text.len()), inserted: Vec::new() };
    let mut rest = text;
    while let Some((before, end, inside)) = next_tag(rest) {
        let length = inside.find(end).unwrap_or(inside.len());
        rewritten.push(before);
        filters(inside.get(..length).unwrap_or_default(), &mut rewritten);
        rest = inside.get(length..).unwrap_or_default();
    }
    rewritten.push(rest);
    rewritten
}

/// What stands before the first tag, with its beginning; how the tag ends; and what stands behind.
fn next_tag(text: &str) -> Option<(&str, &'static str, &str)> {
    let (start, end) = [("{{", "}}"), ("{%", "%}"), ("{#", "#}")]
        .into_iter()
        .filter_map(|(start, end)| Some((text.find(start)?, end)))
        .min()?;
    let (before, inside) = text.split_at_checked(start + 2)?;
    Some((before, end, inside))
}

/// Copies what stands in a tag, with brackets around the arguments that have none.
fn filters(mut code: &str, rewritten: &mut Rewritten) {
    while let Some(first) = code.chars().next() {
        let taken = match first {
            '"' | '\'' => literal(code),
            '|' => {
                let word = code.get(1..).unwrap_or_default().trim_start();
                let name = word.trim_start_matches(|c: char| c.is_ascii_alphanumeric() || c == '_');
                let argument = name.trim_start_matches([' ', '\t']);
                let length = literal(argument);
                if name.len() < word.len() && argument.len() < name.len() && length > 0 {
                    rewritten.push(code.get(..code.len() - name.len()).unwrap_or_default());
                    rewritten.insert('(');
                    rewritten.push(name.get(..name.len() - argument.len() + length).unwrap_or_default());
                    rewritten.insert(')');
                    code = argument.get(length..).unwrap_or_default();
                    continue;
                }
                1
            }
            other => other.len_utf8(),
        };
        let taken = taken.max(first.len_utf8());
        rewritten.push(code.get(..taken).unwrap_or_default());
        code = code.get(taken..).unwrap_or_default();
    }
}

/// How long the string or number is that `code` starts with; 0 if it starts with neither.
fn literal(code: &str) -> usize {
    match code.chars().next() {
        Some(quote @ ('"' | '\'')) => {
            let mut escaped = false;
            let end = code.char_indices().skip(1).find(|(_, c)| {
                let ends = *c == quote && !escaped;
                escaped = *c == '\\' && !escaped;
                ends
            });
            end.map_or(code.len(), |(end, _)| end + 1)
        }
        _ => code.len() - code.trim_start_matches(|c: char| c.is_ascii_digit()).len(),
    }
}

#[cfg(test)]
mod tests {
    use super::with_brackets;

    #[test]
    fn puts_brackets_around_arguments_that_have_none() {
        for (written, wanted) in [
            ("a {{ x | join \" \" }} b", "a {{ x | join( \" \") }} b"),
            ("{{ x|join ', ' }}{{ y | join(' ') }}", "{{ x|join( ', ') }}{{ y | join(' ') }}"),
            ("{{ x | join \"}\" | title }}", "{{ x | join( \"}\") | title }}"),
            ("{% if x | round 2 %}", "{% if x | round( 2) %}"),
            ("{{ x | join \"\\\"\" }}", "{{ x | join( \"\\\"\") }}"),
        ] {
            assert_eq!(with_brackets(written).text, wanted);
        }
    }

    #[test]
    fn leaves_everything_else() {
        for text in [
            "",
            "a | join \" \"",
            "{{ x | title }}",
            "{{ x | join(\" \") }}",
            "{{ '| join \" \"' }}",
            "{{ x or y | title if z else 'a' }}",
            "{{ x | join",
            "{{ ä | title }} ö",
            "{{",
        ] {
            assert_eq!(with_brackets(text).text, text);
        }
    }

    #[test]
    fn knows_where_everything_was_written() {
        let written = "{{ a | join \" \" }}{{ b | join \" \" }}{{ c }}";
        let rewritten = with_brackets(written);
        for name in ["a", "b", "c", "}}"] {
            let start = rewritten.text.find(name).expect("it is there");
            assert_eq!(rewritten.original(start..start + name.len()).slice(written), name);
        }
    }
}
