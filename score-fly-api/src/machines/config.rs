//! The config of a machine, as Fly has it.

use std::fmt;

use score_fly_core::diagnostic::Outcome;
use score_fly_core::fly::machine::ReadMachineConfig;
use serde::{Deserialize, Serialize};
use serde_json::{Map, Value};

/// What a machine is made from: the JSON of the Machines API, whole. What this library does not know stays
/// in it, so that an update loses nothing.
///
/// [`ConfigJson::read`] gives the typed form, in which configs are made and compared, and what is of that
/// form comes back by `from`.
#[derive(Clone, PartialEq, Eq, Default, Serialize, Deserialize)]
#[serde(transparent)]
pub struct ConfigJson(pub Map<String, Value>);

/// What Fly's platform and flyctl write into the labels of machines.
pub mod label {
    /// `v2` on machines that a deploy cares for.
    pub const PLATFORM_VERSION: &str = "fly_platform_version";
    /// The process group.
    pub const PROCESS_GROUP: &str = "fly_process_group";
    /// The id of the release.
    pub const RELEASE_ID: &str = "fly_release_id";
    /// The number of the release.
    pub const RELEASE_VERSION: &str = "fly_release_version";
    /// Which flyctl made it.
    pub const FLYCTL_VERSION: &str = "fly_flyctl_version";
    /// The process group of machines for release commands.
    pub const RELEASE_COMMAND_GROUP: &str = "fly_app_release_command";
    /// The process group of machines for `fly console`.
    pub const CONSOLE_GROUP: &str = "fly_app_console";
}

impl ConfigJson {
    /// The config of an image, with nothing else.
    pub fn new(image: &str) -> Self {
        Self([("image".to_owned(), image.into())].into_iter().collect())
    }

    /// Takes JSON, which must be an object.
    pub fn from_json(json: Value) -> Option<Self> {
        if let Value::Object(object) = json { Some(Self(object)) } else { None }
    }

    /// The typed form, with what has no place in it beside it.
    pub fn read(&self) -> Outcome<ReadMachineConfig> {
        score_fly_core::fly::MachineConfig::from_json(&Value::Object(self.0.clone()))
    }

    /// A value in it, by its JSON Pointer.
    pub fn pointer(&self, pointer: &str) -> Option<&Value> {
        let path = pointer.strip_prefix('/')?;
        let (first, rest) = path.split_at(path.find('/').unwrap_or(path.len()));
        let key = first.replace("~1", "/").replace("~0", "~");
        self.0.get(&key)?.pointer(rest)
    }

    fn texts<'v>(&'v self, key: &str, of_each: &'v str) -> impl Iterator<Item = &'v str> {
        let items = self.0.get(key).and_then(Value::as_array).into_iter().flatten();
        items.filter_map(move |item| item.get(of_each)?.as_str())
    }

    /// The reference of the image.
    pub fn image(&self) -> Option<&str> {
        self.0.get("image")?.as_str()
    }

    /// Sets the reference of the image.
    pub fn set_image(&mut self, image: &str) {
        self.0.insert("image".to_owned(), image.into());
    }

    /// A label.
    pub fn label(&self, key: &str) -> Option<&str> {
        self.0.get("metadata")?.get(key)?.as_str()
    }

    /// All labels.
    pub fn labels(&self) -> impl Iterator<Item = (&str, &str)> {
        let labels = self.0.get("metadata").and_then(Value::as_object).into_iter().flatten();
        labels.filter_map(|(key, value)| Some((key.as_str(), value.as_str()?)))
    }

    /// Sets a label.
    pub fn set_label(&mut self, key: &str, value: &str) {
        let labels = self.0.entry("metadata").or_insert_with(|| Map::new().into());
        if let Some(labels) = labels.as_object_mut() {
            labels.insert(key.to_owned(), value.into());
        }
    }

    /// The process group that it belongs to, by its old name as well.
    pub fn process_group(&self) -> Option<&str> {
        self.label(label::PROCESS_GROUP).filter(|group| !group.is_empty()).or_else(|| self.label("process_group"))
    }

