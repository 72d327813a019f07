//! What there is to say about an app beyond its fly.toml or Score file.

use std::collections::BTreeMap;

use score_fly_core::Diagnostics;
use score_fly_core::deploy::{AddressKind, Scale};
use score_fly_core::fly::names::{is_app_name, is_region};
use serde::Serialize;

use crate::fields::{Fields, wrong};
use crate::files::{Reference, Repository};
use crate::node::Meet;
use crate::node::{Node, Value};
use crate::window::{self, Window};

/// What there is to say about an app beyond its fly.toml or Score file: the section `gitops`.
#[derive(Debug, Clone, PartialEq, Default, Serialize)]
#[serde(rename_all = "camelCase")]
#[non_exhaustive]
pub struct Settings {
    /// The organization of an app that is not there yet.
    pub organization: Option<String>,
    /// Where the app's files are, if not beside its own file.
    pub source: AppSource,
    /// How many machines there are to be.
    pub scale: Scale,
    /// The least size of new volumes, where fly.toml says none.
    pub volume_size_gb: Option<u32>,
    /// The secrets by name, and where their values come from.
    pub secrets: BTreeMap<String, SecretSource>,
    /// Which kinds of addresses there are to be.
    pub addresses: Option<Vec<AddressKind>>,
    /// The apps that have to be deployed before this one.
    pub depends_on: Vec<String>,
    /// Whether nothing is done with it for now.
    pub suspend: bool,
    /// When changes may be made, in UTC; at any time if there are none.
    pub windows: Vec<Window>,
    /// The names of volumes that may be destroyed with what is in them, once nothing asks for them.
    pub allow_delete: Vec<String>,
    /// What stands before the name of a Score file's workload.
    pub app_prefix: Option<String>,
    /// Files with the outputs of a Score file's resources, beside it.
    pub outputs: Vec<String>,
}

/// Where the files of an app are.
#[derive(Debug, Clone, PartialEq, Eq, Default, Serialize)]
#[serde(rename_all = "camelCase")]
pub enum AppSource {
    /// Beside its file.
    #[default]
    Beside,
    /// In a folder, as it counts from there.
    Folder(String),
    /// In a repository.
    Git {
        /// Which one.
        repository: Repository,
        /// The folder in it.
        path: String,
    },
    /// There are none: this image is all.
    Image(String),
    /// There are none but this Dockerfile.
    Dockerfile(String),
}

/// Where the value of a secret comes from.
#[derive(Clone, PartialEq, Eq, Serialize)]
#[serde(rename_all = "camelCase")]
pub enum SecretSource {
    /// A variable of the environment in which score-fly runs.
    Env(String),
    /// It stands in the tree, where everybody can read it who can read that.
    #[serde(serialize_with = "hidden")]
    Value(String),
}

fn hidden<S: serde::Serializer>(_: &str, serializer: S) -> Result<S::Ok, S::Error> {
    serializer.serialize_str("…")
}

impl std::fmt::Debug for SecretSource {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        match self {
            Self::Env(name) => f.debug_tuple("Env").field(name).finish(),
            Self::Value(_) => f.debug_tuple("Value").finish_non_exhaustive(),
        }
    }
}

const KEYS: [&str; 13] = [
    "organization",
    "source",
    "scale",
    "volume_size_gb",
    "secrets",
    "addresses",
    "depends_on",
    "suspend",
    "windows",
    "allow_delete",
    "app_prefix",
    "outputs",
    "lists",
];

/// Reads the section.
pub(crate) fn read(node: &Node, found: &mut Diagnostics) -> Settings {
    let mut fields = Fields::new("`gitops`", node, &KEYS, found);
    let mut settings = Settings {
        organization: fields.text("organization"),
        volume_size_gb: fields.number("volume_size_gb"),
        depends_on: fields.texts("depends_on"),
        suspend: fields.flag("suspend").unwrap_or_default(),
        allow_delete: fields.texts("allow_delete"),
        app_prefix: fields.text("app_prefix"),
        outputs: fields.texts("outputs"),
        ..Settings::default()
    };
    for (index, name) in settings.depends_on.iter().enumerate() {
        if !is_app_name(name)
            && let Some(item) = fields.list("depends_on").get(index)
        {
            fields.found.push(wrong(item, format!("`{name}` can't be the name of an app"), "name an app of this tree"));
        }
    }
    if let Some(node) = fields.get("source") {
        settings.source = source(node, fields.found);
    }
    if let Some(node) = fields.get("scale") {
        settings.scale = scale(node, fields.found);
    }
    for (name, entry) in fields.map("secrets").into_iter().flatten() {
        settings.secrets.extend(secret(&entry.node, name, fields.found).map(|from| (name.clone(), from)));
    }
    if fields.get("addresses").is_some() {
        let mut kinds = Vec::new();
        for item in fields.list("addresses") {
            match item.as_str().and_then(address) {
                Some(kind) => kinds.push(kind),
                None => {
                    let help = "there are `v6`, `shared_v4`, `v4` and `private_v6`";
                    fields.found.push(wrong(item, "there is no such kind of address", help));
                }
            }
        }
        settings.addresses = Some(kinds);
    }
    for item in fields.list("windows") {
        settings.windows.extend(window::read(item, fields.found));
    }
    settings
}

fn address(word: &str) -> Option<AddressKind> {
    let all = [AddressKind::V6, AddressKind::SharedV4, AddressKind::V4, AddressKind::PrivateV6];
    all.into_iter().find(|kind| kind.as_str() == word)
}

