//! Requests and responses as data: what every face that is not Rust calls.
//!
//! Each operation is there twice: typed, and as JSON text. Both are total: a request that is not
//! of the right shape is answered by a diagnostic.

mod fly;
#[cfg(feature = "schema")]
mod schema;

pub use self::fly::{
    CheckFlyResponse, FlyRequest, ImportResponse, MachineConfigResponse, check_fly, check_fly_json, import_fly,
    import_fly_json, machine_config, machine_config_json,
};
#[cfg(feature = "schema")]
pub use schema::schema;

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD as BASE64;
use serde::de::DeserializeOwned;
use serde::{Deserialize, Serialize};
use serde_json::Value;

use crate::convert::Options;
use crate::diagnostic::{DiagnosticView, Diagnostics, Outcome, Sources};
use crate::document::messages;
use crate::document::overrides::Override;
use crate::fly::{App, Config, emit, secrets as fly_secrets, update};
use crate::loaded::{Input, Loaded};
use crate::map::SortedMap;
use crate::prelude::*;
use crate::resolve::{Given, Missing, SourceFiles};
use crate::resource::{Outputs, Requirements};
use crate::source::{PositionEncoding, Source};

/// What every operation takes.
#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub struct Request {
    /// The Score file.
    pub score: SourceText,
    /// YAML mappings that are merged over it, from left to right.
    #[serde(default)]
    pub overrides: Vec<SourceText>,
    /// `path=value`, set after that, from left to right; an empty value removes the key.
    #[serde(default)]
    pub override_properties: Vec<String>,
    /// Outputs of resources, by name or uid: `{"db": {"values": {…}, "secrets": {…}}}`. A bare map
    /// is taken as values.
    #[serde(default)]
    pub outputs: SortedMap<String, Value>,
    /// More outputs, as a YAML or JSON text; mistakes in it are located. `outputs` wins.
    #[serde(default)]
    pub outputs_text: Option<SourceText>,
    /// The content of the files that the workload mounts, by `source` as it writes them.
    #[serde(default)]
    pub files: SortedMap<String, FileContent>,
    /// What the caller decides.
    #[serde(default)]
    pub options: Options,
    /// A fly.toml to write over: its comments, order and further keys stay.
    #[serde(default)]
    pub existing: Option<SourceText>,
    /// How columns and offsets of diagnostics are counted.
    #[serde(default)]
    pub position_encoding: PositionEncoding,
}

/// A named text.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub struct SourceText {
    /// What diagnostics call it.
    pub name: String,
    /// The text.
    pub text: String,
}

/// The content of a file.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(rename_all = "camelCase")]
pub enum FileContent {
    /// As text.
    Text(String),
    /// Anything else, in base64.
    Base64(String),
}

/// The answer of [`convert`].
#[derive(Debug, Clone, PartialEq, Serialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(tag = "status", rename_all = "camelCase", rename_all_fields = "camelCase")]
pub enum ConvertResponse {
    /// It was converted.
    Success {
        /// fly.toml.
        toml: String,
        /// The same as data. After an update, only what Score speaks of.
        config: Box<Config>,
        /// The app's secrets by name, in clear text.
        secrets: SortedMap<String, String>,
        /// The same as text for `fly secrets import`.
        secrets_text: String,
        /// Files to write, by path from the directory in which `fly deploy` runs.
        files: SortedMap<String, FileContent>,
        /// Warnings and notes.
        diagnostics: Vec<DiagnosticView>,
    },
    /// It has errors.
    Failure {
        /// All of them, with warnings and notes.
        diagnostics: Vec<DiagnosticView>,
    },
}

/// The answer of [`check`].
#[derive(Debug, Clone, PartialEq, Serialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(tag = "status", rename_all = "camelCase", rename_all_fields = "camelCase")]
pub enum CheckResponse {
    /// There are no errors.
    Success {
        /// Warnings and notes.
        diagnostics: Vec<DiagnosticView>,
    },
    /// It has errors.
    Failure {
        /// All of them, with warnings and notes.
        diagnostics: Vec<DiagnosticView>,
    },
}

