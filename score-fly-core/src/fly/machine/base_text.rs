//! The text of the machine config that a fly.toml brings along.

use serde_json::Value as Json;

use super::messages;
use super::model::MachineConfig;
use super::shared::MachineFile;
use crate::diagnostic::{Code, Diagnostics};
use crate::document;
use crate::fly::config::Config;
use crate::fly::field::Field;
use crate::pointer::Path;
use crate::prelude::*;

/// Where the machine config is that a fly.toml brings along.
#[derive(Debug, Clone, Copy)]
pub(in crate::fly) enum BaseText<'c> {
    /// There is none.
    Absent,
    /// It stands in fly.toml itself.
    Inline(&'c str),
    /// In a file.
    File(&'c str),
    /// The text is one that flyctl takes for neither.
    Unusable,
}

impl<'c> BaseText<'c> {
    /// Where it is, and the section that says so: `[experimental]` wins.
    pub(in crate::fly) fn of(config: &'c Config) -> (Self, Option<&'static str>) {
        let experimental = config.experimental.as_ref().and_then(|section| section.machine_config.as_deref());
        // flyctl takes an empty text for none.
        let places = [(experimental, Some("experimental")), (config.machine_config.as_deref(), None)];
        let text =
            places.into_iter().find_map(|(text, section)| Some((text.filter(|text| !text.is_empty())?, section)));
        match text {
            None => (Self::Absent, None),
            Some((text, section)) if text.starts_with('{') => (Self::Inline(text), section),
            Some((text, section)) if text.ends_with(".json") => (Self::File(text), section),
            Some((_, section)) => (Self::Unusable, section),
        }
    }
}

/// Reads a machine config that stands at `at`. `None` if flyctl can't read it either, which is
/// reported.
pub(in crate::fly) fn parse(json: &[u8], at: &Path<'_>, diagnostics: &mut Diagnostics) -> Option<MachineConfig> {
    // Go reads what is no UTF-8 with the same replacement.
    let json: Json = match serde_json::from_str(&String::from_utf8_lossy(json)) {
        Ok(json) => json,
        Err(error) => {
            diagnostics.push(messages::machine_config_not_json(at, &error));
            return None;
        }
    };
    // Keys that it has for others are no mistake: flyctl leaves them out too.
    let mut found = Diagnostics::new();
    let machine = MachineConfig::read(&document::Value::from(&json).into(), &Path::ROOT, &mut found);
    if let Some(problem) = found.iter().find(|found| found.code == Code::InvalidFlyConfig) {
        diagnostics.push(messages::machine_config_type(at, &problem.message));
        return None;
    }
    machine
}

impl MachineFile {
    /// The local file that it is made from, unless it has another content.
    pub(in crate::fly) fn wanted_path(&self) -> Option<&str> {
        let has_content = self.raw_value.is_some() || self.secret_name.is_some() || self.image_config.is_some();
        self.local_path.as_deref().filter(|_| !has_content)
    }
}

/// The local files that containers want.
pub(in crate::fly) fn container_files(machine: &MachineConfig) -> impl Iterator<Item = &str> {
    let files = machine.containers.iter().flat_map(|container| &container.files);
    files.filter_map(MachineFile::wanted_path)
}

/// The local files that the containers of a machine config want; none if it can't be used.
pub(in crate::fly) fn local_files(json: &[u8]) -> Vec<String> {
    let machine = parse(json, &Path::ROOT, &mut Diagnostics::new()).unwrap_or_default();
    container_files(&machine).map(str::to_owned).collect()
}
