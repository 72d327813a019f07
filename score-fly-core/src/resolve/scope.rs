//! What placeholders can refer to, and the filling of one template.

use serde_json::Value;

use super::lookup;
use super::model::Given;
use super::render::render;
use crate::diagnostic::{Diagnostic, Diagnostics};
use crate::placeholder::{InvalidReference, Placeholder, Reference, Segment, segments};
use crate::pointer::Path;
use crate::prelude::*;
use crate::resolve::messages;
use crate::resource::{Outputs, ROUTE, ResourceOutputs, Uid};
use crate::score::{Metadata, Resource, Workload};
use crate::secret::Sensitive;

/// What the placeholders of a workload can refer to.
pub(super) struct Scope<'w, 'g> {
    metadata: Value,
    pub(super) workload: &'w Workload,
    outputs: &'g Outputs,
}

/// What was found on the way.
#[derive(Default)]
pub(super) struct Findings<'w> {
    pub(super) diagnostics: Diagnostics,
    /// The resources whose outputs are needed and were not given, each as often as it is needed.
    pub(super) without_outputs: Vec<&'w str>,
}

/// A template whose placeholders are filled.
pub(super) struct Filled {
    pub(super) text: Sensitive<String>,
    /// Whether all are: those of resources without outputs stay as they stand.
    pub(super) complete: bool,
    /// Whether there is a placeholder for an output of a resource.
    pub(super) has_outputs: bool,
}

/// What a placeholder stands for.
enum Found<'s, 'w> {
    Metadata(&'s Value),
    Output(Sensitive<&'s Value>),
    OutputsNotGiven { resource: &'w str },
}

impl<'w, 'g> Scope<'w, 'g> {
    pub(super) fn new(workload: &'w Workload, outputs: &'g Outputs) -> Self {
        Self { metadata: lookup::metadata_map(&workload.metadata), workload, outputs }
    }

    /// The resource that the workload calls `name`, with its outputs if they were given.
    pub(super) fn resource(&self, name: &str) -> Option<(&'w str, &'w Resource, Option<&'g ResourceOutputs>)> {
        let (name, resource) = self.workload.resources.get_key_value(name)?;
        let Metadata { name: workload, .. } = &self.workload.metadata;
        Some((name, resource, self.outputs.of(name, &Uid::new(workload, name, resource))))
    }

    /// Whether a resource is a route that is up to the conversion: that nothing else makes.
    pub(super) fn is_own_route(&self, name: &str, resource: &Resource, given: &Given) -> bool {
        let is_given = || self.resource(name).is_some_and(|(_, _, outputs)| outputs.is_some());
        resource.kind == ROUTE && !given.made_elsewhere.contains(name) && !is_given()
    }

    /// Fills a template that stands at `at`. Nothing comes back if a placeholder is wrong.
    pub(super) fn fill(&self, template: &str, at: &Path<'_>, findings: &mut Findings<'w>) -> Option<Filled> {
        let mut text = String::with_capacity(template.len());
        let (mut secret, mut complete, mut has_outputs, mut wrong) = (false, true, false, false);
        for segment in segments(template) {
            match segment {
                Segment::Text(literal) => text.push_str(literal),
                Segment::Placeholder(placeholder) => match self.find(&placeholder, at) {
                    Ok(Found::Metadata(value)) => render(value, &mut text),
                    Ok(Found::Output(value)) => {
                        has_outputs = true;
                        match value {
                            Sensitive::Public(value) => render(value, &mut text),
                            Sensitive::Secret(value) => {
                                secret = true;
                                render(value.expose(), &mut text);
                            }
                        }
                    }
                    Ok(Found::OutputsNotGiven { resource }) => {
                        (has_outputs, complete) = (true, false);
                        text.push_str(placeholder.text);
                        findings.without_outputs.push(resource);
                    }
                    Err(diagnostic) => {
                        wrong = true;
                        findings.diagnostics.push(*diagnostic);
                    }
                },
            }
        }
        (!wrong).then(|| Filled { text: Sensitive::new(text, secret), complete, has_outputs })
    }

    fn find<'s>(&'s self, placeholder: &Placeholder<'_>, at: &Path<'_>) -> Result<Found<'s, 'w>, Box<Diagnostic>> {
        match placeholder.reference() {
            Ok(Reference::Metadata(keys)) => lookup::in_metadata(&self.metadata, &keys)
                .map(Found::Metadata)
                .map_err(|not_found| messages::unknown_metadata(at, placeholder, &keys, &not_found)),
            Ok(Reference::Resource { name, keys }) => match self.resource(&name) {
                None => Err(messages::unknown_resource(at, placeholder, &name, &self.workload.resources)),
                Some((resource, _, outputs)) if keys.is_empty() => {
                    Err(messages::no_output(at, placeholder, resource, outputs))
                }
                Some((resource, _, None)) => Ok(Found::OutputsNotGiven { resource }),
                Some((resource, _, Some(outputs))) => lookup::in_outputs(outputs, &keys)
                    .map(Found::Output)
                    .map_err(|not_found| messages::unknown_output(at, placeholder, resource, &keys, &not_found)),
            },
            Err(InvalidReference::UnknownRoot) => Err(messages::unknown_root(at, placeholder)),
            Err(InvalidReference::NoMetadataKey) => Err(messages::no_metadata_key(at, placeholder)),
            Err(InvalidReference::NoResourceName) => {
                Err(messages::no_resource_name(at, placeholder, &self.workload.resources))
            }
        }
        .map_err(Box::new)
    }
}
