//! What whoever provisions resources has to say about a place in a Score file.

use super::messages;
use crate::diagnostic::Diagnostic;
use crate::loaded::Loaded;
use crate::map::{SortedMap, SortedSet};
use crate::prelude::*;
use crate::resource::Uid;

/// Says that no provisioner is for a resource, which `workload` calls `name`.
pub fn no_provisioner(workload: &Loaded<'_>, name: &str, uid: &Uid) -> Diagnostic {
    messages::no_provisioner(uid, name, workload)
}

/// Says which params of a resource, which `workload` calls `name`, are not among those that its
/// `provisioner` supports.
pub fn unsupported_params<'l>(
    workload: &'l Loaded<'_>,
    name: &'l str,
    provisioner: &'l str,
    supported: &'l SortedSet<String>,
) -> impl Iterator<Item = Diagnostic> + 'l {
    let resource = workload.workload().and_then(|workload| workload.resources.get(name));
    let params = resource.and_then(|resource| resource.params.as_ref());
    params
        .into_iter()
        .flat_map(SortedMap::keys)
        .filter(|param| !supported.contains(*param))
        .map(move |param| messages::unsupported_param(name, param, provisioner, supported, workload))
}

/// Says that the provisioner `old` made a resource, or has only begun to and never `answered`, and
/// that `new` is for it now.
pub fn provisioner_changed(
    workload: &Loaded<'_>,
    name: &str,
    uid: &Uid,
    (old, answered): (&str, bool),
    new: &str,
) -> Diagnostic {
    messages::provisioner_changed(uid, name, (old, answered), new, workload)
}

/// Says that a resource was not provisioned, and why: one sentence without secrets.
pub fn not_provisioned(workload: &Loaded<'_>, name: &str, uid: &Uid, reason: &str) -> Diagnostic {
    messages::not_provisioned(uid, name, reason, workload)
}
