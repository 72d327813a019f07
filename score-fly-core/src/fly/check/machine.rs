//! `machine_config` and `container`.

use super::{LocalFiles, Scope};
use crate::diagnostic::Diagnostics;
use crate::diagnostic::messages::fly_rules as messages;
use crate::fly::Config;
use crate::fly::machine::{self, MachineConfig, MachineFile};
use crate::pointer::Path;

/// The machine config as written, and whether it stands in `[experimental]`, which wins.
pub(in crate::fly) fn written(config: &Config) -> Option<(&str, bool)> {
    let experimental = config.experimental.as_ref().and_then(|section| section.machine_config.as_deref());
    // flyctl takes an empty text for none.
    let places = [(experimental, true), (config.machine_config.as_deref(), false)];
    places.into_iter().find_map(|(text, within)| Some((text.filter(|text| !text.is_empty())?, within)))
}

/// Whether a `machine_config` names a file.
pub(super) fn is_path(text: &str) -> bool {
    !text.starts_with('{') && text.ends_with(".json")
}

/// The local files that containers want.
pub(super) fn local_files(config: &Config, known: &LocalFiles) -> Vec<String> {
    let text = match written(config) {
        Some((text, _)) if text.starts_with('{') => Some(text.as_bytes()),
        Some((path, _)) => known.get(path).and_then(Option::as_deref),
        None => None,
    };
    let machine = text.and_then(|text| machine::parse(text, &Path::ROOT, &mut Diagnostics::new())).unwrap_or_default();
    container_files(&machine).map(str::to_owned).collect()
}

fn container_files(machine: &MachineConfig) -> impl Iterator<Item = &str> {
    let files = machine.containers.iter().flat_map(|container| &container.files);
    files.filter_map(MachineFile::wanted_path)
}

pub(super) fn config(scope: &Scope<'_>, report: &mut Diagnostics) {
    let config = scope.config;
    let experimental = Path::ROOT.key("experimental");
    let parent = if written(config).is_some_and(|(_, within)| within) { &experimental } else { &Path::ROOT };
    let at = parent.key("machine_config");
    if config.machine_config.is_some() && parent.last_key().is_some() {
        let why = "the one in `[experimental]` wins over it";
        report.push(messages::ineffective(&Path::ROOT.key("machine_config"), why).with_related(&at, "this is used"));
    }
    let json = match written(config) {
        Some((text, _)) if text.starts_with('{') => text.as_bytes(),
        Some((path, _)) if is_path(path) => match scope.files.get(path) {
            Some(None) => return report.push(messages::missing_file(&at, path)),
            Some(Some(content)) => content,
            None => return,
        },
        Some(_) => return report.push(messages::no_machine_config(&at)),
        None => b"{}",
    };
    if let Some(machine) = machine::parse(json, &at, report) {
        containers(scope, &machine, &at, report);
    }
}

/// The container that gets the deployed image must exist, and each other one needs an image.
fn containers(scope: &Scope<'_>, machine: &MachineConfig, at: &Path<'_>, report: &mut Diagnostics) {
    for path in container_files(machine).filter(|path| scope.is_missing(path)) {
        report.push(messages::missing_file(at, path));
    }
    let compose = scope.config.build.as_ref().is_some_and(|build| build.compose.is_some());
    let containers = &machine.containers;
    let names: Vec<&str> = containers.iter().map(|container| container.name.as_deref().unwrap_or_default()).collect();
    let wanted = scope.config.container.as_deref().filter(|name| !name.is_empty());
    let main = match wanted {
        Some(name) => {
            if !names.contains(&name) && !compose {
                report.push(messages::unknown_container(&Path::ROOT.key("container"), name, &names));
            }
            Some(name)
        }
        None => names.iter().find(|name| **name == "app").or(names.first()).copied(),
    };
    for (container, name) in containers.iter().zip(&names) {
        if Some(*name) != main && container.image.as_deref().is_none_or(str::is_empty) {
            report.push(messages::container_without_image(at, name));
        }
    }
}
