//! What resources answered: values that placeholders refer to.

use serde_json::{Map, Value};

use super::{Uid, messages};
use crate::diagnostic::{Diagnostics, Outcome};
use crate::document::{self, Document};
use crate::map::SortedMap;
use crate::pointer::Path;
use crate::prelude::*;
use crate::score::Workload;
use crate::secret::Secret;
use crate::source::Source;

/// The outputs of resources, keyed by the workload's name for a resource or by its uid.
#[derive(Debug, Clone, Default, PartialEq)]
pub struct Outputs(pub SortedMap<String, ResourceOutputs>);

/// The outputs of one resource. A key that stands in both is a secret.
#[derive(Debug, Clone, Default, PartialEq)]
pub struct ResourceOutputs {
    /// Outputs that may be printed.
    pub values: SortedMap<String, Value>,
    /// Outputs that must not be printed.
    pub secrets: SortedMap<String, Secret<Value>>,
}

impl Outputs {
    /// Reads outputs from a YAML or JSON text: a map from resources to their outputs, as
    /// `{values: {…}, secrets: {…}}` or as a bare map of values. Diagnostics are located.
    ///
    /// A map is not bare if it has a key `secrets`, or no key but `values` with a map: it may then
    /// have just these two. So what is meant to be a secret is never taken for a value.
    ///
    /// There is always a value; resources whose outputs are not of that form are missing from it.
    pub fn read(source: &Source) -> Outcome<Self> {
        let (document, diagnostics) = document::parse(source).into_parts();
        let mut diagnostics: Diagnostics = diagnostics.into_iter().map(messages::in_outputs).collect();
        let mut outputs = Self::default();
        match document.as_ref().map(|document| document.root.to_json()) {
            None => {}
            Some(Value::Object(resources)) => {
                for (resource, entry) in resources {
                    outputs.add(resource, entry, &mut diagnostics);
                }
            }
            Some(other) => diagnostics.push(messages::outputs_not_a_mapping(&Path::ROOT, &other)),
        }
        diagnostics.locate(&document.unwrap_or_else(|| Document::without_root(source)));
        diagnostics.move_below(&Path::ROOT.key(ROOT));
        Outcome::new(outputs, diagnostics)
    }

    /// The same from data.
    pub fn from_json(outputs: &SortedMap<String, Value>) -> Outcome<Self> {
        let mut diagnostics = Diagnostics::new();
        let mut read = Self::default();
        for (resource, entry) in outputs {
            read.add(resource.clone(), entry.clone(), &mut diagnostics);
        }
        diagnostics.move_below(&Path::ROOT.key(ROOT));
        Outcome::new(read, diagnostics)
    }

    /// The outputs of the resource that a workload calls `name`, whose uid is `uid`. Those given
    /// for the name win as a whole: they are meant for just this workload, while a uid may be
    /// shared by several.
    pub fn of(&self, name: &str, uid: &Uid) -> Option<&ResourceOutputs> {
        self.0.get(name).or_else(|| self.0.get(uid.as_str()))
    }

    /// Those that `workload` can refer to, by its own names for its resources.
    pub fn for_workload(&self, workload: &Workload) -> Self {
        let resources = workload.resources.iter().filter_map(|(name, resource)| {
            let outputs = self.of(name, &Uid::new(&workload.metadata.name, name, resource))?;
            Some((name.clone(), outputs.clone()))
        });
        Self(resources.collect())
    }

    fn add(&mut self, resource: String, entry: Value, diagnostics: &mut Diagnostics) {
        if let Some(outputs) = ResourceOutputs::read(&resource, entry, diagnostics) {
            self.0.insert(resource, outputs);
        }
    }
}

/// Outputs are no part of the Score document: pointers to them start with a key that it can't have.
const ROOT: &str = "outputs";

impl ResourceOutputs {
    /// The names of all outputs, in order.
    pub fn names(&self) -> impl Iterator<Item = &str> {
        let secrets = self.secrets.keys().filter(|name| !self.values.contains_key(*name));
        let mut names: Vec<&str> = self.values.keys().chain(secrets).map(String::as_str).collect();
        names.sort_unstable();
        names.into_iter()
    }

    fn read(resource: &str, entry: Value, diagnostics: &mut Diagnostics) -> Option<Self> {
        let at = Path::ROOT.key(resource);
        let Value::Object(entry) = entry else {
            diagnostics.push(messages::resource_outputs_not_a_mapping(&at, resource, &entry));
            return None;
        };
        if !is_explicit(&entry) {
            return Some(Self { values: entry.into_iter().collect(), secrets: SortedMap::new() });
        }
        let before = diagnostics.len();
        let (mut values, mut secrets) = (Map::new(), Map::new());
        for (key, part) in entry {
            let at = at.key(&key);
            match (key.as_str(), part) {
                ("values", Value::Object(part)) => values = part,
                ("secrets", Value::Object(part)) => secrets = part,
                ("values" | "secrets", other) => {
                    diagnostics.push(messages::outputs_part_not_a_mapping(&at, resource, &key, &other));
                }
                _ => diagnostics.push(messages::output_beside_secrets(&at, resource, &key)),
            }
        }
        (diagnostics.len() == before).then(|| Self {
            values: values.into_iter().collect(),
            secrets: secrets.into_iter().map(|(key, value)| (key, Secret::new(value))).collect(),
        })
    }
}

fn is_explicit(entry: &Map<String, Value>) -> bool {
    entry.contains_key("secrets") || (entry.len() == 1 && entry.get("values").is_some_and(Value::is_object))
}
