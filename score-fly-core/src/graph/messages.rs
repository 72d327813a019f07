//! Wording of what is wrong with resources across workloads. These diagnostics are located at once,
//! since they speak of several documents.

use super::usage::Use;
use crate::diagnostic::{Code, Diagnostic, Part, Related, Remedy};
use crate::loaded::Loaded;
use crate::map::SortedSet;
use crate::pointer::{Path, Pointer};
use crate::prelude::*;
use crate::resource::Uid;
use crate::suggest::nearest;

/// Two uses of a resource that give it different `part`s: its params, or its metadata.
pub(super) fn conflict(part: &str, uid: &Uid, here: &Use<'_, '_>, first: &Use<'_, '_>) -> Diagnostic {
    let other = &first.workload.metadata.name;
    let message = format!("the {part} of the shared resource `{uid}` differ from those in the workload `{other}`");
    let diagnostic =
        Diagnostic::new(Code::ConflictingResource, &Path::ROOT.key("resources").key(here.name).key(part), message)
            .with_help(format!(
                "a resource that is shared is one: write the same {part} in both, or leave them out in one; for two \
                 resources, give them different ids"
            ));
    located(diagnostic, here.loaded, [related(first, part, format!("its {part} in the workload `{other}`"))])
}

/// Resources whose params need each other's outputs in a circle.
pub(super) fn cycle<'a>(
    cycle: &[Uid],
    first: &Use<'_, '_>,
    others: impl Iterator<Item = (&'a Uid, Use<'a, 'a>)>,
) -> Diagnostic {
    let way: Vec<String> = cycle.iter().chain(cycle.first()).map(|uid| format!("`{uid}`")).collect();
    let message = format!("the params of resources need each other's outputs in a circle: {}", way.join(" needs "));
    let diagnostic =
        Diagnostic::new(Code::ResourceCycle, &Path::ROOT.key("resources").key(first.name).key("params"), message)
            .with_help("take one of the placeholders out, so that one of them can be made first");
    let others = others.map(|(uid, one)| related(&one, "params", format!("the params of `{uid}`")));
    located(diagnostic, first.loaded, others)
}

/// A resource that no provisioner is for.
pub(super) fn no_provisioner(uid: &Uid, name: &str, loaded: &Loaded<'_>) -> Diagnostic {
    let kind = uid.kind();
    let message = format!("no provisioner is for the resource `{uid}`");
    let diagnostic = Diagnostic::new(Code::NoProvisioner, &Path::ROOT.key("resources").key(name), message)
        .with_help(format!("add one for the type `{kind}`, or give the outputs of this resource"))
        .with_remedy(Remedy::AddProvisioner { resource_type: kind.to_owned() });
    located(diagnostic, loaded, [])
}

/// A param that a resource's provisioner does not support.
pub(super) fn unsupported_param(
    name: &str,
    param: &str,
    provisioner: &str,
    supported: &SortedSet<String>,
    loaded: &Loaded<'_>,
) -> Diagnostic {
    let message = format!("the provisioner `{provisioner}` does not support the param `{param}`");
    let pointer: Pointer = ["resources", name, "params", param].into_iter().collect();
    let diagnostic = Diagnostic::new(Code::UnsupportedParam, &Path::ROOT, message).at_pointer(pointer).on_key();
    let known: Vec<String> = supported.iter().map(|param| format!("`{param}`")).collect();
    let help = match nearest(param, supported.iter().map(String::as_str)) {
        Some(meant) => format!("did you mean `{meant}`?"),
        None if known.is_empty() => "leave it out: the provisioner takes no params".to_owned(),
        None => format!("it supports {}", known.join(", ")),
    };
    located(diagnostic.with_help(help), loaded, [])
}

/// A resource that one provisioner made, or began without ever answering, and another one is for now.
pub(super) fn provisioner_changed(
    uid: &Uid,
    name: &str,
    (old, answered): (&str, bool),
    new: &str,
    loaded: &Loaded<'_>,
) -> Diagnostic {
    let done = if answered { "made by" } else { "begun with" };
    let message = format!("the resource `{uid}` was {done} the provisioner `{old}`, and now `{new}` is for it");
    let diagnostic = Diagnostic::new(Code::ProvisionerChanged, &Path::ROOT.key("resources").key(name), message);
    let uid = uid.to_string();
    let diagnostic = if answered {
        diagnostic
            .with_help(format!("take down what `{old}` made, or put `{old}` before `{new}` again"))
            .with_remedy(Remedy::TakeDown { uid })
    } else {
        diagnostic
            .with_help(format!(
                "drop the resource if `{old}` made nothing, have `{old}` take it down, or put `{old}` before `{new}` \
                 again"
            ))
            .with_remedy(Remedy::Drop { uid })
    };
    located(diagnostic, loaded, [])
}

/// A resource that its provisioner did not make.
pub(super) fn not_provisioned(uid: &Uid, name: &str, reason: &str, loaded: &Loaded<'_>) -> Diagnostic {
    let message = format!("the resource `{uid}` was not provisioned: {reason}");
    let diagnostic = Diagnostic::new(Code::ResourceNotProvisioned, &Path::ROOT.key("resources").key(name), message);
    located(diagnostic, loaded, [])
}

fn related(one: &Use<'_, '_>, part: &str, message: String) -> Related {
    let pointer: Pointer = ["resources", one.name, part].into_iter().collect();
    let location = one.loaded.place(&pointer);
    Related { message, pointer, location, part: Part::Key, origin: None }
}

fn located(mut diagnostic: Diagnostic, loaded: &Loaded<'_>, related: impl IntoIterator<Item = Related>) -> Diagnostic {
    diagnostic.related.extend(related);
    loaded.locate(&mut diagnostic);
    diagnostic
}
