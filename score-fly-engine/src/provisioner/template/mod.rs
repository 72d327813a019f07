//! Provisioners that are templates.

mod functions;
mod go;
mod size;

use std::io;
use std::time::Duration;

use minijinja::{Environment, ErrorKind, UndefinedBehavior};
use score_fly_core::secret::Sensitive;
use serde::{Deserialize, Serialize};
use serde_json::{Map, Value, json};

use super::call::{Call, Mode};
use super::error::Error;
use super::protocol::{kind_of, secrets};
use super::request::{Answer, Request};
use crate::cancel::Within;
use crate::merge_patch::merge;

/// Jinja templates, each of which gives a mapping in YAML, but for the last one. They are filled in the order in which
/// they stand here, and each sees what those before it gave.
///
/// They see, by the names that score-compose has for it, `Uid`, `Type`, `Class`, `Id`, `Params`,
/// `Metadata`, `Init`, `State`, `Shared`, `SourceWorkload` and `WorkloadServices`. What is not
/// there is an error, rather than empty.
#[derive(Debug, Clone, PartialEq, Eq, Default, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Template {
    /// `Init`: what the other templates have in common.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub init: Option<String>,
    /// `State`: what is kept for the next time. Without it, all stays as it is.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub state: Option<String>,
    /// A change of `Shared`, as a JSON merge patch (RFC 7386).
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub shared: Option<String>,
    /// Outputs that may be printed.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub outputs: Option<String>,
    /// Outputs that must not be printed.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub secrets: Option<String>,
    /// A list of lines for people, which are shown while it is called, unless there are secrets among its params.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub info_logs: Option<String>,
}

/// How many steps a template may take: far more than any that ends.
const FUEL: u64 = 100_000;

/// How long all templates of a provisioner may take together.
const TIME: Duration = Duration::from_secs(10);

/// How much a template may give, in bytes, and how long it may be itself.
const OUTPUT: usize = 1 << 20;
const TEXT: usize = 64 << 10;

/// What the values of a deeply nested template need.
const STACK: usize = 64 << 20;

impl Template {
    /// Fills the templates. There is nothing to take down.
    pub(super) fn call(&self, mode: Mode, request: &Request, call: Call<'_>) -> Result<Answer, Error> {
        if mode == Mode::Deprovision {
            return Ok(Answer::default());
        }
        if let Some(error) = self.check().into_iter().next() {
            return Err(error);
        }
        let (template, data) = (self.clone(), data(request));
        let filled = call.surroundings.cancel.within(TIME, STACK, move || template.fill(data));
        match filled {
            Within::Done(filled) => filled.map(|(answer, lines)| {
                // Where secrets went in, they may come out again.
                let is_public = matches!(request.params.0, Sensitive::Public(_));
                lines.iter().filter(|_| is_public).for_each(|line| (call.said)(line));
                answer
            }),
            Within::Cancelled => Err(Error::Interrupted),
            Within::TooLong => {
                Err(Error::Impossible(format!("its templates take more than {} seconds", TIME.as_secs())))
            }
        }
    }

    /// The answer, and what there is to say to people.
    fn fill(&self, mut data: Map<String, Value>) -> Result<(Answer, Vec<String>), Error> {
        let environment = environment();
        let mut fill = |name: &'static str, key: &str, template: Option<&String>| {
            let Some(template) = template else { return Ok(None) };
            let mapping = fill(&environment, name, template, &data)?;
            if key == "Shared" {
                if let Some(Value::Object(shared)) = data.get_mut(key) {
                    merge(shared, &mapping);
                }
            } else {
                data.insert(key.to_owned(), Value::Object(mapping.clone()));
            }
            Ok(Some(mapping))
        };
        fill("init", "Init", self.init.as_ref())?;
        let state = fill("state", "State", self.state.as_ref())?;
        let shared = fill("shared", "Shared", self.shared.as_ref())?.unwrap_or_default();
        let outputs = fill("outputs", "Outputs", self.outputs.as_ref())?.unwrap_or_default();
        let hidden = fill("secrets", "Secrets", self.secrets.as_ref())?.unwrap_or_default();
        data.remove("Secrets");
        let lines = match &self.info_logs {
            Some(text) => fill_list(&environment, "info_logs", text, &data)?,
            None => Vec::new(),
        };
        let values = Some(outputs.into_iter().collect());
        Ok((Answer { state, values, secrets: secrets(hidden), shared }, lines))
    }

    /// All that is wrong with the templates, without filling them.
    pub(super) fn check(&self) -> Vec<Error> {
        let environment = environment();
        let problem = |text: &String| match (go::find(text), size::too_large(text)) {
            (Some(go), _) => Some(go.to_string()),
            (None, Some(problem)) => Some(problem),
            (None, None) => environment.template_from_str(text).err().map(|error| describe(&error, text)),
        };
        self.all().filter_map(|(template, text)| Some(Error::Template { template, problem: problem(text)? })).collect()
    }

    /// Whether it keeps anything, of its own or in what provisioners share.
    pub(super) fn keeps_state(&self) -> bool {
        self.state.is_some() || self.shared.is_some()
    }

    /// Whether it has anything to do with what provisioners share.
    pub(super) fn shares(&self) -> bool {
        self.shared.is_some() || self.all().any(|(_, text)| text.contains("Shared"))
    }

    /// Whether anything of the params may be in its outputs.
    pub(super) fn uses_params(&self) -> bool {
        self.all().any(|(_, text)| text.contains("Params"))
    }

    fn all(&self) -> impl Iterator<Item = (&'static str, &String)> {
        [
            ("init", &self.init),
            ("state", &self.state),
            ("shared", &self.shared),
            ("outputs", &self.outputs),
            ("secrets", &self.secrets),
            ("info_logs", &self.info_logs),
        ]
        .into_iter()
        .filter_map(|(name, template)| Some((name, template.as_ref()?)))
    }
}

