//! Provisioner files: lists of provisioners in the form that score-compose and score-k8s have.

use std::borrow::Cow;
use std::collections::BTreeSet;

use score_fly_core::document::{self, Document, Mapping, Node};
use score_fly_core::map::SortedSet;
use score_fly_core::resource::Selector;
use score_fly_core::source::{Origin, Position, PositionEncoding, Positions};
use score_fly_core::{Code, Outcome, Severity, Source};
use serde_json::{Map, Value};

use super::protocol::{kind_of, secrets};
use super::{Builtin, Cmd, Error, Http, Kind, Protocol, Provisioner, Static, Template, Timeout};

/// Something that is wrong with a provisioner file.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("{file}:{line}:{column}: {problem}")]
pub struct InvalidEntry {
    /// The file.
    pub file: String,
    /// The line, counted from 1.
    pub line: u32,
    /// The column, counted in characters from 1.
    pub column: u32,
    /// What is wrong: one sentence.
    pub problem: String,
}

/// Reads a provisioner file; `file` is what to call it. All that is wrong is reported at once, in the
/// order of the file.
///
/// # Errors
/// If it is no list of provisioners.
pub fn read_file(text: &str, file: &str) -> Result<Vec<Provisioner>, Vec<InvalidEntry>> {
    let source = Source::new(file, text);
    let mut provisioners = Vec::new();
    let mut problems: Vec<(u32, String)> = Vec::new();
    match parse(&source) {
        Err(found) => problems = found,
        Ok(None) => {}
        Ok(Some(Node { value: document::Value::Sequence(entries), .. })) => {
            let mut ids = BTreeSet::new();
            for node in &entries {
                let start = node.origin.span.start;
                let Some(mapping) = node.as_mapping() else {
                    problems.push((start, format!("it is {}, not a mapping", kind_of(&node.to_json()))));
                    continue;
                };
                match Entry::new(mapping, start).read() {
                    Ok(provisioner) if !ids.insert(provisioner.id.clone()) => {
                        let problem = format!("there is another entry with the `uri` `{}`", provisioner.id);
                        problems.push((start, format!("{problem}: append `#` and a label to tell them apart")));
                    }
                    Ok(provisioner) => provisioners.push(provisioner),
                    Err(found) => problems.extend(found),
                }
            }
        }
        Ok(Some(other)) => {
            let problem = format!("it is {}, not a list of provisioners", kind_of(&other.to_json()));
            problems.push((other.origin.span.start, problem));
        }
    }
    if problems.is_empty() {
        return Ok(provisioners);
    }
    problems.sort();
    let positions = Positions::new(text, PositionEncoding::Utf32);
    let located = problems.into_iter().map(|(offset, problem)| {
        let Position { line, column, .. } = positions.of(offset);
        InvalidEntry { file: file.to_owned(), line, column, problem }
    });
    Err(located.collect())
}

/// The tree of a text, if there is anything in it, or what is wrong with the text and where.
fn parse(source: &Source) -> Result<Option<Node<'_>>, Vec<(u32, String)>> {
    let (document, diagnostics) = document::parse(source).into_parts();
    let root = Node { value: document::Value::Null, origin: Origin::default() };
    let nothing = Document { sources: vec![Cow::Borrowed(source)], root };
    let located = Outcome::<()>::failed(diagnostics).locate(document.as_ref().unwrap_or(&nothing));
    let diagnostics = located.into_parts().1;
    let errors = diagnostics.iter().filter(|one| one.severity == Severity::Error && one.code != Code::EmptyDocument);
    let problems: Vec<(u32, String)> = errors
        .map(|error| {
            let offset = error.location.as_ref().map_or(0, |location| location.span.start);
            let help = error.help.as_ref().map_or_else(String::new, |help| format!("; {help}"));
            (offset, format!("{}{help}", error.message))
        })
        .collect();
    if problems.is_empty() { Ok(document.map(|document| document.root)) } else { Err(problems) }
}

/// What score-compose and score-k8s make beside a workload, and Fly has nothing for.
const BESIDE: [&str; 7] = ["directories", "files", "manifests", "models", "networks", "services", "volumes"];