/// Reads where something is: `git`, `folder`, `image` or `dockerfile`.
fn source(node: &Node, found: &mut Diagnostics) -> AppSource {
    let keys = ["git", "path", "branch", "tag", "commit", "folder", "image", "dockerfile"];
    let mut fields = Fields::new("`source`", node, &keys, found);
    let kinds: Vec<&str> =
        ["git", "folder", "image", "dockerfile"].into_iter().filter(|key| fields.get(key).is_some()).collect();
    let [kind] = kinds.as_slice() else {
        let help = "give one of `git`, `folder`, `image` and `dockerfile`";
        fields.found.push(wrong(node, "`source` must say one place", help));
        return AppSource::Beside;
    };
    let text = fields.text(kind).unwrap_or_default();
    match *kind {
        "git" => {
            check_address(fields.get("git"), &text, fields.found);
            let path = fields.text("path").unwrap_or_default();
            let reference = reference(&mut fields);
            AppSource::Git { repository: Repository { url: text, reference }, path }
        }
        "folder" => AppSource::Folder(text),
        "image" => AppSource::Image(text),
        _ => AppSource::Dockerfile(text),
    }
}

/// Reads a branch, tag or commit. Of several, the commit counts, and then the tag.
pub(crate) fn reference(fields: &mut Fields<'_, '_>) -> Reference {
    let mut read = |key: &str| {
        let text = fields.text(key)?;
        if text.starts_with('-')
            || text.contains(|c: char| c.is_whitespace() || c.is_control() || ":?*[\\^~".contains(c))
        {
            let node = fields.get(key)?;
            fields.found.push(wrong(node, format!("`{text}` can't be the name of a {key}"), "look at its name again"));
            return None;
        }
        Some(text)
    };
    let (branch, tag, commit) = (read("branch"), read("tag"), read("commit"));
    let known = commit.map(Reference::Commit).or(tag.map(Reference::Tag)).or(branch.map(Reference::Branch));
    known.unwrap_or_default()
}

/// Refuses addresses that git would take for something else, and those that bring a password along.
pub(crate) fn check_address(node: Option<&Node>, url: &str, found: &mut Diagnostics) {
    let Some(node) = node else { return };
    let scheme = url.split_once("://").map(|(scheme, _)| scheme);
    let known = match scheme {
        Some(scheme) => ["https", "http", "ssh", "git+ssh", "file"].contains(&scheme),
        None => !url.starts_with('-') && !url.contains("::"),
    };
    if !known || url.starts_with('-') || url.contains(|c: char| c.is_control() || c == ' ') {
        let help = "write `https://…`, `ssh://…` or `git@host:owner/name.git`";
        found.push(wrong(node, "this can't be the address of a repository", help));
        return;
    }
    let authority = url.split_once("://").map(|(_, rest)| rest.split('/').next().unwrap_or_default());
    if authority.and_then(|authority| authority.rsplit_once('@')).is_some_and(|(user, _)| user.contains(':')) {
        let help = "take it out, change it, and give it as a variable of the environment: see the guide";
        found.push(wrong(node, "a password stands in the address of a repository, where everybody can read it", help));
    }
}

fn scale(node: &Node, found: &mut Diagnostics) -> Scale {
    let mut fields = Fields::new("`scale`", node, &["count", "regions", "ha"], found);
    let (count, ha) = (fields.number("count"), fields.flag("ha"));
    let mut regions = Vec::new();
    for (region, entry) in fields.map("regions").into_iter().flatten() {
        let count = if let Value::Number(number) = &entry.node.value { number.as_u64() } else { None };
        match count.and_then(|count| u32::try_from(count).ok()) {
            Some(count) if is_region(region) => regions.push((region.clone(), count)),
            Some(_) => {
                let message = format!("`{region}` can't be a region");
                fields.found.push(wrong(
                    &entry.node,
                    message,
                    "a region's code has three lower-case letters, such as `ams`",
                ));
            }
            None => fields.wrong_kind(region, &entry.node, "a whole number"),
        }
    }
    Scale { count, ha, regions: regions.into_iter().collect() }
}

fn secret(node: &Node, name: &str, found: &mut Diagnostics) -> Option<SecretSource> {
    let mut fields = Fields::new("a secret", node, &["env", "value"], found);
    node.as_map()?;
    match (fields.text("env"), fields.text("value")) {
        (Some(variable), None) => Some(SecretSource::Env(variable)),
        (None, Some(value)) => Some(SecretSource::Value(value)),
        _ => {
            let help = format!("write `{name}: {{env: {name}}}` to take it from the environment");
            fields.found.push(wrong(node, format!("nothing says where the secret `{name}` comes from"), help));
            None
        }
    }
}

/// How lists are to meet, by their paths with dots.
pub(crate) fn lists(node: &Node, found: &mut Diagnostics) -> BTreeMap<String, Meet> {
    let Some(map) = node.as_map() else {
        found.push(wrong(node, format!("`lists` must be a map, and this is {}", node.kind()), "write `PATH: append`"));
        return BTreeMap::new();
    };
    let mut lists = BTreeMap::new();
    for (path, entry) in map {
        let meet = match (&entry.node.as_str(), entry.node.get("merge").and_then(Node::as_str)) {
            (Some("append"), _) => Meet::Append,
            (Some("replace"), _) => Meet::Replace,
            (_, Some(key)) if entry.node.as_map().is_some_and(|map| map.len() == 1) => Meet::ByKey(key.to_owned()),
            _ => {
                let help = "there are `append`, `replace`, and `{merge: KEY}` with a key that tells the items apart";
                found.push(wrong(&entry.node, "lists don't meet like that", help));
                continue;
            }
        };
        lists.insert(path.clone(), meet);
    }
    lists
}