fn environment() -> Environment<'static> {
    let mut environment = Environment::new();
    environment.set_undefined_behavior(UndefinedBehavior::Strict);
    environment.set_fuel(Some(FUEL));
    // It shows all that there is.
    environment.remove_global("debug");
    functions::add(&mut environment);
    environment
}

/// What templates see.
fn data(request: &Request) -> Map<String, Value> {
    let data = json!({
        "Uid": request.uid,
        "Type": request.uid.kind(),
        "Class": request.uid.class(),
        "Id": request.uid.id(),
        "Params": request.params.expose(),
        "Metadata": request.metadata,
        "Init": {},
        "State": request.state,
        "Shared": request.shared,
        "SourceWorkload": request.source_workload,
        "WorkloadServices": services(request),
    });
    match data {
        Value::Object(data) => data,
        _ => Map::new(),
    }
}

/// The ports of each workload stand under their names, and under their numbers as well.
fn services(request: &Request) -> Value {
    let services = request.project.workloads.iter().map(|(name, workload)| {
        let ports = workload.ports.iter().map(|(name, port)| {
            let protocol = port.protocol.unwrap_or_default();
            let data = json!({"Name": name, "Port": port.port, "TargetPort": port.target(), "Protocol": protocol});
            (name, port.port, data)
        });
        let ports: Vec<(&String, u16, Value)> = ports.collect();
        let by_number = ports.iter().map(|(_, number, data)| (number.to_string(), data.clone()));
        let by_name = ports.iter().map(|(name, _, data)| ((*name).clone(), data.clone()));
        let ports: Map<String, Value> = by_number.chain(by_name).collect();
        (name.clone(), json!({"ServiceName": request.project.host_of(name), "Ports": ports}))
    });
    Value::Object(services.collect())
}

/// What a template gives, up to a limit.
#[derive(Default)]
struct Limited {
    bytes: Vec<u8>,
    is_full: bool,
}

impl io::Write for Limited {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        if self.bytes.len() + bytes.len() > OUTPUT {
            self.is_full = true;
            return Err(io::ErrorKind::FileTooLarge.into());
        }
        self.bytes.extend_from_slice(bytes);
        Ok(bytes.len())
    }

    fn flush(&mut self) -> io::Result<()> {
        Ok(())
    }
}

/// Fills one template and reads what comes as a mapping in YAML.
fn fill(
    environment: &Environment<'_>,
    template: &'static str,
    text: &str,
    data: &Map<String, Value>,
) -> Result<Map<String, Value>, Error> {
    match fill_any(environment, template, text, data)? {
        Value::Null => Ok(Map::new()),
        Value::Object(mapping) => Ok(mapping),
        other => Err(Error::Template { template, problem: format!("gives {}, not a mapping", kind_of(&other)) }),
    }
}

/// The same as a list of texts.
fn fill_list(
    environment: &Environment<'_>,
    template: &'static str,
    text: &str,
    data: &Map<String, Value>,
) -> Result<Vec<String>, Error> {
    match fill_any(environment, template, text, data)? {
        Value::Null => Ok(Vec::new()),
        Value::Array(lines) if lines.iter().all(Value::is_string) => {
            Ok(lines.iter().filter_map(Value::as_str).map(str::to_owned).collect())
        }
        _ => Err(Error::Template { template, problem: "gives something else than a list of texts".to_owned() }),
    }
}

fn fill_any(
    environment: &Environment<'_>,
    template: &'static str,
    text: &str,
    data: &Map<String, Value>,
) -> Result<Value, Error> {
    let wrong = |problem: String| Error::Template { template, problem };
    let mut filled = Limited::default();
    let rendered = environment
        .template_from_str(text)
        .and_then(|template| template.render_captured_to(minijinja::value::Serde(data), &mut filled).map(|_| ()));
    if filled.is_full {
        return Err(wrong(format!("gives more than {} MiB", OUTPUT >> 20)));
    }
    rendered.map_err(|error| wrong(describe(&error, text)))?;
    let filled = String::from_utf8_lossy(&filled.bytes);
    if filled.trim().is_empty() {
        return Ok(Value::Null);
    }
    match serde_yaml::from_str::<Value>(&filled) {
        Ok(value) => Ok(value),
        // The reason may quote what was filled in.
        Err(error) => {
            let place = error.location().map(|at| format!(" in line {}, column {}", at.line(), at.column()));
            Err(wrong(format!("gives no YAML once it is filled{}", place.unwrap_or_default())))
        }
    }
}

/// An error, with the line of the template that it is about, but without what was filled in.
fn describe(error: &minijinja::Error, text: &str) -> String {
    let what = match error.kind() {
        ErrorKind::UndefinedError => "uses what is not there",
        ErrorKind::OutOfFuel => "takes too many steps",
        ErrorKind::UnknownFilter => "uses a filter that there is not",
        ErrorKind::UnknownFunction => "calls a function that there is not",
        ErrorKind::UnknownTest => "uses a test that there is not",
        ErrorKind::SyntaxError => "is no Jinja",
        _ => "can't be filled",
    };
    let line = error.line().and_then(|number| Some((number, text.lines().nth(number.checked_sub(1)?)?.trim())));
    match line {
        Some((number, line)) => format!("{what}, in line {number}: `{line}`"),
        None => what.to_owned(),
    }
}
