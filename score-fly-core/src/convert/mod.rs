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
mod options;
mod origins;
mod outputs;
mod parts;
mod paths;
mod process;
mod processes;
pub(crate) mod routes;
mod rules;
mod secrets;
pub(crate) mod services;
mod settings;
pub(crate) mod target;
mod vm;
mod volumes;

pub use options::{Containers, Options, Paths};
pub use outputs::Output;

use crate::diagnostic::{Diagnostics, Outcome};
use crate::fly::{App, Config, names};
use crate::pointer::Path;
use crate::prelude::*;
use crate::resolve::ResolvedWorkload;
use crate::score::Workload;
use files::FileNames;
use parts::{AppParts, Task};

/// Converts a workload whose placeholders are filled.
///
/// There is always a value; what could not be converted is missing from it.
pub fn convert(resolved: &ResolvedWorkload<'_>, options: &Options) -> Outcome<App> {
    let mut diagnostics = Diagnostics::new();
    let workload = resolved.workload;
    let annotations = annotations::read(resolved, &mut diagnostics);
    containers::check_main_container(workload, &annotations.app, &mut diagnostics);
    let in_groups = processes::are_asked_for(workload, &annotations, &mut diagnostics);
    let in_containers = !in_groups && containers::are_used(workload, options, &mut diagnostics);

    vm::check(&annotations.app, &mut diagnostics);
    let app = app_name(workload, options, &mut diagnostics);
    let routes = routes::convert(resolved, app.as_deref(), &mut diagnostics);
    let mut config = Config {
        app,
        services: services::convert(workload, &routes, &annotations, &mut diagnostics),
        vm: if in_groups { Vec::new() } else { vm::of_all(workload, &annotations, &mut diagnostics) },
        ..Config::default()
    };
    settings::convert(&annotations.app, options, &mut config, &mut diagnostics);
    let mut app = AppParts { config, secrets: Vec::new(), files: Vec::new() };

    let at = Path::ROOT.key("containers");
    let tasks = resolved.containers.iter();
    let tasks = tasks.map(|(name, container)| Task { workload, name, container, annotations: &annotations, options });
    if in_groups {
        processes::convert(&tasks.collect::<Vec<_>>(), &at, &mut app, &mut diagnostics);
    } else if in_containers {
        containers::convert(&tasks.collect::<Vec<_>>(), &at, &mut app, &mut diagnostics);
    } else {
        // If there are several, they were refused. Each is still converted, as if it were alone, to
        // find its mistakes: the others beside what is their own.
        let others = tasks.len().saturating_sub(1);
        let other = |_| AppParts::with_services(app.config.services.clone());
        let mut others: Vec<AppParts> = (0..others).map(other).collect();
        for (task, app) in tasks.zip(core::iter::once(&mut app).chain(&mut others)) {
            convert_alone(&task, &at.key(task.name), app, &mut diagnostics);
        }
    }
    settings::build_args(&annotations.app, workload, app.config.build.as_mut(), &mut diagnostics);
    let AppParts { config, secrets, files } = app;
    let (secrets, files) = (secrets.into_iter().collect(), files.into_iter().collect());
    let version = annotations.app.version.as_ref().map(|version| version.value.clone());
    let app = App { config, secrets, scale: settings::scale(&annotations.app), version, files };
    let app = rules::finish(app, resolved, &annotations, &mut diagnostics);
    Outcome::new(app, diagnostics)
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

/// Makes a container the machine itself.
fn convert_alone(task: &Task<'_>, at: &Path<'_>, app: &mut AppParts, diagnostics: &mut Diagnostics) {
    let container = task.container;
    app.config.build = build::convert(&container.written.image, task.options, &at.key("image"), diagnostics);
    app.config.experimental = process::convert(container.written);
    app.config.mounts = mounts::convert(container, task.annotations, at, diagnostics);
    env::convert(container, at, app, diagnostics);
    files::convert(task, &mut FileNames::new(task, ""), at, app, diagnostics);
    checks::convert(task, None, at, &mut app.config, diagnostics);
}
