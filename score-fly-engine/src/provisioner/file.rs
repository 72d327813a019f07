//! Provisioner files: lists of provisioners in the form that score-compose and score-k8s have.

use std::collections::BTreeSet;

use score_fly_core::resource::Selector;
use serde_json::{Map, Value};

use super::protocol::{kind_of, secrets};
use super::{Builtin, Cmd, Http, Kind, Protocol, Provisioner, Static, Template, Timeout};

/// What is wrong with an entry of a provisioner file.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("`{file}`{}: {problem}", place(*entry, uri.as_deref()))]
pub struct InvalidEntry {
    /// The file.
    pub file: String,
    /// Which entry, counted from 1; nothing, if it is about the whole file.
    pub entry: Option<usize>,
    /// The entry's `uri`.
    pub uri: Option<String>,
    /// What is wrong: one sentence.
    pub problem: String,
}

fn place(entry: Option<usize>, uri: Option<&str>) -> String {
    match (entry, uri) {
        (Some(entry), Some(uri)) => format!(", entry {entry} (`{uri}`)"),
        (Some(entry), None) => format!(", entry {entry}"),
        (None, _) => String::new(),
    }
}

/// Reads a provisioner file; `file` is what to call it. All that is wrong is reported at once.
///
/// # Errors
/// If it is no list of provisioners.
pub fn read_file(text: &str, file: &str) -> Result<Vec<Provisioner>, Vec<InvalidEntry>> {
    let whole = |problem: String| Err(vec![InvalidEntry { file: file.to_owned(), entry: None, uri: None, problem }]);
    let entries = match serde_yaml::from_str::<Value>(text) {
        Ok(Value::Array(entries)) => entries,
        Ok(Value::Null) => Vec::new(),
        Ok(other) => return whole(format!("it is {}, not a list of provisioners", kind_of(&other))),
        Err(error) => return whole(format!("it is no YAML: {error}")),
    };
    let mut provisioners = Vec::new();
    let mut problems = Vec::new();
    let mut ids = BTreeSet::new();
    for (index, entry) in entries.into_iter().enumerate() {
        let uri = entry.get("uri").and_then(Value::as_str).map(str::to_owned);
        let mut report = |problem: String| {
            problems.push(InvalidEntry { file: file.to_owned(), entry: Some(index + 1), uri: uri.clone(), problem });
        };
        let Value::Object(fields) = entry else {
            report(format!("it is {}, not a mapping", kind_of(&entry)));
            continue;
        };
        match Entry::default().read(fields) {
            Ok(provisioner) if !ids.insert(provisioner.id.clone()) => {
                report("there is another entry with this `uri`: append `#` and a label to tell them apart".to_owned());
            }
            Ok(provisioner) => provisioners.push(provisioner),
            Err(found) => found.into_iter().for_each(report),
        }
    }
    if problems.is_empty() { Ok(provisioners) } else { Err(problems) }
}

/// What score-compose and score-k8s make beside a workload, and Fly has nothing for.
const BESIDE: [&str; 7] = ["directories", "files", "manifests", "models", "networks", "services", "volumes"];

/// An entry while it is read.
#[derive(Default)]
struct Entry {
    fields: Map<String, Value>,
    problems: Vec<String>,
}

impl Entry {
    fn read(mut self, fields: Map<String, Value>) -> Result<Provisioner, Vec<String>> {
        self.fields = fields;
        let uri = self.text("uri").unwrap_or_default();
        let written_type = self.text("type");
        let (class, resource_id, description) = (self.text("class"), self.text("id"), self.text("description"));
        let (supported_params, expected_outputs) = (self.names("supported_params"), self.names("expected_outputs"));
        let kind = self.kind(&uri);
        let resource_type = match (written_type, &kind) {
            (None, Some(Kind::Builtin(builtin))) => builtin.name().to_owned(),
            (Some(resource_type), _) => resource_type,
            (None, _) => {
                self.problem("`type` is missing: the type of the resources that it is for");
                String::new()
            }
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
            self.problem(if BESIDE.contains(&key.as_str()) {
                format!("`{key}` are made beside a workload, and there is nothing like it on Fly")
            } else if key == "info_logs" {
                "`info_logs` are not shown: write what people should know into `description`".to_owned()
            } else {
                format!("there is no key `{key}` for provisioners of this kind")
            });
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
            self.problem(format!(
                "`uri` {}: it starts with `template://`, `cmd://`, `static://`, `builtin://` or `https://`",
                if uri.is_empty() { "is missing" } else { "has no kind" }
            ));
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
                    self.problem("`uri` is no address of a server");
                }
                Some(Kind::Http(http))
            }
            "builtin" => {
                let builtin = Builtin::named(label_off(rest));
                if builtin.is_none() {
                    self.problem(format!("there is no built-in provisioner `{}`", label_off(rest)));
                }
                builtin.map(Kind::Builtin)
            }
            // What score-compose calls it.
            "local-env" => Some(Kind::Builtin(Builtin::Environment)),
            other => {
                self.fields.clear();
                self.problem(format!("there are no provisioners of the kind `{other}://`"));
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
        self.problems.extend(errors.iter().map(ToString::to_string));
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
                self.problem("`protocol` has to be `score-compose` or `score-flyio`");
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
            self.problem(problem);
            return None;
        }
        Some(Kind::Cmd(Cmd { binary: binary.to_owned(), args, protocol, timeout }))
    }

    fn problem(&mut self, problem: impl Into<String>) {
        self.problems.push(problem.into());
    }

    fn take(&mut self, key: &str) -> Option<Value> {
        self.fields.remove(key).filter(|value| !value.is_null())
    }

    fn wrong(&mut self, key: &str, value: &Value, wanted: &str) {
        self.problem(format!("`{key}` is {}, not {wanted}", kind_of(value)));
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
            self.problem(format!("`{key}` has to be a list of texts"));
        }
        texts
    }

    /// An empty list is as good as none, as score-compose writes it.
    fn names(&mut self, key: &str) -> Option<BTreeSet<String>> {
        let names = self.texts(key)?;
        Some(names.into_iter().collect::<BTreeSet<String>>()).filter(|names| !names.is_empty())
    }

    fn timeout(&mut self, key: &str) -> Option<Timeout> {
        let text = self.text(key)?;
        text.parse().map_err(|error| self.problem(format!("`{key}` is not right: {error}"))).ok()
    }
}

fn label_off(rest: &str) -> &str {
    rest.split('#').next().unwrap_or_default()
}
