//! Projects: what the apps below them have in common.

use std::collections::BTreeMap;
use std::sync::Arc;

use regex_lite::Regex;
use score_fly_core::diagnostic::Code;
use score_fly_core::{Diagnostics, Source};

use crate::fields::{Fields, wrong};
use crate::files::{Place, Repository};
use crate::merge::lay;
use crate::node::{self, Meet, Node, Value};
use crate::settings::{check_address, lists, reference};

/// What the apps below it have in common, and where they are.
#[derive(Debug, Clone)]
pub struct Project {
    /// Its name.
    pub name: String,
    /// Its file.
    pub file: String,
    /// Where that is.
    pub place: Place,
    pub(crate) source: ProjectSource,
    pub(crate) defaults: Option<Node>,
    pub(crate) overrides: Option<Node>,
    pub(crate) last: Option<Node>,
    pub(crate) substitutions: Vec<Substitution>,
}

/// Where the apps of a project are.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) enum ProjectSource {
    /// In a folder, as it counts from that of the project.
    Folder(String),
    /// In a repository.
    Git { repository: Repository, path: String },
}

/// What is put for what in the texts of apps, before they are read.
#[derive(Debug, Clone)]
pub(crate) struct Substitution {
    pub(crate) pattern: String,
    regex: Regex,
    with: String,
}

/// A text that substitutions make is not larger than that.
const MOST: usize = 4 << 20;

/// Reads a project.
pub(crate) fn read(source: &Arc<Source>, place: &Place, found: &mut Diagnostics) -> Option<Project> {
    let mut node = node::read(source, found)?;
    let before = found.len();
    let keys = ["project", "source", "defaults", "overrides", "final", "substitutions", "lists", "common"];
    let lists = node.take("lists").map(|entry| lists(&entry.node, found)).unwrap_or_default();
    let mut parts = ["defaults", "overrides", "final"].map(|key| (key, part(&mut node, key, &lists, found)));
    let mut substitutions = Vec::new();
    if let Some(common) = node.take("common") {
        common_of_flycd(common.node, &mut parts, &mut substitutions, found);
    }
    let own = node.take("substitutions");
    for item in own.as_ref().and_then(|own| own.node.as_list()).unwrap_or_default() {
        let mut fields = Fields::new("a substitution", item, &["match", "with"], found);
        let pattern = fields.needed("match", "write the regular expression of what is to be replaced");
        let with = fields.get("with").and_then(Node::as_str).unwrap_or_default().to_owned();
        if let (Some(pattern), Some(at)) = (pattern, item.get("match")) {
            substitutions.extend(substitution(at, pattern, with, found));
        }
    }
    if let Some(own) = own.filter(|own| own.node.as_list().is_none()) {
        let help = "write a list of `{match: REGEX, with: TEXT}`";
        found.push(wrong(&own.node, format!("`substitutions` must be a list, and this is {}", own.node.kind()), help));
    }
    let mut fields = Fields::new("a project", &node, &keys, found);
    let name = fields.needed("project", "give it a name, such as `project: shop`");
    if let (Some(name), Some(at)) = (&name, fields.get("project"))
        && !is_label(name)
    {
        let help = "it may have up to 63 letters, digits and `-` between them";
        fields.found.push(wrong(at, format!("`{name}` can't be the name of a project"), help));
    }
    let from = match fields.get("source") {
        None => Some(ProjectSource::Folder(".".to_owned())),
        Some(at) => place_of(at, fields.found),
    };
    let [(_, defaults), (_, overrides), (_, last)] = parts;
    let is_sound = !found.iter().skip(before).any(|one| one.code == Code::InvalidTree);
    let file = source.name.clone();
    let project =
        Project { name: name?, file, place: place.clone(), source: from?, defaults, overrides, last, substitutions };
    is_sound.then_some(project)
}

fn is_label(name: &str) -> bool {
    let inner = |c: char| c.is_ascii_alphanumeric() || c == '-';
    name.len() <= 63 && name.chars().all(inner) && !name.starts_with('-') && !name.ends_with('-') && !name.is_empty()
}

fn part(node: &mut Node, key: &str, lists: &BTreeMap<String, Meet>, found: &mut Diagnostics) -> Option<Node> {
    let mut part = node.take(key)?.node;
    match part.value {
        Value::Map(_) => {
            mark(&mut part, "", lists);
            Some(part)
        }
        Value::Null => None,
        _ => {
            let message = format!("`{key}` must be a map, and this is {}", part.kind());
            found.push(wrong(&part, message, "write what stands in the files of apps"));
            None
        }
    }
}

