//! Filling the files that end in `.j2`.

use std::ops::Range;

use minijinja::syntax::SyntaxConfig;
use minijinja::value::{Kwargs, Serde, ValueKind};
use minijinja::{Environment, Error, ErrorKind, UndefinedBehavior, Value};
use score_fly_core::source::Span;
use score_fly_core::{Diagnostic, Diagnostics, Outcome, Source};
use serde_json::Value as Json;

use crate::faaso::brackets::{Rewritten, with_brackets};
use crate::files::{File, Files};
use crate::messages;

/// How the names of files that are filled end.
pub(crate) const SUFFIX: &str = ".j2";

/// How many steps a file may take: far more than any that ends.
const FUEL: u64 = 1_000_000;

/// Whose Jinja it is.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Dialect {
    /// MiniJinja's.
    Ours,
    /// Crinja's, which FaaSO has: filters may have arguments without brackets.
    Crinja,
}

/// Fills templates with the same names.
pub(crate) struct Templates {
    environment: Environment<'static>,
    names: Json,
    dialect: Dialect,
}

impl Templates {
    /// `names` is a mapping of what templates can use.
    pub(crate) fn new(dialect: Dialect, names: Json) -> Self {
        let mut environment = Environment::new();
        environment.set_undefined_behavior(UndefinedBehavior::Strict);
        environment.set_fuel(Some(FUEL));
        environment.set_debug(true);
        if let Ok(syntax) = SyntaxConfig::builder().keep_trailing_newline(true).build() {
            environment.set_syntax(syntax);
        }
        environment.add_filter("shell", shell);
        // MiniJinja takes a name that is not there for nothing in these, however strict it is.
        environment.add_filter("join", join);
        environment.add_filter("tojson", tojson);
        for filter in ["chain", "e", "escape", "groupby", "pprint", "zip"] {
            environment.remove_filter(filter);
        }
        Self { environment, names, dialect }
    }

    /// The same files, those that end in `.j2` filled and without this ending.
    pub(crate) fn fill(&self, files: &Files) -> Outcome<Files> {
        let mut filled = Files::new(files.root());
        let mut diagnostics = Diagnostics::new();
        for (path, file) in files.iter() {
            let (path, file) = match path.strip_suffix(SUFFIX) {
                None => (path, file.clone()),
                Some(without) => {
                    let text = Source::from_bytes(files.name_of(path), file.content.to_vec());
                    let (content, found) = text.and_then(|source| self.fill_text(&source)).into_parts();
                    diagnostics.extend(found);
                    let content = content.unwrap_or_default().into_bytes();
                    (without, File { content: content.into(), executable: file.executable })
                }
            };
            if let Err(invalid) = filled.insert(path, file) {
                diagnostics.push(messages::invalid_path(&invalid));
            }
        }
        Outcome::new(filled, diagnostics)
    }

    fn fill_text(&self, source: &Source) -> Outcome<String> {
        let rewritten = match self.dialect {
            Dialect::Ours => Rewritten::unchanged(&source.text),
            Dialect::Crinja => with_brackets(&source.text),
        };
        match self.environment.render_str(&rewritten.text, Serde(&self.names)) {
            Ok(text) => Outcome::new(text, Diagnostics::new()),
            Err(error) => {
                let span = place(&error, &rewritten.text).map(|range| rewritten.original(range)).unwrap_or_default();
                Outcome::failed(Diagnostics::from_iter([self.describe(&error, &rewritten.text, source, span)]))
            }
        }
    }

    /// An error as a diagnostic in the file that was written.
    fn describe(&self, error: &Error, text: &str, source: &Source, span: Span) -> Diagnostic {
        let said = || error.detail().unwrap_or_default();
        match error.kind() {
            ErrorKind::UndefinedError => {
                let missing = missing_name(error, text);
                messages::name_not_there(source, span, &missing, &self.all_names())
            }
            ErrorKind::OutOfFuel => messages::template_without_end(source, span),
            ErrorKind::UnknownFilter => messages::unknown_filter(source, span),
            ErrorKind::SyntaxError => messages::invalid_template(source, span, said()),
            _ if said().is_empty() => messages::template_failed(source, span, &error.kind().to_string()),
            _ => messages::template_failed(source, span, said()),
        }
    }

