//! What FlyCD's files say in a form of their own.
//!
//! After FlyCD 0.0.47: its README, and `model/app_config.go` and `model/project_config.go` for the keys.

use score_fly_core::Diagnostics;
use score_fly_core::diagnostic::Code;
use serde_json::Number;

use crate::fields::{Fields, wrong};
use crate::files::{Reference, Repository};
use crate::node::{Map, Node, Origin, Value};
use crate::settings::{check_address, reference};

/// The keys of FlyCD's own in an `app.yaml`; all others are fly.toml's.
pub(crate) const KEYS: [&str; 10] = [
    "deploy_params",
    "extra_regions",
    "launch_params",
    "machines",
    "merge_cfg",
    "network",
    "org",
    "secrets",
    "source",
    "volumes",
];

/// A source in FlyCD's form.
#[derive(Debug)]
pub(crate) enum Source {
    Git { repository: Repository, path: String },
    Folder(String),
    Dockerfile(String),
}

/// Reads a source: `type`, and what belongs to it.
pub(crate) fn source(node: &Node, found: &mut Diagnostics) -> Option<Source> {
    let mut fields = Fields::new("`source`", node, &["type", "repo", "path", "ref", "inline"], found);
    let kind = fields.needed("type", "give one of `git`, `local` and `inline-docker-file`")?;
    match kind.as_str() {
        "git" => {
            let url = fields.needed("repo", "give the address of the repository")?;
            check_address(fields.get("repo"), &url, fields.found);
            let path = fields.text("path").unwrap_or_default();
            let wanted = fields.get("ref");
            let reference = wanted.map_or(Reference::Head, |at| {
                reference(&mut Fields::new("`ref`", at, &["branch", "tag", "commit"], fields.found))
            });
            Some(Source::Git { repository: Repository { url, reference }, path })
        }
        "local" => Some(Source::Folder(fields.text("path").unwrap_or_else(|| ".".to_owned()))),
        "inline-docker-file" => fields.needed("inline", "give the text of the Dockerfile").map(Source::Dockerfile),
        _ => {
            let at = node.get("type").unwrap_or(node);
            let help = "there are `git`, `local` and `inline-docker-file`";
            fields.found.push(wrong(at, format!("there is no source of type `{kind}`"), help));
            None
        }
    }
}

/// Puts what stands under FlyCD's own keys into the section `gitops`, and into fly.toml's. What the section says
/// already stays.
pub(crate) fn lift(app: &mut Node, found: &mut Diagnostics) {
    let mut parts: Vec<(&str, Node)> = Vec::new();
    if let Some(entry) = app.take("org") {
        parts.push(("organization", entry.node));
    }
    if let Some(entry) = app.take("source") {
        parts.extend(lifted_source(&entry.node, found).map(|node| ("source", node)));
    }
    if let Some(entry) = app.take("merge_cfg") {
        let merges = entry.node.get("all").is_some_and(|all| matches!(all.value, Value::Bool(true)))
            || entry.node.get("include").and_then(Node::as_list).is_some_and(|list| !list.is_empty());
        if merges {
            let message = "`merge_cfg` puts files over what an image is built from; images are built elsewhere here";
            found.push(entry.key.say(Code::FlycdDifference, message).with_help("put the files into the source"));
        }
    }
    for key in ["launch_params", "deploy_params"] {
        if let Some(entry) = app.take(key).filter(|entry| !is_empty(&entry.node)) {
            let message = format!("`{key}` are arguments of flyctl, which is not used here");
            let help = "say it in fly.toml's own keys, or in the section `gitops`";
            found.push(entry.key.say(Code::FlycdDifference, message).with_help(help));
        }
    }
    machines(app, &mut parts, found);
    if let Some(entry) = app.take("secrets") {
        parts.push(("secrets", secrets(&entry.node, found)));
    }
    if let Some(entry) = app.take("network") {
        parts.extend(addresses(&entry.node, found).map(|node| ("addresses", node)));
    }
    let Some(map) = app.as_map() else { return };
    if parts.is_empty() && !map.contains_key("gitops") {
        return;
    }
    let origin = parts.first().map_or_else(|| app.origin.clone(), |(_, node)| node.origin.clone());
    if app.get("gitops").is_none() {
        app.put("gitops", Node::new(Value::Map(Map::new()), origin));
    }
    let Some(section) = app.as_map_mut().and_then(|map| map.get_mut("gitops")) else { return };
    for (key, node) in parts {
        if section.node.get(key).is_none() {
            section.node.put(key, node);
        }
    }
}

