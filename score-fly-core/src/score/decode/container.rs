//! Containers and what stands in them.

use super::super::form::{self, Form};
use super::super::{
    Condition, Container, ContainerFile, ContainerResources, ExecProbe, HttpGet, HttpHeader, Probe, ReadyState,
    ResourceAmounts, Scheme, Volume,
};
use super::reader::Decoder;
use crate::document::{Node, Value};
use crate::map::SortedMap;
use crate::pointer::Path;
use crate::prelude::*;
use crate::score::idioms;
use crate::score::messages;

pub(super) fn containers(
    decoder: &mut Decoder<'_>,
    node: &Node<'_>,
    at: &Path<'_>,
) -> Option<SortedMap<String, Container>> {
    if let Value::Sequence(_) = &node.value {
        decoder.report(messages::list_for_map(at, "containers: { main: { image: my-image } }"));
        return None;
    }
    let containers = decoder.map(&form::CONTAINER_NAME, node, at, container)?;
    if containers.is_empty() {
        decoder.report(messages::no_containers(at));
    }
    Some(containers)
}

/// A container stays even when it is broken, since others may refer to it.
#[expect(clippy::unnecessary_wraps, reason = "it is a reader, like all the others")]
fn container(decoder: &mut Decoder<'_>, node: &Node<'_>, at: &Path<'_>) -> Option<Container> {
    let Some(mut fields) = decoder.fields(node, at) else { return Some(Container::default()) };
    let container = Container {
        image: fields.required("image", "image: .", image).unwrap_or_default(),
        command: fields.optional("command", command),
        args: fields.optional("args", args),
        variables: fields.optional("variables", variables).unwrap_or_default(),
        files: fields
            .optional("files", |decoder, node, at| decoder.map(&form::TARGET, node, at, file))
            .unwrap_or_default(),
        volumes: fields
            .optional("volumes", |decoder, node, at| decoder.map(&form::TARGET, node, at, volume))
            .unwrap_or_default(),
        before: fields
            .optional("before", |decoder, node, at| decoder.map(&form::CONTAINER_NAME, node, at, condition))
            .unwrap_or_default(),
        resources: fields.optional("resources", resources),
        liveness_probe: fields.optional("livenessProbe", probe),
        readiness_probe: fields.optional("readinessProbe", probe),
    };
    fields.finish(idioms::container);
    Some(container)
}

fn image(decoder: &mut Decoder<'_>, node: &Node<'_>, at: &Path<'_>) -> Option<String> {
    match &node.value {
        Value::Null => {
            decoder.report(messages::no_image(at, "null"));
            None
        }
        Value::String(text) if text.is_empty() => {
            decoder.report(messages::no_image(at, "empty"));
            None
        }
        _ => decoder.string(node, at),
    }
}

fn command(decoder: &mut Decoder<'_>, node: &Node<'_>, at: &Path<'_>) -> Option<Vec<String>> {
    if let Some(line) = node.as_str() {
        decoder.report(messages::words_not_list(at, &node.value, &["/bin/sh", "-c", line]));
        return None;
    }
    decoder.list(node, at, Decoder::string)
}

fn args(decoder: &mut Decoder<'_>, node: &Node<'_>, at: &Path<'_>) -> Option<Vec<String>> {
    if let Some(line) = node.as_str() {
        let words: Vec<&str> = line.split_whitespace().collect();
        decoder.report(messages::words_not_list(at, &node.value, &words));
        return None;
    }
    decoder.list(node, at, Decoder::string)
}

fn variables(decoder: &mut Decoder<'_>, node: &Node<'_>, at: &Path<'_>) -> Option<SortedMap<String, String>> {
    if let Value::Sequence(_) = &node.value {
        decoder.report(messages::list_for_map(at, "variables: { LOG_LEVEL: \"debug\" }"));
        return None;
    }
    decoder.map(&form::VARIABLE_NAME, node, at, |decoder, node, at| {
        if node.value == Value::Null {
            decoder.report(messages::null_variable(at, &node.value));
            return None;
        }
        decoder.string(node, at)
    })
}

fn file(decoder: &mut Decoder<'_>, node: &Node<'_>, at: &Path<'_>) -> Option<ContainerFile> {
    const CONTENTS: [&str; 3] = ["source", "content", "binaryContent"];
    let mut fields = decoder.fields(node, at)?;
    let contents: Vec<&str> = CONTENTS.into_iter().filter(|name| fields.has(name)).collect();
    match contents.len() {
        0 => fields.missing(&CONTENTS, messages::no_content(at)),
        1 => {}
        _ => fields.report(messages::several_contents(at, &contents)),
    }
    let file = ContainerFile {
        mode: fields.optional("mode", |decoder, node, at| decoder.formed(&form::FILE_MODE, node, at)),
        source: fields.optional("source", Decoder::non_empty),
        content: fields.optional("content", |decoder, node, at| {
            if let Value::Sequence(_) = &node.value {
                decoder.report(messages::list_of_lines(at, &node.value));
                return None;
            }
            decoder.string(node, at)
        }),
        binary_content: fields.optional("binaryContent", Decoder::string),
        no_expand: fields.optional("noExpand", Decoder::boolean),
    };
    fields.finish(idioms::file);
    Some(file)
}

