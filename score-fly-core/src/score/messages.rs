//! Wording of what the Score schema forbids.

use crate::diagnostic::{Code, Diagnostic};
use crate::document::{Number, Value};
use crate::pointer::Path;
use crate::prelude::*;
use crate::score::form::Form;
use crate::suggest::nearest;

/// What messages call the value at a path.
fn subject(at: &Path<'_>) -> String {
    match (at.last_key(), at.parent().and_then(Path::last_key)) {
        (Some(key), _) => format!("`{key}`"),
        (None, Some(list)) => format!("an item of `{list}`"),
        (None, None) => "a Score file".to_owned(),
    }
}

fn quoted_list<'a>(names: impl IntoIterator<Item = &'a str>) -> String {
    let names: Vec<String> = names.into_iter().map(|name| format!("`{name}`")).collect();
    names.join(", ")
}

/// `text` as a JSON string, which is one in YAML too.
fn quoted(text: &str) -> String {
    serde_json::to_string(text).unwrap_or_default()
}

// Types.

pub(crate) fn wrong_type(at: &Path<'_>, expected: &str, actual: &Value<'_>) -> Diagnostic {
    let subject = subject(at);
    let diagnostic =
        Diagnostic::new(Code::WrongType, at, format!("{subject} must be {expected}, but is {}", actual.kind()));
    match actual {
        Value::Null => diagnostic.with_help(format!("give {subject} a value, or remove it")),
        _ => diagnostic,
    }
}

/// A number or boolean where a string is wanted.
pub(crate) fn unquoted(at: &Path<'_>, actual: &Value<'_>, written: &str) -> Diagnostic {
    wrong_type(at, "a string", actual).with_help(format!("quote it: `{}`", quoted(written)))
}

pub(crate) fn not_a_boolean(at: &Path<'_>, actual: &Value<'_>) -> Diagnostic {
    let diagnostic = wrong_type(at, "a boolean", actual);
    let Value::String(text) = actual else { return diagnostic };
    match text.to_ascii_lowercase().as_str() {
        "true" | "yes" | "on" | "y" => diagnostic.with_help("write `true` without quotes"),
        "false" | "no" | "off" | "n" => diagnostic.with_help("write `false` without quotes"),
        _ => diagnostic.with_help("write `true` or `false`"),
    }
}

pub(crate) fn not_a_port(at: &Path<'_>, actual: &Value<'_>) -> Diagnostic {
    let diagnostic = wrong_type(at, "a whole number", actual);
    match actual {
        Value::String(text) if text.parse::<u16>().is_ok() => {
            diagnostic.with_help(format!("write it without quotes: `{text}`"))
        }
        Value::String(_) => diagnostic.with_help("write the number of the port, such as `8080`"),
        Value::Number(Number::Float(number)) => {
            Diagnostic::new(Code::WrongType, at, format!("{} must be a whole number, but is `{number}`", subject(at)))
        }
        _ => diagnostic,
    }
}

pub(crate) fn named_probe_port(at: &Path<'_>, name: &str) -> Diagnostic {
    Diagnostic::new(Code::WrongType, at, format!("the port of a probe must be a number, and not the name `{name}`"))
        .with_help("write the number that the container listens on, such as `8080`")
}

pub(crate) fn port_out_of_range(at: &Path<'_>, written: &str) -> Diagnostic {
    Diagnostic::new(Code::OutOfRange, at, format!("{} is `{written}`, but ports go from 1 to 65535", subject(at)))
}

/// A list where Score has a map from names; `example` shows one.
pub(crate) fn list_for_map(at: &Path<'_>, example: &str) -> Diagnostic {
    Diagnostic::new(Code::WrongType, at, format!("{} must be a mapping, but is a list", subject(at)))
        .with_help(format!("give each item a name as its key, such as `{example}`"))
}

/// A string where Score has a list of words.
pub(crate) fn words_not_list(at: &Path<'_>, actual: &Value<'_>, words: &[&str]) -> Diagnostic {
    let words: Vec<String> = words.iter().map(|word| quoted(word)).collect();
    wrong_type(at, "a list of strings", actual).with_help(format!("write `[{}]`", words.join(", ")))
}

/// A list of lines as a file's content, which only the deprecated list form of `files` has.
pub(crate) fn list_of_lines(at: &Path<'_>, actual: &Value<'_>) -> Diagnostic {
    wrong_type(at, "a string", actual).with_help("write the lines as one block of text after `content: |`")
}

// Keys and fields.