/// An entry while it is read.
struct Entry<'d> {
    mapping: &'d Mapping<'d>,
    start: u32,
    /// What was not read yet.
    fields: Map<String, Value>,
    /// What is wrong, with the byte at which it stands.
    problems: Vec<(u32, String)>,
}

impl<'d> Entry<'d> {
    /// An entry that starts at this byte.
    fn new(mapping: &'d Mapping<'d>, start: u32) -> Self {
        let fields = mapping.entries.iter().map(|entry| (entry.key.text.to_string(), entry.value.to_json()));
        Self { mapping, start, fields: fields.collect(), problems: Vec::new() }
    }

    fn read(mut self) -> Result<Provisioner, Vec<(u32, String)>> {
        let uri = self.text("uri").unwrap_or_default();
        let written_type = self.text("type");
        let (class, resource_id, description) = (self.text("class"), self.text("id"), self.text("description"));
        let (supported_params, expected_outputs) = (self.names("supported_params"), self.names("expected_outputs"));
        let kind = self.kind(&uri);
        let resource_type = match (written_type, &kind) {
            (None, Some(Kind::Builtin(builtin))) => builtin.name().to_owned(),
            (Some(resource_type), _) => resource_type,
            (None, _) => {
                self.missing("`type` is missing: the type of the resources that it is for");
                String::new()
            }
        };
        let supported_params = match &kind {
            Some(Kind::Builtin(builtin)) => supported_params.or_else(|| Some(builtin.supported_params())),
            _ => supported_params,
        };
        let id = match &kind {
            Some(Kind::Http(http)) => http.label(),
            _ => uri,
        };
        let provisioner = kind.map(|kind| Provisioner {
            id,
            selector: Selector { kind: resource_type, class, resource_id },
            description,
            supported_params,
            expected_outputs,
            kind,
        });
        for key in std::mem::take(&mut self.fields).into_iter().map(|(key, _)| key) {
            let problem = if BESIDE.contains(&key.as_str()) {
                format!("`{key}` are made beside a workload, and there is nothing like it on Fly")
            } else if key == "info_logs" {
                "`info_logs` are not shown: write what people should know into `description`".to_owned()
            } else {
                format!("there is no key `{key}` for provisioners of this kind")
            };
            let at = self.mapping.entry(&key).map_or(self.start, |entry| entry.key.origin.span.start);
            self.problems.push((at, problem));
        }
        match provisioner {
            Some(provisioner) if self.problems.is_empty() => Ok(provisioner),
            _ => Err(self.problems),
        }
    }

    /// The kind that the start of the `uri` stands for, with its keys.
    fn kind(&mut self, uri: &str) -> Option<Kind> {
        let Some((scheme, rest)) = uri.split_once("://") else {
            // Which other keys there can be depends on it.
            self.fields.clear();
            let known = "it starts with `template://`, `cmd://`, `static://`, `builtin://` or `https://`";
            if self.mapping.entry("uri").is_none() {
                self.missing(format!("`uri` is missing: {known}"));
            } else if self.problems.is_empty() {
                self.problem("uri", format!("`uri` has no kind: {known}"));
            }
            return None;
        };
        match scheme {
            "template" => self.template(),
            "cmd" => self.cmd(rest),
            "static" => {
                let values = self.mapping("values").unwrap_or_default().into_iter().collect();
                let hidden = self.mapping("secrets").unwrap_or_default();
                Some(Kind::Static(Static { values, secrets: secrets(hidden) }))
            }
            "http" | "https" => {
                let http = Http { url: uri.to_owned(), timeout: self.timeout("timeout") };
                if !http.is_web() {
                    self.problem("uri", "`uri` is no address of a server");
                }
                Some(Kind::Http(http))
            }
            "builtin" => {
                let builtin = Builtin::named(label_off(rest));
                if builtin.is_none() {
                    self.problem("uri", format!("there is no built-in provisioner `{}`", label_off(rest)));
                }
                builtin.map(Kind::Builtin)
            }
            // What score-compose calls it.
            "local-env" => Some(Kind::Builtin(Builtin::Environment)),
            other => {
                self.fields.clear();
                self.problem("uri", format!("there are no provisioners of the kind `{other}://`"));
                None
            }
        }
    }

