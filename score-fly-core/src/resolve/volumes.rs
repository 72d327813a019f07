//! The sources of volumes.

use alloc::borrow::Cow;

use serde_json::Value;

use super::lookup;
use super::model::ResolvedSource;
use super::render::render;
use super::scope::{Findings, Scope};
use crate::map::SortedMap;
use crate::placeholder::{Reference, only_placeholder};
use crate::pointer::Path;
use crate::prelude::*;
use crate::resolve::messages;
use crate::resource::{ResourceOutputs, VOLUME};
use crate::secret::Sensitive;

/// What a volume is whose `source` stands at `at`.
///
/// `${resources.x}` takes the output `source` of the resource, or else its output `name`;
/// `${resources.x.source}` takes just that output. A resource of type `volume` that has no such
/// output stands for the volume of its own name, since a Fly volume needs nothing else.
pub(super) fn resolve_source<'w>(
    source: &str,
    at: &Path<'_>,
    scope: &Scope<'w, '_>,
    findings: &mut Findings<'w>,
) -> Option<ResolvedSource<'w>> {
    let placeholder = only_placeholder(source);
    let reference = placeholder.and_then(|placeholder| Some((placeholder, placeholder.reference().ok()?)));
    let Some((placeholder, Reference::Resource { name, keys })) = reference else {
        return named(source, None, at, scope, findings);
    };
    let Some((name, resource, outputs)) = scope.resource(&name) else {
        return named(source, None, at, scope, findings);
    };
    let outputs_to_try: &[&str] = match keys.as_slice() {
        [] => &["source", "name"],
        [key] if key == "source" => &["source"],
        _ => return named(source, Some((name, outputs)), at, scope, findings),
    };
    let found = outputs.and_then(|outputs| first_output(outputs, outputs_to_try));
    let volume = match (found, outputs) {
        (Some(Sensitive::Public(value)), _) => {
            let mut text = String::new();
            render(value, &mut text);
            text
        }
        (Some(Sensitive::Secret(_)), _) => {
            findings.diagnostics.push(messages::secret_volume_source(at));
            return None;
        }
        (None, _) if resource.kind == VOLUME => name.to_owned(),
        (None, None) => {
            findings.without_outputs.push(name);
            name.to_owned()
        }
        (None, Some(outputs)) => {
            let keys = [Cow::Borrowed("source")];
            let not_found = lookup::NotFound { depth: 0, known: Some(outputs.names().collect()) };
            findings.diagnostics.push(messages::unknown_output(at, &placeholder, name, &keys, &not_found));
            return None;
        }
    };
    Some(ResolvedSource { name: volume, resource: Some(name), settings: settings(outputs) })
}

/// The volume whose name is `source` once filled.
fn named<'w>(
    source: &str,
    resource: Option<(&'w str, Option<&ResourceOutputs>)>,
    at: &Path<'_>,
    scope: &Scope<'w, '_>,
    findings: &mut Findings<'w>,
) -> Option<ResolvedSource<'w>> {
    let filled = scope.fill(source, at, findings)?;
    match filled.text {
        Sensitive::Public(name) if filled.complete => {
            let outputs = resource.and_then(|(_, outputs)| outputs);
            Some(ResolvedSource { name, resource: resource.map(|(name, _)| name), settings: settings(outputs) })
        }
        Sensitive::Public(_) => None,
        Sensitive::Secret(_) => {
            findings.diagnostics.push(messages::secret_volume_source(at));
            None
        }
    }
}

/// The first of those outputs that is there and not null.
fn first_output<'o>(outputs: &'o ResourceOutputs, names: &[&str]) -> Option<Sensitive<&'o Value>> {
    names.iter().filter_map(|name| lookup::in_outputs(outputs, &[Cow::Borrowed(*name)]).ok()).find(
        |found| match found {
            Sensitive::Public(value) => !value.is_null(),
            Sensitive::Secret(_) => true,
        },
    )
}

/// The outputs that may be printed.
fn settings(outputs: Option<&ResourceOutputs>) -> SortedMap<String, Value> {
    let Some(outputs) = outputs else { return SortedMap::new() };
    let public = outputs.values.iter().filter(|(name, _)| !outputs.secrets.contains_key(*name));
    public.map(|(name, value)| (name.clone(), value.clone())).collect()
}
