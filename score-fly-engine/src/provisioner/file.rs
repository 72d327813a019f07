//! Provisioner files: lists of provisioners in the form that score-compose and score-k8s have.

use std::collections::BTreeSet;

use score_fly_core::document::{self, Document, Mapping, Node};
use score_fly_core::map::SortedSet;
use score_fly_core::pointer::Path;
use score_fly_core::resource::Selector;
use score_fly_core::{Code, Diagnostic, Diagnostics, Outcome, Severity, Source};
use serde_json::{Map, Value};

use super::builtin::Builtin;
use super::cmd::Cmd;
use super::error::Error;
use super::http::Http;
use super::kind::{Kind, Provisioner};
use super::protocol::Protocol;
use super::protocol::{kind_of, secrets};
use super::static_outputs::Static;
use super::template::Template;
use super::timeout::Timeout;

/// Reads a provisioner file. All that is wrong is reported at once, in the order of the file.
///
/// There is always a value; entries that are no provisioners are missing from it.
pub fn read_file(source: &Source) -> Outcome<Vec<Provisioner>> {
    let (document, diagnostics) = document::parse(source).into_parts();
    // A file may be empty. What else is no error is about Score files.
    let is_fault = |found: &Diagnostic| found.severity == Severity::Error && found.code != Code::EmptyDocument;
    let mut diagnostics: Diagnostics = diagnostics.into_iter().filter(is_fault).collect();
    let Some(document) = document else {
        diagnostics.locate(&Document::without_root(source));
        return Outcome::new(Vec::new(), diagnostics);
    };
    let mut provisioners = Vec::new();
    if diagnostics.is_empty() {
        match &document.root.value {
            document::Value::Sequence(entries) => provisioners = read_entries(entries, &mut diagnostics),
            _ => {
                let found = kind_of(&document.root.to_json());
                diagnostics.push(invalid(&Path::ROOT, format!("it is {found}, not a list of provisioners")));
            }
        }
    }
    diagnostics.locate(&document);
    Outcome::new(provisioners, diagnostics)
}

fn read_entries(entries: &[Node<'_>], diagnostics: &mut Diagnostics) -> Vec<Provisioner> {
    let mut provisioners = Vec::new();
    let mut ids = BTreeSet::new();
    for (index, node) in entries.iter().enumerate() {
        let at = Path::ROOT.index(index);
        let Some(mapping) = node.as_mapping() else {
            diagnostics.push(invalid(&at, format!("it is {}, not a mapping", kind_of(&node.to_json()))));
            continue;
        };
        match Entry::new(mapping, &at).read() {
            Ok(provisioner) if !ids.insert(provisioner.id.clone()) => {
                let message = format!("there is another entry with the `uri` `{}`", provisioner.id);
                diagnostics.push(invalid(&at, message).with_help("append `#` and a label to tell them apart"));
            }
            Ok(provisioner) => provisioners.push(provisioner),
            Err(found) => diagnostics.extend(found),
        }
    }
    provisioners
}

fn invalid(at: &Path<'_>, message: impl Into<String>) -> Diagnostic {
    Diagnostic::new(Code::InvalidProvisioner, at, message)
}

/// What score-compose and score-k8s make beside a workload, and Fly has nothing for.
const BESIDE: [&str; 7] = ["directories", "files", "manifests", "models", "networks", "services", "volumes"];

/// An entry while it is read.
struct Entry<'d> {
    mapping: &'d Mapping<'d>,
    at: &'d Path<'d>,
    /// What was not read yet.
    fields: Map<String, Value>,
    problems: Diagnostics,
}

impl<'d> Entry<'d> {
    fn new(mapping: &'d Mapping<'d>, at: &'d Path<'d>) -> Self {
        let fields = mapping.entries.iter().map(|entry| (entry.key.text.to_string(), entry.value.to_json()));
        Self { mapping, at, fields: fields.collect(), problems: Diagnostics::new() }
    }

    fn read(mut self) -> Result<Provisioner, Diagnostics> {
        let uri = self.text("uri").unwrap_or_default();
        let written_type = self.text("type");
        let (class, resource_id, description) = (self.text("class"), self.text("id"), self.text("description"));
        let (supported_params, expected_outputs) = (self.names("supported_params"), self.names("expected_outputs"));
        let kind = self.kind(&uri);
        let resource_type = match (written_type, &kind) {
            (None, Some(Kind::Builtin(builtin))) => builtin.name().to_owned(),
            (Some(resource_type), _) => resource_type,
            (None, _) => {
                self.missing("`type` is missing", "give the type of the resources that it is for");
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
                invalid(
                    &self.at.key(&key),
                    format!("`{key}` are made beside a workload, and there is nothing like it on Fly"),
                )
            } else {
                invalid(&self.at.key(&key), format!("there is no key `{key}` for provisioners of this kind"))
            };
            self.problems.push(problem.on_key());
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
                self.missing("`uri` is missing", known);
            } else if self.problems.is_empty() {
                self.problems.push(invalid(&self.at.key("uri"), "`uri` has no kind").with_help(known));
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
            info_logs: self.text("info_logs"),
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
        self.problems.push(invalid(&self.at.key(key), problem));
    }

    /// A key is missing.
    fn missing(&mut self, problem: &str, help: &str) {
        self.problems.push(invalid(self.at, problem).with_help(help));
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
