//! From the tree to the typed model, by the rules of the Score schema, reporting every mistake.

mod container;
pub(crate) mod reader;

use reader::{Decoder, open_entries};

use super::{Metadata, Port, PortProtocol, Resource, Service, Workload, form, rules};
use crate::diagnostic::Outcome;
use crate::document::{Document, Node, Value};
use crate::map::SortedMap;
use crate::pointer::Path;
use crate::prelude::*;
use crate::score::idioms;
use crate::score::messages;

/// Decodes an upgraded document, and checks it by the rules of the Score schema and by those that
/// a schema can't express.
///
/// There is a value whenever the root is a mapping. What could not be decoded is missing from it,
/// except containers and resources: they stay, as empty as they must be, since others refer to
/// them.
pub fn decode(document: &Document<'_>) -> Outcome<Workload> {
    let mut decoder = Decoder::new(document);
    match workload(&mut decoder, &document.root, &Path::ROOT) {
        Some(workload) => Outcome::new(workload, decoder.diagnostics).and_then(rules::check),
        None => Outcome::failed(decoder.diagnostics),
    }
}

fn workload(decoder: &mut Decoder<'_>, node: &Node<'_>, at: &Path<'_>) -> Option<Workload> {
    let mut fields = decoder.fields(node, at)?;
    let workload = Workload {
        api_version: fields.required("apiVersion", "apiVersion: score.dev/v1b1", api_version).unwrap_or_default(),
        metadata: fields.required("metadata", "metadata: { name: my-app }", metadata).unwrap_or_default(),
        service: fields.optional("service", service),
        containers: fields
            .required("containers", "containers: { main: { image: my-image } }", container::containers)
            .unwrap_or_default(),
        resources: fields
            .optional("resources", |decoder, node, at| match &node.value {
                Value::Null => {
                    decoder.report(messages::null_resources(at));
                    None
                }
                Value::Sequence(_) => {
                    decoder.report(messages::list_for_map(at, "resources: { my-db: { type: postgres } }"));
                    None
                }
                _ => decoder.map(&form::RESOURCE_NAME, node, at, resource),
            })
            .unwrap_or_default(),
    };
    fields.finish(idioms::root);
    Some(workload)
}

fn api_version(decoder: &mut Decoder<'_>, node: &Node<'_>, at: &Path<'_>) -> Option<String> {
    let version = decoder.string(node, at)?;
    if version != "score.dev/v1b1" {
        decoder.report(messages::other_api_version(at, &version));
    }
    Some(version)
}

fn metadata(decoder: &mut Decoder<'_>, node: &Node<'_>, at: &Path<'_>) -> Option<Metadata> {
    let mapping = decoder.mapping(node, at)?;
    let mut fields = decoder.fields(node, at)?;
    let name =
        fields.required("name", "name: my-app", |decoder, node, at| decoder.formed(&form::WORKLOAD_NAME, node, at));
    let annotations = fields
        .optional("annotations", |decoder, node, at| decoder.map(&form::ANNOTATION_KEY, node, at, Decoder::string));
    fields.finish_open();
    // Placeholders tell an empty mapping from none, so it is kept beside.
    let is_empty = annotations.as_ref().is_some_and(SortedMap::is_empty);
    Some(Metadata {
        name: name.unwrap_or_default(),
        annotations: annotations.unwrap_or_default(),
        extra: open_entries(mapping, if is_empty { &["name"] } else { &["name", "annotations"] }),
    })
}

fn service(decoder: &mut Decoder<'_>, node: &Node<'_>, at: &Path<'_>) -> Option<Service> {
    let mut fields = decoder.fields(node, at)?;
    let ports = fields.optional("ports", |decoder, node, at| match &node.value {
        Value::Sequence(_) => {
            decoder.report(messages::list_for_map(at, "ports: { web: { port: 80, targetPort: 8080 } }"));
            None
        }
        _ => decoder.map(&form::PORT_NAME, node, at, port),
    });
    fields.finish(idioms::service);
    Some(Service { ports: ports.unwrap_or_default() })
}

fn port(decoder: &mut Decoder<'_>, node: &Node<'_>, at: &Path<'_>) -> Option<Port> {
    let mut fields = decoder.fields(node, at)?;
    let port = fields.required("port", "port: 80", Decoder::port_number);
    let target_port = fields.optional("targetPort", Decoder::port_number);
    let protocol = fields.optional("protocol", |decoder, node, at| {
        decoder.choice(&[("TCP", PortProtocol::Tcp), ("UDP", PortProtocol::Udp)], node, at)
    });
    fields.finish(idioms::port);
    Some(Port { port: port?, target_port, protocol })
}

/// A resource stays even when it is broken, since placeholders refer to it.
#[expect(clippy::unnecessary_wraps, reason = "it is a reader, like all the others")]
fn resource(decoder: &mut Decoder<'_>, node: &Node<'_>, at: &Path<'_>) -> Option<Resource> {
    if node.value == Value::Null {
        decoder.report(messages::null_resource(at));
        return Some(Resource::default());
    }
    let Some(mut fields) = decoder.fields(node, at) else { return Some(Resource::default()) };
    let resource = Resource {
        kind: fields
            .required("type", "type: postgres", |decoder, node, at| decoder.formed(&form::RESOURCE_TYPE, node, at))
            .unwrap_or_default(),
        class: fields.optional("class", |decoder, node, at| decoder.formed(&form::RESOURCE_CLASS, node, at)),
        id: fields.optional("id", |decoder, node, at| decoder.formed(&form::RESOURCE_ID, node, at)),
        metadata: fields.optional("metadata", |decoder, node, at| {
            decoder.fields(node, at)?.optional("annotations", |decoder, node, at| {
                decoder.map(&form::ANNOTATION_KEY, node, at, Decoder::string)
            });
            Some(open_entries(node.as_mapping()?, &[]))
        }),
        params: fields.optional("params", Decoder::open_map),
    };
    fields.finish(idioms::resource);
    Some(resource)
}
