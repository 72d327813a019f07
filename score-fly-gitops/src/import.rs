//! From FlyCD's form to ours, file by file.

use std::sync::Arc;

use score_fly_core::{Diagnostics, Outcome, Source};

use crate::emit;
use crate::files::{APP_YAML, PROJECT_YAML};
use crate::flycd;
use crate::node::{self, Map, Node, Value};

/// A file of FlyCD's in our form.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Imported {
    /// The text.
    pub text: String,
}

/// Writes an `app.yaml` or a `project.yaml` of FlyCD's in our form. Comments are not taken over.
///
/// There is no value if the file can't be read, or has nothing that would change.
pub fn import_flycd(source: &Source) -> Outcome<Imported> {
    let mut found = Diagnostics::new();
    let name = source.name.rsplit('/').next().unwrap_or_default();
    let source = Arc::new(source.clone());
    let Some(mut node) = node::read(&source, &mut found) else { return Outcome::failed(found) };
    let changes = match name {
        APP_YAML => flycd::KEYS.iter().any(|key| node.get(key).is_some()),
        PROJECT_YAML => node.get("common").is_some() || node.get("source").is_some_and(|at| at.get("type").is_some()),
        _ => false,
    };
    if !changes {
        return Outcome::failed(found);
    }
    if name == APP_YAML {
        drop_nulls(&mut node);
        flycd::lift(&mut node, &mut found);
    } else {
        project(&mut node, &mut found);
    }
    if found.has_errors() {
        return Outcome::failed(found);
    }
    Outcome::new(Imported { text: emit::yaml(&node) }, found)
}

fn project(node: &mut Node, found: &mut Diagnostics) {
    if let Some(entry) = node.take("source")
        && let Some(source) = flycd::lifted_source(&entry.node, found)
    {
        node.put("source", source);
    }
    let Some(mut common) = node.take("common").map(|entry| entry.node) else { return };
    let mut lists = Map::new();
    for (key, own) in [("app_defaults", "defaults"), ("app_overrides", "overrides")] {
        let Some(entry) = common.take(key) else { continue };
        let mut part = entry.node;
        lists_of(&part, "", &mut lists);
        drop_nulls(&mut part);
        flycd::lift(&mut part, found);
        node.put(own, part);
    }
    if !lists.is_empty() {
        node.put("lists", Node::new(Value::Map(lists), common.origin.clone()));
    }
    if let Some(entry) = common.take("substitutions") {
        let items = entry.node.as_map().into_iter().flatten().map(|(pattern, with)| {
            let mut item = Node::new(Value::Map(Map::new()), with.key.clone());
            item.put("match", Node::text(pattern.clone(), with.key.clone()));
            item.put("with", with.node.clone());
            item
        });
        let items = items.collect();
        node.put("substitutions", Node::new(Value::List(items), entry.key));
    }
}

fn lists_of(node: &Node, path: &str, lists: &mut Map) {
    match &node.value {
        Value::List(_) => {
            let entry = node::Entry { key: node.origin.clone(), node: Node::text("append", node.origin.clone()) };
            lists.insert(path.to_owned(), entry);
        }
        Value::Map(map) => {
            for (key, entry) in map {
                let below = if path.is_empty() { key.clone() } else { format!("{path}.{key}") };
                lists_of(&entry.node, &below, lists);
            }
        }
        _ => {}
    }
}

/// In FlyCD, null does nothing; here it takes away what projects say.
fn drop_nulls(node: &mut Node) {
    if let Value::Map(map) = &mut node.value {
        map.retain(|_, entry| !matches!(entry.node.value, Value::Null));
        for entry in map.values_mut() {
            drop_nulls(&mut entry.node);
        }
    }
}
