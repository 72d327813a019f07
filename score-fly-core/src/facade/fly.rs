//! Operations on a fly.toml by itself.

use serde::Serialize;

use super::answer::{Answer, json};
use super::score::Needed;
use super::text::{FileRead, LevelNames, SourceText, local_files};
use crate::diagnostic::{Outcome, Sources};
use crate::fly::{LoadedConfig, MachineConfig};
use crate::import;
use crate::local::{Base, LocalFiles};
use crate::map::SortedMap;
use crate::prelude::*;
use crate::source::{PositionEncoding, Source};

/// What operations on a fly.toml take.
#[derive(Debug, Clone, Default, PartialEq, Serialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub struct FlyRequest {
    /// The fly.toml; JSON or YAML if its name ends in `.json` or `.yaml`.
    pub config: SourceText,
    /// The local files that it names, by path as it has them; null for those that do not exist. A check
    /// takes what is not listed to exist; a machine config needs the content.
    #[serde(default)]
    pub files: SortedMap<String, Option<FileRead>>,
    /// The process group whose machines are meant; without it the default one.
    #[serde(default)]
    pub group: Option<String>,
    /// What is not to be told, and what is to be an error.
    #[serde(default)]
    pub levels: LevelNames,
    /// How columns and offsets of diagnostics are counted.
    #[serde(default)]
    pub position_encoding: PositionEncoding,
}

/// What there is to say about a fly.toml, whether or not it has errors.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema), schemars(rename = "CheckFly"))]
#[serde(rename_all = "camelCase")]
pub struct FlyCheck {
    /// The local files that it names, as far as it shows in those that are given: paths from the
    /// directory in which flyctl runs.
    pub files: Vec<String>,
    /// The one of them that flyctl looks for from fly.toml's folder instead.
    pub dockerfile: Option<String>,
    /// The text with all mistakes mended for which there is only one way; absent if there are none.
    pub fixed: Option<String>,
}

/// The machine that flyctl makes of a fly.toml.
#[derive(Debug, Clone, PartialEq, Serialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema), schemars(rename = "MachineConfig"))]
#[serde(rename_all = "camelCase")]
pub struct Machine {
    /// What flyctl sends.
    pub machine: Box<MachineConfig>,
}

/// What a fly.toml is in Score's words. What Score has no words for is told in notes.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(rename_all = "camelCase")]
pub struct Import {
    /// The text of the Score file.
    pub score: String,
}

/// Finds mistakes in a fly.toml: those that flyctl finds, and those that only a deploy would show.
pub fn check_fly(request: FlyRequest) -> Answer<FlyCheck, FlyCheck> {
    let job = Job::new(request);
    let loaded = job.loaded();
    let (local, mut diagnostics) = job.files().into_parts();
    let local = local.unwrap_or_default();
    let found = loaded.check(&local);
    let fixed = loaded.fix(&found).map(|fixed| fixed.text);
    diagnostics.extend(found);
    let named = loaded.local_files(&local);
    let dockerfile = named.iter().find(|need| *need.from == [Base::Toml]).map(|need| need.path.clone());
    let files = named.into_iter().map(|need| need.path).collect();
    let value = FlyCheck { files, dockerfile, fixed };
    let views = job.sources().views(&diagnostics);
    if diagnostics.has_errors() {
        Answer::Failure { value, diagnostics: views }
    } else {
        Answer::Success { value, diagnostics: views }
    }
}

/// Works out the machine config that flyctl sends for a process group.
pub fn machine_config(request: FlyRequest) -> Answer<Machine> {
    let job = Job::new(request);
    let machine = job.files().and_then(|files| job.loaded().machine_config(job.group.as_deref(), &files));
    job.answer(machine.map(|machine| Machine { machine: Box::new(machine) }))
}

/// Makes a Score file of a fly.toml. Local files and the group are not looked at.
pub fn import_fly(request: FlyRequest) -> Answer<Import> {
    let job = Job::new(request);
    job.answer(import::import(&job.loaded()).map(|workload| Import { score: import::to_yaml(&workload) }))
}

/// Says which local files a request still lacks, as far as that shows: mistakes are found by the other
/// operations.
pub fn fly_needs(request: FlyRequest) -> Answer<Needed> {
    let job = Job::new(request);
    let files = job.files().into_parts().0.unwrap_or_default();
    let files = job.loaded().needs(files).collect();
    Answer::Success { value: Needed { files, resources: Vec::new() }, diagnostics: Vec::new() }
}

/// [`check_fly`], from JSON to JSON.
pub fn check_fly_json(request: &str) -> String {
    json(request, check_fly)
}

/// [`machine_config`], from JSON to JSON.
pub fn machine_config_json(request: &str) -> String {
    json(request, machine_config)
}

/// [`import_fly`], from JSON to JSON.
pub fn import_fly_json(request: &str) -> String {
    json(request, import_fly)
}

/// [`fly_needs`], from JSON to JSON.
pub fn fly_needs_json(request: &str) -> String {
    json(request, fly_needs)
}

/// A request in the core's own types.
struct Job {
    source: Source,
    files: SortedMap<String, Option<FileRead>>,
    group: Option<String>,
    levels: LevelNames,
    encoding: PositionEncoding,
}

impl Job {
    fn new(request: FlyRequest) -> Self {
        let FlyRequest { config, files, group, levels, position_encoding: encoding } = request;
        Self { source: config.into(), files, group, levels, encoding }
    }

    fn loaded(&self) -> LoadedConfig<'_> {
        LoadedConfig::read(&self.source).with_levels(&self.levels.read().0)
    }

    fn files(&self) -> Outcome<LocalFiles> {
        let (files, mut found) = local_files(&self.files).into_parts();
        found.extend(self.levels.read().1);
        Outcome::new(files.unwrap_or_default(), found)
    }

    fn sources(&self) -> Sources<'_> {
        Sources::new([&self.source], self.encoding)
    }

    fn answer<T>(&self, outcome: Outcome<T>) -> Answer<T> {
        Answer::new(outcome, &self.sources())
    }
}
