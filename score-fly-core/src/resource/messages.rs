//! Wording of what is wrong with the outputs of resources.

use serde_json::Value;

use crate::diagnostic::{Code, Diagnostic};
use crate::pointer::Path;
use crate::prelude::*;

/// A mistake in the YAML of outputs. What the reader quotes of it may be a secret.
pub(crate) fn in_outputs(mut diagnostic: Diagnostic) -> Diagnostic {
    let known = YAML.iter().find(|(code, _)| *code == diagnostic.code);
    known.map_or(UNREADABLE, |(_, summary)| summary).clone_into(&mut diagnostic.message);
    diagnostic.help = None;
    diagnostic.related.clear();
    diagnostic
}

/// What the reader of YAML can find, by itself: the summaries of all codes would be a part of each browser's
/// download.
const YAML: [(Code, &str); 10] = [
    summary(Code::InvalidYaml),
    summary(Code::DuplicateKey),
    summary(Code::NonStringKey),
    summary(Code::AmbiguousScalar),
    summary(Code::InvalidNumber),
    summary(Code::InvalidMerge),
    summary(Code::UnknownAnchor),
    summary(Code::MultipleDocuments),
    summary(Code::EmptyDocument),
    summary(Code::DocumentLimit),
];
const UNREADABLE: &str = Code::InvalidOutputs.summary();

const fn summary(code: Code) -> (Code, &'static str) {
    (code, code.summary())
}

/// A text of outputs that is no mapping.
pub(crate) fn outputs_not_a_mapping(at: &Path<'_>, found: &Value) -> Diagnostic {
    let message = format!("the outputs must be a mapping from resources to their outputs, not {}", kind(found));
    Diagnostic::new(Code::InvalidOutputs, at, message).with_help(OUTPUTS_HELP)
}

/// A resource whose outputs are no mapping.
pub(crate) fn resource_outputs_not_a_mapping(at: &Path<'_>, resource: &str, found: &Value) -> Diagnostic {
    let message = format!("the outputs of `{resource}` must be a mapping, not {}", kind(found));
    let help = if found.is_null() { "write `{}` for a resource without outputs" } else { OUTPUTS_HELP };
    Diagnostic::new(Code::InvalidOutputs, at, message).with_help(help)
}

/// `values` or `secrets` that are no mapping.
pub(crate) fn outputs_part_not_a_mapping(at: &Path<'_>, resource: &str, part: &str, found: &Value) -> Diagnostic {
    let message = format!("`{part}` in the outputs of `{resource}` must be a mapping, not {}", kind(found));
    Diagnostic::new(Code::InvalidOutputs, at, message).with_help(OUTPUTS_HELP)
}

/// An output that stands beside `secrets`, instead of inside of `values`.
pub(crate) fn output_beside_secrets(at: &Path<'_>, resource: &str, key: &str) -> Diagnostic {
    let message = format!("`{key}` in the outputs of `{resource}` stands beside `secrets`");
    Diagnostic::new(Code::InvalidOutputs, at, message)
        .on_key()
        .with_help(format!("put `{key}` under `values` if it may be published, and else under `secrets`"))
}

const OUTPUTS_HELP: &str = "write `{<resource>: {values: {<output>: …}, secrets: {<output>: …}}}`";

fn kind(value: &Value) -> &'static str {
    match value {
        Value::Null => "null",
        Value::Bool(_) => "a boolean",
        Value::Number(_) => "a number",
        Value::String(_) => "a string",
        Value::Array(_) => "a list",
        Value::Object(_) => "a mapping",
    }
}
