//! What the caller of a conversion decides.

use serde::Serialize;

use crate::prelude::*;

/// What the caller decides.
#[derive(Debug, Clone, PartialEq, Eq, Default, Serialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(rename_all = "camelCase", deny_unknown_fields, default)]
pub struct Options {
    /// Put before the workload's name to make the app's.
    pub app_prefix: String,
    /// Stands in for the image `.`.
    pub image: Option<String>,
    /// The primary region; an annotation of the workload wins.
    pub region: Option<String>,
    /// Write the content of files, and the machine config, into fly.toml where they can stand there,
    /// instead of side files.
    pub inline_files: bool,
    /// Whether the workload runs in Fly's containers.
    pub containers: Containers,
    /// How places relate to each other.
    pub paths: Paths,
}

/// Whether a workload runs in Fly's containers, which a machine has side by side, instead of in the
/// machine itself.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Serialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(rename_all = "lowercase")]
pub enum Containers {
    /// If it needs that: it has several containers, `before`, a probe by command, or permissions of
    /// files.
    #[default]
    Auto,
    /// Always.
    Always,
    /// Never: what needs it is an error.
    Never,
}

/// The folders that paths in fly.toml are relative to. Empty means that the Score file, fly.toml
/// and the working directory of `fly deploy` are all in one place.
#[derive(Debug, Clone, PartialEq, Eq, Default, Serialize)]
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
