//! The machine config that a fly.toml brings along, on which flyctl builds.

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD as BASE64;
use serde_json::Value as Json;

use super::MachineConfig;
use crate::diagnostic::{Diagnostics, messages::fly_rules as messages};
use crate::document;
use crate::fly::Config;
use crate::fly::check::{LocalFiles, local_path, machine_config_written};
use crate::fly::config::Field;
use crate::pointer::Path;

/// The machine config as written, with the containers' images and files filled in; an empty one if
/// there is none. `None` if it can't be used, which is reported.
pub(super) fn read(config: &Config, files: &LocalFiles, diagnostics: &mut Diagnostics) -> Option<MachineConfig> {
    let written = machine_config_written(config);
    let experimental = Path::ROOT.key("experimental");
    let parent = if written.is_some_and(|(_, within)| within) { &experimental } else { &Path::ROOT };
    let at = parent.key("machine_config");
    if config.build.as_ref().is_some_and(|build| build.compose.is_some()) {
        let build = Path::ROOT.key("build");
        diagnostics.push(messages::compose(&build.key("compose")));
        return None;
    }
    let json = match written {
        None => return Some(MachineConfig::default()),
        Some((text, _)) if text.starts_with('{') => text.as_bytes(),
        Some((path, _)) if path.ends_with(".json") => match files.get(path) {
            Some(Some(content)) => content,
            _ => {
                diagnostics.push(messages::missing_file(&at, path));
                return None;
            }
        },
        Some(_) => {
            diagnostics.push(messages::no_machine_config(&at));
            return None;
        }
    };
    let mut json: Json = match serde_json::from_slice(json) {
        Ok(json) => json,
        Err(error) => {
            diagnostics.push(messages::machine_config_not_json(&at, &error));
            return None;
        }
    };
    fill_containers(&mut json, config, files, &at, diagnostics);
    // Keys that it has for others are no mistake: flyctl leaves them out too.
    let mut found = Diagnostics::new();
    let machine = MachineConfig::read(&document::Value::from(&json).into(), &Path::ROOT, &mut found);
    if let Some(problem) = found.iter().find(|found| found.code == crate::Code::InvalidFlyConfig) {
        diagnostics.push(messages::machine_config_type(&at, &problem.message));
        return None;
    }
    machine
}

/// One container gets the image that is deployed, and each gets the content of its files.
fn fill_containers(json: &mut Json, config: &Config, files: &LocalFiles, at: &Path<'_>, diagnostics: &mut Diagnostics) {
    let Some(containers) = json.get_mut("containers").and_then(Json::as_array_mut) else { return };
    let has_name = |container: &Json, name: &str| container["name"] == name;
    let wanted = config.container.as_deref().filter(|name| !name.is_empty());
    let main = containers.iter().position(|container| has_name(container, wanted.unwrap_or("app")));
    if let Some(name) = wanted.filter(|_| main.is_none()) {
        let names: Vec<&str> = containers.iter().filter_map(|container| container["name"].as_str()).collect();
        diagnostics.push(messages::unknown_container(&Path::ROOT.key("container"), name, &names));
    }
    let image = config.build.as_ref().and_then(|build| build.image.as_deref()).unwrap_or(".");
    if let Some(main) = containers.get_mut(main.unwrap_or(0)).and_then(Json::as_object_mut) {
        main.insert("image".to_owned(), image.into());
    }
    let entries = containers.iter_mut().filter_map(|container| container.get_mut("files")?.as_array_mut()).flatten();
    for file in entries.filter_map(Json::as_object_mut) {
        let path = local_path(file).map(str::to_owned);
        file.remove("local_path");
        let Some(path) = path else { continue };
        match files.get(&path) {
            Some(Some(content)) => drop(file.insert("raw_value".to_owned(), BASE64.encode(content).into())),
            _ => diagnostics.push(messages::missing_file(at, &path)),
        }
    }
}