fn is_empty(node: &Node) -> bool {
    matches!(&node.value, Value::Null) || node.as_list().is_some_and(<[Node]>::is_empty)
}

fn map(origin: &Origin, entries: impl IntoIterator<Item = (String, Node)>) -> Node {
    let mut node = Node::new(Value::Map(Map::new()), origin.clone());
    entries.into_iter().for_each(|(key, value)| node.put(key, value));
    node
}

/// A source in our form.
pub(crate) fn lifted_source(node: &Node, found: &mut Diagnostics) -> Option<Node> {
    // One that is in our form already.
    if node.get("type").is_none() && ["git", "folder", "image", "dockerfile"].iter().any(|key| node.get(key).is_some())
    {
        return Some(node.clone());
    }
    let text = |text: &str| Node::text(text, node.origin.clone());
    let entries = match source(node, found)? {
        Source::Folder(path) => vec![("folder".to_owned(), text(&path))],
        Source::Dockerfile(content) => vec![("dockerfile".to_owned(), text(&content))],
        Source::Git { repository: Repository { url, reference }, path } => {
            let mut entries = vec![("git".to_owned(), text(&url))];
            if !path.is_empty() {
                let at = node.get("path").unwrap_or(node);
                let message = "FlyCD takes the whole repository, whatever `path` says; here the path counts";
                found.push(at.origin.say(Code::FlycdDifference, message));
                entries.push(("path".to_owned(), text(&path)));
            }
            match reference {
                Reference::Head => {}
                Reference::Branch(name) => entries.push(("branch".to_owned(), text(&name))),
                Reference::Tag(name) => entries.push(("tag".to_owned(), text(&name))),
                Reference::Commit(id) => entries.push(("commit".to_owned(), text(&id))),
            }
            entries
        }
    };
    Some(map(&node.origin, entries))
}

fn whole(node: Option<&Node>) -> Option<u64> {
    if let Value::Number(number) = &node?.value { number.as_u64() } else { None }
}

/// How many machines there are, how large they are, and how large their volumes.
fn machines(app: &mut Node, parts: &mut Vec<(&str, Node)>, found: &mut Diagnostics) {
    let (extra, machines, volumes) = (app.take("extra_regions"), app.take("machines"), app.take("volumes"));
    let table = machines.as_ref().map(|entry| &entry.node);
    let number = |number: u64, origin: &Origin| Node::new(Value::Number(Number::from(number)), origin.clone());
    if let Some(table) = table {
        Fields::new("`machines`", table, &["count", "count_per_region", "ram_mb", "cpu_cores", "cpu_type"], found);
        size(app, table);
    }
    for volume in volumes.as_ref().and_then(|entry| entry.node.as_list()).unwrap_or_default() {
        Fields::new("a volume", volume, &["name", "size_gb", "count"], found);
        if let Some(size) = whole(volume.get("size_gb"))
            && parts.iter().all(|(key, _)| *key != "volume_size_gb")
        {
            parts.push(("volume_size_gb", number(size, &volume.origin)));
        }
    }
    let per_region = table.and_then(|table| table.get("count_per_region")).and_then(Node::as_map);
    let count = whole(table.and_then(|table| table.get("count")));
    let extra_regions: Vec<String> = extra
        .iter()
        .flat_map(|entry| entry.node.as_list().unwrap_or_default())
        .filter_map(|region| region.as_str().map(str::to_owned))
        .collect();
    let Some(origin) = extra.as_ref().or(machines.as_ref()).map(|entry| entry.key.clone()) else { return };
    if count.is_none() && per_region.is_none() && extra_regions.is_empty() {
        return;
    }
    let least = count.unwrap_or_else(|| always_running(app).max(1));
    let primary = app.get("primary_region").and_then(Node::as_str).map(str::to_owned);
    let mut regions: Map = Map::new();
    for region in extra_regions.into_iter().chain(primary) {
        let here = whole(per_region.and_then(|map| map.get(&region)).map(|entry| &entry.node)).unwrap_or(least);
        regions.insert(region, crate::node::Entry { key: origin.clone(), node: number(here, &origin) });
    }
    for (region, entry) in per_region.into_iter().flatten() {
        regions.entry(region.clone()).or_insert_with(|| entry.clone());
    }
    let message = "FlyCD only adds machines; here there will be just so many, and more than that go";
    found.push(origin.say(Code::FlycdDifference, message));
    let regions = Node::new(Value::Map(regions), origin.clone());
    parts.push(("scale", map(&origin, [("regions".to_owned(), regions)])));
}

