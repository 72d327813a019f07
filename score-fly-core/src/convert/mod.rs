//! From a resolved workload to a Fly app: one file for each area of fly.toml.

pub mod annotations;
mod build;
mod checks;
pub(crate) mod containers;
mod env;
mod files;
mod fragment;
pub(crate) mod messages;
mod mounts;
mod origins;
mod outputs;
mod paths;
mod process;
pub(crate) mod routes;
mod rules;
mod secrets;
pub(crate) mod services;
mod settings;
pub(crate) mod target;
mod vm;

use serde::{Deserialize, Serialize};

use crate::diagnostic::{Diagnostics, Outcome};
use crate::fly::{App, Config, names};
use crate::pointer::Path;
use crate::prelude::*;
use crate::resolve::{ResolvedContainer, ResolvedWorkload};
use crate::score::{Container, Workload};
use crate::secret::Secret;
use annotations::Annotations;
pub use outputs::Output;

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
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Serialize, Deserialize)]
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
    let mut diagnostics = Diagnostics::new();
    let workload = &resolved.workload;
    let annotations = Annotations::read(resolved, &mut diagnostics);
    containers::check_main_container(workload, &annotations.app, &mut diagnostics);
    let in_containers = containers::are_used(workload, options, &mut diagnostics);

    let app = app_name(workload, options, &mut diagnostics);
    let routes = routes::convert(resolved, app.as_deref(), &mut diagnostics);
    let mut config = Config {
        app,
        services: services::convert(workload, &routes, &annotations, &mut diagnostics),
        vm: vm::convert(workload, &annotations, &mut diagnostics),
        ..Config::default()
    };
    settings::convert(&annotations.app, options, &mut config, &mut diagnostics);
    let mut app = AppParts { config, secrets: Vec::new(), files: Vec::new() };

    let at = Path::ROOT.key("containers");
    let nothing = ResolvedContainer::default();
    let scopes = workload.containers.iter().map(|(name, container)| {
        let resolved = resolved.containers.get(name).unwrap_or(&nothing);
        Scope { workload, name, container, resolved, annotations: &annotations, options }
    });
    if in_containers {
        containers::convert(&scopes.collect::<Vec<_>>(), &at, &mut app, &mut diagnostics);
    } else {
        // If there are several, they were refused. Each is still converted, as if it were alone, to
        // find its mistakes.
        let mut first = None;
        for scope in scopes {
            let mut app = app.clone();
            scope.convert(&at.key(scope.name), &mut app, &mut diagnostics);
            first.get_or_insert(app);
        }
        app = first.unwrap_or(app);
    }
    let AppParts { config, secrets, files } = app;
    let app = App { config, secrets: secrets.into_iter().collect(), files: files.into_iter().collect() };
    let app = rules::finish(app, resolved, &annotations, &mut diagnostics);
    Outcome::new(app, diagnostics)
}

/// An app whose secrets and files still come together, in any order.
#[derive(Clone)]
struct AppParts {
    config: Config,
    secrets: Vec<(String, Secret<String>)>,
    files: Vec<(String, Vec<u8>)>,
}

/// The prefix and the workload's name.
fn app_name(workload: &Workload, options: &Options, diagnostics: &mut Diagnostics) -> Option<String> {
    let name = &workload.metadata.name;
    let app = format!("{}{name}", options.app_prefix);
    if names::is_app_name(&app) {
        return Some(app);
    }
    let metadata = Path::ROOT.key("metadata");
    diagnostics.push(messages::invalid_app_name(&metadata.key("name"), &app, name, &options.app_prefix));
    None
}

/// A container and what its conversion needs to know.
struct Scope<'a> {
    workload: &'a Workload,
    name: &'a str,
    container: &'a Container,
    resolved: &'a ResolvedContainer,
    annotations: &'a Annotations,
    options: &'a Options,
}

impl Scope<'_> {
    /// Makes the container the machine itself.
    fn convert(&self, at: &Path<'_>, app: &mut AppParts, diagnostics: &mut Diagnostics) {
        let Self { container, resolved, annotations, options, .. } = self;
        app.config.build = build::convert(&container.image, options, &at.key("image"), diagnostics);
        app.config.experimental = process::convert(container);
        app.config.mounts = mounts::convert(container, resolved, annotations, at, diagnostics);
        env::convert(container, resolved, at, app, diagnostics);
        files::convert(self, at, app, diagnostics);
        checks::convert(self, at, &mut app.config, diagnostics);
    }
}
