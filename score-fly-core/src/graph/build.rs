//! The resources of several workloads, each once, and the order in which they need each other.

use core::mem;

use serde_json::{Map, Value};

use super::messages;
use super::usage::Use;
use crate::diagnostic::{Diagnostics, Outcome};
use crate::loaded::Loaded;
use crate::local::LocalFiles;
use crate::map::{SortedMap, SortedSet};
use crate::placeholder::{Reference, Segment, placeholders, segments};
use crate::prelude::*;
use crate::resolve::lookup;
use crate::resource::{Uid, requirements_with};
use crate::score::Workload;

/// What several workloads want.
#[derive(Debug, Clone, Default, PartialEq)]
pub struct Graph {
    /// The resources, each once.
    pub resources: SortedMap<Uid, Definition>,
    /// Their uids, so that what a resource needs stands in a level before its own. Within a level
    /// they are sorted.
    pub levels: Vec<Vec<Uid>>,
}

impl Graph {
    /// The part that a resource needs: itself, and whatever its params refer to.
    pub fn needed_for(&self, uid: &Uid) -> Self {
        let mut needed: SortedMap<&Uid, bool> = self.resources.keys().map(|own| (own, own == uid)).collect();
        for (uid, definition) in self.levels.iter().rev().flatten().filter_map(|uid| self.resources.get_key_value(uid))
        {
            if needed.get(uid) == Some(&true) {
                for need in &definition.needs {
                    needed.get_mut(need).into_iter().for_each(|needed| *needed = true);
                }
            }
        }
        let is_needed = |uid: &&Uid| needed.get(*uid) == Some(&true);
        let levels = self.levels.iter().map(|level| level.iter().filter(is_needed).cloned().collect());
        let resources = self.resources.iter().filter(|(uid, _)| is_needed(uid));
        Self {
            levels: levels.filter(|level: &Vec<Uid>| !level.is_empty()).collect(),
            resources: resources.map(|(uid, definition)| (uid.clone(), definition.clone())).collect(),
        }
    }
}

/// What workloads want of a resource.
#[derive(Debug, Clone, Default, PartialEq)]
pub struct Definition {
    /// The workload whose params count, and in whose terms their placeholders are filled.
    pub workload: String,
    /// What that workload calls the resource.
    pub name: String,
    /// The params, as written.
    pub params: Option<SortedMap<String, Value>>,
    /// The metadata, as written.
    pub metadata: Option<SortedMap<String, Value>>,
    /// The outputs that workloads refer to, as dotted paths.
    pub wanted: SortedSet<String>,
    /// The resources that the params refer to.
    pub needs: SortedSet<Uid>,
}

