//! Wording of what process groups can't do.

use crate::convert::annotations::PREFIX;
use crate::convert::annotations::messages::related_annotation;
use crate::convert::containers::need::Need;
use crate::convert::messages::reason;
use crate::diagnostic::{Code, Diagnostic};
use crate::fly::config::Service;
use crate::pointer::{Path, Pointer};
use crate::prelude::*;
use crate::score::Workload;

/// Nobody reads a longer list.
const SHOWN: usize = 20;

pub(super) fn needs_containers(at: &Path<'_>, need: Need<'_>, key: &str) -> Diagnostic {
    let message = format!("process groups are not enough for the workload, since {}", reason(need));
    let diagnostic = Diagnostic::new(Code::NeedsContainers, at, message);
    let diagnostic = if matches!(need, Need::FileMode { .. }) { diagnostic } else { diagnostic.on_key() };
    related_annotation(diagnostic, key, "process groups are asked for here")
        .with_help("leave it out, or leave out the annotation, so that the containers run side by side on one machine")
}

pub(super) fn two_images(at: &Path<'_>, first: &Path<'_>) -> Diagnostic {
    Diagnostic::new(Code::ProcessesDiffer, at, "all process groups run one image, and this is another")
        .with_related(first, "the first image is here")
        .with_help("name the same image, or make a workload of its own of this container")
}

/// The container at `command` replaces the entrypoint, and `other` does not.
pub(super) fn entrypoint_of_some(command: &Path<'_>, other: &str) -> Diagnostic {
    let message =
        format!("`command` would replace the image's ENTRYPOINT for the process group `{other}` too, which has none");
    Diagnostic::new(Code::ProcessesDiffer, command, message)
        .on_key()
        .with_help("write it as `args`, which the image's ENTRYPOINT takes, or give every container a `command`")
}

pub(super) fn different_entrypoints(command: &Path<'_>, first: &Path<'_>) -> Diagnostic {
    let message = "all process groups have one entrypoint, and these commands have no common start that could be it";
    Diagnostic::new(Code::ProcessesDiffer, command, message)
        .on_key()
        .with_related(first, "the other command is here")
        .with_help("write both as `args`: the image's ENTRYPOINT takes them, and without one they run by themselves")
}

/// A variable or file has another value than in the container at `first`.
pub(super) fn different(pointer: Pointer, word: &str, name: &str, first: Pointer) -> Diagnostic {
    let name = name.escape_debug();
    let (what, help) = match word {
        "file" => ("other content", "let both be the same, or put one of them at another target"),
        _ => ("another value", "let both be the same, or give one another name; what differs can also be an argument"),
    };
    let message = format!("all process groups share the {word} `{name}`, for which this container has {what}");
    Diagnostic::new(Code::ProcessesDiffer, &Path::ROOT, message)
        .at_pointer(pointer)
        .with_related_at(first, "it is set here first")
        .with_help(help)
}

pub(super) fn shared_volume(at: &Path<'_>, first: &Path<'_>) -> Diagnostic {
    Diagnostic::new(Code::ProcessesDiffer, at, "two process groups can't share a volume: each machine has its own")
        .on_key()
        .with_related(first, "another container mounts it here")
        .with_help("name another volume, or leave out the annotation, so that the containers run on one machine")
}

/// What only some containers have: the kind, the name and the place of each.
pub(super) fn shared(one: &(&str, &str, Pointer), more: &[(&str, &str, Pointer)]) -> Diagnostic {
    let (word, name, pointer) = one;
    let message =
        format!("every process group gets the {word} `{}`, though not every container has it", name.escape_debug());
    let note = Diagnostic::new(Code::SharedByProcesses, &Path::ROOT, message)
        .at_pointer(pointer.clone())
        .on_key()
        .with_help("let nothing depend on its absence; what tells the groups apart can be an argument");
    more.iter().take(SHOWN).fold(note, |note, (word, name, pointer)| {
        note.with_related_at(pointer.clone(), format!("the same goes for the {word} `{}`", name.escape_debug()))
    })
}

/// Nothing tells which of the groups a service leads to.
pub(super) fn unclear(service: &Service, workload: &Workload, first: &str) -> Diagnostic {
    let target = service.internal_port.unwrap_or_default();
    let mut ports = workload.service.iter().flat_map(|service| &service.ports);
    let name = ports.find(|(_, port)| port.target() == target).map_or("", |(name, _)| name.as_str());
    let at = Path::ROOT.key("service");
    let at = at.key("ports");
    let message = format!("it is not clear which process group listens at {target}, where the port `{name}` leads");
    Diagnostic::new(Code::UnclearProcesses, &at.key(name), message).on_key().with_help(format!(
        "say so with the annotation `{PREFIX}service-{name}-processes: {first}`, or with a probe by HTTP"
    ))
}