    /// The names that templates can use, and those in `options`.
    fn all_names(&self) -> Vec<String> {
        let names = self.names.as_object().into_iter().flatten();
        names
            .flat_map(|(name, value)| match (name.as_str(), value) {
                ("options", Json::Object(options)) => options.keys().map(|key| format!("options.{key}")).collect(),
                _ => vec![name.clone()],
            })
            .collect()
    }
}

/// Where a template is wrong: at the name that is missing, rather than at the filter that it is given to.
fn place(error: &Error, text: &str) -> Option<Range<usize>> {
    let range = error.range()?;
    if error.kind() == ErrorKind::UndefinedError {
        let name = missing_name(error, text);
        let start = text.get(..range.end)?.rfind(&name);
        return Some(start.map_or(range, |start| start..start + name.len()));
    }
    Some(range)
}

/// What is undefined, as it is written in the template.
fn missing_name(error: &Error, text: &str) -> String {
    let quoted = error.detail().and_then(|detail| detail.split('`').nth(1));
    // A filter of ours does not know what it was given; it stands before the `|`.
    let before = || {
        let text = text.get(..error.range()?.start)?.trim_end().strip_suffix('|')?.trim_end();
        text.rsplit(|c: char| !(c.is_alphanumeric() || "._[]'\"".contains(c))).next().filter(|name| !name.is_empty())
    };
    quoted.or_else(before).unwrap_or("a name").to_owned()
}

/// The items with a text between them.
fn join(value: &Value, between: Option<&str>) -> Result<String, Error> {
    defined(value)?;
    let items: Vec<String> = value.try_iter()?.map(|item| item.to_string()).collect();
    Ok(items.join(between.unwrap_or_default()))
}

/// The value as JSON.
fn tojson(value: &Value) -> Result<Value, Error> {
    defined(value)?;
    minijinja::filters::tojson(value, None, Kwargs::from_iter::<[(&str, Value); 0]>([]))
}

/// The text, or each item of a list, as a word of a shell.
fn shell(value: &Value) -> Result<String, Error> {
    defined(value)?;
    let words: Vec<Value> = match value.kind() {
        ValueKind::Seq => value.try_iter()?.collect(),
        _ => vec![value.clone()],
    };
    let words: Result<Vec<String>, Error> = words.iter().map(|word| word_of(&word.to_string())).collect();
    Ok(words?.join(" "))
}

fn word_of(text: &str) -> Result<String, Error> {
    if text.contains(char::is_control) {
        // A line feed would end the instruction of a Dockerfile, whatever quotes it stands in.
        return Err(Error::new(ErrorKind::InvalidOperation, "a word for a shell has a control character in it"));
    }
    let is_plain = |c: char| c.is_ascii_alphanumeric() || "%+,-./:=@_".contains(c);
    if !text.is_empty() && text.chars().all(is_plain) {
        return Ok(text.to_owned());
    }
    Ok(format!("'{}'", text.replace('\'', r"'\''")))
}

fn defined(value: &Value) -> Result<(), Error> {
    if value.is_undefined() { Err(ErrorKind::UndefinedError.into()) } else { Ok(()) }
}

#[cfg(test)]
mod tests {
    use score_fly_core::Code;
    use serde_json::json;

    use super::{Dialect, Templates};
    use crate::files::Files;

    fn templates(dialect: Dialect) -> Templates {
        let options = json!({"packages": ["a", "b c", "it's"], "threads": 8, "on": true});
        Templates::new(dialect, json!({"name": "hello", "port": 8080, "options": options}))
    }

