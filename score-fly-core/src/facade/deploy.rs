//! Planning a deploy.

use serde::Serialize;

use super::answer::{Answer, json};
use super::text::{FileRead, LevelNames, SourceText, local_files};
use crate::deploy::{self, Desired, Observed, Options, PlanView, Policy};
use crate::diagnostic::{Outcome, Sources};
use crate::fly::LoadedConfig;
use crate::map::SortedMap;
use crate::prelude::*;
use crate::source::{PositionEncoding, Source};

/// What a plan is made from.
#[derive(Debug, Clone, Default, PartialEq, Serialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub struct PlanRequest {
    /// The fly.toml; JSON or YAML if its name ends in `.json` or `.yaml`.
    pub config: SourceText,
    /// The local files that it names, by path as it has them; null for those that do not exist.
    #[serde(default)]
    pub files: SortedMap<String, Option<FileRead>>,
    /// What is to be beyond fly.toml.
    #[serde(default)]
    pub options: Options,
    /// What there is, as Fly's APIs answer it. Without it, nothing.
    #[serde(default)]
    pub observed: Observed,
    /// What is allowed, and which part of the app is meant.
    #[serde(default)]
    pub policy: Policy,
    /// What is not to be told, and what is to be an error.
    #[serde(default)]
    pub levels: LevelNames,
    /// How columns and offsets of diagnostics are counted.
    #[serde(default)]
    pub position_encoding: PositionEncoding,
}

/// What a deploy does.
#[derive(Debug, Clone, PartialEq, Serialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema), schemars(rename = "Plan"))]
#[serde(rename_all = "camelCase")]
pub struct Planned {
    /// The plan.
    pub plan: Box<PlanView>,
}

/// Decides what a deploy of a fly.toml does.
pub fn plan(request: PlanRequest) -> Answer<Planned> {
    let PlanRequest { config, files, options, observed, policy, levels, position_encoding } = request;
    let source: Source = config.into();
    let (levels, unknown) = levels.read();
    let loaded = LoadedConfig::read(&source).with_levels(&levels);
    let (files, mut found) = local_files(&files).into_parts();
    found.extend(unknown);
    let planned = Outcome::new(files.unwrap_or_default(), found).and_then(|files| {
        loaded.and_then(|file| {
            let desired = Desired::new(&file.config, &files, &options);
            desired.and_then(|desired| deploy::plan(&desired, &observed, &policy))
        })
    });
    let planned = planned.map(|plan| Planned { plan: Box::new(plan.view()) });
    Answer::new(planned, &Sources::new([&source], position_encoding))
}

/// [`plan`], from JSON to JSON.
pub fn plan_json(request: &str) -> String {
    json(request, plan)
}
