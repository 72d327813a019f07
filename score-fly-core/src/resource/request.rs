//! What a workload needs from the world before it can be converted.

use alloc::borrow::Cow;
use core::mem;

use serde::{Deserialize, Serialize};
use serde_json::Value;

use super::{Uid, VOLUME};
use crate::local::LocalFiles;
use crate::map::{SortedMap, SortedSet};
use crate::placeholder::{Reference, join_keys, placeholders};
use crate::prelude::*;
use crate::score::{Container, Workload};

/// What a workload needs from the world.
#[derive(Debug, Clone, PartialEq, Default, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(rename_all = "camelCase")]
pub struct Requirements {
    /// The resources, by name.
    pub resources: Vec<ResourceRequest>,
    /// The local files that it mounts.
    pub files: Vec<SourceFileRequest>,
    /// The containers whose image is `.`: to be given, or built from a Dockerfile.
    pub images: Vec<String>,
}

/// A resource that a workload asks for.
#[derive(Debug, Clone, PartialEq, Default, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(rename_all = "camelCase")]
pub struct ResourceRequest {
    /// What the workload calls it.
    pub name: String,
    /// Its identity: `type.class#id`.
    pub uid: String,
    /// Its type.
    #[serde(rename = "type")]
    pub kind: String,
    /// Its class.
    pub class: String,
    /// Its id, if it is shared.
    pub id: Option<String>,
    /// Its metadata, as written.
    pub metadata: Option<SortedMap<String, Value>>,
    /// Its parameters, as written: placeholders are not filled.
    pub params: Option<SortedMap<String, Value>>,
    /// The outputs that the workload refers to, as dotted paths.
    pub outputs: SortedSet<String>,
}

/// A local file that a workload mounts.
#[derive(Debug, Clone, PartialEq, Eq, Default, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(rename_all = "camelCase")]
pub struct SourceFileRequest {
    /// The container.
    pub container: String,
    /// Where it is mounted.
    pub target: String,
    /// The file, as written: relative to the Score file, or absolute.
    pub source: String,
}

/// Lists what `workload` needs, in the order of names.
///
/// Outputs that only the content of source files refers to are not among it, since that is not
/// known yet: see [`requirements_with`].
pub fn requirements(workload: &Workload) -> Requirements {
    requirements_with(workload, &LocalFiles::new())
}

/// Lists what `workload` needs, with the outputs that the content of its source files refers to.
pub fn requirements_with(workload: &Workload, files: &LocalFiles) -> Requirements {
    let mut outputs = used_outputs(workload, files);
    let resources = workload.resources.iter().map(|(name, resource)| ResourceRequest {
        name: name.clone(),
        uid: Uid::new(&workload.metadata.name, name, resource).to_string(),
        kind: resource.kind.clone(),
        class: resource.class().to_owned(),
        id: resource.id.clone(),
        metadata: resource.metadata.clone(),
        params: resource.params.clone(),
        outputs: outputs.get_mut(name.as_str()).map(mem::take).into_iter().flatten().collect(),
    });
    let files = workload.containers.iter().flat_map(|(container, Container { files, .. })| {
        files.iter().filter_map(|(target, file)| {
            Some(SourceFileRequest {
                container: container.clone(),
                target: target.clone(),
                source: file.source.clone()?,
            })
        })
    });
    let images = workload.containers.iter().filter(|(_, container)| container.image == ".");
    Requirements {
        resources: resources.collect(),
        files: files.collect(),
        images: images.map(|(name, _)| name.clone()).collect(),
    }
}

/// The outputs that placeholders refer to, as dotted paths, by the name of the resource.
fn used_outputs<'w>(workload: &'w Workload, files: &'w LocalFiles) -> SortedMap<Cow<'w, str>, Vec<String>> {
    let mut used = Vec::new();
    for placeholder in templates(workload, files).into_iter().flat_map(placeholders) {
        let Ok(Reference::Resource { name, keys }) = placeholder.reference() else { continue };
        let path = if keys.is_empty() {
            // Only volumes may refer to a whole resource. They take its output `source`, which a
            // resource that is a volume itself need not have.
            if workload.resources.get(name.as_ref()).is_none_or(|resource| resource.kind == VOLUME) {
                continue;
            }
            "source".to_owned()
        } else {
            join_keys(keys.iter().map(AsRef::as_ref))
        };
        used.push((name, path));
    }
    SortedMap::grouped(used)
}

/// All text in which placeholders are filled.
fn templates<'w>(workload: &'w Workload, files: &'w LocalFiles) -> Vec<&'w str> {
    let mut templates = Vec::new();
    for container in workload.containers.values() {
        templates.extend(container.variables.values().map(String::as_str));
        for file in container.files.values().filter(|file| !file.no_expand.unwrap_or(false)) {
            let source = file.source.as_ref().and_then(|source| files.content(source));
            templates.extend(file.content.as_deref());
            templates.extend(source.and_then(|bytes| core::str::from_utf8(bytes).ok()));
        }
        templates.extend(container.volumes.values().map(|volume| volume.source.as_str()));
    }
    for value in workload.resources.values().filter_map(|resource| resource.params.as_ref()).flat_map(SortedMap::values)
    {
        push_strings(value, &mut templates);
    }
    templates
}

fn push_strings<'v>(value: &'v Value, strings: &mut Vec<&'v str>) {
    match value {
        Value::String(text) => strings.push(text),
        Value::Array(items) => {
            for item in items {
                push_strings(item, strings);
            }
        }
        Value::Object(map) => {
            for value in map.values() {
                push_strings(value, strings);
            }
        }
        _ => {}
    }
}