/// Says of each list how it meets others.
pub(crate) fn mark(node: &mut Node, path: &str, lists: &BTreeMap<String, Meet>) {
    if lists.is_empty() {
        return;
    }
    if let Some(meet) = lists.get(path) {
        node.meet = Some(meet.clone());
    }
    if let Value::Map(map) = &mut node.value {
        for (key, entry) in map {
            let below = if path.is_empty() { key.clone() } else { format!("{path}.{key}") };
            mark(&mut entry.node, &below, lists);
        }
    }
}

fn common_of_flycd(
    mut common: Node,
    parts: &mut [(&str, Option<Node>); 3],
    substitutions: &mut Vec<Substitution>,
    found: &mut Diagnostics,
) {
    Fields::new("`common`", &common, &["app_defaults", "app_overrides", "substitutions"], found);
    for (key, own) in [("app_defaults", "defaults"), ("app_overrides", "overrides")] {
        let Some(mut node) = part(&mut common, key, &BTreeMap::new(), found) else { continue };
        node.each(&mut |node| node.of_flycd = true);
        let Some((_, there)) = parts.iter_mut().find(|(name, _)| *name == own) else { continue };
        // What is said in both forms is laid over FlyCD's.
        if let Some(own) = there {
            lay(&mut node, own.clone(), found);
        }
        *there = Some(node);
    }
    let Some(table) = common.take("substitutions") else { return };
    let Some(map) = table.node.as_map() else {
        let message = format!("`substitutions` must be a map here, and this is {}", table.node.kind());
        found.push(wrong(&table.node, message, "write `REGEX: TEXT`"));
        return;
    };
    if map.len() > 1 {
        let message = "FlyCD makes these substitutions in an order that changes from run to run; here it is that of \
                       their names";
        found.push(table.key.say(Code::FlycdDifference, message));
    }
    for (pattern, entry) in map {
        let with = match &entry.node.value {
            Value::Text(text) => text.clone(),
            Value::Null => String::new(),
            Value::Bool(_) | Value::Number(_) => entry.node.to_json().to_string(),
            _ => {
                let message = format!("a substitution must be text, and this is {}", entry.node.kind());
                found.push(wrong(&entry.node, message, "write it in quotes"));
                continue;
            }
        };
        let at = Node::text(pattern.clone(), entry.key.clone());
        substitutions.extend(substitution(&at, pattern.clone(), with, found));
    }
}

fn substitution(at: &Node, pattern: String, with: String, found: &mut Diagnostics) -> Option<Substitution> {
    match Regex::new(&pattern) {
        Ok(regex) => Some(Substitution { pattern, regex, with }),
        Err(error) => {
            let message = format!("`{pattern}` is no regular expression: {error}");
            found.push(wrong(at, message, "put a `\\` before characters that mean themselves"));
            None
        }
    }
}

impl Substitution {
    /// Replaces all that matches; nothing if the text gets too large.
    pub(crate) fn apply(&self, text: &str) -> Option<String> {
        let matches = self.regex.find_iter(text).count();
        let grown = text.len().checked_add(matches.checked_mul(self.with.len())?)?;
        if grown > MOST {
            return None;
        }
        // A group may be named several times.
        let replaced = self.regex.replace_all(text, self.with.as_str()).into_owned();
        Some(replaced).filter(|text| text.len() <= MOST)
    }
}

/// Reads where a project is, in our form and in FlyCD's.
fn place_of(node: &Node, found: &mut Diagnostics) -> Option<ProjectSource> {
    if node.get("type").is_some() {
        return match crate::flycd::source(node, found)? {
            crate::flycd::Source::Git { repository, path } => Some(ProjectSource::Git { repository, path }),
            crate::flycd::Source::Folder(path) => Some(ProjectSource::Folder(path)),
            crate::flycd::Source::Dockerfile(_) => {
                found.push(wrong(node, "a project can't be a Dockerfile", "give `git` or `local`"));
                None
            }
        };
    }
    let mut fields = Fields::new("`source`", node, &["git", "path", "branch", "tag", "commit", "folder"], found);
    match (fields.text("git"), fields.text("folder")) {
        (Some(url), None) => {
            check_address(fields.get("git"), &url, fields.found);
            let path = fields.text("path").unwrap_or_default();
            Some(ProjectSource::Git { repository: Repository { url, reference: reference(&mut fields) }, path })
        }
        (None, Some(folder)) => Some(ProjectSource::Folder(folder)),
        _ => {
            found.push(wrong(node, "`source` must say one place", "give one of `git` and `folder`"));
            None
        }
    }
}

/// A name for a file, as it is shown.
pub(crate) fn whole_path(name: &str, path: &str) -> String {
    if name.is_empty() { path.to_owned() } else { format!("{name}//{path}") }
}
