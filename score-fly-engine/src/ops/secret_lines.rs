//! Lines that are not to be shown, since a secret stands in them.

use std::ops::Range;

use score_fly_core::fly::plaintext;

/// Where the lines start that seem to hold a secret: by what they set, or by a name alone if `by_name` says
/// so, in capitals. They are told by the text itself, since a file that can't be parsed has secrets as well; and what
/// is set goes on to the next line that sets something else.
pub(super) fn secret_lines(text: &str, by_name: fn(&str) -> bool) -> Vec<usize> {
    let sets_secret = |line: &str, name: &Range<usize>| {
        let value = line[name.end..].trim_start_matches(|c: char| c.is_whitespace() || "\"'=:".contains(c));
        let value = value.trim().trim_matches(['"', '\'', ',']);
        let name = &line[name.clone()];
        by_name(&name.to_ascii_uppercase()) || plaintext::is_secret(name, value)
    };
    let mut starts = Vec::new();
    let mut open: Option<Value<'_>> = None;
    let mut end = 0;
    for line in text.split_inclusive('\n') {
        let start = end;
        end += line.len();
        if let Some(value) = &mut open
            && value.goes_on(line)
        {
            starts.push(start);
            continue;
        }
        open = names_in(line).find(|name| sets_secret(line, name)).map(|name| Value::new(line, name.end));
        if open.is_some() || line.split(['"', '\'', ' ', ',']).any(|word| plaintext::is_secret("", word)) {
            starts.push(start);
        }
    }
    starts
}

/// The names before `=` or `:`.
fn names_in(line: &str) -> impl Iterator<Item = Range<usize>> {
    let is_of_name = |c: char| c.is_ascii_alphanumeric() || matches!(c, '_' | '-');
    line.match_indices(['=', ':']).filter_map(move |(end, _)| {
        let before = line[..end].trim_end_matches(|c| !is_of_name(c));
        let name = before.len() - before.chars().rev().take_while(|c| is_of_name(*c)).count();
        (name < before.len()).then_some(name..before.len())
    })
}

/// The value of a secret, which may have several lines.
struct Value<'t> {
    /// What stands before its name.
    indent: &'t str,
    /// The quotes that close it, as far as a line has opened some.
    quotes: Option<&'static str>,
}

impl<'t> Value<'t> {
    /// The value that begins in a line behind its name.
    fn new(line: &'t str, name_end: usize) -> Self {
        let indent = &line[..line.len() - line.trim_start().len()];
        let mut value = Self { indent, quotes: None };
        value.read(&line[name_end..]);
        value
    }

    /// Notes which quotes a line leaves open.
    fn read(&mut self, mut rest: &str) {
        loop {
            match self.quotes {
                Some(quotes) => match rest.find(quotes) {
                    Some(at) => (rest, self.quotes) = (&rest[at + quotes.len()..], None),
                    None => return,
                },
                None => {
                    let found = [r#"""""#, "'''"].into_iter().filter_map(|quotes| Some((rest.find(quotes)?, quotes)));
                    let Some((at, quotes)) = found.min() else { return };
                    (rest, self.quotes) = (&rest[at + quotes.len()..], Some(quotes));
                }
            }
        }
    }

    /// Whether a line still belongs to it.
    fn goes_on(&mut self, line: &str) -> bool {
        if self.quotes.is_some() {
            self.read(line);
            return true;
        }
        let indent = line.len() - line.trim_start().len();
        let begins_another = line.trim_start().starts_with('[') && line.trim_end().ends_with(']')
            || names_in(line)
                .next()
                .is_some_and(|name| line[..name.start].trim().trim_matches(['"', '\'', '-']).is_empty());
        // What is set in further is inside.
        let is_over = begins_another && indent <= self.indent.len();
        !is_over && !line.trim().is_empty()
    }
}

#[cfg(test)]
mod tests {
    use score_fly_core::fly::names;

    use super::secret_lines;

    /// The numbers of the lines that are hidden.
    fn hidden(text: &str) -> Vec<usize> {
        let starts = secret_lines(text, names::seems_secret);
        starts.iter().map(|start| text[..*start].matches('\n').count() + 1).collect()
    }

    #[test]
    fn hides_all_lines_of_a_secret() {
        for (text, lines) in [
            ("a = 1\n[env]\nDB_PASSWORD = 'x'\nb = 2\n", vec![3]),
            ("db_password = 'x'\nb = 2\n", vec![1]),
            ("\"apiKey\": \"x\",\n\"b\": 1\n", vec![1]),
            ("SECRET = \"\"\"\nhunter2\nb = 1\n\"\"\"\nc = 1\n", vec![1, 2, 3, 4]),
            ("SECRET = '''\nhunter2\n'''\n[other]\nc = 1\n", vec![1, 2, 3]),
            ("{\n  \"API_KEY\":\n    \"hunter2\",\n  \"b\": 1\n}\n", vec![2, 3]),
            ("env:\n  PRIVATE_KEY: |\n    -----BEGIN: x\n    hunter2\n  b: 1\n", vec![2, 3, 4]),
            ("auth_key = [\n  'hunter2',\n]\nb = 1\n", vec![1, 2, 3]),
            ("x = {PASSWORD = 'a'}\ny = 1\n", vec![1]),
            ("app = 'x'\n[env]\nPORT = '80'\n", vec![]),
        ] {
            assert_eq!(hidden(text), lines, "{text}");
        }
    }
}
