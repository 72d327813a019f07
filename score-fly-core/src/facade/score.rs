//! Operations on a Score file.

use serde::Serialize;
use serde_json::Value;

use super::answer::{Answer, json};
use super::text::{FileContent, FileRead, LevelNames, SourceText, local_files};
use crate::convert::Options;
use crate::diagnostic::{Diagnostics, Outcome, Sources};
use crate::document::overrides::Override;
use crate::fly::{App, Config, Scale, emit, secrets as fly_secrets, update};
use crate::loaded::{Input, Loaded};
use crate::local::Need;
use crate::map::SortedMap;
use crate::prelude::*;
use crate::resolve::{Given, Missing};
use crate::resource::{Outputs, Requirements, ResourceRequest};
use crate::source::{PositionEncoding, Source};

/// What every operation on a Score file takes.
#[derive(Debug, Clone, Default, PartialEq, Serialize)]
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
    /// The files that the workload mounts, by `source` as it writes them; null for those that do not
    /// exist.
    #[serde(default)]
    pub files: SortedMap<String, Option<FileRead>>,
    /// What the caller decides.
    #[serde(default)]
    pub options: Options,
    /// A fly.toml to write over: its comments, order and further keys stay.
    #[serde(default)]
    pub existing: Option<SourceText>,
    /// What is not to be told, and what is to be an error.
    #[serde(default)]
    pub levels: LevelNames,
    /// How columns and offsets of diagnostics are counted.
    #[serde(default)]
    pub position_encoding: PositionEncoding,
}

/// What a Score file becomes.
#[derive(Debug, Clone, PartialEq, Serialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema), schemars(rename = "Convert"))]
#[serde(rename_all = "camelCase")]
pub struct Conversion {
    /// fly.toml.
    pub toml: String,
    /// The same as data. After an update, only what Score speaks of.
    pub config: Box<Config>,
    /// The app's secrets by name, in clear text.
    pub secrets: SortedMap<String, String>,
    /// The same as text for `fly secrets import`.
    pub secrets_text: String,
    /// How many machines there are to be, for the options of a plan: fly.toml has no words for it.
    #[serde(skip_serializing_if = "Scale::is_empty")]
    pub scale: Scale,
    /// Files to write, by path from the directory in which `fly deploy` runs.
    pub files: SortedMap<String, FileContent>,
}

/// A check gives nothing but diagnostics.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
pub struct Check {}

/// What a Score file wants.
#[derive(Debug, Clone, PartialEq, Serialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema), schemars(rename = "Requirements"))]
#[serde(rename_all = "camelCase")]
pub struct Wanted {
    /// What it needs.
    pub requirements: Requirements,
}

/// What a request lacks.
#[derive(Debug, Clone, PartialEq, Serialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema), schemars(rename = "Needs"))]
#[serde(rename_all = "camelCase")]
pub struct Needed {
    /// The files. What they hold may need further ones, so ask again with these among the request's
    /// `files`, until there are no more.
    pub files: Vec<Need>,
    /// The resources whose outputs it refers to. None for a fly.toml.
    pub resources: Vec<ResourceRequest>,
}

/// Converts a Score file.
pub fn convert(request: Request) -> Answer<Conversion> {
    let job = Job::new(request);
    let outcome = job.given().and_then(|given| {
        job.loaded().convert(&given, &job.options).and_then(|app| {
            let toml = match &job.existing {
                Some(existing) => update(existing, &app.config),
                None => Outcome::new(emit(&app.config), Diagnostics::new()),
            };
            toml.map(|toml| Conversion::new(app, toml))
        })
    });
    job.answer(outcome)
}

impl Conversion {
    fn new(App { config, secrets, scale, files, version: _ }: App, toml: String) -> Self {
        Self {
            toml,
            config: Box::new(config),
            secrets_text: fly_secrets::encode(&secrets),
            secrets: secrets.iter().map(|(name, value)| (name.clone(), value.expose().clone())).collect(),
            scale,
            files: files.into_iter().map(|(path, content)| (path, content.into())).collect(),
        }
    }
}