    fn template(&mut self) -> Option<Kind> {
        let template = Template {
            init: self.text("init"),
            state: self.text("state"),
            shared: self.text("shared"),
            outputs: self.text("outputs"),
            secrets: self.text("secrets"),
        };
        let errors = template.check();
        if errors.is_empty() {
            return Some(Kind::Template(template));
        }
        for error in errors {
            let key = if let Error::Template { template, .. } = &error { template } else { "uri" };
            self.problem(key, error.to_string());
        }
        None
    }

    /// By the rules of score-compose: `cmd:///path`, `cmd://~/path`, `cmd://./path`,
    /// `cmd://../path`, or `cmd://name` for a program in `PATH`; behind `#` comes a label.
    fn cmd(&mut self, rest: &str) -> Option<Kind> {
        // These were used once.
        for key in ["params", "outputs"] {
            self.fields.remove(key);
        }
        let protocol = match self.text("protocol").as_deref() {
            Some("score-flyio") => Protocol::ScoreFlyio,
            None | Some("score-compose") => Protocol::ScoreCompose,
            Some(_) => {
                self.problem("protocol", "`protocol` has to be `score-compose` or `score-flyio`");
                Protocol::ScoreCompose
            }
        };
        let args = self.texts("args").unwrap_or_default();
        let timeout = self.timeout("timeout");
        let binary = label_off(rest);
        let (first, path) = binary.split_once('/').unwrap_or((binary, ""));
        let unusual = binary.contains(['?', '@']) || first.contains(':');
        let problem = match first {
            _ if unusual => Some("`uri` has to be a program, without a user, a port and a query"),
            "" | "~" | "." | ".." if path.is_empty() => Some("`uri` names no program"),
            "" | "~" | "." | ".." => None,
            _ if binary.contains('/') => Some(
                "`uri` names a program in `PATH`, so no path can follow: for a path start with `cmd:///`, `cmd://./` or `cmd://~/`",
            ),
            _ => None,
        };
        if let Some(problem) = problem {
            self.problem("uri", problem);
            return None;
        }
        Some(Kind::Cmd(Cmd { binary: binary.to_owned(), args, protocol, timeout }))
    }

    /// Something is wrong with the value of a key.
    fn problem(&mut self, key: &str, problem: impl Into<String>) {
        let at = self.mapping.get(key).map_or(self.start, |value| value.origin.span.start);
        self.problems.push((at, problem.into()));
    }

    /// A key is missing.
    fn missing(&mut self, problem: impl Into<String>) {
        self.problems.push((self.start, problem.into()));
    }

    fn take(&mut self, key: &str) -> Option<Value> {
        self.fields.remove(key).filter(|value| !value.is_null())
    }

    fn wrong(&mut self, key: &str, value: &Value, wanted: &str) {
        self.problem(key, format!("`{key}` is {}, not {wanted}", kind_of(value)));
    }

    fn text(&mut self, key: &str) -> Option<String> {
        match self.take(key)? {
            Value::String(text) => Some(text),
            other => {
                self.wrong(key, &other, "text");
                None
            }
        }
    }

    fn mapping(&mut self, key: &str) -> Option<Map<String, Value>> {
        match self.take(key)? {
            Value::Object(mapping) => Some(mapping),
            other => {
                self.wrong(key, &other, "a mapping");
                None
            }
        }
    }

    fn texts(&mut self, key: &str) -> Option<Vec<String>> {
        let value = self.take(key)?;
        let texts = value.as_array().and_then(|items| {
            items.iter().map(|item| item.as_str().map(str::to_owned)).collect::<Option<Vec<String>>>()
        });
        if texts.is_none() {
            self.problem(key, format!("`{key}` has to be a list of texts"));
        }
        texts
    }

    /// An empty list is as good as none, as score-compose writes it.
    fn names(&mut self, key: &str) -> Option<SortedSet<String>> {
        let names = self.texts(key)?;
        Some(names.into_iter().collect::<SortedSet<String>>()).filter(|names| !names.is_empty())
    }

    fn timeout(&mut self, key: &str) -> Option<Timeout> {
        let text = self.text(key)?;
        text.parse().map_err(|error| self.problem(key, format!("`{key}` is not right: {error}"))).ok()
    }
}

fn label_off(rest: &str) -> &str {
    rest.split('#').next().unwrap_or_default()
}