/// The answer of [`requirements`].
#[derive(Debug, Clone, PartialEq, Serialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(tag = "status", rename_all = "camelCase", rename_all_fields = "camelCase")]
pub enum RequirementsResponse {
    /// The Score file could be read.
    Success {
        /// What it needs.
        requirements: Requirements,
        /// Warnings and notes.
        diagnostics: Vec<DiagnosticView>,
    },
    /// It has errors.
    Failure {
        /// All of them, with warnings and notes.
        diagnostics: Vec<DiagnosticView>,
    },
}

/// The answer of [`decode`].
#[derive(Debug, Clone, PartialEq, Serialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(tag = "status", rename_all = "camelCase", rename_all_fields = "camelCase")]
pub enum DecodeResponse {
    /// It is text.
    Success {
        /// The text.
        text: String,
    },
    /// It is not.
    Failure {
        /// Where it is not.
        diagnostics: Vec<DiagnosticView>,
    },
}

/// Converts a Score file.
pub fn convert(request: Request) -> ConvertResponse {
    let job = Job::new(request);
    let outcome = job.given().and_then(|given| {
        job.loaded().convert(&given, &job.options).and_then(|app| {
            let toml = match &job.existing {
                Some(existing) => update(existing, &app.config),
                None => Outcome::new(emit(&app.config), Diagnostics::new()),
            };
            toml.map(|toml| (app, toml))
        })
    });
    match outcome.into_result() {
        Ok(((App { config, secrets, files }, toml), diagnostics)) => ConvertResponse::Success {
            toml,
            config: Box::new(config),
            secrets_text: fly_secrets::encode(&secrets),
            secrets: secrets.iter().map(|(name, value)| (name.clone(), value.expose().clone())).collect(),
            files: files.into_iter().map(|(path, content)| (path, content.into())).collect(),
            diagnostics: job.view(&diagnostics),
        },
        Err(diagnostics) => ConvertResponse::Failure { diagnostics: job.view(&diagnostics) },
    }
}

/// Finds mistakes in a Score file, as far as they show without what is not given.
pub fn check(request: Request) -> CheckResponse {
    let job = Job::new(request);
    let outcome = job.given().and_then(|given| job.loaded().check(&given, &job.options));
    match outcome.into_result() {
        Ok(((), diagnostics)) => CheckResponse::Success { diagnostics: job.view(&diagnostics) },
        Err(diagnostics) => CheckResponse::Failure { diagnostics: job.view(&diagnostics) },
    }
}

/// Lists what a Score file needs from the world.
pub fn requirements(request: Request) -> RequirementsResponse {
    let job = Job::new(request);
    match job.loaded().requirements(&SourceFiles::new()).into_result() {
        Ok((requirements, diagnostics)) => {
            RequirementsResponse::Success { requirements, diagnostics: job.view(&diagnostics) }
        }
        Err(diagnostics) => RequirementsResponse::Failure { diagnostics: job.view(&diagnostics) },
    }
}

/// Decodes bytes into the text that requests take: UTF-8, or UTF-16 with a byte order mark.
pub fn decode(name: &str, bytes: Vec<u8>) -> DecodeResponse {
    match Source::from_bytes(name, bytes).into_result() {
        Ok((source, _)) => DecodeResponse::Success { text: source.text },
        Err(diagnostics) => {
            DecodeResponse::Failure { diagnostics: Sources::new([], PositionEncoding::default()).views(&diagnostics) }
        }
    }
}

/// [`convert`], from JSON to JSON.
pub fn convert_json(request: &str) -> String {
    answer(request, convert, |diagnostics| ConvertResponse::Failure { diagnostics })
}

/// [`check`], from JSON to JSON.
pub fn check_json(request: &str) -> String {
    answer(request, check, |diagnostics| CheckResponse::Failure { diagnostics })
}

/// [`requirements`], from JSON to JSON.
pub fn requirements_json(request: &str) -> String {
    answer(request, requirements, |diagnostics| RequirementsResponse::Failure { diagnostics })
}

