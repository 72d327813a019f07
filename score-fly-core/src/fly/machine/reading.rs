//! Machine configs as Fly answers them: whatever stands in them is kept.

use serde_json::{Map, Value as Json};

use super::messages;
use super::model::MachineConfig;
use crate::diagnostic::{Code, Diagnostic, Diagnostics, Outcome};
use crate::document::{self, Node};
use crate::fly::field::Field;
use crate::map::SortedMap;
use crate::pointer::{Path, Pointer};
use crate::prelude::*;

/// A machine config that was read, with what this crate does not know of it.
#[derive(Debug, Clone, PartialEq, Default)]
pub struct ReadMachineConfig {
    /// What it says.
    pub config: MachineConfig,
    /// What stands under keys that are not known here, and the values that can't be read, by where they
    /// stand.
    pub unknown: SortedMap<Pointer, Json>,
}

impl MachineConfig {
    /// Reads the `config` of a machine, as Fly's API answers it.
    ///
    /// Numbers stand for durations in nanoseconds, booleans for two of the words of `autostop`, and null
    /// for nothing. There is a value if it is an object; what has another type than the API has for it
    /// is reported by its pointer, and is not in the config, but kept beside it.
    ///
    /// ```
    /// use score_fly_core::fly::MachineConfig;
    /// use serde_json::json;
    ///
    /// let answer = json!({ "image": "nginx", "init": {}, "guest": { "cpus": 1, "colour": "red" } });
    /// let (read, mistakes) = MachineConfig::from_json(&answer).into_parts();
    /// let mut read = read.expect("it is an object");
    /// assert!(mistakes.is_empty());
    /// assert_eq!(read.config.image.as_deref(), Some("nginx"));
    ///
    /// read.config.image = Some("caddy".to_owned());
    /// let update = json!({ "init": {}, "guest": { "cpus": 1, "colour": "red" }, "image": "caddy" });
    /// assert_eq!(read.to_json(), update);
    /// ```
    pub fn from_json(json: &Json) -> Outcome<ReadMachineConfig> {
        let mut found = Diagnostics::new();
        let node: Node<'_> = document::Value::from(json).into();
        let Some(config) = Self::read(&node, &Path::ROOT, &mut found) else {
            return Outcome::failed(core::iter::once(messages::not_an_object()).collect());
        };
        let mut unknown = Vec::new();
        let mut mistakes = Diagnostics::new();
        for found in found {
            match found.code {
                // What the API means by a number.
                Code::BareDuration => {}
                Code::UnknownFlyKey => unknown.push(found.pointer),
                _ => {
                    unknown.push(whole_list(&found.pointer, json));
                    mistakes.push(Diagnostic { code: Code::InvalidMachineConfig, ..found });
                }
            }
        }
        let value = |pointer: Pointer| Some((json.pointer(pointer.as_str())?.clone(), pointer));
        let unknown = unknown.into_iter().filter_map(value).map(|(value, pointer)| (pointer, value)).collect();
        Outcome::new(ReadMachineConfig { config, unknown }, mistakes)
    }
}

impl ReadMachineConfig {
    /// The whole, for an update: what is unknown stands where it stood, unless that was in an item of a
    /// list that is gone.
    pub fn to_json(&self) -> Json {
        let node: Node<'_> = self.config.write().into();
        let mut json = node.to_json();
        // What stands above comes before what stands below.
        for (pointer, value) in &self.unknown {
            if let Some(place) = place(&mut json, pointer) {
                *place = value.clone();
            }
        }
        json
    }
}

/// The value at a pointer, which is made if it is missing from a table.
fn place<'j>(json: &'j mut Json, pointer: &Pointer) -> Option<&'j mut Json> {
    let mut place = json;
    for key in pointer.segments() {
        place = match place {
            Json::Array(items) => items.get_mut(key.parse::<usize>().ok()?)?,
            Json::Object(table) => table.entry(key).or_insert_with(|| Json::Object(Map::new())),
            _ => return None,
        };
    }
    Some(place)
}