    fn files(text: &str) -> Files {
        let mut files = Files::new("runtime");
        files.insert("Dockerfile.j2", text.as_bytes().to_vec()).expect("a path");
        files
    }

    /// What a template becomes, or what is wrong with it and which part of it that is.
    fn fill(dialect: Dialect, text: &str) -> Result<String, (String, String)> {
        let filled = templates(dialect).fill(&files(text)).into_result();
        match filled {
            Ok((files, _)) => {
                let file = files.get("Dockerfile").expect("the ending is off");
                Ok(String::from_utf8(file.content.to_vec()).expect("text"))
            }
            Err(found) => {
                let [diagnostic] = found.iter().collect::<Vec<_>>()[..] else { panic!("{found:?}") };
                assert_eq!(diagnostic.code, Code::TemplateFailed);
                let place = diagnostic.location.as_ref().expect("a place");
                assert_eq!(place.source, "runtime/Dockerfile.j2");
                Err((diagnostic.message.clone(), place.span.slice(text).to_owned()))
            }
        }
    }

    #[test]
    fn fills_names_and_keeps_the_last_line_feed() {
        assert_eq!(fill(Dialect::Ours, "EXPOSE {{ port }}\n"), Ok("EXPOSE 8080\n".to_owned()));
        assert_eq!(fill(Dialect::Ours, "{{ options.on | tojson }}"), Ok("true".to_owned()));
    }

    #[test]
    fn words_of_a_shell_are_quoted_where_they_need_it() {
        let all = fill(Dialect::Ours, "{{ options.packages | shell }}");
        assert_eq!(all, Ok(r"a 'b c' 'it'\''s'".to_owned()));
        assert_eq!(fill(Dialect::Ours, "{{ '' | shell }}"), Ok("''".to_owned()));
        assert!(fill(Dialect::Ours, "{{ 'a\nb' | shell }}").is_err());
    }

    #[test]
    fn a_name_that_is_not_there_is_an_error_wherever_it_stands() {
        for text in [
            "{{ options.pkg }}",
            "{{ options.pkg | join(' ') }}",
            "{{ options.pkg | tojson }}",
            "{{ options.pkg | shell }}",
            "{{ options.pkg | upper }}",
            "{% if options.pkg %}x{% endif %}",
            "{% for one in options.pkg %}x{% endfor %}",
        ] {
            let (message, _) = fill(Dialect::Ours, text).expect_err(text);
            assert_eq!(message, "`options.pkg` is not there", "{text}");
        }
        for filter in
            ["length", "first", "last", "sort", "list", "unique", "string", "title", "trim", "replace('a', 'b')"]
        {
            fill(Dialect::Ours, &format!("{{{{ options.pkg | {filter} }}}}")).expect_err(filter);
        }
    }

    #[test]
    fn mistakes_are_found_where_they_are_written() {
        let error = |text| fill(Dialect::Ours, text).expect_err(text);
        assert_eq!(error("FROM x\nUSER {{ usr }}\n").1, "usr");
        assert_eq!(error("FROM x\nUSER {{ name | nope }}\n").1, "nope");
        assert_eq!(error("RUN {{ options.packages | join \" \" }}").1, "\" \"");
        let endless = "{% for a in range(9999) %}{% for b in range(9999) %}{% endfor %}{% endfor %}";
        assert_eq!(error(endless).0, "the template takes too many steps");
        // The bracketed form is longer than what was written.
        let twice = "{{ options.packages | join \" \" }} {{ nope }}";
        assert_eq!(fill(Dialect::Crinja, twice), Err(("`nope` is not there".to_owned(), "nope".to_owned())));
    }

    #[test]
    fn there_is_no_way_to_other_files() {
        for text in ["{% include 'x' %}", "{% extends 'x' %}", "{% import 'x' as x %}"] {
            fill(Dialect::Ours, text).expect_err(text);
        }
    }
}
