//! The machine config that a fly.toml brings along, on which flyctl builds.

use base64ct::{Base64, Encoding as _};

use super::base_text::{BaseText, parse};
use super::container::MachineContainer;
use super::messages;
use super::model::MachineConfig;
use crate::diagnostic::Diagnostics;
use crate::fly::config::Config;
use crate::local::LocalFiles;
use crate::pointer::Path;
use crate::prelude::*;

/// The machine config as written, with the containers' images and files filled in; an empty one if
/// there is none. `None` if it can't be used, which is reported.
pub(super) fn read(config: &Config, files: &LocalFiles, diagnostics: &mut Diagnostics) -> Option<MachineConfig> {
    let (text, section) = BaseText::of(config);
    let parent = section.map_or(Path::ROOT, |section| Path::ROOT.key(section));
    let at = parent.key("machine_config");
    if config.build.as_ref().is_some_and(|build| build.compose.is_some()) {
        let build = Path::ROOT.key("build");
        diagnostics.push(messages::compose(&build.key("compose")));
        return None;
    }
    let json = match text {
        BaseText::Absent => return Some(MachineConfig::default()),
        BaseText::Inline(text) => text.as_bytes(),
        BaseText::File(path) => {
            let Some(content) = files.content(path) else {
                diagnostics.push(messages::missing_file(&at, path, files));
                return None;
            };
            content
        }
        BaseText::Unusable => {
            diagnostics.push(messages::no_machine_config(&at));
            return None;
        }
    };
    let mut machine = parse(json, &at, diagnostics)?;
    fill_containers(&mut machine.containers, config, files, &at, diagnostics);
    Some(machine)
}

/// One container gets the image that is deployed, and each gets the content of its files.
fn fill_containers(
    containers: &mut [MachineContainer],
    config: &Config,
    files: &LocalFiles,
    at: &Path<'_>,
    diagnostics: &mut Diagnostics,
) {
    let wanted = config.container.as_deref().filter(|name| !name.is_empty());
    let name = Some(wanted.unwrap_or("app"));
    let main = containers.iter().position(|container| container.name.as_deref() == name);
    if let Some(name) = wanted.filter(|_| main.is_none()) {
        let names: Vec<&str> = containers.iter().filter_map(|container| container.name.as_deref()).collect();
        diagnostics.push(messages::unknown_container(&Path::ROOT.key("container"), name, &names));
    }
    let image = config.build.as_ref().and_then(|build| build.image.as_deref()).unwrap_or(".");
    if let Some(main) = containers.get_mut(main.unwrap_or(0)) {
        main.image = Some(image.to_owned());
    }
    for file in containers.iter_mut().flat_map(|container| &mut container.files) {
        if let Some(path) = file.wanted_path() {
            match files.content(path) {
                Some(content) => file.raw_value = Some(Base64::encode_string(content)),
                None => diagnostics.push(messages::missing_file(at, path, files)),
            }
        }
        file.local_path = None;
    }
}
