//! What whoever provisions resources has to say about a place in a Score file.

use super::Uid;
use crate::diagnostic::Diagnostic;
use crate::diagnostic::messages::resource as messages;
use crate::pipeline::Loaded;

/// Says that no provisioner is for a resource, which `workload` calls `name`.
pub fn no_provisioner(workload: &Loaded<'_>, name: &str, uid: &Uid) -> Diagnostic {
    messages::no_provisioner(uid, name, workload)
}

/// Says that the provisioner `old` made a resource, and `new` is for it now.
pub fn provisioner_changed(workload: &Loaded<'_>, name: &str, uid: &Uid, old: &str, new: &str) -> Diagnostic {
    messages::provisioner_changed(uid, name, old, new, workload)
}

/// Says that a resource was not provisioned, and why: one sentence without secrets.
pub fn not_provisioned(workload: &Loaded<'_>, name: &str, uid: &Uid, reason: &str) -> Diagnostic {
    messages::not_provisioned(uid, name, reason, workload)
}