/// Brings the resources of all workloads together, and orders them.
///
/// Resources with the same uid are one. If several give it params, or metadata, these must mean
/// the same, placeholders included; those that give none have no say. Diagnostics are located.
///
/// Each workload comes with the files that it mounts, as far as they are known: outputs may be asked
/// for in there.
///
/// There is a value unless resources need each other in a circle.
pub fn graph(workloads: &[(&Loaded<'_>, &LocalFiles)]) -> Outcome<Graph> {
    let mut diagnostics = Diagnostics::new();
    let mut resources = SortedMap::new();
    for (uid, uses) in uses(workloads) {
        let definition = define(&uid, &uses, &mut diagnostics);
        resources.insert(uid, definition);
    }
    want(workloads, &mut resources);
    let (levels, cycles) = levels(&resources);
    for cycle in &cycles {
        diagnostics.extend(cycle_in(workloads, &resources, cycle));
    }
    if cycles.is_empty() {
        Outcome::new(Graph { resources, levels }, diagnostics)
    } else {
        Outcome::failed(diagnostics)
    }
}

/// All uses of each resource, in the order of workloads and names.
fn uses<'a, 's>(workloads: &[(&'a Loaded<'s>, &LocalFiles)]) -> SortedMap<Uid, Vec<Use<'a, 's>>> {
    let mut sorted: Vec<(&Loaded<'s>, &Workload)> =
        workloads.iter().filter_map(|(loaded, _)| Some((*loaded, loaded.workload()?))).collect();
    sorted.sort_by(|(_, a), (_, b)| a.metadata.name.cmp(&b.metadata.name));
    SortedMap::grouped(sorted.into_iter().flat_map(|(loaded, workload)| {
        workload.resources.iter().map(move |(name, resource)| {
            let uid = Uid::new(&workload.metadata.name, name, resource);
            (uid, Use { loaded, workload, name: name.as_str(), resource })
        })
    }))
}

/// What all uses of a resource want together: the first one that gives params has the say.
fn define(uid: &Uid, uses: &[Use<'_, '_>], diagnostics: &mut Diagnostics) -> Definition {
    let params = uses.iter().find(|one| one.resource.params.is_some());
    let metadata = uses.iter().find(|one| one.resource.metadata.is_some());
    let Some(source) = params.or(uses.first()) else { return Definition::default() };
    if let Some(first) = params {
        let meant = meaning(first);
        for other in uses.iter().filter(|other| other.resource.params.is_some() && meaning(other) != meant) {
            diagnostics.push(messages::conflict("params", uid, other, first));
        }
    }
    if let Some(first) = metadata {
        let differs = |other: &&Use<'_, '_>| {
            other.resource.metadata.is_some() && other.resource.metadata != first.resource.metadata
        };
        for other in uses.iter().filter(differs) {
            diagnostics.push(messages::conflict("metadata", uid, other, first));
        }
    }
    Definition {
        workload: source.workload.metadata.name.clone(),
        name: source.name.to_owned(),
        params: source.resource.params.clone(),
        metadata: metadata.and_then(|first| first.resource.metadata.clone()),
        wanted: SortedSet::new(),
        needs: needs(source),
    }
}

/// Adds which outputs the workloads refer to.
fn want(workloads: &[(&Loaded<'_>, &LocalFiles)], resources: &mut SortedMap<Uid, Definition>) {
    for (workload, files) in workloads.iter().filter_map(|(loaded, files)| Some((loaded.workload()?, files))) {
        for request in requirements_with(workload, files).resources {
            let uid = workload
                .resources
                .get(&request.name)
                .map(|resource| Uid::new(&workload.metadata.name, &request.name, resource));
            if let Some(definition) = uid.and_then(|uid| resources.get_mut(&uid)) {
                definition.wanted.extend(request.outputs);
            }
        }
    }
}

/// The resources that the params refer to. Names that are unknown are reported elsewhere.
fn needs(one: &Use<'_, '_>) -> SortedSet<Uid> {
    let mut needs = Vec::new();
    for value in one.resource.params.iter().flat_map(SortedMap::values) {
        strings(value, &mut |text| {
            for placeholder in placeholders(text) {
                if let Ok(Reference::Resource { name, .. }) = placeholder.reference() {
                    needs.extend(uid_of(one.workload, &name));
                }
            }
        });
    }
    needs.into_iter().collect()
}

fn uid_of(workload: &Workload, name: &str) -> Option<Uid> {
    workload.resources.get(name).map(|resource| Uid::new(&workload.metadata.name, name, resource))
}

fn strings(value: &Value, act: &mut impl FnMut(&str)) {
    match value {
        Value::String(text) => act(text),
        Value::Array(items) => items.iter().for_each(|item| strings(item, act)),
        Value::Object(map) => map.values().for_each(|value| strings(value, act)),
        _ => {}
    }
}

/// The params of a use in terms that are the same in all workloads: `${resources.db.host}` names
/// one resource here and maybe another one there.
fn meaning(one: &Use<'_, '_>) -> SortedMap<String, Value> {
    let metadata = lookup::metadata_map(&one.workload.metadata);
    let params = one.resource.params.iter().flatten();
    params.map(|(key, value)| (key.clone(), meaning_of(value, one.workload, &metadata))).collect()
}

fn meaning_of(value: &Value, workload: &Workload, metadata: &Value) -> Value {
    match value {
        Value::String(text) if placeholders(text).next().is_some() => {
            let parts = segments(text).map(|segment| match segment {
                Segment::Text(text) => Value::from(text),
                Segment::Placeholder(placeholder) => {
                    let meant = match placeholder.reference() {
                        Ok(Reference::Metadata(keys)) => lookup::in_metadata(metadata, &keys).ok().cloned(),
                        Ok(Reference::Resource { name, keys }) => uid_of(workload, &name).map(|uid| {
                            let keys = keys.iter().map(|key| Value::from(key.as_ref())).collect();
                            Value::Array(vec![uid.as_str().into(), Value::Array(keys)])
                        }),
                        Err(_) => None,
                    };
                    Value::Array(vec![meant.unwrap_or_else(|| placeholder.text.into())])
                }
            });
            Value::Array(parts.collect())
        }
        Value::Array(items) => items.iter().map(|item| meaning_of(item, workload, metadata)).collect(),
        Value::Object(map) => {
            let entries = map.iter().map(|(key, value)| (key.clone(), meaning_of(value, workload, metadata)));
            Value::Object(entries.collect::<Map<_, _>>())
        }
        other => other.clone(),
    }
}

/// The levels, and the circles that keep resources out of them.
fn levels(resources: &SortedMap<Uid, Definition>) -> (Vec<Vec<Uid>>, Vec<Vec<Uid>>) {
    let needs = resources.iter().flat_map(|(uid, definition)| definition.needs.iter().map(move |need| (need, uid)));
    let needed_by = SortedMap::grouped(needs);
    // How many of the resources that each needs stand in no level yet.
    let mut open: SortedMap<&Uid, usize> =
        resources.iter().map(|(uid, definition)| (uid, definition.needs.len())).collect();
    let mut levels = Vec::new();
    let mut ready: Vec<&Uid> = open.iter().filter(|(_, count)| **count == 0).map(|(uid, _)| *uid).collect();
    while !ready.is_empty() {
        let mut next = Vec::new();
        for user in ready.iter().filter_map(|uid| needed_by.get(uid)).flatten() {
            if let Some(count) = open.get_mut(user) {
                *count -= 1;
                if *count == 0 {
                    next.push(*user);
                }
            }
        }
        next.sort_unstable();
        levels.push(mem::replace(&mut ready, next).into_iter().cloned().collect());
    }
    let stuck: SortedSet<&Uid> = open.into_iter().filter(|(_, count)| *count > 0).map(|(uid, _)| uid).collect();
    (levels, cycles(resources, &stuck))
}

/// Circles among resources of which each needs another one of them. Each is found once, and starts
/// with its first uid.
fn cycles(resources: &SortedMap<Uid, Definition>, stuck: &SortedSet<&Uid>) -> Vec<Vec<Uid>> {
    let mut cycles = Vec::new();
    let mut seen: SortedMap<&Uid, bool> = stuck.iter().map(|uid| (*uid, false)).collect();
    for start in stuck {
        let mut way: Vec<&Uid> = Vec::new();
        let mut next = Some(*start);
        while let Some(uid) = next.filter(|uid| seen.insert(uid, true) == Some(false)) {
            way.push(uid);
            let needs = resources.get(uid).map(|definition| &definition.needs);
            next = needs.into_iter().flatten().find(|need| stuck.contains(need));
        }
        let cycle: Vec<&Uid> = way.into_iter().skip_while(|uid| Some(*uid) != next).collect();
        let smallest = cycle.iter().enumerate().min_by_key(|(_, uid)| **uid).map_or(0, |(index, _)| index);
        if !cycle.is_empty() {
            let ordered = cycle.iter().cycle().skip(smallest).take(cycle.len());
            cycles.push(ordered.map(|uid| (*uid).clone()).collect());
        }
    }
    cycles
}

/// The diagnostic for a circle, at its first resource.
fn cycle_in(
    workloads: &[(&Loaded<'_>, &LocalFiles)],
    resources: &SortedMap<Uid, Definition>,
    cycle: &[Uid],
) -> Diagnostics {
    let mut places = cycle.iter().filter_map(|uid| {
        let definition = resources.get(uid)?;
        let mut loaded = workloads.iter().filter_map(|(loaded, _)| Some((*loaded, loaded.workload()?)));
        let (loaded, workload) = loaded.find(|(_, workload)| workload.metadata.name == definition.workload)?;
        let (name, resource) = workload.resources.get_key_value(&definition.name)?;
        Some((uid, Use { loaded, workload, name, resource }))
    });
    let first = places.next();
    first.map(|(_, first)| messages::cycle(cycle, &first, places)).into_iter().collect()
}