    /// The ids of the volumes that it mounts.
    pub fn volumes(&self) -> impl Iterator<Item = &str> {
        self.texts("mounts", "volume")
    }

    /// The machines for which it stands in.
    pub fn standbys(&self) -> impl Iterator<Item = &str> {
        self.0.get("standbys").and_then(Value::as_array).into_iter().flatten().filter_map(Value::as_str)
    }

    /// How many checks it has, of services and others.
    pub fn check_count(&self) -> usize {
        let services = self.0.get("services").and_then(Value::as_array).into_iter().flatten();
        let of_services = services.filter_map(|service| service.get("checks")?.as_array()).map(Vec::len);
        let others = self.0.get("checks").and_then(Value::as_object).map_or(0, Map::len);
        of_services.sum::<usize>() + others
    }
}

impl From<&ReadMachineConfig> for ConfigJson {
    fn from(config: &ReadMachineConfig) -> Self {
        Self::from_json(config.to_json()).unwrap_or_default()
    }
}

/// A config of one's own making: there is nothing beside it.
impl From<score_fly_core::fly::MachineConfig> for ConfigJson {
    fn from(config: score_fly_core::fly::MachineConfig) -> Self {
        Self::from(&ReadMachineConfig { config, ..ReadMachineConfig::default() })
    }
}

/// The JSON, with the contents of files left out.
impl fmt::Debug for ConfigJson {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        fn without_files(value: &Value) -> Value {
            match value {
                Value::Array(items) => items.iter().map(without_files).collect(),
                Value::Object(object) => {
                    let entries = object.iter().map(|(key, value)| match (key.as_str(), value) {
                        ("raw_value", Value::String(text)) => {
                            (key.clone(), format!("… ({} bytes of base64)", text.len()).into())
                        }
                        _ => (key.clone(), without_files(value)),
                    });
                    entries.collect::<Map<_, _>>().into()
                }
                other => other.clone(),
            }
        }
        write!(f, "{}", without_files(&Value::Object(self.0.clone())))
    }
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::ConfigJson;

    #[test]
    fn is_looked_into() {
        let config: ConfigJson = serde_json::from_value(json!({
            "image": "nginx",
            "init": {},
            "metadata": { "process_group": "web", "a/b": "1" },
            "mounts": [{ "volume": "vol_1", "path": "/data" }],
            "services": [{ "checks": [{}, {}] }, {}],
            "checks": { "up": {} },
            "standbys": ["a"],
            "files": [{ "guest_path": "/a", "raw_value": "aGVsbG8=" }],
            "unknown": { "to": ["us"] },
        }))
        .unwrap();
        assert_eq!((config.image(), config.process_group(), config.check_count()), (Some("nginx"), Some("web"), 3));
        assert_eq!(config.volumes().collect::<Vec<_>>(), ["vol_1"]);
        assert_eq!(config.standbys().collect::<Vec<_>>(), ["a"]);
        assert_eq!(config.pointer("/unknown/to/0"), Some(&json!("us")));
        assert_eq!(config.pointer("/metadata/a~1b"), Some(&json!("1")));
        assert_eq!(config.pointer("/image"), Some(&json!("nginx")));
        assert_eq!((config.pointer("/none"), config.pointer("image")), (None, None));
        let mut changed = config.clone();
        changed.set_label("fly_process_group", "app");
        changed.set_image("nginx:2");
        assert_eq!((changed.process_group(), changed.image()), (Some("app"), Some("nginx:2")));
        assert_eq!(changed.labels().count(), 3);
        let mut read = config.read().into_result().unwrap().0;
        assert_eq!(ConfigJson::from(&read), config, "what is not known is kept");
        read.config.image = Some("caddy".to_owned());
        assert_eq!(ConfigJson::from(read.config).image(), Some("caddy"));
        let debug = format!("{config:?}");
        assert!(!debug.contains("aGVsbG8=") && debug.contains("8 bytes of base64"), "{debug}");
    }
}
