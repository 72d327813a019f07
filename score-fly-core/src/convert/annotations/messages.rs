//! Wording of what is wrong with a workload's annotations.

use core::ops::RangeInclusive;

use super::model::PREFIX;
use super::table::Annotation;
use crate::diagnostic::{Code, Diagnostic};
use crate::fly::Duration;
use crate::fly::config::Handler;
use crate::pointer::Path;
use crate::prelude::*;

/// A diagnostic at an annotation of the workload.
fn at_annotation(code: Code, key: &str, message: impl Into<String>) -> Diagnostic {
    let metadata = Path::ROOT.key("metadata");
    let annotations = metadata.key("annotations");
    Diagnostic::new(code, &annotations.key(key), message)
}

pub(crate) fn related_annotation(diagnostic: Diagnostic, key: &str, message: &str) -> Diagnostic {
    let metadata = Path::ROOT.key("metadata");
    let annotations = metadata.key("annotations");
    diagnostic.with_related(&annotations.key(key), message)
}

/// `` `a`, `b` and `c` ``
fn list<'t>(words: impl IntoIterator<Item = &'t str>, last: &str) -> String {
    let quoted: Vec<String> = words.into_iter().map(|word| format!("`{word}`")).collect();
    match quoted.split_last() {
        Some((end, start)) if !start.is_empty() => format!("{} {last} {end}", start.join(", ")),
        _ => quoted.concat(),
    }
}

pub(crate) fn unknown_annotation(at: &Path<'_>, key: &str, suggestion: Option<&str>) -> Diagnostic {
    let help = match suggestion {
        Some(suggestion) => format!("did you mean `{suggestion}`?"),
        None => format!("the documentation lists all annotations under `{PREFIX}`"),
    };
    Diagnostic::new(Code::UnknownAnnotation, at, format!("there is no annotation `{key}`")).on_key().with_help(help)
}

/// The annotation exists, but the port, probe or volume in its name does not.
pub(crate) fn unknown_subject(
    at: &Path<'_>,
    key: &str,
    row: &Annotation,
    subject: &str,
    known: &[String],
    suggestion: Option<&str>,
) -> Diagnostic {
    let (what, which) = match row.subject() {
        Some("port") => ("service port", "the service's ports are"),
        Some("volume") => ("volume", "the containers' volumes are"),
        _ => ("probe by HTTP", "the containers' probes by HTTP are"),
    };
    let help = match (suggestion, known) {
        (Some(suggestion), _) => format!("did you mean `{suggestion}`?"),
        (None, []) => format!("the workload has no {what}"),
        (None, known) => format!("{which} {}", list(known.iter().map(String::as_str), "and")),
    };
    let message = format!("the annotation `{key}` is about the {what} `{subject}`, which does not exist");
    Diagnostic::new(Code::UnknownAnnotation, at, message).on_key().with_help(help)
}

pub(crate) fn annotation_twice(at: &Path<'_>, key: &str, first_at: &Path<'_>, first: &str) -> Diagnostic {
    Diagnostic::new(Code::InvalidAnnotation, at, format!("the annotation `{key}` says the same as `{first}`"))
        .on_key()
        .with_related(first_at, "it is set here first")
        .with_help("leave out one of them")
}

/// `problem` ends a sentence that starts with the annotation.
pub(crate) fn invalid_annotation_value(at: &Path<'_>, key: &str, row: &Annotation, problem: &str) -> Diagnostic {
    Diagnostic::new(Code::InvalidAnnotation, at, format!("the annotation `{key}` {problem}"))
        .with_help(format!("it takes {}; for example `{}`", row.values, row.example))
}

pub(crate) fn annotation_of_private_port(key: &str, port: &str) -> Diagnostic {
    at_annotation(
        Code::InvalidAnnotation,
        key,
        format!("the annotation `{key}` has no effect, since the port `{port}` is private"),
    )
    .on_key()
    .with_help("Fly's proxy does not serve private ports; leave out the annotation")
}

