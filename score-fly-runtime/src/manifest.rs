//! `runtime.yaml`, which describes a runtime.

use score_fly_core::document::{Document, Node, Number, Value};
use score_fly_core::pointer::Path;
use score_fly_core::{Diagnostics, Outcome, Source};

use crate::files::Files;
use crate::messages::{self, Form};
use crate::runtime::{Contract, Origin, Runtime};
use crate::schema::Schema;
use crate::yaml::{Fields, with_document};

/// Reads the description of the runtime that has these files.
pub(crate) fn read(source: &Source, files: &Files) -> Outcome<Runtime> {
    with_document(source, |document, diagnostics| runtime(document, files, diagnostics)).map(|(runtime, _)| runtime)
}

fn runtime(document: &Document<'_>, files: &Files, diagnostics: &mut Diagnostics) -> Option<Runtime> {
    let (root, at) = (&document.root, Path::ROOT);
    let keys = ["contract", "description", "ignore", "name", "options"];
    let mut fields = Fields::new(Form::Runtime, root, &at, &keys, diagnostics);
    let name = text(&mut fields, "name", &at, "name: flask", |text| is_word(text, "-_."), "letters, digits and `-`");
    let one_line = |text: &str| !text.trim().is_empty() && !text.trim_end().contains(char::is_control);
    let description = text(&mut fields, "description", &at, "description: Python with Flask", one_line, "one line");
    let ignore = ignore(&mut fields, &at);
    let contract = fields.required("contract", &at, "contract: {port: 8080, health: /health, user: 1000}");
    let options = fields.get("options");
    let contract = contract.and_then(|node| self::contract(node, &at.key("contract"), diagnostics));
    let options = options.map(|node| Schema::read(node, &at.key("options"), diagnostics));
    Some(Runtime {
        name: name?,
        description: description?.trim_end().to_owned(),
        contract: contract?,
        options: options.unwrap_or_else(Schema::none),
        ignore,
        origin: Origin::Ours,
        template: files.below("template"),
        build: files.below("build"),
    })
}

fn contract(node: &Node<'_>, at: &Path<'_>, diagnostics: &mut Diagnostics) -> Option<Contract> {
    let mut fields = Fields::new(Form::Runtime, node, at, &["health", "port", "stopSignal", "user"], diagnostics);
    let is_health = |text: &str| text.starts_with('/') && is_word(text, "/-_.~");
    let health = text(&mut fields, "health", at, "health: /health", is_health, "a path such as `/health`");
    let port = fields.required("port", at, "port: 8080").and_then(|node| {
        let port = if let Value::Number(Number::Int(port)) = node.value { u16::try_from(port).ok() } else { None };
        let port = port.filter(|port| *port > 0);
        if port.is_none() {
            let written = node.to_json().to_string();
            let form = "a whole number from 1 to 65535";
            fields.push(messages::malformed(Form::Runtime, &at.key("port"), "port", &written, form));
        }
        port
    });
    let user = fields.required("user", at, "user: 1000").and_then(|node| {
        let user = match &node.value {
            Value::Number(Number::Int(id)) => Some(id.to_string()),
            Value::String(name) => Some(name.to_string()),
            _ => None,
        };
        let user = user.filter(|user| is_word(user, "-_.") && user != "root" && user.parse() != Ok(0));
        if user.is_none() {
            let written = node.to_json().to_string();
            let form = "a number or a name, and not root: whoever breaks into the server should not own the machine";
            fields.push(messages::malformed(Form::Runtime, &at.key("user"), "user", &written, form));
        }
        user
    });
    let stop_signal = match fields.get("stopSignal") {
        None => Some("SIGTERM".to_owned()),
        Some(node) => stop_signal(node, &at.key("stopSignal"), &mut fields),
    };
    Some(Contract { port: port?, health: health?, user: user?, stop_signal: stop_signal? })
}

fn stop_signal(node: &Node<'_>, at: &Path<'_>, fields: &mut Fields<'_, '_, '_>) -> Option<String> {
    let text = fields.text(node, at)?;
    // Those that Fly can send, but for the one that no program notices.
    if !["SIGHUP", "SIGINT", "SIGQUIT", "SIGTERM", "SIGUSR1", "SIGUSR2"].contains(&text) {
        let form = "a signal that programs can notice, such as `SIGTERM` or `SIGINT`";
        fields.push(messages::malformed(Form::Runtime, at, "stopSignal", text, form));
        return None;
    }
    Some(text.to_owned())
}

fn ignore(fields: &mut Fields<'_, '_, '_>, at: &Path<'_>) -> Vec<String> {
    let at = at.key("ignore");
    let Some(node) = fields.get("ignore") else { return Vec::new() };
    let Value::Sequence(items) = &node.value else {
        fields.push(messages::wrong_type(Form::Runtime, &at, "a list of names", &node.value));
        return Vec::new();
    };
    let mut names = Vec::new();
    for (index, item) in items.iter().enumerate() {
        let at = at.index(index);
        match fields.text(item, &at) {
            Some(name) if name.is_empty() || name.contains('/') => {
                let form = "the name of a file or folder, without `/`";
                fields.push(messages::malformed(Form::Runtime, &at, "ignore", name, form));
            }
            name => names.extend(name.map(str::to_owned)),
        }
    }
    names
}

/// A text that must be there and have a form.
fn text(
    fields: &mut Fields<'_, '_, '_>,
    key: &str,
    at: &Path<'_>,
    example: &str,
    has_form: impl Fn(&str) -> bool,
    form: &str,
) -> Option<String> {
    let node = fields.required(key, at, example)?;
    let text = fields.text(node, &at.key(key))?;
    if !has_form(text) {
        fields.push(messages::malformed(fields.form, &at.key(key), key, text, form));
        return None;
    }
    Some(text.to_owned())
}

fn is_word(text: &str, others: &str) -> bool {
    !text.is_empty() && text.chars().all(|c| c.is_ascii_alphanumeric() || others.contains(c))
}
