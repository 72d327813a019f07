//! Wording of what keeps a fly.toml from becoming a machine.

use crate::diagnostic::{Code, Diagnostic, Fix};
use crate::fly::guest::Guest;
use crate::fly::messages::{quoted_list, subject};
use crate::fly::vm::Unreadable;
use crate::local::{LocalFile, LocalFiles};
use crate::pointer::Path;
use crate::prelude::*;
use crate::suggest::nearest;

pub(crate) fn command(at: &Path<'_>) -> Diagnostic {
    let message = format!("{} has a quote or an escape without an end", subject(at));
    Diagnostic::new(Code::InvalidCommand, at, message)
        .with_help("flyctl splits the line as a shell does; write `\\'` for an apostrophe")
}

pub(crate) fn group_help(diagnostic: Diagnostic, group: &str, groups: &[&str]) -> Diagnostic {
    match nearest(group, groups.iter().copied()) {
        Some(near) => diagnostic.with_help(format!("did you mean `{near}`?")),
        None => diagnostic.with_help(format!("the groups are {}", quoted_list(groups))),
    }
}

pub(crate) fn unknown_group(at: &Path<'_>, group: &str, groups: &[&str]) -> Diagnostic {
    let message = format!("there is no process group `{group}`");
    group_help(Diagnostic::new(Code::UnknownProcessGroup, at, message), group, groups)
}

/// What of the `[[vm]]` at `at` flyctl can't read.
pub(crate) fn unreadable_vm(at: &Path<'_>, value: Unreadable<'_>) -> Diagnostic {
    match value {
        Unreadable::Size(size) => unknown_size(&at.key("size"), size),
        Unreadable::Memory(text) => memory(&at.key("memory"), text),
    }
}

fn unknown_size(at: &Path<'_>, size: &str) -> Diagnostic {
    let diagnostic = Diagnostic::new(Code::InvalidGuest, at, format!("`{size}` is not the name of a machine's size"));
    let names: Vec<String> = Guest::names().collect();
    let names: Vec<&str> = names.iter().map(String::as_str).collect();
    match nearest(size, names.iter().copied()) {
        Some(near) => diagnostic.with_help(format!("did you mean `{near}`?")),
        None => diagnostic.with_help(format!("the sizes are {}", quoted_list(&names))),
    }
}

fn memory(at: &Path<'_>, memory: &str) -> Diagnostic {
    let diagnostic =
        Diagnostic::new(Code::InvalidGuest, at, format!("`{memory}` is not an amount of memory that flyctl can read"));
    // As Kubernetes and Score write it.
    let mended = match (memory.strip_suffix("Mi"), memory.strip_suffix("Gi")) {
        (Some(number), _) => format!("{number}mb"),
        (None, Some(number)) => format!("{number}gb"),
        (None, None) => return diagnostic.with_help("write a number with `mb` or `gb`, such as `512mb`"),
    };
    diagnostic
        .with_help(format!("write `{mended}`, which flyctl counts in powers of two"))
        .with_fix(Fix::Set(mended.into()))
}

pub(crate) fn check_without_port(at: &Path<'_>, name: &str) -> Diagnostic {
    Diagnostic::new(
        Code::MissingField,
        at,
        format!("the check `{name}` has no port, and no `[http_service]` to take it from"),
    )
    .with_help("add it, such as `port = 8080`")
}

/// A file of which there is no content.
pub(crate) fn missing_file(at: &Path<'_>, path: &str, files: &LocalFiles) -> Diagnostic {
    let message = match files.get(path) {
        Some(LocalFile::Unreadable(reason)) => format!("the file `{path}` can't be read: {reason}"),
        _ => format!("there is no file `{path}`"),
    };
    Diagnostic::new(Code::MissingSourceFile, at, message).with_help(
        "the path counts from the directory in which flyctl runs, and that of a Dockerfile from fly.toml's folder",
    )
}

pub(crate) fn compose(at: &Path<'_>) -> Diagnostic {
    Diagnostic::new(Code::InvalidMachineConfig, at, "the containers of a compose file are known only to a deploy")
        .with_help("write the containers into `machine_config`")
}

pub(crate) fn no_machine_config(at: &Path<'_>) -> Diagnostic {
    Diagnostic::new(
        Code::InvalidMachineConfig,
        at,
        format!("{} is neither a JSON object nor the path of a `.json` file", subject(at)),
    )
    .with_help("write JSON that begins with `{`, or a path such as `machine.json`")
}

pub(crate) fn machine_config_not_json(at: &Path<'_>, error: &serde_json::Error) -> Diagnostic {
    let (line, column) = (error.line(), error.column());
    Diagnostic::new(
        Code::InvalidMachineConfig,
        at,
        format!("{} is not JSON: a mistake in its line {line}, column {column}", subject(at)),
    )
}

/// What should be a machine config is something else altogether.
pub(crate) fn not_an_object() -> Diagnostic {
    Diagnostic::new(Code::InvalidMachineConfig, &Path::ROOT, "a machine config is a JSON object")
}

pub(crate) fn machine_config_type(at: &Path<'_>, problem: &str) -> Diagnostic {
    Diagnostic::new(Code::InvalidMachineConfig, at, format!("the machine config can't be read: {problem}"))
}

pub(crate) fn unknown_container(at: &Path<'_>, name: &str, names: &[&str]) -> Diagnostic {
    let diagnostic = Diagnostic::new(
        Code::InvalidMachineConfig,
        at,
        format!("there is no container `{name}` in the machine config"),
    );
    if names.is_empty() {
        return diagnostic.with_help("remove `container`, or add the container to `machine_config`");
    }
    match nearest(name, names.iter().copied()) {
        Some(near) => diagnostic.with_help(format!("did you mean `{near}`?")),
        None => diagnostic.with_help(format!("the containers are {}", quoted_list(names))),
    }
}