/// The list that an item belongs to, or one of its own items: an item that can't be read is missing
/// from it, and the others are not where they were.
fn whole_list(pointer: &Pointer, json: &Json) -> Pointer {
    let segments: Vec<_> = pointer.segments().collect();
    let mut keys: Vec<&str> = segments.iter().map(AsRef::as_ref).collect();
    while let Some((_, above)) = keys.split_last() {
        let above: Pointer = above.iter().copied().collect();
        if !json.pointer(above.as_str()).is_some_and(Json::is_array) {
            break;
        }
        keys.pop();
    }
    keys.into_iter().collect()
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;
    use crate::fly::machine::{MachineAutostop, MachineRestartPolicy, Schedule};
    use crate::fly::sample::{Dice, Sample};

    fn read(json: &Json) -> (ReadMachineConfig, Vec<String>) {
        let (read, found) = MachineConfig::from_json(json).into_parts();
        (read.unwrap(), found.iter().map(|found| format!("{} {}", found.pointer, found.message)).collect())
    }

    /// After the request and the types in fly-go's `machine_types.go` and the API's description.
    #[test]
    fn reads_what_fly_answers() {
        let answer = json!({
            "env": { "FLY_PROCESS_GROUP": "app", "PRIMARY_REGION": "fra" },
            "init": { "exec": null, "kernel_args": ["quiet"], "swap_size_mb": 512 },
            "guest": { "cpu_kind": "shared", "cpus": 1, "memory_mb": 256.0, "persist_rootfs": "restart" },
            "metadata": { "fly_process_group": "app" },
            "image": "registry.fly.io/shop@sha256:ab",
            "mounts": [{ "volume": "vol_1", "name": "data", "path": "/data", "encrypted": true, "size_gb": 3 }],
            "services": [{
                "protocol": "tcp", "internal_port": 8080, "autostop": "suspend", "autostart": true,
                "min_machines_running": 0, "force_instance_key": null,
                "ports": [{ "port": 443, "handlers": ["http", "tls"] }],
                "checks": [{ "type": "http", "interval": 15_000_000_000_i64, "timeout": "2s", "method": "get" }],
            }],
            "checks": { "up": { "type": "tcp", "port": 1, "kind": "readiness" } },
            "restart": { "policy": "sometimes", "max_retries": 3 },
            "schedule": "daily",
            "auto_destroy": false,
            "dns": { "nameservers": ["::1"], "options": [{ "name": "ndots", "value": "1" }] },
            "standbys": ["3287eeeb342085"],
            "volumes": [{ "name": "scratch", "temp_dir": { "storage_type": "memory", "size_mb": 64 } }],
            "rootfs": { "persist": "always", "size_gb": 8 },
            "spot": { "max_price_fraction": 0.5 },
            "size": "shared-cpu-1x",
        });
        let (ReadMachineConfig { config, unknown }, mistakes) = read(&answer);
        assert_eq!((unknown, mistakes), (SortedMap::new(), Vec::new()));
        let service = config.services.first().unwrap();
        assert_eq!(service.autostop.map(|stop| stop != MachineAutostop::Stop(true)), Some(true));
        assert_eq!(service.checks.first().unwrap().interval.unwrap().to_string(), "15s");
        assert_eq!(config.restart.unwrap().policy, Some(MachineRestartPolicy::Other("sometimes".to_owned())));
        assert_eq!(config.schedule, Some(Schedule::Daily));
        assert_eq!(config.volumes.first().unwrap().temp_dir.as_ref().unwrap().size_mb, Some(64));
        assert_eq!(config.guest.unwrap().memory_mb, Some(256));
        assert_eq!(config.dns.unwrap().options.first().unwrap().value.as_deref(), Some("1"));
    }

    #[test]
    fn mistakes_have_their_places_and_what_stands_there_is_kept() {
        let answer = json!({
            "init": { "cmd": ["a", 1, "b"] },
            "guest": { "cpus": "many" },
            "services": [{ "internal_port": 70000, "ports": [{ "port": 80, "handlers": ["http", "quic"] }] }],
            "checks": { "a/b": { "interval": "soon" } },
            "standbys": "all",
            "statics": [1],
        });
        let (kept, mistakes) = read(&answer);
        let pointers: Vec<&str> = mistakes.iter().filter_map(|mistake| mistake.split(' ').next()).collect();
        let expected = [
            "/init/cmd/1",
            "/guest/cpus",
            "/services/0/internal_port",
            "/services/0/ports/0/handlers/1",
            "/checks/a~1b/interval",
            "/statics/0",
            "/standbys",
        ];
        assert_eq!(pointers, expected);
        assert_eq!(kept.to_json(), answer);
        for nothing in [json!(null), json!([]), json!("a"), json!(1)] {
            let (read, found) = MachineConfig::from_json(&nothing).into_parts();
            assert!(read.is_none() && found.has_errors(), "{nothing}");
        }
    }

    /// Puts something odd into one of the tables: another key, or another value under a key that is there.
    fn disturb(json: &mut Json, dice: &mut Dice) {
        match json {
            Json::Object(object) => {
                let keys: Vec<String> = object.keys().cloned().collect();
                if dice.below(6) == 0 {
                    object.insert("x~/y".to_owned(), json!({ "deep": [1, "two"] }));
                }
                for key in keys {
                    if dice.below(30) == 0 {
                        object.insert(key, json!([[{ "odd": true }]]));
                    } else if let Some(value) = object.get_mut(&key) {
                        disturb(value, dice);
                    }
                }
            }
            Json::Array(items) => items.iter_mut().for_each(|item| disturb(item, dice)),
            _ => {}
        }
    }

    #[test]
    fn whatever_stands_in_it_is_kept() {
        let (mut undisturbed, mut unknown, mut mistaken) = (0, 0, 0);
        for seed in 0..300 {
            let mut dice = Dice::new(seed);
            let config = MachineConfig::sample(&mut dice);
            let mut json = ReadMachineConfig { config: config.clone(), unknown: SortedMap::new() }.to_json();
            if seed % 3 == 0 {
                assert_eq!(read(&json).0.config, config);
                undisturbed += 1;
            } else {
                disturb(&mut json, &mut dice);
            }
            let (kept, found) = read(&json);
            unknown += kept.unknown.len();
            mistaken += found.len();
            assert_eq!(kept.to_json(), json, "{found:#?}");
        }
        assert!(undisturbed > 0 && unknown > 500 && mistaken > 100, "{unknown} {mistaken}");
    }
}