/// Finds mistakes in a Score file, as far as they show without what is not given.
pub fn check(request: Request) -> Answer<Check> {
    let job = Job::new(request);
    let outcome = job.given().and_then(|given| job.loaded().check(&given, &job.options));
    job.answer(outcome.map(|()| Check {}))
}

/// Lists what a Score file needs from the world.
pub fn requirements(request: Request) -> Answer<Wanted> {
    let job = Job::new(request);
    // What is needed does not depend on outputs, so mistakes in those are the conversion's to tell.
    let Given { files, .. } = job.given().into_parts().0.unwrap_or_default();
    job.answer(job.loaded().requirements(&files).map(|requirements| Wanted { requirements }))
}

/// Says what a request to convert a Score file still lacks, as far as that shows: mistakes are found by
/// the conversion.
pub fn needs(request: Request) -> Answer<Needed> {
    let job = Job::new(request);
    let Given { outputs: Outputs(outputs), files, .. } = job.given().into_parts().0.unwrap_or_default();
    let loaded = job.loaded();
    let mut resources = loaded.requirements(&files).into_parts().0.unwrap_or_default().resources;
    resources.retain(|ResourceRequest { name, uid, outputs: wanted, .. }| {
        !wanted.is_empty() && !outputs.contains_key(name) && !outputs.contains_key(uid)
    });
    let files = loaded.needs(files).collect();
    Answer::Success { value: Needed { files, resources }, diagnostics: Vec::new() }
}

/// [`convert`], from JSON to JSON.
pub fn convert_json(request: &str) -> String {
    json(request, convert)
}

/// [`check`], from JSON to JSON.
pub fn check_json(request: &str) -> String {
    json(request, check)
}

/// [`requirements`], from JSON to JSON.
pub fn requirements_json(request: &str) -> String {
    json(request, requirements)
}

/// [`needs`], from JSON to JSON.
pub fn needs_json(request: &str) -> String {
    json(request, needs)
}

/// A request in the core's own types.
struct Job {
    score: Source,
    overrides: Vec<Override>,
    outputs: SortedMap<String, Value>,
    outputs_text: Option<Source>,
    files: SortedMap<String, Option<FileRead>>,
    options: Options,
    existing: Option<Source>,
    levels: LevelNames,
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
            levels,
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
            levels,
            encoding,
        }
    }

    fn loaded(&self) -> Loaded<'_> {
        Loaded::read(Input { score: &self.score, overrides: &self.overrides }).with_levels(&self.levels.read().0)
    }

    fn given(&self) -> Outcome<Given> {
        let mut diagnostics = self.levels.read().1;
        let mut outputs = Outputs::default();
        if let Some(source) = &self.outputs_text {
            let (read, found) = Outputs::read(source).into_parts();
            diagnostics.extend(found);
            outputs = read.unwrap_or_default();
        }
        let (given, found) = Outputs::from_json(&self.outputs).into_parts();
        diagnostics.extend(found);
        outputs.0.extend(given.unwrap_or_default().0);
        let (files, found) = local_files(&self.files).into_parts();
        diagnostics.extend(found);
        let files = files.unwrap_or_default();
        // What could not be read is not missing; the answer is a failure in any case.
        let missing = if diagnostics.has_errors() { Missing::Assume } else { Missing::Report };
        Outcome::new(Given { outputs, files, missing, ..Given::default() }, diagnostics)
    }

    fn answer<T>(&self, outcome: Outcome<T>) -> Answer<T> {
        let overrides = self.overrides.iter().map(Override::source);
        let sources = core::iter::once(&self.score).chain(overrides).chain(&self.outputs_text).chain(&self.existing);
        Answer::new(outcome, &Sources::new(sources, self.encoding))
    }
}