pub(crate) fn non_string_key(at: &Path<'_>, key: &str) -> Diagnostic {
    Diagnostic::new(Code::NonStringKey, at, format!("the key `{key}` is not a string"))
        .with_help(format!("quote it: `{}`", quoted(key)))
        .on_key()
}

pub(crate) fn missing_field(at: &Path<'_>, name: &str, example: &str) -> Diagnostic {
    let owner = at.parent().and_then(Path::last_key).map_or_else(String::new, |owner| format!(" in `{owner}`"));
    Diagnostic::new(Code::MissingField, at, format!("`{name}` is missing{owner}"))
        .with_help(format!("add it, such as `{example}`"))
}

/// A field that Score does not have there. `remedy` says what to do about it.
pub(crate) fn unknown_field(at: &Path<'_>, name: &str, remedy: impl Into<String>) -> Diagnostic {
    let owner = at.parent().map_or_else(String::new, subject);
    Diagnostic::new(Code::UnknownField, at, format!("`{name}` is not a field that {owner} can have"))
        .with_help(remedy)
        .on_key()
}

/// One that is probably a typing error.
pub(crate) fn misspelt_field(at: &Path<'_>, name: &str, meant: &str) -> Diagnostic {
    unknown_field(at, name, format!("did you mean `{meant}`?"))
}

/// One that is like none of those that Score has there.
pub(crate) fn field_unlike_any(at: &Path<'_>, name: &str, known: &[&str]) -> Diagnostic {
    unknown_field(at, name, format!("the fields that it can have are {}", quoted_list(known.iter().copied())))
}

// Values.

/// A string that lacks the form that it must have.
pub(crate) fn malformed(at: &Path<'_>, form: &Form, text: &str) -> Diagnostic {
    let Form { code, what, rule, .. } = form;
    let help = match form.mended(text) {
        Some(mended) => format!("write `{mended}`: {what} is {rule}"),
        None => format!("{what} is {rule}"),
    };
    Diagnostic::new(*code, at, format!("`{text}` can't be {what}")).with_help(help)
}

pub(crate) fn empty_string(at: &Path<'_>) -> Diagnostic {
    let subject = subject(at);
    Diagnostic::new(Code::InvalidValue, at, format!("{subject} must not be empty"))
        .with_help(format!("give {subject} a value, or remove it"))
}

/// A word that is not one of the few that are possible.
pub(crate) fn not_a_choice<'c>(
    at: &Path<'_>,
    text: &str,
    choices: impl IntoIterator<Item = &'c str> + Clone,
) -> Diagnostic {
    let help = match nearest(text, choices.clone()) {
        Some(near) => format!("write `{near}`"),
        None => format!("write one of {}", quoted_list(choices)),
    };
    Diagnostic::new(Code::InvalidValue, at, format!("{} can't be `{text}`", subject(at))).with_help(help)
}

pub(crate) fn other_api_version(at: &Path<'_>, version: &str) -> Diagnostic {
    Diagnostic::new(Code::InvalidValue, at, format!("`{version}` is not a version of Score that can be read"))
        .with_help("write `apiVersion: score.dev/v1b1`")
}

/// `what` is `null` or `empty`.
pub(crate) fn no_image(at: &Path<'_>, what: &str) -> Diagnostic {
    Diagnostic::new(Code::InvalidValue, at, format!("`image` is {what}"))
        .with_help("write `image: .` and give the image when you convert, or have it built from a Dockerfile")
}

pub(crate) fn no_containers(at: &Path<'_>) -> Diagnostic {
    Diagnostic::new(Code::InvalidValue, at, "a workload needs at least one container")
        .with_help("add one, such as `containers: { main: { image: my-image } }`")
}

pub(crate) fn null_variable(at: &Path<'_>, actual: &Value<'_>) -> Diagnostic {
    wrong_type(at, "a string", actual).with_help("write `\"\"` for an empty value, or remove the variable")
}

pub(crate) fn null_resources(at: &Path<'_>) -> Diagnostic {
    Diagnostic::new(Code::WrongType, at, "`resources` must be a mapping, but is null")
        .with_help("remove the key `resources`, since there is nothing under it")
}

pub(crate) fn null_resource(at: &Path<'_>) -> Diagnostic {
    let subject = subject(at);
    Diagnostic::new(Code::WrongType, at, format!("the resource {subject} must be a mapping, but is null"))
        .with_help(format!("give {subject} a `type`, or remove it"))
}

/// A file with none of the fields that hold its content.
pub(crate) fn no_content(at: &Path<'_>) -> Diagnostic {
    Diagnostic::new(Code::ConflictingFields, at, format!("the file {} has no content", subject(at)))
        .with_help("give it one of `content`, `source` and `binaryContent`")
}

