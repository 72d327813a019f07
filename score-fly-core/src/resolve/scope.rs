//! What placeholders can refer to, and the filling of one template.

use serde_json::Value;

use super::lookup;
use super::render::render;
use crate::diagnostic::{Diagnostic, Diagnostics};
use crate::placeholder::{InvalidReference, Placeholder, Reference, Segment, segments};
use crate::pointer::Path;
use crate::prelude::*;
use crate::resolve::messages;
use crate::resource::{Outputs, ResourceOutputs, Uid};
use crate::score::{Metadata, Resource, Workload};
use crate::secret::Sensitive;

/// What the placeholders of a workload can refer to.
pub(super) struct Scope<'a> {
    metadata: Value,
    workload: &'a Workload,
    outputs: &'a Outputs,
}

/// What was found on the way.
#[derive(Default)]
pub(super) struct Findings<'a> {
    pub(super) diagnostics: Diagnostics,
    /// The resources whose outputs are needed and were not given, each as often as it is needed.
    pub(super) without_outputs: Vec<&'a str>,
}

/// A template whose placeholders are filled.
pub(super) struct Filled {
    pub(super) text: Sensitive<String>,
    /// Whether all are: those of resources without outputs stay as they stand.
    pub(super) complete: bool,
}

/// What a placeholder stands for.
enum Found<'s, 'a> {
    Value(Sensitive<&'s Value>),
    OutputsNotGiven { resource: &'a str },
}

impl<'a> Scope<'a> {
    pub(super) fn new(workload: &'a Workload, outputs: &'a Outputs) -> Self {
        Self { metadata: lookup::metadata_map(&workload.metadata), workload, outputs }
    }

    /// The resource that the workload calls `name`, with its outputs if they were given.
    pub(super) fn resource(&self, name: &str) -> Option<(&'a str, &'a Resource, Option<&'a ResourceOutputs>)> {
        let (name, resource) = self.workload.resources.get_key_value(name)?;
        let Metadata { name: workload, .. } = &self.workload.metadata;
        Some((name, resource, self.outputs.of(name, &Uid::new(workload, name, resource))))
    }

    /// Fills a template that stands at `at`. Nothing comes back if a placeholder is wrong.
    pub(super) fn fill(&self, template: &str, at: &Path<'_>, findings: &mut Findings<'a>) -> Option<Filled> {
        let mut text = String::with_capacity(template.len());
        let (mut secret, mut complete, mut wrong) = (false, true, false);
        for segment in segments(template) {
            match segment {
                Segment::Text(literal) => text.push_str(literal),
                Segment::Placeholder(placeholder) => match self.find(&placeholder, at) {
                    Ok(Found::Value(Sensitive::Public(value))) => render(value, &mut text),
                    Ok(Found::Value(Sensitive::Secret(value))) => {
                        secret = true;
                        render(value.expose(), &mut text);
                    }
                    Ok(Found::OutputsNotGiven { resource }) => {
                        complete = false;
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
        (!wrong).then(|| Filled { text: Sensitive::new(text, secret), complete })
    }

    fn find<'s>(&'s self, placeholder: &Placeholder<'_>, at: &Path<'_>) -> Result<Found<'s, 'a>, Box<Diagnostic>> {
        match placeholder.reference() {
            Ok(Reference::Metadata(keys)) => lookup::in_metadata(&self.metadata, &keys)
                .map(|value| Found::Value(Sensitive::Public(value)))
                .map_err(|not_found| messages::unknown_metadata(at, placeholder, &keys, &not_found)),
            Ok(Reference::Resource { name, keys }) => match self.resource(&name) {
                None => Err(messages::unknown_resource(at, placeholder, &name, &self.workload.resources)),
                Some((resource, _, outputs)) if keys.is_empty() => {
                    Err(messages::no_output(at, placeholder, resource, outputs))
                }
                Some((resource, _, None)) => Ok(Found::OutputsNotGiven { resource }),
                Some((resource, _, Some(outputs))) => lookup::in_outputs(outputs, &keys)
                    .map(Found::Value)
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
