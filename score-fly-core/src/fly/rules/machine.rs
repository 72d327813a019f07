//! `machine_config` and `container`.

use super::facts::Facts;
use super::messages::{container_without_image, ineffective, plaintext_secret};
use crate::diagnostic::Diagnostics;
use crate::fly::machine::base_text::{self, BaseText};
use crate::fly::machine::{MachineConfig, messages};
use crate::fly::plaintext;
use crate::pointer::Path;
use crate::prelude::*;

pub(super) fn config(facts: &Facts<'_>, report: &mut Diagnostics) {
    let config = facts.config;
    let (base, section) = BaseText::of(config);
    let parent = section.map_or(Path::ROOT, |section| Path::ROOT.key(section));
    let at = parent.key("machine_config");
    if config.machine_config.is_some() && section.is_some() {
        let why = "the one in `[experimental]` wins over it";
        report.push(ineffective(&Path::ROOT.key("machine_config"), why).with_related(&at, "this is used"));
    }
    let compose = config.build.as_ref().and_then(|build| build.compose.as_ref());
    if let Some(path) = compose.and_then(|compose| compose.file.as_deref()).filter(|path| facts.is_missing(path)) {
        let build = Path::ROOT.key("build");
        let section = build.key("compose");
        report.push(messages::missing_file(&section.key("file"), path, facts.files));
    }
    let json = match base {
        BaseText::Inline(text) => text.as_bytes(),
        BaseText::File(path) if facts.is_missing(path) => {
            return report.push(messages::missing_file(&at, path, facts.files));
        }
        BaseText::File(path) => match facts.files.content(path) {
            Some(content) => content,
            None => return,
        },
        BaseText::Unusable => return report.push(messages::no_machine_config(&at)),
        BaseText::Absent => b"{}",
    };
    if let Some(machine) = base_text::parse(json, &at, report) {
        containers(facts, &machine, &at, report);
    }
}

/// The container that gets the deployed image must exist, and each other one needs an image.
fn containers(facts: &Facts<'_>, machine: &MachineConfig, at: &Path<'_>, report: &mut Diagnostics) {
    for path in base_text::container_files(machine).filter(|path| facts.is_missing(path)) {
        report.push(messages::missing_file(at, path, facts.files));
    }
    let compose = facts.config.build.as_ref().is_some_and(|build| build.compose.is_some());
    let containers = &machine.containers;
    let names: Vec<&str> = containers.iter().map(|container| container.name.as_deref().unwrap_or_default()).collect();
    let wanted = facts.config.container.as_deref().filter(|name| !name.is_empty());
    let main = match wanted {
        Some(name) => {
            if !names.contains(&name) && !compose {
                report.push(messages::unknown_container(&Path::ROOT.key("container"), name, &names));
            }
            Some(name)
        }
        None => names.iter().find(|name| **name == "app").or(names.first()).copied(),
    };
    let at_containers = at.key("containers");
    for (container, name) in containers.iter().zip(&names) {
        let at_env = at_containers.key(name);
        let at_env = at_env.key("env");
        for (variable, value) in &container.env {
            if plaintext::is_secret(variable, value) {
                report.push(plaintext_secret(&at_env.key(variable), variable));
            }
        }
        if Some(*name) != main && container.image.as_deref().is_none_or(str::is_empty) {
            report.push(container_without_image(at, name));
        }
    }
}