pub(crate) fn annotation_of_udp_port(key: &str) -> Diagnostic {
    at_annotation(
        Code::InvalidAnnotation,
        key,
        format!("the annotation `{key}` is about a UDP port, which has no handlers"),
    )
    .on_key()
    .with_help("leave it out: Fly passes UDP through as it is")
}

pub(crate) fn autostart_of_udp_port(key: &str) -> Diagnostic {
    at_annotation(
        Code::InvalidAnnotation,
        key,
        format!("the annotation `{key}` is about a UDP port, for which Fly starts no machines"),
    )
    .with_help("leave it out, so that the machine keeps running")
}

pub(crate) fn annotation_without_handler(key: &str, any_of: &[Handler]) -> Diagnostic {
    let handlers = list(any_of.iter().map(|handler| handler.as_str()), "or");
    at_annotation(
        Code::InvalidAnnotation,
        key,
        format!("the annotation `{key}` has no effect without the handler {handlers}"),
    )
    .on_key()
    .with_help("name the port's handlers with the annotation `service-<port>-handlers`, or leave this one out")
}

pub(crate) fn annotations_disagree(key: &str, first: &str) -> Diagnostic {
    let diagnostic = at_annotation(
        Code::InvalidAnnotation,
        key,
        format!("the annotation `{key}` contradicts the annotation `{first}`"),
    );
    related_annotation(diagnostic, first, "the other annotation is here")
        .with_help("leave out one of them, or let both say the same")
}

pub(crate) fn annotation_without_build(key: &str) -> Diagnostic {
    at_annotation(
        Code::InvalidAnnotation,
        key,
        format!("the annotation `{key}` has no effect, since no container has the image `.`"),
    )
    .on_key()
    .with_help("write `.` for the image that is built from the Dockerfile, or leave out the annotation")
}

/// The annotation is about process groups, and there are none.
pub(crate) fn annotation_without_processes(key: &str) -> Diagnostic {
    at_annotation(Code::InvalidAnnotation, key, format!("the annotation `{key}` has no effect without process groups"))
        .on_key()
        .with_help(format!("add the annotation `{PREFIX}processes: \"true\"`, or leave this one out"))
}

/// Process groups have no main container.
pub(crate) fn annotation_beside_processes(key: &str, processes: &str) -> Diagnostic {
    let message = format!("the annotation `{key}` has no effect, since the containers become process groups");
    related_annotation(at_annotation(Code::InvalidAnnotation, key, message).on_key(), processes, "they do by this")
        .with_help("leave it out: all process groups run the same image")
}

pub(crate) fn skip_verify_without_https(key: &str) -> Diagnostic {
    at_annotation(
        Code::InvalidAnnotation,
        key,
        format!("the annotation `{key}` has no effect, since the probe does not use HTTPS"),
    )
    .on_key()
    .with_help("set the probe's `scheme` to `HTTPS`, or leave out the annotation")
}

pub(crate) fn timing_out_of_range(key: &str, timing: Duration, range: &RangeInclusive<Duration>) -> Diagnostic {
    let message = format!("the annotation `{key}` is `{timing}`, which Fly does not take for this check");
    let (start, end) = (range.start(), range.end());
    at_annotation(Code::InvalidAnnotation, key, message).with_help(format!("it takes `{start}` to `{end}`"))
}

/// The annotation `container` names one that the workload does not have.
pub(crate) fn unknown_container<'n>(key: &str, name: &str, names: impl Iterator<Item = &'n str>) -> Diagnostic {
    // Nobody reads a longer list.
    let names = list(names.take(20), "and");
    at_annotation(
        Code::InvalidAnnotation,
        key,
        format!("there is no container `{name}`, which the annotation `{key}` names"),
    )
    .with_help(format!("the workload's containers are {names}"))
}