/// A file with more than one of them.
pub(crate) fn several_contents(at: &Path<'_>, contents: &[&str]) -> Diagnostic {
    let subject = subject(at);
    let both = quoted_list(contents.iter().copied());
    contents.iter().fold(
        Diagnostic::new(Code::ConflictingFields, at, format!("the file {subject} has more than one content: {both}"))
            .with_help("keep one of them"),
        |diagnostic, name| diagnostic.with_related(&at.key(name), "one content is here"),
    )
}

pub(crate) fn empty_probe(at: &Path<'_>) -> Diagnostic {
    let message = format!("{} has neither `httpGet` nor `exec`", subject(at));
    Diagnostic::new(Code::MissingField, &at.key("httpGet"), message)
        .with_help("add one, such as `httpGet: { path: /healthz, port: 8080 }`, or remove the probe")
}

// Deprecated forms.

/// `files` or `volumes` as a list; `mended` shows the first item in today's form.
pub(crate) fn deprecated_list(at: &Path<'_>, mended: &str) -> Diagnostic {
    Diagnostic::new(Code::DeprecatedForm, at, format!("{} as a list is deprecated", subject(at)))
        .with_help(format!("write a mapping with the targets as its keys: `{mended}`"))
}

pub(crate) fn missing_target(at: &Path<'_>) -> Diagnostic {
    Diagnostic::new(Code::MissingField, &at.key("target"), format!("{} has no `target`", subject(at)))
        .with_help("add the path in the container, such as `target: /etc/app.conf`")
}

pub(crate) fn duplicate_target(at: &Path<'_>, target: &str) -> Diagnostic {
    Diagnostic::new(Code::DuplicateTarget, at, format!("{} has the target `{target}` of an earlier one", subject(at)))
        .with_help("remove one of the two: the last one is used")
}

/// A string in a deprecated list of volumes, as Docker Compose writes them.
pub(crate) fn volume_as_text(at: &Path<'_>, source: &str, target: &str) -> Diagnostic {
    wrong_type(at, "a mapping", &Value::String(source.into()))
        .with_help(format!("write `volumes: {{ {target}: {{ source: {source} }} }}`"))
}

// What a schema can't express.

pub(crate) fn image_placeholder(at: &Path<'_>, placeholder: &str, container: &str) -> Diagnostic {
    Diagnostic::new(Code::InvalidPlaceholder, at, format!("an image can't have placeholders such as `{placeholder}`"))
        .with_help(format!(
            "write `image: .` and give the image when you convert, or set it by the override property \
             `containers.{container}.image=…`"
        ))
        .on_text(placeholder)
}

pub(crate) fn waits_for_itself(at: &Path<'_>, container: &str) -> Diagnostic {
    Diagnostic::new(Code::BeforeCycle, at, format!("the container `{container}` waits for itself"))
        .with_help(format!("remove `{container}` from its own `before`"))
        .on_key()
}

pub(crate) fn unknown_container<'c>(
    at: &Path<'_>,
    name: &str,
    containers: impl IntoIterator<Item = &'c str> + Clone,
) -> Diagnostic {
    let help = match (nearest(name, containers.clone()), quoted_list(containers)) {
        (Some(near), _) => format!("did you mean `{near}`?"),
        (None, others) if others.is_empty() => "remove it: the workload has no other container".to_owned(),
        (None, others) => format!("the other containers are {others}"),
    };
    Diagnostic::new(Code::UnknownContainer, at, format!("there is no container `{name}`")).with_help(help).on_key()
}

/// `circle` names each container before the one that waits for it.
pub(crate) fn before_cycle(at: &Path<'_>, circle: &[&str]) -> Diagnostic {
    let first = circle.first().copied().into_iter();
    let names: Vec<String> = circle.iter().copied().chain(first).map(|name| format!("`{name}`")).collect();
    let message = format!("these containers wait for each other in a circle: {}", names.join(" before "));
    Diagnostic::new(Code::BeforeCycle, at, message).with_help("remove one of these `before` entries").on_key()
}

pub(crate) fn missing_probe(at: &Path<'_>, container: &str, waiting: &str) -> Diagnostic {
    let message = format!("`{waiting}` waits until `{container}` is healthy, but `{container}` has no probe");
    Diagnostic::new(Code::MissingProbe, at, message)
        .with_help(format!("add a `readinessProbe` to `{container}`, or write `ready: started`"))
}
