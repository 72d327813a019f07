//! Operations on a fly.toml by itself.

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD as BASE64;
use serde::{Deserialize, Serialize};

use super::{FileContent, SourceText, answer};
use crate::diagnostic::{DiagnosticView, Diagnostics, Outcome, Sources};
use crate::document::messages;
use crate::fly::{self, LocalFiles, MachineConfig};
use crate::import;
use crate::map::SortedMap;
use crate::prelude::*;
use crate::source::{PositionEncoding, Source};

/// What operations on a fly.toml take.
#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub struct FlyRequest {
    /// The fly.toml; JSON or YAML if its name ends in `.json` or `.yaml`.
    pub config: SourceText,
    /// The content of the local files that it names, by path as it has them; null for those that do
    /// not exist. A check takes what is not listed to exist; a machine config needs the content.
    #[serde(default)]
    pub files: SortedMap<String, Option<FileContent>>,
    /// The process group whose machines are meant; without it the default one.
    #[serde(default)]
    pub group: Option<String>,
    /// How columns and offsets of diagnostics are counted.
    #[serde(default)]
    pub position_encoding: PositionEncoding,
}

/// The answer of [`check_fly`].
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(tag = "status", rename_all = "camelCase", rename_all_fields = "camelCase")]
pub enum CheckFlyResponse {
    /// There are no errors.
    Success {
        /// The local files that it names, as paths from the directory in which flyctl runs.
        files: Vec<String>,
        /// The one of them that flyctl looks for from fly.toml's folder instead.
        dockerfile: Option<String>,
        /// The text with all mistakes mended for which there is only one way; absent if there are
        /// none.
        fixed: Option<String>,
        /// Warnings and notes.
        diagnostics: Vec<DiagnosticView>,
    },
    /// It has errors.
    Failure {
        /// The local files that it names, as paths from the directory in which flyctl runs.
        files: Vec<String>,
        /// The one of them that flyctl looks for from fly.toml's folder instead.
        dockerfile: Option<String>,
        /// The text with all mistakes mended for which there is only one way; absent if there are
        /// none.
        fixed: Option<String>,
        /// All of them, with warnings and notes.
        diagnostics: Vec<DiagnosticView>,
    },
}

/// The answer of [`machine_config`].
#[derive(Debug, Clone, PartialEq, Serialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(tag = "status", rename_all = "camelCase", rename_all_fields = "camelCase")]
pub enum MachineConfigResponse {
    /// There is one.
    Success {
        /// What flyctl sends.
        machine: Box<MachineConfig>,
        /// Warnings and notes.
        diagnostics: Vec<DiagnosticView>,
    },
    /// There are errors.
    Failure {
        /// All of them, with warnings and notes.
        diagnostics: Vec<DiagnosticView>,
    },
}

/// The answer of [`import_fly`].
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(tag = "status", rename_all = "camelCase", rename_all_fields = "camelCase")]
pub enum ImportResponse {
    /// There is a Score file.
    Success {
        /// Its text.
        score: String,
        /// What Score has no words for, with warnings and notes.
        diagnostics: Vec<DiagnosticView>,
    },
    /// There are errors.
    Failure {
        /// All of them, with warnings and notes.
        diagnostics: Vec<DiagnosticView>,
    },
}

/// Finds mistakes in a fly.toml: those that flyctl finds, and those that only a deploy would show.
pub fn check_fly(request: FlyRequest) -> CheckFlyResponse {
    let job = Job::new(request);
    let (local, mut diagnostics) = job.files().into_parts();
    let local = local.unwrap_or_default();
    let (file, found) = fly::check_text(&job.source, &local).into_parts();
    diagnostics.extend(found);
    let fixed = fly::fix(&job.source, &local).map(|fixed| fixed.text);
    let file = file.unwrap_or_default();
    let files = fly::local_files(&file.config, &local);
    let dockerfile = file.config.build.and_then(|build| build.dockerfile).filter(|path| files.contains(path));
    let failed = diagnostics.has_errors();
    let diagnostics = job.view(&diagnostics);
    if failed {
        CheckFlyResponse::Failure { files, dockerfile, fixed, diagnostics }
    } else {
        CheckFlyResponse::Success { files, dockerfile, fixed, diagnostics }
    }
}

/// Works out the machine config that flyctl sends for a process group.
pub fn machine_config(request: FlyRequest) -> MachineConfigResponse {
    let job = Job::new(request);
    let outcome = job.files().and_then(|files| fly::machine_config_of(&job.source, job.group.as_deref(), &files));
    match outcome.into_result() {
        Ok((machine, diagnostics)) => {
            MachineConfigResponse::Success { machine: Box::new(machine), diagnostics: job.view(&diagnostics) }
        }
        Err(diagnostics) => MachineConfigResponse::Failure { diagnostics: job.view(&diagnostics) },
    }
}

/// Makes a Score file of a fly.toml. Local files and the group are not looked at.
pub fn import_fly(request: FlyRequest) -> ImportResponse {
    let job = Job::new(request);
    match import::import(&job.source).into_result() {
        Ok((workload, diagnostics)) => {
            ImportResponse::Success { score: import::to_yaml(&workload), diagnostics: job.view(&diagnostics) }
        }
        Err(diagnostics) => ImportResponse::Failure { diagnostics: job.view(&diagnostics) },
    }
}

/// [`check_fly`], from JSON to JSON.
pub fn check_fly_json(request: &str) -> String {
    let failure =
        |diagnostics| CheckFlyResponse::Failure { files: Vec::new(), dockerfile: None, fixed: None, diagnostics };
    answer(request, check_fly, failure)
}

/// [`machine_config`], from JSON to JSON.
pub fn machine_config_json(request: &str) -> String {
    answer(request, machine_config, |diagnostics| MachineConfigResponse::Failure { diagnostics })
}

/// [`import_fly`], from JSON to JSON.
pub fn import_fly_json(request: &str) -> String {
    answer(request, import_fly, |diagnostics| ImportResponse::Failure { diagnostics })
}

/// A request in the core's own types.
struct Job {
    source: Source,
    files: SortedMap<String, Option<FileContent>>,
    group: Option<String>,
    encoding: PositionEncoding,
}

impl Job {
    fn new(request: FlyRequest) -> Self {
        let FlyRequest { config, files, group, position_encoding: encoding } = request;
        Self { source: config.into(), files, group, encoding }
    }

    fn files(&self) -> Outcome<LocalFiles> {
        let mut diagnostics = Diagnostics::new();
        let mut files = LocalFiles::new();
        for (path, content) in &self.files {
            let content = match content {
                None => None,
                Some(FileContent::Text(text)) => Some(text.clone().into_bytes()),
                Some(FileContent::Base64(text)) => match BASE64.decode(text) {
                    Ok(bytes) => Some(bytes),
                    Err(_) => {
                        diagnostics.push(messages::invalid_request_file(path));
                        continue;
                    }
                },
            };
            files.insert(path.clone(), content);
        }
        Outcome::new(files, diagnostics)
    }

    fn view(&self, diagnostics: &Diagnostics) -> Vec<DiagnosticView> {
        Sources::new([&self.source], self.encoding).views(diagnostics)
    }
}
