//! `machine_config` and `container`.

use super::{LocalFiles, Scope};
use crate::diagnostic::Diagnostics;
use crate::fly::Config;
use crate::fly::check::messages;
use crate::fly::machine::{self, MachineConfig, MachineFile};
use crate::pointer::Path;
use crate::prelude::*;

/// A machine config as a fly.toml has it.
#[derive(Debug, Clone, Copy)]
pub(in crate::fly) enum Written<'c> {
    /// There is none.
    Absent,
    /// The JSON itself.
    Inline(&'c str),
    /// A file with the JSON.
    File(&'c str),
    /// A text that flyctl takes for neither.
    Unusable,
}

/// The machine config as written, and the section that it stands in: `[experimental]` wins.
pub(in crate::fly) fn written(config: &Config) -> (Written<'_>, Option<&'static str>) {
    let experimental = config.experimental.as_ref().and_then(|section| section.machine_config.as_deref());
    // flyctl takes an empty text for none.
    let places = [(experimental, Some("experimental")), (config.machine_config.as_deref(), None)];
    let text = places.into_iter().find_map(|(text, section)| Some((text.filter(|text| !text.is_empty())?, section)));
    match text {
        None => (Written::Absent, None),
        Some((text, section)) if text.starts_with('{') => (Written::Inline(text), section),
        Some((text, section)) if text.ends_with(".json") => (Written::File(text), section),
        Some((_, section)) => (Written::Unusable, section),
    }
}

/// The local files that containers want.
pub(super) fn local_files(config: &Config, known: &LocalFiles) -> Vec<String> {
    let text = match written(config).0 {
        Written::Inline(text) => Some(text.as_bytes()),
        Written::File(path) => known.get(path).and_then(Option::as_deref),
        Written::Absent | Written::Unusable => None,
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
    let (written, section) = written(config);
    let parent = section.map_or(Path::ROOT, |section| Path::ROOT.key(section));
    let at = parent.key("machine_config");
    if config.machine_config.is_some() && section.is_some() {
        let why = "the one in `[experimental]` wins over it";
        report.push(messages::ineffective(&Path::ROOT.key("machine_config"), why).with_related(&at, "this is used"));
    }
    let json = match written {
        Written::Inline(text) => text.as_bytes(),
        Written::File(path) => match scope.files.get(path) {
            Some(None) => return report.push(messages::missing_file(&at, path)),
            Some(Some(content)) => content,
            None => return,
        },
        Written::Unusable => return report.push(messages::no_machine_config(&at)),
        Written::Absent => b"{}",
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