/// [`decode`], to JSON.
pub fn decode_json(name: &str, bytes: &[u8]) -> String {
    serde_json::to_string(&decode(name, bytes.to_vec())).unwrap_or_default()
}

/// The version of this crate.
pub fn version() -> &'static str {
    env!("CARGO_PKG_VERSION")
}

fn answer<Q: DeserializeOwned, R: Serialize>(
    request: &str,
    operation: impl FnOnce(Q) -> R,
    failure: impl FnOnce(Vec<DiagnosticView>) -> R,
) -> String {
    let response = match serde_json::from_str(request) {
        Ok(request) => operation(request),
        Err(error) => {
            let diagnostic = messages::invalid_request(&error);
            failure(vec![Sources::new([], PositionEncoding::default()).view(&diagnostic)])
        }
    };
    // Responses hold only maps with text keys and finite numbers, which always serialise.
    serde_json::to_string(&response).unwrap_or_default()
}

/// A request in the core's own types.
struct Job {
    score: Source,
    overrides: Vec<Override>,
    outputs: SortedMap<String, Value>,
    outputs_text: Option<Source>,
    files: SortedMap<String, FileContent>,
    options: Options,
    existing: Option<Source>,
    encoding: PositionEncoding,
}

impl Job {
    fn new(request: Request) -> Self {
        let Request {
            score,
            overrides,
            override_properties,
            outputs,
            outputs_text,
            files,
            options,
            existing,
            position_encoding: encoding,
        } = request;
        let merged = overrides.into_iter().map(|text| Override::File(text.into()));
        let set = override_properties.into_iter().map(Override::property);
        Self {
            score: score.into(),
            overrides: merged.chain(set).collect(),
            outputs,
            outputs_text: outputs_text.map(Source::from),
            files,
            options,
            existing: existing.map(Source::from),
            encoding,
        }
    }

    fn loaded(&self) -> Loaded<'_> {
        Loaded::read(Input { score: &self.score, overrides: &self.overrides })
    }

    fn given(&self) -> Outcome<Given> {
        let mut diagnostics = Diagnostics::new();
        let mut outputs = Outputs::default();
        if let Some(source) = &self.outputs_text {
            let (read, found) = Outputs::read(source).into_parts();
            diagnostics.extend(found);
            outputs = read.unwrap_or_default();
        }
        let (given, found) = Outputs::from_json(&self.outputs).into_parts();
        diagnostics.extend(found);
        outputs.0.extend(given.unwrap_or_default().0);
        let mut files = SortedMap::new();
        for (path, content) in &self.files {
            match content {
                FileContent::Text(text) => {
                    files.insert(path.clone(), text.clone().into_bytes());
                }
                FileContent::Base64(text) => match BASE64.decode(text) {
                    Ok(bytes) => {
                        files.insert(path.clone(), bytes);
                    }
                    Err(_) => diagnostics.push(messages::invalid_request_file(path)),
                },
            }
        }
        // What could not be read is not missing; the answer is a failure in any case.
        let missing = if diagnostics.has_errors() { Missing::Assume } else { Missing::Report };
        Outcome::new(Given { outputs, files, missing, ..Given::default() }, diagnostics)
    }

    fn view(&self, diagnostics: &Diagnostics) -> Vec<DiagnosticView> {
        let overrides = self.overrides.iter().map(Override::source);
        let sources =
            core::iter::once(&self.score).chain(overrides).chain(self.outputs_text.iter()).chain(self.existing.iter());
        Sources::new(sources, self.encoding).views(diagnostics)
    }
}

impl From<SourceText> for Source {
    fn from(text: SourceText) -> Self {
        Self { name: text.name, text: text.text }
    }
}

impl From<Vec<u8>> for FileContent {
    fn from(bytes: Vec<u8>) -> Self {
        String::from_utf8(bytes).map_or_else(|error| Self::Base64(BASE64.encode(error.into_bytes())), Self::Text)
    }
}