fn volume(decoder: &mut Decoder<'_>, node: &Node<'_>, at: &Path<'_>) -> Option<Volume> {
    let mut fields = decoder.fields(node, at)?;
    let volume = Volume {
        source: fields.required("source", "source: ${resources.my-volume}", Decoder::string).unwrap_or_default(),
        path: fields.optional("path", Decoder::string),
        read_only: fields.optional("readOnly", Decoder::boolean),
    };
    fields.finish(idioms::volume);
    Some(volume)
}

fn condition(decoder: &mut Decoder<'_>, node: &Node<'_>, at: &Path<'_>) -> Option<Condition> {
    const STATES: [(&str, ReadyState); 3] =
        [("started", ReadyState::Started), ("healthy", ReadyState::Healthy), ("complete", ReadyState::Complete)];
    let mut fields = decoder.fields(node, at)?;
    let ready = fields.required("ready", "ready: started", |decoder, node, at| decoder.choice(&STATES, node, at));
    fields.finish(|_| None);
    // With any state the entry still says which container waits, and that can be checked.
    Some(Condition { ready: ready.unwrap_or(ReadyState::Started) })
}

fn resources(decoder: &mut Decoder<'_>, node: &Node<'_>, at: &Path<'_>) -> Option<ContainerResources> {
    let mut fields = decoder.fields(node, at)?;
    let resources = ContainerResources {
        limits: fields.optional("limits", amounts),
        requests: fields.optional("requests", amounts),
    };
    fields.finish(idioms::container_resources);
    Some(resources)
}

fn amounts(decoder: &mut Decoder<'_>, node: &Node<'_>, at: &Path<'_>) -> Option<ResourceAmounts> {
    let mut fields = decoder.fields(node, at)?;
    let amounts = ResourceAmounts {
        memory: fields.optional("memory", |decoder, node, at| amount(decoder, &form::MEMORY, node, at)),
        cpu: fields.optional("cpu", |decoder, node, at| amount(decoder, &form::CPU, node, at)),
    };
    fields.finish(|_| None);
    Some(amounts)
}

/// An amount of a form. One that lacks it is no value: nothing could be reckoned with it.
fn amount(decoder: &mut Decoder<'_>, form: &Form, node: &Node<'_>, at: &Path<'_>) -> Option<String> {
    decoder.formed(form, node, at).filter(|amount| (form.accepts)(amount))
}

/// A probe stays even when it is broken, since its container has one.
#[expect(clippy::unnecessary_wraps, reason = "it is a reader, like all the others")]
fn probe(decoder: &mut Decoder<'_>, node: &Node<'_>, at: &Path<'_>) -> Option<Probe> {
    let Some(mut fields) = decoder.fields(node, at) else { return Some(Probe::default()) };
    if !fields.has("httpGet") && !fields.has("exec") {
        fields.missing(&["httpGet", "exec"], messages::empty_probe(at));
    }
    let probe = Probe { http_get: fields.optional("httpGet", http_get), exec: fields.optional("exec", exec) };
    fields.finish(idioms::probe);
    Some(probe)
}

fn http_get(decoder: &mut Decoder<'_>, node: &Node<'_>, at: &Path<'_>) -> Option<HttpGet> {
    let mut fields = decoder.fields(node, at)?;
    let host = fields.optional("host", Decoder::non_empty);
    let scheme = fields.optional("scheme", |decoder, node, at| {
        decoder.choice(&[("HTTP", Scheme::Http), ("HTTPS", Scheme::Https)], node, at)
    });
    let path = fields.required("path", "path: /healthz", Decoder::string);
    let port = fields.required("port", "port: 8080", |decoder, node, at| {
        if let Some(name) = node.as_str().filter(|text| text.parse::<u16>().is_err()) {
            decoder.report(messages::named_probe_port(at, name));
            return None;
        }
        decoder.port_number(node, at)
    });
    let http_headers =
        fields.optional("httpHeaders", |decoder, node, at| decoder.list(node, at, http_header)).unwrap_or_default();
    fields.finish(idioms::probe);
    Some(HttpGet { host, scheme, path: path?, port: port?, http_headers })
}

fn http_header(decoder: &mut Decoder<'_>, node: &Node<'_>, at: &Path<'_>) -> Option<HttpHeader> {
    let mut fields = decoder.fields(node, at)?;
    let name =
        fields.required("name", "name: Accept", |decoder, node, at| decoder.formed(&form::HEADER_NAME, node, at));
    let value = fields.required("value", "value: text/plain", Decoder::non_empty);
    fields.finish(|_| None);
    Some(HttpHeader { name: name?, value: value? })
}

fn exec(decoder: &mut Decoder<'_>, node: &Node<'_>, at: &Path<'_>) -> Option<ExecProbe> {
    let mut fields = decoder.fields(node, at)?;
    let command = fields.required("command", "command: [\"/bin/true\"]", command);
    fields.finish(idioms::probe);
    Some(ExecProbe { command: command? })
}