/// The most machines that a service keeps running.
fn always_running(app: &Node) -> u64 {
    let services = app.get("services").and_then(Node::as_list).unwrap_or_default();
    let all = services.iter().chain(app.get("http_service"));
    all.filter_map(|service| whole(service.get("min_machines_running"))).max().unwrap_or(0)
}

/// The size of machines, in fly.toml's own words.
fn size(app: &mut Node, table: &Node) {
    if app.get("vm").is_some() {
        return;
    }
    let mut vm = Vec::new();
    if let Some(memory) = table.get("ram_mb") {
        let text = whole(Some(memory)).map(|memory| format!("{memory}mb"));
        vm.extend(text.map(|text| ("memory".to_owned(), Node::text(text, memory.origin.clone()))));
    }
    for (key, own) in [("cpu_cores", "cpus"), ("cpu_type", "cpu_kind")] {
        vm.extend(table.get(key).map(|node| (own.to_owned(), node.clone())));
    }
    if !vm.is_empty() {
        let vm = map(&table.origin, vm);
        app.put("vm", Node::new(Value::List(vec![vm]), table.origin.clone()));
    }
}

fn secrets(node: &Node, found: &mut Diagnostics) -> Node {
    if node.as_map().is_some() {
        return node.clone();
    }
    let mut entries = Vec::new();
    for item in node.as_list().unwrap_or_default() {
        let mut fields = Fields::new("a secret", item, &["name", "type", "env", "raw"], found);
        let Some(name) = fields.needed("name", "give it a name") else { continue };
        let kind = fields.text("type").unwrap_or_else(|| "env".to_owned());
        let entry = match kind.as_str() {
            "env" => ("env", fields.text("env").unwrap_or_else(|| name.clone())),
            "raw" => {
                let value = fields.needed("raw", "give its value").unwrap_or_default();
                let message =
                    format!("the value of the secret `{name}` stands in the tree, where everybody can read it");
                found.push(item.origin.say(Code::FlycdDifference, message).with_help("take it from the environment"));
                ("value", value)
            }
            _ => {
                let message = format!("there is no secret of type `{kind}`");
                found.push(wrong(item.get("type").unwrap_or(item), message, "there are `env` and `raw`"));
                continue;
            }
        };
        let value = Node::text(entry.1, item.origin.clone());
        entries.push((name, map(&item.origin, [(entry.0.to_owned(), value)])));
    }
    map(&node.origin, entries)
}

fn addresses(node: &Node, found: &mut Diagnostics) -> Option<Node> {
    let mut fields = Fields::new("`network`", node, &["ips", "auto_prune_ips"], found);
    let prunes = fields.flag("auto_prune_ips") == Some(true);
    let ips = fields.get("ips");
    let items = fields.list("ips");
    if prunes {
        let message = "addresses that are not listed stay: nobody knows whether they can be had again";
        let help = "give one back with `score-fly deploy --lose-address IP`";
        found.push(node.origin.say(Code::FlycdDifference, message).with_help(help));
    }
    let mut kinds = Vec::new();
    for item in items {
        let mut fields =
            Fields::new("an address", item, &["v", "private", "shared", "network", "org", "region"], found);
        let (private, shared) = (fields.flag("private") == Some(true), fields.flag("shared") == Some(true));
        let elsewhere = ["network", "org", "region"].iter().any(|key| fields.get(key).is_some());
        let kind = match (fields.text("v").unwrap_or_default().as_str(), private, shared) {
            ("v4", false, true) => "shared_v4",
            ("v4", false, false) => "v4",
            ("v6", false, false) => "v6",
            ("v6", true, false) => "private_v6",
            _ => {
                found.push(wrong(
                    item,
                    "there is no such kind of address",
                    "`v` is `v4` or `v6`; `shared` is for v4, and `private` for v6",
                ));
                continue;
            }
        };
        if elsewhere {
            let message = "an address can't be asked for in a region or another network here; it is one of this kind";
            found.push(item.origin.say(Code::FlycdDifference, message));
        }
        kinds.push(Node::text(kind, item.origin.clone()));
    }
    let origin = ips?.origin.clone();
    Some(Node::new(Value::List(kinds), origin))
}
