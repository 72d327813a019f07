//! From a resolved workload to a Fly app: one file for each area of fly.toml.

use serde::{Deserialize, Serialize};

use crate::diagnostic::{Diagnostics, Outcome};
use crate::fly::{App, Config};
use crate::resolve::ResolvedWorkload;

/// What the caller decides.
#[derive(Debug, Clone, PartialEq, Eq, Default, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(rename_all = "camelCase", deny_unknown_fields, default)]
pub struct Options {
    /// Put before the workload's name to make the app's.
    pub app_prefix: String,
    /// Stands in for the image `.`.
    pub image: Option<String>,
    /// The primary region; an annotation of the workload wins.
    pub region: Option<String>,
    /// Write the content of files into fly.toml where it can stand there, instead of side files.
    pub inline_files: bool,
    /// How places relate to each other.
    pub paths: Paths,
}

/// The folders that paths in fly.toml are relative to. Empty means that the Score file, fly.toml
/// and the working directory of `fly deploy` are all in one place.
#[derive(Debug, Clone, PartialEq, Eq, Default, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(rename_all = "camelCase", deny_unknown_fields, default)]
pub struct Paths {
    /// The Score file's folder as seen from the directory in which `fly deploy` runs. flyctl reads
    /// `local_path` from there.
    pub score_from_work: String,
    /// The Score file's folder as seen from fly.toml's. flyctl reads `dockerfile` from there.
    pub score_from_toml: String,
    /// fly.toml's folder as seen from the directory in which `fly deploy` runs. Side files go
    /// into fly.toml's folder.
    pub toml_from_work: String,
}

/// Converts a workload whose placeholders are filled.
///
/// There is always a value; what could not be converted is missing from it.
pub fn convert(resolved: &ResolvedWorkload, options: &Options) -> Outcome<App> {
    let _ = (resolved, options);
    Outcome::new(
        App {
            config: Config::default(),
            secrets: std::collections::BTreeMap::new(),
            files: std::collections::BTreeMap::new(),
        },
        Diagnostics::new(),
    )
}
