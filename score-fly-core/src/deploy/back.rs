//! From what machines were made from to what is to be, where no fly.toml says it.

use serde_json::{Map, Value};

use super::config::deployed;
use super::desired::{Addresses, Desired, DesiredGroup, DesiredVolume, Placement};
use super::options::Options;
use crate::diagnostic::{Diagnostics, Outcome};
use crate::fly::config::Build;
use crate::fly::{Config, MachineConfig};
use crate::map::SortedMap;
use crate::prelude::*;

impl Desired {
    /// What machines of these process groups were made from is to be again, with the image of the options. How many there
    /// are stays, and no release command is known.
    /// `config` is what a release of it keeps.
    pub fn of_machines(
        config: &Config,
        machines: &SortedMap<String, Map<String, Value>>,
        options: &Options,
    ) -> Outcome<Self> {
        let mut diagnostics = Diagnostics::new();
        let mut groups = Vec::new();
        for (name, config) in machines {
            let (read, found) = MachineConfig::from_json(&Value::Object(config.clone())).into_parts();
            diagnostics.extend(found);
            let Some(read) = read else { continue };
            let volume = read.config.mounts.first().map(|mount| DesiredVolume {
                name: mount.name.clone().unwrap_or_default(),
                ..DesiredVolume::default()
            });
            let group = DesiredGroup {
                machine: deployed(&read.config),
                volume,
                placement: Placement::Keep { ha: true },
                ..DesiredGroup::default()
            };
            groups.push((name.clone(), group));
        }
        let desired = Self {
            app: config.app.clone().unwrap_or_default(),
            config: Config {
                build: Some(Build { image: options.image.clone(), ..Build::default() }),
                ..config.clone()
            },
            region: config.primary_region.clone(),
            image: options.image.clone(),
            groups: groups.into_iter().collect(),
            addresses: Addresses::default(),
            stamp: options.stamp.clone(),
            ..Self::default()
        };
        Outcome::new(desired, diagnostics)
    }
}
